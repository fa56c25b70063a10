import { boolean, integer, list, oneOf, required, string, structure } from '../../lib/shape.js'
import { arn, providerName, text, userPoolId } from './common.js'

/** What `CreateUserPoolClient` accepts. */

const timeUnit = oneOf('seconds', 'minutes', 'hours', 'days')
const redirectUrl = string({ min: 1, max: 1024, pattern: '[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}]+' })
const attributeNames = list(string({ min: 1, max: 2048 }))

export const createUserPoolClient = structure({
  UserPoolId: required(userPoolId),
  ClientName: required(string({ min: 1, max: 128, pattern: '[\\w\\s+=,.@-]+' })),
  GenerateSecret: boolean(),
  ClientSecret: string({ sensitive: true, min: 24, max: 64, pattern: '[\\w+]+' }),
  RefreshTokenValidity: integer({ min: 0, max: 315360000 }),
  AccessTokenValidity: integer({ min: 1, max: 86400 }),
  IdTokenValidity: integer({ min: 1, max: 86400 }),
  TokenValidityUnits: structure({ AccessToken: timeUnit, IdToken: timeUnit, RefreshToken: timeUnit }),
  ReadAttributes: attributeNames,
  WriteAttributes: attributeNames,
  ExplicitAuthFlows: list(
    oneOf(
      'ADMIN_NO_SRP_AUTH',
      'CUSTOM_AUTH_FLOW_ONLY',
      'USER_PASSWORD_AUTH',
      'ALLOW_ADMIN_USER_PASSWORD_AUTH',
      'ALLOW_CUSTOM_AUTH',
      'ALLOW_USER_PASSWORD_AUTH',
      'ALLOW_USER_SRP_AUTH',
      'ALLOW_REFRESH_TOKEN_AUTH',
      'ALLOW_USER_AUTH',
    ),
  ),
  SupportedIdentityProviders: list(providerName),
  CallbackURLs: list(redirectUrl, { min: 0, max: 100 }),
  LogoutURLs: list(redirectUrl, { min: 0, max: 100 }),
  DefaultRedirectURI: redirectUrl,
  AllowedOAuthFlows: list(oneOf('code', 'implicit', 'client_credentials'), { min: 0, max: 3 }),
  AllowedOAuthScopes: list(string({ min: 1, max: 256, pattern: '[\\x21\\x23-\\x5B\\x5D-\\x7E]+' }), {
    max: 50,
  }),
  AllowedOAuthFlowsUserPoolClient: boolean(),
  AnalyticsConfiguration: structure({
    ApplicationId: string({ pattern: '^[0-9a-fA-F]+$' }),
    ApplicationArn: arn,
    RoleArn: arn,
    ExternalId: text,
    UserDataShared: boolean(),
  }),
  PreventUserExistenceErrors: oneOf('LEGACY', 'ENABLED'),
  EnableTokenRevocation: boolean(),
  EnablePropagateAdditionalUserContextData: boolean(),
  AuthSessionValidity: integer({ min: 3, max: 15 }),
  RefreshTokenRotation: structure({
    Feature: required(oneOf('ENABLED', 'DISABLED')),
    RetryGracePeriodSeconds: integer({ min: 0, max: 60 }),
  }),
})

import { boolean, integer, list, oneOf, required, string, structure } from '../../lib/shape.js'
import {
  arn,
  clientId,
  clientSecret,
  oAuthFlows,
  providerName,
  scopeList,
  searchPaginationKey,
  text,
  userPoolId,
} from './common.js'

/** App clients and their secrets. */

const analyticsConfiguration = structure({
  ApplicationId: string({ pattern: '^[0-9a-fA-F]+$' }),
  ApplicationArn: arn,
  RoleArn: arn,
  ExternalId: text,
  UserDataShared: boolean(),
})

const redirectUrl = string({ min: 1, max: 1024, pattern: '[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}]+' })

const callbackURLsList = list(redirectUrl, { min: 0, max: 100 })

const clientName = string({ min: 1, max: 128, pattern: '[\\w\\s+=,.@-]+' })

const clientPermissionList = list(string({ min: 1, max: 2048 }))

const explicitAuthFlowsList = list(
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
    // Not in the published list, but AWS's own samples send it, and the service takes it (fact N36).
    'ALLOW_CLIENT_TOKEN_AUTH',
  ),
)

const logoutURLsList = list(redirectUrl, { min: 0, max: 100 })

const preventUserExistenceErrorTypes = oneOf('LEGACY', 'ENABLED')

const refreshTokenRotation = structure({
  Feature: required(oneOf('ENABLED', 'DISABLED')),
  RetryGracePeriodSeconds: integer({ min: 0, max: 60 }),
})

const supportedIdentityProvidersList = list(providerName)

const timeUnits = oneOf('seconds', 'minutes', 'hours', 'days')

const tokenValidityUnits = structure({
  AccessToken: timeUnits,
  IdToken: timeUnits,
  RefreshToken: timeUnits,
})

/** The settings of a client, in requests that create it and in requests that update it. */
const clientSettings = {
  RefreshTokenValidity: integer({ min: 0, max: 315360000 }),
  AccessTokenValidity: integer({ min: 1, max: 86400 }),
  IdTokenValidity: integer({ min: 1, max: 86400 }),
  TokenValidityUnits: tokenValidityUnits,
  ReadAttributes: clientPermissionList,
  WriteAttributes: clientPermissionList,
  ExplicitAuthFlows: explicitAuthFlowsList,
  SupportedIdentityProviders: supportedIdentityProvidersList,
  CallbackURLs: callbackURLsList,
  LogoutURLs: logoutURLsList,
  DefaultRedirectURI: redirectUrl,
  AllowedOAuthFlows: oAuthFlows,
  AllowedOAuthScopes: scopeList,
  AllowedOAuthFlowsUserPoolClient: boolean(),
  AnalyticsConfiguration: analyticsConfiguration,
  PreventUserExistenceErrors: preventUserExistenceErrorTypes,
  EnableTokenRevocation: boolean(),
  EnablePropagateAdditionalUserContextData: boolean(),
  AuthSessionValidity: integer({ min: 3, max: 15 }),
  RefreshTokenRotation: refreshTokenRotation,
} as const

export const createUserPoolClient = structure({
  UserPoolId: required(userPoolId),
  ClientName: required(clientName),
  GenerateSecret: boolean(),
  ClientSecret: clientSecret,
  ...clientSettings,
})

export const describeUserPoolClient = structure({
  UserPoolId: required(userPoolId),
  ClientId: required(clientId),
})

export const updateUserPoolClient = structure({
  UserPoolId: required(userPoolId),
  ClientId: required(clientId),
  ClientName: clientName,
  ...clientSettings,
})

export const deleteUserPoolClient = structure({
  UserPoolId: required(userPoolId),
  ClientId: required(clientId),
})

export const listUserPoolClients = structure({
  UserPoolId: required(userPoolId),
  MaxResults: integer({ min: 1, max: 60 }),
  NextToken: searchPaginationKey,
  ClientType: oneOf('DCR', 'REGULAR'),
})

export const addUserPoolClientSecret = structure({
  UserPoolId: required(userPoolId),
  ClientId: required(clientId),
  ClientSecret: clientSecret,
})

export const deleteUserPoolClientSecret = structure({
  UserPoolId: required(userPoolId),
  ClientId: required(clientId),
  ClientSecretId: required(string({ min: 1, max: 128 })),
})

export const listUserPoolClientSecrets = structure({
  UserPoolId: required(userPoolId),
  ClientId: required(clientId),
  NextToken: searchPaginationKey,
})

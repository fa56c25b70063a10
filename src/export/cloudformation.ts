import { wholePasswordPolicy } from '../core/password.js'
import { defined, type Input, type Operation, type Resource } from './resources.js'
import { stringify } from './yaml.js'

/** A pool as a CloudFormation template, whose properties have the API's names with few exceptions. */

const types: Record<Exclude<Operation, 'SetUserPoolMfaConfig'>, string> = {
  CreateUserPool: 'UserPool',
  CreateUserPoolDomain: 'UserPoolDomain',
  CreateResourceServer: 'UserPoolResourceServer',
  CreateIdentityProvider: 'UserPoolIdentityProvider',
  CreateUserPoolClient: 'UserPoolClient',
  CreateGroup: 'UserPoolGroup',
  CreateManagedLoginBranding: 'ManagedLoginBranding',
  SetUICustomization: 'UserPoolUICustomizationAttachment',
  SetRiskConfiguration: 'UserPoolRiskConfigurationAttachment',
  SetLogDeliveryConfiguration: 'LogDeliveryConfiguration',
  CreateTerms: 'Terms',
}

/** @param poolId of a pool that is not in the template */
export function cloudFormationTemplate(resources: readonly Resource[], poolId?: string): string {
  const template = {
    AWSTemplateFormatVersion: '2010-09-09',
    Resources: Object.fromEntries(
      templated(resources).map(resource => [logicalId(resource), declared(resource, resources, poolId)]),
    ),
  }
  return stringify(template)
}

/** What is a resource of its own: the factors are properties of the pool. */
const templated = (resources: readonly Resource[]) =>
  resources.filter(
    (one): one is Resource & { operation: keyof typeof types } => one.operation !== 'SetUserPoolMfaConfig',
  )

function logicalId({ operation, name }: Resource): string {
  const plain = name.replace(/(^|[^a-zA-Z0-9]+)([a-zA-Z0-9])/g, (_, _gap, letter: string) =>
    letter.toUpperCase(),
  )
  const type = operation === 'SetUserPoolMfaConfig' ? 'UserPool' : types[operation]
  return `${type.replace(/Attachment$/, '')}${plain.replace(/[^a-zA-Z0-9]/g, '')}`
}

function declared(
  resource: Resource & { operation: keyof typeof types },
  all: readonly Resource[],
  poolId: string | undefined,
): Input {
  const { operation, input, ofClient } = resource
  const pool = all.find(one => one.operation === 'CreateUserPool')
  const client = all.find(one => one.operation === 'CreateUserPoolClient' && one.name === ofClient)
  const needed = operation === 'CreateUserPoolClient' ? providersNeeded(input, all) : []
  const common = {
    UserPoolId: pool === undefined ? poolId : { Ref: logicalId(pool) },
    ...(client === undefined ? {} : { ClientId: { Ref: logicalId(client) } }),
  }
  const isOfAll = operation === 'SetUICustomization' || operation === 'SetRiskConfiguration'
  const properties =
    operation === 'CreateUserPool'
      ? poolProperties(input, all.find(one => one.operation === 'SetUserPoolMfaConfig')?.input)
      : { ...(isOfAll ? { ClientId: 'ALL' } : {}), ...input, ...common }
  const { ClientSecret, ImageFile: _image, ...rest } = properties as Input
  const generated = ClientSecret === undefined ? {} : { GenerateSecret: true }
  return {
    Type: `AWS::Cognito::${types[operation]}`,
    ...(needed.length === 0 ? {} : { DependsOn: needed }),
    Properties: { ...rest, ...generated },
  }
}

/** Providers and resource servers that a client lists by name have to be there first. */
const providersNeeded = (
  { SupportedIdentityProviders, AllowedOAuthScopes }: Input,
  all: readonly Resource[],
): string[] =>
  all
    .filter(
      ({ operation, name }) =>
        (operation === 'CreateIdentityProvider' &&
          (SupportedIdentityProviders as string[])?.includes(name)) ||
        (operation === 'CreateResourceServer' &&
          (AllowedOAuthScopes as string[])?.some(scope => scope.startsWith(`${name}/`))),
    )
    .map(logicalId)

function poolProperties({ PoolName, Policies, ...others }: Input, mfa: Input = {}): Input {
  const { PasswordPolicy, ...policies } = (Policies ?? {}) as Input
  const email = mfa.EmailMfaConfiguration as Input | undefined
  const passkeys = mfa.WebAuthnConfiguration as Input | undefined
  const sms = (mfa.SmsMfaConfiguration ?? {}) as Input
  const app = (mfa.SoftwareTokenMfaConfiguration ?? {}) as Input
  const enabled = [
    ...(mfa.SmsMfaConfiguration === undefined ? [] : ['SMS_MFA']),
    ...(app.Enabled === true ? ['SOFTWARE_TOKEN_MFA'] : []),
    ...(email === undefined ? [] : ['EMAIL_OTP']),
  ]
  return defined({
    UserPoolName: PoolName,
    ...others,
    ...sms,
    Policies: Policies && {
      ...policies,
      ...(PasswordPolicy ? { PasswordPolicy: wholePasswordPolicy(PasswordPolicy) } : {}),
    },
    EnabledMfas: enabled.length === 0 ? undefined : enabled,
    EmailAuthenticationMessage: email?.Message,
    EmailAuthenticationSubject: email?.Subject,
    WebAuthnRelyingPartyID: passkeys?.RelyingPartyId,
    WebAuthnUserVerification: passkeys?.UserVerification,
    WebAuthnFactorConfiguration: passkeys?.FactorConfiguration,
  })
}

import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import t, { type Test } from 'tap'
import { SeedError } from '../src/config/seed/mistakes.js'
import { seedOf } from '../src/config/seed/read.js'
import { clientFindings, type PoolOfClient, secretFindings } from '../src/core/rules/client.js'
import { customDomainFindings, pageVersionFindings, prefixFindings } from '../src/core/rules/domain.js'
import { ensureSound, type Finding } from '../src/core/rules/finding.js'
import { membershipFindings } from '../src/core/rules/group.js'
import { mfaFindings, poolFindings } from '../src/core/rules/pool.js'
import { identifierFindings, providerFindings } from '../src/core/rules/provider.js'
import { resourceServerFindings } from '../src/core/rules/resource-server.js'
import { addedAttributeFindings, schemaFindings } from '../src/core/rules/schema.js'
import {
  attributeFindings,
  missingAttributeFindings,
  passwordFindings,
  removalFindings,
  usernameFindings,
} from '../src/core/rules/user.js'
import { completeSchema } from '../src/core/schema.js'
import type { UserPool } from '../src/core/user-pool.js'
import { anApi } from './support/an-api.js'
import { refusal } from './support/api.js'

const schema = completeSchema([
  { Name: 'email', Required: true },
  {
    Name: 'level',
    AttributeDataType: 'Number',
    NumberAttributeConstraints: { MinValue: '1', MaxValue: '9' },
  },
  { Name: 'tag', AttributeDataType: 'String', Mutable: false },
  { Name: 'since', AttributeDataType: 'DateTime' },
])

const pool: UserPool = {
  id: 'us-east-1_reef',
  name: 'reef',
  settings: {},
  schema,
  issuer: 'local',
  createdAt: 0,
  modifiedAt: 0,
}

const ofClient: PoolOfClient = {
  saml: { names: [], beginning: [] },
  ...pool,
  providers: ['Up'],
  customScopes: ['api/read'],
}

/** Where findings are, and what Cognito says; `-` where Cognito says nothing. */
const found = (findings: Iterable<Finding>): string[] =>
  [...findings].map(({ path, told }) => `${path.join('.')}: ${told?.trim() ?? '-'}`)

type Case = readonly [findings: Iterable<Finding>, ...expected: string[]]

function holds(t: Test, cases: readonly Case[]) {
  for (const [findings, ...expected] of cases) {
    const all = [...findings]
    t.strictSame(found(all), expected, expected.join() || 'nothing')
    for (const { because, remedy } of all) {
      t.match(because, /^.+[.:]$/s, `"${because}" is a sentence`)
      t.match(remedy, /^[A-Z].+[.:]$/s, `"${remedy}" says what to change`)
    }
  }
}

t.test('what a client may be', async t => {
  const client = (settings: Parameters<typeof clientFindings>[0], isConfidential = false) =>
    clientFindings(settings, isConfidential, ofClient)
  const code = {
    AllowedOAuthFlowsUserPoolClient: true,
    AllowedOAuthFlows: ['code'],
    AllowedOAuthScopes: ['openid', 'api/read'],
    CallbackURLs: ['https://app.example/cb', 'http://localhost:3000', 'myapp://cb', 'http://[::1]:1/'],
  } as const
  const machine = {
    ...code,
    AllowedOAuthFlows: ['client_credentials'],
    AllowedOAuthScopes: ['api/read'],
  } as const
  const range = 'Invalid range for token validity.'
  const longer =
    'Access and Id Token expiration times must be less than or equal to refresh token expiration times.'
  const write = 'Invalid write attributes specified while creating a client'
  holds(t, [
    [client({})],
    [client(code)],
    [client(machine, true)],
    [
      client({ AllowedOAuthFlowsUserPoolClient: true }),
      'AllowedOAuthFlowsUserPoolClient: AllowedOAuthFlows and AllowedOAuthScopes are required if user pool client is allowed to use OAuth flows.',
    ],
    [
      client({ ...code, CallbackURLs: [] }),
      'AllowedOAuthFlows: CallbackUrls can not be empty when code flow or implicit flow is selected',
    ],
    [
      client({ ...machine, AllowedOAuthFlows: ['client_credentials', 'code'] }, true),
      'AllowedOAuthFlows: client_credentials flow can not be selected along with code flow or implicit flow.',
    ],
    [
      client({ ...machine, AllowedOAuthScopes: ['api/read', 'openid'] }),
      'AllowedOAuthFlows: client_credentials flow can not be selected if client does not have a client secret.',
      'AllowedOAuthScopes.1: openid is not supported with client_credentials flow',
    ],
    [
      client({ ExplicitAuthFlows: ['ALLOW_USER_AUTH', 'USER_PASSWORD_AUTH'] }),
      "ExplicitAuthFlows: Auth flow name with prefix 'ALLOW' cannot be used with legacy auth flow names.",
    ],
    [
      client({ EnablePropagateAdditionalUserContextData: true }),
      'EnablePropagateAdditionalUserContextData: Client Secret is required to set EnablePropagateAdditionalUserContextData as true',
    ],
    [
      client({ ...code, CallbackURLs: ['http://app.example', undefined, 'https://a.example/#x', '/cb'] }),
      'CallbackURLs.0: http://app.example cannot use the HTTP protocol.',
      'CallbackURLs.2: https://a.example/#x cannot use fragment',
      'CallbackURLs.3: /cb is not an absolute URI.',
    ],
    [client({ LogoutURLs: ['javascript:1'] }), 'LogoutURLs.0: javascript:1 is not an absolute URI.'],
    [
      client({ DefaultRedirectURI: 'https://b.example' }),
      'DefaultRedirectURI: The default redirect URI https://b.example is not in the callback URIs list.',
    ],
    [
      client({ AccessTokenValidity: 2, TokenValidityUnits: { AccessToken: 'days' } }),
      `AccessTokenValidity: ${range}`,
    ],
    [client({ RefreshTokenValidity: 4000 }), `RefreshTokenValidity: ${range}`],
    [
      client({ RefreshTokenValidity: 1, TokenValidityUnits: { RefreshToken: 'hours' }, IdTokenValidity: 2 }),
      `IdTokenValidity: ${longer}`,
    ],
    [
      client({ ReadAttributes: ['email', 'nothing'] }),
      'ReadAttributes.1: Invalid read attributes specified while creating a client',
    ],
    [
      client({ WriteAttributes: ['custom:level', 'email_verified'] }),
      `WriteAttributes.1: ${write}`,
      `WriteAttributes: ${write}`,
    ],
    [
      client({ SupportedIdentityProviders: ['COGNITO', 'Up', 'Upp'] }),
      'SupportedIdentityProviders.2: The provider Upp does not exist for User Pool us-east-1_reef',
    ],
    [client({ AllowedOAuthScopes: ['api/rea'] }), 'AllowedOAuthScopes.0: Invalid scope requested: api/rea'],
    [secretFindings({ GenerateSecret: true })],
    [
      secretFindings({ GenerateSecret: true, ClientSecret: 'x' }),
      'GenerateSecret: ClientSecret cannot be given together with GenerateSecret.',
    ],
  ])
})

t.test('what a pool may be', async t => {
  const of = (settings: Parameters<typeof poolFindings>[0], hasFactor = false) =>
    poolFindings(settings, { region: 'us-east-1', hasFactor })
  const sms = { SmsConfiguration: { SnsCallerArn: 'arn:aws:iam::1:role/sms' } }
  const arn = (region: string) => `arn:aws:lambda:${region}:1:function:f`
  const mode =
    'MfaConfiguration: SMS configuration and Auto verification for phone_number are required when MFA is required/optional'
  holds(t, [
    [of({})],
    [of({ ...sms, AutoVerifiedAttributes: ['phone_number'], MfaConfiguration: 'ON' })],
    [of({ MfaConfiguration: 'ON' }, true)],
    [of({ MfaConfiguration: 'ON' }), mode],
    [
      of({ AliasAttributes: ['email'], UsernameAttributes: ['email'] }),
      'UsernameAttributes: Only one of the aliasAttributes or usernameAttributes can be set in a User pool.',
    ],
    [
      of({
        UserAttributeUpdateSettings: { AttributesRequireVerificationBeforeUpdate: ['email'] },
      }),
      'UserAttributeUpdateSettings.AttributesRequireVerificationBeforeUpdate.0: All attributes in AttributesRequireVerificationBeforeUpdate must exist in AutoVerifiedAttributes',
    ],
    [
      of({
        AccountRecoverySetting: {
          RecoveryMechanisms: [
            { Name: 'admin_only', Priority: 1 },
            { Name: 'verified_email', Priority: 1 },
          ],
        },
      }),
      'AccountRecoverySetting.RecoveryMechanisms: Account Recovery Setting cannot use admin_only setting with any other recovery mechanisms.',
      'AccountRecoverySetting.RecoveryMechanisms: Account Recovery Setting cannot have duplicate priorities or recovery mechanisms.',
    ],
    [
      of({ Policies: { SignInPolicy: { AllowedFirstAuthFactors: ['EMAIL_OTP'] } } }),
      'Policies.SignInPolicy.AllowedFirstAuthFactors: Password should be configured as one of the allowed first auth factors.',
    ],
    [
      of({ LambdaConfig: { PreSignUp: arn('eu-west-1') } }),
      'LambdaConfig.PreSignUp: Cross-region lambda functions are not supported',
    ],
    [
      of({ LambdaConfig: { CustomSMSSender: { LambdaArn: arn('us-east-1'), LambdaVersion: 'V1_0' } } }),
      'LambdaConfig.KMSKeyID: KMSKeyId parameter is required when Custom SMS/Email Lambda trigger is used.',
    ],
    [
      of({ EmailConfiguration: { EmailSendingAccount: 'DEVELOPER', From: 'nobody' } }),
      'EmailConfiguration.SourceArn: Source ARN is required to use DEVELOPER email sending owner',
      'EmailConfiguration.From: Provided From email address is invalid',
    ],
    [
      of({
        Policies: { PasswordPolicy: { TemporaryPasswordValidityDays: 3 } },
        AdminCreateUserConfig: { UnusedAccountValidityDays: 3 },
      }),
      'AdminCreateUserConfig.UnusedAccountValidityDays: Please use TemporaryPasswordValidityDays in PasswordPolicy instead of UnusedAccountValidityDays',
    ],
    [
      of({
        UserPoolTier: 'LITE',
        Policies: { SignInPolicy: { AllowedFirstAuthFactors: ['PASSWORD', 'WEB_AUTHN'] } },
      }),
      'UserPoolTier: The following features need to be disabled for the LITE pricing tier configured: Passwordless Sign-In',
    ],
    [mfaFindings({ MfaConfiguration: 'ON', SoftwareTokenMfaConfiguration: { Enabled: true } }, {})],
    [
      mfaFindings({ MfaConfiguration: 'ON' }, {}),
      "MfaConfiguration: Invalid MFA configuration given, can't disable all MFAs with a required or optional configuration.",
    ],
    [
      mfaFindings({ EmailMfaConfiguration: {} }, {}),
      "MfaConfiguration: Invalid MFA configuration given, can't turn off MFA and configure an MFA together.",
      'EmailMfaConfiguration: Cannot set EmailMfaConfiguration when user pool EmailConfiguration contains an EmailSendingAccount of COGNITO_DEFAULT.',
    ],
    [
      schemaFindings([
        {
          Name: 'level',
          AttributeDataType: 'Number',
          NumberAttributeConstraints: { MinValue: '9', MaxValue: '1' },
        },
        { Name: 'level', AttributeDataType: 'String', StringAttributeConstraints: { MaxLength: 'many' } },
        { Name: 'email', AttributeDataType: 'Number' },
        { Name: 'custom:x', Required: true },
      ]),
      '1.Name: Duplicate custom attribute names custom:level are not allowed in a user pool schema.',
      "0.NumberAttributeConstraints.MaxValue: Attribute custom:level cannot have a max value smaller than it's min value",
      '1.StringAttributeConstraints.MaxLength: Invalid StringAttributeConstraints for schema attribute level',
      '2.AttributeDataType: You can not change AttributeDataType or set developerOnlyAttribute for standard schema attribute email',
      '3.Name: -',
      '3: Invalid AttributeDataType input, consider using the provided AttributeDataType enum.',
      '3.Required: Required custom attributes are not supported currently.',
    ],
    [addedAttributeFindings([{ Name: 'email', AttributeDataType: 'String' }])],
    [prefixFindings('reef')],
    [prefixFindings('my-aws'), 'Domain: Domain cannot contain reserved word: aws'],
    [prefixFindings('login'), 'Domain: Domain already associated with another user pool.'],
    [customDomainFindings('auth.example.com')],
    [customDomainFindings('example.com'), 'Domain: Custom domain is not a valid subdomain'],
    [
      pageVersionFindings({ settings: { UserPoolTier: 'LITE' } }, 2),
      'ManagedLoginVersion: The following feature is not available for the LITE pricing tier configured: Managed Login Version 2',
    ],
  ])
})

t.test('what providers, resource servers and groups may be', async t => {
  const oidc = {
    ProviderName: 'Up',
    ProviderType: 'OIDC',
    ProviderDetails: {
      client_id: 'x',
      authorize_scopes: 'openid email',
      attributes_request_method: 'GET',
      oidc_issuer: 'https://up.example',
    },
  } as const
  const details = (more: Record<string, string>) =>
    providerFindings({ ...oidc, ProviderDetails: { ...oidc.ProviderDetails, ...more } }, schema)
  holds(t, [
    [providerFindings({ ...oidc, AttributeMapping: { email: 'mail', username: 'sub' } }, schema)],
    [
      providerFindings({ ...oidc, ProviderName: 'Google' }, schema),
      'ProviderName: Provider Google cannot be of type OIDC',
    ],
    [
      details({ client_id: '' }),
      'ProviderDetails: clientId, authorizeScopes, oidcIssuer and attributesRequestMethod are all required idp details.',
    ],
    [
      details({ jwks_uri: 'ftp://x' }),
      'ProviderDetails.jwks_uri: OIDC endpoint must start with https://',
      'ProviderDetails: -',
    ],
    [
      details({ attributes_request_method: 'PUT' }),
      "ProviderDetails.attributes_request_method: 1 validation error detected: Value 'PUT' at 'attributesRequestMethod' failed to satisfy constraint: Member must satisfy enum value set: [POST, GET]",
    ],
    [details({ authorize_scopes: 'email' }), 'ProviderDetails.authorize_scopes: -'],
    [details({ oidc_issuer: 'https://up.example/' })],
    [details({ clientid: 'x' }), 'ProviderDetails.clientid: -'],
    [
      providerFindings({ ...oidc, AttributeMapping: { sub: 'sub', emial: 'email' } }, schema),
      'AttributeMapping.emial: AttributeMapping contains invalid mapping: [emial]',
      'AttributeMapping.sub: -',
    ],
    [
      providerFindings({ ProviderName: 'Saml', ProviderType: 'SAML', ProviderDetails: {} }, schema),
      'ProviderDetails: At least one of the MetadataURL or MetadataFile should be provided.',
    ],
    [
      identifierFindings(['a', 'b'], one => (one === 'b' ? 'Other' : undefined)),
      'IdpIdentifiers.1: The identifier b is already used by the provider Other.',
    ],
    [resourceServerFindings({ Scopes: [{ ScopeName: 'read' }, { ScopeName: 'write' }] })],
    [
      resourceServerFindings({ Scopes: [{ ScopeName: 'read' }, { ScopeName: 'read' }] }),
      'Scopes.1.ScopeName: -',
    ],
    [membershipFindings(99)],
    [membershipFindings(100), 'Groups: A user can be in 100 groups at most.'],
  ])
})

t.test('what a user may be', async t => {
  const byEmail = { settings: { UsernameAttributes: ['email' as const] } }
  const withAliases = { settings: { AliasAttributes: ['email' as const, 'phone_number' as const] } }
  const given = (attributes: Record<string, string>) => attributeFindings(pool, attributes, 'creation')
  const head = 'Attributes did not conform to the schema: '
  holds(t, [
    [usernameFindings(pool, 'ada')],
    [usernameFindings(byEmail, 'ada@example.com')],
    [usernameFindings(byEmail, 'ada'), 'Username: Username should be an email.'],
    [
      usernameFindings({ settings: { UsernameAttributes: ['phone_number', 'email'] } }, 'ada'),
      'Username: Username should be either an email or a phone number.',
    ],
    [
      usernameFindings(withAliases, 'ada@example.com'),
      'Username: Username cannot be of email format, since user pool is configured for email alias.',
    ],
    [
      usernameFindings(withAliases, '+123'),
      'Username: Username cannot be of phone number format, since user pool is configured for phone number alias.',
    ],
    [
      given({
        email: 'ada@example.com',
        email_verified: 'true',
        birthdate: '1990-12-31',
        'custom:level': '9',
      }),
    ],
    [given({ name: '' })],
    [given({ email: 'ada@example' }), 'UserAttributes.email: Invalid email address format.'],
    [given({ phone_number: '12' }), 'UserAttributes.phone_number: Invalid phone number format.'],
    [given({ birthdate: '31-12-1990' }), 'UserAttributes.birthdate: -'],
    [
      given({ birthdate: '1990' }),
      `UserAttributes.birthdate: ${head}birthdate: String must be no shorter than 10 characters`,
    ],
    [
      given({ 'custom:level': '10' }),
      `UserAttributes.custom:level: ${head}custom:level: Number must be no greater than 9`,
    ],
    [
      given({ 'custom:level': 'x' }),
      `UserAttributes.custom:level: ${head}custom:level: Attribute value must be a number`,
    ],
    [given({ 'custom:since': 'x' }), 'UserAttributes.custom:since: -'],
    [
      given({ a: 'x', b: 'x' }),
      `UserAttributes.a: ${head}a: Attribute does not exist in the schema.\nb: Attribute does not exist in the schema.`,
      `UserAttributes.b: ${head}a: Attribute does not exist in the schema.\nb: Attribute does not exist in the schema.`,
    ],
    [given({ sub: 'x' }), 'UserAttributes.sub: Cannot modify the non-mutable attribute sub'],
    [given({ 'custom:tag': 'x' })],
    [
      attributeFindings(pool, { 'custom:tag': 'x' }, 'change'),
      'UserAttributes.custom:tag: user.custom:tag: Attribute cannot be updated.',
    ],
    [given({ email_verified: 'true' }), 'UserAttributes: Email is required to verify/un-verify an email'],
    [attributeFindings(pool, { email_verified: 'true' }, 'change', { email: 'ada@example.com' })],
    [missingAttributeFindings(pool, {}), `: ${head}email: The attribute is required`],
    [removalFindings(pool, ['name'])],
    [
      removalFindings(pool, ['email']),
      'UserAttributeNames.0: Invalid user attributes: email: Required attribute cannot be deleted.',
    ],
    [passwordFindings(pool, 'Ada-has-1-password')],
    [passwordFindings(pool, 'short'), ': Password does not conform to policy: Password not long enough'],
  ])
})

t.test('the API refuses with the first finding that Cognito has words for', async t => {
  const advice: Finding = { path: [], because: 'It is odd.', remedy: 'Change it.' }
  t.doesNotThrow(() => ensureSound([advice]))
  const first = { ...advice, told: 'No.', code: 'OddException' }
  t.throws(() => ensureSound([advice, first, { ...advice, told: 'Never.' }]), {
    code: 'OddException',
    told: 'No.',
    explanation: { because: 'It is odd.', remedy: 'Change it.' },
  })
})

t.test('where seed and API disagreed, both say what Cognito says', async t => {
  const { sdk, UserPoolId } = await anApi(t)
  const mistakes = (member: object): string[] => {
    try {
      seedOf({ UserPools: [{ PoolName: 'p', ...member }] })
    } catch (error) {
      if (error instanceof SeedError) return error.mistakes.map(({ path }) => path)
      throw error
    }
    return []
  }
  const create = (settings: object) =>
    sdk.send(new cognito.CreateUserPoolClientCommand({ UserPoolId, ClientName: 'C', ...settings }))

  t.comment('rotation of refresh tokens beside the flow that rotation replaces')
  const rotating = {
    RefreshTokenRotation: { Feature: 'ENABLED' },
    ExplicitAuthFlows: ['ALLOW_USER_SRP_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
  }
  t.strictSame(await refusal(create(rotating)), [
    'InvalidParameterException',
    'ALLOW_REFRESH_TOKEN_AUTH cannot be used when refresh token rotation is enabled.',
  ])
  t.strictSame(mistakes({ Clients: [{ ClientName: 'c', ...rotating }] }), [
    'UserPools[0].Clients[0].ExplicitAuthFlows[1]',
  ])

  t.comment('phone numbers to verify, and no way to send text messages')
  const verifying = { AutoVerifiedAttributes: ['phone_number' as const] }
  const asked = sdk.send(new cognito.CreateUserPoolCommand({ PoolName: 'p', ...verifying }))
  t.strictSame(await refusal(asked), [
    'InvalidParameterException',
    'SMS configuration is required when phone_number is selected for auto verification',
  ])
  t.strictSame(mistakes(verifying), ['UserPools[0].AutoVerifiedAttributes[0]'])

  t.comment('OAuth flows that the client is not allowed to use yet')
  const flows = { AllowedOAuthFlows: ['code'], CallbackURLs: ['https://app.example/cb'] }
  t.match(await create(flows), {
    UserPoolClient: { AllowedOAuthFlows: ['code'], AllowedOAuthFlowsUserPoolClient: false },
  })
  t.strictSame(mistakes({ Clients: [{ ClientName: 'c', ...flows }] }), [])
})

import { boolean, integer, list, map, oneOf, required, string, structure } from '../../lib/shape.js'
import { arn, regionCode, text } from './common.js'

/** What `CreateUserPool` accepts: a pool's configuration in the service's own words. */

const verifiedAttribute = oneOf('phone_number', 'email')
const smsMessage = string({ min: 6, max: 140, pattern: '.*\\{####\\}.*' })
const emailMessage = string({
  min: 6,
  max: 20000,
  pattern: '[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}\\s*]*\\{####\\}[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}\\s*]*',
})
const emailSubject = string({ min: 1, max: 140, pattern: '[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}\\s]+' })
const versionedLambda = structure({ LambdaVersion: required(oneOf('V1_0')), LambdaArn: required(arn) })

const passwordPolicy = structure({
  MinimumLength: integer({ min: 6, max: 99 }),
  RequireUppercase: boolean(),
  RequireLowercase: boolean(),
  RequireNumbers: boolean(),
  RequireSymbols: boolean(),
  PasswordHistorySize: integer({ min: 0, max: 24 }),
  TemporaryPasswordValidityDays: integer({ min: 0, max: 365 }),
})

const lambdaConfig = structure({
  PreSignUp: arn,
  CustomMessage: arn,
  PostConfirmation: arn,
  PreAuthentication: arn,
  PostAuthentication: arn,
  DefineAuthChallenge: arn,
  CreateAuthChallenge: arn,
  VerifyAuthChallengeResponse: arn,
  PreTokenGeneration: arn,
  UserMigration: arn,
  PreTokenGenerationConfig: structure({
    LambdaVersion: required(oneOf('V1_0', 'V2_0', 'V3_0')),
    LambdaArn: required(arn),
  }),
  CustomSMSSender: versionedLambda,
  CustomEmailSender: versionedLambda,
  KMSKeyID: arn,
  InboundFederation: versionedLambda,
})

export const schemaAttribute = structure({
  Name: string({ min: 1, max: 20, pattern: '[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}]+' }),
  AttributeDataType: oneOf('String', 'Number', 'DateTime', 'Boolean'),
  DeveloperOnlyAttribute: boolean(),
  Mutable: boolean(),
  Required: boolean(),
  NumberAttributeConstraints: structure({ MinValue: text, MaxValue: text }),
  StringAttributeConstraints: structure({ MinLength: text, MaxLength: text }),
})

export const createUserPool = structure({
  PoolName: required(string({ min: 1, max: 128, pattern: '[\\w\\s+=,.@-]+' })),
  Policies: structure({
    PasswordPolicy: passwordPolicy,
    SignInPolicy: structure({
      AllowedFirstAuthFactors: list(
        oneOf('PASSWORD', 'EMAIL_OTP', 'SMS_OTP', 'WEB_AUTHN', 'SOFTWARE_TOKEN'),
        {
          min: 1,
          max: 5,
        },
      ),
    }),
  }),
  DeletionProtection: oneOf('ACTIVE', 'INACTIVE'),
  LambdaConfig: lambdaConfig,
  AutoVerifiedAttributes: list(verifiedAttribute),
  AliasAttributes: list(oneOf('phone_number', 'email', 'preferred_username')),
  UsernameAttributes: list(oneOf('phone_number', 'email')),
  SmsVerificationMessage: smsMessage,
  EmailVerificationMessage: emailMessage,
  EmailVerificationSubject: emailSubject,
  VerificationMessageTemplate: structure({
    SmsMessage: smsMessage,
    EmailMessage: emailMessage,
    EmailSubject: emailSubject,
    EmailMessageByLink: string({
      min: 6,
      max: 20000,
      pattern:
        '[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}\\s*]*\\{##[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}\\s*]*##\\}[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}\\s*]*',
    }),
    EmailSubjectByLink: emailSubject,
    DefaultEmailOption: oneOf('CONFIRM_WITH_LINK', 'CONFIRM_WITH_CODE'),
  }),
  SmsAuthenticationMessage: smsMessage,
  MfaConfiguration: oneOf('OFF', 'ON', 'OPTIONAL'),
  UserAttributeUpdateSettings: structure({
    AttributesRequireVerificationBeforeUpdate: list(verifiedAttribute),
  }),
  DeviceConfiguration: structure({
    ChallengeRequiredOnNewDevice: boolean(),
    DeviceOnlyRememberedOnUserPrompt: boolean(),
  }),
  EmailConfiguration: structure({
    SourceArn: arn,
    ReplyToEmailAddress: string({
      pattern: '[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}]+@[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}]+',
    }),
    EmailSendingAccount: oneOf('COGNITO_DEFAULT', 'DEVELOPER'),
    From: text,
    ConfigurationSet: string({ min: 1, max: 64, pattern: '^[a-zA-Z0-9_-]+$' }),
  }),
  SmsConfiguration: structure({
    SnsCallerArn: string({
      min: 0,
      max: 2048,
      pattern:
        '(arn:[\\w+=/,.@-]+:[\\w+=/,.@-]+:([\\w+=/,.@-]*)?:[0-9]+:[\\w+=/,.@-]+(:[\\w+=/,.@-]+)?(:[\\w+=/,.@-]+)?)?',
    }),
    ExternalId: text,
    SnsRegion: regionCode,
    EumsSms: structure({
      CallerArn: required(arn),
      ExternalId: text,
      OriginationIdentity: text,
      ConfigurationSetName: text,
      InEntityId: text,
      InTemplateId: text,
      Region: regionCode,
    }),
  }),
  UserPoolTags: map(string({ min: 1, max: 128 }), string({ min: 0, max: 256 })),
  AdminCreateUserConfig: structure({
    AllowAdminCreateUserOnly: boolean(),
    UnusedAccountValidityDays: integer({ min: 0, max: 365 }),
    InviteMessageTemplate: structure({
      SMSMessage: string({ min: 6, max: 140, pattern: '(?s).*' }),
      EmailMessage: string({ min: 6, max: 20000, pattern: '[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}\\s*]*' }),
      EmailSubject: emailSubject,
    }),
  }),
  Schema: list(schemaAttribute, { min: 1, max: 50 }),
  UserPoolAddOns: structure({
    AdvancedSecurityMode: required(oneOf('OFF', 'AUDIT', 'ENFORCED')),
    AdvancedSecurityAdditionalFlows: structure({ CustomAuthMode: oneOf('AUDIT', 'ENFORCED') }),
  }),
  UsernameConfiguration: structure({ CaseSensitive: required(boolean()) }),
  AccountRecoverySetting: structure({
    RecoveryMechanisms: list(
      structure({
        Priority: required(integer({ min: 1, max: 2 })),
        Name: required(oneOf('verified_email', 'verified_phone_number', 'admin_only')),
      }),
      { min: 1, max: 2 },
    ),
  }),
  UserPoolTier: oneOf('LITE', 'ESSENTIALS', 'PLUS'),
  KeyConfiguration: structure({
    KeyType: oneOf('AWS_OWNED_KEY', 'CUSTOMER_MANAGED_KEY'),
    KmsKeyArn: arn,
  }),
  IssuerConfiguration: structure({ Type: oneOf('ORIGINAL', 'UPDATED') }),
})

/** The name of a user pool domain: the prefix, or the whole host name of a custom domain. */
export const domainName = string({ min: 1, max: 63, pattern: '^[a-z0-9](?:[a-z0-9\\-]{0,61}[a-z0-9])?$' })

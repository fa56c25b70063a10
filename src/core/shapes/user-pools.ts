import { boolean, integer, list, map, oneOf, required, string, structure } from '../../lib/shape.js'
import {
  acrLevelName,
  arn,
  oAuthFlows,
  paginationKey,
  schemaAttribute,
  scopeList,
  text,
  userPoolId,
  userPoolTags,
} from './common.js'

/** User pools and their MFA configuration. */

const accountRecoverySetting = structure({
  RecoveryMechanisms: list(
    structure({
      Priority: required(integer({ min: 1, max: 2 })),
      Name: required(oneOf('verified_email', 'verified_phone_number', 'admin_only')),
    }),
    { min: 1, max: 2 },
  ),
})

const emailVerificationSubject = string({ min: 1, max: 140, pattern: '[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}\\s]+' })

const acrConfiguration = map(
  acrLevelName,
  structure({
    AcrValue: required(string({ min: 1, max: 64, pattern: '[\\x21\\x23-\\x5B\\x5D-\\x7E]+' })),
  }),
)

const adminCreateUserConfig = structure({
  AllowAdminCreateUserOnly: boolean(),
  UnusedAccountValidityDays: integer({ min: 0, max: 365 }),
  InviteMessageTemplate: structure({
    SMSMessage: string({ min: 6, max: 140, pattern: '(?s).*' }),
    EmailMessage: string({ min: 6, max: 20000, pattern: '[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}\\s*]*' }),
    EmailSubject: emailVerificationSubject,
  }),
})

const dcrConfiguration = structure({
  EnableStatus: oneOf('Enabled', 'Disabled'),
  OpenDcrEnabled: boolean(),
  AuthenticatedGrantTypes: oAuthFlows,
  OpenDcrGrantTypes: oAuthFlows,
  AllowedScopes: scopeList,
})

const deletionProtection = oneOf('ACTIVE', 'INACTIVE')

const deviceConfiguration = structure({
  ChallengeRequiredOnNewDevice: boolean(),
  DeviceOnlyRememberedOnUserPrompt: boolean(),
})

const emailConfiguration = structure({
  SourceArn: arn,
  ReplyToEmailAddress: string({
    pattern: '[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}]+@[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}]+',
  }),
  EmailSendingAccount: oneOf('COGNITO_DEFAULT', 'DEVELOPER'),
  From: text,
  ConfigurationSet: string({ min: 1, max: 64, pattern: '^[a-zA-Z0-9_-]+$' }),
})

const emailVerificationMessage = string({
  min: 6,
  max: 20000,
  pattern: '[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}\\s*]*\\{####\\}[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}\\s*]*',
})

const issuerConfiguration = structure({
  Type: oneOf('ORIGINAL', 'UPDATED'),
})

const keyConfiguration = structure({
  KeyType: oneOf('AWS_OWNED_KEY', 'CUSTOMER_MANAGED_KEY'),
  KmsKeyArn: string({
    min: 20,
    max: 2048,
    pattern:
      'arn:[\\w+=/,.@-]+:[\\w+=/,.@-]+:([\\w+=/,.@-]*)?:[0-9]+:[\\w+=/,.@-]+(:[\\w+=/,.@-]+)?(:[\\w+=/,.@-]+)?',
  }),
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
  CustomSMSSender: structure({
    LambdaVersion: required(oneOf('V1_0')),
    LambdaArn: required(arn),
  }),
  CustomEmailSender: structure({
    LambdaVersion: required(oneOf('V1_0')),
    LambdaArn: required(arn),
  }),
  KMSKeyID: arn,
  InboundFederation: structure({
    LambdaVersion: required(oneOf('V1_0')),
    LambdaArn: required(arn),
  }),
})

const regionCode = string({ min: 5, max: 32 })

const smsConfiguration = structure({
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
})

const smsVerificationMessage = string({ min: 6, max: 140, pattern: '.*\\{####\\}.*' })

const verifiedAttribute = oneOf('phone_number', 'email')

const userAttributeUpdateSettings = structure({
  AttributesRequireVerificationBeforeUpdate: list(verifiedAttribute),
})

const userPoolAddOns = structure({
  AdvancedSecurityMode: required(oneOf('OFF', 'AUDIT', 'ENFORCED')),
  AdvancedSecurityAdditionalFlows: structure({
    CustomAuthMode: oneOf('AUDIT', 'ENFORCED'),
  }),
})

const userPoolMfa = oneOf('OFF', 'ON', 'OPTIONAL')

const userPoolName = string({ min: 1, max: 128, pattern: '[\\w\\s+=,.@-]+' })

const userPoolPolicy = structure({
  PasswordPolicy: structure({
    MinimumLength: integer({ min: 6, max: 99 }),
    RequireUppercase: boolean(),
    RequireLowercase: boolean(),
    RequireNumbers: boolean(),
    RequireSymbols: boolean(),
    PasswordHistorySize: integer({ min: 0, max: 24 }),
    TemporaryPasswordValidityDays: integer({ min: 0, max: 365 }),
  }),
  SignInPolicy: structure({
    AllowedFirstAuthFactors: list(oneOf('PASSWORD', 'EMAIL_OTP', 'SMS_OTP', 'WEB_AUTHN', 'SOFTWARE_TOKEN'), {
      min: 1,
      max: 5,
    }),
  }),
})

const userPoolTier = oneOf('LITE', 'ESSENTIALS', 'PLUS')

const verificationMessageTemplate = structure({
  SmsMessage: smsVerificationMessage,
  EmailMessage: emailVerificationMessage,
  EmailSubject: emailVerificationSubject,
  EmailMessageByLink: string({
    min: 6,
    max: 20000,
    pattern:
      '[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}\\s*]*\\{##[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}\\s*]*##\\}[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}\\s*]*',
  }),
  EmailSubjectByLink: string({ min: 1, max: 140, pattern: '[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}\\s]+' }),
  DefaultEmailOption: oneOf('CONFIRM_WITH_LINK', 'CONFIRM_WITH_CODE'),
})

const verifiedAttributesList = list(verifiedAttribute)

export const createUserPool = structure({
  PoolName: required(userPoolName),
  Policies: userPoolPolicy,
  DeletionProtection: deletionProtection,
  LambdaConfig: lambdaConfig,
  AutoVerifiedAttributes: verifiedAttributesList,
  AliasAttributes: list(oneOf('phone_number', 'email', 'preferred_username')),
  UsernameAttributes: list(oneOf('phone_number', 'email')),
  SmsVerificationMessage: smsVerificationMessage,
  EmailVerificationMessage: emailVerificationMessage,
  EmailVerificationSubject: emailVerificationSubject,
  VerificationMessageTemplate: verificationMessageTemplate,
  SmsAuthenticationMessage: smsVerificationMessage,
  MfaConfiguration: userPoolMfa,
  UserAttributeUpdateSettings: userAttributeUpdateSettings,
  DeviceConfiguration: deviceConfiguration,
  EmailConfiguration: emailConfiguration,
  SmsConfiguration: smsConfiguration,
  UserPoolTags: userPoolTags,
  AdminCreateUserConfig: adminCreateUserConfig,
  Schema: list(schemaAttribute, { min: 1, max: 50 }),
  UserPoolAddOns: userPoolAddOns,
  UsernameConfiguration: structure({
    CaseSensitive: required(boolean()),
  }),
  AccountRecoverySetting: accountRecoverySetting,
  UserPoolTier: userPoolTier,
  KeyConfiguration: keyConfiguration,
  IssuerConfiguration: issuerConfiguration,
  DcrConfiguration: dcrConfiguration,
  AcrConfiguration: acrConfiguration,
})

export const describeUserPool = structure({
  UserPoolId: required(userPoolId),
})

export const updateUserPool = structure({
  UserPoolId: required(userPoolId),
  Policies: userPoolPolicy,
  DeletionProtection: deletionProtection,
  LambdaConfig: lambdaConfig,
  AutoVerifiedAttributes: verifiedAttributesList,
  SmsVerificationMessage: smsVerificationMessage,
  EmailVerificationMessage: emailVerificationMessage,
  EmailVerificationSubject: emailVerificationSubject,
  VerificationMessageTemplate: verificationMessageTemplate,
  SmsAuthenticationMessage: smsVerificationMessage,
  UserAttributeUpdateSettings: userAttributeUpdateSettings,
  MfaConfiguration: userPoolMfa,
  DeviceConfiguration: deviceConfiguration,
  EmailConfiguration: emailConfiguration,
  SmsConfiguration: smsConfiguration,
  UserPoolTags: userPoolTags,
  AdminCreateUserConfig: adminCreateUserConfig,
  UserPoolAddOns: userPoolAddOns,
  AccountRecoverySetting: accountRecoverySetting,
  PoolName: userPoolName,
  UserPoolTier: userPoolTier,
  KeyConfiguration: keyConfiguration,
  IssuerConfiguration: issuerConfiguration,
  DcrConfiguration: dcrConfiguration,
  AcrConfiguration: acrConfiguration,
})

export const deleteUserPool = structure({
  UserPoolId: required(userPoolId),
})

export const listUserPools = structure({
  NextToken: paginationKey,
  MaxResults: required(integer({ min: 1, max: 60 })),
})

export const addCustomAttributes = structure({
  UserPoolId: required(userPoolId),
  CustomAttributes: required(list(schemaAttribute, { min: 1, max: 25 })),
})

export const getUserPoolMfaConfig = structure({
  UserPoolId: required(userPoolId),
})

export const setUserPoolMfaConfig = structure({
  UserPoolId: required(userPoolId),
  SmsMfaConfiguration: structure({
    SmsAuthenticationMessage: smsVerificationMessage,
    SmsConfiguration: smsConfiguration,
  }),
  SoftwareTokenMfaConfiguration: structure({
    Enabled: boolean(),
  }),
  EmailMfaConfiguration: structure({
    Message: string({
      min: 6,
      max: 20000,
      pattern: '[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}\\s*]*\\{####\\}[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}\\s*]*',
    }),
    Subject: string({ pattern: '[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}\\s]+' }),
  }),
  MfaConfiguration: userPoolMfa,
  WebAuthnConfiguration: structure({
    RelyingPartyId: string({ min: 1, max: 127 }),
    UserVerification: oneOf('required', 'preferred'),
    FactorConfiguration: oneOf('SINGLE_FACTOR', 'MULTI_FACTOR_WITH_USER_VERIFICATION'),
  }),
})

export const getSigningCertificate = structure({
  UserPoolId: required(userPoolId),
})

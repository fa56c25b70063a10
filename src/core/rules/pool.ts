import type { Infer } from '../../lib/shape.js'
import { defaultAcr, levels } from '../assurance.js'
import type { setUserPoolMfaConfig } from '../shapes/user-pools.js'
import type { PoolSettings } from '../user-pool.js'
import { type Draft, entriesOf, type Finding } from './finding.js'

type Settings = Draft<PoolSettings>

/** What the rules for a pool's settings have to know besides them. */
export interface PoolSurroundings {
  readonly region: string
  /** Whether the pool's MFA configuration has a second factor: then a mode needs no SmsConfiguration. */
  readonly hasFactor: boolean
  /** Whether the pool tracks its users' sessions. */
  readonly tracksSessions?: boolean
  /** What the pool had before, if it is changed. */
  readonly before?: PoolSettings
}

/**
 * What is wrong with the settings of a pool, in the order in which Cognito looks (docs/facts/user-pools-api.md §2.1).
 * Whether roles and senders exist, and whose account they are in, is not asked: none of them is in an emulator's
 * account.
 */
export function* poolFindings(settings: Settings, surroundings: PoolSurroundings): Generator<Finding> {
  yield* signInNameFindings(settings)
  yield* textMessageFindings(settings, surroundings)
  yield* verificationFindings(settings)
  yield* recoveryFindings(settings)
  yield* firstFactorFindings(settings)
  yield* triggerFindings(settings)
  yield* senderFindings(settings)
  yield* validityFindings(settings, surroundings.before)
  yield* regionFindings(settings, surroundings.region)
  yield* acrFindings(settings)
  yield* tierFindings(settings, surroundings)
  yield* protectionTierFindings(settings)
}

function* signInNameFindings({ AliasAttributes, UsernameAttributes }: Settings): Generator<Finding> {
  if (AliasAttributes?.length && UsernameAttributes?.length)
    yield {
      path: ['UsernameAttributes'],
      told: 'Only one of the aliasAttributes or usernameAttributes can be set in a User pool.',
      because: 'Only one of AliasAttributes and UsernameAttributes can be set in a pool.',
      remedy:
        'Keep UsernameAttributes where the e-mail address or phone number is the username, AliasAttributes where users have a username besides.',
    }
}

function* textMessageFindings(
  { AutoVerifiedAttributes, SmsConfiguration, MfaConfiguration: mode = 'OFF' }: Settings,
  { hasFactor }: PoolSurroundings,
): Generator<Finding> {
  if (SmsConfiguration !== undefined) return
  if (AutoVerifiedAttributes?.includes('phone_number'))
    yield {
      path: ['AutoVerifiedAttributes', AutoVerifiedAttributes.indexOf('phone_number')],
      told: 'SMS configuration is required when phone_number is selected for auto verification',
      because: 'Phone numbers are verified by text message, and the pool has no SmsConfiguration.',
      remedy: 'Add SmsConfiguration with an SnsCallerArn (any will do here), or leave phone_number out.',
    }
  if (mode !== 'OFF' && !hasFactor)
    yield {
      path: ['MfaConfiguration'],
      told: 'SMS configuration and Auto verification for phone_number are required when MFA is required/optional',
      because: `${mode} needs a second factor, and the pool has none.`,
      remedy:
        'In a seed add SoftwareTokenMfaConfiguration: { Enabled: true }. Through the API, add SmsConfiguration, or create the pool with MfaConfiguration OFF and call SetUserPoolMfaConfig.',
    }
}

function* verificationFindings(settings: Settings): Generator<Finding> {
  const verified = settings.AutoVerifiedAttributes ?? []
  const { AttributesRequireVerificationBeforeUpdate: before } = settings.UserAttributeUpdateSettings ?? {}
  for (const [attribute, index] of entriesOf(before))
    if (!verified.includes(attribute))
      yield {
        path: ['UserAttributeUpdateSettings', 'AttributesRequireVerificationBeforeUpdate', index],
        told: 'All attributes in AttributesRequireVerificationBeforeUpdate must exist in AutoVerifiedAttributes',
        because: `The pool does not verify "${attribute}", so no change of it can wait for that.`,
        remedy: `Add ${attribute} to AutoVerifiedAttributes, or leave it out here.`,
      }
}

function* recoveryFindings({ AccountRecoverySetting }: Settings): Generator<Finding> {
  const path = ['AccountRecoverySetting', 'RecoveryMechanisms']
  const mechanisms = entriesOf(AccountRecoverySetting?.RecoveryMechanisms).map(([mechanism]) => mechanism)
  if (mechanisms.length > 1 && mechanisms.some(({ Name }) => Name === 'admin_only'))
    yield {
      path,
      told: 'Account Recovery Setting cannot use admin_only setting with any other recovery mechanisms.',
      because: 'admin_only means that users cannot recover by themselves, and other mechanisms let them.',
      remedy: 'Keep admin_only alone, or leave it out.',
    }
  const isRepeated = (values: readonly unknown[]) => new Set(values).size < values.length
  if (
    isRepeated(mechanisms.map(({ Name }) => Name)) ||
    isRepeated(mechanisms.map(({ Priority }) => Priority))
  )
    yield {
      path,
      told: 'Account Recovery Setting cannot have duplicate priorities or recovery mechanisms.',
      because: 'Two recovery mechanisms have the same name or the same priority.',
      remedy: 'Name each mechanism once, with a priority of its own.',
    }
}

function* firstFactorFindings({ Policies }: Settings): Generator<Finding> {
  const factors = Policies?.SignInPolicy?.AllowedFirstAuthFactors
  if (factors?.length && !factors.includes('PASSWORD'))
    yield {
      path: ['Policies', 'SignInPolicy', 'AllowedFirstAuthFactors'],
      told: 'Password should be configured as one of the allowed first auth factors.',
      because: 'A pool that names first factors has to name PASSWORD among them.',
      remedy: 'Add PASSWORD to AllowedFirstAuthFactors.',
    }
}

function* triggerFindings({ LambdaConfig = {} }: Settings): Generator<Finding> {
  const { PreTokenGeneration: plain, PreTokenGenerationConfig: versioned } = LambdaConfig
  if (plain !== undefined && versioned !== undefined && plain !== versioned.LambdaArn)
    yield {
      path: ['LambdaConfig', 'PreTokenGenerationConfig', 'LambdaArn'],
      told: "Cannot use PreTokenGenerationLambda and PreTokenGeneration with different Lambda function ARN's",
      because: 'PreTokenGeneration and PreTokenGenerationConfig name different functions.',
      remedy: 'Leave PreTokenGeneration out, or give both the same ARN.',
    }
  const { CustomEmailSender, CustomSMSSender, KMSKeyID } = LambdaConfig
  if ((CustomEmailSender !== undefined || CustomSMSSender !== undefined) && KMSKeyID === undefined)
    yield {
      path: ['LambdaConfig', 'KMSKeyID'],
      told: 'KMSKeyId parameter is required when Custom SMS/Email Lambda trigger is used.',
      because: 'A custom sender gets codes encrypted with a key, and no key is named.',
      remedy: 'Add KMSKeyID to LambdaConfig.',
    }
}

function* senderFindings({ EmailConfiguration: email = {} }: Settings): Generator<Finding> {
  if (email.EmailSendingAccount === 'DEVELOPER' && email.SourceArn === undefined)
    yield {
      path: ['EmailConfiguration', 'SourceArn'],
      told: 'Source ARN is required to use DEVELOPER email sending owner',
      because: 'Mail that is sent from your own account needs a verified sender.',
      remedy: 'Add the SourceArn of an SES identity (any will do here), or leave EmailSendingAccount out.',
    }
  if (email.From !== undefined && !/[^\s@<>]@[^\s@<>]+\.[^\s@<>]/.test(email.From))
    yield {
      path: ['EmailConfiguration', 'From'],
      told: 'Provided From email address is invalid',
      because: `"${email.From}" is no sender's address.`,
      remedy: 'Write an address, or a name and an address: Tide Team <team@example.com>.',
    }
}

/** The older of two settings for the same: once a pool has the newer one, it is refused alone, too. */
function* validityFindings(
  { Policies, AdminCreateUserConfig }: Settings,
  before: PoolSettings | undefined,
): Generator<Finding> {
  const days =
    Policies?.PasswordPolicy?.TemporaryPasswordValidityDays ??
    before?.Policies?.PasswordPolicy?.TemporaryPasswordValidityDays
  if (days !== undefined && AdminCreateUserConfig?.UnusedAccountValidityDays !== undefined)
    yield {
      path: ['AdminCreateUserConfig', 'UnusedAccountValidityDays'],
      told: 'Please use TemporaryPasswordValidityDays in PasswordPolicy instead of UnusedAccountValidityDays',
      because:
        'Leave this out: TemporaryPasswordValidityDays in the PasswordPolicy says the same, and the pool has it.',
      remedy: 'Leave UnusedAccountValidityDays out.',
    }
}

/** What is wrong with functions of triggers in a region: they are called in the pool's own. */
export function* regionFindings({ LambdaConfig = {} }: Settings, region: string): Generator<Finding> {
  const { KMSKeyID: _key, ...triggers } = LambdaConfig
  for (const [name, trigger] of Object.entries(triggers)) {
    const arn = typeof trigger === 'string' ? trigger : trigger?.LambdaArn
    if (arn !== undefined && arn.split(':')[3] !== region)
      yield {
        path: typeof trigger === 'string' ? ['LambdaConfig', name] : ['LambdaConfig', name, 'LambdaArn'],
        told: 'Cross-region lambda functions are not supported',
        because: `${arn} is not in ${region}, where the pool is.`,
        remedy: `Name a function in ${region}, where the pool is, in place of ${arn}.`,
      }
  }
}

/** Each level has a name of its own, those that nobody named too (fact N49). */
function* acrFindings({ AcrConfiguration }: Settings): Generator<Finding> {
  for (const level of levels) {
    const name = AcrConfiguration?.[`Level${level}`]?.AcrValue
    const namesake = levels.find(
      other =>
        other !== level && (AcrConfiguration?.[`Level${other}`]?.AcrValue ?? defaultAcr(other)) === name,
    )
    if (name !== undefined && namesake !== undefined)
      yield {
        path: ['AcrConfiguration', `Level${level}`, 'AcrValue'],
        // The service's words are not known.
        told: `AcrConfiguration contains the value ${name} for more than one level.`,
        because: `"${name}" is the name of Level${namesake}, and cannot be that of Level${level} as well.`,
        remedy: `Choose another AcrValue for Level${level}, or name Level${namesake} differently too.`,
      }
  }
}

function* protectionTierFindings({ UserPoolTier: tier, UserPoolAddOns }: Settings): Generator<Finding> {
  // Without a tier the pool counts as one that AWS made before there were tiers: those keep threat protection.
  if (tier === undefined || tier === 'PLUS' || (UserPoolAddOns?.AdvancedSecurityMode ?? 'OFF') === 'OFF')
    return
  yield {
    path: ['UserPoolTier'],
    code: 'FeatureUnavailableInTierException',
    told: `The following features need to be disabled for the ${tier} pricing tier configured: Threat Protection`,
    because: `The tier ${tier} does not have threat protection, and UserPoolAddOns.AdvancedSecurityMode is ${UserPoolAddOns?.AdvancedSecurityMode}.`,
    remedy: 'Set UserPoolTier to PLUS, or AdvancedSecurityMode to OFF.',
  }
}

function* tierFindings(settings: Settings, { tracksSessions }: PoolSurroundings): Generator<Finding> {
  const features =
    settings.UserPoolTier === 'LITE'
      ? [...featuresBeyondLite(settings), ...(tracksSessions ? ['User Session Management'] : [])]
      : []
  if (features.length > 0)
    yield {
      path: ['UserPoolTier'],
      code: 'FeatureUnavailableInTierException',
      told: `The following features need to be disabled for the LITE pricing tier configured: ${features.join(', ')}`,
      because: `The tier LITE does not have: ${features.join(', ')}.`,
      remedy: 'Set UserPoolTier to ESSENTIALS, or leave the features out.',
    }
}

function featuresBeyondLite({
  Policies,
  LambdaConfig,
  AcrConfiguration,
  DcrConfiguration,
}: Settings): string[] {
  const factors = Policies?.SignInPolicy?.AllowedFirstAuthFactors ?? []
  const version = LambdaConfig?.PreTokenGenerationConfig?.LambdaVersion ?? 'V1_0'
  return [
    // The name of this feature is a guess.
    ...(Policies?.PasswordPolicy?.PasswordHistorySize ? ['Password History'] : []),
    ...(factors.some(factor => factor !== 'PASSWORD') ? ['Passwordless Sign-In'] : []),
    ...(isNamed(AcrConfiguration) ? ['Step-Up Authentication'] : []),
    ...(DcrConfiguration && DcrConfiguration.EnableStatus !== 'Disabled'
      ? ['Dynamic Client Registration']
      : []),
    ...(version === 'V1_0' ? [] : [`Token Customization with Pre-Token Generation Lambda ${version}`]),
  ]
}

/** Whether levels have other names than the defaults, which Describe shows of every pool. */
const isNamed = (configuration: Settings['AcrConfiguration']): boolean =>
  levels.some(
    level => (configuration?.[`Level${level}`]?.AcrValue ?? defaultAcr(level)) !== defaultAcr(level),
  )

type MfaConfig = Draft<Omit<Infer<typeof setUserPoolMfaConfig>, 'UserPoolId'>>

/** Whether a configuration asks for a second factor that needs no text messages. */
export const hasFactorBesideSms = (configuration: MfaConfig): boolean =>
  configuration.SoftwareTokenMfaConfiguration?.Enabled === true ||
  configuration.EmailMfaConfiguration !== undefined

/** Whether a configuration asks for a second factor at all. */
export const hasSecondFactor = (configuration: MfaConfig): boolean =>
  configuration.SmsMfaConfiguration !== undefined || hasFactorBesideSms(configuration)

/** What is wrong with a pool's MFA configuration: a mode needs a factor, and a factor a mode (§2.1). */
export function* mfaFindings(configuration: MfaConfig, { EmailConfiguration }: Settings): Generator<Finding> {
  const { MfaConfiguration: mode = 'OFF', EmailMfaConfiguration } = configuration
  const hasFactor = hasSecondFactor(configuration)
  if (mode === 'OFF' && hasFactor)
    yield {
      path: ['MfaConfiguration'],
      told: "Invalid MFA configuration given, can't turn off MFA and configure an MFA together.",
      because: 'A second factor needs MfaConfiguration to be ON or OPTIONAL.',
      remedy: 'Set MfaConfiguration to OPTIONAL or ON, or leave the second factors out.',
    }
  if (mode !== 'OFF' && !hasFactor)
    yield {
      path: ['MfaConfiguration'],
      told: "Invalid MFA configuration given, can't disable all MFAs with a required or optional configuration.",
      because: `${mode} needs a second factor, such as SoftwareTokenMfaConfiguration: { Enabled: true }.`,
      remedy: 'Add SoftwareTokenMfaConfiguration, SmsMfaConfiguration or EmailMfaConfiguration.',
    }
  const sender = EmailConfiguration?.EmailSendingAccount ?? 'COGNITO_DEFAULT'
  if (EmailMfaConfiguration !== undefined && sender === 'COGNITO_DEFAULT')
    yield {
      path: ['EmailMfaConfiguration'],
      told: 'Cannot set EmailMfaConfiguration when user pool EmailConfiguration contains an EmailSendingAccount of COGNITO_DEFAULT.',
      because: 'Codes by mail need an EmailConfiguration whose EmailSendingAccount is DEVELOPER.',
      remedy: "Set EmailSendingAccount to DEVELOPER, with a SourceArn, in the pool's EmailConfiguration.",
    }
}

import { ensure } from '../../core/refusal.js'
import type { PoolSettings, SchemaAttribute } from '../../core/user-pool.js'
import type { InputOf } from '../operations.js'
import { because, invalidParameter } from '../refusals.js'

/**
 * What members of a pool's configuration say of each other (§2.1), checked when it is made or changed.
 * Whether roles and senders exist, and whose account they are in, is not asked: an emulator's account is none of theirs.
 *
 * @param smsIsOptional whether the pool has another second factor already: whoever set it with `SetUserPoolMfaConfig`
 *   sends the mode again with every update
 */
export function ensurePoolRules(
  settings: PoolSettings,
  region: string,
  { smsIsOptional } = { smsIsOptional: false },
): void {
  for (const [broken, told] of brokenRules(settings, smsIsOptional))
    ensure(!broken, () => invalidParameter(told))
  const elsewhere = lambdaArns(settings).find(arn => arn.split(':')[3] !== region)
  ensure(elsewhere === undefined, () =>
    invalidParameter(
      'Cross-region lambda functions are not supported',
      `Name a function in ${region}, where the pool is, in place of ${elsewhere}.`,
    ),
  )
  const beyondLite = settings.UserPoolTier === 'LITE' ? featuresBeyondLite(settings) : []
  ensure(beyondLite.length === 0, () =>
    because('FeatureUnavailableInTierException')(
      `The following features need to be disabled for the LITE pricing tier configured: ${beyondLite.join(', ')}`,
    ),
  )
}

const lambdaArns = ({ LambdaConfig: { KMSKeyID: _key, ...triggers } = {} }: PoolSettings): string[] =>
  Object.values(triggers).flatMap(trigger =>
    typeof trigger === 'string' ? [trigger] : trigger?.LambdaArn === undefined ? [] : [trigger.LambdaArn],
  )

function featuresBeyondLite({ Policies, LambdaConfig }: PoolSettings): string[] {
  const factors = Policies?.SignInPolicy?.AllowedFirstAuthFactors ?? []
  const version = LambdaConfig?.PreTokenGenerationConfig?.LambdaVersion ?? 'V1_0'
  return [
    ...(factors.some(factor => factor !== 'PASSWORD') ? ['Passwordless Sign-In'] : []),
    ...(version === 'V1_0' ? [] : [`Token Customization with Pre-Token Generation Lambda ${version}`]),
  ]
}

function brokenRules(settings: PoolSettings, smsIsOptional: boolean): [broken: boolean, told: string][] {
  const { AliasAttributes = [], UsernameAttributes = [], AutoVerifiedAttributes = [], Policies } = settings
  const recovery = settings.AccountRecoverySetting?.RecoveryMechanisms ?? []
  const before = settings.UserAttributeUpdateSettings?.AttributesRequireVerificationBeforeUpdate ?? []
  const mfa = settings.MfaConfiguration ?? 'OFF'
  const factors = Policies?.SignInPolicy?.AllowedFirstAuthFactors
  const { LambdaConfig: lambdas = {}, EmailConfiguration: email = {} } = settings
  const days = Policies?.PasswordPolicy?.TemporaryPasswordValidityDays
  return [
    [
      AliasAttributes.length > 0 && UsernameAttributes.length > 0,
      'Only one of the aliasAttributes or usernameAttributes can be set in a User pool.',
    ],
    [
      AutoVerifiedAttributes.includes('phone_number') && settings.SmsConfiguration === undefined,
      'SMS configuration is required when phone_number is selected for auto verification',
    ],
    [
      mfa !== 'OFF' && !smsIsOptional && settings.SmsConfiguration === undefined,
      'SMS configuration and Auto verification for phone_number are required when MFA is required/optional',
    ],
    [
      before.some(attribute => !AutoVerifiedAttributes.includes(attribute)),
      'All attributes in AttributesRequireVerificationBeforeUpdate must exist in AutoVerifiedAttributes',
    ],
    [
      recovery.length > 1 && recovery.some(({ Name }) => Name === 'admin_only'),
      'Account Recovery Setting cannot use admin_only setting with any other recovery mechanisms.',
    ],
    [
      new Set(recovery.map(({ Name }) => Name)).size < recovery.length ||
        new Set(recovery.map(({ Priority }) => Priority)).size < recovery.length,
      'Account Recovery Setting cannot have duplicate priorities or recovery mechanisms.',
    ],
    [
      factors !== undefined && !factors.includes('PASSWORD'),
      'Password should be configured as one of the allowed first auth factors.',
    ],
    [
      lambdas.PreTokenGeneration !== undefined &&
        lambdas.PreTokenGenerationConfig !== undefined &&
        lambdas.PreTokenGeneration !== lambdas.PreTokenGenerationConfig.LambdaArn,
      "Cannot use PreTokenGenerationLambda and PreTokenGeneration with different Lambda function ARN's",
    ],
    [
      (lambdas.CustomEmailSender !== undefined || lambdas.CustomSMSSender !== undefined) &&
        lambdas.KMSKeyID === undefined,
      'KMSKeyId parameter is required when Custom SMS/Email Lambda trigger is used.',
    ],
    [
      email.EmailSendingAccount === 'DEVELOPER' && email.SourceArn === undefined,
      'Source ARN is required to use DEVELOPER email sending owner',
    ],
    [
      email.From !== undefined && !/[^\s@<>]@[^\s@<>]+\.[^\s@<>]/.test(email.From),
      'Provided From email address is invalid',
    ],
    [
      days !== undefined && settings.AdminCreateUserConfig?.UnusedAccountValidityDays !== undefined,
      'Please use TemporaryPasswordValidityDays in PasswordPolicy instead of UnusedAccountValidityDays',
    ],
  ]
}

type Declared = NonNullable<InputOf<'CreateUserPool'>['Schema']>

/**
 * What a declared schema must obey (§2.1, schema texts).
 * @param standardOf the standard attribute that a declaration of this name changes; of new attributes there is none
 */
export function ensureSchemaRules(
  declared: Declared,
  standardOf: (name: string) => SchemaAttribute | undefined,
): void {
  const customs = declared.map(({ Name = '' }) => Name).filter(name => standardOf(name) === undefined)
  const twice = customs.find((name, index) => customs.indexOf(name) < index)
  ensure(twice === undefined, () =>
    invalidParameter(
      `Duplicate custom attribute names custom:${twice} are not allowed in a user pool schema.`,
    ),
  )
  for (const attribute of declared) {
    const standard = standardOf(attribute.Name ?? '')
    if (standard === undefined) ensureCustomRules(attribute)
    else ensureStandardRules(attribute, standard)
    ensureLimits(attribute, standard !== undefined)
  }
}

function ensureStandardRules(declared: Declared[number], standard: SchemaAttribute): void {
  const { AttributeDataType: type = standard.type, DeveloperOnlyAttribute } = declared
  ensure(type === standard.type && !DeveloperOnlyAttribute, () =>
    invalidParameter(
      `You can not change AttributeDataType or set developerOnlyAttribute for standard schema attribute ${standard.name}`,
    ),
  )
}

function ensureCustomRules({ Name, AttributeDataType, Required }: Declared[number]): void {
  ensure(Name !== undefined, () => invalidParameter('A custom attribute of the schema has no Name.'))
  ensure(AttributeDataType !== undefined, () =>
    invalidParameter(
      'Invalid AttributeDataType input, consider using the provided AttributeDataType enum.',
      `Give custom attribute ${Name} an AttributeDataType.`,
    ),
  )
  ensure(!Required, () => invalidParameter('Required custom attributes are not supported currently.'))
}

/** The limits of an attribute; the service words them otherwise for standard ones. */
function ensureLimits(attribute: Declared[number], isStandard: boolean): void {
  const { Name = '' } = attribute
  const { MinLength, MaxLength } = attribute.StringAttributeConstraints ?? {}
  const { MinValue, MaxValue } = attribute.NumberAttributeConstraints ?? {}
  ensure(isLimit(MinLength) && isLimit(MaxLength), () =>
    invalidParameter(`Invalid StringAttributeConstraints for schema attribute ${Name}`),
  )
  ensure(isNumber(MinValue) && isNumber(MaxValue), () =>
    invalidParameter(`Invalid NumberAttributeConstraints for schema attribute ${Name}`),
  )
  ensure(Number(MaxLength ?? 0) <= 2048, () =>
    invalidParameter(`user.${Name}: String attributes cannot have a length of more than 2048`),
  )
  ensure(!(Number(MinLength) > Number(MaxLength)), () =>
    invalidParameter(
      isStandard
        ? `user.${Name}: Max length cannot be less than min length.`
        : `Attribute custom:${Name} cannot have a max length shorter than it's min length`,
    ),
  )
  ensure(!(Number(MinValue) > Number(MaxValue)), () =>
    invalidParameter(
      isStandard
        ? `user.${Name}: Max value cannot be less than min value.`
        : `Attribute custom:${Name} cannot have a max value smaller than it's min value`,
    ),
  )
}

const isLimit = (text: string | undefined): boolean => text === undefined || /^\d+$/.test(text)
const isNumber = (text: string | undefined): boolean => text === undefined || /^-?\d+(\.\d+)?$/.test(text)

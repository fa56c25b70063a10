import { acrNames } from '../../core/assurance.js'
import { allowedFirstFactors } from '../../core/first-factor.js'
import { temporaryPasswordValidityDays, wholePasswordPolicy } from '../../core/password.js'
import { recoveryMechanisms } from '../../core/recovery.js'
import { wholeDcrConfiguration } from '../../core/registration.js'
import { identitiesSchema, isCustomAttribute } from '../../core/schema.js'
import {
  type PoolSettings,
  type SchemaAttribute,
  servingRegion,
  type UserPool,
} from '../../core/user-pool.js'
import { countOfUsers } from '../../flows/directory/counts.js'
import { mfaConfigurationOf } from '../../flows/directory/directory.js'
import { poolArn, type Scope, timestamp } from '../scope.js'

/**
 * A pool as `DescribeUserPool` shows it, with everything that nobody set at its default (docs/facts/user-pools-api.md §6.3).
 */
export async function userPoolType(scope: Scope, pool: UserPool): Promise<object> {
  const { settings } = pool
  const validityDays = temporaryPasswordValidityDays(settings)
  const template = settings.VerificationMessageTemplate
  return {
    ...withoutEmptyLists(settings),
    Id: pool.id,
    Name: pool.name,
    Arn: poolArn(scope, pool.id, servingRegion(pool)),
    CreationDate: timestamp(pool.createdAt),
    LastModifiedDate: timestamp(pool.modifiedAt),
    Policies: {
      PasswordPolicy: {
        ...withoutEmptyHistory(wholePasswordPolicy(settings.Policies?.PasswordPolicy)),
        TemporaryPasswordValidityDays: validityDays,
      },
      SignInPolicy: { AllowedFirstAuthFactors: allowedFirstFactors(pool) },
    },
    DeletionProtection: settings.DeletionProtection ?? 'INACTIVE',
    LambdaConfig: settings.LambdaConfig ?? {},
    SchemaAttributes: withIdentities(pool.schema).map(schemaAttributeType),
    // The template and the flat members mirror each other.
    ...defined({
      SmsVerificationMessage: settings.SmsVerificationMessage ?? template?.SmsMessage,
      EmailVerificationMessage: settings.EmailVerificationMessage ?? template?.EmailMessage,
      EmailVerificationSubject: settings.EmailVerificationSubject ?? template?.EmailSubject,
    }),
    VerificationMessageTemplate: { DefaultEmailOption: 'CONFIRM_WITH_CODE', ...template },
    MfaConfiguration: (await mfaConfigurationOf(scope.service, pool)).MfaConfiguration,
    EstimatedNumberOfUsers: await countOfUsers(scope.service, pool),
    EmailConfiguration: { EmailSendingAccount: 'COGNITO_DEFAULT', ...settings.EmailConfiguration },
    UserPoolTags: settings.UserPoolTags ?? {},
    AdminCreateUserConfig: {
      AllowAdminCreateUserOnly: false,
      ...settings.AdminCreateUserConfig,
      UnusedAccountValidityDays: validityDays,
    },
    AccountRecoverySetting: { RecoveryMechanisms: recoveryMechanisms(pool) },
    KeyConfiguration: settings.KeyConfiguration ?? { KeyType: 'AWS_OWNED_KEY' },
    IssuerConfiguration: settings.IssuerConfiguration ?? { Type: 'ORIGINAL' },
    UserPoolTier: settings.UserPoolTier ?? 'ESSENTIALS',
    AcrConfiguration: Object.fromEntries(
      Object.entries(acrNames(settings)).map(([level, AcrValue]) => [level, { AcrValue }]),
    ),
    ...defined({
      DcrConfiguration: wholeDcrConfiguration(settings.DcrConfiguration),
      Domain: pool.domain,
      CustomDomain: pool.customDomain?.name,
    }),
  }
}

/** A history of no password is not shown. */
const withoutEmptyHistory = ({ PasswordHistorySize: size, ...policy }: PasswordPolicy): PasswordPolicy =>
  size ? { ...policy, PasswordHistorySize: size } : policy
type PasswordPolicy = NonNullable<NonNullable<PoolSettings['Policies']>['PasswordPolicy']>

/** The service shows no list that is empty. */
export const withoutEmptyLists = <S extends object>(settings: S): Partial<S> =>
  Object.fromEntries(
    Object.entries(settings).filter(([, value]) => !Array.isArray(value) || value.length > 0),
  ) as Partial<S>

/** After the other standard ones, before those of the pool's own. */
function withIdentities(schema: readonly SchemaAttribute[]): SchemaAttribute[] {
  const first = schema.findIndex(({ name }) => isCustomAttribute(name))
  return schema.toSpliced(first === -1 ? schema.length : first, 0, identitiesSchema)
}

function schemaAttributeType({ name, type, mutable, required, developerOnly, min, max }: SchemaAttribute) {
  const limits = defined(
    type === 'Number'
      ? { MinValue: min?.toString(), MaxValue: max?.toString() }
      : { MinLength: min?.toString(), MaxLength: max?.toString() },
  )
  return {
    Name: name,
    AttributeDataType: type,
    DeveloperOnlyAttribute: developerOnly,
    Mutable: mutable,
    Required: required,
    ...(type === 'String' &&
    (isCustomAttribute(name) || name === identitiesSchema.name || Object.keys(limits).length > 0)
      ? { StringAttributeConstraints: limits }
      : {}),
    ...(type === 'Number' && Object.keys(limits).length > 0 ? { NumberAttributeConstraints: limits } : {}),
  }
}

/** An object without the members that are undefined. */
export const defined = (members: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(members).filter(([, member]) => member !== undefined))

import { clients, groups, identityProviders, pools, resourceServers, users } from '../../core/collections.js'
import { randomText } from '../../core/ports/chance.js'
import { type Collection, insert, remove, replace } from '../../core/ports/store.js'
import { ensure } from '../../core/refusal.js'
import { completeSchema, standardAttribute } from '../../core/schema.js'
import { type PoolSettings, regionOf, type UserPool } from '../../core/user-pool.js'
import { mfaConfigurationOf, mfaConfigurations } from '../../flows/account/mfa.js'
import { userRemoval } from '../../flows/administration/delete-user.js'
import { documents } from '../../flows/administration/documents.js'
import { samlSigning } from '../../tokens/saml-signing.js'
import { signingKeys } from '../../tokens/signing-keys.js'
import { ensureNoImport } from '../import-jobs/in-progress.js'
import { importJobs } from '../import-jobs/jobs.js'
import { operation } from '../operations.js'
import { page } from '../pagination.js'
import { conflict, invalidParameter } from '../refusals.js'
import { poolOf, type Scope, storedPool, timestamp } from '../scope.js'
import { defined, userPoolType } from './describe.js'
import { hasFactorBesideSms, modeChange } from './mfa.js'
import { ensurePoolRules, ensureSchemaRules } from './rules.js'

const alphanumeric = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

export const CreateUserPool = operation(
  'CreateUserPool',
  async (scope, { PoolName, Schema = [], ...settings }) => {
    const { service, region = 'us-east-1' } = scope
    ensurePoolRules(settings, region)
    ensureSchemaRules(Schema, standardAttribute)
    const now = service.clock.now()
    const pool: UserPool = {
      id: `${region}_${randomText(service.chance, 9, alphanumeric)}`,
      name: PoolName,
      settings,
      schema: completeSchema(Schema),
      issuer: 'local',
      createdAt: now,
      modifiedAt: now,
    }
    ensure(await service.store.commit(insert(pools, pool.id, pool)), conflict)
    // Two keys take half a second: by the first token they are there.
    service.keys.of(pool.id).catch(() => {})
    return { UserPool: await userPoolType(scope, pool) }
  },
)

export const DescribeUserPool = operation('DescribeUserPool', async (scope, { UserPoolId }) => ({
  UserPool: await userPoolType(scope, await poolOf(scope, UserPoolId)),
}))

/**
 * Replaces every setting that can be changed; what is left out returns to its default, but for what was fixed when the
 * pool was made, the tags, and the MFA configuration (§2.1, fact U106).
 */
export const UpdateUserPool = operation(
  'UpdateUserPool',
  async (scope, { UserPoolId, PoolName, ...changed }) => {
    const { service } = scope
    const stored = await storedPool(scope, UserPoolId)
    await ensureNoImport(service, UserPoolId)
    const { settings: before } = stored.record
    const settings = defined({
      AliasAttributes: before.AliasAttributes,
      UsernameAttributes: before.UsernameAttributes,
      UsernameConfiguration: before.UsernameConfiguration,
      UserPoolTags: before.UserPoolTags,
      MfaConfiguration: before.MfaConfiguration,
      ...changed,
    }) as PoolSettings
    const mfa = await mfaConfigurationOf(service, stored.record)
    ensurePoolRules(settings, regionOf(UserPoolId), { smsIsOptional: hasFactorBesideSms(mfa) })
    const pool = {
      ...stored.record,
      name: PoolName ?? stored.record.name,
      settings,
      modifiedAt: service.clock.now(),
    }
    const changes = modeChange(pool, mfa, changed.MfaConfiguration)
    ensure(await service.store.commit(replace(pools, stored, pool), ...changes), conflict)
    return {}
  },
)

export const ListUserPools = operation('ListUserPools', async ({ service, region }, input) => {
  const { items, next } = await page(
    'ListUserPools',
    input,
    input.NextToken,
    input.MaxResults,
    async ({ after, limit }) =>
      (await service.store.list(pools, { limit: Number.MAX_SAFE_INTEGER, ...(after ? { after } : {}) }))
        .filter(({ record }) => regionOf(record.id) === region)
        .slice(0, limit),
  )
  return {
    UserPools: items.map(({ record: { id, name, settings, createdAt, modifiedAt } }) => ({
      Id: id,
      Name: name,
      LambdaConfig: settings.LambdaConfig ?? {},
      LastModifiedDate: timestamp(modifiedAt),
      CreationDate: timestamp(createdAt),
    })),
    ...defined({ NextToken: next }),
  }
})

export const DeleteUserPool = operation('DeleteUserPool', async (scope, { UserPoolId }) => {
  const stored = await storedPool(scope, UserPoolId)
  await ensureNoImport(scope.service, UserPoolId)
  const { settings, domain, customDomain } = stored.record
  ensure(settings.DeletionProtection !== 'ACTIVE', () =>
    invalidParameter(
      'The user pool cannot be deleted because deletion protection is activated. Deletion protection must be inactivated first.',
    ),
  )
  ensure(domain === undefined && customDomain === undefined, () =>
    invalidParameter('User pool cannot be deleted. It has a domain configured that should be deleted first.'),
  )
  ensure(
    await scope.service.store.commit(
      remove(pools, stored),
      remove(signingKeys, UserPoolId),
      remove(samlSigning, UserPoolId),
      remove(mfaConfigurations, UserPoolId),
    ),
    conflict,
  )
  await removeAllOf(scope, stored.record)
  return undefined
})

/** What belongs to a pool goes with it, a few hundred records at a time. */
async function removeAllOf({ service: { store } }: Scope, pool: UserPool): Promise<void> {
  const belongings: Collection<never>[] = [
    clients,
    identityProviders,
    resourceServers,
    groups,
    documents,
    importJobs,
  ]
  for (const collection of belongings) await removeWhere(collection, 'pool', pool.id)
  for (;;) {
    const some = await store.lookup(users, 'pool', pool.id, { limit: 200 })
    if (some.length === 0) return
    for (const user of some) await store.commit(...(await userRemoval({ store }, user)))
  }

  async function removeWhere(collection: Collection<never>, index: string, value: string): Promise<void> {
    const found = await store.lookup(collection, index, value)
    await store.commit(...found.map(({ key }) => remove(collection, key)))
  }
}

export const AddCustomAttributes = operation(
  'AddCustomAttributes',
  async (scope, { UserPoolId, CustomAttributes }) => {
    const { service } = scope
    const stored = await storedPool(scope, UserPoolId)
    await ensureNoImport(service, UserPoolId)
    ensureSchemaRules(CustomAttributes, () => undefined)
    const added = completeSchema(CustomAttributes.map(attribute => ({ ...attribute }))).slice(standardCount)
    for (const { name } of added) {
      const plain = name.replace(/^dev:/, '')
      const taken = stored.record.schema.find(({ name: other }) => other.replace(/^dev:/, '') === plain)
      ensure(taken === undefined, () =>
        invalidParameter(`${plain}: Existing attribute already has name ${taken?.name}.`),
      )
    }
    const schema = [...stored.record.schema, ...added]
    ensure(schema.length <= standardCount + mostCustomAttributes, () =>
      invalidParameter(`A user pool can have ${mostCustomAttributes} custom attributes at most.`),
    )
    const pool = { ...stored.record, schema, modifiedAt: service.clock.now() }
    ensure(await service.store.commit(replace(pools, stored, pool)), conflict)
    return {}
  },
)

const standardCount = completeSchema().length

/** Custom attributes of a pool (§7). The sentence about it is ours: the service's own is not known. */
const mostCustomAttributes = 50

/** Changes a pool's record; used by the operations that touch one member. */
export async function changePool(
  scope: Scope,
  id: string,
  change: (pool: UserPool) => UserPool,
): Promise<UserPool> {
  const stored = await storedPool(scope, id)
  const pool = { ...change(stored.record), modifiedAt: scope.service.clock.now() }
  ensure(await scope.service.store.commit(replace(pools, stored, pool)), conflict)
  return pool
}

import * as collections from '../../core/collections.js'
import { samlSigning, signingKeys } from '../../core/collections.js'
import type { MfaConfiguration } from '../../core/mfa.js'
import type { PoolDocument } from '../../core/pool-document.js'
import { allFiled } from '../../core/ports/all-filed.js'
import { randomText } from '../../core/ports/chance.js'
import type { Ports } from '../../core/ports/ports.js'
import {
  type Collection,
  insert,
  put,
  remove,
  replace,
  type Stored,
  type Write,
} from '../../core/ports/store.js'
import { ensure } from '../../core/refusal.js'
import { ownPart, replicaValue } from '../../core/replica.js'
import { ensureSound } from '../../core/rules/finding.js'
import { hasFactorBesideSms, mfaFindings, poolFindings } from '../../core/rules/pool.js'
import { replicaFindings } from '../../core/rules/replica.js'
import { addedAttributeFindings, type SchemaDeclaration, schemaFindings } from '../../core/rules/schema.js'
import { completeSchema } from '../../core/schema.js'
import { type IssuerMode, type PoolSettings, regionOf, type UserPool } from '../../core/user-pool.js'
import { trackingOf } from '../../core/user-session.js'
import { conflict } from '../conflict.js'
import { allPools, mfaConfigurationOf } from '../directory/directory.js'
import { replicasOf } from '../directory/replicas.js'
import type { Service } from '../service.js'
import * as refusals from './administration-refusals.js'
import { userRemoval } from './delete-user.js'
import { providerLeavings } from './providers.js'
import { ensureRoom } from './quotas.js'
import { settingsAtReplica, settingsWithSms } from './replica-settings.js'

/** The writer of user pools. */

type Needs = Pick<Ports, 'clock' | 'store'>

export interface NewPool {
  readonly id: string
  readonly name: string
  readonly settings: PoolSettings
  /** Declared attributes; the standard ones are there without. */
  readonly schema: SchemaDeclaration
  readonly domain?: string | undefined
  readonly domainAddress?: UserPool['domainAddress'] | undefined
  readonly customDomain?: UserPool['customDomain']
  readonly managedLoginVersion?: number | undefined
  readonly sessions?: UserPool['sessions'] | undefined
  /** `local` unless something else is asked for. */
  readonly issuer?: IssuerMode | undefined
}

/**
 * A pool as it is stored at first.
 * @param now milliseconds since the epoch
 */
export const poolRecord = (
  { id, name, settings, schema, customDomain, managedLoginVersion, issuer = 'local', ...given }: NewPool,
  now: number,
): UserPool => ({
  id,
  name,
  settings,
  schema: completeSchema(schema),
  ...(given.domain === undefined ? {} : { domain: given.domain }),
  ...(given.domainAddress === undefined ? {} : { domainAddress: given.domainAddress }),
  ...(customDomain === undefined ? {} : { customDomain }),
  ...(managedLoginVersion === undefined ? {} : { managedLoginVersion }),
  ...(given.sessions === undefined ? {} : { sessions: given.sessions }),
  issuer,
  createdAt: now,
  modifiedAt: now,
})

const alphanumeric = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/**
 * Creates a pool with an id of its own.
 * @throws Refusal when a rule for pools is broken
 */
export async function createPool(
  service: Service,
  region: string,
  given: Pick<NewPool, 'name' | 'settings' | 'schema'>,
): Promise<UserPool> {
  ensureSound(poolFindings(given.settings, { region, hasFactor: false }))
  ensureSound(schemaFindings(given.schema))
  const inRegion = (await allPools(service)).filter(pool => regionOf(pool.id) === region)
  ensureRoom('user pools in a region', inRegion.length, 'DeleteUserPool')
  const id = `${region}_${randomText(service.chance, 9, alphanumeric)}`
  const pool = poolRecord({ ...given, id }, service.clock.now())
  ensure(await service.store.commit(insert(collections.pools, pool.id, pool)), conflict)
  // Two keys take half a second: they are ready before the first token is asked for.
  service.keys.of(pool.id).catch(() => {})
  return pool
}

/**
 * Replaces every setting that can be changed: what is left out returns to its default, but for what was fixed when the
 * pool was made, the tags, the MFA configuration, and the registration of clients (docs/facts/user-pools-api.md §2.1, facts U106 and N58).
 */
export async function updatePool(
  ports: Needs,
  stored: Stored<UserPool>,
  { name, settings: changed }: { readonly name: string | undefined; readonly settings: PoolSettings },
): Promise<UserPool> {
  const { id, settings: before } = stored.record
  if (stored.record.servedBy !== undefined)
    return changePool(ports, stored, { settings: settingsAtReplica(stored.record, name, changed) })
  await ensureNoImport(ports, id)
  const kept = {
    AliasAttributes: before.AliasAttributes,
    UsernameAttributes: before.UsernameAttributes,
    UsernameConfiguration: before.UsernameConfiguration,
    UserPoolTags: before.UserPoolTags,
    MfaConfiguration: before.MfaConfiguration,
    DcrConfiguration: before.DcrConfiguration,
  }
  const present = Object.entries({ ...kept, ...changed }).filter(([, value]) => value !== undefined)
  const settings: PoolSettings = Object.fromEntries(present)
  const mfa = await mfaConfigurationOf(ports, stored.record)
  // Callers that set the mode with SetUserPoolMfaConfig send it again with every update.
  const hasFactor = hasFactorBesideSms(mfa)
  const tracksSessions = trackingOf(stored.record) !== undefined
  ensureSound(poolFindings(settings, { region: regionOf(id), hasFactor, before, tracksSessions }))
  await ensureStaysReplicable(ports, { ...stored.record, settings })
  const pool = { ...stored.record, name: name ?? stored.record.name, settings, modifiedAt: ports.clock.now() }
  const writes = modeChange(pool, mfa, changed.MfaConfiguration)
  ensure(await ports.store.commit(replace(collections.pools, stored, pool), ...writes), conflict)
  return pool
}

/**
 * Changes some settings of a pool; all others stay. A setting that is `undefined` returns to its default.
 * @throws Refusal when a rule for pools is broken
 */
export function changeSettings(
  ports: Needs,
  stored: Stored<UserPool>,
  change: { readonly [S in keyof PoolSettings]?: PoolSettings[S] | undefined },
): Promise<UserPool> {
  // The mode of MFA is not sent again: it is that of SetUserPoolMfaConfig.
  const { MfaConfiguration: _mode, ...settings } = stored.record.settings
  return updatePool(ports, stored, { name: undefined, settings: { ...settings, ...change } as PoolSettings })
}

/** Refuses to take away what the replicas of a pool need. */
async function ensureStaysReplicable({ store }: Needs, pool: UserPool): Promise<void> {
  const [replica] = await replicasOf({ store }, pool)
  if (replica !== undefined) ensureSound(replicaFindings(pool, replica.region))
}

/**
 * The writes by which a mode that `UpdateUserPool` names takes the place of the one that was set before. The factors stay,
 * but OFF ends them: they cannot be without a mode.
 */
function modeChange(
  pool: UserPool,
  set: MfaConfiguration,
  mode: MfaConfiguration['MfaConfiguration'],
): Write[] {
  if (mode === undefined) return []
  const { WebAuthnConfiguration } = set
  const passkeys = WebAuthnConfiguration === undefined ? {} : { WebAuthnConfiguration }
  const configuration = { ...(mode === 'OFF' ? passkeys : set), MfaConfiguration: mode }
  return [put(collections.mfaConfigurations, pool.id, configuration)]
}

/**
 * Replaces the MFA configuration of a pool.
 * @throws Refusal when a mode has no factor, or a factor no mode
 */
export async function setMfaConfiguration(
  ports: Needs,
  stored: Stored<UserPool>,
  configuration: MfaConfiguration,
): Promise<void> {
  const { store } = ports
  const { record: pool } = stored
  if (pool.servedBy !== undefined) {
    const settings = settingsWithSms(pool, await mfaConfigurationOf(ports, pool), configuration)
    await changePool(ports, stored, { settings })
    return
  }
  ensureSound(mfaFindings(configuration, pool.settings))
  await store.commit(put(collections.mfaConfigurations, pool.id, configuration))
}

/** Custom attributes of a pool, at most (docs/facts/user-pools-api.md §7). */
const mostCustomAttributes = 50

const standardCount = completeSchema().length

/** Adds attributes to the schema of a pool, which never change or go again. */
export async function addAttributes(
  ports: Needs,
  stored: Stored<UserPool>,
  declared: SchemaDeclaration,
): Promise<UserPool> {
  const { id, schema: before } = stored.record
  await ensureNoImport(ports, id)
  ensureSound(addedAttributeFindings(declared))
  const added = completeSchema(declared).slice(standardCount)
  for (const { name } of added) {
    const plain = name.replace(/^dev:/, '')
    const taken = before.find(({ name: other }) => other.replace(/^dev:/, '') === plain)
    ensure(taken === undefined, () => refusals.attributeExists(plain, taken?.name ?? ''))
  }
  const schema = [...before, ...added]
  ensure(schema.length <= standardCount + mostCustomAttributes, () =>
    refusals.tooManyAttributes(mostCustomAttributes),
  )
  return changePool(ports, stored, { schema })
}

/**
 * Changes members of a pool's record; members that are `undefined` are taken away.
 * @throws Refusal `conflict` when another request changed the pool meanwhile
 */
export async function changePool(
  ports: Needs,
  stored: Stored<UserPool>,
  change: PoolChange,
): Promise<UserPool> {
  const pool = changedPool(ports, stored.record, change)
  ensure(await ports.store.commit(poolWrite(stored, pool)), conflict)
  return pool
}

/**
 * The write by which a pool's changed record takes the place of the one that was read. Of a pool that a secondary replica serves,
 * only what is the replica's own is written.
 */
export function poolWrite(stored: Stored<UserPool>, pool: UserPool): Write {
  const { servedBy } = stored.record
  if (servedBy === undefined) return replace(collections.pools, stored, pool)
  const { createdAt } = stored.record
  const document: PoolDocument = {
    poolId: pool.id,
    kind: 'replica',
    id: servedBy.region,
    value: replicaValue(ownPart(pool)),
    createdAt,
    modifiedAt: pool.modifiedAt,
  }
  return replace(collections.documents, { ...stored, record: document }, document)
}

export type PoolChange = { readonly [K in keyof UserPool]?: UserPool[K] | undefined }

/** The record of a pool after a change, which is still to be written. */
export function changedPool({ clock }: Pick<Needs, 'clock'>, pool: UserPool, change: PoolChange): UserPool {
  const members = Object.entries({ ...pool, ...change }).filter(([, value]) => value !== undefined)
  return { ...(Object.fromEntries(members) as unknown as UserPool), modifiedAt: clock.now() }
}

/**
 * Deletes a pool with all that belongs to it.
 * @throws Refusal when it is protected, has a domain, or users are being imported
 */
export async function deletePool(ports: Needs, stored: Stored<UserPool>): Promise<void> {
  const { store } = ports
  const { id, name, settings, domain, customDomain } = stored.record
  await ensureNoImport(ports, id)
  const [replica] = await replicasOf(ports, stored.record)
  ensure(replica === undefined, () => refusals.poolHasReplica(name, replica?.region ?? ''))
  ensure(settings.DeletionProtection !== 'ACTIVE', () => refusals.poolProtected(name))
  ensure(domain === undefined && customDomain === undefined, () => refusals.poolHasDomain(name))
  const isDeleted = await store.commit(
    remove(collections.pools, stored),
    remove(signingKeys, id),
    remove(samlSigning, id),
    remove(collections.mfaConfigurations, id),
  )
  ensure(isDeleted, conflict)
  await deleteBelongings(ports, id)
}

/** Records that an index files under the pool's id, and that go with it. Users take more along, and go by themselves. */
const belongings: readonly Collection<never>[] = [
  collections.clients,
  collections.identityProviders,
  collections.resourceServers,
  collections.groups,
  collections.documents,
  collections.importJobs,
]

async function deleteBelongings({ store }: Needs, poolId: string): Promise<void> {
  for (const collection of belongings) {
    const found = await store.lookup(collection, 'pool', poolId)
    await store.commit(...found.map(({ key }) => remove(collection, key)))
    if (collection.name === collections.identityProviders.name)
      await store.commit(...found.flatMap(({ key }) => providerLeavings(key)))
  }
  for await (const some of allFiled(store, collections.users, 'pool', poolId, usersAtOnce))
    await store.commit(...(await Promise.all(some.map(user => userRemoval({ store }, user)))).flat())
}

/** Users that are removed at one stroke, each with several records. */
const usersAtOnce = 25

/** Refuses changes of a pool that a running import counts on. */
async function ensureNoImport({ store }: Needs, poolId: string): Promise<void> {
  ensure((await store.get(collections.runningImports, poolId)) === undefined, refusals.importInProgress)
}

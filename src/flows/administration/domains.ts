import { takenDomains } from '../../core/collections.js'
import type { Ports } from '../../core/ports/ports.js'
import { insert, replace, type Stored, type Write } from '../../core/ports/store.js'
import { ensure } from '../../core/refusal.js'
import { customDomainFindings, pageVersionFindings, prefixFindings } from '../../core/rules/domain.js'
import { ensureSound } from '../../core/rules/finding.js'
import {
  defaultPagesVersion,
  pagesVersionOf,
  type Routing,
  type SecurityPolicy,
  servingRegion,
  type UserPool,
} from '../../core/user-pool.js'
import { conflict } from '../conflict.js'
import { allPools, poolOfCustomDomain, poolOfPrefix, poolsOfPrefix } from '../directory/directory.js'
import * as refusals from './administration-refusals.js'
import { changedPool, changePool, type PoolChange, poolWrite } from './pools.js'
import { ensureRoom } from './quotas.js'

/** The writer of user pool domains: a prefix, and a host name of the owner's own. */

type Needs = Pick<Ports, 'clock' | 'store'>

export interface DomainSettings {
  /** Makes the domain a custom one. */
  readonly certificateArn?: string | undefined
  /** 1 for the classic hosted pages, 2 for managed login. */
  readonly version?: number | undefined
  /** Of a custom domain, as is the next. */
  readonly securityPolicy?: SecurityPolicy | undefined
  readonly routing?: Routing | undefined
}

/** What is kept of a custom domain besides its name and the version of its pages. */
const kept = ({ securityPolicy, routing }: DomainSettings) => ({
  ...(securityPolicy === undefined ? {} : { securityPolicy }),
  ...(routing === undefined ? {} : { routing }),
})

/** @throws Refusal when the pool has such a domain, or another one has it in the region, or a rule for domains is broken */
export async function createDomain(
  ports: Needs,
  stored: Stored<UserPool>,
  domain: string,
  settings: DomainSettings,
): Promise<UserPool> {
  const pool = stored.record
  const isCustom = settings.certificateArn !== undefined
  ensureSound(pageVersionFindings(pool, settings.version))
  ensureSound(isCustom ? customDomainFindings(domain) : prefixFindings(domain))
  ensure(isCustom || settings.routing === undefined, () => refusals.routingOfPrefix(domain))
  ensure(!isCustom || pool.servedBy === undefined, () => refusals.onlyAtPrimary('CustomDomainConfig', pool))
  ensure((isCustom ? pool.customDomain : pool.domain) === undefined, () => refusals.domainConfigured(pool))
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const turn = await turnFor(ports, domain)
    const change = await domainChange(ports, pool, domain, settings)
    const changed = changedPool(ports, pool, change)
    if (await ports.store.commit(turn, poolWrite(stored, changed))) return changed
  }
  throw conflict()
}

/** Others may be taking the same name: then the next look finds it taken, or finds that it is not. */
const attempts = 5

/**
 * A write that succeeds for one of several requests that take a name at once. For that one, what it has read of other pools still
 * holds when it commits.
 */
async function turnFor({ store, clock }: Needs, domain: string): Promise<Write> {
  const before = await store.get(takenDomains, domain)
  const expiry = { expiresAt: clock.now() + turnLasts }
  return before === undefined
    ? insert(takenDomains, domain, {}, expiry)
    : replace(takenDomains, before, {}, expiry)
}

/** Milliseconds, which are far more than anybody takes between reading and writing. */
const turnLasts = 60_000

/** What becomes of the pool's record, as others have it now. */
async function domainChange(
  ports: Needs,
  pool: UserPool,
  domain: string,
  settings: DomainSettings,
): Promise<PoolChange> {
  const { certificateArn, version } = settings
  const shown = version === undefined ? {} : { managedLoginVersion: version }
  if (certificateArn === undefined) return { ...(await prefixOf(ports, pool, domain)), ...shown }
  ensure((await poolOfCustomDomain(ports, domain)) === undefined, () => refusals.domainTaken(domain))
  const custom = (await allPools(ports)).filter(({ customDomain }) => customDomain !== undefined)
  ensureRoom('custom domains in an account', custom.length, 'DeleteUserPoolDomain')
  return { customDomain: { name: domain, certificateArn, ...kept(settings), ...shown } }
}

/** The prefix and how it is addressed: where a pool of another region has the short address, by the region. */
async function prefixOf(ports: Needs, pool: UserPool, prefix: string) {
  const region = servingRegion(pool)
  ensure((await poolOfPrefix(ports, prefix, region)) === undefined, () => refusals.domainTaken(prefix))
  const others = await poolsOfPrefix(ports, prefix)
  const isShortTaken =
    pool.servedBy !== undefined || others.some(({ domainAddress }) => domainAddress === undefined)
  return { domain: prefix, ...(isShortTaken && { domainAddress: 'regional' as const }) }
}

/** Changes the certificate of a custom domain, or the version of the domain's pages, which ends the sessions there. */
export async function updateDomain(
  ports: Needs,
  stored: Stored<UserPool>,
  domain: string,
  settings: DomainSettings,
): Promise<UserPool> {
  const { certificateArn, version } = settings
  const pool = stored.record
  ensureHas(pool, domain)
  const isCustom = pool.customDomain?.name === domain
  ensure(isCustom || settings.routing === undefined, () => refusals.routingOfPrefix(domain))
  ensureSound(pageVersionFindings(pool, version))
  const { customDomain, pagesSwitched = 0 } = pool
  const before = pagesVersionOf(pool, domain) ?? defaultPagesVersion
  const shown = version === undefined ? {} : { managedLoginVersion: version }
  return changePool(ports, stored, {
    ...(isCustom && customDomain
      ? {
          customDomain: {
            ...customDomain,
            ...(certificateArn !== undefined && { certificateArn }),
            ...kept(settings),
            ...shown,
          },
        }
      : shown),
    ...(version !== undefined && version !== before && { pagesSwitched: pagesSwitched + 1 }),
  })
}

/** The version of its pages goes with the domain. */
export async function deleteDomain(ports: Needs, stored: Stored<UserPool>, domain: string): Promise<void> {
  ensureHas(stored.record, domain)
  const isPrefix = stored.record.domain === domain
  await changePool(
    ports,
    stored,
    isPrefix
      ? { domain: undefined, domainAddress: undefined, managedLoginVersion: undefined }
      : { customDomain: undefined },
  )
}

const ensureHas = (pool: UserPool, domain: string): void =>
  ensure(pool.domain === domain || pool.customDomain?.name === domain, () =>
    refusals.noSuchDomain(domain, pool),
  )

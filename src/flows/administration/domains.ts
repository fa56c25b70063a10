import type { Ports } from '../../core/ports/ports.js'
import type { Stored } from '../../core/ports/store.js'
import { ensure } from '../../core/refusal.js'
import { customDomainFindings, pageVersionFindings, prefixFindings } from '../../core/rules/domain.js'
import { ensureSound } from '../../core/rules/finding.js'
import type { UserPool } from '../../core/user-pool.js'
import { poolOfDomain } from '../directory/directory.js'
import * as refusals from './administration-refusals.js'
import { changePool } from './pools.js'

/** The writer of user pool domains: a prefix, and a host name of the owner's own. */

type Needs = Pick<Ports, 'clock' | 'store'>

export interface DomainSettings {
  /** Makes the domain a custom one. */
  readonly certificateArn?: string | undefined
  /** 1 for the classic hosted pages, 2 for managed login. */
  readonly version?: number | undefined
}

/** @throws Refusal when the pool has such a domain, or another pool has this one, or a rule for domains is broken */
export async function createDomain(
  ports: Needs,
  stored: Stored<UserPool>,
  domain: string,
  { certificateArn, version }: DomainSettings,
): Promise<UserPool> {
  const pool = stored.record
  const isCustom = certificateArn !== undefined
  ensureSound(pageVersionFindings(pool, version))
  ensureSound(isCustom ? customDomainFindings(domain) : prefixFindings(domain))
  ensure((isCustom ? pool.customDomain : pool.domain) === undefined, () => refusals.domainConfigured(pool))
  ensure((await poolOfDomain(ports, domain)) === undefined, () => refusals.domainTaken(domain))
  return changePool(ports, stored, {
    ...(isCustom ? { customDomain: { name: domain, certificateArn } } : { domain }),
    ...(version === undefined ? {} : { managedLoginVersion: version }),
  })
}

/** Changes the certificate of a custom domain, or the version of the hosted pages. */
export async function updateDomain(
  ports: Needs,
  stored: Stored<UserPool>,
  domain: string,
  { certificateArn, version }: DomainSettings,
): Promise<UserPool> {
  const pool = stored.record
  ensureHas(pool, domain)
  ensureSound(pageVersionFindings(pool, version))
  return changePool(ports, stored, {
    ...(certificateArn !== undefined && pool.customDomain
      ? { customDomain: { ...pool.customDomain, certificateArn } }
      : {}),
    ...(version === undefined ? {} : { managedLoginVersion: version }),
  })
}

/** The version of the hosted pages goes with the domain. */
export async function deleteDomain(ports: Needs, stored: Stored<UserPool>, domain: string): Promise<void> {
  ensureHas(stored.record, domain)
  const which = stored.record.domain === domain ? { domain: undefined } : { customDomain: undefined }
  await changePool(ports, stored, { ...which, managedLoginVersion: undefined })
}

const ensureHas = (pool: UserPool, domain: string): void =>
  ensure(pool.domain === domain || pool.customDomain?.name === domain, () =>
    refusals.noSuchDomain(domain, pool),
  )

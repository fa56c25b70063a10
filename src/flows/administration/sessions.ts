import type { AppClient } from '../../core/app-client.js'
import type { Ports } from '../../core/ports/ports.js'
import type { Stored } from '../../core/ports/store.js'
import { ensure, refusal } from '../../core/refusal.js'
import { ensureSound } from '../../core/rules/finding.js'
import { sessionFindings } from '../../core/rules/session.js'
import type { UserPool } from '../../core/user-pool.js'
import { changedTracking, type SessionTracking, trackingOf } from '../../core/user-session.js'
import { changeClient } from './clients.js'
import { changePool } from './pools.js'

/** The writer of how a pool and its clients track sessions (docs/facts/additions-2026.md §2.2). */

type Needs = Pick<Ports, 'clock' | 'chance' | 'store'>

/**
 * Sets how a pool tracks sessions. A lower limit ends no session at once (fact N43).
 * @throws Refusal when the pool's tier has no sessions
 */
export async function setTracking(
  ports: Needs,
  stored: Stored<UserPool>,
  given: Pick<SessionTracking, 'isOn' | 'maxPerUser'>,
): Promise<UserPool> {
  ensureSound(sessionFindings(stored.record.settings))
  return changePool(ports, stored, { sessions: changedTracking(stored.record.sessions, given) })
}

/**
 * Sets for how long a client takes a browser's sign-in for its own.
 * @param minutes 0: never
 * @throws Refusal when the pool's tier has no sessions, the pool tracks none, or has no such client
 */
export async function setSsoMinutes(
  ports: Needs,
  pool: UserPool,
  clientId: string,
  minutes: number,
): Promise<AppClient> {
  ensureSound(sessionFindings(pool.settings))
  ensure(trackingOf(pool), () => needsTracking(pool))
  return changeClient(ports, pool, clientId, client => ({ ...client, ssoMinutes: minutes }))
}

const needsTracking = refusal('OperationNotEnabledException', ({ name }: UserPool) => ({
  // The service's code and words are not known.
  told: 'User session tracking is not enabled for the user pool.',
  because: `MaxValidityMinutes of a client counts where sessions are tracked, and UserSessionTracking of ${name} is DISABLED.`,
  remedy: 'Call SetUserPoolSessionConfiguration with UserSessionTracking ENABLED first.',
}))

import type { UserRecord } from '../../../core/collections.js'
import { usableFactors } from '../../../core/mfa.js'
import type { Abilities } from '../../../core/step-up.js'
import type { UserPool } from '../../../core/user-pool.js'
import { poolMfa } from '../../account/mfa.js'
import type { Service } from '../../service.js'
import { firstChallengesFor } from './first-challenges.js'

/** The challenges that a user can answer. Nothing is set up on the way to a level (docs/facts/additions-2026.md §3.4). */
export async function abilitiesOf(service: Service, pool: UserPool, user: UserRecord): Promise<Abilities> {
  const [first, mfa] = await Promise.all([firstChallengesFor(service, pool, user), poolMfa(service, pool)])
  return { first, second: usableFactors(mfa, user) }
}

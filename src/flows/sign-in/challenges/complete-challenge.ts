import type { ChallengeSession } from '../../../core/challenge-session.js'
import type { UserRecord } from '../../../core/collections.js'
import type { Stored } from '../../../core/ports/store.js'
import { ensure } from '../../../core/refusal.js'
import type { UserPool } from '../../../core/user-pool.js'
import { userDisabled } from '../../account/account-refusals.js'
import { type UserChange, userChange } from '../../administration/change-user.js'
import { userBySub } from '../../directory/directory.js'
import type { Service } from '../../service.js'
import { sessionUnknown, sessionUsed, useUp } from '../challenge-session.js'

/** The user of a session; refused if the user is gone or disabled. */
export async function userOfSession(
  service: Service,
  pool: UserPool,
  { record: { sub, username } }: Stored<ChallengeSession>,
): Promise<Stored<UserRecord>> {
  const user = await userBySub(service, pool, sub)
  ensure(user, sessionUnknown)
  ensure(user.record.enabled, () => userDisabled(username))
  return user
}

/**
 * Completes a challenge after the right answer: the session is used up, and the user changed by what the answer brought. Of
 * two answers at the same time one counts.
 * @param change what is different about the user afterwards; nothing, when it answers undefined
 */
export async function completeChallenge(
  service: Service,
  pool: UserPool,
  session: Stored<ChallengeSession>,
  change: (user: UserRecord) => UserChange | undefined = () => undefined,
): Promise<UserRecord> {
  for (;;) {
    const user = await userOfSession(service, pool, session)
    // A secondary replica changes nobody: the user is as before.
    const changed = pool.servedBy === undefined ? change(user.record) : undefined
    const after = changed && userChange(service, pool, user, changed)
    if (await service.store.commit(useUp(session), ...(after ? [after.write] : [])))
      return after?.record ?? user.record
    // The write failed because of another answer, or because the user was changed meanwhile: then it is tried again.
    const current = await userBySub(service, pool, session.record.sub)
    ensure(current !== undefined && current.version !== user.version && changed !== undefined, sessionUsed)
  }
}

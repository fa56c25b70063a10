import type { AppClient } from '../../core/app-client.js'
import { type UserRecord, users } from '../../core/collections.js'
import type { Write } from '../../core/ports/store.js'
import { ensure } from '../../core/refusal.js'
import { aliasesOf, aliasKey } from '../../core/user.js'
import type { UserPool } from '../../core/user-pool.js'
import { changeUser } from '../administration/change-user.js'
import { ensureAtPrimary } from '../at-primary.js'
import { countAttempt } from '../history/attempts.js'
import type { Service } from '../service.js'
import type { ForTriggers } from '../triggers.js'
import { notUnconfirmed } from './account-refusals.js'
import { userNamedByClient } from './named-user.js'
import { postConfirmation } from './sign-up-triggers.js'
import { codeExpired, rightCode } from './verification-codes.js'

/** The answer to the code of a sign-up. */
export interface Confirmation {
  readonly username: string
  readonly code: string
  /** Whether an alias that another user has moves to this one. Without it such a confirmation is refused. */
  readonly forceAliasCreation?: boolean | undefined
  readonly forTriggers: ForTriggers
}

/**
 * Confirms a user who has signed up. The code also verifies the address that it was sent to.
 * @param alongside further writes, for the user who is about to be confirmed: they happen together with the confirmation.
 *   It is asked before the code is judged, and may refuse
 */
export async function confirmSignUp(
  service: Service,
  pool: UserPool,
  client: AppClient,
  { username, code, forceAliasCreation = false, forTriggers }: Confirmation,
  alongside: (user: UserRecord) => Promise<readonly Write[]> = async () => [],
): Promise<UserRecord> {
  ensureAtPrimary(pool, 'no sign-up is confirmed')
  const user = await userNamedByClient(service, pool, client, username)
  ensure(user, codeExpired)
  const { status } = user.record
  ensure(status === 'UNCONFIRMED', () => notUnconfirmed(user.record.username, status))
  const writes = await alongside(user.record)
  await countAttempt(service, pool, user.record, 'confirm sign-up')
  const { verified, useUp } = await rightCode(service, pool, user.record, 'sign-up', code)
  const attributes = { ...user.record.attributes, [`${verified.attribute}_verified`]: 'true' }
  if (forceAliasCreation) await takeAliases(service, pool, user.record.sub, aliasesOf(pool, attributes))
  const change = { status: 'CONFIRMED', attributes } as const
  // Refused because an alias is taken, the code is good for the same call with ForceAliasCreation (fact N33).
  const confirmed = await changeUser(service, pool, user, change, useUp, ...writes)
  await postConfirmation(service, pool, confirmed, { clientId: client.id, forTriggers })
  return confirmed
}

/**
 * Takes e-mail address and phone number, as aliases, from the users who have them: theirs are unverified from now on
 * (docs/facts/user-pools-api.md §2.7).
 * @param sub of the user who has them from now on
 */
export async function takeAliases(
  service: Service,
  pool: UserPool,
  sub: string,
  aliases: readonly string[],
): Promise<void> {
  for (const alias of aliases) {
    const holders = await service.store.lookup(users, 'alias', alias, { limit: 2 })
    const holder = holders.find(({ record }) => record.sub !== sub)
    if (holder === undefined) continue
    const name = (['email', 'phone_number'] as const).find(
      name => aliasKey(pool, holder.record.attributes[name] ?? '') === alias,
    )
    // A preferred username is not verified, and so does not move.
    if (name === undefined) continue
    const attributes = { ...holder.record.attributes, [`${name}_verified`]: 'false' }
    await changeUser(service, pool, holder, { attributes })
  }
}

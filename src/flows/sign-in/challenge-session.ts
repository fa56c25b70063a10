import { type AppClient, challengeLifetime } from '../../core/app-client.js'
import type { ChallengeSession, Journey, Pending } from '../../core/challenge-session.js'
import { challengeSessions } from '../../core/collections.js'
import { insert, replace, type Stored, type Write } from '../../core/ports/store.js'
import { ensure, refusal } from '../../core/refusal.js'
import type { User } from '../../core/user.js'
import type { UserPool } from '../../core/user-pool.js'
import { fingerprint } from '../../lib/secrets.js'
import type { Service } from '../service.js'

/** The journey of a sign-in that begins, on the device that the app names. */
export const journeyOn = (deviceKey: string | undefined): Journey =>
  deviceKey === undefined ? {} : { deviceKey }

/** Milliseconds that a session is remembered after its end: a late answer is refused with the reason. */
const remembered = 3_600_000

/** How the service's sessions look: an envelope in base64url. Its contents mean nothing. */
const newSession = ({ chance }: Service): string => `AYABe${chance.bytes(702).toString('base64url')}`

/** The user of a sign-in. If the client hides which users exist, the user may not exist. */
export type Whose = Pick<User, 'sub' | 'username'>

/** The write that opens a session for a challenge, and the session. */
export function openSession(
  service: Service,
  {
    pool,
    client,
    journey,
  }: { readonly pool: UserPool; readonly client: AppClient; readonly journey: Journey },
  { sub, username }: Whose,
  pending: Pending,
): { session: string; write: Write } {
  const session = newSession(service)
  const validUntil = service.clock.now() + challengeLifetime(client)
  const record: ChallengeSession = {
    poolId: pool.id,
    clientId: client.id,
    sub,
    username,
    validUntil,
    used: false,
    pending,
    journey,
  }
  const expiresAt = validUntil + remembered
  return { session, write: insert(challengeSessions, fingerprint(session), record, { expiresAt }) }
}

/**
 * The session that is shown with an answer to one of the named challenges; refused in the words of
 * docs/facts/user-pools-api.md §3.3.
 */
export async function sessionFor<N extends Pending['challenge']>(
  { store, clock }: Service,
  pool: UserPool,
  client: AppClient,
  session: string,
  ...challenges: readonly N[]
): Promise<Stored<ChallengeSession<Extract<Pending, { challenge: N }>>>> {
  const stored = await store.get(challengeSessions, fingerprint(session))
  ensure(stored?.record.poolId === pool.id && stored.record.clientId === client.id, sessionUnknown)
  const { used, validUntil, pending } = stored.record
  ensure(!used, sessionUsed)
  ensure(validUntil > clock.now(), () => sessionExpired(challengeLifetime(client) / 60_000))
  ensure((challenges as readonly string[]).includes(pending.challenge), () =>
    answerToAnother(pending.challenge, challenges),
  )
  return stored as Stored<ChallengeSession<Extract<Pending, { challenge: N }>>>
}

/** The session that an answer names, before the client and the pool are known. */
export const sessionNamed = async ({ store }: Pick<Service, 'store'>, session: string) =>
  (await store.get(challengeSessions, fingerprint(session)))?.record

/** The write that ends a session. It fails if another answer has ended the session already. */
export const useUp = (stored: Stored<ChallengeSession>): Write =>
  replace(challengeSessions, stored, { ...stored.record, used: true })

/** The write that keeps the session open with something changed. */
export const keepOpen = <P extends Pending>(stored: Stored<ChallengeSession<P>>, pending: P): Write =>
  replace(challengeSessions, stored as Stored<ChallengeSession>, { ...stored.record, pending })

export const sessionUnknown = refusal('NotAuthorizedException', () => ({
  told: 'Invalid session for the user.',
  because: 'No sign-in of this client has the session, or it is another user’s.',
  remedy: 'Send the Session of the last answer, with the username that it names.',
}))

const answerToAnother = refusal('NotAuthorizedException', (asked: string, answered: readonly string[]) => ({
  told: 'Invalid session for the user.',
  because: `The session waits for an answer to ${asked}, not to ${answered.join(' or ')}.`,
  remedy: `Answer ${asked} (ChallengeName of RespondToAuthChallenge), or begin the sign-in again.`,
}))

export const sessionUsed = refusal('NotAuthorizedException', () => ({
  told: 'Invalid session for the user, session can only be used once.',
  because: 'This session was answered already.',
  remedy: 'Send the Session of the last answer, or sign in again.',
}))

const sessionExpired = refusal('NotAuthorizedException', (minutes: number) => ({
  told: 'Invalid session for the user, session is expired.',
  because: `The answer came later than AuthSessionValidity of the client allows: ${minutes} minutes.`,
  remedy: `Sign in again and answer within ${minutes} minutes, or raise AuthSessionValidity of the client.`,
}))

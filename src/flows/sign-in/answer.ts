import type { AppClient } from '../../core/app-client.js'
import type { ChallengeSession, Pending } from '../../core/challenge-session.js'
import type { Stored } from '../../core/ports/store.js'
import { ensure } from '../../core/refusal.js'
import type { UserPool } from '../../core/user-pool.js'
import { userBySub, userNamed } from '../directory/directory.js'
import type { Service } from '../service.js'
import type { ForTriggers } from '../triggers.js'
import { sessionFor, sessionUnknown } from './challenge-session.js'
import { journeyWith } from './devices.js'
import { type Parameters, parameterMissing } from './parameters.js'

/** An answer to a challenge, be it from an app or from a page. */
export interface ChallengeAnswer {
  readonly pool: UserPool
  readonly client: AppClient
  readonly session: string | undefined
  /** What an app answers, by the names of `ChallengeResponses`. Pages answer by the same names. */
  readonly responses: Parameters
  /** The user that an app names beside the session. A page names none: the session is in the browser's cookie. */
  readonly username?: string
  readonly atPages: boolean
  readonly forTriggers: ForTriggers
}

/** The session of a sign-in that waits for one of the named challenges. */
export type SessionOf<N extends Pending['challenge']> = Stored<
  ChallengeSession<Extract<Pending, { challenge: N }>>
>

/**
 * The session that an answer shows.
 * @throws Refusal unless the session waits for one of the named challenges, is the named user's, and began where it goes on
 */
export async function sessionOfAnswer<N extends Pending['challenge']>(
  service: Service,
  { pool, client, session, username, atPages }: ChallengeAnswer,
  names: readonly N[],
): Promise<SessionOf<N>> {
  ensure(session, () => parameterMissing('Session'))
  const stored = await sessionFor(service, pool, client, session, ...names)
  const { sub, journey } = stored.record
  ensure(username === undefined || (await isOfUser(service, pool, sub, username)), sessionUnknown)
  ensure((journey.atPages ?? false) === atPages, sessionUnknown)
  return stored
}

async function isOfUser(service: Service, pool: UserPool, sub: string, username: string): Promise<boolean> {
  const named = (await userNamed(service, pool, username)) ?? (await userBySub(service, pool, username))
  // If the client hides which users exist, an unknown one is challenged like any other (docs/facts/user-pools-api.md §3.12).
  return named ? named.record.sub === sub : (await userBySub(service, pool, sub)) === undefined
}

/** The sign-in that goes on with an answer. */
export const signInOfAnswer = async (
  service: Service,
  { pool, client, responses, forTriggers }: ChallengeAnswer,
  session: Stored<ChallengeSession>,
) => ({
  pool,
  client,
  journey: await journeyWith(service, pool, session.record, responses.DEVICE_KEY),
  forTriggers,
})

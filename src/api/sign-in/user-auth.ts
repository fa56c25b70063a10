import type { UserRecord } from '../../core/collections.js'
import type { FirstChallenge } from '../../core/first-factor.js'
import type { Stored, Write } from '../../core/ports/store.js'
import { ensure } from '../../core/refusal.js'
import { userBySub } from '../../flows/directory/directory.js'
import {
  type ChallengeSession,
  sessionFor,
  sessionUnknown,
  sessionUsed,
  useUp,
} from '../../flows/sign-in/challenge-session.js'
import {
  askForChoice,
  askForFirst,
  type Beginner,
  firstChallengesFor,
} from '../../flows/sign-in/challenges/first-factor.js'
import { signInSignedUp } from '../../flows/sign-in/challenges/first-factor-answers.js'
import { signInWithPassword } from '../../flows/sign-in/sign-in.js'
import { unknownUser } from '../../flows/sign-in/sign-in-refusals.js'
import type { OngoingSignIn, SignInResult } from '../../flows/sign-in/sign-in-result.js'
import { simulatedUser } from '../../flows/sign-in/simulated-user.js'
import { invalidParameter } from '../refusals.js'
import type { Scope } from '../scope.js'
import { type Parameters, parameter } from './client.js'
import { beginSrp, type PasswordVerifier } from './srp.js'

type Service = Scope['service']

/** Where the sign-in stands, or what SRP needs next. */
type Outcome = Promise<SignInResult | PasswordVerifier>

/**
 * `USER_AUTH`: the user, or the app, chooses how to begin (§3.9).
 * @param user the name that was given, where the client hides that nobody has it
 * @param session of a sign-up that was just confirmed
 */
export async function beginUserAuth(
  service: Service,
  signIn: OngoingSignIn,
  user: UserRecord | string,
  parameters: Parameters,
  session: string | undefined,
): Outcome {
  const { pool, client } = signIn
  const isPretended = typeof user === 'string'
  const beginner: Beginner = { user: isPretended ? simulatedUser(pool, user) : user, isPretended }
  if (session !== undefined) {
    const signedUp = await sessionFor(service, pool, client, session, 'SIGNED_UP')
    ensure(signedUp.record.sub === beginner.user.sub, sessionUnknown)
    return signInSignedUp(service, signIn, signedUp)
  }
  const available = await firstChallengesFor(service, pool, beginner.user)
  const preferred = available.find(challenge => challenge === parameters.PREFERRED_CHALLENGE)
  return preferred === undefined
    ? askForChoice(service, signIn, beginner, available)
    : goOnWith(service, signIn, beginner, preferred, parameters, { available })
}

/** Goes on with what was chosen. A password, or what proves it, may have come along with the choice. */
async function goOnWith(
  service: Service,
  signIn: OngoingSignIn,
  beginner: Beginner,
  chosen: FirstChallenge,
  given: Parameters,
  { available, ends }: { readonly available?: readonly FirstChallenge[]; readonly ends?: Write },
): Outcome {
  const { PASSWORD: password, SRP_A } = given
  const isPassword = chosen === 'PASSWORD' && password !== undefined
  if (!isPassword && !(chosen === 'PASSWORD_SRP' && SRP_A !== undefined)) {
    const more = { ...(available && { available }), ...(ends && { writes: [ends] }) }
    return askForFirst(service, signIn, beginner, chosen, more)
  }
  if (ends !== undefined) ensure(await service.store.commit(ends), sessionUsed)
  const { pool, client, journey } = signIn
  const { user, isPretended } = beginner
  if (SRP_A !== undefined && !isPassword) return beginSrp(service, signIn, user, SRP_A)
  ensure(!isPretended, () => unknownUser(pool, user.username))
  const credentials = { username: user.username, password: password ?? '' }
  return signInWithPassword(service, pool, client, credentials, journey)
}

type InSession<C extends string> = Stored<
  ChallengeSession<Extract<ChallengeSession['pending'], { challenge: C }>>
>

/**
 * The answer to `SELECT_CHALLENGE`. Who was asked for a passkey and has none at hand chooses anew: Amplify offers that, with
 * the session of the passkey.
 */
export async function answerChoice(
  service: Service,
  signIn: OngoingSignIn,
  session: InSession<'SELECT_CHALLENGE' | 'WEB_AUTHN'>,
  given: Parameters,
): Outcome {
  const answer = parameter(given, 'ANSWER')
  const beginner = await beginnerOf(service, signIn, session)
  const { pending } = session.record
  const choices =
    pending.challenge === 'SELECT_CHALLENGE'
      ? pending.choices
      : await firstChallengesFor(service, signIn.pool, beginner.user)
  const chosen = choices.find(choice => choice === answer)
  ensure(chosen, () =>
    // The service's words are not known.
    invalidParameter(`Invalid challenge: ${answer}`, 'Answer one of AvailableChallenges.'),
  )
  return goOnWith(service, signIn, beginner, chosen, given, { ends: useUp(session) })
}

/** The answer to `PASSWORD`, or to `PASSWORD_SRP`. A wrong one ends the session. */
export const answerPassword =
  (challenge: 'PASSWORD' | 'PASSWORD_SRP') =>
  async (
    service: Service,
    signIn: OngoingSignIn,
    session: Stored<ChallengeSession>,
    given: Parameters,
  ): Outcome => {
    parameter(given, challenge === 'PASSWORD' ? 'PASSWORD' : 'SRP_A')
    const beginner = await beginnerOf(service, signIn, session)
    return goOnWith(service, signIn, beginner, challenge, given, { ends: useUp(session) })
  }

async function beginnerOf(
  service: Service,
  { pool }: OngoingSignIn,
  { record: { sub, username } }: Stored<ChallengeSession>,
): Promise<Beginner> {
  const user = (await userBySub(service, pool, sub))?.record
  return {
    user: user ?? { ...simulatedUser(pool, username), sub, username },
    isPretended: user === undefined,
  }
}

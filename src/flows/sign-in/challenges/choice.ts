import type { ChallengeSession } from '../../../core/challenge-session.js'
import type { FirstChallenge } from '../../../core/first-factor.js'
import type { Stored, Write } from '../../../core/ports/store.js'
import { ensure, refusal } from '../../../core/refusal.js'
import { userBySub } from '../../directory/directory.js'
import type { Service } from '../../service.js'
import type { SessionOf } from '../answer.js'
import { sessionFor, sessionUnknown, sessionUsed, useUp } from '../challenge-session.js'
import type { Parameters } from '../parameters.js'
import { signInWithPassword } from '../sign-in.js'
import { unknownUser } from '../sign-in-refusals.js'
import type { OngoingSignIn, SignInResult } from '../sign-in-result.js'
import { simulatedUser } from '../simulated-user.js'
import { firstChallengesFor } from './first-challenges.js'
import { askForChoice, askForFirst, type Beginner } from './first-factor.js'
import { signInSignedUp } from './first-factor-answers.js'
import { askForPasswordProof } from './password-proof.js'

/** `USER_AUTH`: the user, or the app, chooses the first factor (docs/facts/user-pools-api.md §3.9). */

/**
 * Begins such a sign-in.
 * @param session of a sign-up that was just confirmed
 */
export async function beginByChoice(
  service: Service,
  signIn: OngoingSignIn,
  beginner: Beginner,
  parameters: Parameters,
  session: string | undefined,
): Promise<SignInResult> {
  const { pool, client } = signIn
  if (session !== undefined) {
    const signedUp = await sessionFor(service, pool, client, session, 'SIGNED_UP')
    ensure(signedUp.record.sub === beginner.user.sub, sessionUnknown)
    return signInSignedUp(service, signIn, signedUp)
  }
  const available = await firstChallengesFor(service, pool, beginner.user)
  const preferred = available.find(challenge => challenge === parameters.PREFERRED_CHALLENGE)
  return preferred === undefined
    ? askForChoice(service, signIn, beginner, available)
    : goOnWith(service, signIn, beginner, parameters, { chosen: preferred, available })
}

interface Choice {
  readonly chosen: FirstChallenge
  /** The challenges that the user could have chosen. */
  readonly available?: readonly FirstChallenge[]
  /** The write that ends the session of the choice. */
  readonly ends?: Write
}

/** Goes on with what was chosen. A password, or what proves it, may have come along with the choice. */
export async function goOnWith(
  service: Service,
  signIn: OngoingSignIn,
  beginner: Beginner,
  { PASSWORD: password, SRP_A }: Parameters,
  { chosen, available, ends }: Choice,
): Promise<SignInResult> {
  const isPassword = chosen === 'PASSWORD' && password !== undefined
  if (!isPassword && !(chosen === 'PASSWORD_SRP' && SRP_A !== undefined)) {
    const more = { ...(available && { available }), ...(ends && { writes: [ends] }) }
    return askForFirst(service, signIn, beginner, chosen, more)
  }
  if (ends !== undefined) ensure(await service.store.commit(ends), sessionUsed)
  const { user, isPretended } = beginner
  if (SRP_A !== undefined && !isPassword) return askForPasswordProof(service, signIn, user, SRP_A)
  ensure(!isPretended, () => unknownUser(signIn.pool, user.username))
  return signInWithPassword(service, signIn, { username: user.username, password: password ?? '' })
}

/** The answer to `SELECT_CHALLENGE`. */
export async function answerChoice(
  service: Service,
  signIn: OngoingSignIn,
  session: SessionOf<'SELECT_CHALLENGE' | 'WEB_AUTHN'>,
  answer: string,
  responses: Parameters,
): Promise<SignInResult> {
  const beginner = await beginnerOf(service, signIn, session)
  const { pending } = session.record
  const choices =
    pending.challenge === 'SELECT_CHALLENGE'
      ? pending.choices
      : await firstChallengesFor(service, signIn.pool, beginner.user)
  const chosen = choices.find(choice => choice === answer)
  ensure(chosen, () => notAvailable(answer, choices))
  return goOnWith(service, signIn, beginner, responses, { chosen, ends: useUp(session) })
}

const notAvailable = refusal('InvalidParameterException', (answer: string, choices: readonly string[]) => ({
  // Cognito's words are not known.
  told: `Invalid challenge: ${answer}`,
  because: `The user can choose ${choices.join(' or ')}.`,
  remedy: `Set ANSWER to ${choices.join(' or ')}, as AvailableChallenges lists them.`,
}))

/** The answer to `PASSWORD`. A wrong one ends the session. */
export const answerPassword = async (
  service: Service,
  signIn: OngoingSignIn,
  session: Stored<ChallengeSession>,
  _password: string,
  responses: Parameters,
): Promise<SignInResult> =>
  goOnWith(service, signIn, await beginnerOf(service, signIn, session), responses, {
    chosen: 'PASSWORD',
    ends: useUp(session),
  })

/** The answer to `PASSWORD_SRP`, which leads to `PASSWORD_VERIFIER`. */
export const answerPasswordSrp = async (
  service: Service,
  signIn: OngoingSignIn,
  session: Stored<ChallengeSession>,
  _srpA: string,
  responses: Parameters,
): Promise<SignInResult> =>
  goOnWith(service, signIn, await beginnerOf(service, signIn, session), responses, {
    chosen: 'PASSWORD_SRP',
    ends: useUp(session),
  })

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

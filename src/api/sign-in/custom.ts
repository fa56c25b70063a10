import type { UserRecord } from '../../core/collections.js'
import type { Stored } from '../../core/ports/store.js'
import { ensure } from '../../core/refusal.js'
import { type ChallengeSession, sessionFor, sessionUnknown } from '../../flows/sign-in/challenge-session.js'
import type { PendingCustom } from '../../flows/sign-in/challenges/challenge.js'
import {
  answerCustom,
  beginCustom,
  type CustomStep,
  passwordProven,
} from '../../flows/sign-in/challenges/custom.js'
import { signInProven } from '../../flows/sign-in/sign-in.js'
import type { OngoingSignIn, SignInResult } from '../../flows/sign-in/sign-in-result.js'
import { simulatedUser } from '../../flows/sign-in/simulated-user.js'
import { fingerprint } from '../../lib/secrets.js'
import type { Scope } from '../scope.js'
import { type Parameters, parameter } from './client.js'
import { beginSrp, type PasswordVerifier, provenBySrp, type SrpAnswer } from './srp.js'

type Service = Scope['service']
type Outcome = Promise<SignInResult | PasswordVerifier>

/** `CUSTOM_AUTH`, with or without SRP first: clients say so by a key that the API's text writes differently (§10). */
export async function beginCustomAuth(
  service: Service,
  signIn: OngoingSignIn,
  { user, username }: { readonly user: UserRecord | undefined; readonly username: string },
  parameters: Parameters,
): Outcome {
  const first = parameters.CHALLENGE_NAME ?? parameters.ChallengeName
  const srpA = first === 'SRP_A' ? parameter(parameters, 'SRP_A') : undefined
  const who = user === undefined ? { username } : { username: user.username, user }
  return told(service, signIn, await beginCustom(service, signIn, who, srpA))
}

/** The answer to `CUSTOM_CHALLENGE`. */
export const answerCustomChallenge = async (
  service: Service,
  signIn: OngoingSignIn,
  session: Stored<ChallengeSession<PendingCustom>>,
  responses: Parameters,
): Outcome =>
  told(service, signIn, await answerCustom(service, signIn, session, parameter(responses, 'ANSWER')))

/**
 * The answer to `PASSWORD_VERIFIER`: a sign-in by itself, or a step of a custom one. A proof that was asked for in a custom
 * sign-in is good nowhere else.
 */
export async function answerPasswordVerifier(answer: SrpAnswer): Outcome {
  const {
    scope: { service },
    pool,
    client,
    session: shown,
    forTriggers,
  } = answer
  const { user, session, journey } = await provenBySrp(answer)
  const signIn = { pool, client, journey, forTriggers }
  if (session === undefined) return signInProven(service, signIn, user)
  ensure(shown !== undefined && fingerprint(shown) === session, sessionUnknown)
  const stored = await sessionFor(service, pool, client, shown, 'PASSWORD_VERIFIER')
  const whole = { ...signIn, journey: { ...stored.record.journey, ...journey } }
  return told(service, signIn, await passwordProven(service, whole, stored))
}

/** What comes next, as the operations answer it. */
async function told(service: Service, signIn: OngoingSignIn, step: CustomStep): Outcome {
  if (!('proofOf' in step)) return step
  const { proofOf, srpA, session } = step
  const user = proofOf.user ?? simulatedUser(signIn.pool, proofOf.username)
  return beginSrp(service, signIn, user, srpA, session)
}

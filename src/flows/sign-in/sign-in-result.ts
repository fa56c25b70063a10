import { type AppClient, localProvider } from '../../core/app-client.js'
import type { Journey, Pending } from '../../core/challenge-session.js'
import type { UserRecord } from '../../core/collections.js'
import type { Write } from '../../core/ports/store.js'
import { ensure } from '../../core/refusal.js'
import type { Risk } from '../../core/risk.js'
import { reaches } from '../../core/step-up.js'
import type { UserPool } from '../../core/user-pool.js'
import type { Occasion } from '../grants/token-trigger.js'
import { recordAuthEvent } from '../history/auth-events.js'
import type { Service } from '../service.js'
import { atHostedPages, type ForTriggers } from '../triggers.js'
import { openSession, sessionUsed, type Whose } from './challenge-session.js'
import type { Challenge } from './challenges/challenge.js'
import { levelMissed } from './sign-in-refusals.js'
import { postAuthentication } from './sign-in-triggers.js'

/** A sign-in that is under way: at which pool, through which client, and what is carried along to its end. */
export interface OngoingSignIn {
  readonly pool: UserPool
  readonly client: AppClient
  readonly journey: Journey
  readonly forTriggers?: ForTriggers
  /** What comes once all of Cognito's own challenges are passed, in a sign-in that does not end with them. */
  readonly goesOn?: ((user: UserRecord, journey: Journey) => Promise<SignInResult>) | undefined
}

/** The outcome of each request of a sign-in: it is done, or a challenge comes next. */
export type SignInResult = SignedIn | Asked

/** A sign-in that is done. */
export interface SignedIn {
  readonly done: true
  readonly sub: string
  readonly journey: Journey
  /** What the trigger before tokens learns of the sign-in, if the API issues them. */
  readonly occasion: Occasion
  /**
   * Calls the trigger after a sign-in, at the hosted pages: there its refusal is told to the app's callback
   * (docs/facts/triggers.md §8.2). The API has called it by now.
   */
  readonly atCallback?: (() => Promise<void>) | undefined
}

/** A sign-in that goes on with the answer to a challenge. */
export interface Asked {
  readonly done: false
  /** What the answer has to show. A proof of the password that begins a sign-in needs none: the secret block stands for it. */
  readonly session: string | undefined
  readonly whose: Whose
  readonly challenge: Challenge
}

/** A challenge as the client gets it, and as the session keeps it. */
interface Question {
  readonly pending: Pending
  readonly challenge: Challenge
  /** Further writes: they happen together with the opening of the session, or none does. */
  readonly writes?: readonly Write[] | undefined
}

/** Opens a session for a challenge. */
export async function ask(
  service: Service,
  signIn: OngoingSignIn,
  whose: Whose,
  { pending, challenge, writes = [] }: Question,
): Promise<Asked> {
  const { sub, username } = whose
  const { session, write } = openSession(service, signIn, { sub, username }, pending)
  ensure(await service.store.commit(...writes, write), sessionUsed)
  service.recorder.note('sign-in', { username, challenge: challenge.name })
  await recordAuthEvent(service, signIn.pool, whose, {
    type: 'SignIn',
    response: 'InProgress',
    client: signIn.client,
    ...riskIn(signIn.journey),
  })
  return { done: false, session, whose: { sub, username }, challenge }
}

/** What threat protection made of a sign-in, as its events have it. */
const riskIn = ({ risk }: Journey): { readonly risk?: Risk } =>
  risk === undefined ? {} : { risk: { decision: 'NoRisk', ...risk } }

/** Ends a sign-in: no challenge of Cognito's own is left. A custom sign-in goes on by its triggers. */
export async function signedIn(
  service: Service,
  { pool, client, journey, forTriggers, goesOn }: OngoingSignIn,
  user: UserRecord,
): Promise<SignInResult> {
  if (goesOn !== undefined) return goesOn(user, journey)
  // At the pages an app sees what it is given; the API gives nothing less than what was asked for (fact N51).
  const { wanted = [], methods = [], atPages } = journey
  const isEnough = atPages || wanted.length === 0 || wanted.some(level => reaches(methods, level))
  ensure(isEnough, () => levelMissed(user.username))
  const { username, sub } = user
  const callTrigger = () => postAuthentication(service, pool, client, user, { journey, forTriggers })
  if (!journey.atPages) await callTrigger()
  service.recorder.counts('signIns', localProvider)
  service.recorder.note('sign-in', { provider: localProvider, pool: pool.name, username })
  await recordAuthEvent(service, pool, user, { type: 'SignIn', response: 'Pass', client, ...riskIn(journey) })
  const occasion: Occasion = {
    source: 'TokenGeneration_Authentication',
    ...(forTriggers?.clientMetadata && { clientMetadata: forTriggers.clientMetadata }),
  }
  const atCallback = journey.atPages && (() => atHostedPages(callTrigger, ''))
  return { done: true, sub, journey, occasion, atCallback }
}

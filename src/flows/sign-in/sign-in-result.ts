import { type AppClient, localProvider } from '../../core/app-client.js'
import type { UserRecord } from '../../core/collections.js'
import type { Write } from '../../core/ports/store.js'
import { ensure } from '../../core/refusal.js'
import type { UserPool } from '../../core/user-pool.js'
import { recordAuthEvent } from '../history/auth-events.js'
import type { Service } from '../service.js'
import type { ForTriggers } from '../triggers.js'
import { type Journey, openSession, sessionUsed, type Whose } from './challenge-session.js'
import type { Challenge, Pending } from './challenges/challenge.js'
import { postAuthentication } from './sign-in-triggers.js'

/** A sign-in that is under way: at which pool, through which client, with what to carry along. */
export interface OngoingSignIn {
  readonly pool: UserPool
  readonly client: AppClient
  readonly journey: Journey
  readonly forTriggers?: ForTriggers
}

/** Where a sign-in stands. */
export type SignInResult = { readonly done: true; readonly sub: string; readonly journey: Journey } | Asked

/** That the user has to do something more. */
export interface Asked {
  readonly done: false
  /** Whoever has it may answer, once. */
  readonly session: string
  readonly whose: Whose
  readonly challenge: Challenge
}

/** Opens a session for a challenge. The writes given happen together with it, or none does. */
export async function ask(
  service: Service,
  { pool, client, journey }: OngoingSignIn,
  whose: Whose,
  pending: Pending,
  challenge: Challenge,
  writes: readonly Write[] = [],
): Promise<Asked> {
  const { sub, username } = whose
  const { session, write } = openSession(service, pool, client, { sub, username }, pending, journey)
  ensure(await service.store.commit(...writes, write), sessionUsed)
  service.recorder.note('sign-in', { username, challenge: challenge.name })
  await recordAuthEvent(service, pool, whose, 'SignIn', 'InProgress')
  return { done: false, session, whose: { sub, username }, challenge }
}

/** Nothing more is asked. */
export async function signedIn(
  service: Service,
  { pool, client, journey, forTriggers }: OngoingSignIn,
  user: UserRecord,
): Promise<SignInResult> {
  const { username, sub } = user
  await postAuthentication(service, pool, client, user, { journey, forTriggers })
  service.recorder.note('sign-in', { provider: localProvider, pool: pool.name, username })
  await recordAuthEvent(service, pool, { sub }, 'SignIn', 'Pass')
  return { done: true, sub, journey }
}

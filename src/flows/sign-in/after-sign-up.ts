import type { AppClient } from '../../core/app-client.js'
import type { Journey } from '../../core/challenge-session.js'
import type { UserRecord } from '../../core/collections.js'
import type { Write } from '../../core/ports/store.js'
import { ensure } from '../../core/refusal.js'
import type { User } from '../../core/user.js'
import type { UserPool } from '../../core/user-pool.js'
import { type Confirmation, confirmSignUp } from '../account/confirm-sign-up.js'
import type { Service } from '../service.js'
import { openSession, sessionFor, sessionNamed, sessionUnknown, useUp } from './challenge-session.js'
import { signInSignedUp } from './challenges/first-factor-answers.js'
import { afterFirstFactor } from './challenges/second-factor.js'
import { withMethod } from './methods.js'
import type { SignInResult } from './sign-in-result.js'

/**
 * The sign-in that may follow a sign-up at once: the code that confirms the user counts as the first factor, if the client
 * lets users choose how they sign in (docs/facts/user-pools-api.md §3.9).
 */

/** Opens the session of a sign-up that waits for its confirmation; undefined if no sign-in can follow. */
export async function openSignUpSession(
  service: Service,
  pool: UserPool,
  client: AppClient,
  user: User,
  journey: Journey = {},
): Promise<string | undefined> {
  if (user.status !== 'UNCONFIRMED') return undefined
  const opened = newSession(service, pool, client, user, { challenge: 'SIGN_UP', journey })
  if (opened === undefined) return undefined
  await service.store.commit(opened.write)
  return opened.session
}

/**
 * Confirms a sign-up, and opens the session by which `USER_AUTH` signs the user in. Amplify shows no session of the sign-up, and
 * expects one all the same.
 * @param shown the session of the sign-up
 * @returns undefined if no sign-in can follow: then the user signs in as usual
 */
export async function confirmAndContinue(
  service: Service,
  { pool, client, journey = {} }: { pool: UserPool; client: AppClient; journey?: Journey },
  confirmation: Confirmation,
  shown: string | undefined,
): Promise<string | undefined> {
  let next: string | undefined
  await confirmSignUp(service, pool, client, confirmation, async user => {
    const { session, writes } = await continuation(service, { pool, client, journey }, user, shown)
    next = session
    return writes
  })
  return next
}

async function continuation(
  service: Service,
  { pool, client, journey }: { pool: UserPool; client: AppClient; journey: Journey },
  user: User,
  shown: string | undefined,
): Promise<{ readonly session?: string; readonly writes: readonly Write[] }> {
  const opened = newSession(service, pool, client, user, { challenge: 'SIGNED_UP', journey })
  const next = opened === undefined ? { writes: [] } : { session: opened.session, writes: [opened.write] }
  if (shown === undefined) return next
  const known = await sessionNamed(service, shown)
  ensure(known?.sub === user.sub, sessionUnknown)
  // A code that comes too late for the sign-in still confirms the user.
  if (known.validUntil <= service.clock.now()) return { writes: [] }
  const stored = await sessionFor(service, pool, client, shown, 'SIGN_UP')
  return { ...next, writes: [useUp(stored), ...next.writes] }
}

function newSession(
  service: Service,
  pool: UserPool,
  client: AppClient,
  user: User,
  { challenge, journey }: { challenge: 'SIGN_UP' | 'SIGNED_UP'; journey: Journey },
): { readonly session: string; readonly write: Write } | undefined {
  const isAllowed = journey.atPages || client.settings.ExplicitAuthFlows?.includes('ALLOW_USER_AUTH')
  return isAllowed ? openSession(service, { pool, client, journey }, user, { challenge }) : undefined
}

const atPages = { atPages: true } as const

/**
 * Confirms a sign-up at the hosted pages. In the browser that signed up the sign-in goes on at once, whatever the client lets
 * the API do; in another one, or too late, the user signs in as usual.
 * @returns where the sign-in stands; undefined if none follows
 */
export async function confirmAtPages(
  service: Service,
  pool: UserPool,
  client: AppClient,
  confirmation: Confirmation,
  shown: string | undefined,
): Promise<SignInResult | undefined> {
  const known = shown === undefined ? undefined : await sessionNamed(service, shown)
  if (known?.pending.challenge !== 'SIGN_UP') {
    await confirmSignUp(service, pool, client, confirmation)
    return undefined
  }
  const next = await confirmAndContinue(service, { pool, client, journey: atPages }, confirmation, shown)
  if (next === undefined) return undefined
  const session = await sessionFor(service, pool, client, next, 'SIGNED_UP')
  return signInSignedUp(service, { pool, client, journey: atPages }, session)
}

/** Signs in, at the hosted pages, a user whom the sign-up has confirmed at once: the user has just chosen the password. */
export const signInConfirmed = (
  service: Service,
  pool: UserPool,
  client: AppClient,
  user: UserRecord,
): Promise<SignInResult> =>
  afterFirstFactor(service, withMethod({ pool, client, journey: atPages }, 'pwd'), user)

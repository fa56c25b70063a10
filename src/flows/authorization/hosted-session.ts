import { type AppClient, localProvider } from '../../core/app-client.js'
import { hostedSessions } from '../../core/collections.js'
import type { HostedSession } from '../../core/hosted-session.js'
import { epochSeconds } from '../../core/ports/clock.js'
import { put, remove } from '../../core/ports/store.js'
import type { UserPool } from '../../core/user-pool.js'
import { type Sender, ssoMinutesOf, trackingOf } from '../../core/user-session.js'
import { fingerprint } from '../../lib/secrets.js'
import { userBySub } from '../directory/directory.js'
import { beginSsoSession } from '../grants/user-sessions.js'
import type { Service } from '../service.js'
import type { AuthorizationRequest } from './authorization-request.js'

/** Seconds that a session lasts where the pool does not track sessions. */
const untrackedLifetime = 3600

/** Seconds that a tracked session is kept: as long as any client may take it for its own (docs/facts/additions-2026.md §2.5). */
const trackedLifetime = 90 * 86_400

/** A sign-in that begins a session: who the user is, who vouched for them, and through which client in which browser. */
export interface NewSession
  extends Pick<HostedSession, 'sub' | 'provider' | 'atProvider' | 'methods' | 'level'> {
  readonly clientId: string
  readonly sender: Sender
}

/**
 * Begins a session under a new, unguessable id, which only the browser keeps; one it had before ends.
 * @returns the id, the session, and the seconds that the browser keeps the id
 */
export async function beginSession(
  service: Service,
  pool: UserPool,
  { clientId, sender, ...given }: NewSession,
  former: string | undefined,
): Promise<{ id: string; session: HostedSession; lifetime: number }> {
  const id = service.chance.bytes(32).toString('base64url')
  const { id: poolId, pagesSwitched } = pool
  const formerKey = former === undefined ? undefined : fingerprint(former)
  const who = { sub: given.sub, clientId, sender }
  const { sso, writes } = await beginSsoSession(service, pool, who, formerKey)
  const session: HostedSession = {
    ...given,
    poolId,
    authTime: epochSeconds(service.clock),
    ...(pagesSwitched !== undefined && { pagesSwitched }),
    ...(sso !== undefined && { sso }),
  }
  const lifetime = sso === undefined ? untrackedLifetime : trackedLifetime
  const expiresAt = service.clock.now() + lifetime * 1000
  await service.store.commit(
    ...writes,
    put(hostedSessions, fingerprint(id), session, { expiresAt }),
    ...(formerKey === undefined ? [] : [remove(hostedSessions, formerKey)]),
  )
  return { id, session, lifetime }
}

/** The session a cookie stands for, while it lasts and its user may sign in. */
export async function findSession(
  service: Service,
  pool: UserPool,
  id: string | undefined,
): Promise<HostedSession | undefined> {
  if (id === undefined) return undefined
  const session = (await service.store.get(hostedSessions, fingerprint(id)))?.record
  if (session?.poolId !== pool.id || session.pagesSwitched !== pool.pagesSwitched) return undefined
  const user = await userBySub(service, pool, session.sub)
  return user?.record.enabled ? session : undefined
}

/** Ends a session. Tokens that came of it stay what they are (docs/facts/oauth-and-federation.md §6.3). */
export async function endSession({ store }: Service, id: string | undefined): Promise<void> {
  if (id !== undefined) await store.commit(remove(hostedSessions, fingerprint(id)))
}

/**
 * Why a session cannot answer a request without the user, as part of a sentence; undefined when it can. It must
 * have been made through the provider asked for, and through one that the client enables (facts O42, O43).
 */
export function whyNotResumed(
  service: Service,
  session: HostedSession | undefined,
  { pool, client, provider, prompts, maxAge }: AuthorizationRequest,
): string | undefined {
  if (session === undefined) return 'nobody is signed in'
  const wanted = provider === undefined || provider === localProvider ? provider : provider.name
  if (wanted !== undefined && wanted !== session.provider)
    return `the session was made through ${session.provider}, not ${wanted}`
  if (!isEnabled(client, session.provider)) return `client ${client.name} does not enable ${session.provider}`
  const age = epochSeconds(service.clock) - session.authTime
  const lifetime = lifetimeFor(pool, client, session)
  if (lifetime === 0) return `client ${client.name} takes no session for its own (MaxValidityMinutes 0)`
  if (age > lifetime) return `the session is older than the ${lifetime / 60} minutes that it lasts`
  if (prompts.includes('login')) return 'prompt=login asks for a new sign-in'
  // 0 means what prompt=login means, also within the second of the sign-in (OpenID Connect Core §3.1.2.1).
  if (maxAge === 0 || (maxAge !== undefined && age > maxAge))
    return `the sign-in is older than max_age=${maxAge}`
  return undefined
}

/**
 * Seconds after the sign-in for which a client takes a session for its own. A session from before the pool tracked sessions, or
 * tracked them anew, is one of a pool that does not (fact N48).
 */
const lifetimeFor = (pool: UserPool, client: AppClient, { sso }: HostedSession): number =>
  sso !== undefined && sso.era === trackingOf(pool)?.era ? ssoMinutesOf(client) * 60 : untrackedLifetime

const isEnabled = ({ settings }: AppClient, provider: string): boolean =>
  (settings.SupportedIdentityProviders ?? []).includes(provider)

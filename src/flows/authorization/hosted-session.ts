import { type AppClient, localProvider } from '../../core/app-client.js'
import { hostedSessions } from '../../core/collections.js'
import type { HostedSession } from '../../core/hosted-session.js'
import { epochSeconds } from '../../core/ports/clock.js'
import { put, remove } from '../../core/ports/store.js'
import type { UserPool } from '../../core/user-pool.js'
import { fingerprint } from '../../lib/secrets.js'
import { userBySub } from '../directory/directory.js'
import type { Service } from '../service.js'
import type { AuthorizationRequest } from './authorization-request.js'

/** Seconds that a session lasts. */
export const sessionLifetime = 3600

/** Begins a session under a new, unguessable id, which only the browser keeps; one it had before ends. */
export async function beginSession(
  service: Service,
  pool: UserPool,
  { sub, provider, atProvider }: Pick<HostedSession, 'sub' | 'provider' | 'atProvider'>,
  former: string | undefined,
): Promise<{ id: string; session: HostedSession }> {
  const id = service.chance.bytes(32).toString('base64url')
  const { id: poolId, pagesSwitched } = pool
  const authTime = epochSeconds(service.clock)
  const session = {
    poolId,
    sub,
    provider,
    authTime,
    ...(atProvider === undefined ? {} : { atProvider }),
    ...(pagesSwitched !== undefined && { pagesSwitched }),
  }
  const expiresAt = service.clock.now() + sessionLifetime * 1000
  await service.store.commit(
    put(hostedSessions, fingerprint(id), session, { expiresAt }),
    ...(former === undefined ? [] : [remove(hostedSessions, fingerprint(former))]),
  )
  return { id, session }
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
  { client, provider, prompts, maxAge }: AuthorizationRequest,
): string | undefined {
  if (session === undefined) return 'nobody is signed in'
  const wanted = provider === undefined || provider === localProvider ? provider : provider.name
  if (wanted !== undefined && wanted !== session.provider)
    return `the session was made through ${session.provider}, not ${wanted}`
  if (!isEnabled(client, session.provider)) return `client ${client.name} does not enable ${session.provider}`
  if (prompts.includes('login')) return 'prompt=login asks for a new sign-in'
  // 0 means what prompt=login means, also within the second of the sign-in (OpenID Connect Core §3.1.2.1).
  if (maxAge === 0 || (maxAge !== undefined && epochSeconds(service.clock) - session.authTime > maxAge))
    return `the sign-in is older than max_age=${maxAge}`
  return undefined
}

const isEnabled = ({ settings }: AppClient, provider: string): boolean =>
  (settings.SupportedIdentityProviders ?? []).includes(provider)

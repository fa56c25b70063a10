import { grants, hostedSessions } from '../../core/collections.js'
import { keyOf, remove } from '../../core/ports/store.js'
import { ensure, refusal } from '../../core/refusal.js'
import type { UserPool } from '../../core/user-pool.js'
import { type TrackedSession, trackingOf } from '../../core/user-session.js'
import type { Service } from '../service.js'
import { browserOf, endings, ssoSessionsOf, tokenSessionsOf } from './user-sessions.js'

/** Looking at the sessions of a user, and ending them one by one (docs/facts/additions-2026.md §2.3, §2.4). */

/** A session in a list. */
export interface ListedSession extends TrackedSession {
  readonly type: 'TOKEN' | 'SSO'
  readonly clientId: string
  /** Of a token session: the SSO session that it came through. */
  readonly origin?: string
  /** Of a token session: the `event_id` of its tokens. */
  readonly eventId?: string
  /** Milliseconds since the epoch. */
  readonly expiresAt?: number | undefined
}

/**
 * The active sessions of a user, the one that was used last in front.
 * @throws Refusal where the pool tracks none
 */
export async function sessionsOf(service: Service, pool: UserPool, sub: string): Promise<ListedSession[]> {
  ensure(trackingOf(pool), () => trackingOff(pool))
  const [tokens, browsers] = await Promise.all([
    tokenSessionsOf(service, pool, sub),
    ssoSessionsOf(service, pool, sub),
  ])
  const listed: ListedSession[] = [
    ...tokens.map(({ record: { session, clientId, eventId, ssoSession } }) => ({
      ...session,
      type: 'TOKEN' as const,
      clientId,
      eventId,
      ...(ssoSession === undefined ? {} : { origin: ssoSession }),
    })),
    ...browsers.map(({ record: { sso }, expiresAt }) => ({ ...sso, type: 'SSO' as const, expiresAt })),
  ]
  return listed.sort((one, other) => other.lastActiveAt - one.lastActiveAt)
}

/** Which session ends, and what with it. */
export interface Ending {
  readonly sub: string
  readonly sessionId: string
  /** Whether the sessions that are linked with it end as well. */
  readonly linked: boolean
  /** The `event_id` of the token that the user ends the session by: the own session cannot be ended so. */
  readonly by?: string | undefined
}

/**
 * Ends a session. Of a token session all tokens end, and with it, if linked, the SSO session that it came through. Of an SSO session
 * the browser is asked for credentials next, and if linked, all token sessions end that came through it.
 * @throws Refusal where the pool tracks none, the user has no such session, or it is the own one
 */
export async function endSession(
  service: Service,
  pool: UserPool,
  { sub, sessionId, linked, by }: Ending,
): Promise<void> {
  ensure(trackingOf(pool), () => trackingOff(pool))
  const { store } = service
  const grant = (await tokenSessionsOf(service, pool, sub)).find(
    ({ record }) => record.session.id === sessionId,
  )
  if (grant !== undefined) {
    ensure(by === undefined || grant.record.eventId !== by, () => ownSession(sessionId))
    const origin = linked ? await browserOf(service, pool, grant.record.ssoSession) : undefined
    const writes = await endings(service, [grant])
    await store.commit(...writes, ...(origin === undefined ? [] : [remove(hostedSessions, origin.key)]))
    return
  }
  const browser = (await ssoSessionsOf(service, pool, sub)).find(({ record }) => record.sso.id === sessionId)
  ensure(browser, () => sessionNotFound(sessionId))
  const through = linked ? await store.lookup(grants, 'sso', keyOf(pool.id, sessionId)) : []
  await store.commit(remove(hostedSessions, browser.key), ...(await endings(service, through)))
}

/**
 * Ends all sessions of a user, of tokens and of browsers.
 * @returns how many there were
 * @throws Refusal where the pool tracks none
 */
export async function endSessions(service: Service, pool: UserPool, sub: string): Promise<number> {
  ensure(trackingOf(pool), () => trackingOff(pool))
  const [tokens, browsers] = await Promise.all([
    tokenSessionsOf(service, pool, sub),
    ssoSessionsOf(service, pool, sub),
  ])
  const writes = await endings(service, tokens)
  await service.store.commit(...writes, ...browsers.map(({ key }) => remove(hostedSessions, key)))
  return tokens.length + browsers.length
}

/** Ends the SSO session behind a grant; the other token sessions of it stay. Nothing happens where there is none (fact N46). */
export async function endOrigin(
  { store }: Pick<Service, 'store'>,
  pool: UserPool,
  ssoSession: string | undefined,
): Promise<void> {
  if (trackingOf(pool) === undefined) return
  const origin = await browserOf({ store }, pool, ssoSession)
  if (origin !== undefined) await store.commit(remove(hostedSessions, origin.key))
}

// The service's words and codes are not known (docs/facts/additions-2026.md §2.3, §2.4).

const trackingOff = refusal('OperationNotEnabledException', ({ name }: UserPool) => ({
  told: 'User session tracking is not enabled for the user pool.',
  because: `UserSessionTracking of ${name} is DISABLED: no session of its users is kept.`,
  remedy:
    'Call SetUserPoolSessionConfiguration with UserSessionTracking ENABLED, or set SessionConfiguration of the pool in the seed.',
}))

const ownSession = refusal('InvalidParameterException', (id: string) => ({
  told: 'The current session cannot be revoked with this operation.',
  because: `${id} is the session of the access token that was sent: a user cannot end it so.`,
  remedy: 'Sign out by RevokeToken or GlobalSignOut, or end the session with AdminRevokeUserSession.',
}))

const sessionNotFound = refusal('ResourceNotFoundException', (id: string) => ({
  told: 'Session does not exist.',
  because: `The user has no session ${id}: it ended, or it is another user's.`,
  remedy: 'Take a SessionId of ListUserSessions or AdminListUserSessions of this user.',
}))

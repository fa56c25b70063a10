import { tokenLifetimes } from '../../core/app-client.js'
import { endedSignIns, grants, hostedSessions, refreshTokens, sessionsKey } from '../../core/collections.js'
import type { Grant } from '../../core/grant.js'
import type { HostedSession } from '../../core/hosted-session.js'
import { keyOf, put, remove, replace, type Stored, type Write } from '../../core/ports/store.js'
import type { UserPool } from '../../core/user-pool.js'
import {
  mostSsoSessions,
  newSession,
  type Sender,
  type SsoSession,
  seen,
  type TokenSession,
  toEvict,
  trackingOf,
} from '../../core/user-session.js'
import { clientById } from '../directory/directory.js'
import type { Service } from '../service.js'

/**
 * The sessions that a pool tracks (docs/facts/additions-2026.md §2): how they begin, are seen again and end. Where the pool tracks none,
 * nothing here reads or writes.
 */

/** A request that no app has sent: tokens that the control API mints, for instance. */
export const nobody: Sender = { address: 'unknown' }

/** The token sessions of a user that the pool tracks now. */
export async function tokenSessionsOf(
  { store, clock }: Pick<Service, 'store' | 'clock'>,
  pool: UserPool,
  sub: string,
): Promise<Stored<TrackedGrant>[]> {
  const tracking = trackingOf(pool)
  if (tracking === undefined) return []
  const found = await store.lookup(grants, 'tracked', sessionsKey(pool.id, sub, tracking.era))
  const now = clock.now()
  return found.filter((grant): grant is Stored<TrackedGrant> => (grant.record.session?.expiresAt ?? 0) > now)
}

export type TrackedGrant = Grant & { readonly session: TokenSession }

/** The SSO sessions of a user that the pool tracks now. */
export async function ssoSessionsOf(
  { store }: Pick<Service, 'store'>,
  pool: UserPool,
  sub: string,
): Promise<Stored<TrackedBrowser>[]> {
  const tracking = trackingOf(pool)
  if (tracking === undefined) return []
  const found = await store.lookup(hostedSessions, 'tracked', sessionsKey(pool.id, sub, tracking.era))
  // A switch of the pages has ended those from before.
  return found.filter(
    (browser): browser is Stored<TrackedBrowser> => browser.record.pagesSwitched === pool.pagesSwitched,
  )
}

export type TrackedBrowser = HostedSession & { readonly sso: SsoSession }

/** A token session that begins, with the writes that make room for it: at the limit, the least recently used one ends (fact N43). */
export async function beginTokenSession(
  service: Pick<Service, 'store' | 'clock' | 'chance'>,
  pool: UserPool,
  { sub, ssoSession }: Pick<Grant, 'sub' | 'ssoSession'>,
  { sender, expiresAt }: { readonly sender: Sender; readonly expiresAt: number },
): Promise<{ readonly session?: TokenSession; readonly writes: readonly Write[] }> {
  const tracking = trackingOf(pool)
  if (tracking === undefined) return { writes: [] }
  const now = service.clock.now()
  const session = { ...newSession(service.chance, 'tkn', tracking.era, { now, sender }), expiresAt }
  const open = await tokenSessionsOf(service, pool, sub)
  const gone = toEvict(open, tracking.maxPerUser, ({ record }) => record.session.lastActiveAt)
  const evictions = await endings(service, gone)
  return { session, writes: [...evictions, ...(await seenInBrowser(service, pool, ssoSession, sender))] }
}

/** A token session that is used again, with the writes that note it. */
export async function seenAgain(
  service: Pick<Service, 'store' | 'clock'>,
  pool: UserPool,
  grant: Grant,
  sender: Sender,
): Promise<{ readonly grant: Grant; readonly writes: readonly Write[] }> {
  const { session, ssoSession } = grant
  if (session === undefined || session.era !== trackingOf(pool)?.era) return { grant, writes: [] }
  return {
    grant: { ...grant, session: seen(session, service.clock.now(), sender) },
    writes: await seenInBrowser(service, pool, ssoSession, sender),
  }
}

/**
 * Notes that a token session was used, for clients that do not rotate refresh tokens. Of two requests at the same moment, one is
 * noted.
 */
export async function noteUse(
  service: Pick<Service, 'store' | 'clock'>,
  pool: UserPool,
  stored: Stored<Grant>,
  sender: Sender,
): Promise<void> {
  const { grant, writes } = await seenAgain(service, pool, stored.record, sender)
  if (grant !== stored.record) await service.store.commit(replace(grants, stored, grant), ...writes)
}

/** The writes that note the use of the SSO session behind a token session, if it has not ended. */
async function seenInBrowser(
  { store, clock }: Pick<Service, 'store' | 'clock'>,
  pool: UserPool,
  ssoSession: string | undefined,
  sender: Sender,
): Promise<Write[]> {
  const browser = await browserOf({ store }, pool, ssoSession)
  if (browser === undefined) return []
  const { record } = browser
  return [replace(hostedSessions, browser, { ...record, sso: seen(record.sso, clock.now(), sender) })]
}

/** The browser that an SSO session is of. */
export async function browserOf(
  { store }: Pick<Service, 'store'>,
  pool: UserPool,
  ssoSession: string | undefined,
): Promise<Stored<TrackedBrowser> | undefined> {
  if (ssoSession === undefined) return undefined
  const found = await store.lookup(hostedSessions, 'sso', keyOf(pool.id, ssoSession))
  return found[0] as Stored<TrackedBrowser> | undefined
}

/**
 * The SSO session of a browser that has just signed in: the former one goes on, if the same user signs in once more. The writes make
 * room for a new one.
 */
export async function beginSsoSession(
  service: Pick<Service, 'store' | 'clock' | 'chance'>,
  pool: UserPool,
  { sub, clientId, sender }: { readonly sub: string; readonly clientId: string; readonly sender: Sender },
  formerKey: string | undefined,
): Promise<{ readonly sso?: SsoSession; readonly writes: readonly Write[] }> {
  const tracking = trackingOf(pool)
  if (tracking === undefined) return { writes: [] }
  const now = service.clock.now()
  const open = await ssoSessionsOf(service, pool, sub)
  const same = open.find(({ key }) => key === formerKey)
  if (same !== undefined) return { sso: seen(same.record.sso, now, sender), writes: [] }
  const sso = { ...newSession(service.chance, 'sso', tracking.era, { now, sender }), clientId }
  const gone = toEvict(open, mostSsoSessions, ({ record }) => record.sso.lastActiveAt)
  return { sso, writes: gone.map(({ key }) => remove(hostedSessions, key)) }
}

/**
 * The writes that end sign-ins one by one: their refresh tokens and their access tokens. The access tokens of some clients do not say
 * which sign-in they belong to (docs/facts/additions-2026.md §2.1).
 */
export async function endings(
  service: Pick<Service, 'store' | 'clock'>,
  ended: readonly Stored<Grant>[],
): Promise<Write[]> {
  const { store, clock } = service
  const writes = ended.map(async ({ key, record: { poolId, clientId, eventId } }) => {
    const [tokens, client] = await Promise.all([
      store.lookup(refreshTokens, 'grant', key),
      clientById(service, clientId),
    ])
    const expiresAt = clock.now() + (client === undefined ? 0 : tokenLifetimes(client).access * 1000)
    return [
      remove(grants, key),
      ...tokens.map(token => remove(refreshTokens, token.key)),
      put(endedSignIns, keyOf(poolId, eventId), {}, { expiresAt }),
    ]
  })
  return (await Promise.all(writes)).flat()
}

/** Whether the sign-in of an access token was ended, for tokens that do not name their sign-in. */
export async function isEnded(
  { store }: Pick<Service, 'store'>,
  pool: UserPool,
  { origin_jti: family, event_id: eventId }: { readonly origin_jti?: unknown; readonly event_id?: unknown },
): Promise<boolean> {
  if (pool.sessions === undefined || family !== undefined) return false
  return (await store.get(endedSignIns, keyOf(pool.id, String(eventId)))) !== undefined
}

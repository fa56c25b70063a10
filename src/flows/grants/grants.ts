import { type AppClient, tokenLifetimes } from '../../core/app-client.js'
import { grants, refreshTokens } from '../../core/collections.js'
import type { Grant, RefreshToken } from '../../core/grant.js'
import { insert, put, remove, replace, type Stored, type Write } from '../../core/ports/store.js'
import type { UserPool } from '../../core/user-pool.js'
import type { Sender } from '../../core/user-session.js'
import { fingerprint } from '../../lib/secrets.js'
import type { Service } from '../service.js'
import { beginTokenSession, nobody } from './user-sessions.js'

/**
 * Grants and their refresh tokens. The user pools API and the OAuth endpoints share them.
 * This folder makes, finds, refreshes and revokes them and mints their tokens; which words refuse, a surface says.
 */

/** What an app is granted, before it has an id. */
export type Granted = Pick<
  Grant,
  'sub' | 'scopes' | 'authTime' | 'resource' | 'viaApi' | 'deviceKey' | 'ssoSession' | 'session' | 'assurance'
>

/** Prepares a grant: the id is new, the write is still to be committed. It lasts `lifetime` seconds. */
export function newGrant(
  { chance, clock }: Service,
  pool: UserPool,
  client: AppClient,
  granted: Granted,
  lifetime: number,
): { grant: Grant; write: Write } {
  const grant: Grant = {
    ...granted,
    id: chance.uuid(),
    poolId: pool.id,
    clientId: client.id,
    eventId: chance.uuid(),
  }
  return { grant, write: insert(grants, grant.id, grant, { expiresAt: clock.now() + lifetime * 1000 }) }
}

/** Makes and keeps a grant together with its first refresh token, which begins a session where the pool tracks them. */
export async function grantWithRefreshToken(
  service: Service,
  pool: UserPool,
  client: AppClient,
  granted: Granted,
  sender: Sender = nobody,
): Promise<{ grant: Grant; refreshToken: string }> {
  const { refresh, access, id } = tokenLifetimes(client)
  const expiresAt = service.clock.now() + refresh * 1000
  const { session, writes } = await beginTokenSession(service, pool, granted, { sender, expiresAt })
  const tracked = session === undefined ? granted : { ...granted, session }
  const { grant, write } = newGrant(service, pool, client, tracked, refresh + Math.max(access, id))
  const next = newRefreshToken(service, grant, expiresAt)
  await service.store.commit(...writes, write, next.write)
  return { grant, refreshToken: next.refreshToken }
}

/** The grant while it lasts; a revoked one is gone. */
export const grantById = async ({ store }: Service, id: string): Promise<Grant | undefined> =>
  (await storedGrant({ store }, id))?.record

export const storedGrant = (
  { store }: Pick<Service, 'store'>,
  id: string,
): Promise<Stored<Grant> | undefined> => store.get(grants, id)

/**
 * Prepares a refresh token; the write, which keeps it by its fingerprint, is still to be committed, together with one
 * that fails if the grant is revoked meanwhile: nothing brings that back.
 * @param expiresAt milliseconds since the epoch: when the token ends
 */
export function newRefreshToken(
  { chance, clock }: Pick<Service, 'chance' | 'clock'>,
  { id: grantId, poolId, clientId }: Grant,
  expiresAt: number,
): { refreshToken: string; write: Write } {
  const refreshToken = [jweHeader, ...partSizes.map(size => chance.bytes(size).toString('base64url'))].join(
    '.',
  )
  const record: RefreshToken = { poolId, grantId, clientId, issuedAt: clock.now(), expiresAt }
  return { refreshToken, write: put(refreshTokens, fingerprint(refreshToken), record, { expiresAt }) }
}

/**
 * Writes a grant again, unless it changed or was revoked since it was read, so that it lasts for as long as any token
 * of the family can be in use.
 * @param expiresAt milliseconds since the epoch: when its last refresh token ends
 * @param changed what is written of it, if its session is another now
 */
export function prolongGrant(
  grant: Stored<Grant>,
  client: AppClient,
  expiresAt: number,
  changed: Grant = grant.record,
): Write {
  const { access, id } = tokenLifetimes(client)
  return replace(grants, grant, changed, { expiresAt: expiresAt + Math.max(access, id) * 1000 })
}

/** The refresh token as it is kept, while it lasts. */
export const keptRefreshToken = (
  { store }: Pick<Service, 'store'>,
  token: string,
): Promise<Stored<RefreshToken> | undefined> => store.get(refreshTokens, fingerprint(token))

/**
 * Revokes a grant: its refresh tokens end, and its other tokens are refused wherever we are asked
 * (docs/facts/oauth-and-federation.md §6.1).
 */
export const revokeGrant = (service: Pick<Service, 'store'>, grantId: string): Promise<void> =>
  revokeGrants(service, [grantId])

/** Revokes several at one stroke. */
export async function revokeGrants(
  { store }: Pick<Service, 'store'>,
  grantIds: readonly string[],
): Promise<void> {
  const tokens = await Promise.all(grantIds.map(id => store.lookup(refreshTokens, 'grant', id)))
  await store.commit(
    ...grantIds.map(id => remove(grants, id)),
    ...tokens.flat().map(({ key }) => remove(refreshTokens, key)),
  )
}

/**
 * The header of the JWE that a refresh token looks like (docs/facts/oauth-and-federation.md §7.6). What follows is
 * random: it is opaque to everybody.
 */
const jweHeader = Buffer.from('{"cty":"JWT","enc":"A256GCM","alg":"RSA-OAEP"}').toString('base64url')

/** The bytes in the other four parts, as RSA-OAEP and A256GCM give them. */
const partSizes = [256, 12, 700, 16]

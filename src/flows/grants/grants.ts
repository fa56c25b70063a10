import { type AppClient, tokenLifetimes } from '../../core/app-client.js'
import { insert, put, remove, replace, type Stored, type Write } from '../../core/ports/store.js'
import type { UserPool } from '../../core/user-pool.js'
import { type Grant, grants, type RefreshToken, refreshTokens } from '../../tokens/grants.js'
import type { Service } from '../service.js'

/** What an app is granted, before it has an id. */
export type Granted = Pick<Grant, 'sub' | 'scopes' | 'authTime' | 'resource' | 'viaApi' | 'deviceKey'>

/** Prepares a grant: the id is new, the writes are still to be committed. It lasts `lifetime` seconds. */
export function newGrant(
  { chance, clock }: Service,
  pool: UserPool,
  client: AppClient,
  granted: Granted,
  lifetime: number,
): { grant: Grant; write: Write } {
  const { sub, scopes, authTime, resource, viaApi, deviceKey } = granted
  const grant: Grant = {
    id: chance.uuid(),
    poolId: pool.id,
    clientId: client.id,
    sub,
    scopes,
    authTime,
    eventId: chance.uuid(),
    ...(resource === undefined ? {} : { resource }),
    ...(viaApi ? { viaApi } : {}),
    ...(deviceKey === undefined ? {} : { deviceKey }),
  }
  return { grant, write: insert(grants, grant.id, grant, { expiresAt: clock.now() + lifetime * 1000 }) }
}

/** The grant while it lasts; a revoked one is gone. */
export const grantById = async ({ store }: Service, id: string): Promise<Grant | undefined> =>
  (await store.get(grants, id))?.record

/**
 * Keeps a refresh token by its fingerprint, and its grant for as long as any token of the family can be in use.
 * @param expiresAt milliseconds since the epoch: when the token ends
 * @returns false when the grant was revoked meanwhile: nothing brings it back
 */
export async function keepRefreshToken(
  { store, clock }: Service,
  fingerprint: string,
  { id: grantId, poolId, clientId }: Grant,
  client: AppClient,
  expiresAt: number,
): Promise<boolean> {
  const token: RefreshToken = { poolId, grantId, clientId, issuedAt: clock.now(), expiresAt }
  const { access, id } = tokenLifetimes(client)
  const whole = { expiresAt: expiresAt + Math.max(access, id) * 1000 }
  for (;;) {
    const grant = await store.get(grants, grantId)
    if (grant === undefined) return false
    const kept = await store.commit(
      put(refreshTokens, fingerprint, token, { expiresAt }),
      replace(grants, grant, grant.record, whole),
    )
    // Another refresh of the same sign-in came in between.
    if (kept) return true
  }
}

/** The refresh token with this fingerprint, while it lasts. */
export const refreshTokenWith = (
  { store }: Service,
  tokenFingerprint: string,
): Promise<Stored<RefreshToken> | undefined> => store.get(refreshTokens, tokenFingerprint)

/** The refresh tokens of a sign-in: one, and those it replaced. All end at the same time. */
export const refreshTokensOf = ({ store }: Service, grantId: string): Promise<Stored<RefreshToken>[]> =>
  store.lookup(refreshTokens, 'grant', grantId)

/** Revokes a grant: its refresh tokens end, and its other tokens are refused wherever we are asked (§6.1). */
export async function revokeGrant(service: Service, grantId: string): Promise<void> {
  const tokens = await refreshTokensOf(service, grantId)
  await service.store.commit(remove(grants, grantId), ...tokens.map(({ key }) => remove(refreshTokens, key)))
}

/** The header of the JWE that a refresh token looks like (§7.6). What follows is random: it is opaque to everybody. */
const jweHeader = Buffer.from('{"cty":"JWT","enc":"A256GCM","alg":"RSA-OAEP"}').toString('base64url')

/** A new refresh token in the outward form of Cognito's: five parts, of the sizes that RSA-OAEP and A256GCM give. */
export const newRefreshToken = ({ chance }: Service): string =>
  [jweHeader, ...[256, 12, 700, 16].map(size => chance.bytes(size).toString('base64url'))].join('.')

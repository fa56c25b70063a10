import type { Adapter, AdapterPayload, errors as EngineErrors } from 'oidc-provider'
import {
  type AppClient,
  allowsFlow,
  isClientOf,
  isConfidential,
  tokenLifetimes,
} from '../../core/app-client.js'
import { remove, replace } from '../../core/ports/store.js'
import { unreadableAttribute } from '../../core/scopes.js'
import type { UserPool } from '../../core/user-pool.js'
import { clientById, poolById } from '../../flows/directory/directory.js'
import {
  grantById,
  keepRefreshToken,
  refreshTokensOf,
  refreshTokenWith,
  revokeGrant,
} from '../../flows/grants/grants.js'
import type { Service } from '../../flows/service.js'
import { isOnAnotherDevice } from '../../flows/sign-in/devices.js'
import { type Grant, type RefreshToken, refreshTokens } from '../../tokens/grants.js'
import { findCode, useCode } from '../authorization-code.js'

/**
 * What the engine stores and finds, translated to and from our own records. They know nothing of the engine: the
 * same grants and refresh tokens come from the user pools API.
 *
 * The engine asks the system for the time, ours can be moved: what is over is not handed to it, and what is handed to
 * it lasts.
 */
export function engineAdapter(service: Service, pool: UserPool, errors: typeof EngineErrors) {
  const { store, clock } = service
  /** A client that may not read what a scope stands for gets no token with it (§4.3). */
  const ensureReadable = (client: AppClient | undefined, { scopes }: Grant): void => {
    const attribute = client && unreadableAttribute(client, scopes)
    if (attribute !== undefined) throw new errors.InvalidGrant(`attribute not readable: ${attribute}`)
  }

  const client: Partial<Adapter> = {
    async find(id) {
      const found = await clientById(service, id)
      return isClientOf(pool, found) ? clientMetadata(found) : undefined
    },
  }

  const grant: Partial<Adapter> = {
    async find(id) {
      const found = await grantById(service, id)
      return found && grantPayload(found)
    },
    destroy: id => revokeGrant(service, id),
  }

  const authorizationCode: Partial<Adapter> = {
    async find(code) {
      const found = await findCode(service, code)
      if (found === undefined) return undefined
      // A used code is refused here: in the engine its reuse would also revoke the tokens it gave, as Cognito
      // does not (oauth-and-federation.md §4.3).
      if (found.usedAt !== undefined) throw new errors.InvalidGrant('authorization code already consumed')
      const granted = await grantById(service, found.grantId)
      if (found.expiresAt <= clock.now()) throw new errors.InvalidGrant('authorization code is expired')
      if (granted === undefined) throw new errors.InvalidGrant('sign-in revoked')
      ensureReadable(await clientById(service, found.clientId), granted)
      return {
        kind: 'AuthorizationCode',
        jti: code,
        exp: farAway,
        clientId: found.clientId,
        grantId: found.grantId,
        accountId: found.sub,
        redirectUri: found.redirectUri,
        scope: granted.scopes.join(' '),
        authTime: granted.authTime,
        ...(found.nonce === undefined ? {} : { nonce: found.nonce }),
        ...(found.codeChallenge === undefined
          ? {}
          : { codeChallenge: found.codeChallenge, codeChallengeMethod: 'S256' }),
      }
    },
    async consume(code) {
      // Of many exchanges at once, one wins.
      if (!(await useCode(service, code)))
        throw new errors.InvalidGrant('authorization code already consumed')
    },
    revokeByGrantId: async () => {},
  }

  const refreshToken: Partial<Adapter> = {
    async find(fingerprint) {
      const found = (await refreshTokenWith(service, fingerprint))?.record
      if (found === undefined || found.poolId !== pool.id) return undefined
      const owner = await clientById(service, found.clientId)
      if (isOver(found, owner, clock.now())) return undefined
      const granted = await grantById(service, found.grantId)
      if (granted === undefined) return undefined
      ensureReadable(owner, granted)
      await ensureNoDevice(granted)
      return refreshTokenPayload(fingerprint, found, granted)
    },
    async upsert(fingerprint, { grantId = '', clientId = '' }) {
      const [granted, owner, [replaced]] = await Promise.all([
        grantById(service, grantId),
        clientById(service, clientId),
        refreshTokensOf(service, grantId),
      ])
      if (granted === undefined || owner === undefined) throw new errors.InvalidGrant('grant not found')
      // One that replaces another keeps what was left of its life (§4.2).
      const expiresAt = replaced?.record.expiresAt ?? clock.now() + tokenLifetimes(owner).refresh * 1000
      const kept = await keepRefreshToken(service, fingerprint, granted, owner, expiresAt)
      if (!kept) throw new errors.InvalidGrant('grant not found')
    },
    async consume(fingerprint) {
      for (;;) {
        const found = await refreshTokenWith(service, fingerprint)
        // Of many that would replace it at once, one wins; the others find it replaced.
        if (
          found === undefined ||
          isOver(found.record, await clientById(service, found.record.clientId), clock.now())
        )
          throw new errors.InvalidGrant('refresh token not found')
        // In its grace period a replaced token may be used again; the period counts from the first time.
        if (found.record.replacedAt !== undefined) return
        const replaced = { ...found.record, replacedAt: clock.now() }
        if (await store.commit(replace(refreshTokens, found, replaced))) return
      }
    },
    destroy: async fingerprint => {
      await store.commit(remove(refreshTokens, fingerprint))
    },
    // The grant takes its refresh tokens along.
    revokeByGrantId: async () => {},
  }

  /** This endpoint cannot be told a device, so what was granted to one is good at the API alone (§5). */
  async function ensureNoDevice(granted: Grant): Promise<void> {
    // The engine outlives the pool's settings.
    const now = await poolById(service, pool.id)
    if (now !== undefined && isOnAnotherDevice(now, granted, undefined))
      throw new errors.InvalidGrant('sign-in on a device')
  }

  const accessToken: Partial<Adapter> = {
    find: async () => undefined,
    revokeByGrantId: async () => {},
  }

  const adapters: Record<string, Partial<Adapter>> = {
    Client: client,
    Grant: grant,
    AuthorizationCode: authorizationCode,
    RefreshToken: refreshToken,
    AccessToken: accessToken,
    ClientCredentials: accessToken,
  }
  return (name: string): Adapter => ({ ...unused(name), ...adapters[name] })
}

/** What the engine checks of a client. Its redirect URIs are ours to compare, its secrets too. */
const clientMetadata = (client: AppClient): AdapterPayload => ({
  client_id: client.id,
  ...(isConfidential(client)
    ? { client_secret: 'compared elsewhere', token_endpoint_auth_method: 'client_secret_basic' }
    : { token_endpoint_auth_method: 'none' }),
  // The engine wants one, and compares none: what counts is the one kept with the code.
  redirect_uris: ['https://compared.elsewhere.invalid'],
  // The engine gives the code grant to whoever has this response type.
  response_types: allowsFlow(client, 'code') ? ['code'] : [],
  grant_types: grantTypesOf(client),
})

/** Whoever may get a code may exchange and refresh; a client for machines does nothing else (§4.2). */
const grantTypesOf = (client: AppClient): string[] => [
  ...(allowsFlow(client, 'code') ? ['authorization_code'] : []),
  ...(allowsFlow(client, 'client_credentials') ? ['client_credentials'] : ['refresh_token']),
]

const grantPayload = ({ id, clientId, sub, scopes }: Grant): AdapterPayload => ({
  kind: 'Grant',
  jti: id,
  exp: farAway,
  clientId,
  accountId: sub,
  openid: { scope: scopes.join(' ') },
})

const refreshTokenPayload = (
  jti: string,
  { grantId, clientId }: RefreshToken,
  { sub, scopes, authTime, viaApi }: Grant,
): AdapterPayload => ({
  kind: 'RefreshToken',
  jti,
  exp: farAway,
  clientId,
  grantId,
  accountId: sub,
  // A sign-in through the API has an ID token as well, though its access token says nothing of openid.
  scope: [...(viaApi ? ['openid'] : []), ...scopes].join(' '),
  authTime,
})

/** A replaced token works on for the client's grace period (fact O56). */
function isOver({ replacedAt }: RefreshToken, client: AppClient | undefined, now: number): boolean {
  const grace = client?.settings.RefreshTokenRotation?.RetryGracePeriodSeconds ?? 0
  return replacedAt !== undefined && now >= replacedAt + grace * 1000
}

/** Seconds since the epoch: the year 3000. */
const farAway = 32_503_680_000

/** Whatever else the engine asks for is a sign that it does something it was not asked to. */
const unused = (name: string): Adapter => {
  const refuse = async () => {
    throw new Error(`The engine is not expected to keep ${name} records.`)
  }
  return {
    find: refuse,
    upsert: refuse,
    consume: refuse,
    destroy: refuse,
    revokeByGrantId: refuse,
    findByUserCode: refuse,
    findByUid: refuse,
  }
}

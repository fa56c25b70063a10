import type Provider from 'oidc-provider'
import type { AppClient } from '../../core/app-client.js'
import type { Person, TokenClaims } from '../../core/claims.js'
import type { TokenChanges } from '../../core/token-changes.js'
import type { UserPool } from '../../core/user-pool.js'
import { clientById, personBySub } from '../../flows/directory/directory.js'
import { grantById, newRefreshToken } from '../../flows/grants/grants.js'
import { tokenChanges } from '../../flows/grants/token-trigger.js'
import type { Service } from '../../flows/service.js'
import { fingerprint, sameSecret } from '../../lib/secrets.js'
import type { Grant } from '../../tokens/grants.js'
import { mintAccessToken, mintIdToken } from '../../tokens/token-service.js'

/**
 * The engine's models, made to mint our tokens. Each override stands on a method that the engine documents or that a
 * contract test guards (test/engine.test.ts). The class names must stay: the engine finds lifetimes by them.
 */
export function overrideModels(provider: Provider, service: Service, pool: UserPool): void {
  const grantTypeAsked = () => (provider.constructor as typeof Provider).ctx?.oidc.params?.grant_type
  override(provider, 'AccessToken', Base => accessTokenModel(Base, service, pool, grantTypeAsked))
  override(provider, 'RefreshToken', Base => refreshTokenModel(Base, service))
  override(provider, 'IdToken', Base => idTokenModel(Base, service, pool))
  const { prototype } = provider.Client
  prototype.compareClientSecret = async function (given) {
    const client = await clientById(service, this.clientId)
    // Both of two live secrets are compared, whichever matches: the time tells nothing.
    return (client?.secrets ?? []).map(({ value }) => sameSecret(given, value)).includes(true)
  }
  // Callbacks are registered by Cognito's rules, which the engine's would refuse: custom schemes beside https.
  const { Schema } = provider.Client as unknown as { Schema: { prototype: { redirectUris(): void } } }
  Schema.prototype.redirectUris = () => {}
}

/** What came of an access token when it was minted; the ID token beside it needs all of it. */
interface Minted {
  readonly token: string
  readonly claims: TokenClaims
  readonly client: AppClient
  readonly person: Person
  readonly grant: Grant
  readonly changes: TokenChanges | undefined
}
const mintedTokens = new WeakMap<object, Minted>()

function accessTokenModel(
  Base: Provider['AccessToken'],
  service: Service,
  pool: UserPool,
  grantTypeAsked: () => unknown,
) {
  return class AccessToken extends Base {
    /** A value and no payload: there is nothing to keep of an access token. */
    async getValueAndPayload() {
      const minted = await this.mint()
      mintedTokens.set(this, minted)
      return { value: minted.token }
    }

    async mint(): Promise<Minted> {
      const [grant, client] = await Promise.all([
        grantById(service, this.grantId ?? ''),
        clientById(service, this.clientId ?? ''),
      ])
      const person = await personBySub(service, pool, this.accountId)
      if (!grant || !client || !person) throw new Error('The grant, client or user of a token vanished.')
      const source =
        grantTypeAsked() === 'refresh_token' ? 'TokenGeneration_RefreshTokens' : 'TokenGeneration_HostedAuth'
      const changes = await tokenChanges(service, pool, client, person, { source })
      const { token, claims, expiresIn } = await mintAccessToken(
        service,
        pool,
        client,
        person,
        grant,
        changes,
      )
      Object.assign(this, { expiresIn })
      return { token, claims, client, person, grant, changes }
    }
  } as unknown as Provider['AccessToken']
}

/** Only the fingerprint of a refresh token is kept, and known to the engine. */
function refreshTokenModel(Base: Provider['RefreshToken'], service: Service) {
  return class RefreshToken extends Base {
    outward = ''

    generateTokenId() {
      this.outward = newRefreshToken(service)
      return fingerprint(this.outward)
    }

    async getValueAndPayload() {
      const { payload } = await (
        Base.prototype as unknown as { getValueAndPayload(): Promise<{ payload: object }> }
      ).getValueAndPayload.call(this)
      return { value: this.outward, payload }
    }
  } as unknown as Provider['RefreshToken']
}

function idTokenModel(Base: Provider['IdToken'], service: Service, pool: UserPool) {
  return class IdToken extends Base {
    override async issue(): Promise<string> {
      const { AccessToken: access } = this.ctx.oidc.entities
      const minted = access && mintedTokens.get(access)
      if (minted === undefined) throw new Error('An ID token is given out beside an access token only.')
      const { token, client, person, grant, changes, claims: accessClaims } = minted
      const nonce = this.extra.nonce as string | undefined
      const { token: idToken, claims } = await mintIdToken(service, pool, client, person, grant, {
        accessToken: token,
        nonce,
        changes,
      })
      service.recorder.note('tokens', { access_token: accessClaims, id_token: claims })
      return idToken
    }
  }
}

/** An instance's own model; the getter it shadows cannot be overridden by a subclass in TypeScript. */
function override<K extends 'AccessToken' | 'RefreshToken' | 'IdToken'>(
  provider: Provider,
  name: K,
  make: (Base: Provider[K]) => Provider[K],
): void {
  Object.defineProperty(provider, name, { value: make(provider[name]), configurable: true })
}

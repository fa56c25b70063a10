import type { Configuration, TokenEndpointResponse } from 'openid-client'
import type { Chance } from '../core/ports/chance.js'
import type { Clock } from '../core/ports/clock.js'
import type { Fetch } from '../http/own-origin-fetch.js'
import type { RelyingPartyClient } from './client.js'
import { problemOf } from './problems.js'
import type { AuthorizationDetails, SignIn, Tokens, UserInfo } from './sign-in.js'

/**
 * The protocol, as any app speaks it: `openid-client` with discovery, PKCE, state, nonce and the signature of the
 * ID token checked. The library is loaded by the first sign-in.
 */
export interface Oidc {
  /** What to send the browser to the pool with. */
  begin(
    client: RelyingPartyClient,
    redirectUri: string,
    scopes: readonly string[],
  ): Promise<{ readonly url: URL; readonly sent: AuthorizationDetails }>
  /** Redeems the code that came back in the query of the callback. */
  redeem(signIn: SignIn, query: URLSearchParams): Promise<Tokens>
  /** New tokens; the refresh token stays unless the pool replaces it. */
  refresh(client: RelyingPartyClient, refreshToken: string): Promise<Tokens>
  /** Who the pool says the user is; a failure is part of the answer. */
  userInfo(client: RelyingPartyClient, accessToken: string, subject: string | undefined): Promise<UserInfo>
}

interface Outside {
  readonly fetch: Fetch
  readonly clock: Clock
  readonly chance: Chance
  /** Seconds that `clock` is ahead of the system's, which the library asks. */
  readonly aheadSeconds: () => number
}

export function speakOidc({ fetch, clock, chance, aheadSeconds }: Outside): Oidc {
  const secret = () => chance.bytes(32).toString('base64url')

  async function discover(client: RelyingPartyClient): Promise<Configuration> {
    const oidc = await import('openid-client')
    const config = await oidc.discovery(
      new URL(client.discoveryUrl),
      client.clientId,
      { [oidc.clockSkew]: aheadSeconds() },
      client.clientSecret === undefined ? oidc.None() : oidc.ClientSecretBasic(client.clientSecret),
      {
        [oidc.customFetch]: (url, init) => fetch(url, init as RequestInit),
        execute: [
          oidc.enableNonRepudiationChecks,
          ...(client.discoveryUrl.startsWith('http:') ? [oidc.allowInsecureRequests] : []),
        ],
      },
    )
    const { issuer } = config.serverMetadata()
    // The library compares them only where it derives the document's address from the issuer itself.
    if (issuer !== client.issuer) throw new Error(`the document is that of the issuer "${issuer}"`)
    return config
  }

  const received = (answer: TokenEndpointResponse, refreshToken?: string): Tokens => {
    const kept = answer.refresh_token ?? refreshToken
    return {
      accessToken: answer.access_token,
      ...(answer.id_token === undefined ? {} : { idToken: answer.id_token }),
      ...(kept === undefined ? {} : { refreshToken: kept }),
      receivedAt: clock.now(),
    }
  }

  return {
    async begin(client, redirectUri, scopes) {
      const config = await discover(client)
      const oidc = await import('openid-client')
      const [state, nonce, codeVerifier] = [secret(), secret(), secret()]
      const url = oidc.buildAuthorizationUrl(config, {
        redirect_uri: redirectUri,
        scope: scopes.join(' '),
        state,
        ...(scopes.includes('openid') ? { nonce } : {}),
        code_challenge: await oidc.calculatePKCECodeChallenge(codeVerifier),
        code_challenge_method: 'S256',
      })
      const tokenEndpoint = config.serverMetadata().token_endpoint ?? ''
      return { url, sent: { state, nonce, codeVerifier, redirectUri, tokenEndpoint } }
    },

    async redeem({ client, scopes, sent }, query) {
      const config = await discover(client)
      const oidc = await import('openid-client')
      const answer = await oidc.authorizationCodeGrant(config, new URL(`${sent.redirectUri}?${query}`), {
        expectedState: sent.state,
        pkceCodeVerifier: sent.codeVerifier,
        ...(scopes.includes('openid') ? { expectedNonce: sent.nonce, idTokenExpected: true } : {}),
      })
      return received(answer)
    },

    async refresh(client, refreshToken) {
      const config = await discover(client)
      const oidc = await import('openid-client')
      return received(await oidc.refreshTokenGrant(config, refreshToken), refreshToken)
    },

    async userInfo(client, accessToken, subject) {
      try {
        const config = await discover(client)
        const oidc = await import('openid-client')
        const claims = await oidc.fetchUserInfo(config, accessToken, subject ?? oidc.skipSubjectCheck)
        return { claims: { ...claims } }
      } catch (error) {
        return { problem: problemOf('userInfo', client, error) }
      }
    },
  }
}

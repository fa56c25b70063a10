import type { RelyingPartyClient } from '../client.js'

/** Code to paste into an app of one's own, with the client's values in it. */
export interface Snippet {
  readonly title: string
  readonly about: string
  readonly code: string
}

export const snippetsFor = (client: RelyingPartyClient): Snippet[] => [
  openidClient(client),
  authJs(client),
  awsJwtVerify(client),
]

/** A text as a JavaScript literal. */
const quoted = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`

function openidClient({ discoveryUrl, clientId, clientSecret, scopes }: RelyingPartyClient): Snippet {
  const insecure = discoveryUrl.startsWith('http:')
  return {
    title: 'openid-client',
    about: 'Any Node server. The callback must be one of the client’s CallbackURLs.',
    code: `import * as oidc from 'openid-client' // version 6

const config = await oidc.discovery(
  new URL(${quoted(discoveryUrl)}),
  ${quoted(clientId)},
  ${clientSecret === undefined ? 'undefined' : quoted(clientSecret)},
  ${clientSecret === undefined ? 'oidc.None()' : 'undefined'},${
    insecure ? '\n  { execute: [oidc.allowInsecureRequests] }, // plain http, on your own machine' : ''
  }
)

// Keep these three in the browser's session.
const code_verifier = oidc.randomPKCECodeVerifier()
const state = oidc.randomState()
const nonce = oidc.randomNonce()

const signIn = oidc.buildAuthorizationUrl(config, {
  redirect_uri: 'http://localhost:3000/callback',
  scope: ${quoted(scopes.join(' '))},
  code_challenge: await oidc.calculatePKCECodeChallenge(code_verifier),
  code_challenge_method: 'S256',
  state,
  nonce,
})

// At the callback, with the URL that was requested:
const tokens = await oidc.authorizationCodeGrant(config, currentUrl, {
  pkceCodeVerifier: code_verifier,
  expectedState: state,
  expectedNonce: nonce,
})`,
  }
}

const authJs = ({ issuer, clientId, clientSecret }: RelyingPartyClient): Snippet => ({
  title: 'Auth.js',
  about:
    'Version 5 in Next.js. Its callback, /api/auth/callback/cognito of your app, must be one of the client’s.',
  code: `import Cognito from 'next-auth/providers/cognito'

Cognito({
  issuer: ${quoted(issuer)},
  clientId: ${quoted(clientId)},${
    clientSecret === undefined
      ? "\n  client: { token_endpoint_auth_method: 'none' },"
      : `\n  clientSecret: ${quoted(clientSecret)},`
  }
  // Federated sign-ins bring a nonce even if none was sent: always send one.
  checks: ['pkce', 'state', 'nonce'],
})`,
})

function awsJwtVerify({ issuer, discoveryUrl, clientId }: RelyingPartyClient): Snippet {
  const jwksUri = discoveryUrl.replace(/openid-configuration$/, 'jwks.json')
  return {
    title: 'aws-jwt-verify',
    about: 'An API that is shown access tokens.',
    code: `import { JwtVerifier } from 'aws-jwt-verify'

const jwksUri = ${quoted(jwksUri)}
const verifier = JwtVerifier.create({
  issuer: ${quoted(issuer)},
  audience: null, // Cognito's access tokens have client_id in its place
  jwksUri,
  customJwtCheck({ payload }) {
    if (payload.token_use !== 'access') throw new Error('not an access token')
    if (payload.client_id !== ${quoted(clientId)}) throw new Error('issued to another app')
  },
})${
      jwksUri.startsWith('http:')
        ? '\n// The library fetches keys over https only; over plain http the app does.\nverifier.cacheJwks(await fetch(jwksUri).then(answer => answer.json()))'
        : ''
    }

const claims = await verifier.verify(accessToken)`,
  }
}

import type { ReadyClient, ReadyPool } from './banner.js'

/** Code to paste. */
export interface Snippet {
  readonly title: string
  readonly code: string
}

/** How an app that uses a known library is connected to this pool and client. */
export function snippets(pool: ReadyPool, client: ReadyClient): Snippet[] {
  const text = (value: string) => `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
  const [issuer, id] = [text(pool.issuer), text(client.id)]
  const authentication =
    client.secret === undefined ? 'oidc.None()' : `oidc.ClientSecretPost(${text(client.secret)})`
  const secretOption =
    client.secret === undefined
      ? "client: { token_endpoint_auth_method: 'none' }"
      : `clientSecret: ${text(client.secret)}`
  const verification = {
    title: 'aws-jwt-verify',
    code: `import { JwtVerifier } from 'aws-jwt-verify'
const jwksUri = ${text(`${pool.discoveryUrl.replace(/openid-configuration$/, '')}jwks.json`)}
const verifier = JwtVerifier.create({ issuer: ${issuer}, audience: ${id}, jwksUri })
verifier.cacheJwks(await (await fetch(jwksUri)).json()) // it fetches keys over https only
const claims = await verifier.verify(idToken)`,
  }
  // Libraries that discover an issuer look below it: one that is not ours to serve cannot be discovered.
  if (!pool.discoveryUrl.startsWith(`${pool.issuer}/`)) return [verification]
  return [
    {
      title: 'openid-client',
      code: `import * as oidc from 'openid-client'
const config = await oidc.discovery(new URL(${issuer}), ${id}, undefined, ${authentication}, {
  execute: [oidc.allowInsecureRequests], // plain http, on this machine
})`,
    },
    {
      title: 'Auth.js',
      code: `import Cognito from 'next-auth/providers/cognito'
Cognito({
  clientId: ${id}, issuer: ${issuer}, ${secretOption},
  checks: ['pkce', 'state', 'nonce'], // federated sign-ins bring a nonce: Auth.js wants to have sent it
})`,
    },
    verification,
  ]
}

import { once } from 'node:events'
import { type IncomingHttpHeaders, request } from 'node:http'
import { isSigned } from '../../src/api/operations.js'
import type { Rockpool } from '../../src/emulator.js'
import { aBrowser } from './browser.js'
import { authorizeQuery, poolAndClient } from './rockpool.js'

/** Any signature: none is checked. */
export const signature =
  'AWS4-HMAC-SHA256 Credential=A/20261125/us-east-1/cognito-idp/aws4_request, SignedHeaders=host, Signature=00'

/** Sends a request with any headers, Host among them, which `fetch` does not let one do. */
export async function send(
  port: number,
  { method = 'GET', path = '/', headers = {}, body = '' }: Partial<Sent>,
): Promise<{ status: number; headers: IncomingHttpHeaders; text: string }> {
  const asked = request({ port, host: '127.0.0.1', method, path, headers: { ...headers } }).end(body)
  const [answer] = await once(asked, 'response')
  let text = ''
  for await (const chunk of answer) text += chunk
  return { status: answer.statusCode, headers: answer.headers, text }
}
interface Sent {
  readonly method: string
  readonly path: string
  readonly headers: Record<string, string>
  readonly body: string
}

/** Calls an operation of the user pools API. */
export const call = (port: number, operation: string, headers: Record<string, string>, body: object = {}) =>
  send(port, {
    method: 'POST',
    headers: {
      'x-amz-target': `AWSCognitoIdentityProviderService.${operation}`,
      'content-type': 'application/x-amz-json-1.1',
      ...(isSigned(operation) ? { authorization: signature } : {}),
      ...headers,
    },
    body: JSON.stringify(body),
  })

/** A pool whose users come from a provider that is a stranger's, or sign in with a password. */
export const federated = (details: Record<string, string>, issuer: string) => ({
  UserPools: [
    {
      PoolName: 'reef',
      Domain: 'reef',
      IdentityProviders: [
        {
          ProviderName: 'Strangers',
          ProviderType: 'OIDC',
          ProviderDetails: {
            client_id: 'reef',
            client_secret: 'secret',
            authorize_scopes: 'openid',
            attributes_request_method: 'GET',
            oidc_issuer: issuer,
            ...details,
          },
        },
      ],
      Clients: [
        {
          ClientName: 'app',
          AllowedOAuthFlowsUserPoolClient: true,
          AllowedOAuthFlows: ['code'],
          AllowedOAuthScopes: ['openid'],
          SupportedIdentityProviders: ['Strangers'],
          CallbackURLs: ['http://localhost:3000/callback'],
        },
      ],
      Users: [{ Username: 'marco', Password: 'Anemone-4-Marco!' }],
    },
  ],
})

/** Goes to the provider and comes back with a code; what the app is then told. */
export async function signInThroughStrangers(rockpool: Rockpool): Promise<string> {
  const { pool, client } = poolAndClient(rockpool, 'reef', 'app')
  const query = authorizeQuery(client, { scope: 'openid', identity_provider: 'Strangers' })
  const browser = aBrowser()
  const leave = await browser.get(`${pool.domainUrl}/oauth2/authorize?${query}`)
  const left = new URL(leave.headers.get('location') ?? '')
  const state = left.searchParams.get('state')
  if (state === null) return left.searchParams.get('error_description') ?? left.href
  const back = await browser.get(
    `${pool.domainUrl}/oauth2/idpresponse?${new URLSearchParams({ state, code: 'c' })}`,
  )
  return new URL(back.headers.get('location') ?? '').searchParams.get('error_description') ?? 'signed in'
}

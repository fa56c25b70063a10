import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Adapter, AdapterPayload, ClientMetadata } from 'oidc-provider'
import type { Test } from 'tap'
import { importEngine } from '../../src/zoo/oidc/import-engine.js'

/** How a client is set up at the oracle. */
export interface OracleClient {
  readonly id: string
  readonly secret?: string
  readonly grants: readonly string[]
  readonly scope: string
  readonly rotates?: boolean
}

export interface Oracle {
  /** Where the token endpoint (`/token`) and the revocation endpoint (`/token/revocation`) are. */
  readonly base: string
  /** Gives out a code as if a user had signed in. */
  code(clientId: string, more: { scope: string; codeChallenge?: string }): Promise<string>
  /** Lets everything that was given out expire. */
  expire(): void
}

/** An `oidc-provider` as it comes: certified, and none of ours. What it accepts and refuses, our grants are compared with. */
export async function anOracle(
  t: Test,
  { clients, redirectUri }: { clients: readonly OracleClient[]; redirectUri: string },
): Promise<Oracle> {
  const { default: Provider } = await importEngine()
  const records = new Map<string, AdapterPayload>()
  const provider = new Provider('http://oracle.example', {
    adapter: recordsIn(records),
    clients: clients.map(client => metadataOf(client, redirectUri)),
    scopes: ['openid', 'email', 'api/read', 'api/write'],
    allowOmittingSingleRegisteredRedirectUri: false,
    pkce: { required: () => false },
    issueRefreshToken: async () => true,
    rotateRefreshToken: ({ oidc }) =>
      clients.find(({ id }) => id === oidc.client?.clientId)?.rotates === true,
    findAccount: (_ctx, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
    ttl: {
      AccessToken: 60,
      AuthorizationCode: 60,
      ClientCredentials: 60,
      Grant: 60,
      IdToken: 60,
      RefreshToken: 60,
    },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      resourceIndicators: { enabled: false },
      revocation: {
        enabled: true,
        allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId,
      },
    },
  })
  const server = createServer(provider.callback())
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return {
    base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async code(clientId, { scope, codeChallenge }) {
      const client = await provider.Client.find(clientId)
      if (client === undefined) throw new Error(`no client ${clientId}`)
      const grant = new provider.Grant({ clientId, accountId: 'marco' })
      grant.addOIDCScope(scope)
      const code = new provider.AuthorizationCode({
        client,
        accountId: 'marco',
        grantId: await grant.save(),
        gty: 'authorization_code',
        redirectUri,
        scope,
        ...(codeChallenge === undefined ? {} : { codeChallenge, codeChallengeMethod: 'S256' }),
      } as ConstructorParameters<typeof provider.AuthorizationCode>[0])
      return code.save()
    },
    expire() {
      for (const [key, record] of records)
        if (!key.startsWith('Client ')) records.set(key, { ...record, exp: 1 })
    },
  }
}

const metadataOf = ({ id, secret, grants, scope }: OracleClient, redirectUri: string): ClientMetadata => ({
  client_id: id,
  ...(secret === undefined ? {} : { client_secret: secret }),
  token_endpoint_auth_method: secret === undefined ? 'none' : 'client_secret_basic',
  redirect_uris: grants.includes('authorization_code') ? [redirectUri] : [],
  response_types: grants.includes('authorization_code') ? ['code'] : [],
  grant_types: [...grants],
  scope,
})

const recordsIn = (records: Map<string, AdapterPayload>) => (model: string) =>
  ({
    find: async id => records.get(`${model} ${id}`),
    upsert: async (id, payload) => void records.set(`${model} ${id}`, payload),
    consume: async id => {
      const record = records.get(`${model} ${id}`)
      if (record !== undefined) record.consumed = 1
    },
    destroy: async id => void records.delete(`${model} ${id}`),
    revokeByGrantId: async grantId => {
      for (const [key, record] of records) if (record.grantId === grantId) records.delete(key)
    },
  }) as Adapter

import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import t from 'tap'
import { clients, identityProviders, pools } from '../src/core/collections.js'
import { insert, keyOf } from '../src/core/ports/store.js'
import { clientRecord, createClient } from '../src/flows/administration/clients.js'
import { createPool, poolRecord } from '../src/flows/administration/pools.js'
import { createProvider, providerRecord } from '../src/flows/administration/providers.js'
import type { Service } from '../src/flows/service.js'
import { memoryStore } from '../src/store/memory.js'
import { anSdk, refusal } from './support/api.js'
import { aClock, aRockpool } from './support/rockpool.js'

// How many there may be of what administrators make (docs/facts/user-pools-api.md §7).

const UserPoolId = 'us-east-1_Quota0001'
const seed = {
  UserPools: [
    {
      PoolName: 'full',
      Id: UserPoolId,
      Clients: Array.from({ length: 21 }, (_, n) => ({ ClientName: `c${n}`, ClientId: `client${n}id` })),
    },
  ],
}
const full = ['LimitExceededException', /\d/]

t.test('the quotas of a pool and of an account, as the SDK meets them', async t => {
  const rockpool = await aRockpool(t, { seed })
  const sdk = anSdk(t, rockpool)
  const server = (n: number) =>
    sdk.send(
      new cognito.CreateResourceServerCommand({ UserPoolId, Identifier: `api-${n}`, Name: `Api ${n}` }),
    )
  for (let n = 1; n <= 25; n++) await server(n)
  t.match(await refusal(server(26)), ['LimitExceededException', /25 resource servers/])
  await sdk.send(new cognito.DeleteResourceServerCommand({ UserPoolId, Identifier: 'api-3' }))
  await server(26)

  const terms = (n: number) =>
    sdk.send(
      new cognito.CreateTermsCommand({
        UserPoolId,
        ClientId: `client${n >> 1}id`,
        TermsName: n % 2 === 0 ? 'terms-of-use' : 'privacy-policy',
        TermsSource: 'LINK',
        Enforcement: 'NONE',
        Links: { 'cognito:default': 'https://reef.example/terms' },
      }),
    )
  for (let n = 0; n < 40; n++) await terms(n)
  t.match(await refusal(terms(40)), ['LimitExceededException', /40 terms/])

  const domain = async (n: number) => {
    const { UserPool } = await sdk.send(new cognito.CreateUserPoolCommand({ PoolName: `domain-${n}` }))
    return sdk.send(
      new cognito.CreateUserPoolDomainCommand({
        UserPoolId: UserPool?.Id,
        Domain: `auth-${n}.reef.example`,
        CustomDomainConfig: {
          CertificateArn:
            'arn:aws:acm:us-east-1:123456789012:certificate/1234abcd-12ab-34cd-56ef-1234567890ab',
        },
      }),
    )
  }
  for (let n = 1; n <= 4; n++) await domain(n)
  t.match(await refusal(domain(5)), ['LimitExceededException', /4 custom domains/])
})

t.test('clients, providers and pools', async t => {
  const clock = aClock()
  const store = memoryStore(clock)
  const service = {
    ...{
      store,
      clock,
      chance: { bytes: (n: number) => Buffer.alloc(n, clock.now() % 256), uuid: () => 'id' },
    },
    keys: { of: async () => ({}) },
  } as unknown as Service
  const settings = {}
  const pool = poolRecord({ id: UserPoolId, name: 'full', settings, schema: [] }, clock.now())
  const many = (count: number) => Array.from({ length: count }, (_, n) => `n${n}`)
  const code = async (asked: Promise<unknown>) =>
    asked.then(
      () => 'nothing',
      ({ code }: { code: string }) => code,
    )

  const client = { name: 'one more', settings }
  await store.commit(
    ...many(999).map(id => insert(clients, id, clientRecord(pool, id, { name: id, settings }, 0))),
  )
  t.equal(await code(createClient(service, pool, client)), 'nothing', 'the thousandth')
  clock.advance({ seconds: 1 })
  t.equal(await code(createClient(service, pool, client)), full[0])

  const provider = (name: string) => ({
    name,
    type: 'OIDC' as const,
    details: {
      client_id: 'id',
      attributes_request_method: 'GET',
      authorize_scopes: 'openid',
      oidc_issuer: 'https://up.example',
    },
    mapping: {},
    identifiers: [],
  })
  await store.commit(
    ...many(299).map(name =>
      insert(identityProviders, keyOf(pool.id, name), providerRecord(pool, provider(name), 0)),
    ),
  )
  const ports = { store, clock, discover: async () => {} }
  t.equal(await code(createProvider(ports, pool, provider('last'))), 'nothing', 'the three-hundredth')
  t.equal(await code(createProvider(ports, pool, provider('more'))), full[0])

  const ids = many(1000).map(name => `us-east-1_${name}`)
  await store.commit(
    ...ids.map(id => insert(pools, id, poolRecord({ id, name: id, settings, schema: [] }, 0))),
  )
  const given = { name: 'one more', settings, schema: [] }
  t.equal(await code(createPool(service, 'us-east-1', given)), full[0])
  t.equal(await code(createPool(service, 'eu-west-1', given)), 'nothing', 'each region has its own')
})

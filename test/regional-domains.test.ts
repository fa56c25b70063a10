import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import { decodeJwt } from 'jose'
import t, { type Test } from 'tap'
import { readSeeds, seedOf } from '../src/config/seed/read.js'
import { pools } from '../src/core/collections.js'
import { insert } from '../src/core/ports/store.js'
import type { Rockpool } from '../src/emulator.js'
import { createDomain } from '../src/flows/administration/domains.js'
import { poolRecord } from '../src/flows/administration/pools.js'
import { memoryStore } from '../src/store/memory.js'
import { anSdk, refusal } from './support/api.js'
import { aBrowser } from './support/browser.js'
import { fetchBelowLocalhost } from './support/localhost.js'
import { aClock, aRockpool, authorizeQuery, poolAndClient, signInAt } from './support/rockpool.js'

/** A prefix belongs to one pool a region, as `https://PREFIX.auth.REGION.amazoncognito.com` does. */

const callback = 'https://app.example/cb'
const password = 'Limpet-9-Rosa!'

const client = (ClientName: string, more: object = {}) => ({
  ClientName,
  CallbackURLs: [callback],
  AllowedOAuthFlowsUserPoolClient: true,
  AllowedOAuthFlows: ['code'],
  AllowedOAuthScopes: ['openid', 'email'],
  SupportedIdentityProviders: ['COGNITO'],
  ...more,
})

const user = { Username: 'rosa', Password: password, UserAttributes: { email: 'rosa@shop.example' } }

/** Two pools of one prefix; the European one federates to the American one. */
const seed = {
  UserPools: [
    {
      PoolName: 'america',
      Id: 'us-east-1_Shop00001',
      Domain: 'shop',
      Clients: [
        client('shop'),
        client('europe', {
          GenerateSecret: true,
          CallbackURLs: [`\${pools.europe.domain}/oauth2/idpresponse`],
        }),
      ],
      Users: [user],
    },
    {
      PoolName: 'europe',
      Id: 'eu-west-1_Shop00001',
      Domain: 'shop',
      IdentityProviders: [
        {
          ProviderName: 'America',
          ProviderType: 'OIDC',
          ProviderDetails: {
            client_id: `\${pools.america.clients.europe.id}`,
            client_secret: `\${pools.america.clients.europe.secret}`,
            authorize_scopes: 'openid email',
            attributes_request_method: 'GET',
            oidc_issuer: `\${pools.america.issuer}`,
          },
          AttributeMapping: { email: 'email' },
        },
      ],
      Clients: [client('shop', { SupportedIdentityProviders: ['COGNITO', 'America'] })],
      Users: [user],
    },
  ],
}

const european = 'shop.auth.eu-west-1.amazoncognito.com'

/** Signs rosa in at an address of a domain, and gives the claims of her ID token. */
async function signedIn(
  domainUrl: string,
  { id, callbackUrls }: { id: string; callbackUrls: readonly string[] },
) {
  const query = authorizeQuery({ id, callbackUrls }, { scope: 'openid email' })
  const arrival = await signInAt(aBrowser(fetchBelowLocalhost), domainUrl, query, {
    username: 'rosa',
    password,
  })
  return claimsOf(domainUrl, id, arrival)
}

async function claimsOf(domainUrl: string, client_id: string, arrival: URL) {
  const body = new URLSearchParams({
    grant_type: 'authorization_code',
    client_id,
    redirect_uri: callback,
    code: arrival.searchParams.get('code') ?? '',
  })
  const answer = await fetchBelowLocalhost(`${domainUrl}/oauth2/token`, { method: 'POST', body })
  return decodeJwt(((await answer.json()) as { id_token: string }).id_token)
}

const discovered = async ({ baseUrl }: Rockpool, poolId: string) =>
  (await (await fetch(`${baseUrl}/${poolId}/.well-known/openid-configuration`)).json()) as {
    authorization_endpoint: string
    token_endpoint: string
  }

t.test('pools of two regions may have one prefix, and both are found by path and by host name', async t => {
  const rockpool = await aRockpool(t, { seed: { UserPools: [] } })
  const { baseUrl } = rockpool
  const { port } = rockpool.address
  const make = async (region: string) => {
    const sdk = anSdk(t, rockpool, region)
    const { UserPool } = await sdk.send(new cognito.CreateUserPoolCommand({ PoolName: region }))
    const UserPoolId = UserPool?.Id ?? ''
    await sdk.send(new cognito.CreateUserPoolDomainCommand({ UserPoolId, Domain: 'shop' }))
    const { UserPoolClient } = await sdk.send(
      new cognito.CreateUserPoolClientCommand({ UserPoolId, ...client('app') } as never),
    )
    const who = { UserPoolId, Username: 'rosa' }
    await sdk.send(new cognito.AdminCreateUserCommand(who))
    await sdk.send(new cognito.AdminSetUserPasswordCommand({ ...who, Password: password, Permanent: true }))
    return { sdk, UserPoolId, client: { id: UserPoolClient?.ClientId ?? '', callbackUrls: [callback] } }
  }
  const first = await make('us-east-1')
  const second = await make('eu-west-1')

  await t.test('each at addresses of its own', async t => {
    for (const [pool, urls] of [
      [
        first,
        [`${baseUrl}/shop`, `http://shop.localhost:${port}`, `http://shop.auth.us-east-1.localhost:${port}`],
      ],
      [first, [`${baseUrl}/shop.auth.us-east-1.amazoncognito.com`]],
      [second, [`${baseUrl}/${european}`, `http://shop.auth.eu-west-1.localhost:${port}`]],
    ] as const)
      for (const url of urls)
        t.equal((await signedIn(url, pool.client)).iss, `${baseUrl}/${pool.UserPoolId}`, url)
    t.match(await discovered(rockpool, first.UserPoolId), { token_endpoint: `${baseUrl}/shop/oauth2/token` })
    t.match(await discovered(rockpool, second.UserPoolId), {
      authorization_endpoint: `${baseUrl}/${european}/oauth2/authorize`,
      token_endpoint: `${baseUrl}/${european}/oauth2/token`,
    })
  })

  await t.test('a client of one is unknown to the other', async t => {
    const query = authorizeQuery(second.client)
    const answer = await fetch(`${baseUrl}/shop/oauth2/authorize?${query}`, { redirect: 'manual' })
    t.match(answer.headers.get('location'), /\/error\?error=invalid_client|unauthorized/)
    const nameless = await fetch(`${baseUrl}/oauth2/authorize?${query}`, { redirect: 'manual' })
    t.match(nameless.headers.get('location'), `${baseUrl}/${european}/`, 'no domain named: the client tells')
  })

  await t.test('DescribeUserPoolDomain describes the one of the region that is asked', async t => {
    for (const { sdk, UserPoolId } of [first, second]) {
      const { DomainDescription } = await sdk.send(
        new cognito.DescribeUserPoolDomainCommand({ Domain: 'shop' }),
      )
      t.match(DomainDescription, { Domain: 'shop', UserPoolId })
    }
    const elsewhere = anSdk(t, rockpool, 'ap-south-1')
    for (const [sdk, Domain] of [
      [elsewhere, 'shop'],
      [first.sdk, european],
      [second.sdk, european],
    ] as const)
      t.strictSame(
        (await sdk.send(new cognito.DescribeUserPoolDomainCommand({ Domain }))).DomainDescription,
        {},
      )
  })

  await t.test('within a region the prefix is taken', async t => {
    for (const { sdk } of [first, second]) {
      const { UserPool } = await sdk.send(new cognito.CreateUserPoolCommand({ PoolName: 'late' }))
      const claim = { UserPoolId: UserPool?.Id ?? '', Domain: 'shop' }
      t.strictSame(await refusal(sdk.send(new cognito.CreateUserPoolDomainCommand(claim))), [
        'InvalidParameterException',
        'Domain already associated with another user pool.',
      ])
    }
  })

  await t.test('a region where nobody has it says where it is', async t => {
    const answer = await fetchBelowLocalhost(`http://shop.auth.ap-south-1.localhost:${port}/login`)
    t.equal(answer.status, 404)
    const text = await answer.text()
    t.match(text, `${baseUrl}/shop`)
    t.match(text, european)
  })

  await t.test('an address stays when the other pool gives the prefix up', async t => {
    const { sdk, UserPoolId } = first
    await sdk.send(new cognito.DeleteUserPoolDomainCommand({ UserPoolId, Domain: 'shop' }))
    t.equal((await fetch(`${baseUrl}/shop/login`)).status, 404)
    t.ok(await signedIn(`${baseUrl}/${european}`, second.client))
    await sdk.send(new cognito.CreateUserPoolDomainCommand({ UserPoolId, Domain: 'shop' }))
    t.ok(await signedIn(`${baseUrl}/shop`, first.client))
    const of = { UserPoolId: second.UserPoolId, Domain: 'shop' }
    await first.sdk.send(new cognito.DeleteUserPoolDomainCommand({ UserPoolId, Domain: 'shop' }))
    await second.sdk.send(new cognito.DeleteUserPoolDomainCommand(of))
    await second.sdk.send(new cognito.CreateUserPoolDomainCommand(of))
    t.match(await discovered(rockpool, second.UserPoolId), { token_endpoint: `${baseUrl}/shop/oauth2/token` })
  })
})

t.test('of pools that take a prefix at once, one has it in a region, and one the short address', async t => {
  const clock = aClock()
  for (const regions of [
    ['us-east-1', 'eu-west-1', 'ap-south-1'],
    ['us-east-1', 'us-east-1', 'us-east-1'],
  ]) {
    const store = memoryStore(clock)
    const ids = regions.map((region, index) => `${region}_Pool0000${index}`)
    for (const id of ids)
      await store.commit(
        insert(pools, id, poolRecord({ id, name: id, settings: {}, schema: [] }, clock.now())),
      )
    const claims = await Promise.allSettled(
      ids.map(async id => {
        const stored = await store.get(pools, id)
        if (stored) await createDomain({ store, clock }, stored, 'shop', {})
      }),
    )
    const refused = claims.flatMap(claim => (claim.status === 'rejected' ? [claim.reason.told] : []))
    const taken = 'Domain already associated with another user pool.'
    t.strictSame(refused, Array(ids.length - new Set(regions).size).fill(taken))
    const holders = (await store.lookup(pools, 'domain', 'shop')).map(({ record }) => record)
    t.equal(holders.length, new Set(regions).size)
    t.equal(holders.filter(({ domainAddress }) => domainAddress === undefined).length, 1, 'short')
  }
})

t.test('a pool federates to another one of its prefix, by path and by host name', async t => {
  const rockpool = await aRockpool(t, { seed })
  const { pool, client } = poolAndClient(rockpool, 'europe', 'shop')
  t.equal(pool.domainUrl, `${rockpool.baseUrl}/${european}`)
  const { port } = rockpool.address
  for (const domain of [pool.domainUrl, `http://shop.auth.eu-west-1.localhost:${port}`]) {
    const browser = aBrowser(fetchBelowLocalhost)
    const query = authorizeQuery(client, { scope: 'openid email', identity_provider: 'America' })
    const { url } = await browser.follow(
      `${domain}/oauth2/authorize?${query}`,
      `${rockpool.baseUrl}/shop/login`,
    )
    t.match(url.searchParams.get('redirect_uri'), `${pool.domainUrl}/oauth2/idpresponse`)
    const page = await (await browser.get(url.href)).text()
    const _csrf = /name="_csrf" value="([^"]+)"/.exec(page)?.[1] ?? ''
    const answer = await browser.post(url.href, { _csrf, username: 'rosa', password })
    const back = await browser.follow(answer.headers.get('location') ?? '', callback)
    const claims = await claimsOf(domain, client.id, back.url)
    t.match(claims, { iss: pool.issuer, email: 'rosa@shop.example', 'cognito:username': /^america_/i })
    t.match(back.way.at(-2)?.href, domain, 'it ends where it began')
  }
})

t.test('addresses last: across restarts, snapshots, and exports in another order', async t => {
  const dataDir = t.testdir()
  const begin = (given: object) => aRockpool(t, { seed: given, dataDir })
  const addresses = (of: Rockpool) =>
    Promise.all(
      ['us-east-1_Shop00001', 'eu-west-1_Shop00001'].map(async id =>
        (await discovered(of, id)).token_endpoint.slice(of.baseUrl.length),
      ),
    )
  const expected = ['/shop/oauth2/token', `/${european}/oauth2/token`]
  const before = await begin(seed)
  t.strictSame(await addresses(before), expected)
  const snapshot = (await before.operations.state.snapshot()).document({ secrets: true })
  const exported = await before.operations.exportPools('seed', { secrets: true })
  await before.close()

  const again = await begin({ UserPools: [] })
  t.strictSame(await addresses(again), expected, 'kept without a seed')
  await again.close()

  const restored = await aRockpool(t, { seed: { UserPools: [] } })
  await restored.operations.state.restore(JSON.stringify(snapshot))
  t.strictSame(await addresses(restored), expected, 'restored')

  t.match(exported, /DomainAddress: regional/)
  const dir = t.testdir({ 'seed.yaml': exported })
  const [fromFile] = await readSeeds([`${dir}/seed.yaml`])
  const backwards = { UserPools: fromFile?.UserPools.toReversed() ?? [] }
  const copy = await aRockpool(t, { seed: backwards })
  t.strictSame(await addresses(copy), expected, 'exported')
})

t.test('what a seed may say of a prefix', async t => {
  const pool = (PoolName: string, region: string, more: object = {}) => ({
    PoolName,
    Id: `${region}_${PoolName}0001`,
    Domain: 'shop',
    ...more,
  })
  const mistakes = (...UserPools: object[]) => {
    try {
      seedOf({ UserPools })
      return ''
    } catch (error) {
      return (error as Error).message
    }
  }
  t.match(mistakes(pool('one', 'us-east-1'), pool('two', 'us-east-1')), /domain is already used at/)
  t.equal(mistakes(pool('one', 'us-east-1'), pool('two', 'us-west-2')), '')
  const short = { DomainAddress: 'short' }
  t.match(
    mistakes(pool('one', 'us-east-1', short), pool('two', 'us-west-2', short)),
    /short address of a domain is already used at/,
  )

  await t.test('which of the pools has the short address', async t => {
    const rockpool = await aRockpool(t, {
      seed: { UserPools: [pool('one', 'us-east-1'), pool('two', 'us-west-2', short)] },
    })
    const url = (name: string) => rockpool.pools.find(one => one.name === name)?.domainUrl
    t.equal(url('two'), `${rockpool.baseUrl}/shop`)
    t.equal(url('one'), `${rockpool.baseUrl}/shop.auth.us-east-1.amazoncognito.com`)
  })

  await t.test('a prefix that a pool of the API has', async t => {
    const dataDir = t.testdir()
    const rockpool = await aRockpool(t, { seed: { UserPools: [] }, dataDir })
    const sdk = anSdk(t, rockpool)
    const { UserPool } = await sdk.send(new cognito.CreateUserPoolCommand({ PoolName: 'made' }))
    const UserPoolId = UserPool?.Id ?? ''
    await sdk.send(new cognito.CreateUserPoolDomainCommand({ UserPoolId, Domain: 'shop' }))
    await rockpool.close()
    const start = (t: Test, one: object) => aRockpool(t, { seed: { UserPools: [one] }, dataDir })
    await t.rejects(start(t, pool('one', 'us-east-1')), {
      name: 'SeedError',
      message: new RegExp(`${UserPoolId}[\\s\\S]*DeleteUserPoolDomain`),
    })
    await t.rejects(start(t, pool('one', 'us-west-2')), {
      name: 'SeedError',
      message: /short address[\s\S]*DomainAddress: regional/,
    })
    const second = await start(t, pool('one', 'us-west-2', { DomainAddress: 'regional' }))
    t.equal(
      (await fetch(`${second.baseUrl}/shop.auth.us-west-2.amazoncognito.com/login`)).status !== 404,
      true,
    )
  })
})

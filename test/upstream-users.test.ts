import { generateKeyPairSync } from 'node:crypto'
import {
  AdminCreateUserCommand,
  AdminDisableProviderForUserCommand,
  AdminLinkProviderForUserCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import t, { type Test } from 'tap'
import { type Rockpool, startRockpool } from '../src/index.js'
import { anSdk } from './support/api.js'
import { aBrowser } from './support/browser.js'
import { shareKeys, signingKeys } from './support/keys.js'
import { throughZoo } from './support/zoo-pages.js'

/** Users of the built-in identity providers, as tests of other projects make them. */

const callback = 'https://app.example/cb'
const poolId = 'us-east-1_Rehearse1'
const client = { client_id: 'reef', client_secret: 'a-secret-of-the-reef' }
const appleKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
const details: Record<string, object> = {
  Google: { ...client, authorize_scopes: 'openid email' },
  Facebook: { ...client, authorize_scopes: 'public_profile,email' },
  LoginWithAmazon: { ...client, authorize_scopes: 'profile' },
  SignInWithApple: {
    client_id: 'com.example.reef',
    team_id: 'TEAM123456',
    key_id: 'KEY1234567',
    private_key: appleKey.export({ type: 'pkcs8', format: 'pem' }),
    authorize_scopes: 'email name',
  },
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a reference
  Corp: { MetadataURL: '${upstreams.corp.metadata}' },
  Acme: {
    ...client,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a reference
    oidc_issuer: '${upstreams.acme.issuer}',
    authorize_scopes: 'openid email profile',
    attributes_request_method: 'GET',
  },
  Tide: {
    ...client,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a reference
    oidc_issuer: '${pools.tide.issuer}',
    authorize_scopes: 'openid',
    attributes_request_method: 'GET',
  },
}
const typeOf = (name: string): string => ({ Corp: 'SAML', Acme: 'OIDC', Tide: 'OIDC' })[name] ?? name
const builtIn = Object.keys(details).filter(name => name !== 'Tide')

const seed = async (upstreams: { corp?: object; acme?: object } = {}) => ({
  UserPools: [
    {
      PoolName: 'reef',
      Id: poolId,
      Domain: 'reef',
      SigningKeys: await signingKeys(),
      UsernameConfiguration: { CaseSensitive: true },
      Schema: [{ Name: 'desk', AttributeDataType: 'String', Mutable: true }],
      IdentityProviders: Object.entries(details).map(([ProviderName, ProviderDetails]) => ({
        ProviderName,
        ProviderType: typeOf(ProviderName),
        ProviderDetails,
        AttributeMapping: {
          email: 'email',
          ...(ProviderName === 'Acme' ? { 'custom:desk': 'desk' } : {}),
        },
      })),
      Clients: [
        {
          ClientName: 'app',
          CallbackURLs: [callback],
          AllowedOAuthFlowsUserPoolClient: true,
          AllowedOAuthFlows: ['code'],
          AllowedOAuthScopes: ['openid', 'email', 'profile'],
          SupportedIdentityProviders: ['COGNITO', ...Object.keys(details)],
        },
      ],
    },
    { PoolName: 'tide', Domain: 'tide', SigningKeys: await signingKeys() },
  ],
  UpstreamProviders: [
    { Name: 'corp', Kind: 'saml', ...upstreams.corp },
    {
      Name: 'acme',
      Clients: [
        {
          ClientId: client.client_id,
          ClientSecret: client.client_secret,
          // biome-ignore lint/suspicious/noTemplateCurlyInString: a reference
          RedirectUris: ['${pools.reef.domain}/oauth2/idpresponse'],
        },
      ],
      ...upstreams.acme,
    },
  ],
})

async function aRehearsal(t: Test, upstreams = {}): Promise<Rockpool> {
  await shareKeys()
  const rockpool = await startRockpool({ keys: 'recycled', seed: await seed(upstreams) })
  t.teardown(() => rockpool.close())
  return rockpool
}

const at = { pool: 'reef', client: 'app' }

t.test('a user who is added to a provider is the next to sign in there', async t => {
  const rockpool = await aRehearsal(t)
  for (const name of builtIn) {
    const email = `${name.toLowerCase()}@example.com`
    const user = await rockpool.provider(name).user({ email })
    t.match(user, { username: email, claims: { email, email_verified: true } }, name)
    const { claims } = await rockpool.signIn({ ...at, provider: name })
    t.match(claims.id, { email, identities: [{ providerName: name }] }, `${name} vouches for them`)
    t.equal((await rockpool.provider(name).users())[0]?.username, email)
  }
  const { claims } = await rockpool.signIn({ ...at, provider: 'Google', username: 'omar' })
  t.equal(claims.id?.email, 'omar@example.com', 'any other may still be named')

  const people = rockpool.provider('acme')
  await people.user({ sub: 'acme-7', email: 'seven@example.com', desk: '7b' }, { username: 'seven' })
  const seventh = await rockpool.signIn({ ...at, provider: 'Acme' })
  t.match(
    seventh.claims.id,
    { 'cognito:username': 'Acme_acme-7', 'custom:desk': '7b' },
    'by the built-in provider’s own name, with a claim that no seed has',
  )
})

t.test('what cannot be', async t => {
  const rockpool = await aRehearsal(t)
  await t.rejects(rockpool.provider('Gogle').user({ email: 'a@b.example' }), {
    message: /There is no identity provider "Gogle"\. Did you mean "Google"\?/,
  })
  await t.rejects(rockpool.provider('Tide').user({ email: 'a@b.example' }), {
    message: /Behind Tide is none of the built-in identity providers.* with createUser/,
  })
  await t.rejects(rockpool.signIn({ ...at }), {
    message: /give a username as well.*name one as the provider/,
  })
})

t.test('no page at all', async t => {
  const rockpool = await aRehearsal(t, { corp: { SignsIn: 'omar' } })
  const domain = rockpool.pool('reef').domainUrl
  const { id } = rockpool.client('reef', 'app')
  const pages = async (provider: string) => {
    const query = new URLSearchParams({
      client_id: id,
      response_type: 'code',
      redirect_uri: callback,
      identity_provider: provider,
    })
    return aBrowser().follow(`${domain}/oauth2/authorize?${query}`, callback)
  }
  t.match((await pages('Google')).page?.text, 'nameUserForm')
  for (const name of ['Google', 'Acme']) {
    await rockpool.provider(name).user({ email: 'nobody-asks@example.com' }, { withoutPage: true })
    t.ok((await pages(name)).url.searchParams.get('code'), `${name} goes on at once`)
  }
  t.match((await pages('Corp')).page?.text, 'answerForm', 'a form that posts itself, of the user in the seed')
  const { claims } = await rockpool.signIn({ ...at, provider: 'Corp' })
  t.equal(claims.id?.email, 'omar@example.com')
  await rockpool.provider('Google').user({ email: 'shown@example.com' })
  t.match((await pages('Google')).page?.text, 'shown@example.com', 'until somebody is added who is asked')
})

t.test('by the control API, as its description says', async t => {
  const { baseUrl, signIn, reset } = await aRehearsal(t)
  const url = `${baseUrl}/_rockpool/providers/Google/users`
  const send = (body: object, to = url) =>
    fetch(to, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
  const claims = { email: 'ann@control.example', groups: ['a', 'b'] }
  const added = await send({ claims })
  t.strictSame(
    [added.status, await added.json()],
    [
      200,
      {
        provider: 'google',
        username: 'ann@control.example',
        claims: { ...claims, email_verified: true, sub: 'ann@control.example' },
      },
    ],
  )
  const signedIn = await send({ ...at, provider: 'Google' }, `${baseUrl}/_rockpool/sign-in`)
  t.match(await signedIn.json(), { claims: { id: { email: 'ann@control.example' } } })
  t.match(await (await fetch(url)).json(), {
    provider: 'google',
    users: [{ username: 'ann@control.example' }, { username: 'ann' }, { username: 'omar' }],
  })
  t.equal((await send({ claims: 1 })).status, 400)
  t.equal((await send({ claims }, url.replace('Google', 'Nobody'))).status, 404)
  const openApi = (await (await fetch(`${baseUrl}/_rockpool/openapi.json`)).json()) as {
    paths: Record<string, object>
  }
  t.match(openApi.paths['/providers/{provider}/users'], { post: { requestBody: {} }, get: {} })
  await reset()
  const { claims: after } = await signIn({ ...at, provider: 'Google' })
  t.equal(after.id?.email, 'ann@example.com', 'a reset forgets who was added')
})

t.test('linking by the subject, across all types', async t => {
  const rockpool = await aRehearsal(t)
  const sdk = anSdk(t, rockpool)
  for (const name of builtIn) {
    const destination = `local-${name}`
    const account = { UserPoolId: poolId, Username: destination, MessageAction: 'SUPPRESS' } as const
    await sdk.send(new AdminCreateUserCommand(account))
    const subject = `subject-of-${name}`
    const source = {
      ProviderName: name,
      ProviderAttributeName: 'Cognito_Subject',
      ProviderAttributeValue: subject,
    }
    const link = () =>
      sdk.send(
        new AdminLinkProviderForUserCommand({
          UserPoolId: poolId,
          DestinationUser: { ProviderName: 'Cognito', ProviderAttributeValue: destination },
          SourceUser: source,
        }),
      )
    const signsInAs = async () => {
      await rockpool.provider(name).user({ sub: subject, email: `${name}@example.com` })
      return (await rockpool.signIn({ ...at, provider: name })).claims.id?.['cognito:username']
    }
    await link()
    t.equal(await signsInAs(), destination, `${name} leads to the local user`)
    await sdk.send(new AdminDisableProviderForUserCommand({ UserPoolId: poolId, User: source }))
    await link()
    t.equal(await signsInAs(), destination, `${name} is linked again`)
    await sdk.send(new AdminDisableProviderForUserCommand({ UserPoolId: poolId, User: source }))
    t.equal(await signsInAs(), `${name}_${subject}`, `${name}, unlinked, has a profile of its own`)
  }
})

t.test('the page of a provider takes a typed user, with claims of their own', async t => {
  const rockpool = await aRehearsal(t)
  const domain = rockpool.pool('reef').domainUrl
  const { id } = rockpool.client('reef', 'app')
  const query = new URLSearchParams({
    client_id: id,
    response_type: 'code',
    redirect_uri: callback,
    identity_provider: 'Acme',
  })
  const url = `${domain}/oauth2/authorize?${query}`
  const typed = { username: 'typed@example.com', claims: { desk: '12', sub: 'typed-1' } }
  t.ok((await throughZoo(url, callback, typed)).told.code)
  const users = await rockpool.exportUsers('reef')
  t.match(users, [
    { username: 'Acme_typed-1', attributes: { email: 'typed@example.com', 'custom:desk': '12' } },
  ])
  const cancelled = await throughZoo(url, callback, { cancel: true })
  t.match(cancelled.told, { error_description: /The user cancelled the sign-in; error=access_denied/ })
})

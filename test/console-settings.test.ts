import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import t from 'tap'
import { atConsole } from './support/at-console.js'
import { sdkOf } from './support/console-scene.js'
import { aRockpool } from './support/rockpool.js'

/** What the console's pages of a pool set up, and take away again. */

const UserPoolId = 'us-east-1_Settings1'
const ClientId = 'webappatthereef'
const here = `/pools/${UserPoolId}`

const seed = {
  UserPools: [
    {
      PoolName: 'reef',
      Id: UserPoolId,
      AutoVerifiedAttributes: ['email'],
      Clients: [
        {
          ClientName: 'web-app',
          ClientId,
          ClientSecret: 'asecretofthereefthatnobodyseesunasked',
          ExplicitAuthFlows: ['ALLOW_USER_SRP_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
        },
      ],
      Users: [{ Username: 'marco', Password: 'Anemone-4-Marco!' }],
    },
  ],
}

t.test('the pages of a pool', async t => {
  const rockpool = await aRockpool(t, { seed })
  const sdk = sdkOf(rockpool)
  const { open, send } = atConsole(rockpool)
  const pool = async () =>
    (await sdk.send(new cognito.DescribeUserPoolCommand({ UserPoolId }))).UserPool ?? {}

  t.test('a prefix domain is made, shows other pages, and is deleted', async t => {
    const page = `${here}/domain`
    t.match((await send(page, page, { Domain: 'Not one' })).text, /id="Domain-mistake"/)
    t.match((await send(page, page, { Domain: 'reef' })).text, 'The pool has the domain reef.')
    t.equal((await pool()).Domain, 'reef')
    const switched = await send(page, `${page}/pages`, { domain: 'reef', version: '2' })
    t.match(switched.text, /<option value="2" selected>Managed login/)
    const describe = new cognito.DescribeUserPoolDomainCommand({ Domain: 'reef' })
    t.equal((await sdk.send(describe)).DomainDescription?.ManagedLoginVersion, 2)
    t.match((await send(page, `${page}/delete`, { domain: 'reef' })).text, 'The domain reef is deleted.')
    t.equal((await pool()).Domain, undefined)
    const gone = await send(page, `${page}/delete`, { domain: 'reef' })
    t.equal(gone.status, 400, 'what is gone is not deleted twice')
  })

  t.test('a custom domain is made, led to, and deleted', async t => {
    const page = `${here}/domain`
    const custom = { kind: 'custom', CertificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/1' }
    const wrong = await send(page, page, { ...custom, CustomDomain: 'localhost' })
    t.match(wrong.text, /id="CustomDomain-mistake"/)
    t.match(wrong.text, /<details class="card" open>/, 'the form that is wrong is open')
    const noArn = await send(page, page, { kind: 'custom', CustomDomain: 'auth.reef.example' })
    t.match(noArn.text, /id="CertificateArn-mistake"/)
    const asked = { ...custom, CustomDomain: 'auth.reef.example', version: '2' }
    t.match((await send(page, page, asked)).text, 'The pool has the domain auth.reef.example.')
    t.equal((await pool()).CustomDomain, 'auth.reef.example')
    const { text } = await open(page)
    t.match(text, `${rockpool.baseUrl}/auth.reef.example`)
    t.match(text, /CustomDomainConfig/, 'it is shown as code')
    const login = `${rockpool.baseUrl}/auth.reef.example/login?client_id=${ClientId}&response_type=code`
    t.not((await fetch(login, { redirect: 'manual' })).status, 404)
    await send(page, `${page}/delete`, { domain: 'auth.reef.example' })
    t.equal((await pool()).CustomDomain, undefined)
  })

  t.test('a resource server is made, changed and deleted', async t => {
    const page = `${here}/resource-servers`
    const Identifier = 'https://api.reef.example'
    const describe = async () =>
      (await sdk.send(new cognito.DescribeResourceServerCommand({ UserPoolId, Identifier }))).ResourceServer
    const bare = await send(page, page, { Identifier, Name: 'Reef', Scopes: 'read' })
    t.match(bare.text, 'The scope read has no description.')
    t.match(bare.text, `value="${Identifier}"`, 'what was typed stays')
    const made = await send(page, page, {
      Identifier,
      Name: 'Reef',
      Scopes: 'read Read it\r\nwrite Write it',
    })
    t.match(made.text, /api\.reef\.example\/read/)
    t.match(await describe(), {
      Name: 'Reef',
      Scopes: [
        { ScopeName: 'read', ScopeDescription: 'Read it' },
        { ScopeName: 'write', ScopeDescription: 'Write it' },
      ],
    })
    const one = `${here}/resource-server?identifier=${encodeURIComponent(Identifier)}`
    t.match((await open(one)).text, 'read Read it\nwrite Write it')
    await send(one, one, { Identifier, Name: 'The reef', Scopes: 'read Read it' })
    t.match(await describe(), { Name: 'The reef', Scopes: [{ ScopeName: 'read' }] })
    t.match((await open(`${here}/clients/${ClientId}`)).text, `value="${Identifier}/read"`)
    await send(one, `${page}/delete`, { Identifier })
    await t.rejects(describe(), { name: 'ResourceNotFoundException' })
  })

  t.test('sessions are tracked, and a client says for how long it shares sign-ins', async t => {
    const [page, client] = [`${here}/settings`, `${here}/clients/${ClientId}`]
    const tracking = () => sdk.send(new cognito.GetUserPoolSessionConfigurationCommand({ UserPoolId }))
    t.match(
      (await open(client)).text,
      'For one hour after a sign-in',
      'a client has no minutes where none are tracked',
    )
    for (const MaxPerUser of ['0', '101', 'some', '']) {
      const wrong = await send(page, `${page}/sessions`, { about: 'sessions', tracking: 'on', MaxPerUser })
      t.equal(wrong.status, 400, `${MaxPerUser} sessions are refused`)
      t.match(wrong.text, 'Sessions of one user')
    }
    t.match(await tracking(), { UserSessionTracking: 'DISABLED' })
    const asked = { about: 'sessions', tracking: 'on', MaxPerUser: '3' }
    const code = await send(page, `${page}/sessions`, { ...asked, show: 'code' })
    t.match(code.text, /What is typed, as code[\s\S]*MaxPerUser&quot;: 3/)
    t.match(await tracking(), { UserSessionTracking: 'DISABLED' }, 'code is shown, and nothing is done')
    t.match((await send(page, `${page}/sessions`, asked)).text, 'a user has 3 at most')
    t.match(await tracking(), { UserSessionTracking: 'ENABLED', TokenSession: { MaxPerUser: 3 } })
    const minutes = async (MaxValidityMinutes: string) =>
      send(client, `${client}/sessions`, { MaxValidityMinutes })
    t.match((await minutes('1440')).text, 'is saved')
    const ofClient = new cognito.GetUserPoolClientSessionConfigurationCommand({ UserPoolId, ClientId })
    t.equal((await sdk.send(ofClient)).SSOSession?.MaxValidityMinutes, 1440)
    const tooMany = await minutes('129601')
    t.equal(tooMany.status, 400)
    t.match(tooMany.text, 'is not between 0 and 129600')
    t.match(tooMany.text, 'value="129601"', 'what was typed stays')
  })

  t.test('levels of assurance get names, and other settings stay', async t => {
    const page = `${here}/settings`
    const set = (form: Record<string, string>) => send(page, `${page}/levels`, { about: 'levels', ...form })
    const names = async () => (await pool()).AcrConfiguration
    const names2 = { Level2: { AcrValue: 'silver' }, Level3: { AcrValue: 'urn:cognito:loa:3' } }
    t.match((await open(page)).text, 'Reached by mail, or text message.')
    const lost = await set({ Level2: 'silver' })
    t.equal(lost.status, 400, 'a name without the tick would be lost')
    t.match(lost.text, /id="Level2-mistake"/)
    const twice = await set({ told: 'on', Level2: 'silver', Level3: 'silver' })
    t.match(twice.text, 'AcrConfiguration contains the value silver for more than one level.')
    t.match(twice.text, 'value="silver"', 'what was typed stays')
    t.match((await set({ told: 'on', Level2: 'with a blank' })).text, /id="Level2-mistake"/)
    await set({ told: 'on', Level2: 'silver', Level3: 'urn:cognito:loa:3' })
    t.match(await names(), names2)
    t.same((await pool()).AutoVerifiedAttributes, ['email'], 'another setting stays')
    t.match((await open(page)).text, /update-user-pool[\s\S]*AutoVerifiedAttributes[\s\S]*silver/)
    await set({ Level2: 'silver' })
    t.match(await names(), { Level2: { AcrValue: 'urn:cognito:loa:2' } }, 'without the tick names are gone')
  })

  t.test('clients register themselves once the form lets them, and the list says which did', async t => {
    const page = `${here}/settings`
    await send(`${here}/domain`, `${here}/domain`, { Domain: 'reef' })
    const discovery = async () =>
      (await fetch(`${rockpool.baseUrl}/${UserPoolId}/.well-known/openid-configuration`)).json()
    t.notOk((await discovery()).registration_endpoint)
    const form = { about: 'registration', enabled: 'on', open: 'on', OpenDcrGrantTypes: 'code' }
    const saved = await send(page, `${page}/registration`, form)
    t.match(saved.text, `${rockpool.baseUrl}/reef/oauth2/register`)
    t.match((await pool()).DcrConfiguration, { EnableStatus: 'Enabled', OpenDcrEnabled: true })
    const answer = await fetch((await discovery()).registration_endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ client_name: 'agent', redirect_uris: ['http://localhost:4000/callback'] }),
    })
    const { client_id: id } = (await answer.json()) as { client_id: string }
    t.match((await open(`${here}/clients`)).text, /agent<\/a> <span[^>]*>registered itself</)
    t.notMatch((await open(`${here}/clients`)).text, /web-app<\/a> <span[^>]*>registered itself</)
    t.match((await open(`${here}/clients/${id}`)).text, 'by itself')
    await send(page, `${page}/registration`, { about: 'registration' })
    t.notOk((await discovery()).registration_endpoint)
    await send(`${here}/domain`, `${here}/domain/delete`, { domain: 'reef' })
  })

  t.test('settings of a client are saved, and what the form does not ask for stays', async t => {
    const page = `${here}/clients/${ClientId}`
    const client = async () =>
      (await sdk.send(new cognito.DescribeUserPoolClientCommand({ UserPoolId, ClientId }))).UserPoolClient
    const secret = seed.UserPools[0]?.Clients[0]?.ClientSecret ?? ''
    t.notMatch((await open(page)).text, secret, 'the secret is not shown')
    t.match((await open(`${page}?secret=shown`)).text, secret, 'unless it is asked for')
    const settings = {
      SupportedIdentityProviders: 'COGNITO',
      AllowedOAuthFlows: 'code',
      AllowedOAuthScopes: 'openid',
      ExplicitAuthFlows: 'ALLOW_USER_PASSWORD_AUTH',
      CallbackURLs: 'http://localhost:3000/callback',
    }
    await send(page, page, settings)
    t.match(await client(), {
      CallbackURLs: ['http://localhost:3000/callback'],
      ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH'],
      AllowedOAuthFlowsUserPoolClient: true,
      ClientSecret: secret,
    })
    const wrong = await send(page, page, { ...settings, CallbackURLs: 'http://reef.example/callback' })
    t.equal(wrong.status, 400)
    t.match(wrong.text, /id="CallbackURLs-mistake"/)
    t.match(wrong.text, 'http://reef.example/callback', 'what was typed stays')
    t.match(await client(), { CallbackURLs: ['http://localhost:3000/callback'] })
    t.match((await send(page, `${page}/delete`)).text, 'The app client web-app is deleted.')
    await t.rejects(client(), { name: 'ResourceNotFoundException' })
  })

  t.test('a pool with a domain is not deleted, one without it is, with all that belongs to it', async t => {
    await send(`${here}/domain`, `${here}/domain`, { Domain: 'reef' })
    const refused = await send(here, `${here}/delete`)
    t.match(refused.text, 'It has a domain configured that should be deleted first.')
    t.match(refused.text, `href="/_rockpool${here}/domain"`, 'with the way there')
    await send(`${here}/domain`, `${here}/domain/delete`, { domain: 'reef' })
    const deleted = await send(here, `${here}/delete`)
    t.match(deleted.text, 'The user pool reef is deleted.')
    t.match(deleted.text, 'There is no user pool yet.')
    await t.rejects(pool(), { name: 'ResourceNotFoundException' })
    t.equal((await open(here)).status, 404)
  })
})

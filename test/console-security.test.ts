import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import type { Page } from 'playwright-core'
import t from 'tap'
import { steps } from '../src/console/steps.js'
import { asPage, atConsole } from './support/at-console.js'
import { launchChromium } from './support/chromium.js'
import { consolePages } from './support/console-pages.js'
import { pool2, sdkOf, somethingHappened } from './support/console-scene.js'
import { aRockpool } from './support/rockpool.js'

/** The console as somebody sees it who means harm: pages of strangers, and names that are markup. */

t.test('no form is taken that another page sends', async t => {
  const rockpool = await aRockpool(t)
  const { browser, url, open } = atConsole(rockpool)
  const forms = steps.filter(({ method }) => method === 'POST')
  t.ok(forms.length > 30, `there are ${forms.length} forms`)
  const marco = '5b1f6a52-1c0e-4d0b-9a57-2f1d7c3e8a02'
  const filled: Record<string, string> = {
    pool: pool2,
    sub: marco,
    client: '2directappatpool2clientid0',
    provider: 'CorporateID',
  }
  await open('/')
  const before = await rockpool.operations.exportUsers('oidc-pool-2')
  for (const { path } of forms) {
    const address = url(path.replace(/:(\w+)/g, (_, name: string) => filled[name] ?? name))
    const bare = await browser.post(address, {}, asPage)
    t.equal(bare.status, 400, `${path} without a token`)
    t.match(await bare.text(), 'This page has expired', path)
    for (const headers of [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }]) {
      const foreign = await browser.post(address, {}, { ...asPage, ...headers })
      t.equal(foreign.status, 403, `${path} from ${JSON.stringify(headers)}`)
    }
  }
  t.same(await rockpool.operations.exportUsers('oidc-pool-2'), before, 'nothing has changed')
  t.equal(rockpool.operations.clock.aheadSeconds, 0)
})

t.test('every page keeps secrets to itself, and lets nothing in', async t => {
  const rockpool = await aRockpool(t)
  await somethingHappened(rockpool)
  const { browser } = atConsole(rockpool)
  const secrets = ['pool1sharesthissecretwithpool2fordevelopmentonly000', 'Anemone-4-Marco!']
  for (const { name, path } of await consolePages(rockpool)) {
    const answer = await browser.get(`${rockpool.baseUrl}${path}`, asPage)
    const text = await answer.text()
    for (const secret of secrets) t.notMatch(text, secret, `${name} does not show ${secret.slice(0, 5)}…`)
    t.notMatch(
      text,
      /<style|<script(?! src="\/)| style="| on[a-z]+="|href="javascript:/i,
      `${name} has nothing inline`,
    )
    if (path === '/') continue
    const policy = answer.headers.get('content-security-policy') ?? ''
    t.match(policy, /^default-src 'none'; script-src 'self'; style-src 'self'/, name)
    for (const rule of ["frame-ancestors 'none'", "form-action 'self'", "base-uri 'none'"])
      t.match(policy, rule, name)
    t.equal(answer.headers.get('x-frame-options'), 'DENY', name)
    t.equal(answer.headers.get('cache-control'), 'no-store', name)
  }
})

/** Markup that runs wherever it becomes part of a page, also where it ends an attribute first. */
const markup = '"><img/src/onerror=alert(1)>'
const UserPoolId = 'us-east-1_Hostile01'

/** A pool in which everything that has a name, or a text, is called so. */
const hostile = {
  UserPools: [
    {
      PoolName: 'reef',
      Id: UserPoolId,
      Domain: 'hostile-reef',
      Schema: [{ Name: 'motto', AttributeDataType: 'String', Mutable: true }],
      AdminCreateUserConfig: {
        InviteMessageTemplate: {
          EmailSubject: `Welcome ${markup}`,
          EmailMessage: `<script>alert(1)</script>${markup} {username} {####}`,
          SMSMessage: `${markup} {username} {####}`,
        },
      },
      IdentityProviders: [
        {
          ProviderName: markup,
          ProviderType: 'OIDC',
          ProviderDetails: {
            client_id: markup,
            client_secret: 'asecretofthereefthatnobodyseesunasked',
            authorize_scopes: `openid ${markup}`,
            attributes_request_method: 'GET',
            oidc_issuer: 'http://127.0.0.1:9',
            authorize_url: 'http://127.0.0.1:9/authorize',
            token_url: 'http://127.0.0.1:9/token',
            attributes_url: 'http://127.0.0.1:9/userinfo',
            jwks_uri: 'http://127.0.0.1:9/jwks',
          },
          AttributeMapping: { email: markup, 'custom:motto': `</textarea>${markup}` },
          IdpIdentifiers: ['reef.example'],
        },
      ],
      ResourceServers: [
        {
          Identifier: 'https://api.reef.example/<img/src/onerror=alert(1)>',
          Name: 'Reef',
          Scopes: [{ ScopeName: 'read<img>', ScopeDescription: `</textarea>${markup}` }],
        },
      ],
      Clients: [
        {
          ClientName: 'web-app',
          ClientId: 'webappatthereef',
          CallbackURLs: [`http://localhost:3000/${encodeURIComponent(markup)}?</textarea>${markup}`],
          AllowedOAuthFlowsUserPoolClient: true,
          AllowedOAuthFlows: ['code'],
          AllowedOAuthScopes: ['openid'],
          SupportedIdentityProviders: ['COGNITO'],
        },
      ],
      Groups: [{ GroupName: markup, Description: `A group ${markup}` }],
      Users: [
        {
          Username: markup,
          Sub: '5b1f6a52-1c0e-4d0b-9a57-2f1d7c3e8a02',
          Password: 'Anemone-4-Marco!',
          UserAttributes: { email: 'marco@example.com', nickname: markup, 'custom:motto': `</dd>${markup}` },
          Groups: [markup],
        },
      ],
    },
  ],
}

t.test('names that are markup stay text', async t => {
  const rockpool = await aRockpool(t, { seed: hostile })
  const { baseUrl } = rockpool
  const sdk = sdkOf(rockpool)
  for (const [Username, medium] of [
    ['<img/src/onerror=alert(2)>', 'EMAIL'],
    ['<img/src/onerror=alert(3)>', 'SMS'],
  ] as const)
    await sdk.send(
      new cognito.AdminCreateUserCommand({
        UserPoolId,
        Username,
        DesiredDeliveryMediums: [medium],
        UserAttributes: [
          { Name: 'email', Value: 'nemo@example.com' },
          { Name: 'phone_number', Value: '+14155550100' },
        ],
      }),
    )
  // A flight with markup in what the browser, and the provider, said.
  const query = new URLSearchParams({
    client_id: 'webappatthereef',
    response_type: 'code',
    redirect_uri: markup,
  })
  await fetch(`${baseUrl}/hostile-reef/oauth2/authorize?${query}&state=${encodeURIComponent(markup)}`)
  const messages = await rockpool.operations.messages()
  t.equal(messages.length, 2)

  const chromium = await launchChromium()
  t.teardown(() => chromium.close())
  // What counts is that nothing becomes markup; the policy, which would stop it from running, is left out.
  const context = await chromium.newContext({ bypassCSP: true })
  const page = await context.newPage()
  const ran: string[] = []
  page.on('dialog', dialog => {
    ran.push(page.url())
    void dialog.dismiss()
  })
  const pool = `/_rockpool/pools/${UserPoolId}`
  const name = encodeURIComponent(markup)
  const paths = [
    '/_rockpool/',
    '/_rockpool/pools',
    pool,
    ...[
      'users',
      'groups',
      'clients',
      'clients/webappatthereef',
      'domain',
      'resource-servers',
      'providers',
      'code',
    ].map(one => `${pool}/${one}`),
    `${pool}/users/5b1f6a52-1c0e-4d0b-9a57-2f1d7c3e8a02`,
    `${pool}/users?by=username&begins=${name}`,
    `${pool}/group?name=${name}`,
    `${pool}/providers/${name}`,
    `${pool}/resource-server?identifier=${encodeURIComponent('https://api.reef.example/<img/src/onerror=alert(1)>')}`,
    `${pool}/providers/new?type=${name}`,
    '/_rockpool/flights',
    ...rockpool.operations.flights().map(({ id }) => `/_rockpool/flights/${id}`),
    `/_rockpool/flights?user=${name}&client=${name}`,
    '/_rockpool/inbox',
    ...messages.map(({ id }) => `/_rockpool/inbox/${id}`),
    '/_rockpool/doctor',
    '/_rockpool/sessions',
  ]
  let told = 0
  for (const path of paths) {
    await page.goto(`${baseUrl}${path}`)
    t.equal(await foreign(page), 0, `${path} has no element of theirs`)
    if (((await page.textContent('main')) ?? '').includes('<img/src/onerror=alert(')) told += 1
  }
  t.ok(told > 12, `${told} pages show the names as they are`)
  t.same(ran, [], 'nothing ran')
  await context.close()

  t.test('a mail, also one that is opened by itself, runs nothing', async t => {
    const mail = messages.find(({ medium }) => medium === 'EMAIL')
    const alone = await chromium.newPage()
    alone.on('dialog', dialog => {
      ran.push(alone.url())
      void dialog.dismiss()
    })
    for (const path of [`/_rockpool/inbox/${mail?.id}`, `/_rockpool/inbox/${mail?.id}/body`])
      await alone.goto(`${baseUrl}${path}`)
    t.match(await alone.textContent('body'), 'alert(1)', 'the mail is there')
    t.same(ran, [], 'nothing ran')
    await alone.close()
  })

  t.test('what a form answers with stays text as well', async t => {
    const { send } = atConsole(rockpool)
    const made = `${pool.replace('/_rockpool', '')}/providers/new?type=OIDC`
    const found = await send(made, made, {
      discover: '1',
      ProviderName: markup,
      oidc_issuer: `http://127.0.0.1:9/${markup}`,
    })
    t.notMatch(found.text, '<img/src')
    const one = `${pool.replace('/_rockpool', '')}/providers/${name}`
    const tried = await send(one, `${one}/try`, {
      client: 'webappatthereef',
      claims: JSON.stringify({ sub: markup, [markup]: `${markup}@example.com` }),
    })
    t.match(tried.text, 'A new user')
    t.notMatch(tried.text, '<img/src')
  })
})

/** Elements that are there by what somebody was called. */
const foreign = (page: Page): Promise<number> =>
  page.evaluate("document.querySelectorAll('img, [onerror], script:not([src])').length")

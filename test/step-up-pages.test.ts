import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { anSdk, refusal } from './support/api.js'
import { aBrowser, type Browser } from './support/browser.js'
import { launchChromium } from './support/chromium.js'
import { totpAt } from './support/guarded-pool.js'
import { signingKeys } from './support/keys.js'
import { claimsOf, client, password } from './support/oauth-client.js'
import { aClock, aRockpool, postForm, signInAt } from './support/rockpool.js'

// Levels of assurance at the hosted pages, and through other providers (docs/facts/additions-2026.md §3.5, §3.6).

const UserPoolId = 'us-east-1_Shop00001'
const [keysOfShop, keysOfBank] = await Promise.all([signingKeys(), signingKeys()])
const secret = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'
/** The app that people come back to. */
const site = createServer((_request, answer) => answer.end('the app')).listen(0, 'localhost')
await once(site, 'listening')
t.teardown(() => site.close())
const callback = `http://localhost:${(site.address() as AddressInfo).port}/cb`
const level = (number: number) => `urn:cognito:loa:${number}`
const mfa = { MfaConfiguration: 'OPTIONAL', SoftwareTokenMfaConfiguration: { Enabled: true } }
const users = [
  { Username: 'jane', Password: password, SoftwareTokenSecret: secret },
  { Username: 'marco', Password: password },
]

const web = (ClientName: string, more: object = {}) =>
  client(ClientName, {
    CallbackURLs: [callback],
    AllowedOAuthScopes: ['openid', 'aws.cognito.signin.user.admin'],
    ExplicitAuthFlows: ['ALLOW_USER_AUTH', 'ALLOW_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
    ...more,
  })

const bankSeenFromShop = (ProviderName: string, more: object) => ({
  ProviderName,
  ProviderType: 'OIDC',
  ProviderDetails: {
    client_id: 'shopatbank0id',
    client_secret: 'thesecretoftheshopatthebank000',
    authorize_scopes: 'openid',
    attributes_request_method: 'GET',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a reference of the seed
    oidc_issuer: '${pools.bank.issuer}',
  },
  ...more,
})

const seed = (tier = 'ESSENTIALS') => ({
  UserPools: [
    {
      PoolName: 'shop',
      Id: UserPoolId,
      Domain: 'shop',
      UserPoolTier: tier,
      SigningKeys: keysOfShop,
      ...mfa,
      Clients: [web('app'), web('bare', { SupportedIdentityProviders: ['COGNITO', 'Bank', 'Unmapped'] })],
      IdentityProviders:
        tier === 'LITE'
          ? []
          : [
              bankSeenFromShop('Bank', { AcrMapping: { Level2: 'mail', Level4: 'vault' } }),
              bankSeenFromShop('Unmapped', {}),
            ],
      Users: users,
    },
    {
      PoolName: 'bank',
      Id: 'us-east-1_Bank00001',
      Domain: 'bank',
      SigningKeys: keysOfBank,
      ...mfa,
      Clients: [
        client('shopatbank', {
          ClientSecret: 'thesecretoftheshopatthebank000',
          // biome-ignore lint/suspicious/noTemplateCurlyInString: a reference of the seed
          CallbackURLs: ['${pools.shop.domain}/oauth2/idpresponse'],
          AllowedOAuthScopes: ['openid'],
        }),
      ],
      Users: users,
    },
  ].filter(({ PoolName }) => tier !== 'LITE' || PoolName === 'shop'),
})

async function aShop(t: Test, tier?: string) {
  const clock = aClock()
  const given = seed(tier)
  if (tier === 'LITE')
    for (const one of given.UserPools[0]?.Clients ?? [])
      Object.assign(one, { SupportedIdentityProviders: ['COGNITO'] })
  const rockpool = await aRockpool(t, { seed: given, clock })
  const sdk = anSdk(t, rockpool)
  const domain = `${rockpool.baseUrl}/shop`
  const query = (more: Record<string, string> = {}) =>
    new URLSearchParams({
      client_id: 'app0id',
      response_type: 'code',
      redirect_uri: callback,
      ...more,
    }).toString()
  const authorize = (browser: Browser, more: Record<string, string> = {}) =>
    browser.follow(`${domain}/oauth2/authorize?${query(more)}`, callback)
  const tokens = async (url: URL, client_id = 'app0id') => {
    const code = url.searchParams.get('code') ?? ''
    const form = { grant_type: 'authorization_code', client_id, code, redirect_uri: callback }
    const answer = (await (await postForm(`${domain}/oauth2/token`, form)).json()) as Record<string, string>
    const [access, id] = [claimsOf(answer.access_token), claimsOf(answer.id_token)]
    t.strictSame([id.acr, id.amr], [access.acr, access.amr])
    return access
  }
  /** The code of the authenticator app; the clock moves on, since each is good once. */
  const totp = () => {
    clock.advance({ seconds: 30 })
    return totpAt(secret, clock.now())
  }
  const signIn = (browser: Browser, username = 'marco', more = {}) =>
    signInAt(browser, domain, query(more), { username, password })
  return { clock, rockpool, sdk, domain, query, authorize, tokens, totp, signIn }
}

/** The hidden fields of a form, and where it goes. */
const formIn = (text = '') => ({
  action: (/<form[^>]* action="([^"]+)"/.exec(text)?.[1] ?? '').replaceAll('&amp;', '&'),
  fields: Object.fromEntries(
    [...text.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(([, name, value]) => [
      name,
      value,
    ]),
  ) as Record<string, string>,
})

t.test('N54 the tier LITE has no levels: the API refuses them, the pages pass over them', async t => {
  const { sdk, signIn, tokens } = await aShop(t, 'LITE')
  const begun = sdk.send(
    new cognito.InitiateAuthCommand({
      ClientId: 'app0id',
      AuthFlow: 'USER_AUTH',
      AuthParameters: { USERNAME: 'marco', TARGET_ACR_VALUES: level(4) },
    }),
  )
  t.match(await refusal(begun), ['FeatureUnavailableInTierException'])
  const access = await tokens(await signIn(aBrowser(), 'marco', { acr_values: level(4) }))
  t.notOk('acr' in access || 'amr' in access)
})

t.test('acr_values and max_age at the authorize endpoint', async t => {
  const { authorize, signIn, tokens, domain, clock } = await aShop(t)
  const browser = aBrowser()
  t.strictSame(
    (({ acr, amr }) => ({ acr, amr }))(
      await tokens(await signIn(browser, 'marco', { acr_values: `${level(4)} ${level(1)}` })),
    ),
    { acr: level(1), amr: ['pwd'] },
    'the first level that the user can reach',
  )
  t.ok(
    (await authorize(browser, { acr_values: level(1) })).url.searchParams.get('code'),
    'met: a code at once',
  )
  for (const acr_values of [level(4), 'gold', `gold ${level(1)}`])
    t.ok(
      (await authorize(browser, { acr_values })).url.searchParams.get('code'),
      `${acr_values}: nothing to ask for`,
    )

  const old = aBrowser()
  await signIn(old, 'marco')
  clock.advance({ seconds: 100 })
  t.match(
    (await authorize(old, { acr_values: level(1), max_age: '99' })).url.href,
    `${domain}/login`,
    'too old',
  )
  t.ok((await authorize(old, { acr_values: level(1), max_age: '100' })).url.searchParams.get('code'))
  t.match(
    (await authorize(old, { max_age: '0' })).url.href,
    `${domain}/login`,
    'max_age=0 with a session: the form',
  )
  const silent = await authorize(old, { prompt: 'none', acr_values: level(4) })
  t.ok(silent.url.searchParams.get('code'), 'nothing is lacking that could be asked for')
})

t.test('N55 a session below the level is asked for the rest alone, in a browser', async t => {
  const { sdk, domain, query, totp, tokens, clock } = await aShop(t)
  const chromium = await launchChromium()
  t.teardown(() => chromium.close())
  const enable = (Enabled: boolean) =>
    sdk.send(
      new cognito.AdminSetUserMFAPreferenceCommand({
        UserPoolId,
        Username: 'jane',
        SoftwareTokenMfaSettings: { Enabled },
      }),
    )
  /** Acts, and answers where the app was called back. */
  const back = async (page: Page, act: () => Promise<unknown>): Promise<URL> => {
    await act()
    await page.waitForURL(url => url.href.startsWith(`${callback}?code=`))
    return new URL(page.url())
  }
  const silent = aBrowser()
  await enable(false)
  await signInAt(silent, domain, query(), { username: 'jane', password })
  await enable(true)
  const asked = await silent.follow(
    `${domain}/oauth2/authorize?${query({ acr_values: level(4), prompt: 'none' })}`,
    callback,
  )
  t.equal(asked.url.searchParams.get('error'), 'login_required', 'prompt=none cannot ask')
  for (const version of [1, 2]) {
    await sdk.send(
      new cognito.UpdateUserPoolDomainCommand({ UserPoolId, Domain: 'shop', ManagedLoginVersion: version }),
    )
    if (version === 2)
      await sdk.send(
        new cognito.CreateManagedLoginBrandingCommand({
          UserPoolId,
          ClientId: 'app0id',
          UseCognitoProvidedValues: true,
        }),
      )
    await enable(false)
    const context = await chromium.newContext()
    const page = await context.newPage()
    await page.goto(`${domain}/login?${query({ acr_values: level(1) })}`)
    if (version === 1) {
      await page.locator('#signInFormUsername').fill('jane')
      await page.locator('#signInFormPassword').fill(password)
    } else {
      await page.locator('[name=username]').fill('jane')
      await page.keyboard.press('Enter')
      await page.locator('[name=password]').fill(password)
    }
    const first = await back(page, () => page.keyboard.press('Enter'))
    t.match(await tokens(first), { acr: level(1), amr: ['pwd'] }, `pages of version ${version}: a password`)

    await enable(true)
    clock.advance({ seconds: 60 })
    await page.goto(`${domain}/oauth2/authorize?${query({ acr_values: `${level(4)} ${level(3)}` })}`)
    t.match(page.url(), `${domain}/mfa?`, 'the authenticator app, and no form before it')
    t.equal(await page.locator('[type=password]').count(), 0)
    await page.locator('#code').fill('000000')
    await page.keyboard.press('Enter')
    await page.locator('#mfaError').waitFor()
    await page.locator('#code').fill(totp())
    const second = await back(page, () => page.keyboard.press('Enter'))
    const more = await tokens(second)
    t.match(more, { acr: level(4), amr: ['pwd', 'otp', 'mfa'] })
    t.equal(more.auth_time, Math.floor(clock.now() / 1000), 'the time of the step-up')
    const third = await back(page, () =>
      page.goto(`${domain}/oauth2/authorize?${query({ acr_values: level(4) })}`),
    )
    t.match(await tokens(third), { acr: level(4) }, 'the browser has that level now')
    await page.goto(`${domain}/oauth2/authorize?${query({ acr_values: level(4), max_age: '0' })}`)
    t.match(page.url(), `${domain}/login?`, 'max_age=0: the form')
    await context.close()
  }
})

t.test('N56 another provider is asked for the level by the name that it has there', async t => {
  const { rockpool, sdk, authorize, tokens, totp } = await aShop(t)
  const described = await sdk.send(
    new cognito.DescribeIdentityProviderCommand({ UserPoolId, ProviderName: 'Bank' }),
  )
  t.strictSame(described.IdentityProvider?.AcrMapping, { Level2: 'mail', Level4: 'vault' })
  const names = (Level1: string) => ({ Level1: { AcrValue: Level1 }, Level4: { AcrValue: 'vault' } })
  const nameAtBank = (AcrConfiguration: Record<string, { AcrValue: string }> | undefined) =>
    sdk.send(
      new cognito.UpdateUserPoolCommand({
        UserPoolId: 'us-east-1_Bank00001',
        ...(AcrConfiguration && { AcrConfiguration }),
      }),
    )
  /** Signs in at the bank, as a browser that is led there from the shop. */
  const through = async (browser: Browser, more: Record<string, string>) => {
    const there = await authorize(browser, { client_id: 'bare0id', ...more })
    t.match(there.url.href, `${rockpool.baseUrl}/bank/login`)
    const username = more.as ?? 'marco'
    const { action, fields } = formIn(there.page?.text)
    const answer = await browser.post(new URL(action, there.url).href, { ...fields, username, password })
    const next = await browser.follow(new URL(answer.headers.get('location') ?? '', there.url).href, callback)
    return { there, next }
  }
  await nameAtBank(names('bronze'))
  const plain = await through(aBrowser(), { identity_provider: 'Unmapped', acr_values: level(1) })
  t.equal(plain.there.url.searchParams.get('acr_values'), null, 'nothing is mapped')
  t.match(
    await tokens(plain.next.url, 'bare0id'),
    { acr: level(1), amr: ['pwd'] },
    'an unmapped level is the lowest',
  )

  const browser = aBrowser()
  const first = await through(browser, {
    identity_provider: 'Bank',
    acr_values: `${level(4)} ${level(3)} ${level(2)}`,
    as: 'jane',
  })
  t.equal(first.there.url.searchParams.get('acr_values'), 'vault mail', 'those that are mapped')
  const { action, fields } = formIn(first.next.page?.text)
  const answer = await browser.post(new URL(action, first.next.url).href, { ...fields, code: totp() })
  const there = await browser.follow(
    new URL(answer.headers.get('location') ?? '', first.next.url).href,
    callback,
  )
  t.match(await tokens(there.url, 'bare0id'), { acr: level(4), amr: ['pwd', 'otp', 'mfa'] })
  const again = await authorize(browser, { client_id: 'bare0id', acr_values: level(4) })
  t.ok(again.url.searchParams.get('code'), 'met: a code at once')

  await nameAtBank(undefined)
  const silent = await through(aBrowser(), { identity_provider: 'Unmapped' })
  const claims = await tokens(silent.next.url, 'bare0id')
  t.notOk('amr' in claims, 'nobody asked')
  const SAML = sdk.send(
    new cognito.CreateIdentityProviderCommand({
      UserPoolId,
      ProviderName: 'Harbour',
      ProviderType: 'SAML',
      ProviderDetails: { MetadataFile: '<x/>' },
      AcrMapping: { Level1: 'one' },
    }),
  )
  t.match(await refusal(SAML), ['InvalidParameterException', /AcrMapping/])
})

t.test('a provider that tells of no method: the word of a provider, at the lowest level', async t => {
  const { sdk, authorize, tokens, rockpool } = await aShop(t)
  await sdk.send(
    new cognito.UpdateUserPoolCommand({
      UserPoolId,
      MfaConfiguration: 'OPTIONAL',
      AcrConfiguration: { Level1: { AcrValue: 'bronze' } },
    }),
  )
  const browser = aBrowser()
  const there = await authorize(browser, { client_id: 'bare0id', identity_provider: 'Bank' })
  t.match(there.url.href, `${rockpool.baseUrl}/bank/login`)
  const { action, fields } = formIn(there.page?.text)
  const answer = await browser.post(new URL(action, there.url).href, {
    ...fields,
    username: 'marco',
    password,
  })
  const back = await browser.follow(new URL(answer.headers.get('location') ?? '', there.url).href, callback)
  t.match(await tokens(back.url, 'bare0id'), { acr: 'bronze', amr: ['fed'] })
})

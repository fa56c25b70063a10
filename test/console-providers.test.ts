import { generateKeyPairSync } from 'node:crypto'
import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { atConsole } from './support/at-console.js'
import { aBrowser } from './support/browser.js'
import { launchChromium } from './support/chromium.js'
import { sdkOf } from './support/console-scene.js'
import { aRockpool } from './support/rockpool.js'
import { aSamlReef, leave, pick } from './support/saml-reef.js'

/** The forms of the console for identity providers that are not OpenID Connect, and the box that tries a mapping. */

const chromium = await launchChromium()
t.teardown(() => chromium.close())

const poolId = 'us-east-1_Console01'
const pool = `/pools/${poolId}`

/** A pool without providers, whose app is the built-in one, and a SAML provider that is built in. */
async function aConsole(t: Test) {
  const seed = {
    UserPools: [
      {
        PoolName: 'reef',
        Id: poolId,
        Domain: 'reef',
        Schema: [{ Name: 'email', Required: true, Mutable: true }],
        Clients: [
          {
            ClientName: 'web-app',
            ClientId: 'webappatthereef',
            // biome-ignore lint/suspicious/noTemplateCurlyInString: a reference
            CallbackURLs: ['${base}/_rockpool/app/callback'],
            AllowedOAuthFlowsUserPoolClient: true,
            AllowedOAuthFlows: ['code'],
            AllowedOAuthScopes: ['openid', 'email', 'profile'],
            SupportedIdentityProviders: ['COGNITO'],
          },
        ],
      },
    ],
    UpstreamProviders: [{ Name: 'corp', Kind: 'saml' }],
  }
  const rockpool = await aRockpool(t, { seed })
  const { baseUrl } = rockpool
  const metadata = `${baseUrl}/_rockpool/zoo/corp/saml/metadata`
  // It may still be starting, for longer than a form waits where the machine is slow.
  await fetch(metadata)
  const sdk = sdkOf(rockpool)
  const described = async (ProviderName: string) => {
    const describe = new cognito.DescribeIdentityProviderCommand({ UserPoolId: poolId, ProviderName })
    return (await sdk.send(describe)).IdentityProvider
  }
  return { rockpool, sdk, metadata, described, ...atConsole(rockpool) }
}

type AConsole = Awaited<ReturnType<typeof aConsole>>

t.test('a provider names levels of assurance, which the form takes away again', async t => {
  const { open, send, described, rockpool } = await aConsole(t)
  const form = `${pool}/providers/new?type=OIDC`
  const details = {
    ProviderName: 'Corp',
    client_id: 'reef',
    client_secret: 'a-secret',
    authorize_scopes: 'openid',
    attributes_request_method: 'GET',
    oidc_issuer: 'https://corp.example',
    ...Object.fromEntries(
      ['authorize_url', 'token_url', 'attributes_url', 'jwks_uri'].map(name => [
        name,
        `https://corp.example/${name}`,
      ]),
    ),
  }
  const made = await send(form, form, { ...details, Level2: 'silver', Level3: 'gold' })
  t.match(made.text, 'The identity provider Corp is there', rockpool.baseUrl)
  t.same((await described('Corp'))?.AcrMapping, { Level2: 'silver', Level3: 'gold' })
  const page = `${pool}/providers/Corp`
  const { text } = await open(page)
  t.match(text, /<details open><summary>Levels of assurance[\s\S]*value="silver"/)
  t.match(text, /update-identity-provider[\s\S]*AcrMapping/, 'they are shown as code')
  await send(page, page, { ...details, details: 'sent', Level2: 'bronze' })
  t.same((await described('Corp'))?.AcrMapping, { Level2: 'bronze' })
  await send(page, page, { ...details, details: 'sent' })
  t.same((await described('Corp'))?.AcrMapping ?? {}, {})
})

t.test('a SAML provider by the address of its metadata', async t => {
  const { send, open, described, metadata } = await aConsole(t)
  const form = `${pool}/providers/new?type=SAML`
  const made = `${pool}/providers/CorpSaml`

  t.test('the form says what to register there, and offers the metadata of a built-in one', async t => {
    const { text } = await open(form)
    t.match(text, `urn:amazon:cognito:sp:${poolId}`)
    t.match(text, '/reef/saml2/idpresponse')
    t.match(text, `<option value="${metadata}">`)
  })

  t.test('reading the metadata shows what is found, and keeps nothing', async t => {
    const { text } = await send(form, form, {
      discover: '1',
      ProviderName: 'CorpSaml',
      MetadataURL: metadata,
    })
    t.match(text, /<dt>Entity ID<\/dt><dd>http[^<]*\/zoo\/corp\/saml\/metadata</)
    t.match(text, /<dt>Certificates<\/dt><dd>1</)
    t.match(text, `value="${metadata}"`, 'what was typed stays')
    await t.rejects(described('CorpSaml'), { name: 'ResourceNotFoundException' })
  })

  t.test('metadata that are not to be had are explained', async t => {
    const { text } = await send(form, form, { discover: '1', MetadataURL: 'http://127.0.0.1:9/metadata' })
    t.match(text, /<strong>Because<\/strong> [\s\S]*127\.0\.0\.1:9/)
    const none = await send(form, form, { ProviderName: 'CorpSaml' })
    t.match(none.text, /class="mistake"[^>]*>[^<]*there are none/)
  })

  t.test('it is made with every switch, and identifiers', async t => {
    const { text } = await send(form, form, {
      ProviderName: 'CorpSaml',
      MetadataURL: metadata,
      IDPSignout: 'true',
      RequestSigningAlgorithm: 'rsa-sha256',
      EncryptedResponses: 'true',
      IDPInit: 'true',
      IdpIdentifiers: 'example.com\r\nexample.org',
    })
    t.match(text, 'The identity provider CorpSaml is there.')
    const provider = await described('CorpSaml')
    t.match(provider, {
      ProviderDetails: {
        MetadataURL: metadata,
        IDPSignout: 'true',
        RequestSigningAlgorithm: 'rsa-sha256',
        EncryptedResponses: 'true',
        IDPInit: 'true',
      },
      IdpIdentifiers: ['example.com', 'example.org'],
    })
    t.equal(text.match(/type="checkbox" name="\w+" value="[\w-]+" checked/g)?.length, 4)
  })

  t.test('switches are turned off, and an identifier that is odd is marked', async t => {
    await send(made, made, { details: 'sent', MetadataURL: metadata, IDPInit: 'true' })
    const { ProviderDetails, IdpIdentifiers } = (await described('CorpSaml')) ?? {}
    t.match(ProviderDetails, { IDPSignout: 'false', EncryptedResponses: 'false', IDPInit: 'true' })
    t.notOk(ProviderDetails?.RequestSigningAlgorithm)
    t.same(IdpIdentifiers, [])
    const odd = await send(made, made, { details: 'sent', MetadataURL: metadata, IdpIdentifiers: 'a/b' })
    t.equal(odd.status, 400)
    t.match(odd.text, /id="IdpIdentifiers-mistake"/)
  })

  t.test('it is deleted', async t => {
    t.match((await send(made, `${made}/delete`)).text, 'The identity provider CorpSaml is deleted.')
    await t.rejects(described('CorpSaml'), { name: 'ResourceNotFoundException' })
  })
})

t.test('a SAML provider by its metadata document', async t => {
  const { send, described, metadata } = await aConsole(t)
  const form = `${pool}/providers/new?type=SAML`
  const MetadataFile = await (await fetch(metadata)).text()
  const both = await send(form, form, { ProviderName: 'CorpSaml', MetadataURL: metadata, MetadataFile })
  t.match(both.text, /id="MetadataFile-mistake"/)
  const broken = await send(form, form, { ProviderName: 'CorpSaml', MetadataFile: '<EntityDescriptor/>' })
  t.equal(broken.status, 400)
  t.match(broken.text, '&lt;EntityDescriptor/&gt;', 'what was pasted stays')
  await send(form, form, { ProviderName: 'CorpSaml', MetadataFile })
  t.match((await described('CorpSaml'))?.ProviderDetails?.MetadataFile, /EntityDescriptor/)
})

t.test('attributes of SAML are mapped by their names, and the mapping is tried', async t => {
  const reef = await aSamlReef(t, { mapping: {} })
  const { send, open } = atConsole(reef.rockpool)
  const page = '/pools/us-east-1_SamlReef1/providers/Corp'
  const email = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress'
  t.match((await open(page)).text, `placeholder="${email}"`)
  await send(page, `${page}/mapping`, { mapping: 'sent', 'claim:email': email })
  const tried = (claims: string) => send(page, `${page}/try`, { claims, client: 'appatreef' })

  t.test('by attributes', async t => {
    const { text } = await tried(JSON.stringify({ NameID: 'Ann', [email]: 'ann@example.com' }))
    t.match(text, /A new user: corp_ann/i)
    t.match(text, /ann@example\.com<\/div>[\s\S]*written/)
    const short = await tried(JSON.stringify({ NameID: 'Ann', email: 'ann@example.com' }))
    t.match(short.text, 'not sent', 'a short name is another one')
    t.match((await tried('{"email": "ann@example.com"}')).text, /NameID/)
  })

  t.test('by a response as the browser posts it', async t => {
    const posted = await pick(await leave(reef, aBrowser()), { username: 'ann' })
    const { text } = await tried(posted.fields.SAMLResponse ?? '')
    t.match(text, /A new user: corp_ann/i)
    const xml = Buffer.from(posted.fields.SAMLResponse ?? '', 'base64').toString()
    t.match((await tried(xml)).text, /A new user: corp_ann/i)
    t.match((await tried('<a/>')).text, 'nor a SAML response with an assertion that can be read')
  })
})

const social = [
  {
    type: 'Google',
    details: { client_id: 'reef', client_secret: 'a-secret-of-the-reef', authorize_scopes: 'openid email' },
  },
  {
    type: 'Facebook',
    details: {
      client_id: 'reef',
      client_secret: 'a-secret-of-the-reef',
      authorize_scopes: 'public_profile,email',
      api_version: 'v21.0',
    },
  },
  {
    type: 'LoginWithAmazon',
    details: { client_id: 'reef', client_secret: 'a-secret-of-the-reef', authorize_scopes: 'profile' },
  },
  {
    type: 'SignInWithApple',
    details: {
      client_id: 'com.example.reef',
      team_id: 'TEAM123456',
      key_id: 'KEY1234567',
      private_key: generateKeyPairSync('ec', { namedCurve: 'P-256' })
        .privateKey.export({ type: 'pkcs8', format: 'pem' })
        .toString(),
      authorize_scopes: 'email name',
    },
  },
] as const

t.test('social providers have the details of their type', async t => {
  const { send, open, described } = await aConsole(t)
  for (const { type, details } of social)
    await t.test(type, async t => {
      const form = `${pool}/providers/new?type=${type}`
      const fresh = await open(form)
      for (const name of Object.keys(details)) t.match(fresh.text, `name="${name}"`)
      t.match(fresh.text, 'A built-in provider stands in', 'who answers is said')
      t.match(fresh.text, '/reef/oauth2/idpresponse', 'and what has to be registered')
      const { text } = await send(form, form, { ProviderName: type, ...details })
      t.match(text, `The identity provider ${type} is there.`)
      const kept = (await described(type))?.ProviderDetails
      for (const [name, value] of Object.entries(details))
        if (name !== 'private_key') t.equal(kept?.[name], value, name)
      const secret = 'private_key' in details ? details.private_key.split('\n')[1] : details.client_secret
      t.notMatch(text, secret ?? '-', 'the secret is not shown')

      const made = `${pool}/providers/${type}`
      const page = (await open(made)).text
      t.notMatch(page, secret ?? '-', 'nor later')
      const { client_secret: _secret, private_key: _key, ...others } = details as Record<string, string>
      const saved = await send(made, made, { details: 'sent', ...others, authorize_scopes: 'email' })
      t.match(saved.text, `${type} is saved.`)
      const after = (await described(type))?.ProviderDetails
      t.equal(after?.authorize_scopes, 'email')
      t.equal(after?.client_secret, kept?.client_secret, 'an empty secret stays as it is')
      t.equal(after?.token_url, kept?.token_url, 'and so does what no form asks for')
    })
  t.test('a name other than the type is marked', async t => {
    const form = `${pool}/providers/new?type=Google`
    const { status, text } = await send(form, form, { ProviderName: 'Goggle', ...social[0].details })
    t.equal(status, 400)
    t.match(text, /id="ProviderName-mistake"/)
  })
})

/** Makes a provider by clicking, maps the mail address and lets the app offer it. */
async function setUp(
  { rockpool }: AConsole,
  { page, type, name, fields }: { page: Page; type: string; name: string; fields: Record<string, string> },
): Promise<void> {
  const at = `${rockpool.baseUrl}/_rockpool${pool}`
  await page.goto(`${at}/providers/new?type=${type}`)
  for (const [label, value] of Object.entries({ 'Provider name': name, ...fields }))
    await page.getByLabel(label, { exact: true }).fill(value)
  await page.getByRole('button', { name: 'Create provider' }).click()
  await page.getByLabel('Claim for email', { exact: true }).fill('email')
  await page.getByRole('button', { name: 'Save mapping' }).click()
  await page.goto(`${at}/clients/webappatthereef`)
  await page.getByLabel(name, { exact: true }).check()
  await page.getByRole('button', { name: 'Save settings' }).click()
}

t.test('what was made by clicking signs people in', async t => {
  const console = await aConsole(t)
  const { rockpool, metadata, sdk } = console
  const secret = 'a-secret-of-the-reef'
  for (const [type, name, fields] of [
    ['SAML', 'CorpSaml', { 'Metadata URL': metadata }],
    ['Google', 'Google', { 'Client ID': 'reef', 'Client secret': secret }],
    ['Facebook', 'Facebook', { 'App ID': 'reef', 'App secret': secret }],
    ['LoginWithAmazon', 'LoginWithAmazon', { 'Client ID': 'reef', 'Client secret': secret }],
    [
      'SignInWithApple',
      'SignInWithApple',
      {
        'Services ID': 'com.example.reef',
        'Team ID': 'TEAM123456',
        'Key ID': 'KEY1234567',
        'Private key': social[3].details.private_key,
      },
    ],
  ] as const)
    await t.test(type, async t => {
      const context = await chromium.newContext()
      t.teardown(() => context.close())
      context.setDefaultTimeout(30_000)
      const page = await context.newPage()
      await setUp(console, { page, type, name, fields })
      const opened = context.waitForEvent('page')
      await page.getByRole('link', { name: 'Launch Hosted UI' }).first().click()
      const shown = await opened
      await shown.locator(`[data-provider=${name}]`).click()
      await shown.waitForURL(/_rockpool\/zoo/)
      await shown.getByRole('button', { name: /ann/i }).first().click()
      await shown.waitForURL(/_rockpool\/app\/callback/)
      const { Users = [] } = await sdk.send(new cognito.ListUsersCommand({ UserPoolId: poolId }))
      const mine = Users.filter(({ Username }) =>
        Username?.toLowerCase().startsWith(`${name.toLowerCase()}_`),
      )
      t.equal(mine.length, 1, `a user of ${name} is in ${rockpool.baseUrl}`)
      t.equal(mine[0]?.UserStatus, 'EXTERNAL_PROVIDER')
    })
})

t.test('a file is chosen in the place of pasting it', async t => {
  const { rockpool, described, metadata } = await aConsole(t)
  const context = await chromium.newContext()
  t.teardown(() => context.close())
  const page = await context.newPage()
  await page.goto(`${rockpool.baseUrl}/_rockpool${pool}/providers/new?type=SAML`)
  await page.getByLabel('Provider name').fill('CorpSaml')
  const buffer = Buffer.from(await (await fetch(metadata)).text())
  await page
    .getByLabel('Metadata document: choose a file')
    .setInputFiles({ name: 'metadata.xml', mimeType: 'application/xml', buffer })
  await page.getByText('Identity provider').first().waitFor()
  await page.waitForFunction("document.getElementById('MetadataFile').value.includes('EntityDescriptor')")
  await page.getByRole('button', { name: 'Create provider' }).click()
  await page.getByText('The identity provider CorpSaml is there.').waitFor()
  t.match((await described('CorpSaml'))?.ProviderDetails?.MetadataFile, /EntityDescriptor/)
})

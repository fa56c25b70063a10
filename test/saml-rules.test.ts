import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  CreateIdentityProviderCommand,
  CreateUserPoolClientCommand,
  DeleteIdentityProviderCommand,
  DescribeIdentityProviderCommand,
  type IdentityProviderTypeType,
  UpdateIdentityProviderCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import t from 'tap'
import { inflated, isSignedQuery } from '../src/saml/redirect.js'
import { refusal } from './support/api.js'
import { aBrowser } from './support/browser.js'
import { aCertificate } from './support/certificates.js'
import { aClock, authorizeQuery } from './support/rockpool.js'
import {
  appCallback,
  aSamlReef,
  deliver,
  idToken,
  leave,
  pick,
  poolId,
  postedBy,
  prefix,
  signIn,
} from './support/saml-reef.js'
import { unaskedProvider } from './support/unasked-provider.js'

const file = (MetadataFile: string) => ({
  ProviderName: 'File',
  ProviderType: 'SAML',
  ProviderDetails: { MetadataFile },
})

t.test('what describes a SAML provider', async t => {
  const reef = await aSamlReef(t, { upstream: { Quirks: [] } })
  const { sdk, rockpool } = reef
  const metadata = `${rockpool.baseUrl}/_rockpool/zoo/corp/saml/metadata`
  const MetadataFile = await (await fetch(metadata)).text()
  const create = (ProviderDetails: Record<string, string>, ProviderName = 'New') =>
    sdk.send(
      new CreateIdentityProviderCommand({
        UserPoolId: poolId,
        ProviderName,
        ProviderType: 'SAML' satisfies IdentityProviderTypeType,
        ProviderDetails,
      }),
    )
  const wrong = async (details: Record<string, string>) => (await refusal(create(details)))[1]
  t.equal(
    await wrong({ IDPSignout: 'true' }),
    'At least one of the MetadataURL or MetadataFile should be provided.',
    'S19 neither',
  )
  t.equal(
    await wrong({ MetadataURL: metadata, MetadataFile }),
    'Only one of the MetadataURL or MetadataFile should be provided.',
    'both',
  )
  const nowhere = `${rockpool.baseUrl}/_rockpool/zoo/nobody/saml/metadata`
  t.equal(await wrong({ MetadataURL: nowhere }), `Error retrieving metadata from ${nowhere}`)
  for (const useless of ['<a/>', 'no XML', MetadataFile.replaceAll('HTTP-Redirect', 'HTTP-POST')])
    t.equal(await wrong({ MetadataFile: useless }), 'Error retrieving metadata from MetadataFile')
  t.match(await wrong({ MetadataFile, RequestSigningAlgorithm: 'rsa-md5' }), 'RequestSigningAlgorithm')
  t.match(await wrong({ MetadataFile, IDPInit: 'yes' }), 'IDPInit')
  const none = new DescribeIdentityProviderCommand({ UserPoolId: poolId, ProviderName: 'New' })
  t.equal((await refusal(sdk.send(none)))[0], 'ResourceNotFoundException', 'nothing of it was kept')

  await create({ MetadataFile })
  const described = async (ProviderName: string) =>
    (await sdk.send(new DescribeIdentityProviderCommand({ UserPoolId: poolId, ProviderName })))
      .IdentityProvider?.ProviderDetails ?? {}
  const [corp, file] = await Promise.all(['Corp', 'New'].map(described))
  t.match(
    corp,
    {
      MetadataURL: metadata,
      SSORedirectBindingURI: `${rockpool.baseUrl}/_rockpool/zoo/corp/saml/sso`,
      SLORedirectBindingURI: `${rockpool.baseUrl}/_rockpool/zoo/corp/saml/slo`,
      ActiveEncryptionCertificate: /^MII[\w+/=]+$/,
    },
    'S20 with the addresses of the metadata, and a certificate to encrypt to',
  )
  t.not(corp?.ActiveEncryptionCertificate, file?.ActiveEncryptionCertificate, 'another for each provider')
  t.match(file, { MetadataFile })
  await sdk.send(new DeleteIdentityProviderCommand({ UserPoolId: poolId, ProviderName: 'New' }))
  await create({ MetadataFile })
  const anew = await described('New')
  t.not(anew.ActiveEncryptionCertificate, file?.ActiveEncryptionCertificate, 'gone with the provider')

  const old = await aSamlReef(t, { upstream: { Quirks: ['expired-certificate'] } })
  const { url } = await leave(old, aBrowser())
  t.equal(url.searchParams.get('error_description'), 'Signing certificates are expired')
  const update = new UpdateIdentityProviderCommand({
    UserPoolId: poolId,
    ProviderName: 'Corp',
    IdpIdentifiers: ['corp.example'],
  })
  t.strictSame(
    await refusal(old.sdk.send(update)),
    ['InvalidParameterException', 'Signing certificates are expired'],
    'at any update',
  )
})

t.test('a provider that begins by itself', async t => {
  const clock = aClock()
  const client = { SupportedIdentityProviders: ['Corp'] }
  const reef = await aSamlReef(
    t,
    { details: { IDPInit: 'true' }, identifiers: ['corp.example'], client },
    { clock },
  )
  const request = (more: Record<string, string> = {}) =>
    new URLSearchParams({
      identity_provider: 'Corp',
      client_id: reef.client.id,
      redirect_uri: appCallback,
      response_type: 'code',
      scope: 'email openid',
      ...more,
    }).toString()
  /** The provider's portal: a tile that was clicked. */
  const start = async (RelayState: string) => {
    const audience = `urn:amazon:cognito:sp:${poolId}`
    const base = `${reef.rockpool.baseUrl}/_rockpool/zoo/corp/saml`
    const page = await fetch(`${base}/start?${new URLSearchParams({ acs: reef.acs, audience, RelayState })}`)
    t.match(await page.text(), 'ann@example.com')
    const body = new URLSearchParams({ acs: reef.acs, audience, RelayState, username: 'ann' })
    return postedBy(await (await fetch(`${base}/sso`, { method: 'POST', body })).text())
  }
  const posted = await start(request())
  const ending = await deliver(aBrowser(), posted)
  t.match(ending.location, /^https:\/\/app\.example\/cb\?code=/, 'S43 it brings a code')
  t.match(await idToken(reef, ending), { 'cognito:username': 'Corp_ann@example.com' })
  t.match(
    (await deliver(aBrowser(), posted)).outcome?.error_description,
    'SAML Assertion was used before. ',
    'S27 once',
  )
  const { identity_provider: _name, ...byIdentifier } = Object.fromEntries(new URLSearchParams(request()))
  const identified = new URLSearchParams({ ...byIdentifier, idp_identifier: 'corp.example' }).toString()
  t.ok((await deliver(aBrowser(), await start(identified))).outcome?.code, 'S44 by an identifier')
  const twice = request({ redirect_uri: encodeURIComponent(appCallback) })
  t.ok((await deliver(aBrowser(), await start(twice))).outcome?.code, 'encoded twice')
  const elsewhere = await deliver(
    aBrowser(),
    await start(request({ redirect_uri: 'https://evil.example/cb' })),
  )
  t.notMatch(elsewhere.location ?? '', 'evil.example', 'a callback that is not registered is never reached')

  const late = await start(request())
  clock.advance({ seconds: 361 })
  t.match((await deliver(aBrowser(), late)).outcome?.error_description, `${prefix}SAML Assertion is expired`)

  const at = await leave(reef, aBrowser())
  const answering = await pick(at)
  const asUnasked = { to: answering.to, fields: { ...answering.fields, RelayState: request() } }
  t.match(
    (await deliver(aBrowser(), asUnasked)).outcome?.error_description,
    `${prefix}InResponseTo is invalid. `,
    'what answers a request does not count as unasked',
  )
  t.ok((await signIn(reef)).outcome?.code, 'it can be asked as well')

  const mixed = new CreateUserPoolClientCommand({
    UserPoolId: poolId,
    ClientName: 'mixed',
    SupportedIdentityProviders: ['COGNITO', 'Corp'],
  })
  t.equal(
    (await refusal(reef.sdk.send(mixed)))[0],
    'InvalidParameterException',
    'S45 its clients enable SAML providers only',
  )

  const plain = await aSamlReef(t)
  const uninvited = await start(request())
  const refused = await deliver(aBrowser(), { to: plain.acs, fields: uninvited.fields })
  t.match(refused.text, 'Invalid samlResponse or relayState from identity provider', 'S9 if it may not begin')
  t.equal(refused.location, null)
})

t.test('signing out at the provider', async t => {
  const away = (reef: Awaited<ReturnType<typeof aSamlReef>>) =>
    `${reef.pool.domainUrl}/logout?${new URLSearchParams({ client_id: reef.client.id, logout_uri: 'https://app.example/bye' })}`
  const isOut = async (reef: Awaited<ReturnType<typeof aSamlReef>>, browser: ReturnType<typeof aBrowser>) =>
    (await leave(reef, browser)).url.pathname.endsWith('/saml/sso')

  const plain = await aSamlReef(t)
  const one = aBrowser()
  await signIn(plain, {}, one)
  t.notOk(await isOut(plain, one))
  const left = await one.get(away(plain))
  t.equal(left.headers.get('location'), 'https://app.example/bye', 'S38 it is the pool’s own matter')
  t.ok(await isOut(plain, one), 'S40 the session is over')

  const reef = await aSamlReef(t, { details: { IDPSignout: 'true' } })
  const browser = aBrowser()
  await signIn(reef, {}, browser)
  const request = new URL((await browser.get(away(reef))).headers.get('location') ?? '')
  t.equal(request.pathname, '/_rockpool/zoo/corp/saml/slo', 'S39 a request goes to the provider')
  const xml = inflated(request.searchParams.get('SAMLRequest') ?? '') ?? ''
  t.match(xml, />ann@example\.com<\/saml2:NameID><saml2p:SessionIndex>_[\w-]+<\/saml2p:SessionIndex>/)
  t.ok(request.searchParams.get('Signature'))
  t.notOk(isSignedQuery(request.search.slice(1), 'SAMLRequest', await reef.encryptionCertificate()))
  t.ok(await isOut(reef, browser), 'the session here is over already')
  const tampered = request.href.replace('RelayState=', 'RelayState=x')
  t.equal((await browser.get(tampered)).status, 400, 'the provider checks who asks')
  const answer = postedBy(await (await browser.get(request.href)).text())
  t.equal(answer.to, `${reef.pool.domainUrl}/saml2/logout`)
  const query = new URLSearchParams(answer.fields)
  t.not((await browser.get(`${answer.to}?${query}`)).status, 302, 'by GET it is refused')
  const back = await aBrowser().post(answer.to, answer.fields)
  t.equal(back.headers.get('location'), 'https://app.example/bye', 'and its posted answer leads on')
  t.equal((await aBrowser().post(answer.to, answer.fields)).status, 400, 'once')
})

t.test('metadata are read again', async t => {
  const clock = aClock()
  const published = { xml: '' }
  const server = createServer((_request, response) => response.end(published.xml))
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  t.teardown(() => server.close())
  const MetadataURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}/metadata`
  const reef = await aSamlReef(
    t,
    {
      details: { MetadataURL },
      upstream: { Quirks: [] },
      client: { SupportedIdentityProviders: ['Corp', 'File'] },
      providers: [file('<a/>')],
    },
    { clock },
  )
  const own = await (await fetch(`${reef.rockpool.baseUrl}/_rockpool/zoo/corp/saml/metadata`)).text()
  const { certificate } = await aCertificate({
    name: 'old',
    serialNumber: randomBytes(16),
    notBefore: new Date(clock.now()),
    years: 1,
  })
  // As a provider that has not published its present certificate yet.
  const old = own.replace(/(<ds:X509Certificate>)[^<]+/, `$1${certificate}`)
  published.xml = old
  const update = (ProviderName: string, ProviderDetails: Record<string, string>) =>
    reef.sdk.send(new UpdateIdentityProviderCommand({ UserPoolId: poolId, ProviderName, ProviderDetails }))
  await update('Corp', { MetadataURL })
  await update('File', { MetadataFile: old })
  const told = async (identity_provider: string) => {
    const browser = aBrowser()
    const answer = await pick(await leave(reef, browser, { identity_provider }))
    return (await deliver(browser, answer)).outcome?.error_description
  }
  const invalid = `${prefix}SAML Assertion signature is invalid. `
  published.xml = own
  t.equal(await told('Corp'), invalid, 'for six hours the old copy is relied on')
  clock.advance({ seconds: 6 * 3600 + 1 })
  t.equal(await told('Corp'), undefined, 'S47 then what the address says by now')
  t.equal(await told('File'), invalid, 'a file stays as it is')
  server.close()
  clock.advance({ seconds: 7 * 3600 })
  t.equal(await told('Corp'), undefined, 'an address that is silent leaves the old copy')
})

t.test('S51 the classic page of a client with several SAML providers', async t => {
  const another = (IdpIdentifiers: string[]) => ({
    ProviderName: 'Isle',
    ProviderType: 'SAML',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a reference
    ProviderDetails: { MetadataURL: '${upstreams.corp.metadata}' },
    IdpIdentifiers,
  })
  const aPage = async (identifiers: string[]) => {
    const reef = await aSamlReef(t, {
      identifiers: ['corp.example'],
      providers: [another(identifiers), unaskedProvider('Upper')],
      client: { SupportedIdentityProviders: ['COGNITO', 'Corp', 'Isle', 'Upper'] },
    })
    const browser = aBrowser()
    const url = `${reef.pool.domainUrl}/login?${authorizeQuery(reef.client)}`
    const text = await (await browser.get(url)).text()
    const _csrf = /name="_csrf" value="([^"]*)"/.exec(text)?.[1] ?? ''
    const enter = (idp_identifier: string) => browser.post(url, { _csrf, idp_identifier })
    return { reef, browser, text, enter }
  }
  const boxed = await aPage(['isle.example'])
  t.match(boxed.text, 'name="idp_identifier"', 'where all have identifiers there is a box')
  t.notMatch(boxed.text, /data-provider="(Corp|Isle)"/, 'in the place of their buttons')
  t.match(boxed.text, 'data-provider="Upper"', 'which an OIDC provider keeps')
  for (const address of ['ann@isle.example', 'ann@ISLE.example']) {
    const routed = await boxed.enter(address)
    const to = new URL(routed.headers.get('location') ?? '', boxed.reef.rockpool.baseUrl)
    t.match(to.pathname, '/oauth2/authorize', `${address} goes by its domain`)
    const left = await boxed.browser.get(to.href)
    t.match(left.headers.get('location'), '/_rockpool/zoo/corp/saml/sso?SAMLRequest=')
  }
  const nowhere = await boxed.enter('ann@nowhere.example')
  t.equal(nowhere.headers.get('location'), null)
  t.match(await nowhere.text(), 'value="ann@nowhere.example"', 'the page asks again')
  const plain = await aPage([])
  t.notMatch(plain.text, 'name="idp_identifier"')
  for (const name of ['Corp', 'Isle', 'Upper'])
    t.match(plain.text, `data-provider="${name}"`, 'where one has none there are buttons')
})

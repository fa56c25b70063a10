import { X509Certificate } from 'node:crypto'
import { GetSigningCertificateCommand } from '@aws-sdk/client-cognito-identity-provider'
import t from 'tap'
import { inflated, isSignedQuery } from '../src/saml/redirect.js'
import { aBrowser } from './support/browser.js'
import { aClock } from './support/rockpool.js'
import {
  appCallback,
  aSamlReef,
  deliver,
  idToken,
  leave,
  pick,
  poolId,
  prefix,
  signIn,
  usersOf,
} from './support/saml-reef.js'

t.test('a pool signs users in through a SAML provider', async t => {
  const reef = await aSamlReef(t)
  const { rockpool, pool, acs } = reef
  const browser = aBrowser()
  const at = await leave(reef, browser)
  const xml = inflated(at.samlRequest) ?? ''
  t.equal(`${at.url.origin}${at.url.pathname}`, `${rockpool.baseUrl}/_rockpool/zoo/corp/saml/sso`)
  t.match(xml, `>urn:amazon:cognito:sp:${poolId}</saml2:Issuer>`, 'S1 the issuer is the pool')
  t.match(xml, `AssertionConsumerServiceURL="${acs}"`, 'and it says where to answer')
  t.match(xml, / ID="_[0-9a-f-]{36}" /)
  for (const absent of ['NameIDPolicy', 'RequestedAuthnContext', 'ForceAuthn', 'IsPassive'])
    t.notMatch(xml, absent)
  t.strictSame([...at.url.searchParams.keys()], ['SAMLRequest', 'RelayState'], 'unsigned')

  const page = await (await browser.get(at.url.href)).text()
  t.match(page, `Sign in to continue to <code>urn:amazon:cognito:sp:${poolId}</code>`)
  t.match(page, /ann <small>ann@example.com</)
  const ending = await deliver(browser, await pick(at, { claims: { sub: 'Ann@Example.com' } }))
  t.match(ending.outcome, { code: /^[\w-]{36}$/, state: 'of-the-app' }, 'S2 a code comes back')
  const claims = await idToken(reef, ending)
  t.match(
    claims,
    {
      'cognito:username': 'Corp_Ann@Example.com',
      'cognito:groups': [`${poolId}_Corp`],
      email: 'ann@example.com',
      email_verified: false,
      identities: [
        {
          userId: 'Ann@Example.com',
          providerName: 'Corp',
          providerType: 'SAML',
          issuer: `${rockpool.baseUrl}/_rockpool/zoo/corp/saml/metadata`,
          primary: 'true',
        },
      ],
    },
    'S5 the identity is of the type SAML, with the entity id as its issuer',
  )
  t.match(await usersOf(reef), [{ username: 'Corp_Ann@Example.com', status: 'EXTERNAL_PROVIDER' }])

  const again = await browser.get(
    `${pool.domainUrl}/oauth2/authorize?${new URLSearchParams({
      client_id: reef.client.id,
      response_type: 'code',
      redirect_uri: appCallback,
      identity_provider: 'Corp',
    })}`,
  )
  t.match(again.headers.get('location'), /\?code=/, 'S23 within the hour nobody is asked again')
})

t.test('names and attributes', async t => {
  const insensitive = { UsernameConfiguration: { CaseSensitive: false } }

  await t.test('of a pool that ignores case', async t => {
    const reef = await aSamlReef(t, { pool: insensitive })
    const ending = await signIn(reef, { claims: { sub: 'Carlos@Example.com' } })
    t.match(
      await idToken(reef, ending),
      {
        'cognito:username': 'corp_carlos@example.com',
        'cognito:groups': [`${poolId}_Corp`],
        identities: [{ userId: 'Carlos@Example.com', providerName: 'Corp' }],
      },
      'S4 the username is in lower case; group and identity are not',
    )
    const other = await signIn(reef, { claims: { sub: 'carlos@example.com' } })
    t.equal(other.outcome?.error, 'server_error', 'S30 another case does not sign in')
    t.equal((await usersOf(reef)).length, 1)
  })

  await t.test('of a pool that does not', async t => {
    const reef = await aSamlReef(t, { pool: { UsernameConfiguration: { CaseSensitive: true } } })
    await signIn(reef, { claims: { sub: 'Carlos' } })
    await signIn(reef, { claims: { sub: 'carlos' } })
    t.strictSame(
      (await usersOf(reef)).map(({ username }) => username).toSorted(),
      ['Corp_Carlos', 'Corp_carlos'],
      'another case is another user',
    )
    const long = await signIn(reef, { quirks: ['long-name-id'] })
    t.match(
      long.outcome?.error_description,
      /^Invalid SAML response received: 1 validation error detected: Value '.+' at 'userName' failed to satisfy constraint: Member must have length less than or equal to 128$/,
      'S31 a username has 128 characters at most',
    )
  })

  await t.test('what is mapped', async t => {
    const Schema = ['groups', 'hidden', 'twice', 'friend'].map(Name => ({
      Name,
      AttributeDataType: 'String',
      Mutable: true,
    }))
    const reef = await aSamlReef(t, {
      pool: { Schema },
      mapping: {
        email: 'urn:oid:0.9.2342.19200300.100.1.3',
        email_verified: 'verified',
        name: 'name',
        'custom:groups': 'groups',
        'custom:hidden': 'name',
        'custom:twice': 'name',
        'custom:friend': 'friendly-name',
      },
      client: { WriteAttributes: ['email', 'name', 'custom:groups', 'custom:twice', 'custom:friend'] },
    })
    const claims = {
      'urn:oid:0.9.2342.19200300.100.1.3': 'ann@example.com',
      verified: '1',
      name: ' Ann Li ',
      groups: ['admins', 'R&D, west'],
    }
    t.ok((await signIn(reef, { claims })).outcome?.code)
    const [user] = await usersOf(reef)
    t.equal(user?.attributes.email, 'ann@example.com', 'S6 by the full name')
    t.notOk(user?.attributes['custom:friend'], 'and never by the friendly one')
    t.equal(user?.attributes.email_verified, 'true', '"1" is true')
    t.equal(user?.attributes['custom:twice'], 'Ann Li', 'one source fills two attributes')
    t.equal(user?.attributes['custom:groups'], '[admins, R%26D%2C+west]', 'S17 several values are one text')
    t.notOk(user?.attributes['custom:hidden'], 'S15 what the client may not write stays unset')

    await signIn(reef, { claims: { ...claims, groups: ['divers'] } })
    t.equal((await usersOf(reef))[0]?.attributes['custom:groups'], 'divers', 'a single value is as it is')
    await signIn(reef, { claims: { ...claims, groups: ['a', 'b'] }, quirks: ['repeated-attributes'] })
    t.equal((await usersOf(reef))[0]?.attributes['custom:groups'], '[a, b]', 'each in its own element')
    const { name: _name, ...nameless } = claims
    await signIn(reef, { claims: { ...nameless, name: '', groups: 'x' } })
    const [cleared] = await usersOf(reef)
    t.notOk(cleared?.attributes.name, 'S18 a blank one is cleared')
    await signIn(reef, { username: 'ann@example.com', claims: { groups: 'y' } })
    const [kept] = await usersOf(reef)
    t.equal(kept?.attributes['custom:groups'], 'y')
    t.equal(kept?.attributes['custom:twice'] ?? '', '', 'cleared with it')
    t.equal(kept?.attributes.email, 'ann@example.com', 'and what is absent is kept')
    const odd = await signIn(reef, { claims, quirks: ['emoji'] })
    t.match(odd.outcome, { error: 'server_error' }, 'S53 a character of four bytes fails the sign-in')
    const wide = await signIn(reef, { claims, quirks: ['many-groups'] })
    t.match(wide.outcome?.error_description, `${prefix}Invalid user attributes: custom:groups: String length`)
  })

  await t.test('what cannot be mapped', async t => {
    const required = { Schema: [{ Name: 'email', Required: true, Mutable: true }] }
    const strict = await aSamlReef(t, { pool: required })
    const { outcome } = await signIn(strict, { quirks: ['no-email'] })
    t.match(
      outcome,
      {
        error: 'server_error',
        error_description: `${prefix}Invalid user attributes: email: The attribute is required\n `,
        state: 'of-the-app',
      },
      'S7 an address that is required and does not come',
    )
    t.strictSame(await usersOf(strict), [])

    const asUsername = await aSamlReef(t, { mapping: { username: 'name' } })
    t.match(
      (await signIn(asUsername)).outcome,
      {
        error: 'server_error',
        error_description: `${prefix}Invalid user attributes: username: Attribute does not exist in the schema.\n `,
      },
      'S52 the key username is no attribute of SAML',
    )
    const fixed = { Schema: [{ Name: 'fixed', AttributeDataType: 'String', Mutable: false }] }
    const immutable = await aSamlReef(t, {
      pool: fixed,
      mapping: { 'custom:fixed': 'name' },
      client: { WriteAttributes: ['custom:fixed'] },
    })
    t.ok((await signIn(immutable)).outcome?.code)
    t.equal((await signIn(immutable)).outcome?.error, 'server_error', 'S16 the second sign-in fails')
  })
})

t.test('signed requests, and the pool’s certificate', async t => {
  const reef = await aSamlReef(t, { details: { RequestSigningAlgorithm: 'rsa-sha256' } })
  const { url } = await leave(reef, aBrowser())
  const { Certificate = '' } = await reef.sdk.send(new GetSigningCertificateCommand({ UserPoolId: poolId }))
  t.equal(url.searchParams.get('SigAlg'), 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256')
  t.ok(
    isSignedQuery(url.search.slice(1), 'SAMLRequest', Certificate),
    'S42 the query verifies as it was sent',
  )
  t.notOk(
    isSignedQuery(url.search.slice(1).replace('RelayState=', 'RelayState=x'), 'SAMLRequest', Certificate),
  )
  const certificate = new X509Certificate(Buffer.from(Certificate, 'base64'))
  t.equal(certificate.subject, `CN=${poolId}`, 'S41 it is the pool’s')
  t.equal(certificate.publicKey.asymmetricKeyDetails?.modulusLength, 2048)
  t.ok((await signIn(reef)).outcome?.code)
})

t.test('where the browser comes back', async t => {
  const clock = aClock()
  const reef = await aSamlReef(t, {}, { clock })
  const browser = aBrowser()
  const invalid = 'Invalid samlResponse or relayState from identity provider'

  const at = await leave(reef, browser)
  const answer = await pick(at)
  const { RelayState = '', SAMLResponse = '' } = answer.fields
  const without = await deliver(browser, { to: answer.to, fields: { SAMLResponse } })
  t.equal(without.status, 400)
  t.match(
    without.text,
    'Required String parameter &#39;RelayState&#39; is not present',
    'S28 without RelayState',
  )
  for (const state of ['', RelayState.slice(0, 80), `${RelayState}x`, 'https://app.example']) {
    const ending = await deliver(browser, { to: answer.to, fields: { SAMLResponse, RelayState: state } })
    t.match(ending.text, invalid, 'S49 a RelayState that is cut, changed or foreign')
    t.equal(ending.outcome, undefined)
  }
  const missing = await deliver(browser, { to: answer.to, fields: { RelayState } })
  t.match(missing.outcome?.error_description, "Required String parameter 'SAMLResponse' is not present")

  const late = await pick(await leave(reef, browser))
  clock.advance({ seconds: 301 })
  t.match((await deliver(browser, late)).text, 'Something went wrong', 'S50 after five minutes')
  t.equal((await usersOf(reef)).length, 0)
})

t.test('a page of another site posts the answer', async t => {
  const reef = await aSamlReef(t)
  // Browsers keep Lax cookies from a POST of another site: as a browser without any.
  const browser = aBrowser()
  const answer = await pick(await leave(reef, browser))
  const parked = await aBrowser().post(answer.to, answer.fields)
  t.equal(parked.status, 303, 'the browser is sent to fetch what was posted')
  const fetching = parked.headers.get('location') ?? ''
  t.match(fetching, `${reef.acs}?RelayState=`)
  const stranger = await aBrowser().get(fetching)
  t.equal(stranger.status, 400, 'a browser that did not begin the sign-in is not signed in')
  t.match(await stranger.text(), 'Invalid samlResponse or relayState')
  const other = aBrowser()
  await leave(reef, other)
  t.equal((await other.get(fetching)).status, 400, 'nor one that began another')
  const home = await browser.get(fetching)
  t.match(home.headers.get('location'), `${appCallback}?code=`, 'the browser that began it is')
  t.equal((await browser.get(fetching)).status, 400, 'once')

  const second = await pick(await leave(reef, other))
  const inQuery = await other.get(`${second.to}?${new URLSearchParams(second.fields)}`)
  t.match(inQuery.headers.get('location'), 'error=', 'an answer in the query counts for nothing')
})

t.test('answers that are not good', async t => {
  const reef = await aSamlReef(t)
  const bad = 'SAML Assertion signature is invalid. '
  const cases: [quirk: string, told: string, title: string][] = [
    ['foreign-key', bad, 'S10 another key'],
    ['unsigned', bad, 'S29 nobody has signed'],
    ['wrong-audience', 'Audience is invalid. ', 'S24 another audience'],
    ['wrong-recipient', 'Recipient is invalid. ', 'S25 another recipient'],
    ['no-in-response-to', 'InResponseTo is invalid. ', 'S26 the assertion answers no request'],
    ['wrong-issuer', 'Issuer is invalid. ', 'another issuer'],
    ['expired', 'SAML Assertion is expired or not yet valid. ', 'out of time'],
    ['no-name-id', 'NameID is missing. ', 'no NameID'],
    ['refuses', 'Status Responder, AuthnFailed: The user cancelled. ', 'a refusal'],
    ['encrypts', 'SAML Assertion is encrypted. ', 'encrypted, though nobody asked for it'],
  ]
  for (const [quirk, told, title] of cases) {
    const { outcome } = await signIn(reef, { quirks: [quirk] })
    t.strictSame(
      outcome,
      { error_description: `${prefix}${told}`, state: 'of-the-app', error: 'server_error' },
      title,
    )
  }
  t.strictSame(await usersOf(reef), [], 'no user came of any of them')
  for (const quirks of [['sign-response'], ['sign-both'], ['sha1'], ['no-key-info']])
    t.ok((await signIn(reef, { quirks })).outcome?.code, `${quirks} is fine`)
})

import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { GetSigningCertificateCommand } from '@aws-sdk/client-cognito-identity-provider'
import t, { type Test } from 'tap'
import { idpMetadata } from '../src/saml/metadata.js'
import { newSigningCertificate } from '../src/tls/signing-certificate.js'
import { aBrowser } from './support/browser.js'
import {
  aSamlReef,
  deliver,
  idToken,
  leave,
  type Posted,
  poolId,
  postedBy,
  type Reef,
} from './support/saml-reef.js'

/**
 * SAML against an implementation that shares nothing with ours: Lasso, with libxmlsec1 below it, in both roles
 * (Debian: python3-lasso). `npm run test:saml` runs it.
 */

/** What Lasso answers. Fails where it is not there, or refuses. */
function lasso<T>(act: string, given: object): Promise<T> {
  return new Promise((resolve, reject) => {
    const run = execFile('/usr/bin/python3', ['test/support/by_lasso.py'], (error, out, told) => {
      if (told.includes('No module named'))
        reject(new Error('Lasso is not installed: apt install python3-lasso'))
      else if (error !== null) reject(new Error(told))
      else resolve(JSON.parse(out) as T)
    })
    run.stdin?.end(JSON.stringify({ act, ...given }))
  })
}

const pem = (kind: string, text: string): string =>
  `-----BEGIN ${kind}-----\n${(text.match(/.{1,64}/g) ?? []).join('\n')}\n-----END ${kind}-----\n`

const { privateKey, certificate } = await newSigningCertificate({
  name: 'lasso',
  serialNumber: randomBytes(16),
  notBefore: new Date(),
  years: 1,
})
const own = { key: pem('PRIVATE KEY', privateKey), certificate: pem('CERTIFICATE', certificate) }

/** Metadata of a service provider, as an operator writes them by hand: a pool publishes none. */
const spMetadata = (entityId: string, acs: string, logout: string, key: string): string =>
  `<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${entityId}">
<SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol" AuthnRequestsSigned="true">
<KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>${key}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>
<SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="${logout}"/>
<AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="${acs}" index="0" isDefault="true"/>
</SPSSODescriptor></EntityDescriptor>`

const entityId = 'https://lasso.example/metadata'
const ofIdp = idpMetadata({
  entityId,
  ssoUrl: 'https://lasso.example/sso',
  sloUrl: 'https://lasso.example/slo',
  certificates: [certificate],
})

/** A pool whose provider is Lasso, and Lasso that knows the pool. */
async function aReef(t: Test) {
  const reef = await aSamlReef(t, {
    provider: {
      ProviderDetails: { MetadataFile: ofIdp, RequestSigningAlgorithm: 'rsa-sha256', IDPSignout: 'true' },
    },
  })
  const { Certificate = '' } = await reef.sdk.send(new GetSigningCertificateCommand({ UserPoolId: poolId }))
  const known = {
    ...own,
    own: ofIdp,
    other: spMetadata(
      `urn:amazon:cognito:sp:${poolId}`,
      reef.acs,
      `${reef.pool.domainUrl}/saml2/logout`,
      Certificate,
    ),
  }
  return { reef, known }
}

const times = () => {
  const at = (minutes: number) => `${new Date(Date.now() + minutes * 60_000).toISOString().slice(0, 19)}Z`
  return { notBefore: at(-1), notOnOrAfter: at(5) }
}

async function signIn(reef: Reef, known: object, browser = aBrowser(), change = (posted: Posted) => posted) {
  const at = await leave(reef, browser)
  const answer = await lasso<Posted & { issuer: string }>('answer', {
    ...known,
    ...times(),
    query: at.url.search.slice(1),
    nameId: 'ann@lasso.example',
    attributes: { email: ['ann@example.com'], groups: ['admins', 'divers'] },
  })
  return { answer, ending: await deliver(browser, change(answer)) }
}

t.test('Lasso as the identity provider of a pool', async t => {
  const { reef, known } = await aReef(t)
  const browser = aBrowser()
  const { answer, ending } = await signIn(reef, known, browser)
  t.equal(answer.issuer, `urn:amazon:cognito:sp:${poolId}`, 'it verifies the signed request of the pool')
  t.equal(answer.to, reef.acs)
  t.match(ending.outcome, { code: /./, state: 'of-the-app' }, 'and the pool takes its response')
  t.match(await idToken(reef, ending), {
    'cognito:username': 'Corp_ann@lasso.example',
    email: 'ann@example.com',
    identities: [{ issuer: entityId, providerType: 'SAML' }],
  })

  const query = new URLSearchParams({ client_id: reef.client.id, logout_uri: 'https://app.example/bye' })
  const leaving = await browser.get(`${reef.pool.domainUrl}/logout?${query}`)
  const to = new URL(leaving.headers.get('location') ?? '')
  t.equal(`${to.origin}${to.pathname}`, 'https://lasso.example/slo')
  const { nameId, issuer } = await lasso<{ nameId: string; issuer: string }>('log_out', {
    ...known,
    query: to.search.slice(1),
  })
  t.strictSame(
    [nameId, issuer],
    ['ann@lasso.example', `urn:amazon:cognito:sp:${poolId}`],
    'it verifies the request to log out',
  )

  const changed = (posted: Posted): Posted => {
    const xml = Buffer.from(posted.fields.SAMLResponse ?? '', 'base64').toString()
    const SAMLResponse = Buffer.from(xml.replace('ann@lasso.example', 'eve@lasso.example')).toString('base64')
    return { ...posted, fields: { ...posted.fields, SAMLResponse } }
  }
  const tampered = await signIn(reef, known, aBrowser(), changed)
  t.match(tampered.ending.outcome?.error_description, /SAML Assertion signature is invalid/)
})

t.test('Lasso as a service provider of the built-in identity provider', async t => {
  const { rockpool } = await aSamlReef(t, { upstream: { Quirks: [] } })
  const metadata = await (await fetch(`${rockpool.baseUrl}/_rockpool/zoo/corp/saml/metadata`)).text()
  const acs = 'https://sp.example/acs'
  const known = {
    ...own,
    own: spMetadata('https://sp.example/metadata', acs, 'https://sp.example/slo', certificate),
    other: metadata,
  }
  /** A sign-in of Ann for Lasso, with something that goes wrong. */
  const signIn = async (...quirks: string[]) => {
    const { url, state } = await lasso<{ url: string; state: string }>('ask', {
      ...known,
      acs,
      relayState: 'kept as it is',
    })
    const page = await (await fetch(url)).text()
    const form = new URLSearchParams({ ...postedBy(page).fields, username: 'ann' })
    for (const quirk of quirks) form.append('quirk', quirk)
    const answer = await fetch(new URL(new URL(url).pathname, url), { method: 'POST', body: form })
    const { to, fields } = postedBy(await answer.text())
    t.equal(to, acs)
    t.equal(fields.RelayState, 'kept as it is')
    return lasso<{ nameId?: string; attributes?: Record<string, string[]>; refused?: string }>('accept', {
      ...known,
      state,
      response: fields.SAMLResponse,
    })
  }
  t.match(await signIn(), {
    nameId: 'ann@example.com',
    attributes: { email: ['ann@example.com'], groups: ['admins', 'R&D, west'] },
  })
  for (const quirk of ['sign-both', 'no-key-info'])
    t.match(await signIn(quirk), { nameId: 'ann@example.com' }, quirk)
  for (const quirk of ['unsigned', 'foreign-key']) t.match(await signIn(quirk), { refused: /./ }, quirk)
})

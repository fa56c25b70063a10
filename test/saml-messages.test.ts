import { randomBytes, randomUUID } from 'node:crypto'
import t, { type Test } from 'tap'
import { encryptedAssertion } from '../src/saml/encryption.js'
import { idpMetadata } from '../src/saml/metadata.js'
import { signed } from '../src/saml/signature.js'
import { assertionXml, responseXml, type Said } from '../src/zoo/saml/assertion.js'
import { aBrowser } from './support/browser.js'
import { aCertificate } from './support/certificates.js'
import {
  aSamlReef,
  deliver,
  type Ending,
  leave,
  poolId,
  prefix,
  type Reef,
  samlIds,
  usersOf,
} from './support/saml-reef.js'

/** Messages made by hand: what an attacker, or a provider of no care, would post. */

const entityId = 'https://idp.example/metadata'
const certificate = (name: string) =>
  aCertificate({ name, serialNumber: randomBytes(16), notBefore: new Date(), years: 10 })
const [first, second, stranger] = await Promise.all(['first', 'second', 'stranger'].map(certificate))
if (first === undefined || second === undefined || stranger === undefined) throw new Error('no keys')

const metadata = idpMetadata({
  entityId,
  ssoUrl: 'https://idp.example/sso?idpid=C01',
  certificates: [first.certificate, second.certificate],
})

/** A pool whose provider is described by a file, and a way to answer its requests with anything. */
async function aReef(t: Test, details: Record<string, string> = {}) {
  const reef = await aSamlReef(t, {
    provider: { ProviderDetails: { MetadataFile: metadata, ...details } },
  })
  /** Posts what is made for a new request. */
  const answer = async (make: (said: Said) => string | Promise<string>, more: Partial<Said> = {}) => {
    const browser = aBrowser()
    const at = await leave(reef, browser)
    const said: Said = { ...aSaid(reef, samlIds(at).id), ...more }
    const xml = await make(said)
    const fields = { SAMLResponse: Buffer.from(xml).toString('base64'), RelayState: at.relayState }
    return deliver(browser, { to: reef.acs, fields })
  }
  return { reef, answer }
}

const aSaid = ({ acs }: Reef, inResponseTo: string): Said => ({
  responseId: `_${randomUUID()}`,
  assertionId: `_${randomUUID()}`,
  sessionIndex: '_1',
  now: Date.now(),
  issuer: entityId,
  acs,
  recipient: acs,
  audience: ` urn:amazon:cognito:sp:${poolId}\n`,
  inResponseTo,
  confirmsRequest: true,
  nameId: ' ann ',
  nameIdFormat: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
  attributes: { email: 'ann@example.com' },
  repeats: false,
})

const signAssertion = (said: Said, pair = first, xml = assertionXml(said)) =>
  signed(xml, { element: 'Assertion', id: said.assertionId }, pair)
const signResponse = (said: Said, xml: string, pair = first) =>
  signed(xml, { element: 'Response', id: said.responseId }, pair)
const sound = (said: Said) => responseXml(said, signAssertion(said))
const evil = (said: Said) => assertionXml({ ...said, assertionId: `_${randomUUID()}`, nameId: 'admin' })

const isRefused = (t: Test, ending: Ending, rest: string, title: string) =>
  t.match(ending.outcome, { error: 'server_error', error_description: `${prefix}${rest}` }, title)
const badSignature = 'SAML Assertion signature is invalid. '
const unreadable = 'SAML response cannot be parsed. '

t.test('sound messages', async t => {
  const { reef, answer } = await aReef(t)
  const at = await leave(reef, aBrowser())
  t.match(at.url.href, 'https://idp.example/sso?idpid=C01&SAMLRequest=', 'what the address asks for is kept')
  t.ok((await answer(sound)).outcome?.code, 'blanks around values do not count')
  t.match(await usersOf(reef), [{ username: 'Corp_ann' }])
  const noKeyInfo = (said: Said) =>
    responseXml(
      said,
      signed(assertionXml(said), { element: 'Assertion', id: said.assertionId }, second, {
        withKeyInfo: false,
      }),
    )
  t.ok((await answer(noKeyInfo)).outcome?.code, 'S46 signed by the second certificate, without saying so')
  const byResponse = (said: Said) => signResponse(said, responseXml(said, assertionXml(said)))
  t.ok((await answer(byResponse)).outcome?.code, 'S29 the signature of the response is enough')
  const both = (said: Said) => signResponse(said, sound(said))
  t.ok((await answer(both)).outcome?.code, 'both are fine')
  const commented = (said: Said) =>
    responseXml(said, signAssertion(said, first, assertionXml(said).replace('>admin', '>admin<!-- -->')))
  t.ok((await answer(commented, { nameId: 'admin@x.com.evil.com' })).outcome?.code)
  const names = (await usersOf(reef)).map(({ username }) => username)
  t.ok(names.includes('Corp_admin@x.com.evil.com'), 'a comment does not end a NameID')
})

t.test('signatures that cover something else', async t => {
  const { reef, answer } = await aReef(t)
  const cases: Record<string, (said: Said) => string> = {
    'S10 the message was changed': said => sound(said).replace('ann@example.com', 'eve@example.com'),
    'S10 signed by a key that only the message vouches for': said =>
      responseXml(said, signAssertion(said, stranger)),
    'the assertion of another is wrapped around the signed one': said => {
      const inner = signAssertion(said)
      return responseXml(
        said,
        evil(said).replace(
          '<saml2:AttributeStatement>',
          `<saml2:Advice>${inner}</saml2:Advice><saml2:AttributeStatement>`,
        ),
      )
    },
    'the signature of one assertion stands in another': said => {
      const inner = signAssertion(said)
      const signature = /<ds:Signature.*<\/ds:Signature>/s.exec(inner)?.[0] ?? ''
      const bare = inner.replace(signature, '')
      const outer = evil(said).replace(
        '</saml2:Issuer>',
        `</saml2:Issuer>${signature.replace('</ds:Signature>', `<ds:Object>${bare}</ds:Object></ds:Signature>`)}`,
      )
      return responseXml(said, outer)
    },
    'two signatures': said => {
      const inner = signAssertion(said)
      const signature = /<ds:Signature.*<\/ds:Signature>/s.exec(inner)?.[0] ?? ''
      return responseXml(said, inner.replace(signature, signature + signature))
    },
    'two SignedInfo': said => {
      const inner = signAssertion(said)
      const info = /<ds:SignedInfo.*<\/ds:SignedInfo>/s.exec(inner)?.[0] ?? ''
      return responseXml(said, inner.replace(info, info + info))
    },
    'a comment in the digest': said => sound(said).replace(/(<ds:DigestValue>)/, '$1<!--x-->AAAA'),
    'an algorithm that is no signature': said =>
      sound(said).replace('xmldsig-more#rsa-sha256', 'xmldsig#hmac-sha1'),
    'a response that is signed wrong around an assertion that is signed right': said =>
      signResponse(said, sound(said), stranger),
  }
  for (const [title, make] of Object.entries(cases)) isRefused(t, await answer(make), badSignature, title)
  t.strictSame(await usersOf(reef), [], 'S10 nobody was signed in by what was changed')
})

t.test('messages of the wrong form', async t => {
  const { reef, answer } = await aReef(t)
  const cases: Record<string, (said: Said) => string> = {
    'two assertions': said => responseXml(said, signAssertion(said) + evil(said)),
    'two assertions, the false one first': said => responseXml(said, evil(said) + signAssertion(said)),
    'no assertion': said => responseXml(said, ''),
    'a document type': said =>
      `<!DOCTYPE saml2p:Response [<!ENTITY e SYSTEM "file:///etc/passwd">]>${sound(said)}`,
    'no XML': () => 'hello',
    'XML that is not closed': said => sound(said).slice(0, -20),
    'an assertion alone': said => signAssertion(said),
  }
  for (const [title, make] of Object.entries(cases)) isRefused(t, await answer(make), unreadable, title)
  const long = await answer(said => `${sound(said)}<!--${'x'.repeat(100_000)}-->`)
  t.equal(
    long.outcome?.error_description,
    `${prefix}SAML response is too long. `,
    'S58 over 100,000 characters',
  )
  t.strictSame(await usersOf(reef), [])
})

t.test('messages for others', async t => {
  const { reef, answer } = await aReef(t)
  const other = '_dd0a3436-bc64-4679-a0c2-cb4454f04184'
  const cases: [title: string, said: Partial<Said>, rest: string][] = [
    [
      'S24 another audience',
      { audience: `urn:amazon:cognito:sp:us-east-1:${poolId}` },
      'Audience is invalid. ',
    ],
    ['S25 another recipient', { recipient: 'https://app.example/acs' }, 'Recipient is invalid. '],
    ['S26 another request', { inResponseTo: other }, 'InResponseTo is invalid. '],
    ['S26 no request in the assertion', { confirmsRequest: false }, 'InResponseTo is invalid. '],
    ['S26 no request at all', { inResponseTo: undefined }, 'InResponseTo is invalid. '],
    ['another destination', { acs: 'https://app.example/acs' }, 'Destination is invalid. '],
    ['another issuer', { issuer: 'https://other.example' }, 'Issuer is invalid. '],
    ['made an hour ago', { now: Date.now() - 3_600_000 }, 'SAML Assertion is expired'],
    ['made in an hour', { now: Date.now() + 3_600_000 }, 'SAML Assertion is expired or not yet valid. '],
    ['without a name', { nameId: undefined }, 'NameID is missing. '],
    ['with an empty name', { nameId: '  ' }, 'NameID is missing. '],
  ]
  for (const [title, more, rest] of cases) isRefused(t, await answer(sound, more), rest, title)
  const responder = await answer(said => sound(said).replace('status:Success', 'status:Responder'))
  isRefused(t, responder, 'Status Responder. ', 'a status of failure with a good assertion')
  const noRestriction = await answer(said =>
    responseXml(
      said,
      signAssertion(
        said,
        first,
        assertionXml(said).replace(/<saml2:AudienceRestriction>.*<\/saml2:AudienceRestriction>/s, ''),
      ),
    ),
  )
  isRefused(t, noRestriction, 'Audience is invalid. ', 'no audience at all')
  t.strictSame(await usersOf(reef), [], 'O58 for somebody else, or at another time')
  // An assertion of the same id cannot come back in another answer either.
  const assertionId = `_${randomUUID()}`
  t.ok((await answer(sound, { assertionId })).outcome?.code)
  isRefused(t, await answer(sound, { assertionId }), 'SAML Assertion was used before. ', 'S27 taken once')
})

t.test('S48 encrypted assertions', async t => {
  const { reef, answer } = await aReef(t, { EncryptedResponses: 'true' })
  const own = await reef.encryptionCertificate()
  for (const cipher of ['aes128-cbc', 'aes256-cbc', 'aes128-gcm', 'aes256-gcm'] as const) {
    const { outcome } = await answer(async said =>
      responseXml(said, await encryptedAssertion(signAssertion(said), { certificate: own, cipher })),
    )
    t.ok(outcome?.code, cipher)
  }
  const sealed = (said: Said) => encryptedAssertion(assertionXml(said), { certificate: own })
  const signedAround = await answer(async said => signResponse(said, responseXml(said, await sealed(said))))
  t.ok(signedAround.outcome?.code, 'unsigned inside, signed outside')
  isRefused(t, await answer(async said => responseXml(said, await sealed(said))), badSignature, 'unsigned')
  isRefused(t, await answer(sound), 'SAML Assertion is not encrypted. ', 'in the clear')
  const foreign = await answer(async said =>
    responseXml(said, await encryptedAssertion(signAssertion(said), stranger)),
  )
  isRefused(t, foreign, 'SAML Assertion cannot be decrypted. ', 'to another certificate')
  const old = await answer(async said =>
    responseXml(
      said,
      (await encryptedAssertion(signAssertion(said), { certificate: own })).replace(
        'rsa-oaep-mgf1p',
        'rsa-1_5',
      ),
    ),
  )
  isRefused(t, old, 'SAML Assertion cannot be decrypted. ', 'rsa-1_5')
})

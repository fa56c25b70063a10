import { generateKeyPairSync } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { CreateIdentityProviderCommand, ListUsersCommand } from '@aws-sdk/client-cognito-identity-provider'
import t, { type Test } from 'tap'
import { SeedError } from '../src/config/seed/mistakes.js'
import { seedOf } from '../src/config/seed/read.js'
import type { UpstreamKind } from '../src/core/upstream-kind.js'
import {
  quirks,
  quirksOf,
  speechOf,
  type UpstreamQuirk,
  upstreamQuirks,
} from '../src/core/upstream-quirks.js'
import { anSdk, refusal } from './support/api.js'
import { aBrowser } from './support/browser.js'
import { aClock, aRockpool, authorizeQuery, poolAndClient } from './support/rockpool.js'
import { throughZoo } from './support/zoo-pages.js'

/** What real providers do to those who federate to them: each quirk is one switch, and comes to what the table says. */

const callback = 'https://app.example/cb'
const bye = 'https://app.example/bye'
const poolId = 'us-east-1_Quirks001'

/** A sign-in with one quirk, and what comes of it. */
interface Case {
  readonly quirk: UpstreamQuirk
  readonly kind: UpstreamKind
  /** What the app is told: a description of an error. */
  readonly error?: string | RegExp
  /** What a page says that nobody comes away from. */
  readonly page?: string | RegExp
  /** Attributes of the user who was signed in; undefined for one that is not set. */
  readonly user?: Readonly<Record<string, string | RegExp | undefined>>
  /** What else the pool's provider is told. */
  readonly details?: Readonly<Record<string, string>>
  /** The quirk's number in the list of the facts (§9), where it has one. */
  readonly row?: number
}

const saml = 'Invalid SAML response received: '
const badSignature = `${saml}SAML Assertion signature is invalid. `
const stranded = 'Invalid samlResponse or relayState from identity provider'
const isFine = { user: { email: 'ann@example.com' } }
const overLong = /custom:groups: String length/
const emoji = /name/

const cases: readonly Case[] = [
  { quirk: 'unsigned', kind: 'saml', error: badSignature },
  { quirk: 'unsigned', kind: 'oidc', error: /Bad id_token algorithm none/ },
  { quirk: 'sign-response', kind: 'saml', ...isFine },
  { quirk: 'sign-both', kind: 'saml', ...isFine },
  { quirk: 'sha1', kind: 'saml', ...isFine },
  { quirk: 'no-key-info', kind: 'saml', ...isFine },
  { quirk: 'foreign-key', kind: 'saml', error: badSignature },
  { quirk: 'foreign-key', kind: 'oidc', error: /Bad id_token signature/ },
  { quirk: 'rotated-certificate', kind: 'saml', error: badSignature, row: 10 },
  { quirk: 'expired-certificate', kind: 'saml', error: /Signing certificates are expired/, row: 11 },
  { quirk: 'encrypts', kind: 'saml', error: `${saml}SAML Assertion is encrypted. `, row: 12 },
  { quirk: 'encrypts', kind: 'saml', details: { EncryptedResponses: 'true' }, ...isFine, row: 12 },
  { quirk: 'wants-signed-requests', kind: 'keycloak', page: 'Invalid requester', row: 14 },
  {
    quirk: 'wants-signed-requests',
    kind: 'saml',
    details: { RequestSigningAlgorithm: 'rsa-sha256' },
    ...isFine,
    row: 14,
  },
  { quirk: 'wrong-audience', kind: 'saml', error: `${saml}Audience is invalid. `, row: 2 },
  { quirk: 'wrong-audience', kind: 'oidc', error: /Bad id_token audience another-client/ },
  { quirk: 'wrong-recipient', kind: 'saml', error: `${saml}Recipient is invalid. ` },
  { quirk: 'wrong-issuer', kind: 'saml', error: `${saml}Issuer is invalid. ` },
  { quirk: 'wrong-issuer', kind: 'oidc', error: /Bad id_token issuer .*\/another/ },
  { quirk: 'no-in-response-to', kind: 'saml', error: `${saml}InResponseTo is invalid. `, row: 3 },
  { quirk: 'expired', kind: 'saml', error: /SAML Assertion is expired/ },
  { quirk: 'expired', kind: 'oidc', error: /Bad id_token expired/ },
  { quirk: 'cut-relay-state', kind: 'saml', page: stranded, row: 13 },
  { quirk: 'empty-relay-state', kind: 'saml', page: stranded, row: 1 },
  { quirk: 'no-name-id', kind: 'saml', error: `${saml}NameID is missing. ` },
  { quirk: 'transient-name-id', kind: 'saml', user: { username: /_[0-9a-f-]{36}$/ }, row: 4 },
  { quirk: 'long-name-id', kind: 'saml', error: /'userName' failed to satisfy constraint/, row: 4 },
  { quirk: 'upper-case-name-id', kind: 'saml', user: { username: /_UPPER-CASE-NAME-ID-OF-SAML$/ } },
  { quirk: 'pairwise-subject', kind: 'oidc', user: { username: /_[\w-]{43}$/ } },
  { quirk: 'no-email', kind: 'entra', error: /email: The attribute is required/, row: 5 },
  { quirk: 'no-email', kind: 'facebook', error: 'attributes required: [email]', row: 25 },
  { quirk: 'no-email', kind: 'oidc', error: 'attributes required: [email]' },
  { quirk: 'no-email-verified', kind: 'oidc', user: { email_verified: 'false' }, row: 27 },
  { quirk: 'no-email-verified', kind: 'google', user: { email_verified: 'false' }, row: 27 },
  { quirk: 'email-verified-as-text', kind: 'oidc', user: { email_verified: 'true' } },
  { quirk: 'email-verified-as-text', kind: 'google', user: { email_verified: 'true' } },
  { quirk: 'no-name', kind: 'apple', user: { name: undefined }, row: 23 },
  { quirk: 'short-names', kind: 'entra', error: /email: The attribute is required/, row: 6 },
  { quirk: 'repeated-attributes', kind: 'saml', user: { 'custom:groups': /^\[admins, / }, row: 15 },
  { quirk: 'many-groups', kind: 'saml', error: overLong, row: 17 },
  { quirk: 'many-groups', kind: 'oidc', error: overLong, row: 17 },
  { quirk: 'groups-as-link', kind: 'entra', user: { 'custom:groups': undefined }, row: 16 },
  { quirk: 'emoji', kind: 'saml', error: emoji, row: 17 },
  { quirk: 'emoji', kind: 'oidc', error: emoji, row: 17 },
  { quirk: 'emoji', kind: 'google', error: emoji, row: 17 },
  { quirk: 'long-access-token', kind: 'facebook', error: /custom:token/ },
  { quirk: 'hs256', kind: 'oidc', ...isFine },
  { quirk: 'es256', kind: 'oidc', ...isFine },
  { quirk: 'no-kid', kind: 'oidc', error: /Bad id_token kid/ },
  { quirk: 'rotates-keys', kind: 'oidc', ...isFine },
  { quirk: 'trailing-slash', kind: 'auth0', ...isFine, row: 20 },
  {
    quirk: 'issuer-of-another-host',
    kind: 'keycloak',
    error: /Bad id_token issuer http:\/\/keycloak/,
    row: 21,
  },
  { quirk: 'v1-issuer', kind: 'entra', error: /Bad id_token issuer https:\/\/sts\.windows\.net/, row: 19 },
  { quirk: 'common-issuer', kind: 'entra', error: /Bad id_token issuer /, row: 19 },
  { quirk: 'demands-nonce', kind: 'oidc', error: /nonce is required; error=invalid_request/, row: 22 },
  {
    quirk: 'demands-pkce',
    kind: 'oidc',
    error: /code_challenge is required; error=invalid_request/,
    row: 22,
  },
  { quirk: 'demands-basic', kind: 'oidc', error: / Error - 401 error getting token$/, row: 22 },
  { quirk: 'invalid-client', kind: 'oidc', error: / Error - 401 error getting token$/ },
  {
    quirk: 'invalid-client',
    kind: 'apple',
    error: 'SignInWithApple Error - 400 error getting token',
    row: 24,
  },
  { quirk: 'unknown-field', kind: 'facebook', error: /./, row: 26 },
  { quirk: 'slow', kind: 'oidc', error: 'Timeout occurred in calling IdP token endpoint' },
  { quirk: 'failing', kind: 'oidc', error: / Error - 500 error getting token$/ },
  { quirk: 'refuses', kind: 'saml', error: `${saml}Status Responder, AuthnFailed: The user cancelled. ` },
  { quirk: 'refuses', kind: 'oidc', error: 'The user cancelled the sign-in; error=access_denied' },
  { quirk: 'refuses', kind: 'amazon', error: /error=access_denied/ },
  { quirk: 'unassigned', kind: 'entra', page: 'AADSTS50105', row: 18 },
  { quirk: 'unknown-reply-address', kind: 'entra', page: 'AADSTS50011', row: 18 },
  { quirk: 'unknown-application', kind: 'entra', page: 'AADSTS700016', row: 18 },
]

const socialTypes: Partial<Record<UpstreamKind, string>> = {
  google: 'Google',
  facebook: 'Facebook',
  amazon: 'LoginWithAmazon',
  apple: 'SignInWithApple',
}

/** Kinds that speak both protocols are asked by SAML where the quirk shows there. */
const speaksSaml = ({ kind, quirk }: Case): boolean =>
  kind === 'saml' ||
  (kind !== 'oidc' &&
    socialTypes[kind] === undefined &&
    quirksOf(kind, 'SAML').includes(quirk) &&
    !isOfTokens(quirk))
const isOfTokens = (quirk: UpstreamQuirk): boolean => ['v1-issuer', 'common-issuer'].includes(quirk)

const longNames = {
  email: 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress',
  name: 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name',
  'custom:groups': 'http://schemas.microsoft.com/ws/2008/06/identity/claims/groups',
}
const plainNames = { email: 'email', name: 'name', 'custom:groups': 'groups' }

const mappingOf = (one: Case): Record<string, string> => {
  const type = socialTypes[one.kind]
  if (type !== undefined)
    return {
      email: 'email',
      name: 'name',
      ...(one.kind === 'facebook'
        ? { 'custom:token': 'access_token' }
        : { email_verified: 'email_verified' }),
    }
  if (speaksSaml(one)) return one.kind === 'entra' ? longNames : plainNames
  return { ...plainNames, email_verified: 'email_verified' }
}

/** What shows before a page does, or beside it, is switched on in the seed; all else is ticked at the page. */
const inSeed: readonly UpstreamQuirk[] = [
  'rotated-certificate',
  'expired-certificate',
  'wants-signed-requests',
  'trailing-slash',
  'common-issuer',
  'logout-by-redirect',
  'logout-without-certificate',
]

/** The built-in provider of a case, and the pool's provider that leads to it. */
const upstreamOf = ({ kind, quirk }: Case): string => (inSeed.includes(quirk) ? `${kind}-${quirk}` : kind)
const providerOf = (one: Case): string =>
  socialTypes[one.kind] ??
  `${upstreamOf(one)}-${speaksSaml(one) ? 'saml' : 'oidc'}${Object.keys(one.details ?? {}).join('')}`.slice(
    0,
    32,
  )

const client = { client_id: 'reef', client_secret: 'a-secret-of-the-reef-that-is-long-enough' }

function detailsOf(one: Case): object {
  if (speaksSaml(one)) return { MetadataURL: `\${upstreams.${upstreamOf(one)}.metadata}`, ...one.details }
  if (one.kind === 'apple') {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const private_key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    return {
      client_id: 'reef',
      team_id: 'TEAM123456',
      key_id: 'KEY1234567',
      private_key,
      authorize_scopes: 'email',
    }
  }
  if (socialTypes[one.kind] !== undefined) return { ...client, authorize_scopes: 'openid' }
  return {
    ...client,
    oidc_issuer: `\${upstreams.${upstreamOf(one)}.issuer}`,
    authorize_scopes: 'openid email profile',
    attributes_request_method: 'GET',
  }
}

const firstOfEach = <T>(all: readonly T[], nameOf: (one: T) => string): T[] => [
  ...new Map(all.toReversed().map(one => [nameOf(one), one])).values(),
]

const seedOfCases = (given: readonly Case[], users: readonly object[]) => ({
  UserPools: [
    {
      PoolName: 'reef',
      Id: poolId,
      Domain: 'reef',
      UsernameConfiguration: { CaseSensitive: true },
      Schema: [
        { Name: 'email', Required: true, Mutable: true },
        ...['groups', 'token'].map(Name => ({ Name, AttributeDataType: 'String', Mutable: true })),
      ],
      IdentityProviders: firstOfEach(given, providerOf).map(one => ({
        ProviderName: providerOf(one),
        ProviderType: socialTypes[one.kind] ?? (speaksSaml(one) ? 'SAML' : 'OIDC'),
        ProviderDetails: detailsOf(one),
        AttributeMapping: mappingOf(one),
      })),
      Clients: [
        {
          ClientName: 'app',
          ClientId: 'appatreef',
          CallbackURLs: [callback],
          LogoutURLs: [bye],
          AllowedOAuthFlowsUserPoolClient: true,
          AllowedOAuthFlows: ['code'],
          AllowedOAuthScopes: ['openid', 'email', 'profile'],
          SupportedIdentityProviders: firstOfEach(given, providerOf).map(providerOf),
        },
      ],
    },
  ],
  UpstreamProviders: firstOfEach(given, upstreamOf).map(one => ({
    Name: upstreamOf(one),
    Kind: one.kind,
    Quirks: inSeed.includes(one.quirk) ? [one.quirk] : [],
    Users: users,
    ...(speechOf(one.kind).includes('OIDC') ? { Clients: [registration] } : {}),
  })),
})

const registration = {
  ClientId: client.client_id,
  ClientSecret: client.client_secret,
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a reference
  RedirectUris: ['${pools.reef.domain}/oauth2/idpresponse'],
}

async function aReef(t: Test, given: readonly Case[], clock = aClock()) {
  const rockpool = await aRockpool(t, { seed: seedOfCases(given, []), clock })
  const sdk = anSdk(t, rockpool)
  const at = poolAndClient(rockpool, 'reef', 'app')
  const signIn = (one: Case, browser = aBrowser()) => {
    const query = authorizeQuery(at.client, { identity_provider: providerOf(one), state: 's' })
    // Each case has a user of its own: nothing is left of another.
    const user = { claims: { sub: `${one.quirk}-of-${one.kind}` } }
    const choice = inSeed.includes(one.quirk) ? user : { ...user, quirks: [one.quirk] }
    return throughZoo(`${at.pool.domainUrl}/oauth2/authorize?${query}`, callback, choice, browser)
  }
  const newestUser = async () => {
    const { Users = [] } = await sdk.send(new ListUsersCommand({ UserPoolId: poolId }))
    const [user] = Users.toSorted(
      (one, other) => Number(other.UserLastModifiedDate) - Number(one.UserLastModifiedDate),
    )
    return {
      username: user?.Username,
      ...Object.fromEntries((user?.Attributes ?? []).map(({ Name = '', Value }) => [Name, Value])),
    } as Record<string, string | undefined>
  }
  return { ...at, rockpool, sdk, clock, signIn, newestUser }
}

t.test('S60 each quirk is one switch, and ends in Cognito’s text', { timeout: 240_000 }, async t => {
  const reef = await aReef(t, cases)
  for (const one of cases) {
    const title = `${one.quirk} of ${one.kind}${one.row === undefined ? '' : ` (row ${one.row})`}`
    reef.clock.advance({ seconds: 1 })
    const end = await reef.signIn(one)
    if (one.error !== undefined) {
      t.match(end.told.error_description ?? end.text, one.error, title)
      t.notOk(end.told.code, title)
    } else if (one.page !== undefined) t.match(end.text, one.page, title)
    else {
      t.match(end.told, { code: /./ }, title)
      const user = await reef.newestUser()
      for (const [name, value] of Object.entries(one.user ?? {}))
        if (value === undefined) t.equal(user[name], undefined, `${title}: no ${name}`)
        else t.match(user[name], value, `${title}: ${name}`)
    }
  }
  const tried = new Set(cases.map(({ quirk }) => quirk))
  const elsewhere: UpstreamQuirk[] = ['logout-by-redirect', 'logout-without-certificate']
  t.strictSame(
    upstreamQuirks.filter(name => !tried.has(name) && !elsewhere.includes(name)),
    [],
    'there is a case for each',
  )
})

t.test('a certificate that was rotated counts as soon as the metadata are read again', async t => {
  const rotated: Case = { quirk: 'rotated-certificate', kind: 'saml' }
  const reef = await aReef(t, [rotated])
  t.match((await reef.signIn(rotated)).told.error_description, badSignature)
  reef.clock.advance({ seconds: 6 * 3600 })
  t.match((await reef.signIn(rotated)).told, { code: /./ }, 'six hours later')
})

t.test('a provider whose certificate has ended cannot be configured', async t => {
  const expired: Case = { quirk: 'expired-certificate', kind: 'saml' }
  const reef = await aReef(t, [expired])
  const create = new CreateIdentityProviderCommand({
    UserPoolId: poolId,
    ProviderName: 'Another',
    ProviderType: 'SAML',
    ProviderDetails: {
      MetadataURL: `${reef.rockpool.baseUrl}/_rockpool/zoo/saml-expired-certificate/saml/metadata`,
    },
  })
  t.match(await refusal(reef.sdk.send(create)), [
    'InvalidParameterException',
    'Signing certificates are expired',
  ])
})

t.test('signing out at a provider that answers otherwise than Cognito wants', async t => {
  const details = { IDPSignout: 'true' }
  const cases: (Case & { readonly page: string | RegExp })[] = [
    { quirk: 'logout-by-redirect', kind: 'saml', details, page: /./, row: 28 },
    {
      quirk: 'logout-without-certificate',
      kind: 'saml',
      details,
      page: 'The request to log out cannot be verified.',
      row: 28,
    },
  ]
  const reef = await aReef(t, cases)
  for (const one of cases) {
    const browser = aBrowser()
    t.match((await reef.signIn(one, browser)).told, { code: /./ })
    const query = new URLSearchParams({ client_id: reef.client.id, logout_uri: bye })
    const end = await browser.follow(`${reef.pool.domainUrl}/logout?${query}`, bye)
    t.not(end.page, undefined, `${one.quirk}: users never get to the app`)
    t.not(end.page?.status, 200, one.quirk)
    t.match(end.page?.text, one.page, one.quirk)
  }
})

t.test('a quirk that a provider cannot have is refused', async t => {
  const mistakes = (upstream: object) => {
    try {
      seedOf({ UserPools: [], UpstreamProviders: [{ Name: 'acme', ...upstream }] })
    } catch (error) {
      if (error instanceof SeedError) return error.mistakes
      throw error
    }
    return []
  }
  t.match(mistakes({ Quirks: ['encrypts'] }), [
    {
      path: 'UpstreamProviders[0].Quirks[0]',
      sentence: '"encrypts" is a quirk of SAML providers, and acme is of the kind "oidc".',
      remedy: /^Take it out, or set Kind to "saml" or "entra" or .*The kind "oidc" has unsigned, /,
    },
  ])
  t.match(mistakes({ Kind: 'saml', Quirks: ['sha1', 'hs256'] }), [{ path: 'UpstreamProviders[0].Quirks[1]' }])
  t.match(mistakes({ Kind: 'google', Quirks: ['no-name'] }), [{ sentence: /a quirk of the kind "apple"/ }])
  t.strictSame(mistakes({ Kind: 'entra', Quirks: ['encrypts', 'hs256', 'unassigned'] }), [])
  t.match(mistakes({ SignsIn: 'nobody' }), [
    { path: 'UpstreamProviders[0].SignsIn', remedy: 'Name one of its users: ann, omar.' },
  ])
})

/** Text without the blanks that a formatter puts into tables. */
const plainly = (text: string): string => text.replace(/\s+/g, ' ')

t.test('what the quirks do is written down', async t => {
  const page = await readFile('docs/rehearse.md', 'utf8')
  for (const [name, { of, does, outcome }] of Object.entries(quirks)) {
    t.ok(of.length > 0, name)
    t.match(does, /^[a-z].*[^.]$/, `${name}: the end of a sentence`)
    t.match(outcome, /^[A-Z].*[.”]$/, `${name}: a sentence`)
    const row = `| \`${name}\` | ${of.join(', ')} | ${does} | ${outcome} |`
    t.ok(plainly(page).includes(plainly(row)), `docs/rehearse.md has the row ${row}`)
  }
})

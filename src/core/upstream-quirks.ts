import type { UpstreamKind } from './upstream-kind.js'

/**
 * What real providers are known to do wrong in a federation (docs/facts/saml-and-social.md §9), each a switch of the built-in
 * ones. One table: seeds are checked by it, pages offer what is in it, the doctor explains by it, and a test tries all of it.
 */

/** What a quirk is about: a protocol, or a single kind of provider. */
export type Speech = 'OIDC' | 'SAML' | UpstreamKind

export interface Quirk {
  /** Those that can do it. */
  readonly of: readonly Speech[]
  /** What the provider does, as the end of a sentence that begins with its name. */
  readonly does: string
  /** What Cognito makes of it: a sentence. */
  readonly outcome: string
}

const both = ['OIDC', 'SAML'] as const
const social = ['google', 'facebook', 'amazon', 'apple'] as const
const all = [...both, ...social] as const

const table = {
  // What is signed, and by what.
  unsigned: {
    of: both,
    does: 'signs neither response nor assertion; an ID token has the algorithm "none"',
    outcome: 'Cognito refuses the signature.',
  },
  'sign-response': {
    of: ['SAML'],
    does: 'signs the response alone',
    outcome: 'Cognito takes it: one signature is enough.',
  },
  'sign-both': { of: ['SAML'], does: 'signs response and assertion', outcome: 'Cognito takes it.' },
  sha1: {
    of: ['SAML'],
    does: 'signs with rsa-sha1',
    outcome: 'Rockpool takes it and warns: whether Cognito does is not documented.',
  },
  'no-key-info': {
    of: ['SAML'],
    does: 'does not say which key has signed',
    outcome: 'Cognito tries each certificate of the metadata.',
  },
  'foreign-key': {
    of: both,
    does: 'signs with a key that it does not publish',
    outcome: 'Cognito refuses the signature.',
  },
  'rotated-certificate': {
    of: ['SAML'],
    does: 'signs with a new certificate, which its metadata have had for less than six hours',
    outcome: 'Cognito refuses the signature, until it reads the metadata again: within six hours.',
  },
  'expired-certificate': {
    of: ['SAML'],
    does: 'publishes a certificate that has ended',
    outcome: 'Cognito refuses to configure the provider: Signing certificates are expired.',
  },
  encrypts: {
    of: ['SAML'],
    does: 'encrypts assertions to the certificate of the pool’s provider',
    outcome: 'Cognito takes them with EncryptedResponses "true", and refuses them otherwise.',
  },
  'wants-signed-requests': {
    of: ['SAML'],
    does: 'takes signed requests only, as Keycloak does unless it is told otherwise',
    outcome:
      'Users see the provider’s page “Invalid requester”, unless RequestSigningAlgorithm is set; Cognito hears nothing.',
  },

  // Whom, where and when an answer is for.
  'wrong-audience': {
    of: both,
    does: 'names another audience',
    outcome: 'Cognito refuses the audience.',
  },
  'wrong-recipient': {
    of: ['SAML'],
    does: 'names another recipient',
    outcome: 'Cognito refuses the recipient.',
  },
  'wrong-issuer': { of: both, does: 'names another issuer', outcome: 'Cognito refuses the issuer.' },
  'no-in-response-to': {
    of: ['SAML'],
    does: 'leaves InResponseTo out of SubjectConfirmationData',
    outcome: 'Cognito refuses it, since January 2024.',
  },
  expired: {
    of: both,
    does: 'answers with what ended an hour ago',
    outcome: 'Cognito refuses it: look at the clocks of both.',
  },
  'cut-relay-state': {
    of: ['SAML'],
    does: 'cuts RelayState at 80 bytes',
    outcome: 'Cognito shows the page “Invalid samlResponse or relayState from identity provider”.',
  },
  'empty-relay-state': {
    of: ['SAML'],
    does: 'sends an empty RelayState, as a tile of a portal does',
    outcome: 'Cognito shows the page “Invalid samlResponse or relayState from identity provider”.',
  },

  // The user's identity.
  'no-name-id': { of: ['SAML'], does: 'sends no NameID', outcome: 'Cognito refuses the assertion.' },
  'transient-name-id': {
    of: ['SAML'],
    does: 'sends another NameID each time',
    outcome: 'Cognito makes a new user at each sign-in.',
  },
  'long-name-id': {
    of: ['SAML'],
    does: 'sends a NameID of 160 characters',
    outcome: 'Cognito refuses a userName of more than 128.',
  },
  'upper-case-name-id': {
    of: ['SAML'],
    does: 'sends the NameID in capitals',
    outcome: 'It is another user; in a pool that ignores case, nobody is signed in.',
  },
  'pairwise-subject': {
    of: ['OIDC'],
    does: 'has another `sub` of the user for each client',
    outcome: 'The same person is another user for each client id; Entra’s lasting id is oid.',
  },

  // What is said of the user.
  'no-email': {
    of: all,
    does: 'sends no e-mail address',
    outcome: 'The attribute stays unset, and a pool that requires it refuses the sign-in.',
  },
  'no-email-verified': {
    of: ['OIDC', 'google', 'apple'],
    does: 'does not say whether the address is verified',
    outcome: 'The attribute email_verified stays "false".',
  },
  'email-verified-as-text': {
    of: ['OIDC', 'google'],
    does: 'says that the address is verified by a text',
    outcome: 'Cognito takes the text for the value.',
  },
  'no-name': {
    of: ['apple'],
    does: 'does not tell the name, as at every sign-in but the first',
    outcome: 'A new user has no name, and a pool that requires it refuses the sign-in.',
  },
  'short-names': {
    of: ['SAML'],
    does: 'calls attributes by short names',
    outcome: 'A mapping by the long ones comes to nothing, without an error.',
  },
  'repeated-attributes': {
    of: ['SAML'],
    does: 'sends an element of its own for each value, as Keycloak does for roles',
    outcome: 'They count as several values of one attribute.',
  },
  'many-groups': {
    of: both,
    does: 'sends 151 groups',
    outcome: 'The sign-in fails where they are mapped: a value has 2048 characters at most.',
  },
  'groups-as-link': {
    of: ['entra'],
    does: 'sends a link in the place of more than 150 groups',
    outcome: 'The mapped attribute comes to nothing, without an error.',
  },
  emoji: {
    of: all,
    does: 'sends a name with an emoji',
    outcome: 'The sign-in fails where it is mapped: no characters of four bytes.',
  },
  'long-access-token': {
    of: social,
    does: 'has access tokens of more than 2048 characters',
    outcome: 'The sign-in fails where the token is mapped to an attribute.',
  },

  // The signatures and the issuer of ID tokens.
  hs256: {
    of: ['OIDC'],
    does: 'signs ID tokens with the client secret (HS256)',
    outcome: 'Cognito verifies them with client_secret.',
  },
  es256: {
    of: ['OIDC'],
    does: 'signs ID tokens with a key on the curve P-256 (ES256)',
    outcome: 'Cognito verifies them with the published key.',
  },
  'no-kid': {
    of: ['OIDC'],
    does: 'does not say which key has signed',
    outcome: 'Cognito refuses the ID token: it wants a kid that is published.',
  },
  'rotates-keys': {
    of: ['OIDC'],
    does: 'signs each ID token with a new key, which it publishes in the place of the last',
    outcome: 'Cognito takes it: keys are fetched for each token.',
  },
  'trailing-slash': {
    of: ['OIDC'],
    does: 'has a slash at the end of its issuer, as Auth0 does',
    outcome:
      'Cognito compares issuers as texts, so oidc_issuer needs the slash; Rockpool takes it without, and warns.',
  },
  'issuer-of-another-host': {
    of: ['OIDC'],
    does: 'names itself by another host, as Keycloak does that is reached as localhost and as keycloak',
    outcome: 'Cognito refuses the issuer of the ID token.',
  },
  'v1-issuer': {
    of: ['entra'],
    does: 'names the issuer of version 1 (sts.windows.net)',
    outcome: 'Cognito refuses the issuer of the ID token.',
  },
  'common-issuer': {
    of: ['entra'],
    does: 'publishes an issuer with {tenantid} in it, as the endpoint “common” does',
    outcome: 'Cognito refuses the issuer of the ID token, which has the tenant’s id in its place.',
  },

  // What it demands, and how it fails.
  'demands-nonce': {
    of: ['OIDC'],
    does: 'refuses requests without a nonce',
    outcome: 'Cognito sends none: nobody can sign in.',
  },
  'demands-pkce': {
    of: ['OIDC'],
    does: 'refuses requests without PKCE',
    outcome: 'Cognito sends no challenge: nobody can sign in.',
  },
  'demands-basic': {
    of: ['OIDC'],
    does: 'takes the secret in a Basic header only',
    outcome: 'Cognito sends it in the body: the provider answers invalid_client.',
  },
  'invalid-client': {
    of: ['OIDC', ...social],
    does: 'refuses the client secret, as one that has ended (Apple’s does after six months)',
    outcome: 'The app is called back with “… Error - … error getting token”.',
  },
  'unknown-field': {
    of: ['facebook'],
    does: 'knows none of the fields that are asked for, as after a change of its API’s version',
    outcome: 'All sign-ins fail.',
  },
  slow: {
    of: ['OIDC'],
    does: 'does not answer the token request',
    outcome: 'Cognito gives up after five seconds.',
  },
  failing: {
    of: ['OIDC'],
    does: 'answers the token request with 500',
    outcome: 'The app is called back with an error.',
  },
  refuses: {
    of: all,
    does: 'refuses the sign-in, as when the user cancels',
    outcome: 'The app is called back with the provider’s error.',
  },
  unassigned: {
    of: ['entra'],
    does: 'shows AADSTS50105: the user is not assigned to the application',
    outcome: 'Users stay at the provider’s page; Cognito hears nothing.',
  },
  'unknown-reply-address': {
    of: ['entra'],
    does: 'shows AADSTS50011: the reply address is not registered',
    outcome: 'Users stay at the provider’s page; Cognito hears nothing.',
  },
  'unknown-application': {
    of: ['entra'],
    does: 'shows AADSTS700016: the application is not known',
    outcome: 'Users stay at the provider’s page; Cognito hears nothing.',
  },
  'logout-by-redirect': {
    of: ['SAML'],
    does: 'answers a request to log out by a redirect',
    outcome: 'Cognito takes a POST alone: users see an error page.',
  },
  'logout-without-certificate': {
    of: ['SAML'],
    does: 'cannot verify a request to log out, because nobody has uploaded the pool’s certificate',
    outcome: 'Users stay at the provider’s page, signed out of the pool and not of the provider.',
  },
} as const satisfies Readonly<Record<string, Quirk>>

export type UpstreamQuirk = keyof typeof table

export const quirks: Readonly<Record<UpstreamQuirk, Quirk>> = table

export const upstreamQuirks = Object.keys(table) as UpstreamQuirk[]

/** What a kind of provider speaks, itself included. */
export const speechOf = (kind: UpstreamKind): readonly Speech[] => {
  if (kind === 'oidc') return ['OIDC', kind]
  if (kind === 'saml') return ['SAML', kind]
  return (social as readonly UpstreamKind[]).includes(kind) ? [kind] : ['OIDC', 'SAML', kind]
}

/** Whether a kind of provider can do what a quirk says. */
export const canDo = (kind: UpstreamKind, quirk: UpstreamQuirk): boolean =>
  quirks[quirk].of.some(speech => speechOf(kind).includes(speech))

/** The quirks that a kind of provider can have; at an address of one protocol, those that show there. */
export const quirksOf = (kind: UpstreamKind, protocol?: 'OIDC' | 'SAML'): UpstreamQuirk[] =>
  upstreamQuirks.filter(name => {
    const { of }: Quirk = quirks[name]
    const shows = protocol === undefined || of.includes(protocol) || of.includes(kind)
    return canDo(kind, name) && shows
  })

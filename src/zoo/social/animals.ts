import { createHash } from 'node:crypto'
import type { UpstreamKind } from '../../core/upstream-kind.js'
import type { UpstreamClaims, UpstreamUser } from '../../core/upstream-provider.js'

/** What Google, Facebook, Amazon and Apple say and want, as far as a pool sees it (docs/facts/saml-and-social.md §7.4, §8.2). */

export type SocialKind = Extract<UpstreamKind, 'google' | 'facebook' | 'amazon' | 'apple'>

/** The request that the page was opened with, and that the provider answers. */
export interface Asked {
  readonly clientId: string
  readonly redirectUri: string
  readonly scope: string
  readonly state: string | undefined
}

export interface Animal {
  readonly title: string
  readonly authorize: string
  readonly token: readonly { readonly method: 'GET' | 'POST'; readonly path: string }[]
  readonly profile?: string
  readonly keys?: string
  /** The issuer of its ID tokens; it sends none if absent. */
  readonly issuer?: string
  /** The subject of a user to whom the seed gives no `sub`. */
  subject(username: string): string
  /** What comes back beside code and state. */
  back(asked: Asked): Readonly<Record<string, string>>
  /** The answer when the user has cancelled. */
  readonly cancelled: Readonly<Record<string, string>>
  /** Whether the answer is posted. */
  readonly posts: boolean
  /** How an access token begins. */
  readonly accessToken: string
  /** What else the token endpoint answers, beside the tokens. */
  readonly tokenAnswer: Readonly<Record<string, string | number>>
  /** How the token endpoint says no. */
  refusal(error: 'invalid_client' | 'invalid_grant'): { readonly status: number; readonly body: object }
  /** The claims of the ID token. */
  idToken(user: UpstreamUser['claims']): UpstreamClaims
  /** The requested fields of the profile; undefined if one of them does not exist. */
  profileOf(user: UpstreamUser['claims'], fields: readonly string[]): object | undefined
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex')
const digits = (text: string, length: number): string =>
  `1${BigInt(`0x${digest(text)}`)
    .toString()
    .slice(0, length - 1)}`

/** Those of the claims that are there, by other names. */
const renamed = (claims: UpstreamClaims, names: Readonly<Record<string, string>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(names).flatMap(([name, claim]) =>
      claims[claim] === undefined ? [] : [[name, claims[claim]]],
    ),
  )

const standard =
  (status = 401) =>
  (error: string) => ({
    status: error === 'invalid_client' ? status : 400,
    body: { error, error_description: error === 'invalid_client' ? 'Unauthorized' : 'Bad Request' },
  })

const google: Animal = {
  title: 'Google',
  authorize: 'accounts.google.com/o/oauth2/v2/auth',
  token: ['www.googleapis.com/oauth2/v4/token', 'oauth2.googleapis.com/token'].map(path => ({
    method: 'POST',
    path,
  })),
  profile: 'people.googleapis.com/v1/people/me',
  keys: 'www.googleapis.com/oauth2/v3/certs',
  issuer: 'https://accounts.google.com',
  subject: username => digits(username, 21),
  back: ({ scope }) => ({
    scope: scope.replace(/\b(email|profile)\b/g, 'https://www.googleapis.com/auth/userinfo.$1'),
    authuser: '0',
    prompt: 'none',
    iss: 'https://accounts.google.com',
  }),
  cancelled: { error: 'access_denied' },
  posts: false,
  accessToken: 'ya29.',
  tokenAnswer: { expires_in: 3599, token_type: 'Bearer' },
  refusal: standard(),
  idToken: ({ groups: _groups, ...claims }) => claims,
  profileOf(claims, fields) {
    const primary = { primary: true, source: { type: 'PROFILE', id: claims.sub } }
    const all: Record<string, object[] | undefined> = {
      names: [
        {
          metadata: primary,
          ...renamed(claims, { displayName: 'name', familyName: 'family_name', givenName: 'given_name' }),
        },
      ],
      phoneNumbers:
        claims.phone_number === undefined
          ? undefined
          : [{ metadata: primary, value: claims.phone_number, canonicalForm: claims.phone_number }],
      genders: claims.gender === undefined ? undefined : [{ metadata: primary, value: claims.gender }],
      birthdays: birthdayOf(claims.birthdate, primary),
    }
    return {
      resourceName: `people/${claims.sub}`,
      etag: '%EgUBAi43PRoEAQIFBw==',
      ...Object.fromEntries(fields.flatMap(field => (all[field] === undefined ? [] : [[field, all[field]]]))),
    }
  },
}

function birthdayOf(birthdate: unknown, metadata: object): object[] | undefined {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(String(birthdate)) ?? []
  return year === undefined
    ? undefined
    : [{ metadata, date: { year: Number(year), month: Number(month), day: Number(day) } }]
}

const facebookFields: Readonly<Record<string, string>> = {
  id: 'sub',
  name: 'name',
  email: 'email',
  first_name: 'given_name',
  last_name: 'family_name',
  middle_name: 'middle_name',
  gender: 'gender',
  birthday: 'birthdate',
  locale: 'locale',
  picture: 'picture',
}

const facebook: Animal = {
  title: 'Facebook',
  authorize: 'www.facebook.com/:version/dialog/oauth',
  token: [{ method: 'GET', path: 'graph.facebook.com/:version/oauth/access_token' }],
  profile: 'graph.facebook.com/:version/me',
  subject: username => digits(username, 16),
  back: () => ({}),
  cancelled: {
    error: 'access_denied',
    error_code: '200',
    error_description: 'Permissions error',
    error_reason: 'user_denied',
  },
  posts: false,
  accessToken: 'EAA',
  tokenAnswer: { token_type: 'bearer', expires_in: 5_183_944 },
  refusal: error => ({
    status: 400,
    body: {
      error: {
        message:
          error === 'invalid_client'
            ? 'Error validating client secret.'
            : 'This authorization code has been used.',
        type: 'OAuthException',
        code: error === 'invalid_client' ? 1 : 100,
        fbtrace_id: 'AXyz',
      },
    },
  }),
  idToken: () => ({}),
  profileOf(claims, fields) {
    const asked = fields.length === 0 ? ['id', 'name'] : fields
    if (asked.some(field => facebookFields[field] === undefined)) return undefined
    const given = renamed(
      claims,
      Object.fromEntries(asked.map(field => [field, facebookFields[field] ?? ''])),
    )
    const { picture, ...rest } = given
    return picture === undefined
      ? rest
      : { ...rest, picture: { data: { height: 50, is_silhouette: false, url: picture, width: 50 } } }
  },
}

const amazon: Animal = {
  title: 'Amazon',
  authorize: 'www.amazon.com/ap/oa',
  token: [{ method: 'POST', path: 'api.amazon.com/auth/o2/token' }],
  profile: 'api.amazon.com/user/profile',
  subject: username => `amzn1.account.${digest(username).slice(0, 28).toUpperCase()}`,
  back: ({ scope }) => ({ scope }),
  cancelled: { error: 'access_denied', error_description: 'Access not permitted.' },
  posts: false,
  accessToken: 'Atza|',
  tokenAnswer: { token_type: 'bearer', expires_in: 3600 },
  refusal: standard(),
  idToken: () => ({}),
  profileOf: claims =>
    renamed(claims, { user_id: 'sub', email: 'email', name: 'name', postal_code: 'postal_code' }),
}

const apple: Animal = {
  title: 'Apple',
  authorize: 'appleid.apple.com/auth/authorize',
  token: [{ method: 'POST', path: 'appleid.apple.com/auth/token' }],
  keys: 'appleid.apple.com/auth/keys',
  issuer: 'https://appleid.apple.com',
  subject: username => `000340.${digest(username).slice(0, 32)}.0638`,
  back: () => ({}),
  cancelled: { error: 'user_cancelled_authorize' },
  posts: true,
  accessToken: 'a',
  tokenAnswer: { token_type: 'Bearer', expires_in: 3600 },
  refusal: error => ({ status: 400, body: { error } }),
  // Names come with the first consent alone, in the form; what is true is a text.
  idToken: ({ sub, email, email_verified: isVerified }) => ({
    sub,
    ...(email === undefined ? {} : { email }),
    ...(isVerified === undefined ? {} : { email_verified: String(isVerified) }),
    nonce_supported: true,
  }),
  profileOf: () => undefined,
}

export const animals: Readonly<Record<SocialKind, Animal>> = { google, facebook, amazon, apple }

export const isSocialKind = (kind: UpstreamKind): kind is SocialKind => Object.hasOwn(animals, kind)

import { type AppClient, mayRead } from './app-client.js'
import { type Assurance, assuranceClaims } from './assurance.js'
import { byPrecedence, type Group, rolesOf } from './group.js'
import { identitiesAttribute, identitiesClaim } from './identity.js'
import { releases } from './scopes.js'
import type { User } from './user.js'

/**
 * The claims of tokens and of userInfo, as Cognito writes them (docs/facts/oauth-and-federation.md §5, §7). Pure
 * functions: times are in seconds, and whatever is random comes in.
 */

/** What the tokens of one sign-in have in common, and what is new with each issue. */
export interface Issue {
  readonly issuer: string
  readonly client: AppClient
  readonly scopes: readonly string[]
  /** Seconds: when the user last proved who they are; now; and for how long. */
  readonly authTime: number
  readonly issuedAt: number
  readonly lifetime: number
  readonly jti: string
  /** Names the sign-in; absent when the client's tokens cannot be revoked. */
  readonly originJti?: string
  readonly eventId: string
  /** Whether the sign-in was made through the user pools API: such access tokens have no `version`. */
  readonly viaApi?: boolean
  /** The device that was signed in on. */
  readonly deviceKey?: string
  /** How sure the sign-in was of the user. */
  readonly assurance?: Assurance
}

/** A user with the groups they are in. */
export interface Person {
  readonly user: User
  readonly groups: readonly Group[]
}

export type TokenClaims = Readonly<Record<string, unknown>>

/** Claims of an access token from the OAuth endpoints, in the order real ones show (§7.3). */
export function accessTokenClaims(issue: Issue, { user, groups }: Person, resource?: string): TokenClaims {
  return {
    sub: user.sub,
    ...(issue.deviceKey === undefined ? {} : { device_key: issue.deviceKey }),
    ...groupClaim(groups),
    iss: issue.issuer,
    ...(issue.viaApi ? {} : { version: 2 }),
    client_id: issue.client.id,
    ...(issue.originJti === undefined ? {} : { origin_jti: issue.originJti }),
    event_id: issue.eventId,
    token_use: 'access',
    scope: issue.scopes.join(' '),
    ...(resource === undefined ? {} : { aud: resource }),
    ...assuranceClaims(issue.assurance),
    auth_time: issue.authTime,
    exp: issue.issuedAt + issue.lifetime,
    iat: issue.issuedAt,
    jti: issue.jti,
    username: user.username,
  }
}

/** Claims of a machine's access token: no username, and the client as the subject (§7.3, fact O33). */
export function machineTokenClaims(
  issue: Omit<Issue, 'originJti' | 'eventId' | 'viaApi' | 'deviceKey'>,
): TokenClaims {
  return {
    sub: issue.client.id,
    token_use: 'access',
    scope: issue.scopes.join(' '),
    auth_time: issue.authTime,
    iss: issue.issuer,
    exp: issue.issuedAt + issue.lifetime,
    iat: issue.issuedAt,
    version: 2,
    jti: issue.jti,
    client_id: issue.client.id,
  }
}

/** Claims of an ID token (§7.2). `atHash` only for tokens from the OAuth endpoints. */
export function idTokenClaims(
  issue: Issue,
  person: Person,
  extra: { atHash?: string; nonce?: string },
): TokenClaims {
  const { user, groups } = person
  return {
    ...(extra.atHash === undefined ? {} : { at_hash: extra.atHash }),
    sub: user.sub,
    ...groupClaim(groups),
    ...roleClaims(groups),
    iss: issue.issuer,
    'cognito:username': user.username,
    ...(extra.nonce === undefined ? {} : { nonce: extra.nonce }),
    ...(issue.originJti === undefined ? {} : { origin_jti: issue.originJti }),
    aud: issue.client.id,
    event_id: issue.eventId,
    ...(user.identities.length === 0 ? {} : { identities: identitiesClaim(user.identities) }),
    token_use: 'id',
    ...assuranceClaims(issue.assurance),
    auth_time: issue.authTime,
    exp: issue.issuedAt + issue.lifetime,
    iat: issue.issuedAt,
    // Revocable or not, access tokens always had a `jti`; ID tokens have one together with `origin_jti` (§7.2).
    ...(issue.originJti === undefined ? {} : { jti: issue.jti }),
    ...attributeClaims(issue, user),
  }
}

/** The body of a userInfo answer: all values are texts, unlike the ID token's (§5, fact O13). */
export function userInfoClaims(
  client: AppClient,
  scopes: readonly string[],
  user: User,
): Record<string, string> {
  return {
    sub: user.sub,
    ...visibleAttributes(client, scopes, user),
    ...(user.identities.length === 0 ? {} : { identities: identitiesAttribute(user.identities) }),
    username: user.username,
  }
}

const groupClaim = (groups: readonly Group[]) =>
  groups.length === 0 ? {} : { 'cognito:groups': byPrecedence(groups).map(({ name }) => name) }

function roleClaims(groups: readonly Group[]) {
  const { roles, preferred } = rolesOf(byPrecedence(groups))
  return {
    ...(roles.length === 0 ? {} : { 'cognito:roles': roles }),
    ...(preferred === undefined ? {} : { 'cognito:preferred_role': preferred }),
  }
}

/** Attributes as ID-token claims: only the verified flags change their type, and `address` is an object (§7.2). */
function attributeClaims({ client, scopes }: Issue, user: User): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(visibleAttributes(client, scopes, user)).map(([name, value]) => [
      name,
      claimValue(name, value),
    ]),
  )
}

function claimValue(name: string, value: string): unknown {
  if (name === 'email_verified' || name === 'phone_number_verified') return value.toLowerCase() === 'true'
  return name === 'address' ? { formatted: value } : value
}

const visibleAttributes = (client: AppClient, scopes: readonly string[], { attributes }: User) =>
  Object.fromEntries(
    Object.entries(attributes).filter(
      ([name, value]) => value !== '' && mayRead(client, name) && releases(scopes, name),
    ),
  )

import type { TokenClaims } from './claims.js'

/** What a trigger changes about tokens (docs/facts/triggers.md §5.6). Pure functions. */
export interface TokenChanges {
  readonly id: ClaimChanges
  readonly access: ClaimChanges & {
    readonly scopesToAdd: readonly string[]
    readonly scopesToSuppress: readonly string[]
  }
  /** In the place of the user's own groups, in both tokens; empty for none. */
  readonly groups?: {
    readonly names: readonly string[]
    readonly roles: readonly string[]
    readonly preferredRole?: string
  }
}

/** Claims of one token. What is suppressed is gone, also where it is added. */
export interface ClaimChanges {
  readonly add: Readonly<Record<string, unknown>>
  readonly suppress: readonly string[]
}

/** Claims that stay as they are, whatever a trigger says. */
const untouchable = new Set([
  'acr',
  'amr',
  'at_hash',
  'aud',
  'auth_time',
  'azp',
  'client_id',
  'cognito:username',
  'device_key',
  'event_id',
  'exp',
  'iat',
  'identities',
  'iss',
  'jti',
  'nbf',
  'nonce',
  'origin_jti',
  'sub',
  'token_use',
  'username',
  'version',
])

/** Claims of the ID token that are of one type, in which they cannot be lists or objects. */
const simpleInIdTokens = new Set(['phone_number_verified', 'email_verified', 'updated_at', 'address'])

const groupClaims = ['cognito:groups', 'cognito:roles', 'cognito:preferred_role']

/** Claims of the ID token as the trigger wants them. */
export function changedIdClaims(claims: TokenClaims, changes: TokenChanges | undefined): TokenClaims {
  if (changes === undefined) return claims
  const { id, groups } = changes
  const before = {
    ...withGroups(claims, groups),
    ...(groups && groups.roles.length > 0 ? { 'cognito:roles': groups.roles } : {}),
    ...(groups?.preferredRole ? { 'cognito:preferred_role': groups.preferredRole } : {}),
  }
  return withChanges(
    before,
    id,
    (name, value) => mayAdd(name) && !(simpleInIdTokens.has(name) && typeof value === 'object'),
  )
}

/** Claims of the access token as the trigger wants them. Its scopes change by names of their own. */
export function changedAccessClaims(claims: TokenClaims, changes: TokenChanges | undefined): TokenClaims {
  if (changes === undefined) return claims
  const { access, groups } = changes
  const clientId = claims.client_id
  const changed = withChanges(
    withGroups(claims, groups),
    access,
    (name, value) => (name === 'aud' && value === clientId) || (mayAdd(name) && name !== 'scope'),
    new Set(['scope']),
  )
  const scopes = changedScopes(String(claims.scope ?? ''), access)
  return scopes === claims.scope ? changed : { ...changed, scope: scopes }
}

/** Removing goes before adding. A scope need not be one that the pool knows. */
function changedScopes(scope: string, { scopesToAdd, scopesToSuppress }: TokenChanges['access']): string {
  const before = scope.split(' ').filter(one => one !== '')
  const added = scopesToAdd.filter(one => one !== '' && !/\s/.test(one))
  return [...new Set([...before, ...added])].filter(one => !scopesToSuppress.includes(one)).join(' ')
}

/** Names of Cognito's own are never added; those of developers' attributes can only be removed. */
const mayAdd = (name: string): boolean =>
  !untouchable.has(name) && !name.startsWith('cognito:') && !name.startsWith('dev:')

function withChanges(
  claims: TokenClaims,
  { add, suppress }: ClaimChanges,
  isAddable: (name: string, value: unknown) => boolean,
  stays: ReadonlySet<string> = new Set(),
): TokenClaims {
  // Roles go with the groups.
  const gone = new Set(suppress.includes('cognito:groups') ? [...suppress, ...groupClaims] : suppress)
  const added = Object.entries(add).filter(([name, value]) => isAddable(name, value))
  const all = Object.entries({ ...claims, ...Object.fromEntries(added) })
  return Object.fromEntries(
    all.filter(([name]) => untouchable.has(name) || stays.has(name) || !gone.has(name)),
  )
}

function withGroups(claims: TokenClaims, groups: TokenChanges['groups']): TokenClaims {
  if (groups === undefined) return claims
  const others = Object.entries(claims).filter(([name]) => !groupClaims.includes(name))
  return {
    ...Object.fromEntries(others),
    ...(groups.names.length === 0 ? {} : { 'cognito:groups': groups.names }),
  }
}

import type { TokenClaims } from './claims.js'

/** What a trigger changes about the tokens of a sign-in (docs/facts/user-pools-api.md §5.3). Pure functions. */
export interface TokenChanges {
  /** Claims of the ID token. What is suppressed is gone, also where it is added. */
  readonly add: Readonly<Record<string, string>>
  readonly suppress: readonly string[]
  /** In the place of the user's own groups, in both tokens; empty for none. */
  readonly groups?: {
    readonly names: readonly string[]
    readonly roles: readonly string[]
    readonly preferredRole?: string
  }
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

const groupClaims = ['cognito:groups', 'cognito:roles', 'cognito:preferred_role']

/** Claims of the ID token as the trigger wants them. */
export function changedIdClaims(claims: TokenClaims, changes: TokenChanges | undefined): TokenClaims {
  if (changes === undefined) return claims
  const { add, suppress, groups } = changes
  // Roles go with the groups.
  const gone = new Set(suppress.includes('cognito:groups') ? [...suppress, ...groupClaims] : suppress)
  const added = Object.entries(add).filter(([name]) => !untouchable.has(name))
  const all = {
    ...withGroups(claims, groups),
    ...(groups && groups.roles.length > 0 ? { 'cognito:roles': groups.roles } : {}),
    ...(groups?.preferredRole ? { 'cognito:preferred_role': groups.preferredRole } : {}),
    ...Object.fromEntries(added),
  }
  return Object.fromEntries(Object.entries(all).filter(([name]) => untouchable.has(name) || !gone.has(name)))
}

/** Claims of the access token: its groups alone can change. */
export const changedAccessClaims = (claims: TokenClaims, changes: TokenChanges | undefined): TokenClaims =>
  withGroups(claims, changes?.groups)

function withGroups(claims: TokenClaims, groups: TokenChanges['groups']): TokenClaims {
  if (groups === undefined) return claims
  const others = Object.entries(claims).filter(([name]) => !groupClaims.includes(name))
  return {
    ...Object.fromEntries(others),
    ...(groups.names.length === 0 ? {} : { 'cognito:groups': groups.names }),
  }
}

import { keyOf } from './ports/store.js'

export interface Group {
  readonly poolId: string
  readonly name: string
  readonly description?: string
  readonly roleArn?: string
  /** The lower, the more important: 0 is the highest. */
  readonly precedence?: number
  /** Milliseconds since the epoch. */
  readonly createdAt: number
  readonly modifiedAt: number
}

/** That a user is in a group. The user is named by `sub`. */
export interface Membership {
  readonly poolId: string
  readonly group: string
  readonly sub: string
}

export const groupKey = (poolId: string, name: string): string => keyOf(poolId, name)
export const membershipKey = ({ poolId, group, sub }: Membership): string => keyOf(poolId, sub, group)

/** Groups in the order in which a token lists them: by precedence, then by name. */
export const byPrecedence = (groups: readonly Group[]): Group[] =>
  groups.toSorted(
    (one, other) =>
      (one.precedence ?? Number.POSITIVE_INFINITY) - (other.precedence ?? Number.POSITIVE_INFINITY) ||
      (one.name < other.name ? -1 : 1),
  )

/** The roles that groups (in order of precedence) bring into an ID token (docs/facts/user-pools-api.md §2.8). */
export function rolesOf(groups: readonly Group[]): { roles: string[]; preferred?: string } {
  const withRole = groups.filter(group => group.roleArn !== undefined)
  const roles = [...new Set(withRole.map(({ roleArn }) => roleArn ?? ''))]
  const best = withRole.filter(({ precedence }) => precedence === withRole[0]?.precedence)
  const preferred = new Set(best.map(({ roleArn }) => roleArn))
  // A tie between different roles leaves the choice open.
  return preferred.size === 1 && best[0]?.roleArn !== undefined
    ? { roles, preferred: best[0].roleArn }
    : { roles }
}

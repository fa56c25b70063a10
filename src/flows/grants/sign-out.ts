import { grants } from '../../core/collections.js'
import { keyOf } from '../../core/ports/store.js'
import type { User } from '../../core/user.js'
import type { UserPool } from '../../core/user-pool.js'
import { nextTurn } from '../../lib/pieces.js'
import type { Service } from '../service.js'
import { revokeGrants } from './grants.js'

/**
 * Ends every sign-in of a user: no refresh token lives on, and no access token is taken here
 * (docs/facts/user-pools-api.md §2.12).
 */
export async function revokeAllGrants(service: Service, pool: UserPool, sub: string): Promise<void> {
  const user = keyOf(pool.id, sub)
  for (;;) {
    // What is revoked is gone: the next page begins where this one began.
    const page = await service.store.lookup(grants, 'user', user, { limit: atOnce })
    await revokeGrants(
      service,
      page.map(({ key }) => key),
    )
    if (page.length < atOnce) return
    await nextTurn()
  }
}

/** Sign-ins that end at one stroke. Each is a grant and its refresh tokens, and a database writes a hundred in some milliseconds. */
const atOnce = 50

/**
 * Whether a token was issued before its user signed out everywhere. Tokens tell whole seconds: one of the same second
 * passes here, and is refused where its grant is gone.
 * @param issuedAt seconds since the epoch
 */
export const isFromBeforeSignOut = ({ tokensValidFrom = 0 }: User, issuedAt: number): boolean =>
  issuedAt < Math.floor(tokensValidFrom / 1000)

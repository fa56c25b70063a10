import type { AppClient } from '../../core/app-client.js'
import type { UserRecord } from '../../core/collections.js'
import type { Stored } from '../../core/ports/store.js'
import { ensure } from '../../core/refusal.js'
import type { User } from '../../core/user.js'
import { foldCase, type UserPool } from '../../core/user-pool.js'
import { userBySub, userNamed } from '../directory/directory.js'
import type { Service } from '../service.js'
import { userUnknownToClient } from './account-refusals.js'

/**
 * The user that a request without a sign-in names, by username, alias or `sub`.
 * @returns undefined for an unknown name if the client hides which users exist: such a request is answered like any other
 *   (fact U74)
 * @throws Refusal `UserNotFoundException` for an unknown name otherwise
 */
export async function userNamedByClient(
  service: Pick<Service, 'store'>,
  pool: UserPool,
  client: AppClient,
  username: string,
): Promise<Stored<UserRecord> | undefined> {
  const user = (await userNamed(service, pool, username)) ?? (await userBySub(service, pool, username))
  ensure(user !== undefined || hidesUsers(client), () => userUnknownToClient(pool, client, username))
  return user
}

/** Whether the client hides which users exist, and in what state they are. */
export const hidesUsers = ({ settings }: AppClient): boolean =>
  settings.PreventUserExistenceErrors === 'ENABLED'

/**
 * Stands in for an unknown user where a client hides which users exist: attempts are counted for it, and codes asked for, as
 * for anybody. No user has its `sub`.
 */
export const nobody = (pool: UserPool, username: string): Pick<User, 'sub' | 'username'> => ({
  sub: `unknown user ${foldCase(pool, username)}`,
  username,
})

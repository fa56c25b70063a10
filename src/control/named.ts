import type { AppClient } from '../core/app-client.js'
import { allowsFlow } from '../core/app-client.js'
import type { UserRecord } from '../core/collections.js'
import type { Stored } from '../core/ports/store.js'
import type { UserPool } from '../core/user-pool.js'
import { allPools, clientsOf, poolById, userBySub, userNamed } from '../flows/directory/directory.js'
import type { Service } from '../flows/service.js'
import { inWords, Unmet, unknown } from './unmet.js'

/** The pool of this name or id; without one, the only one there is. */
export async function poolNamed(service: Service, name: string | undefined): Promise<UserPool> {
  const direct = name === undefined ? undefined : await poolById(service, name)
  if (direct !== undefined) return direct
  const pools = await allPools(service)
  const [first, ...others] = pools.filter(pool => name === undefined || pool.name === name)
  if (first === undefined || (name === undefined && others.length > 0))
    throw name === undefined
      ? new Unmet(`Say which pool. There are: ${inWords(pools.map(({ name }) => name))}.`)
      : unknown(
          'pool',
          name,
          pools.map(({ name }) => name),
        )
  if (others.length > 0)
    throw new Unmet(
      `There are several pools named ${JSON.stringify(name)}; say which by its id: ${[first, ...others].map(({ id }) => id).join(', ')}.`,
    )
  return first
}

/** The client of this name or id; without one, the only one of the pool that suits. */
export async function clientNamed(
  service: Service,
  pool: UserPool,
  name: string | undefined,
  suits: (client: AppClient) => boolean = client => allowsFlow(client, 'code'),
): Promise<AppClient> {
  const clients = await clientsOf(service, pool)
  const names = clients.map(({ name }) => name)
  if (name !== undefined) {
    const found = clients.find(({ id }) => id === name) ?? clients.find(client => client.name === name)
    if (found === undefined) throw unknown(`client of ${pool.name}`, name, names)
    return found
  }
  const [first, ...others] = clients.filter(suits)
  if (first === undefined || others.length > 0)
    throw new Unmet(`Say which client of ${pool.name}. There are: ${inWords(names)}.`)
  return first
}

/** The user of this username, alias or `sub`. */
export async function existingUser(
  service: Service,
  pool: UserPool,
  name: string,
): Promise<Stored<UserRecord>> {
  const user = (await userNamed(service, pool, name)) ?? (await userBySub(service, pool, name))
  if (user === undefined) throw new Unmet(`${pool.name} has no user ${JSON.stringify(name)}.`, 404)
  return user
}

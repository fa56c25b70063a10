import { isDeepStrictEqual } from 'node:util'
import type { Addresses } from '../../core/addresses.js'
import { completeSchema } from '../../core/schema.js'
import { deleteClient } from '../../flows/administration/clients.js'
import { deleteGroup } from '../../flows/administration/groups.js'
import { deleteProvider } from '../../flows/administration/providers.js'
import { deleteResourceServer } from '../../flows/administration/resource-servers.js'
import { clientsOf, poolById, providersOf, resourceServersOf } from '../../flows/directory/directory.js'
import { applySeeds, type SeedPorts } from './apply.js'
import { resolveSeeds } from './check.js'
import { clientIdOf, poolIdOf } from './identifiers.js'
import { type Mistake, SeedError } from './mistakes.js'
import type { PoolSeed, Seed } from './shape.js'

/**
 * Applies seeds to a Rockpool that runs with others: what the new ones say comes true, what only the old ones had goes, users
 * stay, and so does a pool that no seed has any more, for the sake of its users.
 * @returns sentences about what stays although it is in no seed
 * @throws SeedError when AWS would not let the change happen to a pool that exists; then nothing is changed
 */
export async function changeSeeds(
  ports: SeedPorts,
  { before, after }: { readonly before: readonly Seed[]; readonly after: readonly Seed[] },
  addresses: Addresses,
): Promise<string[]> {
  const wanted = resolveSeeds(after, addresses).pools
  const known = resolveSeeds(before, addresses).pools
  const pairs = known.map(old => [old, wanted.find(now => poolIdOf(now) === poolIdOf(old))] as const)
  const mistakes = pairs.flatMap(([old, now]) => (now === undefined ? [] : forbidden(old, now)))
  if (mistakes.length > 0) throw new SeedError(mistakes)
  await applySeeds(ports, after, addresses)
  const told: string[] = []
  for (const [old, now] of pairs) {
    if (now === undefined)
      told.push(`The pool ${old.PoolName} is in no file any more. It stays until Rockpool starts anew.`)
    else await removeOthers(ports, old, now)
  }
  return told
}

/** What is fixed once a pool is made: AWS refuses to change it (docs/facts/infrastructure.md, fact I37). */
function forbidden(old: PoolSeed, now: PoolSeed): Mistake[] {
  const path = `UserPools.${now.PoolName}`
  const remedy = 'Take the change back, or start Rockpool anew: then the pool is made anew.'
  const fixed = (['AliasAttributes', 'UsernameAttributes', 'UsernameConfiguration'] as const).filter(
    name => !isDeepStrictEqual(old[name], now[name]),
  )
  const attributes = new Map(completeSchema(now.Schema).map(attribute => [attribute.name, attribute]))
  const isChanged = completeSchema(old.Schema).some(
    attribute => !isDeepStrictEqual(attribute, attributes.get(attribute.name)),
  )
  return [
    ...fixed.map(name => ({
      path: `${path}.${name}`,
      sentence: `Updates are not allowed for property - ${name}.`,
      remedy,
    })),
    ...(isChanged
      ? [
          {
            path: `${path}.Schema`,
            sentence: 'Existing schema attributes cannot be modified or deleted.',
            remedy,
          },
        ]
      : []),
  ]
}

/** Takes away what the earlier seed had of a pool, and the new one does not. */
async function removeOthers(ports: SeedPorts, before: PoolSeed, now: PoolSeed): Promise<void> {
  const pool = await poolById(ports, poolIdOf(now))
  if (pool === undefined) return
  const gone = <T>(
    old: readonly T[] | undefined,
    next: readonly T[] | undefined,
    name: (one: T) => string,
  ): Set<string> => {
    const kept = new Set((next ?? []).map(name))
    return new Set((old ?? []).map(name).filter(one => !kept.has(one)))
  }
  const clients = gone(before.Clients, now.Clients, client => clientIdOf(now, client))
  for (const client of await clientsOf(ports, pool))
    if (clients.has(client.id)) await deleteClient(ports, client)
  const providers = gone(before.IdentityProviders, now.IdentityProviders, ({ ProviderName }) => ProviderName)
  for (const { name } of await providersOf(ports, pool))
    if (providers.has(name)) await deleteProvider(ports, pool, name)
  const servers = gone(before.ResourceServers, now.ResourceServers, ({ Identifier }) => Identifier)
  for (const { identifier } of await resourceServersOf(ports, pool))
    if (servers.has(identifier)) await deleteResourceServer(ports, pool, identifier)
  for (const name of gone(before.Groups, now.Groups, ({ GroupName }) => GroupName))
    await deleteGroup(ports, pool, name)
}

import { type Addresses, domainNameOf, domainUrl, readRegionalDomain } from '../../core/addresses.js'
import type { UserPool } from '../../core/user-pool.js'
import { nearest } from '../../lib/nearest.js'
import type { Service } from '../service.js'
import { allPools, clientById, clientsOf, poolById, poolsOfPrefix } from './directory.js'

/** What a request may have meant by a name that is none: sentences for the remedy of a refusal. */

type From = Pick<Service, 'store'>

/** As many are listed; more would hide the sentence. */
const atMost = 5

/** @param id a client id that no client of the pool has */
export async function clientMeant(from: From, pool: UserPool, id: string): Promise<string> {
  const other = await clientById(from, id)
  const owner = other && (await poolById(from, other.poolId))
  if (owner !== undefined)
    return domainNameOf(owner) === undefined
      ? `The client belongs to ${owner.name}, which has no domain: give it one.`
      : `The client belongs to ${owner.name}: send the request to its domain, ${domainNameOf(owner)}.`
  const clients = await clientsOf(from, pool)
  if (clients.length === 0) return `Create a client: ${pool.name} has none.`
  const named = clients.find(({ name }) => name === id)
  if (named !== undefined) return `"${id}" is the name of a client. Send its id, ${named.id}.`
  const close = nearest(
    id,
    clients.map(client => client.id),
  )
  if (close !== undefined) return `Did you mean "${close}"?`
  const some = clients.slice(0, atMost).map(client => `${client.id} (${client.name})`)
  return `Send the id of one of its clients: ${some.join(', ')}${clients.length > atMost ? ', …' : ''}.`
}

/** @param domain the first part of a path, which no pool has as its domain */
export async function domainMeant(from: From & Addresses, domain: string): Promise<string> {
  const others = await poolsOfPrefix(from, readRegionalDomain(domain)?.prefix ?? domain)
  if (others.length > 0)
    return `The prefix is taken in another region: ask for ${others.map(other => `${domainUrl(from, other)} (${other.name})`).join(' or ')}, or create the domain in the region that you mean.`
  const pool = await poolById(from, domain)
  const url = pool && domainUrl(from, pool)
  if (pool !== undefined && url !== undefined)
    return `"${domain}" is the id of ${pool.name}, below which are its discovery document and its keys. Ask for ${url}.`
  const domains = (await allPools(from)).flatMap(each => domainNameOf(each) ?? []).toSorted()
  const close = nearest(domain, domains)
  if (close !== undefined) return `Did you mean "${close}"?`
  const some = domains.slice(0, atMost).join(', ')
  const there =
    domains.length === 0 ? 'No pool has one' : `There are ${some}${domains.length > atMost ? ', …' : ''}`
  return `Ask for a domain that a pool has, or give one to the pool: "Domain" in its seed, or CreateUserPoolDomain. ${there}.`
}

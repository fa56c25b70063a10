import { refusal } from '../core/refusal.js'
import { servingRegion, type UserPool } from '../core/user-pool.js'

/** Why an address leads to no user pool domain. */

const told = 'There is no user pool domain here.'

/** @param remedy what may have been meant (`domainMeant`) */
export const domainUnknown = refusal('not_found', (domain: string, remedy: string) => ({
  told,
  because: `No user pool has the domain "${domain}".`,
  remedy,
}))

export const replicaDormant = refusal('not_found', (pool: UserPool) => ({
  told,
  because: `The domain is that of the replica of ${pool.name} in ${servingRegion(pool)}, which is ${pool.servedBy?.status}.`,
  remedy: `Make the replica ACTIVE with UpdateUserPoolReplica, RegionName ${servingRegion(pool)}.`,
}))

export const domainNotNamed = refusal('not_found', (path: string, pool: { name: string } | undefined) => ({
  told,
  ...(pool === undefined
    ? {
        because: `${path} was asked for without a domain, and the request names no client, token or state of a pool.`,
        remedy: `Send the client_id of a client that exists, or ask for /{domain}${path}.`,
      }
    : {
        because: `The request is for ${pool.name}, which has no domain, and so no ${path}.`,
        remedy: `Give ${pool.name} a Domain, in its seed or with CreateUserPoolDomain.`,
      }),
}))

import { refusal } from '../core/refusal.js'

/** Why an address leads to no user pool domain. */

const told = 'There is no user pool domain here.'

/** @param others pools that have the prefix in other regions */
export const domainUnknown = refusal(
  'not_found',
  (domain: string, others: readonly { readonly name: string; readonly url: string }[] = []) => ({
    told,
    because: `No user pool has the domain "${domain}"${others.length === 0 ? '.' : ', but the prefix is taken in another region.'}`,
    remedy:
      others.length === 0
        ? `Set "Domain": "${domain}" for the pool that is meant (CreateUserPoolDomain), or ask for a domain that Rockpool printed at its start.`
        : `Ask for ${others.map(({ name, url }) => `${url} (${name})`).join(' or ')}, or create the domain in the region that is meant.`,
  }),
)

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

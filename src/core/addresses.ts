import { regionOf, servingRegion, type UserPool } from './user-pool.js'

/** Where pools are found (see docs/addresses.md). */
export interface Addresses {
  /** The public base URL, without a slash at the end. */
  readonly base: string
  /** Pools are called what they are called on AWS, where the names lead here. */
  readonly awsAddresses?: boolean
  /** The origin that the request under way was sent to, for pools whose issuer follows it. */
  readonly requested?: string | undefined
}

/** What a pool's issuer follows from. */
type Issuing = Pick<UserPool, 'id' | 'issuer'> & {
  readonly settings?: Pick<UserPool['settings'], 'IssuerConfiguration'>
}

/** The `iss` of a pool's tokens: one per pool, whichever client asks, unless the pool wants it to follow the request. */
export function issuerOf(addresses: Addresses, pool: Issuing): string {
  const { base, awsAddresses } = addresses
  const { id, issuer } = pool
  if (issuer === 'aws' || (issuer === 'local' && awsAddresses)) return `https://${issuerHost(pool)}/${id}`
  if (issuer === 'local') return `${base}/${id}`
  // Found out for those alone that want it: with a server, that is work.
  return issuer === 'request' ? `${addresses.requested ?? base}/${id}` : issuer
}

/** Whether a token of this pool can say so of itself. (That the pool has signed it is another matter.) */
export const isIssuerOf = (addresses: Addresses, pool: Issuing, iss: unknown): boolean =>
  pool.issuer === 'request'
    ? typeof iss === 'string' && iss.endsWith(`/${pool.id}`)
    : iss === issuerOf(addresses, pool)

/** Where the pool's hosted pages and OAuth endpoints are; undefined when it has no domain. */
export function domainUrl(addresses: Addresses, pool: DomainsOf): string | undefined {
  const { domain, customDomain } = pool
  if (!addresses.awsAddresses) return domainBelow(addresses.base, pool)
  const host = domain === undefined ? customDomain?.name : domainHost(pool, domain)
  return host === undefined ? undefined : `https://${host}`
}

type DomainsOf = Pick<UserPool, 'id' | 'servedBy' | 'domain' | 'domainAddress' | 'customDomain'>

/** The same by path, below the base URL or the origin at which a server has found us. */
export function domainBelow(origin: string, pool: DomainsOf): string | undefined {
  const name = domainNameOf(pool)
  return name === undefined ? undefined : `${origin}/${name}`
}

/**
 * What names the pool's domain in a path: its prefix. A prefix is unique in its region only, so where another region had it
 * first, the host name that it makes on AWS; that name finds every prefix. A custom domain that is the pool's only one
 * stands in the path too: its host name may lead elsewhere, or nowhere, on this machine.
 */
export const domainNameOf = (pool: DomainsOf): string | undefined => {
  const { domain, domainAddress, customDomain } = pool
  if (domain === undefined) return customDomain?.name
  return domainAddress === 'regional' ? domainHost(pool, domain) : domain
}

/** Pools of the newer issuer form have another host in theirs (fact N66). It names the primary's region, also at a replica. */
const issuerHost = ({ id, settings }: Omit<Issuing, 'issuer'>): string =>
  settings?.IssuerConfiguration?.Type === 'UPDATED' ? updatedIssuerHost(regionOf(id)) : apiHost(regionOf(id))

/** The host of a region's API, and of the issuers of the original form there. */
const apiHost = (region: string): string => `cognito-idp.${region}.amazonaws.com`
const updatedIssuerHost = (region: string): string => `issuer-${apiHost(region)}`

/** Whether an origin is one at which a pool's discovery document is found on AWS: both forms lead to it. */
export const isIssuerOrigin = (pool: Pick<UserPool, 'id' | 'servedBy'>, origin: string): boolean =>
  [apiHost, updatedIssuerHost].some(hostIn => origin === `https://${hostIn(servingRegion(pool))}`)

/**
 * The region that a host stands for: that of a region's API on AWS, `cognito-idp.{region}.amazonaws.com`, the issuer's, and the
 * same below `localhost`; undefined for any other host.
 */
export const regionOfHost = (hostname: string): string | undefined =>
  /^(?:issuer-)?cognito-idp\.([a-z0-9-]+)\.(?:amazonaws\.com|localhost)$/.exec(hostname.toLowerCase())?.[1]

const domainHost = (pool: Pick<UserPool, 'id' | 'servedBy'>, domain: string): string =>
  regionalDomain(domain, servingRegion(pool))

/** The host name that a prefix makes on AWS, in a region. */
export const regionalDomain = (prefix: string, region: string): string =>
  `${prefix}.auth.${region}.amazoncognito.com`

/** The prefix and the region that the name of a domain has in it; undefined where it is no such host name. */
export function readRegionalDomain(
  name: string,
): { readonly prefix: string; readonly region: string } | undefined {
  const [, prefix, region] = /^([a-z0-9-]+)\.auth\.([a-z0-9-]+)\.amazoncognito\.com$/.exec(name) ?? []
  return prefix === undefined || region === undefined ? undefined : { prefix, region }
}

/**
 * The host names that a pool has on AWS, as far as it is meant by them here: those of its domains, and those of the
 * issuer where its tokens name it: the API is always at the original one.
 */
export const hostsOf = (
  { awsAddresses }: Addresses,
  { id, domain, customDomain, issuer, settings }: DomainsOf & Issuing,
): string[] => [
  ...(domain === undefined ? [] : [domainHost({ id }, domain)]),
  ...(customDomain === undefined ? [] : [customDomain.name]),
  ...(issuer === 'aws' || awsAddresses
    ? [...new Set([apiHost(regionOf(id)), issuerHost({ id, ...(settings && { settings }) })])]
    : []),
]

/**
 * What every OIDC provider that this pool federates to must know as our callback (docs/facts/oauth-and-federation.md §8.2).
 */
export const idpResponsePath = '/oauth2/idpresponse'

/** Where SAML providers post their responses to, and their answers to requests to log out (docs/facts/saml-and-social.md §2.1). */
export const samlResponsePath = '/saml2/idpresponse'
export const samlSignOutPath = '/saml2/logout'

/** The pool as a service provider of SAML: its entity id, and the audience of assertions for it. */
export const samlEntityId = ({ id }: Pick<UserPool, 'id'>): string => `urn:amazon:cognito:sp:${id}`

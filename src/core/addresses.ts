import { regionOf, type UserPool } from './user-pool.js'

/** Where a pool is found (see README, "Addresses"). `base` is the public base URL, without a slash at the end. */

/** The `iss` of a pool's tokens: one per pool, whoever asks. */
export function issuerOf(base: string, pool: Pick<UserPool, 'id' | 'issuer'>): string {
  if (pool.issuer === 'local') return `${base}/${pool.id}`
  if (pool.issuer === 'aws') return `https://cognito-idp.${regionOf(pool.id)}.amazonaws.com/${pool.id}`
  return pool.issuer
}

/**
 * Where the pool's hosted pages and OAuth endpoints are; undefined when it has no domain. A custom domain that is the
 * pool's only one stands in the path too: its host name may lead elsewhere, or nowhere, on this machine.
 */
export function domainUrl(
  base: string,
  { domain, customDomain }: Pick<UserPool, 'domain' | 'customDomain'>,
): string | undefined {
  const name = domain ?? customDomain?.name
  return name === undefined ? undefined : `${base}/${name}`
}

/**
 * The host names that a pool has on AWS, as far as it is meant by them here: those of its domains, and that of the
 * issuer where its tokens name it.
 */
export const hostsOf = ({ id, domain, customDomain, issuer }: UserPool): string[] => [
  ...(domain === undefined ? [] : [`${domain}.auth.${regionOf(id)}.amazoncognito.com`]),
  ...(customDomain === undefined ? [] : [customDomain.name]),
  ...(issuer === 'aws' ? [`cognito-idp.${regionOf(id)}.amazonaws.com`] : []),
]

/** What every OIDC provider that this pool federates to must know as our callback (§8.2). */
export const idpResponsePath = '/oauth2/idpresponse'

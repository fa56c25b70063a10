import { regionOf, type UserPool } from './user-pool.js'

/** Where a pool is found (see README, "Addresses"). `base` is the public base URL, without a slash at the end. */

/** The `iss` of a pool's tokens: one per pool, whoever asks. */
export function issuerOf(base: string, pool: Pick<UserPool, 'id' | 'issuer'>): string {
  if (pool.issuer === 'local') return `${base}/${pool.id}`
  if (pool.issuer === 'aws') return `https://cognito-idp.${regionOf(pool.id)}.amazonaws.com/${pool.id}`
  return pool.issuer
}

/** Where the pool's hosted pages and OAuth endpoints are; undefined when it has no domain. */
export const domainUrl = (base: string, pool: Pick<UserPool, 'domain'>): string | undefined =>
  pool.domain === undefined ? undefined : `${base}/${pool.domain}`

/** What every OIDC provider that this pool federates to must know as our callback (§8.2). */
export const idpResponsePath = '/oauth2/idpresponse'

import type { FastifyInstance, FastifyRequest } from 'fastify'
import { domainBelow, domainUrl, isIssuerOrigin, issuerOf, regionOfHost } from '../core/addresses.js'
import { refusal } from '../core/refusal.js'
import { registrationPolicy } from '../core/registration.js'
import { regionOf, type UserPool } from '../core/user-pool.js'
import { allPools, poolById } from '../flows/directory/directory.js'
import { poolInRegion } from '../flows/directory/replicas.js'
import type { Service } from '../flows/service.js'
import { explainCredentials } from '../http/credentials-across-origins.js'
import { originOf } from '../http/requested-origin.js'
import { nearest } from '../lib/nearest.js'

/** What a pool says of itself below its issuer: `/.well-known/openid-configuration` and `/.well-known/jwks.json`. */
export function discovery(app: FastifyInstance, service: Service): void {
  app.get('/:poolId/.well-known/openid-configuration', async (request, reply) => {
    const pool = await requestedPool(service, request)
    return reply.headers(publicHeaders).send(configurationOf(service, pool, originOf(service.base, request)))
  })
  app.get('/:poolId/.well-known/jwks.json', async (request, reply) => {
    const { idToken, accessToken } = await service.keys.of((await requestedPool(service, request)).id)
    return reply.headers(publicHeaders).send({ keys: [idToken.jwk, accessToken.jwk] })
  })
}

const publicHeaders = { 'access-control-allow-origin': '*', 'cache-control': 'public, max-age=60' }

/**
 * The discovery document: exactly Cognito's members, in its order (docs/facts/oauth-and-federation.md §2.1). The
 * endpoints that servers call have the host of the request; those that browsers visit have the public base URL.
 */
function configurationOf(service: Service, pool: UserPool, origin: string): Record<string, unknown> {
  const issuer = issuerOf(service, pool)
  const listed = domainsListed(pool)
  const forBrowsers = domainUrl(service, listed)
  // A client that asked under AWS's name finds the domain under AWS's name, too.
  const isAtAws = service.awsAddresses && isIssuerOrigin(pool, origin)
  const forServers = isAtAws ? forBrowsers : domainBelow(origin, listed)
  return {
    // Without a domain the addresses lead nowhere, as in the cloud.
    authorization_endpoint: forBrowsers ? `${forBrowsers}/oauth2/authorize` : `${issuer}/authorize`,
    ...(forBrowsers ? { end_session_endpoint: `${forBrowsers}/logout` } : {}),
    id_token_signing_alg_values_supported: ['RS256'],
    issuer,
    jwks_uri: `${origin}/${pool.id}/.well-known/jwks.json`,
    ...(forServers && registrationPolicy(pool)
      ? { registration_endpoint: `${forServers}/oauth2/register` }
      : {}),
    response_types_supported: ['code', 'token'],
    ...(forServers ? { revocation_endpoint: `${forServers}/oauth2/revoke` } : {}),
    scopes_supported: ['openid', 'email', 'phone', 'profile'],
    subject_types_supported: ['public'],
    token_endpoint: forServers ? `${forServers}/oauth2/token` : `${issuer}/token`,
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    userinfo_endpoint: forServers ? `${forServers}/oauth2/userInfo` : `${issuer}/userInfo`,
  }
}

/** If a pool has two domains, the document names the custom one alone (docs/facts/hosted-pages.md §11). */
function domainsListed({ id, servedBy, domain, domainAddress, customDomain }: UserPool) {
  if (customDomain !== undefined) return { id, customDomain }
  return {
    id,
    ...(servedBy && { servedBy }),
    ...(domain && { domain }),
    ...(domainAddress && { domainAddress }),
  }
}

/** @param remedy what may have been meant (`poolMeant`) */
const unknownPool = refusal('ResourceNotFoundException', (poolId: string, remedy: string) => ({
  told: `User pool ${poolId} does not exist.`,
  because: `No user pool has the id "${poolId}".`,
  remedy,
}))

/** The pool that was probably meant: its domain or name, or nearly its id, stands where an id belongs. */
async function poolMeant(service: Service, given: string): Promise<string> {
  const pools = await allPools(service)
  const called = pools.find(({ domain, name }) => domain === given || name === given)
  if (called !== undefined)
    return `"${given}" is the ${called.domain === given ? 'domain' : 'name'} of a user pool. Its issuer has its id: ${issuerOf(service, called)}.`
  const id = nearest(
    given,
    pools.map(pool => pool.id),
  )
  const near = pools.find(pool => pool.id === id)
  return near === undefined
    ? 'Ask for the issuer of a pool that exists: `rockpool env` and the start of Rockpool print them, and ListUserPools has the ids.'
    : `Did you mean ${issuerOf(service, near)}, the issuer of ${near.name}?`
}

async function requestedPool(service: Service, request: FastifyRequest): Promise<UserPool> {
  explainCredentials(service.recorder, request)
  const { poolId } = request.params as { poolId: string }
  const region = regionOfHost(request.hostname) ?? regionOf(poolId)
  const pool = (await poolInRegion(service, poolId, region))?.record ?? (await poolById(service, poolId))
  if (pool === undefined) throw unknownPool(poolId, await poolMeant(service, poolId))
  return pool
}

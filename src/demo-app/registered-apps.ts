import { addAppUrls } from '../flows/administration/clients.js'
import { poolById } from '../flows/directory/directory.js'
import { type ClientSummary, type PoolSummary, summarisePools } from '../flows/directory/pool-summary.js'
import type { Service } from '../flows/service.js'
import { appPath, callbackPath, type RelyingPartyClient } from './client.js'

/** The app clients that the built-in app can be: those of every pool that sign people in on hosted pages. */
export async function registeredApps(service: Service): Promise<RelyingPartyClient[]> {
  const pools = await summarisePools(service)
  return pools.flatMap(pool =>
    pool.clients
      .filter(({ flows }) => flows.includes('code'))
      .flatMap(client => appOf(service, pool, client) ?? []),
  )
}

/**
 * Registers the built-in app with a client: its callback and its sign-out URL, beside those that the client has.
 * @throws Refusal when a rule for clients is broken
 */
export async function letIn(service: Service, { poolId, clientId }: RelyingPartyClient): Promise<void> {
  const pool = await poolById(service, poolId)
  if (pool === undefined) return
  await addAppUrls(service, pool, clientId, {
    callbackUrl: `${service.base}${callbackPath}`,
    logoutUrl: `${service.base}${appPath}`,
  })
}

function appOf(
  { base }: Service,
  { domainUrl, ...pool }: PoolSummary,
  { id, name, secret, scopes, callbackUrls, logoutUrls }: ClientSummary,
): RelyingPartyClient | undefined {
  if (domainUrl === undefined) return undefined
  const callback = `${base}${callbackPath}`
  const signOutUri = logoutUrls.find(url => url.startsWith(`${base}${appPath}`))
  return {
    poolName: pool.name,
    poolId: pool.id,
    issuer: pool.issuer,
    discoveryUrl: pool.discoveryUrl,
    domainUrl,
    clientId: id,
    clientName: name,
    ...(secret === undefined ? {} : { clientSecret: secret }),
    ...(callbackUrls.includes(callback) ? { redirectUri: callback } : {}),
    ...(signOutUri === undefined ? {} : { signOutUri }),
    scopes,
  }
}

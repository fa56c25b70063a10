import type { ReadyClient, ReadyPool } from './banner.js'

/** An app client with the pool that it belongs to. */
export interface ExampleApp {
  readonly pool: ReadyPool
  readonly client: ReadyClient
}

/** Whether a client is an app in which people sign in on the pool's pages: no machine, and no pool that federates to this one. */
export function isForPeople({ domainUrl }: ReadyPool, { callbackUrls, flows }: ReadyClient): boolean {
  const [callback] = callbackUrls
  const isProvider = callback?.endsWith('/oauth2/idpresponse')
  return domainUrl !== undefined && callback !== undefined && !isProvider && flows.includes('code')
}

/**
 * The app that a newcomer connects first: the first app of the master pool, which is the first pool with identity providers;
 * of the first pool with an app where none has any. Undefined when no pool has an app for people.
 */
export function exampleApp(pools: readonly ReadyPool[]): ExampleApp | undefined {
  const apps = pools.flatMap(pool =>
    pool.clients.flatMap(client => (isForPeople(pool, client) ? [{ pool, client }] : [])),
  )
  return apps.find(({ pool }) => pool.identityProviders.length > 0) ?? apps[0]
}

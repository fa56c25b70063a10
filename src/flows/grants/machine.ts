import type { AppClient } from '../../core/app-client.js'
import { customScopes } from '../../core/resource-server.js'
import { allowedScopes, registrationScope } from '../../core/scopes.js'
import type { UserPool } from '../../core/user-pool.js'
import { type AccessToken, mintMachineToken } from '../../tokens/token-service.js'
import { resourceServersOf } from '../directory/directory.js'
import type { Service } from '../service.js'
import type { ForTriggers } from '../triggers.js'
import { machineTokenChanges } from './token-trigger.js'

/** Tokens of clients that act for themselves: by client_credentials, and by the API's `GetClientToken`. */

/**
 * The scopes that a client may have for itself: those of resource servers, as far as they still exist, and the one by which
 * clients are registered, which no resource server has (fact N63).
 */
export async function machineScopes(
  service: Pick<Service, 'store'>,
  pool: UserPool,
  client: AppClient,
): Promise<string[]> {
  const known = new Set((await resourceServersOf(service, pool)).flatMap(customScopes))
  return allowedScopes(client).filter(scope => known.has(scope) || scope === registrationScope)
}

/** Asks the pool's trigger and mints the token. The client has proved itself, and may have the scopes. */
export async function machineAccessToken(
  service: Service,
  { pool, client }: { readonly pool: UserPool; readonly client: AppClient },
  scopes: readonly string[],
  clientMetadata: ForTriggers['clientMetadata'],
): Promise<AccessToken> {
  const changes = await machineTokenChanges(service, pool, client, scopes, clientMetadata)
  const minted = await mintMachineToken(service, pool, client, scopes, changes)
  service.recorder.counts('tokens', 'client_credentials')
  service.recorder.note('tokens', { access_token: minted.claims })
  return minted
}

/** The flow that lets a client ask the API for a token of its own, and none else (fact N36). */
export const clientTokenFlow = 'ALLOW_CLIENT_TOKEN_AUTH'

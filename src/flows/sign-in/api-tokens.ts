import { type AppClient, tokenLifetimes } from '../../core/app-client.js'
import type { Person } from '../../core/claims.js'
import { epochSeconds } from '../../core/ports/clock.js'
import { ensure } from '../../core/refusal.js'
import type { UserPool } from '../../core/user-pool.js'
import { fingerprint } from '../../lib/secrets.js'
import type { Grant } from '../../tokens/grants.js'
import { mintAccessToken, mintIdToken } from '../../tokens/token-service.js'
import { userDisabled } from '../account/account-refusals.js'
import { personBySub } from '../directory/directory.js'
import { keepRefreshToken, newGrant, newRefreshToken } from '../grants/grants.js'
import { type Occasion, tokenChanges } from '../grants/token-trigger.js'
import type { Service } from '../service.js'
import type { Journey } from './challenge-session.js'
import { deviceOfSignIn } from './devices.js'

/** The scope of tokens that the user pools API gives: they may call that API, and nothing else (fact O62). */
export const apiScope = 'aws.cognito.signin.user.admin'

/** `AuthenticationResult` of the API. */
export interface AuthenticationResult {
  readonly AccessToken: string
  readonly IdToken: string
  readonly RefreshToken?: string
  readonly ExpiresIn: number
  readonly TokenType: 'Bearer'
  /** Of a device that is new to the pool, to be confirmed by `ConfirmDevice`. */
  readonly NewDeviceMetadata?: { readonly DeviceKey: string; readonly DeviceGroupKey: string }
}

/**
 * The tokens of a new sign-in through the API.
 * @param address where it came from
 */
export async function tokensForSignIn(
  service: Service,
  pool: UserPool,
  client: AppClient,
  { sub, journey }: { readonly sub: string; readonly journey: Journey },
  address: string,
  occasion: Occasion,
): Promise<AuthenticationResult> {
  const person = await personBySub(service, pool, sub)
  ensure(person, () => userDisabled(sub))
  const { refresh } = tokenLifetimes(client)
  const where = { address, lifetime: refresh }
  const device = await deviceOfSignIn(service, pool, person.user, journey.deviceKey, where)
  const granted = {
    sub,
    scopes: [apiScope],
    authTime: epochSeconds(service.clock),
    viaApi: true as const,
    ...(device && { deviceKey: device.deviceKey }),
  }
  const { grant, write } = newGrant(service, pool, client, granted, refresh)
  await service.store.commit(write)
  const RefreshToken = newRefreshToken(service)
  await keepRefreshToken(
    service,
    fingerprint(RefreshToken),
    grant,
    client,
    service.clock.now() + refresh * 1000,
  )
  const tokens = await tokensOfGrant(service, pool, client, person, grant, occasion)
  return { ...tokens, RefreshToken, ...(device?.isNew && { NewDeviceMetadata: device.isNew }) }
}

/** New access and ID tokens of a sign-in. */
export async function tokensOfGrant(
  service: Service,
  pool: UserPool,
  client: AppClient,
  person: Person,
  grant: Grant,
  occasion: Occasion,
): Promise<AuthenticationResult> {
  const changes = await tokenChanges(service, pool, client, person, occasion)
  const [access, id] = await Promise.all([
    mintAccessToken(service, pool, client, person, grant, changes),
    mintIdToken(service, pool, client, person, grant, { changes }),
  ])
  service.recorder.note('tokens', { access_token: access.claims, id_token: id.claims })
  return { AccessToken: access.token, IdToken: id.token, ExpiresIn: access.expiresIn, TokenType: 'Bearer' }
}

import { type AppClient, tokenLifetimes } from '../../core/app-client.js'
import { assurance } from '../../core/assurance.js'
import { epochSeconds } from '../../core/ports/clock.js'
import { ensure } from '../../core/refusal.js'
import type { UserPool } from '../../core/user-pool.js'
import type { Sender } from '../../core/user-session.js'
import type { SignInRecords } from '../../tokens/token-service.js'
import { userDisabled } from '../account/account-refusals.js'
import { personBySub } from '../directory/directory.js'
import { grantWithRefreshToken } from '../grants/grants.js'
import { type GrantName, signInTokens } from '../grants/sign-in-tokens.js'
import { type Occasion, tokenChanges } from '../grants/token-trigger.js'
import type { Service } from '../service.js'
import { deviceOfSignIn } from './devices.js'
import type { SignedIn } from './sign-in-result.js'

/** The scope of tokens that the user pools API gives: they may call that API, and nothing else (fact O62). */
export const apiScope = 'aws.cognito.signin.user.admin'

/** `AuthenticationResult` of the API. */
export interface AuthenticationResult {
  readonly AccessToken: string
  readonly IdToken?: string
  readonly RefreshToken?: string
  readonly ExpiresIn: number
  readonly TokenType: 'Bearer'
  /** Of a device that is new to the pool, to be confirmed by `ConfirmDevice`. */
  readonly NewDeviceMetadata?: { readonly DeviceKey: string; readonly DeviceGroupKey: string }
}

/**
 * Makes the tokens of a new sign-in through the API.
 * @param sender who sent the request
 */
export async function tokensForSignIn(
  service: Service,
  pool: UserPool,
  client: AppClient,
  { sub, journey, occasion }: SignedIn,
  sender: Sender,
): Promise<AuthenticationResult> {
  const person = await personBySub(service, pool, sub)
  ensure(person, () => userDisabled(sub))
  const where = { address: sender.address, lifetime: tokenLifetimes(client).refresh }
  const device = await deviceOfSignIn(service, pool, person.user, journey.deviceKey, where)
  const { methods = [], wanted = [] } = journey
  const granted = {
    sub,
    scopes: [apiScope],
    authTime: epochSeconds(service.clock),
    viaApi: true as const,
    assurance: assurance(pool, { methods }, wanted.length > 0),
    ...(device && { deviceKey: device.deviceKey }),
  }
  const { grant, refreshToken: RefreshToken } = await grantWithRefreshToken(
    service,
    pool,
    client,
    granted,
    sender,
  )
  const signIn = { pool, client, person, grant }
  const tokens = await authenticationResult(service, signIn, occasion, 'api_sign_in')
  return { ...tokens, RefreshToken, ...(device?.isNew && { NewDeviceMetadata: device.isNew }) }
}

/** Makes new access and ID tokens of a sign-in. */
export async function authenticationResult(
  service: Service,
  signIn: SignInRecords,
  occasion: Occasion,
  grant: Extract<GrantName, `api_${string}`>,
): Promise<AuthenticationResult> {
  const changes = await tokenChanges(service, signIn, occasion)
  const { access, id } = await signInTokens(service, signIn, { changes, by: 'api', grant })
  return {
    AccessToken: access.token,
    ...(id && { IdToken: id.token }),
    ExpiresIn: access.expiresIn,
    TokenType: 'Bearer',
  }
}

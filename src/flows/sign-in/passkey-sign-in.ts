import type { AppClient } from '../../core/app-client.js'
import { allowedFirstFactors } from '../../core/first-factor.js'
import { isUsableAt, relyingPartyIdOf } from '../../core/passkey.js'
import type { UserPool } from '../../core/user-pool.js'
import { mfaConfigurationOf, userNamed } from '../directory/directory.js'
import type { Service } from '../service.js'
import { sessionFor } from './challenge-session.js'
import { askForFirst } from './challenges/first-factor.js'
import { assertionOptions, type RequestOptions } from './passkey-assertion.js'
import type { Asked, OngoingSignIn } from './sign-in-result.js'
import { preAuthentication } from './sign-in-triggers.js'
import { simulatedUser } from './simulated-user.js'

/** Signing in with a passkey at the hosted pages: the challenge `WEB_AUTHN`, for a user who typed their name. */

/** Whether a page of the pool can offer passkeys: pool, client and browsers have to allow it. */
export async function offersPasskeys(
  service: Service,
  pool: UserPool,
  { settings }: AppClient,
  pageUrl: string,
): Promise<boolean> {
  const allowed = settings.ExplicitAuthFlows?.includes('ALLOW_USER_AUTH')
  if (!allowed || !allowedFirstFactors(pool).includes('WEB_AUTHN')) return false
  const { WebAuthnConfiguration = {} } = await mfaConfigurationOf(service, pool)
  const relyingPartyId = relyingPartyIdOf(service.base, pool, WebAuthnConfiguration)
  return relyingPartyId !== undefined && isUsableAt(relyingPartyId, pageUrl)
}

/** Begins to sign a user in. An unknown user, or one without a passkey, is asked for a passkey like any other. */
export async function beginPasskeySignIn(
  service: Service,
  signIn: OngoingSignIn,
  username: string,
): Promise<Asked> {
  const known = (await userNamed(service, signIn.pool, username))?.record
  await preAuthentication(service, signIn.pool, signIn.client, { username, user: known }, undefined)
  const user = known ?? { ...simulatedUser(signIn.pool, username), username }
  return askForFirst(service, signIn, { user, isPretended: known === undefined }, 'WEB_AUTHN')
}

/** The options for the browser, made anew each time the page is shown. Throws a refusal when the sign-in is over. */
export async function passkeyAsked(
  service: Service,
  pool: UserPool,
  client: AppClient,
  session: string,
): Promise<{ readonly username: string; readonly options: RequestOptions }> {
  const { record } = await sessionFor(service, pool, client, session, 'WEB_AUTHN')
  const options = await assertionOptions(service, pool, record)
  return { username: record.username, options: { ...options, challenge: record.pending.toSign } }
}

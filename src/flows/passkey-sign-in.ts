import type { AppClient } from '../core/app-client.js'
import { allowedFirstFactors } from '../core/first-factor.js'
import { isUsableAt, relyingPartyIdOf } from '../core/passkey.js'
import { type Collection, insert, remove, replace, type Stored } from '../core/ports/store.js'
import { ensure } from '../core/refusal.js'
import type { User } from '../core/user.js'
import type { UserPool } from '../core/user-pool.js'
import { fingerprint } from '../lib/secrets.js'
import { userBySub, userNamed } from './directory.js'
import { firstFactorsOf } from './first-factors.js'
import { mfaConfigurationOf, secondFactor } from './mfa.js'
import { assertionOptions, type RequestOptions, verifyAssertion } from './passkey-assertion.js'
import { assertionRefused, passkeyTooLate } from './passkey-refusals.js'
import type { Service } from './service.js'
import * as refusals from './sign-in-refusals.js'

/** A sign-in with a passkey at the hosted pages. Key: the fingerprint of a secret that the browser keeps. */
interface PendingPasskey {
  readonly poolId: string
  readonly clientId: string
  readonly username: string
  /** The user's; somebody's who does not exist, where there is no such user. */
  readonly sub: string
  /** What the passkey has to sign. */
  readonly toSign: string
}

const pendingPasskeys: Collection<PendingPasskey> = { name: 'pending-passkeys', indexes: {} }

/** Seconds that the browser's dialogue may take, and the user. */
export const passkeyLifetime = 180

/** Whether people can use a passkey at a page of the pool: pool, client and browsers have to allow it. */
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

/** Begins to sign a user in. Whoever does not exist, or has no passkey, is asked for one like everybody else. */
export async function beginPasskeySignIn(
  service: Service,
  pool: UserPool,
  client: AppClient,
  username: string,
): Promise<{ readonly secret: string }> {
  const user = (await userNamed(service, pool, username))?.record
  const secret = service.chance.bytes(32).toString('base64url')
  const pending: PendingPasskey = {
    poolId: pool.id,
    clientId: client.id,
    username: user?.username ?? username,
    sub: user?.sub ?? service.chance.uuid(),
    toSign: '',
  }
  await service.store.commit(insert(pendingPasskeys, fingerprint(secret), pending, expiry(service)))
  return { secret }
}

const expiry = ({ clock }: Service) => ({ expiresAt: clock.now() + passkeyLifetime * 1000 })

/** What the browser is asked for, anew at every look at the page; undefined when the sign-in is over. */
export async function passkeyAsked(
  service: Service,
  pool: UserPool,
  client: AppClient,
  secret: string,
): Promise<{ readonly username: string; readonly options: RequestOptions } | undefined> {
  const pending = await pendingPasskey(service, pool, client, secret)
  if (pending === undefined) return undefined
  const options = await assertionOptions(service, pool, pending.record)
  const asked = { ...pending.record, toSign: options.challenge }
  const kept = await service.store.commit(replace(pendingPasskeys, pending, asked, expiry(service)))
  return kept ? { username: asked.username, options } : undefined
}

async function pendingPasskey(
  { store }: Service,
  pool: UserPool,
  client: AppClient,
  secret: string,
): Promise<Stored<PendingPasskey> | undefined> {
  const pending = await store.get(pendingPasskeys, fingerprint(secret))
  return pending?.record.poolId === pool.id && pending.record.clientId === client.id ? pending : undefined
}

/** Signs in whose passkey has signed. Whether right or wrong, an answer is the only one. */
export async function finishPasskeySignIn(
  service: Service,
  pool: UserPool,
  client: AppClient,
  { secret, credential }: { readonly secret: string; readonly credential: string },
): Promise<{ readonly sub: string }> {
  const pending = await pendingPasskey(service, pool, client, secret)
  ensure(pending && (await service.store.commit(remove(pendingPasskeys, pending))), passkeyTooLate)
  const { sub, username, toSign } = pending.record
  const user = (await userBySub(service, pool, sub))?.record
  ensure(user, () => refusals.unknownUser(pool, username))
  service.recorder.concerns({ user: username })
  const { isMultiFactor } = await verifyAssertion(service, pool, user, toSign, credential)
  ensureReady(user)
  ensure((await firstFactorsOf(service, pool, user)).includes('WEB_AUTHN'), passkeyTooLate)
  ensure(isMultiFactor || (await secondFactor(service, pool, user)) === undefined, () =>
    assertionRefused(`${username} needs a second factor, which a passkey is not in ${pool.name}`),
  )
  service.recorder.note('sign-in', { provider: 'COGNITO', pool: pool.name, username, passkey: true })
  return { sub }
}

/** The guards that a passkey does not open. */
function ensureReady({ enabled, status, username }: User): void {
  ensure(enabled, () => refusals.userDisabled(username))
  ensure(status !== 'UNCONFIRMED', () => refusals.userNotConfirmed(username))
  ensure(status !== 'RESET_REQUIRED', () => refusals.passwordResetRequired(username))
  ensure(status === 'CONFIRMED', () => assertionRefused(`${username} has to choose a password first`))
}

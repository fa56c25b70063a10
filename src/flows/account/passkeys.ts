import type { AppClient } from '../../core/app-client.js'
import { passkeyRegistrations, passkeys } from '../../core/collections.js'
import { allowedFirstFactors } from '../../core/first-factor.js'
import {
  isAddress,
  isMultiFactor,
  isOriginOf,
  mostPasskeys,
  type Passkey,
  type PasskeySettings,
  passkeyAlgorithms,
  relyingPartyIdOf,
  userVerificationOf,
} from '../../core/passkey.js'
import { insert, keyOf, put, remove, type Stored } from '../../core/ports/store.js'
import { ensure } from '../../core/refusal.js'
import type { User } from '../../core/user.js'
import type { UserPool } from '../../core/user-pool.js'
import { fingerprint, sameSecret } from '../../lib/secrets.js'
import { ensureAtPrimary } from '../at-primary.js'
import { mfaConfigurationOf } from '../directory/directory.js'
import type { Service } from '../service.js'
import { attestationOf, type ClientData } from './passkey-credentials.js'
import * as refusals from './passkey-refusals.js'

/**
 * Milliseconds: how long the browser's dialogue stays open (docs/facts/user-pools-api.md §2.10), and how long the
 * answer is accepted.
 */
const lifetimes = { registration: 60_000, answer: 300_000 }

/** The user's passkeys, at most twenty. */
export const passkeysOf = ({ store }: Pick<Service, 'store'>, pool: UserPool, { sub }: Pick<User, 'sub'>) =>
  store.lookup(passkeys, 'user', keyOf(pool.id, sub))

/** Where the pool's passkeys are good, and what they count for; refused where the pool has none. */
export async function relyingParty(
  service: Service,
  pool: UserPool,
): Promise<{ readonly id: string; readonly settings: PasskeySettings }> {
  const { MfaConfiguration, WebAuthnConfiguration: settings = {} } = await mfaConfigurationOf(service, pool)
  const enabled =
    allowedFirstFactors(pool).includes('WEB_AUTHN') || (MfaConfiguration !== 'OFF' && isMultiFactor(settings))
  ensure(enabled, () => refusals.notEnabled(pool.name))
  const id = relyingPartyIdOf(service.base, pool, settings)
  ensure(id, () => refusals.noRelyingParty(pool.name))
  ensure(!isAddress(id), () => refusals.addressNoRelyingParty(id))
  return { id, settings }
}

/** Options for `navigator.credentials.create()`, in JSON: only those that Cognito gives. */
export interface CreationOptions {
  readonly rp: { readonly id: string; readonly name: string }
  readonly user: { readonly id: string; readonly name: string; readonly displayName: string }
  readonly challenge: string
  readonly [member: string]: unknown
}

/** Begins to register a passkey. */
export async function beginRegistration(
  service: Service,
  pool: UserPool,
  client: AppClient,
  user: User,
): Promise<CreationOptions> {
  ensureAtPrimary(pool, 'no passkeys are registered')
  const { id, settings } = await relyingParty(service, pool)
  const existing = await passkeysOf(service, pool, user)
  ensure(existing.length < mostPasskeys, () => refusals.tooManyPasskeys(mostPasskeys))
  const challenge = service.chance.bytes(32).toString('base64url')
  const expiresAt = service.clock.now() + lifetimes.answer
  const pending = { clientId: client.id, challenge: fingerprint(challenge), relyingPartyId: id }
  await service.store.commit(put(passkeyRegistrations, keyOf(pool.id, user.sub), pending, { expiresAt }))
  return {
    rp: { id, name: id },
    user: { id: userHandleOf(user), name: user.username, displayName: user.username },
    challenge,
    pubKeyCredParams: passkeyAlgorithms.map(alg => ({ type: 'public-key', alg })),
    timeout: lifetimes.registration,
    excludeCredentials: existing.map(descriptor),
    authenticatorSelection: {
      requireResidentKey: true,
      residentKey: 'required',
      userVerification: userVerificationOf(settings),
    },
  }
}

export const userHandleOf = ({ sub }: Pick<User, 'sub'>): string => Buffer.from(sub).toString('base64url')

export const descriptor = ({ record: { credentialId, transports } }: Stored<Passkey>) => ({
  type: 'public-key',
  id: credentialId,
  transports,
})

/** Completes a registration: the passkey is the user's from now on. A challenge is good once. */
export async function completeRegistration(
  service: Service,
  pool: UserPool,
  client: AppClient,
  user: User,
  answer: unknown,
): Promise<void> {
  const { store, clock } = service
  const { settings } = await relyingParty(service, pool)
  const { clientData, attachment, transports, verify } = attestationOf(answer)
  const pending = await store.get(passkeyRegistrations, keyOf(pool.id, user.sub))
  ensure(pending && isAnswerTo(pending.record.challenge, clientData), refusals.challengeNotFound)
  const { clientId, relyingPartyId } = pending.record
  ensure(clientId === client.id, () => refusals.otherClient(clientId, client.id))
  ensureOrigin(relyingPartyId, clientData)
  const key = await verify(relyingPartyId, userVerificationOf(settings) === 'required')
  const existing = await passkeysOf(service, pool, user)
  ensure(existing.length < mostPasskeys, () => refusals.tooManyPasskeys(mostPasskeys))
  const passkey: Passkey = {
    ...key,
    poolId: pool.id,
    sub: user.sub,
    relyingPartyId,
    friendlyName: attachment === 'cross-platform' ? 'Security key' : 'Passkey',
    ...(attachment === undefined ? {} : { attachment }),
    transports,
    createdAt: clock.now(),
  }
  const once = await store.commit(
    remove(passkeyRegistrations, pending),
    insert(passkeys, keyOf(pool.id, passkey.credentialId), passkey),
  )
  ensure(once, refusals.challengeNotFound)
  service.recorder.note('user', { pool: pool.name, username: user.username, passkey: passkey.friendlyName })
}

const isAnswerTo = (challenge: string, clientData: ClientData): boolean =>
  sameSecret(fingerprint(clientData.challenge), challenge)

function ensureOrigin(relyingPartyId: string, { origin }: ClientData): void {
  ensure(isOriginOf(relyingPartyId, origin), () => refusals.originNotAllowed(origin, relyingPartyId))
}

/** Forgets one of the user's passkeys. */
export async function removePasskey(
  { store }: Service,
  pool: UserPool,
  { sub }: User,
  credentialId: string,
): Promise<void> {
  const found = await store.get(passkeys, keyOf(pool.id, credentialId))
  ensure(found?.record.sub === sub, () => refusals.noSuchPasskey(credentialId))
  await store.commit(remove(passkeys, found.key))
}

import type { AuthenticationResponseJSON } from '@simplewebauthn/server'
import { passkeys } from '../../core/collections.js'
import { isMultiFactor, isOriginOf, type Passkey, userVerificationOf } from '../../core/passkey.js'
import { keyOf, replace } from '../../core/ports/store.js'
import { ensure } from '../../core/refusal.js'
import type { User } from '../../core/user.js'
import type { UserPool } from '../../core/user-pool.js'
import { sameSecret } from '../../lib/secrets.js'
import { type ClientData, credentialOf } from '../account/passkey-credentials.js'
import { assertionRefused } from '../account/passkey-refusals.js'
import { descriptor, passkeysOf, relyingParty, userHandleOf } from '../account/passkeys.js'
import type { Service } from '../service.js'

/** Signing in with a passkey: the options for the browser, and the check of its answer. */

/** Options for `navigator.credentials.get()`, in JSON: only those that Cognito gives. */
export interface RequestOptions {
  readonly challenge: string
  readonly rpId: string
  readonly [member: string]: unknown
}

/** Milliseconds that the browser's dialogue stays open (docs/facts/user-pools-api.md §3.8). */
const timeout = 180_000

/** Asks for the signature of one of the user's passkeys. The caller keeps the challenge, to verify the answer by it. */
export async function assertionOptions(
  service: Service,
  pool: UserPool,
  user: Pick<User, 'sub'>,
): Promise<RequestOptions> {
  const { id, settings } = await relyingParty(service, pool)
  const usable = (await passkeysOf(service, pool, user)).filter(({ record }) => record.relyingPartyId === id)
  return {
    challenge: service.chance.bytes(32).toString('base64url'),
    timeout,
    rpId: id,
    allowCredentials: usable.map(descriptor),
    userVerification: userVerificationOf(settings),
  }
}

/**
 * Verifies the signature that a challenge asked for. The passkey's counter moves on with it, so that a copy of the
 * authenticator is noticed.
 * @returns whether it counts for two factors: the authenticator has verified its user, and the pool takes that for a factor; and the
 * method that it is, by whether the authenticator is built in or carried along
 */
export async function verifyAssertion(
  service: Service,
  pool: UserPool,
  user: Pick<User, 'sub'>,
  challenge: string,
  answer: unknown,
): Promise<{ readonly isMultiFactor: boolean; readonly method: 'swk' | 'hwk' }> {
  const { settings } = await relyingParty(service, pool)
  const { clientData, credentialId, userHandle, verify } = assertionOf(answer)
  const passkey = await service.store.get(passkeys, keyOf(pool.id, credentialId))
  const refused = (why: string) => () => assertionRefused(why)
  ensure(passkey?.record.sub === user.sub, refused('it is no passkey of this user'))
  ensure(userHandle === undefined || userHandle === userHandleOf(user), refused('it is for another user'))
  ensure(sameSecret(clientData.challenge, challenge), refused('it signs another challenge'))
  const { relyingPartyId } = passkey.record
  ensure(isOriginOf(relyingPartyId, clientData.origin), refused(`it was made at ${clientData.origin}`))
  const { counter, userVerified } = await verify(passkey.record, userVerificationOf(settings) === 'required')
  if (counter !== passkey.record.counter) {
    const moved = await service.store.commit(replace(passkeys, passkey, { ...passkey.record, counter }))
    ensure(moved, refused('the passkey was used elsewhere at the same moment'))
  }
  const { attachment, transports } = passkey.record
  const isBuiltIn = attachment === undefined ? transports.includes('internal') : attachment === 'platform'
  return { isMultiFactor: userVerified && isMultiFactor(settings), method: isBuiltIn ? 'swk' : 'hwk' }
}

/** A signature by a passkey. */
interface Assertion {
  readonly clientData: ClientData
  readonly credentialId: string
  /** The user that the authenticator has the passkey for, where it says so. */
  readonly userHandle: string | undefined
  readonly verify: (
    passkey: Passkey,
    requireUserVerification: boolean,
  ) => Promise<{ readonly counter: number; readonly userVerified: boolean }>
}

/** Reads the answer to `navigator.credentials.get()`; as a text, or parsed. */
function assertionOf(answer: unknown): Assertion {
  const { members, response, clientData } = credentialOf(answer, ['authenticatorData', 'signature'])
  const { userHandle } = response
  return {
    clientData,
    credentialId: String(members.id),
    userHandle: typeof userHandle === 'string' ? userHandle : undefined,
    verify: (passkey, requireUserVerification) =>
      verifiedUse(members as never, clientData, passkey, requireUserVerification),
  }
}

async function verifiedUse(
  response: AuthenticationResponseJSON,
  { challenge, origin }: ClientData,
  { credentialId, publicKey, counter, relyingPartyId }: Passkey,
  requireUserVerification: boolean,
): Promise<{ readonly counter: number; readonly userVerified: boolean }> {
  const { verifyAuthenticationResponse } = await import('@simplewebauthn/server')
  const { verified, authenticationInfo } = await verifyAuthenticationResponse({
    response,
    expectedChallenge: challenge,
    expectedOrigin: origin,
    expectedRPID: relyingPartyId,
    requireUserVerification,
    credential: { id: credentialId, publicKey: Buffer.from(publicKey, 'base64url'), counter },
  }).catch((error: Error) => {
    throw assertionRefused(error.message)
  })
  ensure(verified, () => assertionRefused('the signature is wrong'))
  return { counter: authenticationInfo.newCounter, userVerified: authenticationInfo.userVerified }
}

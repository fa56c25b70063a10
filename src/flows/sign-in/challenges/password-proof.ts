import { challengeLifetime } from '../../../core/app-client.js'
import type { Journey, PendingPassword } from '../../../core/challenge-session.js'
import { passwordProofs, type UserRecord } from '../../../core/collections.js'
import { srpVerifier } from '../../../core/password.js'
import { insert, remove } from '../../../core/ports/store.js'
import { ensure } from '../../../core/refusal.js'
import type { User } from '../../../core/user.js'
import { fingerprint } from '../../../lib/secrets.js'
import { wrongPassword } from '../../account/account-refusals.js'
import { userBySub } from '../../directory/directory.js'
import { countFailure, ensureNotLockedOut, forgetFailures } from '../../history/lockout.js'
import type { Service } from '../../service.js'
import { journeyWith } from '../devices.js'
import { type Parameters, requiredParameter } from '../parameters.js'
import type { Asked, OngoingSignIn } from '../sign-in-result.js'
import { isProven, isRecent, newProof, type ProofClaim } from '../srp-proof.js'

/** Proving a password by SRP (docs/facts/user-pools-api.md §3.5): the challenge `PASSWORD_VERIFIER`. */

/**
 * Asks for the proof.
 * @param A the client's public number
 * @param session of the custom sign-in that asks for the proof
 */
export async function askForPasswordProof(
  service: Service,
  { pool, client, journey: { wanted, methods } }: OngoingSignIn,
  user: Pick<User, 'username' | 'sub' | 'password'>,
  A: string,
  session?: string,
): Promise<Asked> {
  const { chance, clock, store } = service
  // A user without a password is answered like any other, and no proof is ever right.
  const kept = user.password?.verifier
  const secret = {
    salt: kept?.salt ?? chance.bytes(16).toString('hex'),
    srp: kept === undefined ? chance.bytes(383).toString('hex') : srpVerifier(kept),
  }
  const { pending, parameters } = newProof(service, secret, A)
  const { username, sub } = user
  const record: PendingPassword = {
    ...pending,
    poolId: pool.id,
    clientId: client.id,
    sub,
    username,
    ...(session === undefined ? {} : { session: fingerprint(session) }),
    ...(wanted === undefined ? {} : { journey: { wanted, ...(methods && { methods }) } }),
  }
  const expiresAt = clock.now() + challengeLifetime(client)
  await store.commit(insert(passwordProofs, pending.blockFingerprint, record, { expiresAt }))
  return {
    done: false,
    session,
    whose: { sub, username },
    challenge: { name: 'PASSWORD_VERIFIER', parameters },
  }
}

/** A user who has proven the password. */
interface ProvenPassword {
  readonly user: UserRecord
  /** The fingerprint of the session whose challenge the proof answers, if there is one. */
  readonly session: string | undefined
  /** What the answer says of the device. */
  readonly journey: Journey
}

/** Takes the proof, which is good once. */
export async function provePassword(
  service: Service,
  { pool, client }: Pick<OngoingSignIn, 'pool' | 'client'>,
  claimed: string,
  responses: Parameters,
): Promise<ProvenPassword> {
  const claim = proofClaim(responses)
  const { store } = service
  const refuse = () => wrongPassword(pool, claimed)
  const pending = await store.get(passwordProofs, fingerprint(claim.block))
  ensure(pending?.record.poolId === pool.id && pending.record.clientId === client.id, refuse)
  const { sub, username, verifier } = pending.record
  const names = { group: pool.id.slice(pool.id.lastIndexOf('_') + 1), name: username }
  const isRight = claimed === username && isProven(pending.record, names, claim)
  const user = await userBySub(service, pool, sub)
  if (user !== undefined) await ensureNotLockedOut(service, pool, user.record, 'password')
  const journey = isRight ? await journeyWith(service, pool, { sub }, responses.DEVICE_KEY) : {}
  ensure(await store.commit(remove(passwordProofs, pending)), refuse)
  if (!isRight) {
    if (user !== undefined) await countFailure(service, { pool, client }, user.record, 'password')
    throw refuse()
  }
  ensure(isRecent(service, claim), refuse)
  const kept = user?.record.password?.verifier
  ensure(user !== undefined && kept !== undefined && srpVerifier(kept) === verifier, refuse)
  await forgetFailures(service, pool, user.record, 'password')
  return {
    user: user.record,
    session: pending.record.session,
    journey: { ...pending.record.journey, ...journey },
  }
}

/** The proof that an answer brings, of a password or of a device. */
export const proofClaim = (responses: Parameters): ProofClaim => ({
  block: requiredParameter(responses, 'PASSWORD_CLAIM_SECRET_BLOCK'),
  signature: requiredParameter(responses, 'PASSWORD_CLAIM_SIGNATURE'),
  timestamp: requiredParameter(responses, 'TIMESTAMP'),
})

import type { AppClient } from '../../core/app-client.js'
import { challengeLifetime } from '../../core/app-client.js'
import type { UserRecord } from '../../core/collections.js'
import { type Collection, insert, remove } from '../../core/ports/store.js'
import { ensure } from '../../core/refusal.js'
import type { User } from '../../core/user.js'
import type { UserPool } from '../../core/user-pool.js'
import { wrongPassword } from '../../flows/account/account-refusals.js'
import { userBySub } from '../../flows/directory/directory.js'
import { countFailure, ensureNotLockedOut, forgetFailures } from '../../flows/history/lockout.js'
import type { Journey } from '../../flows/sign-in/challenge-session.js'
import { journeyWith } from '../../flows/sign-in/devices.js'
import type { OngoingSignIn } from '../../flows/sign-in/sign-in-result.js'
import {
  isProven,
  isRecent,
  newProof,
  type ProofClaim,
  type SrpProof,
} from '../../flows/sign-in/srp-proof.js'
import type { ForTriggers } from '../../flows/triggers.js'
import { fingerprint } from '../../lib/secrets.js'
import type { Scope } from '../scope.js'
import { type Parameters, parameter } from './client.js'

/** A proof of a password, and whose. Key: the fingerprint of the secret block. */
interface PendingPassword extends SrpProof {
  readonly poolId: string
  readonly clientId: string
  readonly sub: string
  readonly username: string
  /** The fingerprint of the custom sign-in's session that the proof belongs to: it is good there alone. */
  readonly session?: string
}

const pendingProofs: Collection<PendingPassword> = { name: 'srp-proofs', indexes: {} }

/** What SRP needs next, as the operations answer it. */
export interface PasswordVerifier {
  readonly ChallengeName: 'PASSWORD_VERIFIER'
  readonly Session?: string
  readonly ChallengeParameters: Parameters
}

/**
 * Step 1 of SRP: what the client needs to prove that it knows the password (§3.5).
 * @param session of the custom sign-in that asks for the proof
 */
export async function beginSrp(
  service: Scope['service'],
  { pool, client }: OngoingSignIn,
  user: Pick<User, 'username' | 'sub' | 'password'>,
  A: string,
  session?: string,
): Promise<PasswordVerifier> {
  const { chance, clock, store } = service
  // A user without a password answers like everybody else, and no proof is ever right.
  const secret = user.password?.verifier ?? {
    salt: chance.bytes(16).toString('hex'),
    srp: chance.bytes(383).toString('hex'),
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
  }
  const expiresAt = clock.now() + challengeLifetime(client)
  await store.commit(insert(pendingProofs, pending.blockFingerprint, record, { expiresAt }))
  return {
    ChallengeName: 'PASSWORD_VERIFIER',
    ...(session === undefined ? {} : { Session: session }),
    ChallengeParameters: { ...parameters, USERNAME: username, USER_ID_FOR_SRP: username },
  }
}

/** The answer to `PASSWORD_VERIFIER`. */
export interface SrpAnswer {
  readonly scope: Scope
  readonly pool: UserPool
  readonly client: AppClient
  readonly username: string
  readonly session: string | undefined
  readonly responses: Parameters
  readonly forTriggers: ForTriggers
}

/** Who has proven a password. */
interface ProvenBySrp {
  readonly user: UserRecord
  /** The fingerprint of the session that the proof was asked for in, if it was. */
  readonly session: string | undefined
  /** What the answer says of the device. */
  readonly journey: Journey
}

/** Step 2: the proof, which is asked for once. */
export async function provenBySrp({
  scope: { service },
  pool,
  client,
  username: claimed,
  responses,
}: SrpAnswer): Promise<ProvenBySrp> {
  const claim = proofClaim(responses)
  const { store } = service
  const refuse = () => wrongPassword(pool, claimed)
  const pending = await store.get(pendingProofs, fingerprint(claim.block))
  ensure(pending?.record.poolId === pool.id && pending.record.clientId === client.id, refuse)
  const { sub, username, verifier } = pending.record
  const names = { group: pool.id.slice(pool.id.lastIndexOf('_') + 1), name: username }
  const isRight = claimed === username && isProven(pending.record, names, claim)
  const user = await userBySub(service, pool, sub)
  if (user !== undefined) await ensureNotLockedOut(service, pool, user.record, 'password')
  const journey = isRight ? await journeyWith(service, pool, { sub }, responses.DEVICE_KEY) : {}
  ensure(await store.commit(remove(pendingProofs, pending)), refuse)
  if (!isRight) {
    if (user !== undefined) await countFailure(service, pool, user.record, 'password')
    throw refuse()
  }
  ensure(isRecent(service, claim), refuse)
  ensure(user?.record.password?.verifier.srp === verifier, refuse)
  await forgetFailures(service, pool, user.record, 'password')
  return { user: user.record, session: pending.record.session, journey }
}

/** The proof that an answer brings, of a password or of a device. */
export const proofClaim = (responses: Parameters): ProofClaim => ({
  block: parameter(responses, 'PASSWORD_CLAIM_SECRET_BLOCK'),
  signature: parameter(responses, 'PASSWORD_CLAIM_SIGNATURE'),
  timestamp: parameter(responses, 'TIMESTAMP'),
})

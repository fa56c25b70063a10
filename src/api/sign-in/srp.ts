import type { AppClient } from '../../core/app-client.js'
import { challengeLifetime } from '../../core/app-client.js'
import type { UserRecord } from '../../core/collections.js'
import { type Collection, insert, remove } from '../../core/ports/store.js'
import { ensure } from '../../core/refusal.js'
import { isUsable, proof, type ServerKeys, serverKeys, sharedKey } from '../../core/srp.js'
import type { User } from '../../core/user.js'
import type { UserPool } from '../../core/user-pool.js'
import type { Attempt } from '../../flows/challenges/challenge.js'
import { userBySub } from '../../flows/directory.js'
import { countWrong, ensureAttemptsLeft, forgetWrong } from '../../flows/lockout.js'
import { wrongPassword } from '../../flows/sign-in-refusals.js'
import type { ForTriggers } from '../../flows/triggers.js'
import { fingerprint, sameSecret } from '../../lib/secrets.js'
import { invalidParameter } from '../refusals.js'
import type { Scope } from '../scope.js'
import { type Parameters, parameter } from './client.js'

/** A proof that is waited for. Key: the fingerprint of the secret block. */
interface PendingProof {
  readonly poolId: string
  readonly clientId: string
  readonly sub: string
  readonly username: string
  readonly A: string
  readonly keys: ServerKeys
  readonly verifier: string
  /** The fingerprint of the custom sign-in's session that the proof belongs to: it is good there alone. */
  readonly session?: string
}

const pendingProofs: Collection<PendingProof> = { name: 'srp-proofs', indexes: {} }

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
  { pool, client }: Attempt,
  user: Pick<User, 'username' | 'sub' | 'password'>,
  A: string,
  session?: string,
): Promise<PasswordVerifier> {
  ensure(isUsable(A), () => invalidParameter('Invalid SRP_A'))
  const { chance, clock, store } = service
  // A user without a password answers like everybody else, and no proof is ever right.
  const verifier = user.password?.verifier.srp ?? chance.bytes(383).toString('hex')
  const salt = user.password?.verifier.salt ?? chance.bytes(16).toString('hex')
  const keys = serverKeys(verifier, chance.bytes(32))
  const block = chance.bytes(960).toString('base64')
  const { username, sub } = user
  const pending: PendingProof = {
    poolId: pool.id,
    clientId: client.id,
    sub,
    username,
    A,
    keys,
    verifier,
    ...(session === undefined ? {} : { session: fingerprint(session) }),
  }
  const expiresAt = clock.now() + challengeLifetime(client)
  await store.commit(insert(pendingProofs, fingerprint(block), pending, { expiresAt }))
  return {
    ChallengeName: 'PASSWORD_VERIFIER',
    ...(session === undefined ? {} : { Session: session }),
    ChallengeParameters: {
      SALT: salt,
      SECRET_BLOCK: block,
      SRP_B: keys.public,
      USERNAME: username,
      USER_ID_FOR_SRP: username,
    },
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

/**
 * Step 2: the proof, which is asked for once. Answers whose it is, and the fingerprint of the session it was asked for in,
 * if it was.
 */
export async function provenBySrp({
  scope: { service },
  pool,
  client,
  username: claimed,
  responses,
}: SrpAnswer): Promise<{ user: UserRecord; session: string | undefined }> {
  const claim = {
    username: claimed,
    block: parameter(responses, 'PASSWORD_CLAIM_SECRET_BLOCK'),
    signature: parameter(responses, 'PASSWORD_CLAIM_SIGNATURE'),
    timestamp: parameter(responses, 'TIMESTAMP'),
  }
  const { store } = service
  const refuse = () => wrongPassword(pool, claim.username)
  const pending = await store.get(pendingProofs, fingerprint(claim.block))
  ensure(pending?.record.poolId === pool.id && pending.record.clientId === client.id, refuse)
  ensure(await store.commit(remove(pendingProofs, pending)), refuse)
  const { sub, username, A, keys, verifier } = pending.record
  const group = pool.id.slice(pool.id.lastIndexOf('_') + 1)
  const expected = proof(sharedKey(A, keys, verifier), group, username, claim.block, claim.timestamp)
  const user = await userBySub(service, pool, sub)
  if (user !== undefined) await ensureAttemptsLeft(service, pool, user.record, 'password')
  if (claim.username !== username || !sameSecret(claim.signature, expected)) {
    if (user !== undefined) await countWrong(service, pool, user.record, 'password')
    throw refuse()
  }
  ensure(isRecent(claim.timestamp, service.clock.now()), refuse)
  ensure(user?.record.password?.verifier.srp === verifier, refuse)
  await forgetWrong(service, pool, user.record, 'password')
  return { user: user.record, session: pending.record.session }
}

/** `EEE MMM d HH:mm:ss UTC yyyy`; clocks may differ by some minutes. */
function isRecent(timestamp: string, now: number): boolean {
  const at = Date.parse(timestamp)
  return Number.isFinite(at) && Math.abs(at - now) < 15 * 60_000
}

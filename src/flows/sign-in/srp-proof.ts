import type { SrpProof } from '../../core/challenge-session.js'
import { ensure, refusal } from '../../core/refusal.js'
import { isUsable, proof, serverKeys, sharedKey } from '../../core/srp.js'
import { fingerprint, sameSecret } from '../../lib/secrets.js'
import type { Service } from '../service.js'

/** What the client computes its proof from. */
export interface ProofParameters {
  readonly SALT: string
  readonly SECRET_BLOCK: string
  readonly SRP_B: string
}

/** What the client sends. */
export interface ProofClaim {
  readonly block: string
  readonly signature: string
  readonly timestamp: string
}

/** Asks for a proof. */
export function newProof(
  { chance }: Pick<Service, 'chance'>,
  { salt, srp: verifier }: { readonly salt: string; readonly srp: string },
  A: string,
): { pending: SrpProof; parameters: ProofParameters } {
  ensure(isUsable(A), invalidA)
  const keys = serverKeys(verifier, chance.bytes(32))
  const block = chance.bytes(960).toString('base64')
  return {
    pending: { A, keys, verifier, blockFingerprint: fingerprint(block) },
    parameters: { SALT: salt, SECRET_BLOCK: block, SRP_B: keys.public },
  }
}

const invalidA = refusal('InvalidParameterException', () => ({
  told: 'Invalid SRP_A',
  because:
    'SRP_A is no number in hexadecimal, or a multiple of the prime, which would make every proof right.',
  remedy:
    'Send SRP_A = g^a mod N of the 3072-bit group in RFC 3526, in hexadecimal, as the AWS libraries compute it.',
}))

/** Whether the claim proves the secret: a MAC over two names, the block and a time. */
export function isProven(
  { A, keys, verifier, blockFingerprint }: SrpProof,
  names: { readonly group: string; readonly name: string },
  { block, signature, timestamp }: ProofClaim,
): boolean {
  const expected = proof(sharedKey(A, keys, verifier), names.group, names.name, block, timestamp)
  return sameSecret(fingerprint(block), blockFingerprint) && sameSecret(signature, expected)
}

/** Whether a proof was made just now: `EEE MMM d HH:mm:ss UTC yyyy`; clocks may differ by some minutes. */
export function isRecent({ clock }: Pick<Service, 'clock'>, { timestamp }: ProofClaim): boolean {
  const at = Date.parse(timestamp)
  return Number.isFinite(at) && Math.abs(at - clock.now()) < 15 * 60_000
}

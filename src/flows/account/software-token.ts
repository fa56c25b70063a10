import { usedSoftwareTokenCodes } from '../../core/collections.js'
import type { Chance } from '../../core/ports/chance.js'
import { insert, keyOf } from '../../core/ports/store.js'
import type { UserPool } from '../../core/user-pool.js'
import type { Service } from '../service.js'

/** Codes of authenticator apps (RFC 6238): SHA-1, six digits, half a minute each (docs/facts/user-pools-api.md §2.10). */

const period = 30_000

/** Steps that the app's clock may be off, either way. */
const drift = 1

/** A new secret: 52 characters of base32. */
export async function newSecret(chance: Chance): Promise<string> {
  const { Secret } = await import('otpauth')
  return new Secret({ buffer: new Uint8Array(chance.bytes(32)).buffer }).base32
}

/** Judges a code. A right code is accepted once, so that a code seen over the user's shoulder is worth nothing (RFC 6238 §5.2). */
export async function judgeCode(
  { store, clock }: Pick<Service, 'store' | 'clock'>,
  pool: UserPool,
  sub: string,
  secret: string,
  code: string,
): Promise<'right' | 'wrong' | 'used'> {
  const { Secret, TOTP } = await import('otpauth')
  const now = clock.now()
  const totp = new TOTP({ secret: Secret.fromBase32(secret), period: period / 1000 })
  const delta = totp.validate({ token: code, timestamp: now, window: drift })
  if (delta === null) return 'wrong'
  const step = Math.floor(now / period) + delta
  const expiresAt = (step + drift + 1) * period
  const fresh = await store.commit(
    insert(usedSoftwareTokenCodes, keyOf(pool.id, sub, String(step)), {}, { expiresAt }),
  )
  return fresh ? 'right' : 'used'
}

/** What an authenticator app reads from a picture. */
export async function keyUri(pool: UserPool, username: string, secret: string): Promise<string> {
  const { Secret, TOTP } = await import('otpauth')
  return new TOTP({ issuer: pool.name, label: username, secret: Secret.fromBase32(secret) }).toString()
}

import { createHmac } from 'node:crypto'
import { N, power } from './srp-group.js'
import { bytesOf, fromHex, pad, sha256, toNumber } from './srp-numbers.js'

/**
 * The server's half of the Secure Remote Password protocol as Cognito speaks it (docs/facts/user-pools-api.md §3.5):
 * numbers travel as hexadecimal, and are hashed as the bytes of a positive number in two's complement.
 */

const k = toNumber(sha256(pad(N), pad(2n)))

/** What the server sends, and what it keeps to check the proof with. */
export interface ServerKeys {
  /** `B`, as hexadecimal. */
  readonly public: string
  /** `b`, as hexadecimal. */
  readonly private: string
}

/**
 * Makes `B = k·v + g^b`.
 * @param verifier `v`, as hexadecimal
 * @param random `b`: at least 32 random bytes
 */
export function serverKeys(verifier: string, random: Buffer): ServerKeys {
  const B = (k * fromHex(verifier) + power(2n, random)) % N
  return { public: B.toString(16), private: random.toString('hex') }
}

/** Whether a client's number can be used at all: a multiple of N, as `A` or as `v`, would make every proof right. */
export const isUsable = (number: string): boolean =>
  /^[0-9a-f]{1,1024}$/i.test(number) && fromHex(number) % N !== 0n

/** The key that both sides arrive at when the password was right: 16 bytes. */
export function sharedKey(A: string, { public: B, private: b }: ServerKeys, verifier: string): Buffer {
  const u = toNumber(sha256(pad(fromHex(A)), pad(fromHex(B))))
  const base = (fromHex(A) * power(fromHex(verifier), bytesOf(u))) % N
  const S = power(base, Buffer.from(b, 'hex'))
  const prk = createHmac('sha256', pad(u)).update(pad(S)).digest()
  return createHmac('sha256', prk).update('Caldera Derived Key').update(Buffer.of(1)).digest().subarray(0, 16)
}

/** What the client proves it with, in base64: a MAC over names, block and time. */
export const proof = (key: Buffer, group: string, user: string, block: string, timestamp: string): string =>
  createHmac('sha256', key)
    .update(group)
    .update(user)
    .update(Buffer.from(block, 'base64'))
    .update(timestamp)
    .digest('base64')

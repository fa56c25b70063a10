import { createHash } from 'node:crypto'

/**
 * How SRP's numbers become the bytes that are hashed (docs/facts/user-pools-api.md §3.5): as Java's `BigInteger.toByteArray()`
 * writes positive numbers.
 */

export const fromHex = (text: string): bigint => BigInt(`0x${text}`)

export const toNumber = (bytes: Buffer): bigint => fromHex(bytes.toString('hex'))

/** The bytes of a number, without zeros before them. */
export function bytesOf(value: bigint): Buffer {
  const hex = value.toString(16)
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex')
}

/** The bytes of a positive number in two's complement: one zero before them if the top bit is set, and no other. */
export function pad(value: bigint): Buffer {
  const bytes = bytesOf(value)
  return (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes
}

export function sha256(...parts: Buffer[]): Buffer {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}

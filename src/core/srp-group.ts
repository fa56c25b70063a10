import { constants, createPublicKey, getDiffieHellman, publicEncrypt } from 'node:crypto'

/**
 * The group that SRP counts in: the 3072-bit one of RFC 3526 (15), with the generator 2 (docs/facts/user-pools-api.md §3.5).
 */
const prime = getDiffieHellman('modp15').getPrime()

export const N: bigint = BigInt(`0x${prime.toString('hex')}`)

const bytes = prime.length

/**
 * `base^exponent mod N`, where `base` is less than N. RSA's public operation is just that, for any odd modulus, and is native
 * code. (A Diffie-Hellman object would do as well, but Node 24 tests the prime whenever one is made: seconds.)
 */
export function power(base: bigint, exponent: Buffer): bigint {
  const jwk = { kty: 'RSA', n: prime.toString('base64url'), e: exponent.toString('base64url') }
  const key = createPublicKey({ key: jwk, format: 'jwk' })
  const message = Buffer.from(base.toString(16).padStart(bytes * 2, '0'), 'hex')
  const result = publicEncrypt({ key, padding: constants.RSA_NO_PADDING }, message)
  return BigInt(`0x${result.toString('hex')}`)
}

import { sign, verify } from 'node:crypto'
import { promisify } from 'node:util'
import type { TokenClaims } from '../core/claims.js'
import type { PoolKeys, SigningKey } from './signing-keys.js'

/**
 * Signs claims as a compact JWS. The thread pool does the arithmetic, so that several signatures go on at once.
 */
export async function signJwt(key: SigningKey, claims: TokenClaims): Promise<string> {
  const input = `${key.header}.${base64url(claims)}`
  const signature = await signInPool('RSA-SHA256', Buffer.from(input), key.privateKey)
  return `${input}.${signature.toString('base64url')}`
}

/**
 * The claims of a token that one of the pool's keys signed; undefined for anything else. Neither the time nor what
 * the token is for is looked at.
 */
export async function verifiedClaims(keys: PoolKeys, token: string): Promise<TokenClaims | undefined> {
  const [header, payload, signature, ...rest] = token.split('.')
  if (header === undefined || payload === undefined || signature === undefined || rest.length > 0) return
  if (![header, payload, signature].every(isCanonical)) return
  const { alg, kid } = parsed(header) ?? {}
  const key = [keys.idToken, keys.accessToken].find(key => key.kid === kid)
  // The algorithm is ours to choose, never the token's: `none` and HMAC with the public key end here.
  if (key === undefined || alg !== 'RS256') return
  const genuine = await verifyInPool(
    'RSA-SHA256',
    Buffer.from(`${header}.${payload}`),
    key.publicKey,
    Buffer.from(signature, 'base64url'),
  )
  return genuine ? parsed(payload) : undefined
}

/** What a token says of itself, unverified: good enough to find the pool whose keys can verify it. */
export const unverifiedClaims = (token: string): TokenClaims | undefined => parsed(token.split('.')[1] ?? '')

const signInPool = promisify(sign)
const verifyInPool = promisify(verify)

/**
 * Whether a part is just what its bytes are written as (RFC 7515 §2). Node reads over what is no base64url, and over the bits
 * that its last character has to spare: one token could be written in many ways, and a list of revoked ones passed by.
 */
const isCanonical = (part: string): boolean => Buffer.from(part, 'base64url').toString('base64url') === part

const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

function parsed(part: string): TokenClaims | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString())
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as TokenClaims)
      : undefined
  } catch {
    return undefined
  }
}

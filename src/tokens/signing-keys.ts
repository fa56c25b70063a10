import { createHash, createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import { signingKeys } from '../core/collections.js'
import type { StoredKeys } from '../core/pool-keys.js'
import { insert, type Store } from '../core/ports/store.js'

/** One of a pool's two keys. */
export interface SigningKey {
  /** 32 bytes in standard base64, as Cognito's look: it may hold `+` and `/` (docs/facts/oauth-and-federation.md §2.2). */
  readonly kid: string
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
  /** The header of all tokens that it signs, as it stands in them: exactly `kid` and `alg`, no `typ` (fact O59). */
  readonly header: string
  readonly jwk: PublicJwk
}

/** A key as `jwks.json` shows it. */
export interface PublicJwk {
  readonly alg: 'RS256'
  readonly e: string
  readonly kid: string
  readonly kty: 'RSA'
  readonly n: string
  readonly use: 'sig'
}

/** A pool's keys: one signs its ID tokens, the other its access tokens (fact O11). */
export interface PoolKeys {
  readonly idToken: SigningKey
  readonly accessToken: SigningKey
}

export interface SigningKeys {
  /** The keys of a pool; made, and kept, at the first request. The event loop is never blocked meanwhile. */
  of(poolId: string): Promise<PoolKeys>
}

/** @param take makes the keys of a new pool */
export function createSigningKeys(store: Store, take: () => Promise<StoredKeys> = makeKeys): SigningKeys {
  /** By the record they were read from: whatever takes its place is noticed, and what is gone is forgotten. */
  const read = new WeakMap<Readonly<StoredKeys>, PoolKeys>()
  const making = new Map<string, Promise<void>>()

  return {
    async of(poolId) {
      for (;;) {
        const stored = await store.get(signingKeys, poolId)
        if (stored !== undefined) return keysOf(stored.record)
        await made(poolId)
      }
    },
  }

  function keysOf(record: Readonly<StoredKeys>): PoolKeys {
    const keys = read.get(record) ?? poolKeys(record)
    read.set(record, keys)
    return keys
  }

  /** Of many who want keys at once, one makes them. */
  function made(poolId: string): Promise<void> {
    const under = making.get(poolId) ?? make(poolId).finally(() => making.delete(poolId))
    making.set(poolId, under)
    return under
  }

  async function make(poolId: string): Promise<void> {
    const keys = await take()
    // Where another process was faster, its keys are the pool's.
    await store.commit(insert(signingKeys, poolId, keys))
  }
}

/** New keys: a fifth of a second of arithmetic, in the thread pool. */
export async function makeKeys(): Promise<StoredKeys> {
  const [idToken, accessToken] = await Promise.all([generatePem(), generatePem()])
  return { idToken, accessToken }
}

const poolKeys = ({ idToken, accessToken }: StoredKeys): PoolKeys => ({
  idToken: signingKey(idToken),
  accessToken: signingKey(accessToken),
})

/**
 * Keys that were read in this process, by their text: a reset, or another start, brings a pool the same ones in another record, and to
 * read one takes as long as to sign with it.
 */
const known = new Map<string, SigningKey>()
const mostKnown = 100

function signingKey(pem: string): SigningKey {
  const key = known.get(pem) ?? readKey(pem)
  // The one that was wanted last comes last, and the first one makes room.
  known.delete(pem)
  known.set(pem, key)
  const [oldest = pem] = known.keys()
  if (known.size > mostKnown) known.delete(oldest)
  return key
}

function readKey(pem: string): SigningKey {
  const privateKey = createPrivateKey(pem)
  const publicKey = createPublicKey(privateKey)
  const { n = '', e = '' } = publicKey.export({ format: 'jwk' })
  const kid = createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64')
  const header = Buffer.from(JSON.stringify({ kid, alg: 'RS256' })).toString('base64url')
  return { kid, privateKey, publicKey, header, jwk: { alg: 'RS256', e, kid, kty: 'RSA', n, use: 'sig' } }
}

async function generatePem(): Promise<string> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  return privateKey
}

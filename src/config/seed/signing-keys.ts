import { createPrivateKey, type JsonWebKey } from 'node:crypto'
import type { Draft } from '../../core/rules/finding.js'
import type { PrivateKeySeed } from './shape.js'

/** A key of a seed as PKCS #8 PEM; undefined when it is no private RSA key of a sufficient length. */
export function privateKeyPem(given: Draft<PrivateKeySeed>): string | undefined {
  try {
    const key =
      typeof given === 'string'
        ? createPrivateKey(given)
        : createPrivateKey({ key: given as JsonWebKey, format: 'jwk' })
    const isStrong = (key.asymmetricKeyDetails?.modulusLength ?? 0) >= 2048
    return key.asymmetricKeyType === 'rsa' && isStrong
      ? key.export({ type: 'pkcs8', format: 'pem' }).toString()
      : undefined
  } catch {
    return undefined
  }
}

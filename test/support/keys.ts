import { generateKeyPair } from 'node:crypto'
import { promisify } from 'node:util'

/** A private RSA key as a seed takes it. Making one takes a fifth of a second: make it once for a file. */
const privateKey = async (): Promise<string> =>
  (await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })).privateKey
    .export({ type: 'pkcs8', format: 'pem' })
    .toString()

/** The two keys of a pool. */
export const signingKeys = async () => {
  const [IdToken, AccessToken] = await Promise.all([privateKey(), privateKey()])
  return { IdToken, AccessToken }
}

import { refusal } from '../core/refusal.js'
import { openDataKey } from '../lib/local-kms.js'

/**
 * As much of the Key Management Service as a custom sender needs: `Decrypt`, for data keys of codes that this Rockpool
 * encrypted (docs/facts/triggers.md §7). A function that Rockpool runs finds it by `AWS_ENDPOINT_URL_KMS`.
 */

const service = 'TrentService.'

/** Whether a request is one to the Key Management Service. */
export const isForKeyManagement = (target: string): boolean => target.startsWith(service)

/**
 * Performs an operation.
 * @throws Refusal for another operation than `Decrypt`, and for what was not encrypted here
 */
export function keyManagement(target: string, body: unknown): object {
  const name = target.slice(service.length)
  if (name !== 'Decrypt') throw unsupported(name)
  const { CiphertextBlob, EncryptionContext = {} } = (body ?? {}) as {
    readonly CiphertextBlob?: unknown
    readonly EncryptionContext?: Readonly<Record<string, string>>
  }
  const sealed = Buffer.from(typeof CiphertextBlob === 'string' ? CiphertextBlob : '', 'base64')
  const opened = openDataKey(sealed, EncryptionContext)
  if (opened === undefined) throw invalidCiphertext()
  return {
    KeyId: opened.keyArn,
    Plaintext: opened.dataKey.toString('base64'),
    EncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
  }
}

const unsupported = refusal('UnsupportedOperationException', (name: string) => ({
  told: `Rockpool's Key Management Service has no ${name}.`,
  because: `A function called ${name}; custom senders need Decrypt alone.`,
  remedy: 'Set endpoint of the KMS client in the function, to one that has the operation.',
}))

const invalidCiphertext = refusal('InvalidCiphertextException', () => ({
  told: '',
  because: 'The data key was not encrypted by this Rockpool, or the encryption context is another one.',
  remedy: 'Decrypt the code of the event as it came, with @aws-crypto/client-node.',
}))

import { createCipheriv, createDecipheriv, createHash } from 'node:crypto'

/**
 * The keys of a Key Management Service of our own, for codes that custom senders decrypt (docs/facts/triggers.md §7). A key
 * follows from its ARN, so that nothing is kept: they protect nothing, and are made for a developer's machine.
 */

/** A key for pools whose settings name none. */
export const localKeyArn = (region: string): string =>
  `arn:aws:kms:${region}:000000000000:key/00000000-0000-0000-0000-000000000000`

type Context = Readonly<Record<string, string>>

interface Sealing {
  readonly keyArn: string
  readonly context: Context
  readonly dataKey: Buffer
  /** Twelve bytes. */
  readonly iv: Buffer
}

/** Encrypts a data key. The answer names the key, as that of the real service does. */
export function sealDataKey({ keyArn, context, dataKey, iv }: Sealing): Buffer {
  const cipher = createCipheriv('aes-256-gcm', keyOf(keyArn), iv).setAAD(contextText(context))
  const encrypted = Buffer.concat([cipher.update(dataKey), cipher.final()])
  const name = Buffer.from(keyArn)
  return Buffer.concat([Buffer.from([name.length]), name, iv, cipher.getAuthTag(), encrypted])
}

/** Decrypts a data key; undefined for what was not sealed here, or in another context. */
export function openDataKey(
  sealed: Buffer,
  context: Context,
): { readonly keyArn: string; readonly dataKey: Buffer } | undefined {
  const start = 1 + (sealed[0] ?? 0)
  if (sealed.length < start + 28) return undefined
  const keyArn = sealed.subarray(1, start).toString()
  const iv = sealed.subarray(start, start + 12)
  const tag = sealed.subarray(start + 12, start + 28)
  try {
    const decipher = createDecipheriv('aes-256-gcm', keyOf(keyArn), iv, { authTagLength: 16 })
    decipher.setAAD(contextText(context)).setAuthTag(tag)
    return {
      keyArn,
      dataKey: Buffer.concat([decipher.update(sealed.subarray(start + 28)), decipher.final()]),
    }
  } catch {
    return undefined
  }
}

const keyOf = (arn: string): Buffer => createHash('sha256').update(`rockpool key of ${arn}`).digest()

const contextText = (context: Context): Buffer =>
  Buffer.from(JSON.stringify(Object.entries(context).sort(([a], [b]) => (a < b ? -1 : 1))))

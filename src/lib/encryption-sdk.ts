import { createCipheriv, createECDH, createPrivateKey, hkdfSync, sign } from 'node:crypto'

/**
 * Messages in the format of the AWS Encryption SDK, version 1 (docs/facts/triggers.md §7): what Cognito's custom senders
 * are given, and what functions decrypt with `@aws-crypto/client-node`.
 */

/** What a message is encrypted with. */
export interface Encryption {
  /** The ARN that the key goes by at the Key Management Service. */
  readonly keyArn: string
  readonly context: Readonly<Record<string, string>>
  /** Encrypts a data key as the Key Management Service does. */
  readonly seal: (dataKey: Buffer, context: Readonly<Record<string, string>>) => Buffer
  /** Bytes that nobody can predict. */
  readonly bytes: (count: number) => Buffer
}

/** AES-256-GCM with HKDF-SHA384 and a signature by ECDSA P-384, without commitment: as Cognito has it (fact T54). */
const suite = Buffer.from([0x03, 0x78])

/** Encrypts a text; the answer is base64, and begins `AYAD`. */
export function encryptedForSender(text: string, { keyArn, context, seal, bytes }: Encryption): string {
  const signing = signingKey(bytes)
  const full = { ...context, 'aws-crypto-public-key': signing.publicKey }
  const dataKey = bytes(32)
  const id = bytes(16)
  const key = Buffer.from(hkdfSync('sha384', dataKey, '', Buffer.concat([suite, id]), 32))
  const dataKeyEntry = ['aws-kms', keyArn].map(part => sized(Buffer.from(part)))
  const head = Buffer.concat([
    Buffer.from([0x01, 0x80]),
    suite,
    id,
    sized(contextBytes(full)),
    u16(1),
    ...dataKeyEntry,
    sized(seal(dataKey, full)),
    // Framed; four reserved bytes; the length of an IV; the length of a frame.
    Buffer.from([0x02, 0, 0, 0, 0, 12]),
    u32(4096),
  ])
  const noFrame = Buffer.alloc(12)
  const headTag = gcm(key, noFrame, head, Buffer.alloc(0)).tag
  const content = Buffer.from(text)
  const iv = Buffer.concat([Buffer.alloc(8), u32(1)])
  const length = Buffer.concat([Buffer.alloc(4), u32(content.length)])
  const frame = Buffer.from('AWSKMSEncryptionClient Final Frame')
  const body = gcm(key, iv, Buffer.concat([id, frame, u32(1), length]), content)
  const message = Buffer.concat([
    head,
    noFrame,
    headTag,
    u32(0xffffffff),
    u32(1),
    iv,
    u32(content.length),
    body.encrypted,
    body.tag,
  ])
  return Buffer.concat([message, sized(sign('sha384', message, signing.privateKey))]).toString('base64')
}

/** The context as it is written and authenticated: by the order of its names. */
function contextBytes(context: Readonly<Record<string, string>>): Buffer {
  const pairs = Object.entries(context).sort(([a], [b]) => (a < b ? -1 : 1))
  return Buffer.concat([u16(pairs.length), ...pairs.flat().map(part => sized(Buffer.from(part)))])
}

function signingKey(bytes: Encryption['bytes']) {
  const curve = createECDH('secp384r1')
  curve.setPrivateKey(bytes(47))
  const point = curve.getPublicKey()
  const privateKey = createPrivateKey({
    format: 'jwk',
    key: {
      kty: 'EC',
      crv: 'P-384',
      x: point.subarray(1, 49).toString('base64url'),
      y: point.subarray(49).toString('base64url'),
      d: Buffer.concat([Buffer.alloc(48), curve.getPrivateKey()])
        .subarray(-48)
        .toString('base64url'),
    },
  })
  return { privateKey, publicKey: curve.getPublicKey('base64', 'compressed') }
}

function gcm(key: Buffer, iv: Buffer, aad: Buffer, content: Buffer) {
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(aad)
  const encrypted = Buffer.concat([cipher.update(content), cipher.final()])
  return { encrypted, tag: cipher.getAuthTag() }
}

const sized = (part: Buffer): Buffer => Buffer.concat([u16(part.length), part])

function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16BE(value)
  return bytes
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

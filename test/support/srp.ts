import {
  constants,
  createHash,
  createHmac,
  createPublicKey,
  getDiffieHellman,
  publicEncrypt,
} from 'node:crypto'

/**
 * The client's half of the Secure Remote Password protocol (docs/facts/user-pools-api.md §3.5), written for the tests
 * alone.
 */

const N = BigInt(`0x${getDiffieHellman('modp15').getPrime('hex')}`)
const a = BigInt(`0x${createHash('sha256').update('chosen for the tests').digest('hex')}`)

/** What the client sends first. */
export const SRP_A = power(2n, a).toString(16)

/** The time as SRP's clients write it. */
export function stampOf(time: number): string {
  const [, day = '', month, year, hour] = new Date(time).toUTCString().split(' ')
  const [weekday] = new Date(time).toUTCString().split(',')
  return `${weekday} ${month} ${Number(day)} ${hour} UTC ${year}`
}

type Parameters = Readonly<Record<string, string>> | undefined

/** The answer to `PASSWORD_VERIFIER`: the proof that the client knows the password. */
export const srpAnswer = (
  poolId: string,
  password: string,
  parameters: Parameters,
  TIMESTAMP: string,
): Record<string, string> => {
  const { USER_ID_FOR_SRP = '' } = parameters ?? {}
  const group = poolId.slice(poolId.indexOf('_') + 1)
  return { USERNAME: USER_ID_FOR_SRP, ...claim(group, USER_ID_FOR_SRP, password, parameters, TIMESTAMP) }
}

/** What a device keeps, and who it is. */
export interface DeviceSecret {
  readonly DeviceKey: string
  readonly DeviceGroupKey: string
  readonly password: string
}

/** The answer to `DEVICE_PASSWORD_VERIFIER`: the proof that the client is the device (§3.15). */
export const deviceAnswer = (
  { DeviceKey, DeviceGroupKey, password }: DeviceSecret,
  parameters: Parameters,
  TIMESTAMP: string,
): Record<string, string> => ({
  USERNAME: parameters?.USERNAME ?? '',
  DEVICE_KEY: DeviceKey,
  ...claim(DeviceGroupKey, DeviceKey, password, parameters, TIMESTAMP),
})

/** What a device registers. */
export function deviceVerifier({ DeviceKey, DeviceGroupKey, password }: DeviceSecret, salt: string) {
  const x = privateValue(salt, `${DeviceGroupKey}${DeviceKey}`, password)
  return {
    Salt: pad(number(salt)).toString('base64'),
    PasswordVerifier: pad(power(2n, x)).toString('base64'),
  }
}

function claim(group: string, name: string, password: string, parameters: Parameters, TIMESTAMP: string) {
  const { SALT = '', SRP_B = '', SECRET_BLOCK = '' } = parameters ?? {}
  const names = `${group}${name}`
  const k = hash(pad(N), pad(2n))
  const x = privateValue(SALT, names, password)
  const u = hash(pad(number(SRP_A)), pad(number(SRP_B)))
  const base = number(SRP_B) - k * power(2n, x)
  const key = createHmac('sha256', pad(u))
    .update(pad(power(base, a + u * x)))
    .digest()
  const derived = createHmac('sha256', key).update('Caldera Derived Key\x01').digest().subarray(0, 16)
  const signature = createHmac('sha256', derived)
    .update(names)
    .update(Buffer.from(SECRET_BLOCK, 'base64'))
    .update(TIMESTAMP)
    .digest('base64')
  return { PASSWORD_CLAIM_SECRET_BLOCK: SECRET_BLOCK, PASSWORD_CLAIM_SIGNATURE: signature, TIMESTAMP }
}

const privateValue = (salt: string, names: string, password: string): bigint =>
  hash(pad(number(salt)), sha256(Buffer.from(`${names}:${password}`)))

function number(hex: string): bigint {
  return BigInt(`0x${hex}`)
}

function hash(...parts: Buffer[]): bigint {
  return number(sha256(...parts).toString('hex'))
}

function sha256(...parts: Buffer[]): Buffer {
  return createHash('sha256').update(Buffer.concat(parts)).digest()
}

/** The bytes of a positive number in two's complement. */
function pad(value: bigint): Buffer {
  const bytes = bytesOf(value)
  return (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes
}

/** `base^exponent mod N`: what RSA does with a public key, in native code, and with BigInts takes six times as long. */
export function power(base: bigint, exponent: bigint): bigint {
  const base64url = (value: bigint) => bytesOf(value).toString('base64url')
  const key = createPublicKey({
    key: { kty: 'RSA', n: base64url(N), e: base64url(exponent) },
    format: 'jwk',
  })
  const message = Buffer.concat([Buffer.alloc(bytesOf(N).length), bytesOf(((base % N) + N) % N)]).subarray(
    -bytesOf(N).length,
  )
  return number(publicEncrypt({ key, padding: constants.RSA_NO_PADDING }, message).toString('hex'))
}

function bytesOf(value: bigint): Buffer {
  const hex = value.toString(16)
  return Buffer.from(hex.length % 2 ? `0${hex}` : hex, 'hex')
}

import { keyOf } from './ports/store.js'
import { isUsable } from './srp.js'
import type { UserPool } from './user-pool.js'

/** A device that a user signed in on (docs/facts/user-pools-api.md §2.11). */
export interface Device {
  readonly poolId: string
  readonly sub: string
  readonly deviceKey: string
  /** Takes the place of the pool's name in what the device proves. */
  readonly groupKey: string
  /** The secret that the device proves itself by. Absent until ConfirmDevice: then only its user's apps know the device. */
  readonly secret?: DeviceSecret
  /** Of a browser that was remembered at the hosted pages: the fingerprint of what it keeps. */
  readonly browser?: string
  readonly name?: string
  readonly isRemembered: boolean
  /** The address it signed in from last. */
  readonly address: string
  /** Milliseconds since the epoch. */
  readonly createdAt: number
  readonly modifiedAt: number
  readonly authenticatedAt: number
}

/** What SRP needs of a secret that stays on the device, both in hexadecimal (§3.15). */
export interface DeviceSecret {
  readonly salt: string
  /** `v = g^x mod N`. */
  readonly srp: string
}

/** Whether the user knows of the device: an app has confirmed it, or it is a browser that was remembered. */
export const isConfirmed = ({ secret, browser }: Device): boolean =>
  secret !== undefined || browser !== undefined

export const deviceRecordKey = ({ id }: Pick<UserPool, 'id'>, deviceKey: string): string =>
  keyOf(id, deviceKey)

/** Whether the pool knows its users' devices: any value in `DeviceConfiguration` says so. */
export const tracksDevices = ({ settings }: UserPool): boolean =>
  Object.keys(settings.DeviceConfiguration ?? {}).length > 0

/** Whether a remembered device proves itself at each sign-in, in the place of a second factor. */
export const challengesDevices = ({ settings }: UserPool): boolean =>
  settings.DeviceConfiguration?.ChallengeRequiredOnNewDevice === true

/** Whether the user is asked before a device is remembered. */
export const remembersOnPrompt = ({ settings }: UserPool): boolean =>
  settings.DeviceConfiguration?.DeviceOnlyRememberedOnUserPrompt === true

/** The secret that a device registers: salt and verifier in base64. Undefined where it is none that could be proven. */
export function deviceSecretOf(
  salt: string | undefined,
  verifier: string | undefined,
): DeviceSecret | undefined {
  const [saltHex, srp] = [salt, verifier].map(hexOf)
  return saltHex && srp && isUsable(srp) ? { salt: saltHex, srp } : undefined
}

/** The bytes of a base64 text, in hexadecimal. */
const hexOf = (text = ''): string | undefined =>
  /^[\w+/]+={0,2}$/.test(text) ? Buffer.from(text, 'base64').toString('hex') : undefined

import { deviceSecretOf, isConfirmed, remembersOnPrompt, tracksDevices } from '../../core/device.js'
import { ensure, refusal } from '../../core/refusal.js'
import type { User } from '../../core/user.js'
import type { UserPool } from '../../core/user-pool.js'
import type { Service } from '../service.js'
import { changeDevice, confirmedDeviceOf } from './devices.js'

/** What users and administrators do with devices beside a sign-in (docs/facts/user-pools-api.md §2.11). */

type Owner = Pick<User, 'sub'>

/** @throws Refusal when the pool knows no devices */
export const ensureTracking = (pool: UserPool): void =>
  ensure(tracksDevices(pool), () => notTracked(pool.name))

/** How an app will prove a device later, both in base64, and what the user calls the device. */
export interface DeviceProof {
  readonly salt: string | undefined
  readonly verifier: string | undefined
  readonly name: string | undefined
}

/**
 * Confirms a new device.
 * @returns whether the user is to be asked if the device shall be remembered
 * @throws Refusal when the proof is none, or the device was confirmed before
 */
export async function confirmDevice(
  service: Service,
  pool: UserPool,
  owner: Owner,
  deviceKey: string,
  { salt, verifier, name }: DeviceProof,
): Promise<{ readonly asksUser: boolean }> {
  const secret = deviceSecretOf(salt, verifier)
  ensure(secret, () => verifierInvalid())
  const asksUser = remembersOnPrompt(pool)
  await changeDevice(service, pool, owner, deviceKey, device => {
    ensure(!isConfirmed(device), () => alreadyConfirmed(deviceKey))
    return {
      secret,
      ...(name === undefined ? {} : { name }),
      isRemembered: !asksUser,
      modifiedAt: service.clock.now(),
    }
  })
  return { asksUser }
}

/**
 * Sets whether a confirmed device is remembered; undefined leaves it as it is.
 * @throws Refusal when the user has no such device
 */
export async function rememberDevice(
  service: Service,
  pool: UserPool,
  owner: Owner,
  deviceKey: string,
  isRemembered: boolean | undefined,
): Promise<void> {
  await confirmedDeviceOf(service, pool, owner, deviceKey)
  if (isRemembered === undefined) return
  const modifiedAt = service.clock.now()
  await changeDevice(service, pool, owner, deviceKey, () => ({ isRemembered, modifiedAt }))
}

const notTracked = refusal('InvalidUserPoolConfigurationException', (pool: string) => ({
  // The service's words are not known.
  told: 'Device tracking is not enabled for the user pool.',
  because: `${pool} has no DeviceConfiguration.`,
  remedy: 'Set DeviceConfiguration of the pool, and sign in again.',
}))

const verifierInvalid = refusal('InvalidParameterException', () => ({
  // Cognito's words are not known.
  told: 'Invalid DeviceSecretVerifierConfig',
  because: 'Salt or PasswordVerifier is missing, no base64, or no number that SRP can use.',
  remedy: 'Send Salt and PasswordVerifier, both in base64.',
}))

const alreadyConfirmed = refusal('DeviceKeyExistsException', (deviceKey: string) => ({
  told: 'The device has been confirmed already.',
  because: `ConfirmDevice was called for ${deviceKey} before.`,
  remedy: 'Go on with the device, or call ForgetDevice and sign in again for a new one.',
}))

import type { Journey } from '../../core/challenge-session.js'
import { devices } from '../../core/collections.js'
import { type Device, deviceRecordKey, isConfirmed, tracksDevices } from '../../core/device.js'
import { randomText } from '../../core/ports/chance.js'
import { insert, remove, replace, type Stored } from '../../core/ports/store.js'
import { ensure, refusal } from '../../core/refusal.js'
import type { User } from '../../core/user.js'
import { regionOf, type UserPool } from '../../core/user-pool.js'
import type { Service } from '../service.js'

/** The devices that users sign in on (docs/facts/user-pools-api.md §2.11). */

type Owner = Pick<User, 'sub'>

const notTheirs = refusal('ResourceNotFoundException', (deviceKey: string) => ({
  told: 'Device does not exist.',
  because: `The user has no device ${deviceKey}: it is another user's, was forgotten, or was never confirmed.`,
  remedy: 'Sign in without DEVICE_KEY, and confirm the device of NewDeviceMetadata with ConfirmDevice.',
}))

/** A device of the user; anybody else's does not exist for them. It need not be confirmed. */
async function deviceOf(
  { store }: Pick<Service, 'store'>,
  pool: UserPool,
  { sub }: Owner,
  deviceKey: string,
): Promise<Stored<Device>> {
  const device = await store.get(devices, deviceRecordKey(pool, deviceKey))
  ensure(device?.record.sub === sub, () => notTheirs(deviceKey))
  return device
}

/** A confirmed device of the user. */
export async function confirmedDeviceOf(
  service: Pick<Service, 'store'>,
  pool: UserPool,
  owner: Owner,
  deviceKey: string,
): Promise<Stored<Device>> {
  const device = await deviceOf(service, pool, owner, deviceKey)
  ensure(isConfirmed(device.record), () => notTheirs(deviceKey))
  return device
}

/** Forgets a confirmed device of the user. */
export async function forgetDevice(
  service: Pick<Service, 'store'>,
  pool: UserPool,
  owner: Owner,
  deviceKey: string,
): Promise<void> {
  const { key } = await confirmedDeviceOf(service, pool, owner, deviceKey)
  await service.store.commit(remove(devices, key))
}

/**
 * The device that a sign-in shows, where the pool knows devices; refused unless it is the user's. One that was never
 * confirmed counts for none.
 */
export async function shownDevice(
  service: Pick<Service, 'store'>,
  pool: UserPool,
  owner: Owner,
  deviceKey: string | undefined,
): Promise<Device | undefined> {
  if (deviceKey === undefined || !tracksDevices(pool)) return undefined
  const { record } = await deviceOf(service, pool, owner, deviceKey)
  return record.secret === undefined ? undefined : record
}

/**
 * The journey of a sign-in that goes on with an answer, which may show a device. One that is not the user's is refused before
 * anything is used up: apps forget the device then, and answer again.
 */
export async function journeyWith(
  service: Pick<Service, 'store'>,
  pool: UserPool,
  { sub, journey = {} }: Owner & { readonly journey?: Journey },
  deviceKey: string | undefined,
): Promise<Journey> {
  if (deviceKey === undefined) return journey
  await shownDevice(service, pool, { sub }, deviceKey)
  return { ...journey, deviceKey }
}

/**
 * Changes a device. Of changes at the same time none is lost, and a device that is forgotten meanwhile stays so.
 * @param change refuses, or says what is different
 */
export async function changeDevice(
  service: Service,
  pool: UserPool,
  owner: Owner,
  deviceKey: string,
  change: (device: Device) => Partial<Device>,
): Promise<void> {
  for (;;) {
    const read = await deviceOf(service, pool, owner, deviceKey)
    const changed: Device = { ...read.record, ...change(read.record) }
    // Once it is confirmed, it stays.
    const expiry = isConfirmed(changed) ? {} : read
    if (await service.store.commit(replace(devices, read, changed, expiry))) return
  }
}

/** The device of a sign-in that ends in tokens. */
export interface SignInDevice {
  readonly deviceKey: string
  /** What the app confirms a new device with. */
  readonly isNew?: { readonly DeviceKey: string; readonly DeviceGroupKey: string }
}

/**
 * The device of a sign-in, where the pool knows devices: the one that was shown, or a new one, which is gone again unless an
 * app confirms it.
 * @param where from the sign-in came, and how long it lasts without a new proof, in seconds
 */
export async function deviceOfSignIn(
  service: Service,
  pool: UserPool,
  owner: Owner,
  shown: string | undefined,
  where: { readonly address: string; readonly lifetime: number },
): Promise<SignInDevice | undefined> {
  if (!tracksDevices(pool)) return undefined
  const known = await shownDevice(service, pool, owner, shown)
  const now = service.clock.now()
  if (known === undefined) return newDevice(service, pool, owner, where)
  const { deviceKey } = known
  await changeDevice(service, pool, owner, deviceKey, () => ({
    authenticatedAt: now,
    address: where.address,
  }))
  return { deviceKey }
}

async function newDevice(
  { chance, clock, store }: Service,
  pool: UserPool,
  { sub }: Owner,
  { address, lifetime }: { readonly address: string; readonly lifetime: number },
): Promise<SignInDevice> {
  const now = clock.now()
  const { deviceKey, groupKey } = deviceNamed(chance, pool)
  const device: Device = {
    poolId: pool.id,
    sub,
    deviceKey,
    groupKey,
    isRemembered: false,
    address,
    createdAt: now,
    modifiedAt: now,
    authenticatedAt: now,
  }
  const expiresAt = now + lifetime * 1000
  await store.commit(insert(devices, deviceRecordKey(pool, deviceKey), device, { expiresAt }))
  return { deviceKey, isNew: { DeviceKey: deviceKey, DeviceGroupKey: groupKey } }
}

/** The names of a new device. */
export const deviceNamed = (chance: Service['chance'], { id }: UserPool) => ({
  deviceKey: `${regionOf(id)}_${chance.uuid()}`,
  groupKey: `-${randomText(chance, 8, alphanumerics)}`,
})

/** §6.1. */
const alphanumerics = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

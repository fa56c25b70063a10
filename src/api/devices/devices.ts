import { devices, type UserRecord } from '../../core/collections.js'
import type { Device } from '../../core/device.js'
import { keyOf } from '../../core/ports/store.js'
import type { UserPool } from '../../core/user-pool.js'
import { confirmDevice, ensureTracking, rememberDevice } from '../../flows/sign-in/device-upkeep.js'
import { confirmedDeviceOf, forgetDevice } from '../../flows/sign-in/devices.js'
import { ownerOf } from '../../flows/sign-in/token-owner.js'
import { operation } from '../operations.js'
import { page } from '../pagination.js'
import { defined } from '../pools/describe.js'
import { poolOf, type Scope, timestamp, userOf } from '../scope.js'

/** The devices of a user, for the user and for administrators (docs/facts/user-pools-api.md §2.11). */

/** The user whose devices an operation is about. */
interface Owner {
  readonly pool: UserPool
  readonly user: UserRecord
}

/** The user of the access token, which the model does not require of every operation (§1.1). */
async function self(scope: Scope, { AccessToken = '' }: { AccessToken?: string }): Promise<Owner> {
  const { pool, user } = await ownerOf(scope.service, AccessToken)
  ensureTracking(pool)
  return { pool, user: user.record }
}

async function named(scope: Scope, input: { UserPoolId: string; Username: string }): Promise<Owner> {
  const pool = await poolOf(scope, input.UserPoolId)
  ensureTracking(pool)
  return { pool, user: (await userOf(scope, pool, input.Username)).record }
}

export const ConfirmDevice = operation('ConfirmDevice', async (scope, input) => {
  const { pool, user } = await self(scope, input)
  const { Salt: salt, PasswordVerifier: verifier } = input.DeviceSecretVerifierConfig ?? {}
  const proof = { salt, verifier, name: input.DeviceName }
  const { asksUser } = await confirmDevice(scope.service, pool, user, input.DeviceKey, proof)
  return { UserConfirmationNecessary: asksUser }
})

async function show({ service }: Scope, { pool, user }: Owner, deviceKey: string): Promise<object> {
  return { Device: deviceType((await confirmedDeviceOf(service, pool, user, deviceKey)).record) }
}

export const GetDevice = operation('GetDevice', async (scope, input) =>
  show(scope, await self(scope, input), input.DeviceKey),
)

export const AdminGetDevice = operation('AdminGetDevice', async (scope, input) =>
  show(scope, await named(scope, input), input.DeviceKey),
)

async function list(
  { service }: Scope,
  { pool, user }: Owner,
  listing: 'ListDevices' | 'AdminListDevices',
  { Limit, PaginationToken }: { Limit?: number; PaginationToken?: string },
): Promise<object> {
  // A page's token is good for the user, by whichever name or access token the next request comes.
  const whose = { user: user.sub }
  const { items, next } = await page(listing, whose, PaginationToken, Limit || 60, wanted =>
    service.store.lookup(devices, 'confirmed', keyOf(pool.id, user.sub), wanted),
  )
  return defined({ Devices: items.map(({ record }) => deviceType(record)), PaginationToken: next })
}

export const ListDevices = operation('ListDevices', async (scope, input) =>
  list(scope, await self(scope, input), 'ListDevices', input),
)

export const AdminListDevices = operation('AdminListDevices', async (scope, input) =>
  list(scope, await named(scope, input), 'AdminListDevices', input),
)

async function forget({ service }: Scope, { pool, user }: Owner, deviceKey: string): Promise<undefined> {
  await forgetDevice(service, pool, user, deviceKey)
  return undefined
}

export const ForgetDevice = operation('ForgetDevice', async (scope, input) =>
  forget(scope, await self(scope, input), input.DeviceKey),
)

export const AdminForgetDevice = operation('AdminForgetDevice', async (scope, input) =>
  forget(scope, await named(scope, input), input.DeviceKey),
)

async function remember(
  { service }: Scope,
  { pool, user }: Owner,
  deviceKey: string,
  status: 'remembered' | 'not_remembered' | undefined,
): Promise<object> {
  const isRemembered = status === undefined ? undefined : status === 'remembered'
  await rememberDevice(service, pool, user, deviceKey, isRemembered)
  return {}
}

export const UpdateDeviceStatus = operation('UpdateDeviceStatus', async (scope, input) =>
  remember(scope, await self(scope, input), input.DeviceKey, input.DeviceRememberedStatus),
)

export const AdminUpdateDeviceStatus = operation('AdminUpdateDeviceStatus', async (scope, input) =>
  remember(scope, await named(scope, input), input.DeviceKey, input.DeviceRememberedStatus),
)

const deviceType = (device: Device) => ({
  DeviceKey: device.deviceKey,
  DeviceAttributes: Object.entries({
    device_status: 'valid',
    ...(device.name === undefined ? {} : { device_name: device.name }),
    'dev:device_remembered_status': device.isRemembered ? 'remembered' : 'not_remembered',
    last_ip_used: device.address,
  }).map(([Name, Value]) => ({ Name, Value })),
  DeviceCreateDate: timestamp(device.createdAt),
  DeviceLastModifiedDate: timestamp(device.modifiedAt),
  DeviceLastAuthenticatedDate: timestamp(device.authenticatedAt),
})

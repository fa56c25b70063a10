import { integer, oneOf, required, string, structure } from '../../lib/shape.js'
import { deviceKey, searchPaginationToken, text, tokenModel, username, userPoolId } from './common.js'

/** Remembered devices. */

const deviceRememberedStatus = oneOf('remembered', 'not_remembered')

export const adminGetDevice = structure({
  DeviceKey: required(deviceKey),
  UserPoolId: required(userPoolId),
  Username: required(username),
})

export const adminListDevices = structure({
  UserPoolId: required(userPoolId),
  Username: required(username),
  Limit: integer({ min: 0, max: 60 }),
  PaginationToken: searchPaginationToken,
})

export const adminForgetDevice = structure({
  UserPoolId: required(userPoolId),
  Username: required(username),
  DeviceKey: required(deviceKey),
})

export const adminUpdateDeviceStatus = structure({
  UserPoolId: required(userPoolId),
  Username: required(username),
  DeviceKey: required(deviceKey),
  DeviceRememberedStatus: deviceRememberedStatus,
})

export const confirmDevice = structure({
  AccessToken: required(tokenModel),
  DeviceKey: required(deviceKey),
  DeviceSecretVerifierConfig: structure({
    PasswordVerifier: text,
    Salt: text,
  }),
  DeviceName: string({ min: 1, max: 1024 }),
})

export const getDevice = structure({
  DeviceKey: required(deviceKey),
  AccessToken: tokenModel,
})

export const listDevices = structure({
  AccessToken: required(tokenModel),
  Limit: integer({ min: 0, max: 60 }),
  PaginationToken: searchPaginationToken,
})

export const forgetDevice = structure({
  AccessToken: tokenModel,
  DeviceKey: required(deviceKey),
})

export const updateDeviceStatus = structure({
  AccessToken: required(tokenModel),
  DeviceKey: required(deviceKey),
  DeviceRememberedStatus: deviceRememberedStatus,
})

import { required, structure } from '../../lib/shape.js'
import {
  attributeList,
  attributeName,
  attributeNameList,
  clientMetadata,
  confirmationCode,
  emailMfaSettings,
  mfaOptionList,
  password,
  smsMfaSettings,
  softwareTokenMfaSettings,
  tokenModel,
  webAuthnMfaSettings,
} from './common.js'

/** What users do with their own profile. */

export const getUser = structure({
  AccessToken: required(tokenModel),
})

export const updateUserAttributes = structure({
  UserAttributes: required(attributeList),
  AccessToken: required(tokenModel),
  ClientMetadata: clientMetadata,
})

export const deleteUserAttributes = structure({
  UserAttributeNames: required(attributeNameList),
  AccessToken: required(tokenModel),
})

export const deleteUser = structure({
  AccessToken: required(tokenModel),
})

export const getUserAttributeVerificationCode = structure({
  AccessToken: required(tokenModel),
  AttributeName: required(attributeName),
  ClientMetadata: clientMetadata,
})

export const verifyUserAttribute = structure({
  AccessToken: required(tokenModel),
  AttributeName: required(attributeName),
  Code: required(confirmationCode),
})

export const changePassword = structure({
  PreviousPassword: password,
  ProposedPassword: required(password),
  AccessToken: required(tokenModel),
})

export const setUserSettings = structure({
  AccessToken: required(tokenModel),
  MFAOptions: required(mfaOptionList),
})

export const setUserMFAPreference = structure({
  SMSMfaSettings: smsMfaSettings,
  SoftwareTokenMfaSettings: softwareTokenMfaSettings,
  EmailMfaSettings: emailMfaSettings,
  WebAuthnMfaSettings: webAuthnMfaSettings,
  AccessToken: required(tokenModel),
})

export const getUserAuthFactors = structure({
  AccessToken: required(tokenModel),
})

export const globalSignOut = structure({
  AccessToken: required(tokenModel),
})

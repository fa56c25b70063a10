import { boolean, required, string, structure } from '../../lib/shape.js'
import {
  analyticsMetadata,
  attributeList,
  clientId,
  clientMetadata,
  confirmationCode,
  password,
  session,
  userContextData,
  username,
} from './common.js'

/** Signing up, and getting back in. */

const secretHash = string({ sensitive: true, min: 1, max: 128, pattern: '[\\w+=/]+' })

export const signUp = structure({
  ClientId: required(clientId),
  SecretHash: secretHash,
  Username: required(username),
  Password: password,
  UserAttributes: attributeList,
  ValidationData: attributeList,
  AnalyticsMetadata: analyticsMetadata,
  UserContextData: userContextData,
  ClientMetadata: clientMetadata,
})

export const confirmSignUp = structure({
  ClientId: required(clientId),
  SecretHash: secretHash,
  Username: required(username),
  ConfirmationCode: required(confirmationCode),
  ForceAliasCreation: boolean(),
  AnalyticsMetadata: analyticsMetadata,
  UserContextData: userContextData,
  ClientMetadata: clientMetadata,
  Session: session,
})

export const resendConfirmationCode = structure({
  ClientId: required(clientId),
  SecretHash: secretHash,
  UserContextData: userContextData,
  Username: required(username),
  AnalyticsMetadata: analyticsMetadata,
  ClientMetadata: clientMetadata,
})

export const forgotPassword = structure({
  ClientId: required(clientId),
  SecretHash: secretHash,
  UserContextData: userContextData,
  Username: required(username),
  AnalyticsMetadata: analyticsMetadata,
  ClientMetadata: clientMetadata,
})

export const confirmForgotPassword = structure({
  ClientId: required(clientId),
  SecretHash: secretHash,
  Username: required(username),
  ConfirmationCode: required(confirmationCode),
  Password: required(password),
  AnalyticsMetadata: analyticsMetadata,
  UserContextData: userContextData,
  ClientMetadata: clientMetadata,
})

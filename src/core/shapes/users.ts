import { boolean, integer, list, oneOf, required, string, structure } from '../../lib/shape.js'
import {
  attributeList,
  attributeName,
  attributeNameList,
  clientMetadata,
  deliveryMedium,
  emailMfaSettings,
  eventId,
  feedbackValue,
  mfaOptionList,
  password,
  searchPaginationKey,
  searchPaginationToken,
  smsMfaSettings,
  softwareTokenMfaSettings,
  username,
  userPoolId,
  webAuthnMfaSettings,
} from './common.js'

/** What an administrator does with users. */

export const adminCreateUser = structure({
  UserPoolId: required(userPoolId),
  Username: required(username),
  UserAttributes: attributeList,
  ValidationData: attributeList,
  TemporaryPassword: password,
  ForceAliasCreation: boolean(),
  MessageAction: oneOf('RESEND', 'SUPPRESS'),
  DesiredDeliveryMediums: list(deliveryMedium),
  ClientMetadata: clientMetadata,
})

export const adminGetUser = structure({
  UserPoolId: required(userPoolId),
  Username: required(username),
})

export const adminUpdateUserAttributes = structure({
  UserPoolId: required(userPoolId),
  Username: required(username),
  UserAttributes: required(attributeList),
  ClientMetadata: clientMetadata,
})

export const adminDeleteUserAttributes = structure({
  UserPoolId: required(userPoolId),
  Username: required(username),
  UserAttributeNames: required(attributeNameList),
})

export const adminDeleteUser = structure({
  UserPoolId: required(userPoolId),
  Username: required(username),
})

export const adminEnableUser = structure({
  UserPoolId: required(userPoolId),
  Username: required(username),
})

export const adminDisableUser = structure({
  UserPoolId: required(userPoolId),
  Username: required(username),
})

export const adminSetUserPassword = structure({
  UserPoolId: required(userPoolId),
  Username: required(username),
  Password: required(password),
  Permanent: boolean(),
})

export const adminResetUserPassword = structure({
  UserPoolId: required(userPoolId),
  Username: required(username),
  ClientMetadata: clientMetadata,
})

export const adminConfirmSignUp = structure({
  UserPoolId: required(userPoolId),
  Username: required(username),
  ClientMetadata: clientMetadata,
})

export const adminDeleteSoftwareToken = structure({
  UserPoolId: required(userPoolId),
  Username: required(username),
})

export const adminUserGlobalSignOut = structure({
  UserPoolId: required(userPoolId),
  Username: required(username),
})

export const adminSetUserSettings = structure({
  UserPoolId: required(userPoolId),
  Username: required(username),
  MFAOptions: required(mfaOptionList),
})

export const adminSetUserMFAPreference = structure({
  SMSMfaSettings: smsMfaSettings,
  SoftwareTokenMfaSettings: softwareTokenMfaSettings,
  EmailMfaSettings: emailMfaSettings,
  WebAuthnMfaSettings: webAuthnMfaSettings,
  Username: required(username),
  UserPoolId: required(userPoolId),
})

export const adminGetUserAuthFactors = structure({
  UserPoolId: required(userPoolId),
  Username: required(username),
})

export const adminListUserAuthEvents = structure({
  UserPoolId: required(userPoolId),
  Username: required(username),
  MaxResults: integer({ min: 0, max: 60 }),
  NextToken: searchPaginationKey,
})

export const adminUpdateAuthEventFeedback = structure({
  UserPoolId: required(userPoolId),
  Username: required(username),
  EventId: required(eventId),
  FeedbackValue: required(feedbackValue),
})

export const listUsers = structure({
  UserPoolId: required(userPoolId),
  AttributesToGet: list(attributeName),
  Limit: integer({ min: 0, max: 60 }),
  PaginationToken: searchPaginationToken,
  Filter: string({ max: 256 }),
})

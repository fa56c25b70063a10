import { list, map, oneOf, required, string, structure } from '../../lib/shape.js'
import {
  analyticsMetadata,
  clientId,
  clientMetadata,
  clientSecret,
  deviceKey,
  eventId,
  feedbackValue,
  revokeAssociatedSessions,
  scopeList,
  session,
  text,
  tokenModel,
  userContextData,
  username,
  userPoolId,
} from './common.js'

/** Signing in and staying in. */

const authFlow = oneOf(
  'USER_SRP_AUTH',
  'REFRESH_TOKEN_AUTH',
  'REFRESH_TOKEN',
  'CUSTOM_AUTH',
  'ADMIN_NO_SRP_AUTH',
  'USER_PASSWORD_AUTH',
  'ADMIN_USER_PASSWORD_AUTH',
  'USER_AUTH',
)

const authParameters = map(text, text, { sensitive: true })

const challengeName = oneOf(
  'SMS_MFA',
  'EMAIL_OTP',
  'SOFTWARE_TOKEN_MFA',
  'SELECT_MFA_TYPE',
  'MFA_SETUP',
  'PASSWORD_VERIFIER',
  'CUSTOM_CHALLENGE',
  'SELECT_CHALLENGE',
  'DEVICE_SRP_AUTH',
  'DEVICE_PASSWORD_VERIFIER',
  'ADMIN_NO_SRP_AUTH',
  'NEW_PASSWORD_REQUIRED',
  'SMS_OTP',
  'PASSWORD',
  'WEB_AUTHN',
  'PASSWORD_SRP',
)

const challengeResponses = map(text, text, { sensitive: true })

const contextData = structure({
  IpAddress: required(text),
  ServerName: required(text),
  ServerPath: required(text),
  HttpHeaders: required(
    list(
      structure({
        headerName: text,
        headerValue: text,
      }),
    ),
  ),
  EncodedData: text,
})

export const initiateAuth = structure({
  AuthFlow: required(authFlow),
  AuthParameters: authParameters,
  ClientMetadata: clientMetadata,
  ClientId: required(clientId),
  AnalyticsMetadata: analyticsMetadata,
  UserContextData: userContextData,
  Session: session,
})

export const respondToAuthChallenge = structure({
  ClientId: required(clientId),
  ChallengeName: required(challengeName),
  Session: session,
  ChallengeResponses: challengeResponses,
  AnalyticsMetadata: analyticsMetadata,
  UserContextData: userContextData,
  ClientMetadata: clientMetadata,
})

export const adminInitiateAuth = structure({
  UserPoolId: required(userPoolId),
  ClientId: required(clientId),
  AuthFlow: required(authFlow),
  AuthParameters: authParameters,
  ClientMetadata: clientMetadata,
  AnalyticsMetadata: analyticsMetadata,
  ContextData: contextData,
  Session: session,
})

export const adminRespondToAuthChallenge = structure({
  UserPoolId: required(userPoolId),
  ClientId: required(clientId),
  ChallengeName: required(challengeName),
  ChallengeResponses: challengeResponses,
  Session: session,
  AnalyticsMetadata: analyticsMetadata,
  ContextData: contextData,
  ClientMetadata: clientMetadata,
})

export const getTokensFromRefreshToken = structure({
  RefreshToken: required(tokenModel),
  ClientId: required(clientId),
  ClientSecret: clientSecret,
  DeviceKey: deviceKey,
  ClientMetadata: clientMetadata,
})

export const getClientToken = structure({
  ClientId: required(clientId),
  Secret: required(clientSecret),
  Scopes: scopeList,
  ClientMetadata: clientMetadata,
})

export const revokeToken = structure({
  Token: required(tokenModel),
  ClientId: required(clientId),
  ClientSecret: clientSecret,
  RevokeAssociatedSessions: revokeAssociatedSessions,
})

export const updateAuthEventFeedback = structure({
  UserPoolId: required(userPoolId),
  Username: required(username),
  EventId: required(eventId),
  FeedbackToken: required(tokenModel),
  FeedbackValue: required(feedbackValue),
})

export const associateSoftwareToken = structure({
  AccessToken: tokenModel,
  Session: session,
})

export const verifySoftwareToken = structure({
  AccessToken: tokenModel,
  Session: session,
  UserCode: required(string({ sensitive: true, min: 6, max: 6, pattern: '[0-9]+' })),
  FriendlyDeviceName: text,
})

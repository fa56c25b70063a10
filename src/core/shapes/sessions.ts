import { integer, oneOf, required, string, structure } from '../../lib/shape.js'
import {
  clientId,
  revokeAssociatedSessions,
  searchPaginationKey,
  tokenModel,
  username,
  userPoolId,
} from './common.js'

/** Sessions of users: what is tracked of them, their lists, and revoking them. */

/** `sso` or `tkn` and 25 characters; AWS publishes no limits of it. */
const sessionId = string()

export const getUserPoolSessionConfiguration = structure({
  UserPoolId: required(userPoolId),
})

export const setUserPoolSessionConfiguration = structure({
  UserPoolId: required(userPoolId),
  UserSessionTracking: required(oneOf('ENABLED', 'DISABLED')),
  TokenSession: required(
    structure({
      MaxPerUser: required(integer({ min: 1, max: 100 })),
    }),
  ),
})

export const getUserPoolClientSessionConfiguration = structure({
  UserPoolId: required(userPoolId),
  ClientId: required(clientId),
})

export const setUserPoolClientSessionConfiguration = structure({
  UserPoolId: required(userPoolId),
  ClientId: required(clientId),
  SSOSession: required(
    structure({
      // Minutes: 90 days at most.
      MaxValidityMinutes: required(integer({ min: 0, max: 129600 })),
    }),
  ),
})

export const listUserSessions = structure({
  AccessToken: required(tokenModel),
  NextToken: searchPaginationKey,
})

export const adminListUserSessions = structure({
  UserPoolId: required(userPoolId),
  Username: required(username),
  NextToken: searchPaginationKey,
})

export const revokeUserSession = structure({
  AccessToken: required(tokenModel),
  SessionId: required(sessionId),
  RevokeAssociatedSessions: revokeAssociatedSessions,
})

export const adminRevokeUserSession = structure({
  UserPoolId: required(userPoolId),
  Username: required(username),
  SessionId: required(sessionId),
  RevokeAssociatedSessions: revokeAssociatedSessions,
})

import type { UserPool } from '../../core/user-pool.js'
import { ssoMinutesOf, untracked } from '../../core/user-session.js'
import { setSsoMinutes, setTracking } from '../../flows/administration/sessions.js'
import { endSession, type ListedSession, sessionsOf } from '../../flows/grants/end-sessions.js'
import { ownerOf } from '../../flows/sign-in/token-owner.js'
import { deviceOf } from '../../lib/user-agent.js'
import { operation } from '../operations.js'
import { defined } from '../pools/describe.js'
import { clientOf, poolOf, type Scope, storedPool, timestamp, userOf } from '../scope.js'

/** The sessions of users: how a pool tracks them, their lists, and ending them (docs/facts/additions-2026.md §2). */

const trackingType = ({ id: UserPoolId, sessions = untracked }: UserPool) => ({
  UserPoolId,
  UserSessionTracking: sessions.isOn ? 'ENABLED' : 'DISABLED',
  TokenSession: { MaxPerUser: sessions.maxPerUser },
})

export const GetUserPoolSessionConfiguration = operation(
  'GetUserPoolSessionConfiguration',
  async (scope, { UserPoolId }) => trackingType(await poolOf(scope, UserPoolId)),
)

export const SetUserPoolSessionConfiguration = operation(
  'SetUserPoolSessionConfiguration',
  async (scope, { UserPoolId, UserSessionTracking, TokenSession }) => {
    const given = { isOn: UserSessionTracking === 'ENABLED', maxPerUser: TokenSession.MaxPerUser }
    return trackingType(await setTracking(scope.service, await storedPool(scope, UserPoolId), given))
  },
)

export const GetUserPoolClientSessionConfiguration = operation(
  'GetUserPoolClientSessionConfiguration',
  async (scope, { UserPoolId, ClientId }) => {
    const client = await clientOf(scope, await poolOf(scope, UserPoolId), ClientId)
    return { UserPoolId, ClientId, SSOSession: { MaxValidityMinutes: ssoMinutesOf(client) } }
  },
)

export const SetUserPoolClientSessionConfiguration = operation(
  'SetUserPoolClientSessionConfiguration',
  async (scope, { UserPoolId, ClientId, SSOSession }) => {
    const pool = await poolOf(scope, UserPoolId)
    await clientOf(scope, pool, ClientId)
    await setSsoMinutes(scope.service, pool, ClientId, SSOSession.MaxValidityMinutes)
    return { UserPoolId, ClientId, SSOSession }
  },
)

/** One page has all: there are 125 at most (docs/facts/additions-2026.md §2.3). */
async function list({ service }: Scope, pool: UserPool, sub: string, ownEventId?: unknown): Promise<object> {
  const sessions = await sessionsOf(service, pool, sub)
  return { Sessions: await Promise.all(sessions.map(session => sessionType(session, ownEventId))) }
}

const sessionType = async (session: ListedSession, ownEventId: unknown) => ({
  SessionId: session.id,
  SessionType: session.type,
  ClientId: session.clientId,
  CreateDate: timestamp(session.createdAt),
  LastActiveDate: timestamp(session.lastActiveAt),
  DeviceType: await deviceOf(session.sender.userAgent),
  LastIPAddress: session.sender.address,
  // Nobody here knows where an address is.
  LastLocation: { Country: 'unknown' },
  ...defined({ OriginSessionId: session.origin }),
  IsCurrentSession: ownEventId !== undefined && session.eventId === ownEventId,
})

export const ListUserSessions = operation('ListUserSessions', async (scope, { AccessToken }) => {
  const { pool, user, claims } = await ownerOf(scope.service, AccessToken)
  return list(scope, pool, user.record.sub, claims.event_id)
})

export const AdminListUserSessions = operation(
  'AdminListUserSessions',
  async (scope, { UserPoolId, Username }) => {
    const pool = await poolOf(scope, UserPoolId)
    return list(scope, pool, (await userOf(scope, pool, Username)).record.sub)
  },
)

export const RevokeUserSession = operation('RevokeUserSession', async ({ service }, input) => {
  const { pool, user, claims } = await ownerOf(service, input.AccessToken)
  await endSession(service, pool, {
    sub: user.record.sub,
    sessionId: input.SessionId,
    linked: input.RevokeAssociatedSessions === 'LINKED',
    by: String(claims.event_id),
  })
  return {}
})

export const AdminRevokeUserSession = operation('AdminRevokeUserSession', async (scope, input) => {
  const pool = await poolOf(scope, input.UserPoolId)
  const { sub } = (await userOf(scope, pool, input.Username)).record
  const linked = input.RevokeAssociatedSessions === 'LINKED'
  await endSession(scope.service, pool, { sub, sessionId: input.SessionId, linked })
  return {}
})

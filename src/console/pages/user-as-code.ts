import type { UserRecord } from '../../core/collections.js'
import type { UserPool } from '../../core/user-pool.js'
import { trackingOf } from '../../core/user-session.js'
import type { Call } from '../../export/resources.js'
import { sessionsOf } from '../../flows/grants/end-sessions.js'
import { isWatched } from '../../flows/history/auth-events.js'
import type { Html } from '../../lib/html.js'
import type { Visit } from '../page.js'
import { asCalls } from './as-code.js'

/** What a user's page lists and does, as calls of the API. Examples stand for what a form would be given. */
export async function userAsCode(
  visit: Visit,
  pool: UserPool,
  { username, sub, status, enabled }: UserRecord,
): Promise<Html> {
  const { service } = visit.console
  const call = (what: string, operation: string, more: Call['input'] = {}) =>
    [what, { operation, input: { Username: username, ...more } }] as const
  const isTracked = trackingOf(pool) !== undefined
  const [session] = isTracked ? await sessionsOf(service, pool, sub) : []
  return asCalls(
    visit,
    'This page as code',
    [
      call('Account, attributes and identities', 'AdminGetUser'),
      call('Groups', 'AdminListGroupsForUser'),
      ...(pool.settings.DeviceConfiguration === undefined ? [] : [call('Devices', 'AdminListDevices')]),
      ...(isTracked ? [call('Sessions', 'AdminListUserSessions')] : []),
      ...(isWatched(pool) ? [call('Events of threat protection', 'AdminListUserAuthEvents')] : []),
      ...(status === 'UNCONFIRMED' ? [call('Confirm', 'AdminConfirmSignUp')] : []),
      ...(status === 'FORCE_CHANGE_PASSWORD'
        ? [call('Send the invitation again', 'AdminCreateUser', { MessageAction: 'RESEND' })]
        : []),
      ...(status === 'CONFIRMED' ? [call('Reset the password', 'AdminResetUserPassword')] : []),
      call('Set a password', 'AdminSetUserPassword', { Password: 'Example-1-Password!', Permanent: true }),
      call('Change an attribute', 'AdminUpdateUserAttributes', {
        UserAttributes: [{ Name: 'name', Value: 'Marco Polo' }],
      }),
      call('Add to a group', 'AdminAddUserToGroup', { GroupName: 'staff' }),
      ...(session === undefined
        ? []
        : [
            call('End a session, and those that it is linked with', 'AdminRevokeUserSession', {
              SessionId: session.id,
              RevokeAssociatedSessions: 'LINKED',
            }),
          ]),
      enabled ? call('Disable', 'AdminDisableUser') : call('Enable', 'AdminEnableUser'),
      call('Sign out everywhere', 'AdminUserGlobalSignOut'),
      call('Delete the user', 'AdminDeleteUser'),
    ],
    pool,
  )
}

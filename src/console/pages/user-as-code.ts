import type { UserRecord } from '../../core/collections.js'
import type { UserPool } from '../../core/user-pool.js'
import { trackingOf } from '../../core/user-session.js'
import type { Call } from '../../export/resources.js'
import { isWatched } from '../../flows/history/auth-events.js'
import type { Html } from '../../lib/html.js'
import { asCalls } from './as-code.js'

/** What a user's page lists and does, as calls of the API. Examples stand for what a form would be given. */
export function userAsCode(pool: UserPool, { username, status, enabled }: UserRecord): Html {
  const call = (what: string, operation: string, more: Call['input'] = {}) =>
    [what, { operation, input: { Username: username, ...more } }] as const
  const isTracked = trackingOf(pool) !== undefined
  return asCalls(
    'This page as code',
    [
      call('Account, attributes and identities', 'AdminGetUser'),
      call('Groups', 'AdminListGroupsForUser'),
      call('Devices', 'AdminListDevices'),
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
      enabled ? call('Disable', 'AdminDisableUser') : call('Enable', 'AdminEnableUser'),
      call('Sign out everywhere', 'AdminUserGlobalSignOut'),
      ...(isTracked
        ? [
            call('End a session', 'AdminRevokeUserSession', {
              SessionId: 'tkn0000000000000000000000000',
              RevokeAssociatedSessions: 'LINKED',
            }),
          ]
        : []),
      call('Delete the user', 'AdminDeleteUser'),
    ],
    pool,
  )
}

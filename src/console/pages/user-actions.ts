import type { UserRecord } from '../../core/collections.js'
import type { Stored } from '../../core/ports/store.js'
import { groupName } from '../../core/shapes/common.js'
import type { UserPool } from '../../core/user-pool.js'
import {
  changeAttributes,
  confirmByAdministrator,
  disableUser,
  inviteAgain,
  resetPassword,
  setPassword,
} from '../../flows/account/administered-users.js'
import { removePasskey } from '../../flows/account/passkeys.js'
import { changeUser, signOutEverywhere } from '../../flows/administration/change-user.js'
import { deleteUser } from '../../flows/administration/delete-user.js'
import { addToGroup, removeFromGroup } from '../../flows/administration/groups.js'
import { endSession, endSessions } from '../../flows/grants/end-sessions.js'
import type { Service } from '../../flows/service.js'
import { forgetDevice } from '../../flows/sign-in/devices.js'
import { poolPath } from '../frame/navigation.js'
import { textOf } from '../input.js'
import { act, poolOf, type Step, type Visit } from '../page.js'
import { userOf } from './user.js'
import { userPath } from './users.js'

/** What the forms of a user's page do. */
export const userActions: readonly Step[] = [
  onUser('confirm', async ({ service, pool, user }) => {
    await confirmByAdministrator(service, pool, user, {})
    return 'The user is confirmed.'
  }),
  onUser('invite', async ({ service, pool, user }) => {
    await inviteAgain(service, pool, user, { password: undefined, media: ['EMAIL'] })
    return 'The invitation was sent again, with a new temporary password.'
  }),
  onUser('reset', async ({ service, pool, user }) => {
    await resetPassword(service, pool, user)
    return 'The password was reset; a code is in the inbox.'
  }),
  onUser('disable', async ({ service, pool, user }) => {
    await disableUser(service, pool, user)
    return 'The user is disabled.'
  }),
  onUser('enable', async ({ service, pool, user }) => {
    await changeUser(service, pool, user, { enabled: true })
    return 'The user is enabled.'
  }),
  onUser('sign-out', async ({ service, pool, user }) => {
    await signOutEverywhere(service, pool, user)
    return 'The user is signed out everywhere: tokens issued until now are refused.'
  }),
  onUser('password', async ({ service, pool, user, visit: { form } }) => {
    const permanent = form.permanent !== undefined
    await setPassword(service, pool, user, { text: form.password ?? '', temporary: !permanent })
    return permanent ? 'The password was set.' : 'A temporary password was set.'
  }),
  onUser('attributes', async ({ service, pool, user, visit: { form } }) => {
    const { name = '', value = '' } = form
    await changeAttributes(service, pool, user, { [name]: value })
    return value === '' ? `${name} was taken away.` : `${name} was saved.`
  }),
  onUser('groups', async ({ service, pool, user, visit: { form } }) => {
    const group = textOf(groupName, 'Group', form.group)
    await addToGroup(service, pool, group, user.record)
    return `Added to ${group}.`
  }),
  onUser('groups/leave', async ({ service, pool, user, visit: { form } }) => {
    const group = textOf(groupName, 'Group', form.group)
    await removeFromGroup(service, pool, group, user.record)
    return `Removed from ${group}.`
  }),
  onUser('devices/forget', async ({ service, pool, user, visit: { form } }) => {
    await forgetDevice(service, pool, user.record, form.device ?? '')
    return 'The device is forgotten.'
  }),
  onUser('passkeys/delete', async ({ service, pool, user, visit: { form } }) => {
    await removePasskey(service, pool, user.record, form.passkey ?? '')
    return 'The passkey is deleted.'
  }),
  onUser('sessions/end', async ({ service, pool, user, visit: { form } }) => {
    const linked = form.linked !== undefined
    await endSession(service, pool, { sub: user.record.sub, sessionId: form.session ?? '', linked })
    return linked ? 'The session ended, with those that it was linked with.' : 'The session ended.'
  }),
  onUser('sessions/end-all', async ({ service, pool, user }) => {
    const count = await endSessions(service, pool, user.record.sub)
    return `${count} sessions ended.`
  }),
  act('/pools/:pool/users/:sub/delete', async visit => {
    const pool = await poolOf(visit)
    const user = await userOf(visit, pool)
    await deleteUser(visit.console.service, pool, user)
    return { goTo: poolPath(pool, 'users'), said: `${user.record.username} was deleted.` }
  }),
]

interface OnUser {
  readonly service: Service
  readonly pool: UserPool
  readonly user: Stored<UserRecord>
  readonly visit: Visit
}

/** A form on a user's page, which leads back to it. `change` answers what to say there. */
function onUser(action: string, change: (on: OnUser) => Promise<string>): Step {
  return act(`/pools/:pool/users/:sub/${action}`, async visit => {
    const pool = await poolOf(visit)
    const user = await userOf(visit, pool)
    const said = await change({ service: visit.console.service, pool, user, visit })
    return { goTo: userPath(pool, user.record), said }
  })
}

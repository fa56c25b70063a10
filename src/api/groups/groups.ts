import { groups, memberships } from '../../core/collections.js'
import { type Group, groupKey } from '../../core/group.js'
import { keyOf } from '../../core/ports/store.js'
import {
  addToGroup,
  createGroup,
  deleteGroup,
  removeFromGroup,
  storedGroup,
  updateGroup,
} from '../../flows/administration/groups.js'
import { userBySub } from '../../flows/directory/directory.js'
import { operation } from '../operations.js'
import { page } from '../pagination.js'
import { defined } from '../pools/describe.js'
import { poolOf, timestamp, userOf } from '../scope.js'
import { userType } from '../users/representation.js'

const groupType = ({ name, poolId, description, roleArn, precedence, createdAt, modifiedAt }: Group) => ({
  GroupName: name,
  UserPoolId: poolId,
  ...defined({ Description: description, RoleArn: roleArn, Precedence: precedence }),
  LastModifiedDate: timestamp(modifiedAt),
  CreationDate: timestamp(createdAt),
})

const membersOf = (input: { Description?: string; RoleArn?: string; Precedence?: number }) =>
  defined({ description: input.Description, roleArn: input.RoleArn, precedence: input.Precedence })

export const CreateGroup = operation('CreateGroup', async (scope, input) => {
  const pool = await poolOf(scope, input.UserPoolId)
  const group = await createGroup(scope.service, pool, { name: input.GroupName, ...membersOf(input) })
  return { Group: groupType(group) }
})

export const GetGroup = operation('GetGroup', async (scope, { UserPoolId, GroupName }) => {
  const { record } = await storedGroup(scope.service, await poolOf(scope, UserPoolId), GroupName)
  return { Group: groupType(record) }
})

export const UpdateGroup = operation('UpdateGroup', async (scope, input) => {
  const pool = await poolOf(scope, input.UserPoolId)
  const group = await updateGroup(scope.service, pool, input.GroupName, membersOf(input))
  return { Group: groupType(group) }
})

export const DeleteGroup = operation('DeleteGroup', async (scope, { UserPoolId, GroupName }) => {
  await deleteGroup(scope.service, await poolOf(scope, UserPoolId), GroupName)
  return undefined
})

export const ListGroups = operation('ListGroups', async (scope, input) => {
  const pool = await poolOf(scope, input.UserPoolId)
  const { items, next } = await page('ListGroups', input, input.NextToken, input.Limit || 60, pageOf =>
    scope.service.store.lookup(groups, 'pool', pool.id, pageOf),
  )
  return { Groups: items.map(({ record }) => groupType(record)), ...defined({ NextToken: next }) }
})

export const AdminAddUserToGroup = operation('AdminAddUserToGroup', async (scope, input) => {
  const pool = await poolOf(scope, input.UserPoolId)
  const { record: user } = await userOf(scope, pool, input.Username)
  await addToGroup(scope.service, pool, input.GroupName, user)
  return undefined
})

export const AdminRemoveUserFromGroup = operation('AdminRemoveUserFromGroup', async (scope, input) => {
  const pool = await poolOf(scope, input.UserPoolId)
  const { record: user } = await userOf(scope, pool, input.Username)
  await removeFromGroup(scope.service, pool, input.GroupName, user)
  return undefined
})

export const AdminListGroupsForUser = operation('AdminListGroupsForUser', async (scope, input) => {
  const { store } = scope.service
  const pool = await poolOf(scope, input.UserPoolId)
  const { record: user } = await userOf(scope, pool, input.Username)
  const { items, next } = await page(
    'AdminListGroupsForUser',
    input,
    input.NextToken,
    input.Limit || 60,
    pageOf => store.lookup(memberships, 'user', keyOf(pool.id, user.sub), pageOf),
  )
  const found = await Promise.all(
    items.map(({ record }) => store.get(groups, groupKey(pool.id, record.group))),
  )
  return {
    Groups: found.flatMap(group => (group === undefined ? [] : [groupType(group.record)])),
    ...defined({ NextToken: next }),
  }
})

export const ListUsersInGroup = operation('ListUsersInGroup', async (scope, input) => {
  const { store } = scope.service
  const pool = await poolOf(scope, input.UserPoolId)
  await storedGroup(scope.service, pool, input.GroupName)
  const { items, next } = await page('ListUsersInGroup', input, input.NextToken, input.Limit || 60, pageOf =>
    store.lookup(memberships, 'group', keyOf(pool.id, input.GroupName), pageOf),
  )
  const found = await Promise.all(items.map(({ record }) => userBySub(scope.service, pool, record.sub)))
  return {
    Users: found.flatMap(user => (user === undefined ? [] : [userType(user.record)])),
    ...defined({ NextToken: next }),
  }
})

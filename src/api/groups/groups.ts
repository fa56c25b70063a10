import { groups, memberships } from '../../core/collections.js'
import { type Group, groupKey, type Membership, membershipKey } from '../../core/group.js'
import { insert, keyOf, put, remove, replace, type Stored } from '../../core/ports/store.js'
import { ensure } from '../../core/refusal.js'
import type { UserPool } from '../../core/user-pool.js'
import { userBySub } from '../../flows/directory/directory.js'
import { operation } from '../operations.js'
import { page } from '../pagination.js'
import { defined } from '../pools/describe.js'
import { because, conflict, groupNotFound, limitExceeded } from '../refusals.js'
import { poolOf, type Scope, timestamp, userOf } from '../scope.js'
import { userType } from '../users/representation.js'

const groupType = ({ name, poolId, description, roleArn, precedence, createdAt, modifiedAt }: Group) => ({
  GroupName: name,
  UserPoolId: poolId,
  ...defined({ Description: description, RoleArn: roleArn, Precedence: precedence }),
  LastModifiedDate: timestamp(modifiedAt),
  CreationDate: timestamp(createdAt),
})

async function storedGroup({ service }: Scope, pool: UserPool, name: string): Promise<Stored<Group>> {
  const stored = await service.store.get(groups, groupKey(pool.id, name))
  ensure(stored, () => groupNotFound(name))
  return stored
}

export const CreateGroup = operation('CreateGroup', async (scope, input) => {
  const { service } = scope
  const pool = await poolOf(scope, input.UserPoolId)
  const now = service.clock.now()
  const group = {
    poolId: pool.id,
    name: input.GroupName,
    ...defined({ description: input.Description, roleArn: input.RoleArn, precedence: input.Precedence }),
    createdAt: now,
    modifiedAt: now,
  }
  const isNew = await service.store.commit(insert(groups, groupKey(pool.id, group.name), group))
  ensure(isNew, () => because('GroupExistsException')('A group with the name already exists.'))
  return { Group: groupType(group) }
})

export const GetGroup = operation('GetGroup', async (scope, { UserPoolId, GroupName }) => ({
  Group: groupType((await storedGroup(scope, await poolOf(scope, UserPoolId), GroupName)).record),
}))

/** Touches the members that are given. */
export const UpdateGroup = operation('UpdateGroup', async (scope, input) => {
  const { service } = scope
  const stored = await storedGroup(scope, await poolOf(scope, input.UserPoolId), input.GroupName)
  const group = {
    ...stored.record,
    ...defined({ description: input.Description, roleArn: input.RoleArn, precedence: input.Precedence }),
    modifiedAt: service.clock.now(),
  }
  ensure(await service.store.commit(replace(groups, stored, group)), conflict)
  return { Group: groupType(group) }
})

export const DeleteGroup = operation('DeleteGroup', async (scope, { UserPoolId, GroupName }) => {
  const { store } = scope.service
  const pool = await poolOf(scope, UserPoolId)
  const stored = await storedGroup(scope, pool, GroupName)
  const inside = await store.lookup(memberships, 'group', keyOf(pool.id, GroupName))
  await store.commit(remove(groups, stored), ...inside.map(({ key }) => remove(memberships, key)))
  return undefined
})

export const ListGroups = operation('ListGroups', async (scope, input) => {
  const pool = await poolOf(scope, input.UserPoolId)
  const { items, next } = await page('ListGroups', input, input.NextToken, input.Limit || 60, pageOf =>
    scope.service.store.lookup(groups, 'pool', pool.id, pageOf),
  )
  return { Groups: items.map(({ record }) => groupType(record)), ...defined({ NextToken: next }) }
})

const groupsPerUser = 100

export const AdminAddUserToGroup = operation('AdminAddUserToGroup', async (scope, input) => {
  const { store } = scope.service
  const pool = await poolOf(scope, input.UserPoolId)
  const membership = await membershipOf(scope, pool, input)
  const others = await store.lookup(memberships, 'user', keyOf(pool.id, membership.sub))
  ensure(others.length < groupsPerUser, () => limitExceeded('A user can be in 100 groups at most.'))
  await store.commit(put(memberships, membershipKey(membership), membership))
  return undefined
})

export const AdminRemoveUserFromGroup = operation('AdminRemoveUserFromGroup', async (scope, input) => {
  const pool = await poolOf(scope, input.UserPoolId)
  const membership = await membershipOf(scope, pool, input)
  await scope.service.store.commit(remove(memberships, membershipKey(membership)))
  return undefined
})

/** Both have to exist; being in, or out, already is no mistake. */
async function membershipOf(
  scope: Scope,
  pool: UserPool,
  { Username, GroupName }: { Username: string; GroupName: string },
): Promise<Membership> {
  const { record: user } = await userOf(scope, pool, Username)
  const { record: group } = await storedGroup(scope, pool, GroupName)
  return { poolId: pool.id, group: group.name, sub: user.sub }
}

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
  await storedGroup(scope, pool, input.GroupName)
  const { items, next } = await page('ListUsersInGroup', input, input.NextToken, input.Limit || 60, pageOf =>
    store.lookup(memberships, 'group', keyOf(pool.id, input.GroupName), pageOf),
  )
  const found = await Promise.all(items.map(({ record }) => userBySub(scope.service, pool, record.sub)))
  return {
    Users: found.flatMap(user => (user === undefined ? [] : [userType(user.record)])),
    ...defined({ NextToken: next }),
  }
})

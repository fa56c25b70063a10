import { integer, required, string, structure } from '../../lib/shape.js'
import { arn, groupName, searchPaginationKey, username, userPoolId } from './common.js'

/** Groups and who is in them. */

export const createGroup = structure({
  GroupName: required(groupName),
  UserPoolId: required(userPoolId),
  Description: string({ max: 2048 }),
  RoleArn: arn,
  Precedence: integer({ min: 0 }),
})

export const getGroup = structure({
  GroupName: required(groupName),
  UserPoolId: required(userPoolId),
})

export const updateGroup = structure({
  GroupName: required(groupName),
  UserPoolId: required(userPoolId),
  Description: string({ max: 2048 }),
  RoleArn: arn,
  Precedence: integer({ min: 0 }),
})

export const deleteGroup = structure({
  GroupName: required(groupName),
  UserPoolId: required(userPoolId),
})

export const listGroups = structure({
  UserPoolId: required(userPoolId),
  Limit: integer({ min: 0, max: 60 }),
  NextToken: searchPaginationKey,
})

export const adminAddUserToGroup = structure({
  UserPoolId: required(userPoolId),
  Username: required(username),
  GroupName: required(groupName),
})

export const adminRemoveUserFromGroup = structure({
  UserPoolId: required(userPoolId),
  Username: required(username),
  GroupName: required(groupName),
})

export const adminListGroupsForUser = structure({
  Username: required(username),
  UserPoolId: required(userPoolId),
  Limit: integer({ min: 0, max: 60 }),
  NextToken: searchPaginationKey,
})

export const listUsersInGroup = structure({
  UserPoolId: required(userPoolId),
  GroupName: required(groupName),
  Limit: integer({ min: 0, max: 60 }),
  NextToken: searchPaginationKey,
})

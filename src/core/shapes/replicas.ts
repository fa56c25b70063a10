import { integer, map, oneOf, required, structure } from '../../lib/shape.js'
import { paginationKey, regionName, text, userPoolId, userPoolTags } from './common.js'

/** Replicas in other regions, and provisioned limits. */

const limitDefinition = structure({
  LimitClass: required(oneOf('API_CATEGORY')),
  Attributes: required(map(text, text)),
})

export const createUserPoolReplica = structure({
  UserPoolId: required(userPoolId),
  RegionName: required(regionName),
  UserPoolTags: userPoolTags,
})

export const deleteUserPoolReplica = structure({
  UserPoolId: required(userPoolId),
  RegionName: required(regionName),
})

export const listUserPoolReplicas = structure({
  UserPoolId: required(userPoolId),
  NextToken: paginationKey,
})

export const updateUserPoolReplica = structure({
  UserPoolId: required(userPoolId),
  RegionName: required(regionName),
  Status: required(oneOf('ACTIVE', 'INACTIVE')),
})

export const getProvisionedLimit = structure({
  LimitDefinition: required(limitDefinition),
})

export const updateProvisionedLimit = structure({
  LimitDefinition: required(limitDefinition),
  RequestedLimitValue: required(integer()),
})

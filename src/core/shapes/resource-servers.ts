import { integer, list, required, string, structure } from '../../lib/shape.js'
import { paginationKey, userPoolId } from './common.js'

/** Resource servers. */

const resourceServerIdentifier = string({ min: 1, max: 256, pattern: '[\\x21\\x23-\\x5B\\x5D-\\x7E]+' })

const resourceServerName = string({ min: 1, max: 256, pattern: '[\\w\\s+=,.@-]+' })

const resourceServerScopeList = list(
  structure({
    ScopeName: required(string({ min: 1, max: 256, pattern: '[\\x21\\x23-\\x2E\\x30-\\x5B\\x5D-\\x7E]+' })),
    ScopeDescription: required(string({ min: 1, max: 256 })),
  }),
  { max: 100 },
)

export const createResourceServer = structure({
  UserPoolId: required(userPoolId),
  Identifier: required(resourceServerIdentifier),
  Name: required(resourceServerName),
  Scopes: resourceServerScopeList,
})

export const describeResourceServer = structure({
  UserPoolId: required(userPoolId),
  Identifier: required(resourceServerIdentifier),
})

export const updateResourceServer = structure({
  UserPoolId: required(userPoolId),
  Identifier: required(resourceServerIdentifier),
  Name: required(resourceServerName),
  Scopes: resourceServerScopeList,
})

export const deleteResourceServer = structure({
  UserPoolId: required(userPoolId),
  Identifier: required(resourceServerIdentifier),
})

export const listResourceServers = structure({
  UserPoolId: required(userPoolId),
  MaxResults: integer({ min: 1, max: 50 }),
  NextToken: paginationKey,
})

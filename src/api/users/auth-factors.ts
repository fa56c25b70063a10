import type { UserRecord } from '../../core/collections.js'
import type { UserPool } from '../../core/user-pool.js'
import { firstFactorsOf } from '../../flows/account/first-factors.js'
import { ownerOf } from '../../flows/sign-in/token-owner.js'
import { operation } from '../operations.js'
import { poolOf, type Scope, userOf } from '../scope.js'
import { mfaSettings } from './representation.js'

const authFactors = async ({ service }: Scope, pool: UserPool, user: UserRecord) => ({
  Username: user.username,
  ...mfaSettings(user),
  ConfiguredUserAuthFactors: await firstFactorsOf(service, pool, user),
})

export const GetUserAuthFactors = operation('GetUserAuthFactors', async (scope, { AccessToken }) => {
  const { pool, user } = await ownerOf(scope.service, AccessToken)
  return authFactors(scope, pool, user.record)
})

export const AdminGetUserAuthFactors = operation('AdminGetUserAuthFactors', async (scope, input) => {
  const pool = await poolOf(scope, input.UserPoolId)
  return authFactors(scope, pool, (await userOf(scope, pool, input.Username)).record)
})

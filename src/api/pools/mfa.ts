import { setMfaConfiguration } from '../../flows/administration/pools.js'
import { mfaConfigurationOf } from '../../flows/directory/directory.js'
import { operation } from '../operations.js'
import { poolOf } from '../scope.js'

export const GetUserPoolMfaConfig = operation('GetUserPoolMfaConfig', async (scope, { UserPoolId }) =>
  mfaConfigurationOf(scope.service, await poolOf(scope, UserPoolId)),
)

export const SetUserPoolMfaConfig = operation('SetUserPoolMfaConfig', async (scope, input) => {
  const { UserPoolId, ...configuration } = input
  const pool = await poolOf(scope, UserPoolId)
  await setMfaConfiguration(scope.service, pool, configuration)
  return mfaConfigurationOf(scope.service, pool)
})

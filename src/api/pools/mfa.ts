import { setMfaConfiguration } from '../../flows/administration/pools.js'
import { mfaConfigurationOf } from '../../flows/directory/directory.js'
import { operation } from '../operations.js'
import { poolOf, storedPool } from '../scope.js'

export const GetUserPoolMfaConfig = operation('GetUserPoolMfaConfig', async (scope, { UserPoolId }) =>
  mfaConfigurationOf(scope.service, await poolOf(scope, UserPoolId)),
)

export const SetUserPoolMfaConfig = operation('SetUserPoolMfaConfig', async (scope, input) => {
  const { UserPoolId, ...configuration } = input
  await setMfaConfiguration(scope.service, await storedPool(scope, UserPoolId), configuration)
  return mfaConfigurationOf(scope.service, await poolOf(scope, UserPoolId))
})

import type { PoolDocument } from '../../core/pool-document.js'
import {
  logDeliveryOf,
  riskConfigurationOf,
  setLogDelivery,
  setRiskConfiguration,
} from '../../flows/administration/protection.js'
import { operation } from '../operations.js'
import { defined } from '../pools/describe.js'
import { clientOf, poolOf, timestamp } from '../scope.js'

const riskType = (poolId: string, ClientId: string | undefined, document: PoolDocument | undefined) => ({
  RiskConfiguration: {
    UserPoolId: poolId,
    ...defined({ ClientId }),
    ...document?.value,
    ...(document === undefined ? {} : { LastModifiedDate: timestamp(document.modifiedAt) }),
  },
})

export const SetRiskConfiguration = operation('SetRiskConfiguration', async (scope, input) => {
  const { UserPoolId, ClientId, ...configuration } = input
  const pool = await poolOf(scope, UserPoolId)
  if (ClientId !== undefined) await clientOf(scope, pool, ClientId)
  const document = await setRiskConfiguration(scope.service, pool, ClientId, configuration)
  return riskType(pool.id, ClientId, document)
})

export const DescribeRiskConfiguration = operation('DescribeRiskConfiguration', async (scope, input) => {
  const { UserPoolId, ClientId } = input
  const pool = await poolOf(scope, UserPoolId)
  if (ClientId !== undefined) await clientOf(scope, pool, ClientId)
  return riskType(pool.id, ClientId, await riskConfigurationOf(scope.service, pool, ClientId))
})

export const SetLogDeliveryConfiguration = operation('SetLogDeliveryConfiguration', async (scope, input) => {
  const { UserPoolId, LogConfigurations } = input
  await setLogDelivery(scope.service, await poolOf(scope, UserPoolId), LogConfigurations)
  return { LogDeliveryConfiguration: { UserPoolId, LogConfigurations } }
})

export const GetLogDeliveryConfiguration = operation(
  'GetLogDeliveryConfiguration',
  async (scope, { UserPoolId }) => {
    const document = await logDeliveryOf(scope.service, await poolOf(scope, UserPoolId))
    return { LogDeliveryConfiguration: { UserPoolId, LogConfigurations: [], ...document?.value } }
  },
)

import type { PoolDocument } from '../../core/pool-document.js'
import { ensure } from '../../core/refusal.js'
import { documentOf, keepDocument } from '../../flows/administration/documents.js'
import { operation } from '../operations.js'
import { defined } from '../pools/describe.js'
import { exception, invalidParameter } from '../refusals.js'
import { clientOf, poolOf, timestamp } from '../scope.js'

const riskType = (poolId: string, ClientId: string | undefined, document: PoolDocument | undefined) => ({
  RiskConfiguration: {
    UserPoolId: poolId,
    ...defined({ ClientId }),
    ...document?.value,
    ...(document === undefined ? {} : { LastModifiedDate: timestamp(document.modifiedAt) }),
  },
})

const wholePool = 'ALL'

/** Kept and given back; no sign-in is judged by it. */
export const SetRiskConfiguration = operation('SetRiskConfiguration', async (scope, input) => {
  const { UserPoolId, ClientId, ...configuration } = input
  const pool = await poolOf(scope, UserPoolId)
  if (ClientId !== undefined) await clientOf(scope, pool, ClientId)
  const mode = pool.settings.UserPoolAddOns?.AdvancedSecurityMode ?? 'OFF'
  ensure(mode !== 'OFF', () =>
    exception('UserPoolAddOnNotEnabledException')(
      'Threat protection is not enabled for this user pool.',
      'Set UserPoolAddOns.AdvancedSecurityMode of the pool to AUDIT or ENFORCED.',
    ),
  )
  const { BlockedIPRangeList = [], SkippedIPRangeList = [] } = configuration.RiskExceptionConfiguration ?? {}
  ensure([...BlockedIPRangeList, ...SkippedIPRangeList].every(isCidr), () =>
    invalidParameter('Incorrect CIDR format', 'Write each range as 192.0.2.0/24 or 2001:db8::/32.'),
  )
  const id = ClientId ?? wholePool
  const document = await keepDocument(scope.service, pool, 'risk-configuration', id, configuration)
  return riskType(pool.id, ClientId, document)
})

const isCidr = (range: string): boolean =>
  /^(?:\d{1,3}\.){3}\d{1,3}\/(?:\d|[12]\d|3[0-2])$/.test(range) || /^[0-9a-f:]+\/\d{1,3}$/i.test(range)

export const DescribeRiskConfiguration = operation('DescribeRiskConfiguration', async (scope, input) => {
  const { UserPoolId, ClientId } = input
  const pool = await poolOf(scope, UserPoolId)
  if (ClientId !== undefined) await clientOf(scope, pool, ClientId)
  const document = await documentOf(scope.service, pool, 'risk-configuration', ClientId ?? wholePool)
  return riskType(pool.id, ClientId, document)
})

/** Kept and given back; nothing is delivered anywhere. */
export const SetLogDeliveryConfiguration = operation('SetLogDeliveryConfiguration', async (scope, input) => {
  const { UserPoolId, LogConfigurations } = input
  const pool = await poolOf(scope, UserPoolId)
  const sources = LogConfigurations.map(({ EventSource }) => EventSource)
  ensure(new Set(sources).size === sources.length, () =>
    invalidParameter(
      'Following event sources appear more then once in a request',
      'Give each EventSource one LogConfiguration.',
    ),
  )
  ensure(pool.settings.UserPoolTier !== 'LITE' || LogConfigurations.length === 0, () =>
    exception('FeatureUnavailableInTierException')(
      'The following feature is not available for the LITE pricing tier configured: Log Streaming',
      'Set UserPoolTier to ESSENTIALS.',
    ),
  )
  await keepDocument(scope.service, pool, 'log-delivery', wholePool, { LogConfigurations })
  return { LogDeliveryConfiguration: { UserPoolId, LogConfigurations } }
})

export const GetLogDeliveryConfiguration = operation(
  'GetLogDeliveryConfiguration',
  async (scope, { UserPoolId }) => {
    const pool = await poolOf(scope, UserPoolId)
    const document = await documentOf(scope.service, pool, 'log-delivery', wholePool)
    return { LogDeliveryConfiguration: { UserPoolId, LogConfigurations: [], ...document?.value } }
  },
)

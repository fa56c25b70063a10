import type { Infer } from '../../lib/shape.js'
import type { setLogDeliveryConfiguration, setRiskConfiguration } from '../shapes/protection.js'
import type { PoolSettings } from '../user-pool.js'
import { type Draft, entriesOf, type Finding } from './finding.js'

/** Threat protection and log delivery of a pool (docs/facts/user-pools-api.md §2.14). */

type Settings = Draft<PoolSettings>
export type RiskConfiguration = Omit<Infer<typeof setRiskConfiguration>, 'UserPoolId' | 'ClientId'>
export type LogConfigurations = Infer<typeof setLogDeliveryConfiguration>['LogConfigurations']

/** Whether a pool watches its sign-ins. */
export const isProtected = ({ UserPoolAddOns }: Settings): boolean =>
  (UserPoolAddOns?.AdvancedSecurityMode ?? 'OFF') !== 'OFF'

/** What is wrong with asking a pool for threat protection. */
export function* protectionFindings(settings: Settings): Generator<Finding> {
  if (!isProtected(settings))
    yield {
      path: [],
      code: 'UserPoolAddOnNotEnabledException',
      told: 'Threat protection is not enabled for this user pool.',
      because: 'UserPoolAddOns.AdvancedSecurityMode of the pool is OFF.',
      remedy: 'Set UserPoolAddOns.AdvancedSecurityMode of the pool to AUDIT or ENFORCED.',
    }
}

/** What is wrong with the threat protection of a pool, or of one of its clients. */
export function* riskFindings(
  settings: Settings,
  { RiskExceptionConfiguration }: Draft<RiskConfiguration>,
): Generator<Finding> {
  yield* protectionFindings(settings)
  for (const list of ['BlockedIPRangeList', 'SkippedIPRangeList'] as const)
    for (const [range, index] of entriesOf(RiskExceptionConfiguration?.[list]))
      if (!isCidr(range))
        yield {
          path: ['RiskExceptionConfiguration', list, index],
          told: 'Incorrect CIDR format',
          because: `"${range}" is no range of addresses.`,
          remedy: 'Write each range as 192.0.2.0/24 or 2001:db8::/32.',
        }
}

const isCidr = (range: string): boolean =>
  /^(?:\d{1,3}\.){3}\d{1,3}\/(?:\d|[12]\d|3[0-2])$/.test(range) || /^[0-9a-f:]+\/\d{1,3}$/i.test(range)

/** What is wrong with the log delivery of a pool. */
export function* logDeliveryFindings(
  { UserPoolTier }: Settings,
  configurations: Draft<LogConfigurations>,
): Generator<Finding> {
  const sources = entriesOf(configurations).map(([{ EventSource }]) => EventSource)
  for (const [index, source] of sources.entries())
    if (source !== undefined && sources.indexOf(source) < index)
      yield {
        path: ['LogConfigurations', index, 'EventSource'],
        told: 'Following event sources appear more then once in a request',
        because: `${source} has more than one LogConfiguration.`,
        remedy: 'Give each EventSource one LogConfiguration.',
      }
  if (UserPoolTier === 'LITE' && configurations.length > 0)
    yield {
      path: ['LogConfigurations'],
      code: 'FeatureUnavailableInTierException',
      told: 'The following feature is not available for the LITE pricing tier configured: Log Streaming',
      because: 'The pool has UserPoolTier LITE, which has no log streaming.',
      remedy: 'Set UserPoolTier to ESSENTIALS.',
    }
}

import { isRange } from '../../lib/ip-range.js'
import { destinationOf, type LogConfiguration, type LogConfigurations, logLevels } from '../delivered-log.js'
import type { RiskConfiguration } from '../risk.js'
import type { PoolSettings } from '../user-pool.js'
import { type Draft, entriesOf, type Finding } from './finding.js'

/** Threat protection and log delivery of a pool (docs/facts/user-pools-api.md §2.14). */

type Settings = Draft<PoolSettings>

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
  { RiskExceptionConfiguration, AccountTakeoverRiskConfiguration: takeover }: Draft<RiskConfiguration>,
): Generator<Finding> {
  yield* protectionFindings(settings)
  yield* notificationFindings(takeover)
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

/** The levels at which a configuration wants users to be told, and says nothing of the mails. */
function* notificationFindings(
  takeover: Draft<RiskConfiguration>['AccountTakeoverRiskConfiguration'],
): Generator<Finding> {
  if (takeover?.NotifyConfiguration !== undefined) return
  for (const name of ['LowAction', 'MediumAction', 'HighAction'] as const)
    if (takeover?.Actions?.[name]?.Notify)
      yield {
        path: ['AccountTakeoverRiskConfiguration', 'Actions', name, 'Notify'],
        // The service's words are not known.
        told: 'NotifyConfiguration is required when Notify is true for an action',
        because: `${name} tells the user by mail, and there is no NotifyConfiguration to say from whom.`,
        remedy: 'Add NotifyConfiguration with a SourceArn (any will do here), or set Notify to false.',
      }
}

const isCidr = (range: string): boolean => range.includes('/') && isRange(range)

/** What is wrong with the log delivery of a pool in a region. */
export function* logDeliveryFindings(
  settings: Settings,
  configurations: Draft<LogConfigurations>,
  region: string,
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
  for (const [configuration, index] of entriesOf(configurations))
    yield* destinationFindings(configuration, ['LogConfigurations', index], region)
  yield* logTierFindings(settings, sources)
}

/** The member that names each destination, and the form of its ARN. */
const destinations = {
  CloudWatchLogsConfiguration: {
    member: 'LogGroupArn',
    form: /^arn:[\w-]+:logs:[\w-]+:\d{12}:log-group:\S+$/,
  },
  FirehoseConfiguration: {
    member: 'StreamArn',
    form: /^arn:[\w-]+:firehose:[\w-]+:\d{12}:deliverystream\/\S+$/,
  },
  S3Configuration: { member: 'BucketArn', form: /^arn:[\w-]+:s3:::\S+$/ },
} as const
const destinationNames = Object.keys(destinations) as (keyof typeof destinations)[]

/** A source has one destination of a kind that it may have, at the one level that it has. AWS's words are not known, but for the region's. */
function* destinationFindings(
  configuration: Draft<LogConfiguration>,
  path: Finding['path'],
  region: string,
): Generator<Finding> {
  const { EventSource: source, LogLevel: level } = configuration
  if (source !== undefined && level !== undefined && level !== logLevels[source])
    yield {
      path: [...path, 'LogLevel'],
      told: `Log level ${level} is not supported for the event source ${source}`,
      because: `${source} is logged at ${logLevels[source]} only, and LogLevel is ${level}.`,
      remedy: `Set LogLevel to ${logLevels[source]}.`,
    }
  const named = destinationNames.filter(name => configuration[name] !== undefined)
  if (named.length !== 1)
    yield {
      path: [...path],
      told: 'Exactly one logging destination must be specified for each event source',
      because: `The configuration names ${named.length === 0 ? 'no destination' : named.join(' and ')}.`,
      remedy: 'Give it one of CloudWatchLogsConfiguration, FirehoseConfiguration and S3Configuration.',
    }
  if (source === 'userNotification' && named.some(name => name !== 'CloudWatchLogsConfiguration'))
    yield {
      path: [...path],
      told: 'The event source userNotification supports only CloudWatch Logs as its destination',
      because: `userNotification goes to CloudWatch Logs only, and the configuration names ${named.join(' and ')}.`,
      remedy: 'Name a log group by CloudWatchLogsConfiguration.LogGroupArn.',
    }
  for (const name of named) yield* arnFindings(configuration, name, [...path, name], region)
}

function* arnFindings(
  configuration: Draft<LogConfiguration>,
  name: keyof typeof destinations,
  path: Finding['path'],
  region: string,
): Generator<Finding> {
  const { member, form } = destinations[name]
  const arn = destinationOf({ [name]: configuration[name] })
  const at = [...path, member]
  if (arn === undefined || !form.test(arn))
    yield {
      path: at,
      told: `Invalid ARN in ${name}`,
      because: `${arn === undefined ? `${name} has no ${member}` : `"${arn}" is not the ARN of one`}.`,
      remedy: `Write ${member} in the form ${examples[name]}.`,
    }
  else if (name !== 'S3Configuration' && arn.split(':')[3] !== region)
    yield {
      path: at,
      told: 'ARN does not belong to current region',
      because: `${arn} is in ${arn.split(':')[3]}, and the pool is in ${region}.`,
      remedy: `Name a destination in ${region}.`,
    }
}

const examples = {
  CloudWatchLogsConfiguration: 'arn:aws:logs:us-east-1:123456789012:log-group:NAME',
  FirehoseConfiguration: 'arn:aws:firehose:us-east-1:123456789012:deliverystream/NAME',
  S3Configuration: 'arn:aws:s3:::NAME',
} as const

function* logTierFindings(
  { UserPoolTier: tier }: Settings,
  sources: readonly (string | undefined)[],
): Generator<Finding> {
  if (tier === 'LITE' && sources.length > 0)
    yield {
      path: ['LogConfigurations'],
      code: 'FeatureUnavailableInTierException',
      told: 'The following feature is not available for the LITE pricing tier configured: Log Streaming',
      because: 'The pool has UserPoolTier LITE, which has no log streaming.',
      remedy: 'Set UserPoolTier to ESSENTIALS.',
    }
  if (tier === 'ESSENTIALS' && sources.includes('userAuthEvents'))
    yield {
      path: ['LogConfigurations', sources.indexOf('userAuthEvents'), 'EventSource'],
      code: 'FeatureUnavailableInTierException',
      // The feature's name is a guess.
      told: 'The following feature is not available for the ESSENTIALS pricing tier configured: Threat Protection',
      because: 'The pool has UserPoolTier ESSENTIALS, and userAuthEvents are events of threat protection.',
      remedy: 'Set UserPoolTier to PLUS, or leave userAuthEvents out.',
    }
}

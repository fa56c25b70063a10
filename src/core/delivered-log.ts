import type { Infer } from '../lib/shape.js'
import type { Draft } from './rules/finding.js'
import type { setLogDeliveryConfiguration } from './shapes/protection.js'

/** Where each kind of log of a pool goes, in the vocabulary of `SetLogDeliveryConfiguration`. */
export type LogConfigurations = Infer<typeof setLogDeliveryConfiguration>['LogConfigurations']
export type LogConfiguration = LogConfigurations[number]
export type LogSource = LogConfiguration['EventSource']

/** The level that each source has: no other is taken for it. */
export const logLevels = { userNotification: 'ERROR', userAuthEvents: 'INFO' } as const

/** How an entry names its source. */
export const sourcesInEntries = {
  userNotification: 'USER_NOTIFICATION',
  userAuthEvents: 'USER_ACTIVITY',
} as const

/** A log entry that would have been delivered. */
export interface DeliveredLog {
  readonly id: string
  readonly poolId: string
  readonly source: LogSource
  /** The ARN of the log group, the stream or the bucket. */
  readonly destination: string
  /** Milliseconds since the epoch. */
  readonly at: number
  /** As the destination gets it. */
  readonly entry: LogEntry
}

/** An entry in the form that AWS documents: all its values are texts. */
export interface LogEntry {
  readonly eventTimestamp: string
  readonly eventSource: (typeof sourcesInEntries)[LogSource]
  readonly logLevel: (typeof logLevels)[LogSource]
  readonly message: LogMessage
  readonly logSourceId: { readonly userPoolId: string }
}

export type LogMessage = Readonly<Record<string, string | readonly string[]>>

/** The destinations of a configuration, of which it has one. */
type Destinations = Draft<
  Pick<LogConfiguration, 'CloudWatchLogsConfiguration' | 'FirehoseConfiguration' | 'S3Configuration'>
>

/** The ARN that a configuration names; undefined where it names none. */
export const destinationOf = ({
  CloudWatchLogsConfiguration: group,
  FirehoseConfiguration: stream,
  S3Configuration: bucket,
}: Destinations): string | undefined => group?.LogGroupArn ?? stream?.StreamArn ?? bucket?.BucketArn

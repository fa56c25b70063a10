import { deliveredLogs, documents } from '../core/collections.js'
import {
  type DeliveredLog,
  destinationOf,
  type LogConfigurations,
  type LogMessage,
  type LogSource,
  logLevels,
  sourcesInEntries,
} from '../core/delivered-log.js'
import { documentKey, everyClient } from '../core/pool-document.js'
import { insert, keyOf } from '../core/ports/store.js'
import type { UserPool } from '../core/user-pool.js'
import type { Service } from './service.js'

/** Log entries of a pool are kept here instead of being sent to CloudWatch, Firehose or S3. */

/** Milliseconds that an entry is kept: a day, as long as messages are. */
const kept = 86_400_000

/** Keeps entries of the same millisecond in order. */
let written = 0

/** A text that comes the earlier the greater the number is: the newest entry comes first. */
const falling = (count: number): string => String(999_999_999_999_999 - count)

type Needs = Pick<Service, 'store' | 'clock' | 'chance'>

/** Delivers a log entry, if the pool has a destination for its source. */
export async function deliverLog(
  { store, clock, chance }: Needs,
  { id: poolId, servedBy }: Pick<UserPool, 'id' | 'servedBy'>,
  source: LogSource,
  message: LogMessage,
): Promise<void> {
  // A secondary replica delivers to where it was told itself.
  const key = documentKey(poolId, 'log-delivery', everyClient, servedBy?.region)
  const document = await store.get(documents, key)
  const { LogConfigurations = [] } = (document?.record.value ?? {}) as {
    readonly LogConfigurations?: LogConfigurations
  }
  const configuration = LogConfigurations.find(({ EventSource }) => EventSource === source)
  const destination = configuration && destinationOf(configuration)
  if (destination === undefined) return
  const at = clock.now()
  const log: DeliveredLog = {
    id: chance.uuid(),
    poolId,
    source,
    destination,
    at,
    entry: {
      eventTimestamp: String(at),
      eventSource: sourcesInEntries[source],
      logLevel: logLevels[source],
      message,
      logSourceId: { userPoolId: poolId },
    },
  }
  written += 1
  const place = keyOf(falling(at), falling(written), log.id)
  await store.commit(insert(deliveredLogs, place, log, { expiresAt: at + kept }))
}

/** Delivers the error of a message that could not be sent. It never fails: no request depends on a log. */
export async function deliverNotificationError(
  service: Needs & Pick<Service, 'recorder'>,
  pool: Pick<UserPool, 'id' | 'servedBy'>,
  details: string,
): Promise<void> {
  await deliverLog(service, pool, 'userNotification', { details }).catch((error: unknown) =>
    service.recorder.note('warning', {
      warning: `An entry of the log userNotification was not kept: ${error instanceof Error ? error.message : error}`,
      remedy: 'Look at what the store says: with --data, whether its disk is full or its database is down.',
    }),
  )
}

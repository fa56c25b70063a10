import { deliveredLogs } from '../core/collections.js'
import type { DeliveredLog, LogSource } from '../core/delivered-log.js'
import type { Service } from '../flows/service.js'
import { poolNamed } from './named.js'

/** Which log entries: of a pool, by name or id, of one source, for one destination. */
export interface WhichLogs {
  readonly pool?: string | undefined
  readonly source?: LogSource | undefined
  /** The ARN, or the end of it: the name of the log group, the stream or the bucket. */
  readonly destination?: string | undefined
}

/** Log entries that would have been delivered, the oldest first. */
export async function deliveredLogsOf(
  service: Service,
  { pool, source, destination = '' }: WhichLogs,
): Promise<DeliveredLog[]> {
  const found =
    pool === undefined
      ? await service.store.list(deliveredLogs, { limit: Number.MAX_SAFE_INTEGER })
      : await service.store.lookup(deliveredLogs, 'pool', (await poolNamed(service, pool)).id)
  return found
    .reverse()
    .map(({ record }) => record)
    .filter(log => (source === undefined || log.source === source) && log.destination.endsWith(destination))
}

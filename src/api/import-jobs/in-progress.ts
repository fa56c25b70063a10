import { ensure } from '../../core/refusal.js'
import type { Service } from '../../flows/service.js'
import { because } from '../refusals.js'
import { runningImports } from './jobs.js'

/** Refuses changes of a pool that a running import counts on. */
export async function ensureNoImport({ store }: Service, poolId: string): Promise<void> {
  ensure((await store.get(runningImports, poolId)) === undefined, () =>
    because('UserImportInProgressException')('A user import job of this user pool is in progress.'),
  )
}

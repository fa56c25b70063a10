import { createHmac } from 'node:crypto'
import { importJobs, importPieces } from '../../../core/collections.js'
import type { ImportFile, ImportJob } from '../../../core/import-job.js'
import { keyOf, remove, type Store, type Stored } from '../../../core/ports/store.js'
import type { UserPool } from '../../../core/user-pool.js'
import { sameSecret } from '../../../lib/secrets.js'

/** Keys in the order of which the newest job comes first. */
export const jobKey = ({ poolId, createdAt, id }: Pick<ImportJob, 'poolId' | 'createdAt' | 'id'>): string =>
  keyOf(poolId, String(9_999_999_999_999 - createdAt).padStart(13, '0'), id)

/** Whether a job occupies its pool. */
export const isRunning = (status: ImportJob['status']): boolean =>
  status === 'Pending' || status === 'InProgress' || status === 'Stopping'

/** A job that is not started within a day never will be (docs/facts/user-pools-api.md §2.13). */
const startableFor = 86_400_000

/** The status of a job now: one that waited too long has expired. */
export const statusOf = ({ status, createdAt }: ImportJob, now: number): ImportJob['status'] =>
  status === 'Created' && now >= createdAt + startableFor ? 'Expired' : status

/** A job by its id; with a pool, only if it is that pool's. */
export const jobById = async (
  store: Store,
  id: string,
  pool?: UserPool,
): Promise<Stored<ImportJob> | undefined> =>
  (await store.lookup(importJobs, 'id', pool === undefined ? id : keyOf(pool.id, id), { limit: 1 }))[0]

/** The key of a piece of a file, counted from 0. */
export const pieceKey = (file: string, number: number): string => keyOf(file, String(number).padStart(6, '0'))

/** Deletes the pieces of a file. */
export async function dropFile(store: Store, { id, pieces }: ImportFile): Promise<void> {
  for (let number = 0; number < pieces; number += 1) {
    await store.commit(remove(importPieces, pieceKey(id, number)))
  }
}

/** The address a file can be put to is good for a quarter of an hour, as AWS's are; each answer brings a new one. */
const addressLifetime = 15 * 60_000

/** Below the base URL. */
export const importsPath = '/_rockpool/imports'

/** The address that takes the CSV file of a job, without any further proof. */
export function preSignedUrl(base: string, job: ImportJob, now: number): string {
  const expires = String(Math.min(now + addressLifetime, job.createdAt + startableFor))
  return `${base}${importsPath}/${job.id}?${new URLSearchParams({ expires, signature: signatureOf(job, expires) })}`
}

/** Whether we made this address, and it is still good. */
export const isGoodAddress = (
  job: ImportJob,
  { expires = '', signature = '' }: { readonly expires?: string; readonly signature?: string },
  now: number,
): boolean => sameSecret(signature, signatureOf(job, expires)) && now < Number(expires)

const signatureOf = ({ id, secret }: ImportJob, expires: string): string =>
  createHmac('sha256', secret).update(`PUT ${id} ${expires}`).digest('base64url')

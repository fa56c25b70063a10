import { documents } from '../../core/collections.js'
import { documentKey, type PoolDocument } from '../../core/pool-document.js'
import { keyOf, put, remove } from '../../core/ports/store.js'
import type { UserPool } from '../../core/user-pool.js'
import type { Service } from '../service.js'

type Kind = PoolDocument['kind']

export const documentOf = async (
  { store }: Service,
  pool: UserPool,
  kind: Kind,
  id: string,
): Promise<PoolDocument | undefined> => (await store.get(documents, documentKey(pool.id, kind, id)))?.record

export const documentsOf = async ({ store }: Service, pool: UserPool, kind: Kind): Promise<PoolDocument[]> =>
  (await store.lookup(documents, 'kind', keyOf(pool.id, kind))).map(({ record }) => record)

/** Keeps a document; one that was there keeps the time it was made. */
export async function keepDocument(
  service: Service,
  pool: UserPool,
  kind: Kind,
  id: string,
  value: PoolDocument['value'],
): Promise<PoolDocument> {
  const now = service.clock.now()
  const before = await documentOf(service, pool, kind, id)
  const document = { poolId: pool.id, kind, id, value, createdAt: before?.createdAt ?? now, modifiedAt: now }
  await service.store.commit(put(documents, documentKey(pool.id, kind, id), document))
  return document
}

export const dropDocument = async ({ store }: Service, pool: UserPool, kind: Kind, id: string) =>
  store.commit(remove(documents, documentKey(pool.id, kind, id)))

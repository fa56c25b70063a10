import { documents } from '../../core/collections.js'
import { documentKey, type PoolDocument } from '../../core/pool-document.js'
import { keyOf, put, remove } from '../../core/ports/store.js'
import type { UserPool } from '../../core/user-pool.js'
import type { Service } from '../service.js'

type Kind = PoolDocument['kind']

/** Kinds that each region has of its own; where a replica has none, one of these is as at the primary. */
const regional: { readonly [K in Kind]?: 'as at the primary' | 'none' } = {
  'risk-configuration': 'as at the primary',
  'log-delivery': 'none',
}

const regionFor = ({ servedBy }: UserPool, kind: Kind): string | undefined =>
  regional[kind] === undefined ? undefined : servedBy?.region

/** A document of a pool; of a pool that a secondary replica serves, the replica's. */
export async function documentOf(
  { store }: Service,
  pool: UserPool,
  kind: Kind,
  id: string,
): Promise<PoolDocument | undefined> {
  const region = regionFor(pool, kind)
  const own = (await store.get(documents, documentKey(pool.id, kind, id, region)))?.record
  if (own !== undefined || region === undefined || regional[kind] === 'none') return own
  return (await store.get(documents, documentKey(pool.id, kind, id)))?.record
}

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
  const region = regionFor(pool, kind)
  const document: PoolDocument = {
    poolId: pool.id,
    kind,
    id,
    ...(region === undefined ? {} : { region }),
    value,
    createdAt: before?.createdAt ?? now,
    modifiedAt: now,
  }
  await service.store.commit(put(documents, documentKey(pool.id, kind, id, region), document))
  return document
}

export const dropDocument = async ({ store }: Service, pool: UserPool, kind: Kind, id: string) =>
  store.commit(remove(documents, documentKey(pool.id, kind, id)))

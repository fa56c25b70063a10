import { keyOf } from './ports/store.js'

/** What a pool keeps for its owner and gives back as it was given: looks, terms, threat protection, log delivery. */
export interface PoolDocument {
  readonly poolId: string
  readonly kind: 'branding' | 'terms' | 'ui-customization' | 'risk-configuration' | 'log-delivery' | 'replica'
  readonly id: string
  /** Of a document that a secondary replica has of its own: the replica's region. */
  readonly region?: string
  readonly value: { readonly [member: string]: unknown }
  /** Milliseconds since the epoch. */
  readonly createdAt: number
  readonly modifiedAt: number
}

/** What stands for a client in a document that is of every client without one of its own. */
export const everyClient = 'ALL'

export const documentKey = (
  poolId: string,
  kind: PoolDocument['kind'],
  id: string,
  region?: string,
): string => (region === undefined ? keyOf(poolId, kind, id) : keyOf(poolId, kind, id, region))

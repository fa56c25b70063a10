import type { SchemaAttribute, UserPool } from '../../../core/user-pool.js'
import type { Place } from '../mistakes.js'
import type { Draft, PoolSeed } from '../shape.js'

/** A pool as far as its input was sound, and where it stands. */
export interface Located {
  readonly seed: Draft<PoolSeed>
  readonly place: Place
}

/** What the rules for the parts of a pool need to know of it. */
export interface PoolDraft extends Located {
  readonly pool: UserPool
}

/** The attribute with this name, prefix included. */
export const attributeNamed = ({ schema }: UserPool, name: string): SchemaAttribute | undefined =>
  schema.find(attribute => attribute.name === name)

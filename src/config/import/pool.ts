import type { Path } from '../../core/rules/finding.js'
import type { ImportMessage } from './messages.js'
import type { JsonMap } from './source.js'
import type { ImportedTrigger } from './triggers.js'

/** A pool as a seed describes it, and by which names it can be meant. */
export interface ImportedPool {
  /** Logical id or address. */
  readonly key: string
  readonly id: string
  /** Further names: the path of the construct, the pool's name. */
  readonly handles: readonly string[]
  /** The pool as a member of a seed's `UserPools`. */
  readonly seed: JsonMap
  /** The ids of its clients by logical id or address. */
  readonly clients: Readonly<Record<string, string>>
  readonly triggers: readonly ImportedTrigger[]
  /** Where a member of the seed stands in the input. */
  placeOf(path: Path): Pick<ImportMessage, 'file' | 'line' | 'path'>
}

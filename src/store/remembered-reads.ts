import type { Clock } from '../core/ports/clock.js'
import type { Stored } from '../core/ports/store.js'
import { recent } from './recent.js'

/** Records, and pages of look-ups, that are remembered. */
const remembered = 1000
/** Records of a page beyond which it is not remembered. */
const smallPage = 20

/** A page of a look-up, at which generation of its collection and at what time it was read. */
interface RememberedPage {
  readonly found: readonly Stored<unknown>[]
  readonly asOf: number
  readonly readAt: number
}

/** What a store that has its database to itself read lately, so that what every request needs is read once. */
export interface RememberedReads {
  /** A record, remembered or read. */
  record(
    collection: string,
    key: string,
    read: () => Stored<unknown> | undefined,
  ): Stored<unknown> | undefined
  /** A page of a collection; `question` has all that the answer depends on. */
  page(collection: string, question: string, read: () => Stored<unknown>[]): Stored<unknown>[]
  /** Remembers a record that was just written. */
  keep(collection: string, record: Stored<unknown>): void
  /** Forgets a record, and every page of its collection. */
  forget(collection: string, key: string): void
  clear(): void
}

export function rememberedReads(clock: Clock): RememberedReads {
  const records = recent<Stored<unknown>>(remembered)
  const pages = recent<RememberedPage>(remembered)
  /** How often each collection was written, which makes older pages of it worthless. */
  const generations = new Map<string, number>()
  const generation = (collection: string): number => generations.get(collection) ?? 0
  const isAlive = ({ expiresAt }: Stored<unknown>): boolean =>
    expiresAt === undefined || expiresAt > clock.now()

  return {
    record(collection, key, read) {
      const known = records.get(placeOf(collection, key))
      if (known !== undefined) return isAlive(known) ? known : undefined
      const found = read()
      if (found !== undefined) records.set(placeOf(collection, key), found)
      return found
    },
    page(collection, question, read) {
      const known = pages.get(question)
      // Where something has expired, something else may have moved up; where the clock went back, something may be back.
      const isSound = known?.asOf === generation(collection) && known.readAt <= clock.now()
      if (isSound && known.found.every(isAlive)) return [...known.found]
      const found = read()
      if (found.length <= smallPage)
        pages.set(question, { found: [...found], asOf: generation(collection), readAt: clock.now() })
      return found
    },
    keep: (collection, record) => records.set(placeOf(collection, record.key), record),
    forget(collection, key) {
      records.delete(placeOf(collection, key))
      generations.set(collection, generation(collection) + 1)
    },
    clear() {
      records.clear()
      pages.clear()
    },
  }
}

const placeOf = (collection: string, key: string): string => `${collection} ${key}`

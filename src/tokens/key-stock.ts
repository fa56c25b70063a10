import type { StoredKeys } from './signing-keys.js'

/** Where the keys of new pools come from. */
export interface KeySource {
  /** The keys of one pool. */
  take(): Promise<StoredKeys>
  /** Nobody needs any more what was taken. */
  giveBack(): void
}

/** What was given back in this process. */
const stock: StoredKeys[] = []

/**
 * Keys that pools of this process had before, where there are any: making them takes longer than all else of a start.
 * No two pools have the same at the same time.
 */
export function recycledKeys(make: () => Promise<StoredKeys>): KeySource {
  const taken: StoredKeys[] = []
  return {
    async take() {
      const keys = stock.pop() ?? (await make())
      taken.push(keys)
      return keys
    },
    giveBack: () => void stock.push(...taken.splice(0)),
  }
}

import type { Store } from '../core/ports/store.js'
import { asyncSlot } from '../lib/async-slot.js'
import { StoreFailure } from './store-failure.js'

/**
 * Keeps requests, many at a time, apart from a reset or restore, which puts another state in the place of this one: no
 * request sees half of the one state and half of the other.
 */
export interface Turnstile {
  /**
   * Runs work on the state beside other work, after any work that runs alone. Work within such work does not wait, or
   * the two would wait for each other.
   * @param isPart whether this is part of other work under way, where that cannot be seen: it came by a request to
   * ourselves
   */
  among<T>(work: () => T | Promise<T>, isPart?: boolean): Promise<T>
  /**
   * Runs work alone. Waits up to `patience` ms for running work; with `displacing`, work that takes longer finds the
   * state closed to it for good.
   */
  alone<T>(work: () => Promise<T>, how: { readonly displacing: boolean }): Promise<T>
  /** Closes the state to all work under way, for good: another process put another one in its place. */
  displace(): void
  /** Whether this is part of work on the state. */
  readonly isInside: boolean
  /** @throws StateReplaced when the state that this is work on is gone */
  ensureCurrent(): void
}

/** That another state has taken the place of the one that was worked on. */
export class StateReplaced extends StoreFailure {
  override readonly name = 'StateReplaced'

  constructor() {
    super('The state was reset or restored while this was under way. Nothing was kept of it; begin anew.', {
      statusCode: 409,
      error: 'conflict',
    })
  }
}

/** Work on the state as it was at a time; what such work leaves running after its end is still part of it. */
interface Visit {
  readonly era: number
}

/** Milliseconds that a reset waits for running work: longer than a request takes that waits for no other server. */
const defaultPatience = 2000

export function turnstile(patience = defaultPatience): Turnstile {
  const inside = new Set<Visit>()
  /** Counts the states. */
  let era = 0
  const current = asyncSlot<Visit>('visit')
  /** Settles when the work that runs alone, or waits to, is done; there may be several in a row. */
  let closed: Promise<unknown> | undefined
  let emptied: (() => void) | undefined

  async function among<T>(work: () => T | Promise<T>, isPart = false): Promise<T> {
    if (current.get() !== undefined) return work()
    while (closed !== undefined && !isPart) await closed
    const visit = { era }
    inside.add(visit)
    try {
      return await current.run(visit, work)
    } finally {
      inside.delete(visit)
      if (inside.size === 0) emptied?.()
    }
  }

  async function alone<T>(work: () => Promise<T>, { displacing }: { displacing: boolean }): Promise<T> {
    while (closed !== undefined) await closed
    const { promise, resolve } = withResolvers()
    closed = promise
    try {
      await drained()
      if (displacing) era += 1
      // A request on the state may have asked for this. Work that runs alone is no part of that request's work.
      return await current.run(undefined, work)
    } finally {
      closed = undefined
      resolve()
    }
  }

  async function drained(): Promise<void> {
    if (inside.size === 0) return
    let timer: NodeJS.Timeout | undefined
    await new Promise<void>(resolve => {
      emptied = resolve
      timer = setTimeout(resolve, patience)
    })
    clearTimeout(timer)
    emptied = undefined
  }

  return {
    among,
    alone,
    displace() {
      era += 1
    },
    get isInside() {
      return current.get() !== undefined
    },
    ensureCurrent() {
      const visit = current.get()
      if (visit !== undefined && visit.era !== era) throw new StateReplaced()
    },
  }
}

function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {}
  const promise = new Promise<void>(resolved => {
    resolve = resolved
  })
  return { promise, resolve }
}

/** The store as work on the state sees it: closed to work that began on an earlier state. */
export const behind = ({ ensureCurrent }: Pick<Turnstile, 'ensureCurrent'>, store: Store): Store => ({
  ...store,
  async get(collection, key) {
    ensureCurrent()
    return store.get(collection, key)
  },
  async list(collection, page) {
    ensureCurrent()
    return store.list(collection, page)
  },
  async lookup(collection, index, value, page) {
    ensureCurrent()
    return store.lookup(collection, index, value, page)
  },
  async lookupPrefix(collection, index, prefix, page) {
    ensureCurrent()
    return store.lookupPrefix(collection, index, prefix, page)
  },
  async commit(...writes) {
    ensureCurrent()
    return store.commit(...writes)
  },
})

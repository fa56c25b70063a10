import { AsyncLocalStorage } from 'node:async_hooks'

/** Something that is known in all that an act starts, however long it takes. */
export interface AsyncSlot<T> {
  /** What is known here; undefined outside. */
  get(): T | undefined
  /** Does something that knows this value. */
  run<R>(value: T | undefined, act: () => R): R
}

/** All that is known, by slot. It is never changed: who knows more has a copy. */
type Known = { readonly [slot: symbol]: unknown }

/** One for all slots: on Node before 24, each storage has its price with every promise of the process. */
const storage = new AsyncLocalStorage<Known>()

/** A place of its own in the one storage. */
export function asyncSlot<T>(name: string): AsyncSlot<T> {
  const slot = Symbol(name)
  return {
    get: () => storage.getStore()?.[slot] as T | undefined,
    run: (value, act) => storage.run({ ...storage.getStore(), [slot]: value }, act),
  }
}

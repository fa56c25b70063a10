/** Values that were used lately, and no more than `size` of them: the one not used for longest makes room. */
interface Recent<V> {
  get(key: string): V | undefined
  set(key: string, value: V): void
  delete(key: string): void
  clear(): void
}

export function recent<V>(size: number): Recent<V> {
  // A map goes through its keys in the order in which they were set.
  const values = new Map<string, V>()
  return {
    get(key) {
      const value = values.get(key)
      if (value === undefined) return undefined
      values.delete(key)
      values.set(key, value)
      return value
    },
    set(key, value) {
      values.delete(key)
      values.set(key, value)
      for (const [oldest] of values) {
        if (values.size <= size) break
        values.delete(oldest)
      }
    },
    delete: key => void values.delete(key),
    clear: () => values.clear(),
  }
}

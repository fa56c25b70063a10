import { recent } from './recent.js'

/** The replies of other processes to what this one said over the channel. */
export interface Replies {
  /** Notes a reply to the message with this id. */
  note(id: string): void
  /** Waits for so many replies, and no longer than the patience: a process may be gone. */
  wait(id: string, count: number): Promise<void>
}

/** Messages whose replies are counted. */
const remembered = 100

/** @param patience in milliseconds */
export function countReplies(patience: number): Replies {
  const counts = recent<number>(remembered)
  const waiting = new Set<() => void>()
  return {
    note(id) {
      counts.set(id, (counts.get(id) ?? 0) + 1)
      for (const look of waiting) look()
    },
    wait: (id, count) =>
      new Promise(resolve => {
        const timer = setTimeout(done, patience)
        function done(): void {
          clearTimeout(timer)
          waiting.delete(look)
          resolve()
        }
        function look(): void {
          if ((counts.get(id) ?? 0) >= count) done()
        }
        waiting.add(look)
        look()
      }),
  }
}

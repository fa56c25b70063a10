import { appSessions } from '../core/collections.js'
import type { Clock } from '../core/ports/clock.js'
import { insert, replace, type Store } from '../core/ports/store.js'
import { fingerprint } from '../lib/secrets.js'
import { conflict } from './conflict.js'

/** What the built-in app remembers of browsers, as JSON: what it says is the app's affair. */
export interface AppSessions {
  /** @param browser the secret that the browser's cookie holds */
  find(browser: string): Promise<unknown>
  /**
   * Changes what is remembered of a browser; of changes at the same time all are made, one after another.
   * @param how is given what is known, or undefined, and may be called more than once
   * @throws Refusal where other requests were first again and again
   */
  change(browser: string, how: (known: unknown) => unknown): Promise<void>
}

/** Milliseconds: more than people move the clock by to see tokens expire. */
const kept = 400 * 86_400_000

/** Other changes of the same browser that one lets pass. */
const attempts = 20

export const appSessionsIn = ({
  store,
  clock,
}: {
  readonly store: Store
  readonly clock: Clock
}): AppSessions => ({
  async find(browser) {
    const stored = await store.get(appSessions, fingerprint(browser))
    return stored === undefined ? undefined : JSON.parse(stored.record.json)
  },

  async change(browser, how) {
    const key = fingerprint(browser)
    for (let attempt = 0; attempt < attempts; attempt++) {
      const stored = await store.get(appSessions, key)
      const known = stored === undefined ? undefined : JSON.parse(stored.record.json)
      const record = { json: JSON.stringify(how(known)) }
      const expiresAt = clock.now() + kept
      const write =
        stored === undefined
          ? insert(appSessions, key, record, { expiresAt })
          : replace(appSessions, stored, record, { expiresAt })
      if (await store.commit(write)) return
    }
    throw conflict()
  },
})

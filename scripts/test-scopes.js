/**
 * What tap is given for Node's `async_hooks`, by `bundle-packages.ts`. By that, tap has Node report every asynchronous act and every
 * promise of the process, to know which test an error belongs to that nobody caught: a tenth of the time that tests take. Ours
 * run one after another, so such an error belongs to the innermost test that runs. Acts are therefore not followed; what runs is
 * known by the scopes that tap runs its tests in.
 */

/** The tests that run, the innermost last. */
let running = []
let made = 0

/** The scope of a test. */
export class AsyncResource {
  #id = ++made
  #isNew = true

  runInAsyncScope(act, self, ...more) {
    const before = running
    running = [...before.filter(each => each !== this), this]
    // First, a test is only made; it runs when those before it have ended.
    const isMade = this.#isNew
    this.#isNew = false
    try {
      return act.apply(self, more)
    } finally {
      if (isMade) running = before
    }
  }

  emitDestroy() {
    running = running.filter(each => each !== this)
    return this
  }

  asyncId() {
    return this.#id
  }
}

/** The test that runs, as the act that all that happens belongs to. */
export const executionAsyncId = () => running.at(-1)?.asyncId() ?? 0

export const createHook = () => ({ enable() {}, disable() {} })

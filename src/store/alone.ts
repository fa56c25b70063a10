/** What concerns much of a database is done alone: one such work after the other, each in pieces. */
export interface Alone {
  /** Does the work when all that was asked for before is done. */
  run<T>(work: () => Promise<T>): Promise<T>
  /** Of work that has begun: what is there is not to be read before this part of it is done. */
  hide<T>(part: Promise<T>): Promise<T>
  /** Settles when all that was asked for is done, before which nothing else is to be written. */
  readonly underWay: Promise<unknown> | undefined
  /** Settles when what is there may be read again. */
  readonly hiding: Promise<unknown> | undefined
}

export function alone(): Alone {
  let underWay: Promise<unknown> | undefined
  let hiding: Promise<unknown> | undefined

  return {
    run(work) {
      const done = underWay === undefined ? work() : underWay.then(work)
      const settled = done
        .catch(() => {})
        .then(() => {
          if (underWay === settled) underWay = undefined
        })
      underWay = settled
      return done
    },
    hide(part) {
      hiding = part
        .catch(() => {})
        .then(() => {
          hiding = undefined
        })
      return part
    },
    get underWay() {
      return underWay
    },
    get hiding() {
      return hiding
    },
  }
}

import { bytes } from './byte-order.js'
import type { Change } from './change.js'

/** Changes as the parallel arrays that the database's function takes. */
export function columnsOf(changes: readonly Change[]): unknown[] {
  const filings = changes.flatMap(({ filings }, at) => filings.map(filing => ({ ...filing, change: at + 1 })))
  return [
    changes.map(({ collection }) => collection),
    changes.map(({ key }) => bytes(key)),
    changes.map(({ condition }) =>
      condition === 'none' ? -1 : condition === 'absent' ? 0 : condition.version,
    ),
    changes.map(({ expiresAt }) => expiresAt ?? null),
    changes.map(({ json }) => json ?? null),
    filings.map(({ change }) => change),
    filings.map(({ index }) => index),
    filings.map(({ value }) => bytes(value)),
  ]
}

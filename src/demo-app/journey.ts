import type { Explanation } from '../core/refusal.js'
import type { MappingRow } from '../flows/federation/mapped-attributes.js'
import type { Flight } from '../recorder/flight.js'

/** What the flight recorder knows of a sign-in of the app, which no real app would learn. */
export interface Journey {
  /** Where the whole of it can be read. */
  readonly url: string
  /** What identity providers said, or did not say, and no pool has kept. */
  readonly dropped: readonly DroppedAttribute[]
  /** Why it was refused, if it was. */
  readonly why?: Explanation | undefined
}

export interface DroppedAttribute extends MappingRow {
  readonly pool: string
  readonly dropped: string
}

/** Reads a journey off its flight. */
export const journeyOf = ({ id, hops }: Flight): Journey => ({
  url: `/_rockpool/flights/${id}`,
  why: hops.at(-1)?.refusals.at(-1),
  dropped: hops.flatMap(({ notes, pool }) =>
    notes
      .filter(({ kind }) => kind === 'mapping')
      .flatMap(({ detail }) => (detail as { readonly rows: readonly MappingRow[] }).rows)
      .flatMap(row =>
        row.dropped === undefined ? [] : [{ ...row, dropped: row.dropped, pool: pool?.name ?? '' }],
      ),
  ),
})

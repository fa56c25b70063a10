import type { Connections, Session } from './postgres-connections.js'
import { hearers } from './postgres-questions.js'
import { countReplies } from './postgres-replies.js'
import { channel, schemaName } from './postgres-schema.js'

/** What a process hears of the others on its database. */
export interface News {
  /** Another state took the place of all there was. */
  readonly replaced?: true
  /** How the clock goes since its latest move, and which move that was, counted from the first. */
  readonly clock?: { readonly state: unknown; readonly move: number }
}

/** A notification: what changed, or which move of the clock a process has followed. */
export type NewsMessage = Standing & { readonly heard?: string }

/** What processes on one database have in common besides records. The row of the database counts; messages are for haste. */
export interface SharedNews {
  /** The state that this process works on; commits on another one are refused. */
  era: string
  /** Takes a message of the channel. */
  hear(message: NewsMessage): void
  /** Reads how things stand, whatever messages were missed. */
  catchUp(session: Pick<Session, 'query'>): Promise<void>
  /**
   * Makes all processes follow a move of the clock, and waits until they do, two seconds at most: the next request of the same
   * test may go to any of them.
   * @returns the number of the move
   */
  moveClock(state: unknown): Promise<number>
}

/** How things stand, or what of it a message tells. */
interface Standing {
  readonly era?: string | undefined
  readonly move?: string | undefined
  readonly clock?: string | null | undefined
}

const standing = `SELECT number AS era, moves AS move, clock FROM ${schemaName}.era`

/** One round trip: keeps the state of the clock, notifies, and counts the processes that listen. */
const move = `
  WITH moved AS (UPDATE ${schemaName}.era SET moves = moves + 1, clock = $1 RETURNING moves, clock)
  SELECT moves, pg_notify('${channel}', json_build_object('move', moves::text, 'clock', clock)::text),
    ${hearers} AS hearers
  FROM moved`

/** Milliseconds after which a process that has not followed a move is not waited for. */
const hearingTime = 2000

/**
 * @param heard is called with each piece of news once, in the order of the database
 * @param once does a statement
 */
export function sharedNews(heard: (news: News) => void, once: Connections['once']): SharedNews {
  let era: string | undefined
  let moves = 0
  const followed = countReplies(hearingTime)

  function stands({ era: number, move, clock }: Standing): void {
    if (number !== undefined && Number(number) > Number(era ?? -1)) {
      const isFirst = era === undefined
      era = number
      if (!isFirst) heard({ replaced: true })
    }
    if (move !== undefined && Number(move) > moves) {
      moves = Number(move)
      heard({ clock: { state: JSON.parse(clock ?? 'null'), move: moves } })
    }
  }

  return {
    get era() {
      return era ?? '0'
    },
    set era(own) {
      era = own
    },
    hear(told) {
      if (told.heard !== undefined) return followed.note(told.heard)
      stands(told)
      if (told.move === undefined) return
      // If this fails, the process that moved the clock waits in vain for two seconds.
      const values = [channel, JSON.stringify({ heard: told.move })]
      once({ name: 'tell', text: 'SELECT pg_notify($1, $2)', values }).catch(() => {})
    },
    async catchUp(session) {
      const { rows } = await session.query<Required<Standing>>(standing)
      for (const row of rows) stands(row)
    },
    async moveClock(state) {
      const values = [JSON.stringify(state)]
      const { rows } = await once<{ moves: string; hearers: string }>({ name: 'move', text: move, values })
      const [made] = rows
      if (made === undefined) throw new Error('The row of the table "era" is gone.')
      await followed.wait(made.moves, Number(made.hearers))
      return Number(made.moves)
    },
  }
}

import { setTimeout as pause } from 'node:timers/promises'
import type { DeliveredLog, LogMessage } from '../core/delivered-log.js'
import type { SentMessage } from '../courier/plain-text.js'
import type { FlightSummary } from '../recorder/flight.js'
import { askRunning, NoAnswerError } from './running.js'
import type { Output } from './start.js'
import type { StartOptions } from './start-options.js'
import type { Style } from './style.js'

/** What a Rockpool that runs has seen, the oldest first, so that what is new comes at the end. */

/** Milliseconds between two questions of a command that goes on. */
const interval = 1000

/** More than are kept. */
const all = '999999'

/**
 * Prints the sign-ins. With `follow` it goes on: a flight that comes further is printed again.
 * @param ended ends the following; without it, the process does
 * @throws NoAnswerError
 */
export const printFlights = (options: StartOptions, output: Output, ended?: AbortSignal): Promise<void> =>
  printSeen<FlightSummary>(options, output, {
    ended,
    async read(pool) {
      const { user, refused } = options
      const filter = { pool, user, refused: refused ? 'true' : undefined }
      const { flights } = JSON.parse(await askRunning(options, '/flights', { limit: all, ...filter })) as {
        readonly flights: FlightSummary[]
      }
      return flights.reverse()
    },
    mark: ({ id, outcome, refusals }) => `${id} ${JSON.stringify(outcome)} ${refusals.length}`,
    line: flightLine,
    none: 'No sign-in suits. Flights begin with a request of an app or a browser, and end with the process.',
  })

/**
 * Prints mail and text messages with their codes. With `follow` it goes on.
 * @param ended ends the following; without it, the process does
 * @throws NoAnswerError
 */
export const printInbox = (options: StartOptions, output: Output, ended?: AbortSignal): Promise<void> =>
  printSeen<SentMessage>(options, output, {
    ended,
    async read(pool) {
      const text = await askRunning(options, '/messages', { username: options.user })
      const { messages } = JSON.parse(text) as { readonly messages: SentMessage[] }
      return pool === undefined ? messages : messages.filter(({ poolId }) => poolId === pool)
    },
    mark: ({ id }) => id,
    line: messageLine,
    none: 'No message suits. Sign-ups, invitations, forgotten passwords and codes of sign-ins put some here.',
  })

/**
 * Prints the log entries that would have been delivered. With `follow` it goes on.
 * @param ended ends the following; without it, the process does
 * @throws NoAnswerError
 */
export const printLogs = (options: StartOptions, output: Output, ended?: AbortSignal): Promise<void> =>
  printSeen<DeliveredLog>(options, output, {
    ended,
    async read(pool) {
      const { logs } = JSON.parse(await askRunning(options, '/logs', { pool })) as {
        readonly logs: readonly DeliveredLog[]
      }
      return options.user === undefined
        ? logs
        : logs.filter(({ entry }) => entry.message.userName === options.user)
    },
    mark: ({ id }) => id,
    line: logLine,
    none: 'No entry suits. Pools deliver logs where LogConfigurations (SetLogDeliveryConfiguration) says so.',
  })

interface Seen<T> {
  readonly ended: AbortSignal | undefined
  /** All that suits, of the pool with this id or of any. */
  readonly read: (pool: string | undefined) => Promise<readonly T[]>
  /** Changes where one is worth to be printed again. */
  readonly mark: (one: T) => string
  readonly line: (one: T, style: Style) => string
  /** What a person reads where there is nothing, so that an empty answer is no riddle. */
  readonly none: string
}

async function printSeen<T>(
  options: StartOptions,
  { out, err, style }: Output,
  { ended, read, mark, line, none }: Seen<T>,
): Promise<void> {
  const pool = await poolMeant(options)
  let printed: ReadonlySet<string> = new Set()
  let isFirst = true
  do {
    const found = await read(pool)
    if (isFirst && found.length === 0 && !options.json) err(`${none}\n`)
    isFirst = false
    for (const one of found)
      if (!printed.has(mark(one))) out(`${options.json ? JSON.stringify(one) : line(one, style)}\n`)
    printed = new Set(found.map(mark))
    if (options.follow) await pause(interval, undefined, ended && { signal: ended }).catch(() => {})
  } while (options.follow && !ended?.aborted)
}

/** The id of the pool that is named. */
async function poolMeant(options: StartOptions): Promise<string | undefined> {
  if (options.pool === undefined) return undefined
  const { pools } = JSON.parse(await askRunning(options, '/pools')) as {
    readonly pools: readonly { readonly id: string; readonly name: string }[]
  }
  const meant = pools.find(({ id }) => id === options.pool) ?? pools.find(({ name }) => name === options.pool)
  if (meant !== undefined) return meant.id
  throw new NoAnswerError(
    `There is no pool ${JSON.stringify(options.pool)}. There are: ${pools.map(({ name }) => name).join(', ') || 'none'}.`,
  )
}

const flightLine = ({ id, lastAt, title, refusals }: FlightSummary, style: Style): string =>
  [
    `${style.faint(timeOf(lastAt))}  ${title}`,
    ...(refusals.length === 0 ? [] : [`          refused: ${[...new Set(refusals)].join(', ')}`]),
    `          ${style.link(`/_rockpool/flights/${id}`)}`,
  ].join('\n')

const messageLine = ({ at, medium, to, subject, text, secret }: SentMessage, style: Style): string =>
  [
    `${style.faint(timeOf(new Date(at).toISOString()))}  ${medium === 'EMAIL' ? 'mail' : 'text message'} to ${to}: ${style.heading(subject ?? text)}`,
    // A text message has no subject: its text is the headline already.
    ...(subject === undefined ? [] : linesOf(text)).map(line => `          ${line}`),
    `          ${style.link(secret)}`,
  ].join('\n')

const logLine = (
  { at, source, destination, entry: { message, logLevel } }: DeliveredLog,
  style: Style,
): string =>
  [
    `${style.faint(timeOf(new Date(at).toISOString()))}  ${logLevel} ${source}: ${style.heading(logHeadline(message))}`,
    `          ${style.link(destination)}`,
  ].join('\n')

/** What an entry says in short: the error of a message, or what a user did and which risk was in it. */
const logHeadline = ({
  details,
  userName,
  eventType,
  eventResponse,
  riskLevel,
  riskDecision,
}: LogMessage): string =>
  details === undefined
    ? `${userName}: ${eventType} ${eventResponse}${riskLevel === '' ? '' : `, risk ${riskLevel}, ${riskDecision}`}`
    : String(details)

const linesOf = (text: string): string[] => text.split('\n').flatMap(line => line.trim() || [])

const timeOf = (iso: string): string => iso.slice(11, 19)

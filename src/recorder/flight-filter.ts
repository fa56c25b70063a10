import type { FlightSummary } from './flight.js'

/** Which flights are wanted; what is left out does not matter. */
export interface FlightFilter {
  /** The id or the name of a pool that the flight reached. */
  readonly pool?: string | undefined
  /** The id or the name of the app client. */
  readonly client?: string | undefined
  /** The username, or a part of it, without regard to case. */
  readonly user?: string | undefined
  /** Whether something was refused on the way, or the app was given an error. */
  readonly refused?: boolean | undefined
}

export const suits = (flight: FlightSummary, { pool, client, user, refused }: FlightFilter): boolean =>
  (pool === undefined || flight.pools.some(({ id, name }) => id === pool || name === pool)) &&
  (client === undefined || flight.client?.id === client || flight.client?.name === client) &&
  (user === undefined || (flight.user ?? '').toLowerCase().includes(user.toLowerCase())) &&
  (refused === undefined || refused === isRefused(flight))

const isRefused = ({ refusals, outcome }: FlightSummary): boolean => refusals.length > 0 || 'error' in outcome

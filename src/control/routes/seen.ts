import { boolean, document, integer, list, oneOf, required, structure } from '../../lib/shape.js'
import { type Route, route } from '../route.js'
import { Unmet } from '../unmet.js'
import { text } from './fields.js'

/** What happened: messages, log entries and flights. */
export const seen: readonly Route[] = [
  route({
    method: 'GET',
    path: '/messages',
    summary: 'Lists mail and text messages with their codes, the oldest first.',
    query: { username: text },
    answer: structure({ messages: required(list(document())) }),
    handle: async ({ operations }, filter) => ({ messages: await operations.messages(filter) }),
  }),
  route({
    method: 'DELETE',
    path: '/messages',
    summary: 'Deletes the messages in the outbox, or those to one user.',
    query: { username: text },
    answer: structure({ cleared: required(integer()) }),
    handle: async ({ operations }, filter) => ({ cleared: await operations.clearMessages(filter) }),
  }),
  route({
    method: 'GET',
    path: '/logs',
    summary:
      'Lists the log entries that would have been delivered to CloudWatch Logs, Firehose or S3, the oldest first.',
    query: { pool: text, source: oneOf('userNotification', 'userAuthEvents'), destination: text },
    answer: structure({ logs: required(list(document())) }),
    handle: async ({ operations }, filter) => ({ logs: await operations.logs(filter) }),
  }),
  route({
    method: 'GET',
    path: '/flights',
    summary: 'Lists what happened, sign-in by sign-in, the newest first.',
    query: {
      limit: integer({ min: 1, max: 999_999 }),
      pool: text,
      client: text,
      user: text,
      refused: boolean(),
    },
    answer: structure({ flights: required(list(document())) }),
    handle: async ({ operations }, { limit = 50, ...filter }) => ({
      flights: await operations.allFlights.flights({ limit, ...filter }),
    }),
  }),
  route({
    method: 'GET',
    path: '/flights/{id}',
    summary: 'Tells all that happened in a sign-in.',
    parameters: { id: required(text) },
    answer: document(),
    async handle({ operations }, { id }) {
      const flight = await operations.allFlights.flight(id)
      if (flight !== undefined) return flight
      throw new Unmet(
        `There is no flight ${JSON.stringify(id)}. Old flights make room for new ones, and none outlives the process; GET /_rockpool/flights lists those that are kept.`,
        404,
      )
    },
  }),
]

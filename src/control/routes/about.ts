import { integer, list, required, structure } from '../../lib/shape.js'
import { type Route, route } from '../route.js'
import { Unmet } from '../unmet.js'
import { clockAnswer, describeClock } from './clock.js'
import { poolList, text } from './fields.js'

/** What this Rockpool is. */
export const about: readonly Route[] = [
  route({
    method: 'GET',
    path: '/health',
    summary: 'Says whether it is up, to every machine.',
    isPublic: true,
    // It is up while the state is replaced, too.
    outside: true,
    answer: structure({
      status: required(text),
      version: required(text),
      uptimeSeconds: required(integer()),
    }),
    handle: ({ version, clock, startedAt }) => ({
      status: 'ok',
      version,
      uptimeSeconds: Math.floor((clock.now() - startedAt) / 1000),
    }),
  }),
  route({
    method: 'GET',
    path: '/ready',
    summary: 'Says whether requests can be served: the store answers. If not, 503; it is up all the same.',
    isPublic: true,
    outside: true,
    answer: structure({ status: required(text) }),
    handle: async ({ operations }) => {
      if (await operations.isReady()) return { status: 'ready' }
      throw new Unmet('The database does not answer: requests wait for it, and then fail. See the log.', 503)
    },
  }),
  route({
    method: 'GET',
    path: '/state',
    summary:
      'Describes this Rockpool: the base URL, the number of processes that share the state, the clock, the names of pools and of kept snapshots.',
    answer: structure({
      version: required(text),
      baseUrl: required(text),
      processes: required(integer()),
      clock: required(clockAnswer),
      pools: required(list(text)),
      snapshots: required(list(text)),
    }),
    handle: async ({ version, baseUrl, operations }) => ({
      version,
      baseUrl,
      processes: await operations.processes(),
      clock: describeClock(operations.clock),
      pools: (await operations.describePools()).map(({ name }) => name),
      snapshots: await operations.snapshots.names(),
    }),
  }),
  route({
    method: 'GET',
    path: '/pools',
    summary: 'Describes the pools, with issuers, domains, and clients with their secrets.',
    answer: poolList,
    handle: async ({ operations }) => ({ pools: await operations.describePools() }),
  }),
]

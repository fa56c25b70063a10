import { Readable } from 'node:stream'
import { document, documented, list, required, string, structure } from '../../lib/shape.js'
import { snapshotName } from '../../state/named-snapshots.js'
import { type Route, route } from '../route.js'
import { unknown } from '../unmet.js'
import { poolList, secrets, text } from './fields.js'

const name = { name: required(string({ pattern: snapshotName })) }
const nothing = structure({})

/** The state as a whole: reset, snapshots, restore. */
export const state: readonly Route[] = [
  route({
    method: 'POST',
    path: '/reset',
    summary: 'Begins anew: the seeds, and the clock as at the start.',
    outside: true,
    answer: poolList,
    async handle({ operations }) {
      await operations.state.reset()
      return { pools: await operations.describePools() }
    },
  }),
  route({
    method: 'GET',
    path: '/snapshot',
    summary:
      'Takes a snapshot of the whole state, as a document. Without secrets it says what it leaves out.',
    outside: true,
    query: { secrets },
    answer: document(),
    handle: async ({ operations }, { secrets = false }) =>
      Readable.from((await operations.state.snapshot()).text({ secrets })),
  }),
  {
    ...route({
      method: 'POST',
      path: '/restore',
      summary: 'Puts the snapshot that is sent in the place of the state.',
      // Some million users. It is read as it comes in.
      bodyLimit: 2 ** 32,
      outside: true,
      answer: poolList,
      async handle({ operations }, snapshot: unknown) {
        await operations.state.restore(snapshot as AsyncIterable<Uint8Array>)
        return { pools: await operations.describePools() }
      },
    }),
    body: documented('A document as GET /_rockpool/snapshot gives it.', document()),
  },
  route({
    method: 'GET',
    path: '/snapshots',
    summary: 'Lists the snapshots that are kept, in memory or below the data directory.',
    answer: structure({ snapshots: required(list(text)) }),
    handle: async ({ operations }) => ({ snapshots: await operations.snapshots.names() }),
  }),
  route({
    method: 'PUT',
    path: '/snapshots/{name}',
    summary: 'Takes a snapshot, secrets included, and keeps it under a name.',
    outside: true,
    parameters: name,
    answer: structure({ name: required(text), takenAt: required(text) }),
    async handle({ operations }, { name }) {
      const snapshot = await operations.state.snapshot()
      await operations.snapshots.keep(name, snapshot)
      return { name, takenAt: snapshot.takenAt }
    },
  }),
  route({
    method: 'POST',
    path: '/snapshots/{name}/restore',
    summary: 'Puts the snapshot of this name in the place of the state.',
    outside: true,
    parameters: name,
    answer: poolList,
    async handle({ operations }, { name }) {
      const snapshot = await operations.snapshots.find(name)
      if (snapshot === undefined) throw unknown('snapshot', name, await operations.snapshots.names())
      await operations.state.restore(snapshot)
      return { pools: await operations.describePools() }
    },
  }),
  route({
    method: 'DELETE',
    path: '/snapshots/{name}',
    summary: 'Forgets the snapshot of this name.',
    parameters: name,
    answer: nothing,
    async handle({ operations }, { name }) {
      if (!(await operations.snapshots.forget(name)))
        throw unknown('snapshot', name, await operations.snapshots.names())
      return {}
    },
  }),
]

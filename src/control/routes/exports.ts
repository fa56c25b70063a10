import { exportFormats } from '../../export/formats.js'
import { boolean, documented, oneOf, required, structure } from '../../lib/shape.js'
import { type Route, route } from '../route.js'
import { secrets, text } from './fields.js'

/** Pools, as code. */
export const exports: readonly Route[] = [
  route({
    method: 'GET',
    path: '/export',
    summary: 'Writes pools as a seed, a template, a configuration, or calls that make them again.',
    query: {
      format: documented('seed, unless said otherwise.', oneOf(...exportFormats)),
      pool: documented('Name or id of a pool; without it, all are written.', text),
      secrets,
      users: documented('Whether a seed has the users too, without their passwords.', boolean()),
    },
    answer: structure({ format: required(text), text: required(text) }),
    handle: async ({ operations }, { format = 'seed', ...what }) => ({
      format,
      text: await operations.exportPools(format, what),
    }),
  }),
]

import formbody from '@fastify/formbody'
import type { FastifyInstance } from 'fastify'

/** Bytes of a form: the longest that anybody sends are a few tokens and a passkey. */
export const longestForm = 262_144

/**
 * Has the server parse forms. A body of any other type is read and forgotten: the endpoint that wanted a form says so
 * in its own words, with the headers that let a script read them (docs/facts/oauth-and-federation.md §4.1).
 */
export function parseForms(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.register(formbody)
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, _body, parsed) => parsed(null))
}

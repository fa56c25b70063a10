import type { FastifyInstance } from 'fastify'

/** Browsers name `text/html` when they open an address; scripts and programs do not, unless they want it. */
export const wantsPage = (accept: string | undefined): boolean => /\btext\/html\b/i.test(accept ?? '')

/**
 * Lets a page and an answer for programs share an address: a route with the constraint `forPages` has the requests that ask
 * for HTML, one without it all others. To be called before the routes.
 */
export function tellPagesApart(app: FastifyInstance): void {
  app.addConstraintStrategy({
    name: 'audience',
    storage() {
      const handlers = new Map<unknown, unknown>()
      return {
        get: (audience: unknown) => handlers.get(audience) ?? null,
        set: (audience: unknown, handler: unknown) => void handlers.set(audience, handler),
      } as never
    },
    deriveConstraint: ({ headers }) => (wantsPage(headers.accept) ? 'browser' : undefined),
    mustMatchWhenDerived: false,
  })
}

/** The constraint of a route that answers with a page. */
export const forPages = { audience: 'browser' } as const

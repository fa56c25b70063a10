import type { FastifyInstance } from 'fastify'
import { isOurName, type ToldNames } from './our-names.js'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Marks a route below `/_rockpool` that reveals nothing and answers under every host name: hosted pages need it. */
    readonly tellsNothing?: boolean
  }
}

/**
 * Answers what is Rockpool's own (`/_rockpool`) only under names that no other site can give to this machine. A site may
 * let its own name lead here (DNS rebinding); its pages would then count as ours, and read codes, tokens and secrets.
 * To be registered directly on the root, before the routes.
 * @param told known at the latest when the first request comes
 */
export function ownNamesOnly(app: FastifyInstance, told: () => ToldNames): void {
  app.addHook('onRequest', (request, reply, done) => {
    const { host } = request.headers
    // By the route, not by the path: a path may be spelled in many ways.
    const { url = '', config } = request.routeOptions
    const guarded = url.startsWith('/_rockpool') && !config.tellsNothing
    if (!guarded || host === undefined || isOurName(host, told())) {
      done()
      return
    }
    reply
      .code(403)
      .header('cache-control', 'no-store')
      .send({
        error: 'forbidden',
        message: `Rockpool's own pages are not found under the name ${JSON.stringify(host)}, which may be somebody else's. Use ${told().base} or an IP address, or start Rockpool with --host-name and that name.`,
      })
  })
}

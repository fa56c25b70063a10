import fastify, { type FastifyInstance } from 'fastify'
import type { Service } from '../flows/service.js'
import { longestForm } from '../http/forms.js'
import { pathOfHostForm } from '../http/host-form.js'
import type { serverFactory } from '../http/server.js'
import { answerUnreadable } from '../http/unreadable-requests.js'

/**
 * The HTTP server without its routes.
 * @param serve makes what listens; a part of another server does not
 */
export const bareServer = (
  service: Service,
  { trustProxy, serve }: { readonly trustProxy: boolean; readonly serve?: ReturnType<typeof serverFactory> },
): FastifyInstance =>
  fastify({
    rewriteUrl: pathOfHostForm(() => service.base),
    ...(serve === undefined ? {} : { serverFactory: serve }),
    // A HEAD comes as a GET (`takeHeadAsGet`).
    exposeHeadRoutes: false,
    clientErrorHandler: answerUnreadable,
    // While a close waits for running requests, a request on an open connection is answered like any other.
    return503OnClosing: false,
    bodyLimit: longestForm,
    trustProxy,
    // A browser's idle connections do not keep us from stopping.
    forceCloseConnections: true,
    // Domains and ids are short; a longer one is none of ours.
    routerOptions: { maxParamLength: 128 },
  })

import { createServer, type RequestListener, type Server } from 'node:http'
import type { Authority } from '../tls/authority.js'
import { answerTlsToo } from '../tls/one-port.js'
import type { Connections } from './connections.js'
import { adoptForwarded } from './forwarded.js'
import { takeHeadAsGet } from './head-requests.js'
import { isOwn } from './own-part.js'
import { explainTrouble } from './tls-trouble.js'
import { readOverUnreadBody } from './unread-bodies.js'

/**
 * Makes the servers that Fastify listens with (its `serverFactory`; on `localhost` they are two): HTTP and HTTPS on one
 * port.
 */
export function serverFactory(
  authority: Authority,
  {
    trustProxy,
    log,
    connections,
    own,
    requestTimeout = 60_000,
  }: {
    readonly trustProxy: boolean
    readonly log: (line: string) => void
    readonly connections: Pick<Connections, 'watch'>
    /** Answers what is Rockpool's own. */
    readonly own?: RequestListener
    /** Milliseconds that a request may take to come in, its body included. */
    readonly requestTimeout?: number
  },
): (listener: RequestListener, options: { keepAliveTimeout?: number }) => Server {
  const troubled = explainTrouble(log)
  return (listener, { keepAliveTimeout }) => {
    const heard: RequestListener = (request, response) => {
      if (trustProxy) adoptForwarded(request)
      readOverUnreadBody(request, response)
      takeHeadAsGet(request)
      if (own !== undefined && isOwn(request)) own(request, response)
      else listener(request, response)
    }
    const server = createServer(
      {
        ...(keepAliveTimeout === undefined ? {} : { keepAliveTimeout }),
        requestTimeout,
        headersTimeout: requestTimeout,
        // How often slow requests are looked for.
        connectionsCheckingInterval: requestTimeout / 10,
      },
      heard,
    )
    connections.watch(server)
    answerTlsToo(server, { options: () => authority.serverOptions(), troubled })
    return server
  }
}

import { createServer, type RequestListener, type Server } from 'node:http'
import type { Authority } from '../tls/authority.js'
import { answerTlsToo } from '../tls/one-port.js'
import { adoptForwarded } from './forwarded.js'
import { explainTrouble } from './tls-trouble.js'

/**
 * Makes the servers that Fastify listens with (its `serverFactory`; on `localhost` they are two): HTTP and HTTPS on one
 * port.
 */
export function serverFactory(
  authority: Authority,
  { trustProxy, log }: { readonly trustProxy: boolean; readonly log: (line: string) => void },
): (listener: RequestListener, options: { keepAliveTimeout?: number }) => Server {
  const troubled = explainTrouble(log)
  return (listener, { keepAliveTimeout }) => {
    const heard: RequestListener = (request, response) => {
      if (trustProxy) adoptForwarded(request)
      listener(request, response)
    }
    const server = createServer({ ...(keepAliveTimeout === undefined ? {} : { keepAliveTimeout }) }, heard)
    // As Fastify has it: a client may take its time, for it is ours.
    server.requestTimeout = 0
    answerTlsToo(server, { options: () => authority.serverOptions(), troubled })
    return server
  }
}

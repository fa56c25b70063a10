import type { IncomingMessage, ServerResponse } from 'node:http'

/**
 * Reads over what is left of a request's body once its answer is sent, so that the next request on the connection is heard.
 * Node does so itself only where no byte of the body was asked for: behind a handler that stopped in the middle, the
 * connection would be stuck. How long the rest may take is the server's `requestTimeout`.
 */
export function readOverUnreadBody(request: IncomingMessage, response: ServerResponse): void {
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers
  if (length === undefined && encoding === undefined) return
  response.once('finish', () => {
    if (request.complete) return
    // An iterator that was left without its end still listens, and holds what flows.
    request.removeAllListeners('readable')
    request.resume()
  })
}

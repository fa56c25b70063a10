import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'

/**
 * Answers bytes that are no HTTP request, or take too long to become one (Fastify's `clientErrorHandler`), and ends the connection:
 * where on it the next request would begin cannot be known.
 */
export function answerUnreadable(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return
  const { status, message } = answers[error.code ?? ''] ?? malformed
  const body = JSON.stringify({ error: 'invalid_request', message })
  if (!socket.writable || isBeingAnswered(socket)) {
    socket.destroy(error)
    return
  }
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Cache-Control: no-store',
    'Connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy())
}

const malformed = { status: 400, message: 'This is no HTTP request that Rockpool understands.' }
const answers: Readonly<Record<string, { readonly status: number; readonly message: string }>> = {
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, message: 'The request did not come to its end in time.' },
  HPE_HEADER_OVERFLOW: { status: 431, message: 'The headers of the request are too long.' },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: { status: 413, message: 'The chunks of the body are too long.' },
}

/** A second answer on top of one that has begun would be read as part of it. Node keeps the answer under way at the socket. */
const isBeingAnswered = (socket: Socket & { _httpMessage?: { readonly headersSent: boolean } }): boolean =>
  socket._httpMessage?.headersSent === true

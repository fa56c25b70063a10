import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import type * as tls from 'node:tls'

/**
 * HTTP and HTTPS on one port, by certificates of an authority of Rockpool's own. Nothing here knows of user pools.
 */

/** The TLS side of a port. */
export interface TlsSide {
  /** What a TLS server is made with; asked for at the first handshake, so that plain http does not pay for it. */
  readonly options: () => Promise<tls.TlsOptions>
  /** Takes what went wrong with a connection, for the operator. */
  readonly troubled: (error: NodeJS.ErrnoException) => void
}

/**
 * Lets a plain HTTP server answer HTTPS as well: the first byte of a connection says which (22 begins a TLS handshake,
 * and no HTTP method). What comes out of the TLS goes into the same server, which so counts, times and closes all
 * connections alike. To be called before the server listens.
 */
export function answerTlsToo(server: Server, side: TlsSide): void {
  const listeners = server.listeners('connection') as ((socket: Socket) => void)[]
  const speakHttp = (socket: Socket): void => {
    for (const listener of listeners) listener.call(server, socket)
  }
  const secured = secureServer(server, side, speakHttp)
  /** Connections that the HTTP server does not know itself. */
  const others = new Set<Socket>()
  closeTogether(server, others)
  server.removeAllListeners('connection')
  server.on('connection', (socket: Socket) => {
    others.add(socket)
    socket.once('close', () => others.delete(socket))
    whenFirstByte(socket, byte => {
      if (byte === tlsHandshake) return void secured(socket)
      others.delete(socket)
      speakHttp(socket)
    })
  })
}

/** The content type of a handshake record (RFC 8446 §5.1). */
const tlsHandshake = 22

/** Milliseconds. As long as an HTTP server gives a client for its headers. */
const silenceAllowed = 60_000

/** Looks at the first byte without taking it. A connection that ends before it, or never begins, is dropped. */
function whenFirstByte(socket: Socket, then: (byte: number | undefined) => void): void {
  const drop = () => socket.destroy()
  const endings = ['error', 'end', 'timeout'] as const
  const look = () => {
    const first = socket.read(1) as Buffer | null
    // The other side ended without a word: 'end' follows.
    if (first === null) return
    socket.setTimeout(0)
    socket.off('readable', look)
    for (const ending of endings) socket.off(ending, drop)
    socket.unshift(first)
    then(first[0])
  }
  socket.setTimeout(silenceAllowed)
  for (const ending of endings) socket.on(ending, drop)
  socket.on('readable', look)
}

/** Gives connections to a TLS server, which is made for the first of them. */
function secureServer(
  server: Server,
  { options, troubled }: TlsSide,
  speakHttp: (socket: Socket) => void,
): (socket: Socket) => Promise<void> {
  let made: Promise<tls.Server> | undefined
  const make = async (): Promise<tls.Server> => {
    const [{ createServer }, given] = await Promise.all([import('node:tls'), options()])
    // HTTP/1.1 alone: clients that also know HTTP/2 agree, and one server hears them all.
    const secure = createServer({ ...given, ALPNProtocols: ['http/1.1'], handshakeTimeout: silenceAllowed })
    secure.on('secureConnection', socket => {
      socket.once('error', troubled)
      speakHttp(socket)
    })
    secure.on('tlsClientError', (error, socket) => {
      troubled(error)
      socket.destroy()
    })
    return secure
  }
  return async socket => {
    const failed = (error: Error) => {
      troubled(error)
      socket.destroy()
    }
    socket.on('error', failed)
    try {
      made ??= make()
      const secure = await made
      if (server.listening && !socket.destroyed) secure.emit('connection', socket)
      else socket.destroy()
    } catch (error) {
      // The next client tries again.
      made = undefined
      failed(error as Error)
    }
  }
}

/** Closing all connections of the server closes those that have sent nothing yet, and those under TLS, too. */
function closeTogether(server: Server, others: ReadonlySet<Socket>): void {
  const closeKnown = server.closeAllConnections.bind(server)
  server.closeAllConnections = () => {
    closeKnown()
    for (const socket of others) socket.destroy()
  }
}

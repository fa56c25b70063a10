import { isIP } from 'node:net'
import { flightHeader, type Recorder } from '../core/ports/recorder.js'
import type { Turnstile } from '../store/turnstile.js'
import { partHeader } from './behind-turnstile.js'

/** Fetches like the platform's `fetch`. */
export type Fetch = (url: string | URL, init?: RequestInit) => Promise<Response>

/** Where our own server is found. */
export interface Listener {
  /** The public base URL. Inside a container, or behind a mapped port, it may lead nowhere. */
  readonly base: string
  /** Where it listens in truth. */
  readonly address: { readonly host: string; readonly port: number }
  /** Host names that lead to us, on the ports that schemes have by default as well. */
  readonly hosts: () => Promise<ReadonlySet<string>>
  /** What to trust where one of our origins is https: the certificate of our own authority, as PEM. */
  readonly certificate: () => Promise<string>
}

/** Calls that share their connections. */
export interface FetchSession {
  readonly fetch: Fetch
  /** Ends the connections. */
  close(): Promise<void>
}

/**
 * A `fetch` that reaches our own pools whatever the public base URL says: a request to an origin of ours goes to
 * our own listener, over HTTP as any other, with the Host header that the URL asks for.
 */
export function ownOriginFetch(
  listener: () => Listener,
  recorder: Recorder,
  turnstile: Pick<Turnstile, 'isInside'> = { isInside: false },
): Fetch {
  return async (url, init) => {
    const { fetch, close } = ownOriginSession(listener, recorder, turnstile)
    try {
      return await fetch(url, init)
    } finally {
      // The connection ends with the answer: nothing stays open when the server closes.
      await close()
    }
  }
}

/** The same for several calls in a row, over connections that are kept until it is closed. */
export function ownOriginSession(
  listener: () => Listener,
  recorder: Recorder,
  turnstile: Pick<Turnstile, 'isInside'>,
): FetchSession {
  let opened: ReturnType<typeof open> | undefined

  return {
    async fetch(url, init = {}) {
      const { flightId } = recorder
      const about = {
        ...(flightId === undefined ? {} : { [flightHeader]: flightId }),
        ...(turnstile.isInside ? { [partHeader]: '1' } : {}),
      }
      opened ??= open(listener)
      const { own, dispatcher, fetch } = await opened
      // Judged per request, since a redirect may lead anywhere: a flight is nobody's business but ours.
      const telling = dispatcher.compose(dispatch => (options, handler) => {
        const told = own.has(new URL(String(options.origin))) ? about : {}
        return dispatch({ ...options, headers: { ...(options.headers as object), ...told } }, handler)
      })
      const headers = [...new Headers(init.headers)]
      const answer = await fetch(url, { ...(init as object), headers, dispatcher: telling })
      const body = bodiless.has(answer.status) ? null : await bounded(answer.body ?? [])
      return new Response(body, { status: answer.status, headers: [...answer.headers] })
    },
    async close() {
      await (await opened)?.dispatcher.destroy()
    },
  }
}

async function open(listener: () => Listener) {
  const { fetch, buildConnector, Agent } = await import('undici')
  const own = await ourOrigins(listener())
  const connect = buildConnector({})
  // Judged per connection: a redirect may lead from us to somebody else, or back.
  const dispatcher = new Agent({
    connect: (options, connected) => {
      const { protocol, hostname, port } = options
      if (!own.has(new URL(`${protocol}//${hostname}:${port}`))) return connect(options, connected)
      const { address, certificate } = listener()
      const there = { hostname: dialled(address.host), port: String(address.port) }
      if (protocol === 'http:') return connect({ ...options, ...there }, connected)
      certificate().then(
        ca => buildConnector({ ca })({ ...options, ...there, servername: serverName(hostname) }, connected),
        error => connected(error, null),
      )
    },
  })
  return { own, dispatcher, fetch }
}

/** Reads no more of an answer than anybody needs: a caller with a limit of its own sees that it is exceeded. */
async function bounded(
  body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    chunks.push(chunk)
    size += chunk.length
    if (size > readAtMost) break
  }
  return new Uint8Array(Buffer.concat(chunks))
}

/** Bytes. */
const readAtMost = 4 * 1024 * 1024

/** Statuses with which `Response` allows no body. */
const bodiless = new Set([204, 205, 304])

/** The public origin, this machine's names and the host form of domains with our port, and the hosts that lead to us. */
async function ourOrigins({ base, address, hosts }: Listener): Promise<{ has(url: URL): boolean }> {
  const publicUrl = new URL(base)
  const known = await hosts()
  const ours = [String(address.port), publicUrl.port]
  return {
    has: ({ origin, port, hostname }) =>
      origin === publicUrl.origin ||
      (ours.includes(port) && /^(localhost|127\.0\.0\.1|\[::1\]|.*\.localhost)$/.test(hostname)) ||
      (known.has(hostname) && (port === '' || ours.includes(port))),
  }
}

/** An address is not named in a handshake (RFC 6066 §3). */
const serverName = (hostname: string): string =>
  isIP(hostname.replace(/^\[|\]$/g, '')) === 0 ? hostname : ''

/** A server that listens on every address is dialled on this machine's own. */
const dialled = (host: string): string => (host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host)

import { isIP } from 'node:net'
import { flightHeader, type Recorder } from '../core/ports/recorder.js'
import { parseUrl } from '../lib/url.js'
import type { Turnstile } from '../store/turnstile.js'
import { partHeader } from './behind-turnstile.js'
import { callHeader, toOthers } from './own-calls.js'

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
  /** What proves to our server that a call is ours: see `keepOwnCallsApart`. */
  readonly secret: string
}

/** Calls that share their connections. */
export interface FetchSession {
  readonly fetch: Fetch
  /** Ends the connections. */
  close(): Promise<void>
}

/**
 * A `fetch` that reaches our own pools whatever the public base URL says: a request to an origin of ours goes to
 * our own listener, over HTTP as any other, with the Host header that the URL asks for. It follows redirects to the same
 * origin only, and only of a GET: a provider does not steer us elsewhere.
 * @throws RedirectNotFollowed with the end of a sentence
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
        [callHeader]: listener().secret,
        ...(flightId === undefined ? {} : { [flightHeader]: flightId }),
        ...(turnstile.isInside ? { [partHeader]: '1' } : {}),
      }
      opened ??= open(listener)
      const { own, dispatcher, fetch } = await opened
      // A flight is nobody's business but ours.
      const telling = dispatcher.compose(dispatch => (options, handler) => {
        const told = own.has(new URL(String(options.origin))) ? about : { [callHeader]: toOthers }
        return dispatch({ ...options, headers: { ...(options.headers as object), ...told } }, handler)
      })
      const headers = [...new Headers(init.headers)]
      const answer = await withinOrigin(url, init, at =>
        fetch(at, { ...(init as object), redirect: 'manual', headers, dispatcher: telling }),
      )
      const body = bodiless.has(answer.status) ? null : await bounded(answer.body ?? [])
      return new Response(body, { status: answer.status, headers: [...answer.headers] })
    },
    async close() {
      await (await opened)?.dispatcher.destroy()
    },
  }
}

/** A redirect to where we do not go. The message is the end of a sentence. */
export class RedirectNotFollowed extends Error {
  override readonly name = 'RedirectNotFollowed'
}

/** The part of an answer that tells where else to ask. */
interface Redirecting {
  readonly status: number
  readonly headers: { get(name: string): string | null }
  readonly body: { cancel(): Promise<void> } | null
}

/** Asks, and goes where redirects lead, unless the caller wants to see them (`redirect: 'manual'`). */
async function withinOrigin<T extends Redirecting>(
  url: string | URL,
  { method = 'GET', redirect }: RequestInit,
  ask: (url: URL) => Promise<T>,
): Promise<T> {
  let at = new URL(url)
  for (let hops = 0; hops <= redirectsInRow; hops++) {
    const answer = await ask(at)
    const location = answer.headers.get('location')
    if (redirect === 'manual' || !redirects.has(answer.status) || location === null) return answer
    await answer.body?.cancel()
    const next = parseUrl(location, at)
    if (method !== 'GET') throw new RedirectNotFollowed(`it redirects a ${method}, to ${location}`)
    if (next?.origin !== at.origin)
      throw new RedirectNotFollowed(`it redirects to another origin: from ${at.origin} to ${location}`)
    at = next
  }
  throw new RedirectNotFollowed(`it redirects more than ${redirectsInRow} times in a row`)
}

const redirects = new Set([301, 302, 303, 307, 308])
const redirectsInRow = 20

async function open(listener: () => Listener) {
  const { fetch, buildConnector, Agent } = await import('undici')
  const own = await ourOrigins(listener())
  const connect = buildConnector({})
  // Judged per connection: one session may call us and others.
  const dispatcher = new Agent({
    connect: (options, connected) => {
      const { protocol, hostname, port } = options
      // An IPv6 address comes without its brackets.
      const host = isIP(hostname) === 6 ? `[${hostname}]` : hostname
      if (!own.has(new URL(`${protocol}//${host}:${port}`))) return connect(options, connected)
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

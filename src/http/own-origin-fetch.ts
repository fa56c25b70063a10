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
 * origin only, and only of a GET: a provider does not steer us elsewhere. Connections are kept for later calls until it is
 * closed.
 * @throws RedirectNotFollowed with the end of a sentence
 */
export function ownOriginFetch(
  listener: () => Listener,
  recorder: Recorder,
  turnstile: Pick<Turnstile, 'isInside'> = { isInside: false },
): FetchSession {
  let opened: ReturnType<typeof open> | undefined

  /** The headers that a request to ourselves brings. They name the flight, which no foreign server needs to see. */
  const aboutOwn = (): Record<string, string> => {
    const { flightId } = recorder
    return {
      [callHeader]: listener().secret,
      ...(flightId === undefined ? {} : { [flightHeader]: flightId }),
      ...(turnstile.isInside ? { [partHeader]: '1' } : {}),
    }
  }

  return {
    async fetch(url, init = {}) {
      opened ??= open(listener)
      const { toOurselves, elsewhere } = await opened
      // Redirects stay at the origin, so it is judged once.
      const isOurs = await isOurOrigin(listener(), new URL(url))
      const about = isOurs ? aboutOwn() : { [callHeader]: toOthers }
      const headers = { ...Object.fromEntries(new Headers(init.headers)), ...about }
      const ask: (url: URL, init: Asked) => Promise<Answer> = isOurs ? toOurselves.ask : elsewhere.ask
      const answer = await withinOrigin(url, init, at => ask(at, { ...init, redirect: 'manual', headers }))
      const body = bodiless.has(answer.status) ? null : await bounded(answer.body ?? [])
      return new Response(body, { status: answer.status, headers: [...answer.headers] })
    },
    async close() {
      if (opened === undefined) return
      const { toOurselves, elsewhere } = await opened
      await Promise.all([toOurselves.close(), elsewhere.close()])
    },
  }
}

/** A redirect to where we do not go. The message is the end of a sentence. */
export class RedirectNotFollowed extends Error {
  override readonly name = 'RedirectNotFollowed'
}

/** An answer as far as it is looked at here. */
interface Answer {
  readonly status: number
  readonly headers: { get(name: string): string | null; [Symbol.iterator](): Iterator<[string, string]> }
  readonly body: (AsyncIterable<Uint8Array> & { cancel(): Promise<unknown> }) | null
}

/** Asks, and goes where redirects lead, unless the caller wants to see them (`redirect: 'manual'`). */
async function withinOrigin(
  url: string | URL,
  { method = 'GET', redirect }: RequestInit,
  ask: (url: URL) => Promise<Answer>,
): Promise<Answer> {
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

/** A request, with headers as plain data. */
type Asked = Omit<RequestInit, 'headers'> & { readonly headers: Record<string, string> }

async function open(listener: () => Listener) {
  const { fetch, request, buildConnector, Agent } = await import('undici')
  /** Connects to our listener, whatever the origin. */
  const ours = new Agent({
    connect: ({ hostname, ...options }, connected) => {
      const { address, certificate } = listener()
      const there = { ...options, hostname: dialled(address.host), port: String(address.port) }
      if (options.protocol === 'http:') return buildConnector({})(there, connected)
      certificate().then(
        ca => buildConnector({ ca })({ ...there, servername: serverName(hostname) }, connected),
        error => connected(error, null),
      )
    },
  })
  const others = new Agent()
  return {
    toOurselves: {
      // Half the work of a fetch; what that does besides, such as decoding, no answer of ours needs.
      async ask(url: URL, { method = 'GET', headers, body, signal }: Asked) {
        const isForm = body instanceof URLSearchParams
        const type = isForm ? { 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8' } : {}
        const answer = await request(url, {
          dispatcher: ours,
          method: method as 'GET',
          headers: { accept: '*/*', 'user-agent': 'rockpool', ...type, ...headers },
          ...(body === undefined || body === null ? {} : { body: String(body) }),
          ...(signal === undefined || signal === null ? {} : { signal }),
        })
        return {
          status: answer.statusCode,
          headers: new Headers(
            Object.entries(answer.headers).flatMap(([name, values]) =>
              [values ?? []].flat().map((value): [string, string] => [name, value]),
            ),
          ),
          body: Object.assign(answer.body, { cancel: () => answer.body.dump() }),
        }
      },
      close: () => ours.destroy(),
    },
    elsewhere: {
      ask: (url: URL, init: Asked) => fetch(url, { ...(init as object), dispatcher: others }),
      close: () => others.destroy(),
    },
  }
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
async function isOurOrigin({ base, address, hosts }: Listener, url: URL): Promise<boolean> {
  const { origin, port, hostname } = url
  const publicUrl = new URL(base)
  const ours = [String(address.port), publicUrl.port]
  if (origin === publicUrl.origin) return true
  if (ours.includes(port) && /^(localhost|127\.0\.0\.1|\[::1\]|.*\.localhost)$/.test(hostname)) return true
  return (port === '' || ours.includes(port)) && (await hosts()).has(hostname)
}

/** An address is not named in a handshake (RFC 6066 §3). */
const serverName = (hostname: string): string =>
  isIP(hostname.replace(/^\[|\]$/g, '')) === 0 ? hostname : ''

/** A server that listens on every address is dialled on this machine's own. */
const dialled = (host: string): string => (host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host)

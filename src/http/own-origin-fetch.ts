import { isIP } from 'node:net'
import { flightHeader, type Recorder } from '../core/ports/recorder.js'
import { baseOf, parseUrl } from '../lib/url.js'
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

/** What was answered, read to its end: no more than anybody needs, so a caller with a limit sees that it is exceeded. */
export interface Called {
  readonly status: number
  /** By name, in lower case. */
  readonly headers: AnswerHeaders
  readonly bytes: Uint8Array<ArrayBuffer>
}

type AnswerHeaders = Readonly<Record<string, string | readonly string[] | undefined>>

/** Calls that share their connections. */
export interface FetchSession {
  readonly fetch: Fetch
  /** The same without the streams and objects of the platform, which cost as much as the call. */
  readonly call: (url: string | URL, init?: RequestInit) => Promise<Called>
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

  async function call(url: string | URL, init: RequestInit = {}): Promise<Called> {
    opened ??= open(listener)
    const { toOurselves, elsewhere } = await opened
    const begin = new URL(url)
    // Redirects stay at the origin, so it is judged once.
    const isOurs = await isOurOrigin(listener(), begin)
    const about = isOurs ? aboutOwn() : { [callHeader]: toOthers }
    const headers = { ...Object.fromEntries(new Headers(init.headers)), ...about }
    const ask: (url: URL, init: Asked) => Promise<Answer> = isOurs ? toOurselves.ask : elsewhere.ask
    const answer = await withinOrigin(begin, init, at => ask(at, { ...init, redirect: 'manual', headers }))
    return { status: answer.status, headers: answer.headers, bytes: await bounded(answer.body ?? []) }
  }

  return {
    call,
    async fetch(url, init) {
      const { status, headers, bytes } = await call(url, init)
      const pairs = Object.entries(headers).flatMap(([name, values]) =>
        [values ?? []].flat().map((value): [string, string] => [name, value]),
      )
      return new Response(bodiless.has(status) ? null : bytes, { status, headers: pairs })
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
  readonly headers: AnswerHeaders
  readonly body: (AsyncIterable<Uint8Array> & { cancel(): Promise<unknown> }) | null
}

/** Asks, and goes where redirects lead, unless the caller wants to see them (`redirect: 'manual'`). */
async function withinOrigin(
  begin: URL,
  { method = 'GET', redirect }: RequestInit,
  ask: (url: URL) => Promise<Answer>,
): Promise<Answer> {
  let at = begin
  for (let hops = 0; hops <= redirectsInRow; hops++) {
    const answer = await ask(at)
    const location = [answer.headers.location].flat()[0]
    if (redirect === 'manual' || !redirects.has(answer.status) || location === undefined) return answer
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

/**
 * undici, for our calls alone. Of all copies in a process the one that is loaded first brings the agent by which every `fetch`
 * goes that names none, the platform's too. So the platform's is loaded first, which happens at the first use of its classes:
 * a test that starts Rockpool in its process goes on calling everybody as it did.
 */
function ownUndici(): Promise<typeof import('undici')> {
  Reflect.get(globalThis, 'Headers')
  return import('undici')
}

async function open(listener: () => Listener) {
  const { fetch, request, buildConnector, Agent } = await ownUndici()
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
          headers: answer.headers,
          body: Object.assign(answer.body, { cancel: () => answer.body.dump() }),
        }
      },
      close: () => ours.destroy(),
    },
    elsewhere: {
      async ask(url: URL, init: Asked) {
        const { status, headers, body } = await fetch(url, { ...(init as object), dispatcher: others })
        const byName: Record<string, string | string[]> = Object.fromEntries(headers)
        return { status, headers: { ...byName, 'set-cookie': headers.getSetCookie() }, body }
      },
      close: () => others.destroy(),
    },
  }
}

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
  const publicUrl = baseOf(base)
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

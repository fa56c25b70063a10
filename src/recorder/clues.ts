import type { Clue } from '../core/ports/recorder.js'
import { parseUrl } from '../lib/url.js'
import type { Outcome } from './flight.js'

/** By what a request gives away which flight it belongs to. Rules only; the recorder keeps the flights. */

/** Parameters by name, as a query or a form is parsed: one that is given more than once is a list. */
export type Parameters = { readonly [name: string]: unknown }

/** Requests that are no part of a journey: our own console and control API, assets, what browsers fetch unasked. */
export const isJourney = (path: string): boolean =>
  !/^\/_rockpool(?:\/|$)/.test(path) &&
  !/^\/\.well-known\/appspecific\//.test(path) &&
  !/\.(?:css|js|mjs|map|png|jpe?g|gif|svg|ico|webp|woff2?|txt)$/i.test(path)

/** Requests with which a journey begins, if they do not continue one. */
export const opensFlight = ({ method, path }: { readonly method: string; readonly path: string }): boolean =>
  (method === 'GET' || method === 'POST') && /\/(?:oauth2\/authorize|login)$/.test(path)

/** Whether a request asks for the sign-in page, rather than sends its form. */
export const isOpening = (request: { readonly method: string; readonly path: string }): boolean =>
  request.method === 'GET' && opensFlight(request)

/** The clues that a request shows by itself, the surest first. */
export function cluesIn(parameters: Parameters): Clue[] {
  const code = text(parameters, 'code')
  const state = text(parameters, 'state') ?? text(parameters, 'RelayState')
  const request = authorizationRequest(parameters)
  return [
    ...(code === undefined ? [] : [`code:${code}` as const]),
    ...(request === undefined ? [] : [`request:${request}` as const]),
    ...(state === undefined ? [] : [`state:${state}` as const]),
  ]
}

/**
 * What stays the same of an authorization request while pages hand it on: `/oauth2/authorize?q`, `/login?q` and the
 * other pages that repeat the query, whatever they add to it. Undefined if these are not its parameters.
 */
function authorizationRequest(parameters: Parameters): string | undefined {
  if (text(parameters, 'client_id') === undefined || text(parameters, 'response_type') === undefined)
    return undefined
  return new URLSearchParams(
    identifying.flatMap(name => {
      const value = text(parameters, name)
      return value === undefined ? [] : [[name, value] as [string, string]]
    }),
  ).toString()
}

const identifying = ['client_id', 'redirect_uri', 'response_type', 'state', 'nonce', 'code_challenge']

const text = (parameters: Parameters, name: string): string | undefined => {
  const value = parameters[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** What a redirect says: the clues by which the request that follows it is known, and what the redirect brings to an app. */
export interface Redirect {
  readonly clues: readonly Clue[]
  /** What the app's callback is given; undefined if the journey goes on, at another page or another pool. */
  readonly delivers?: Exclude<Outcome, { is: 'under way' | 'refused' }>
}

export function redirectTo(location: string): Redirect {
  const elsewhere = parseUrl(location)
  const url = elsewhere ?? parseUrl(`http://page-of-ours${location}`)
  if (url === undefined) return { clues: [] }
  const parameters = { ...parametersOf(url.search.slice(1)), ...parametersOf(url.hash.slice(1)) }
  // A callback is registered with its origin; what has none is a page of ours.
  const delivers = elsewhere && deliveryOf(url.pathname, parameters)
  return { clues: cluesIn(parameters), ...(delivers === undefined ? {} : { delivers }) }
}

function deliveryOf(path: string, parameters: Parameters): Redirect['delivers'] {
  // Another pool of ours that waits for its provider: the person is still on the way.
  if (path.endsWith('/oauth2/idpresponse')) return undefined
  if (parameters.code !== undefined) return { is: 'code delivered' }
  if (parameters.access_token !== undefined || parameters.id_token !== undefined)
    return { is: 'tokens issued' }
  const error = text(parameters, 'error')
  return error === undefined || /\/(?:login|error)$/.test(path) ? undefined : { is: 'error delivered', error }
}

/** Parses a query or a form. */
export function parametersOf(encoded: string): Parameters {
  const parameters = new Map<string, string | string[]>()
  for (const [name, value] of new URLSearchParams(encoded)) {
    const before = parameters.get(name)
    if (Array.isArray(before)) before.push(value)
    else parameters.set(name, before === undefined ? value : [before, value])
  }
  return Object.fromEntries(parameters)
}

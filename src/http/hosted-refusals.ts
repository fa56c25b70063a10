import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Explanation, Refusal } from '../core/refusal.js'
import { RefusedAtCallback, refusalUrl } from '../flows/authorization/callback.js'
import type { Service } from '../flows/service.js'
import { withQuery } from '../lib/url.js'
import { setCookie } from './cookies.js'
import type { Hosted } from './hosted.js'
import { withScript } from './page-headers.js'
import { queryOf } from './parameters.js'

/** What the pages of a user pool domain have in common. */
export interface Hosting {
  readonly service: Service
  /** The page that says that something went wrong, for a browser that has come to a domain, or to none. */
  readonly errorPage: (view: ErrorView, arrival?: Arrival) => Promise<string>
  /** The page that takes a browser to another provider by a form. */
  readonly postPage: (view: PostView) => string
  /** Why a request of the flight was refused with this code, for the person who reads the page. */
  readonly explanationOf: (flightId: string, code: string) => Promise<Explanation | undefined>
}

/** A browser that has come to a domain. */
export interface Arrival {
  readonly hosted: Hosted
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

/** A form that the browser posts to another provider. */
export interface PostView {
  readonly postTo: string
  readonly fields: Readonly<Record<string, string>>
  readonly poolName: string
  readonly providerName: string
}

export interface ErrorView {
  /** Absent where the request did not tell which. */
  readonly poolName?: string
  /** What Cognito says. */
  readonly message: string
  /** What only Rockpool says. */
  readonly explanation?: Explanation
  /** Where the whole journey can be read. */
  readonly flightUrl?: string
}

/**
 * Answers a browser whose request was refused: at the app's callback where that is allowed, otherwise on a page
 * of the domain; a bare code goes by way of `/error`, as real ones do (docs/facts/oauth-and-federation.md §3.3).
 */
export async function answerOnPage(
  hosting: Hosting,
  { hosted, request, reply }: Arrival,
  error: unknown,
): Promise<FastifyReply> {
  if (!(error instanceof Refusal)) throw error
  const { recorder } = hosting.service
  recorder.refused(error)
  if (error instanceof RefusedAtCallback) return reply.redirect(refusalUrl(error), 302)
  if (error.told === '') {
    if (recorder.flightId !== undefined) setCookie(reply, hosted, 'rockpool-flight', recorder.flightId, 300)
    const { client_id } = queryOf(request)
    return reply.redirect(withQuery(`${hosted.url}/error`, { error: error.code, client_id }), 302)
  }
  return showError(
    hosting,
    { hosted, request, reply },
    {
      message: error.told,
      explanation: error.explanation,
      ...(recorder.flightId === undefined ? {} : { flightId: recorder.flightId }),
    },
  )
}

/** Sends the error page. Its status is not recorded anywhere; 400 is the choice of §12. */
export async function showError(
  { service, errorPage }: Hosting,
  arrival: Arrival,
  { message, explanation, flightId }: { message: string; explanation?: Explanation; flightId?: string },
): Promise<FastifyReply> {
  const view = {
    poolName: arrival.hosted.pool.name,
    message,
    ...(explanation === undefined ? {} : { explanation }),
    ...(flightId === undefined ? {} : { flightUrl: `${service.base}/_rockpool/flights/${flightId}` }),
  }
  const page = await errorPage(view, arrival)
  return arrival.reply.code(400).headers(withScript).type('text/html; charset=utf-8').send(page)
}

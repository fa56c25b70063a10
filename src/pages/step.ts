import type { FastifyReply, FastifyRequest } from 'fastify'
import {
  type AuthorizationRequest,
  authorizationRequest,
  type Parameters,
} from '../flows/authorization/authorization-request.js'
import type { AuthorizationServer } from '../flows/authorization/ports.js'
import type { Service } from '../flows/service.js'
import { csrfToken, ensureOwnForm } from '../http/csrf.js'
import { type Hosted, hostedRoute, pathOf } from '../http/hosted.js'
import type { HostedAnswer } from '../http/hosted-answers.js'
import type { Hosting } from '../http/hosted-refusals.js'
import { refuseOtherMethods } from '../http/other-methods.js'
import { withScript } from '../http/page-headers.js'
import { formOf, queryOf } from '../http/parameters.js'
import { withQuery } from '../lib/url.js'
import { languageOfPage } from './language-of-page.js'
import type { Look } from './look/look.js'
import { isManaged, lookOf } from './look/look-of.js'
import { pagesScriptUrl } from './look/pages-script.js'
import { english, type Words } from './words/english.js'
import { type Language, wordsIn } from './words/words.js'

/** A browser that has come to a page. */
export interface Visit {
  readonly service: Service
  /** How the app is answered once the user is signed in. */
  readonly server: AuthorizationServer
  readonly hosted: Hosted
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly language: Language
  /** The texts, in the language of the page. */
  readonly words: Words
}

/** A visit that is a step of a sign-in: with what the app asks for, checked. */
export interface Step extends Visit {
  readonly asked: AuthorizationRequest
  readonly look: Look
}

/** A page of the domain: what happens when it is opened, and when its form comes back. */
export interface PageRoute<V extends Visit> {
  /** Below the domain, such as `/login`. */
  readonly path: string
  /** Other paths at which the page opens. */
  readonly aliases?: readonly string[]
  /** Checks what the address says; refusals stay on the error page. */
  readonly arrive: (visit: Visit) => Promise<V>
  readonly get: (visit: V) => unknown
  /** Forms of other origins and browsers are refused before. */
  readonly post?: (visit: V) => unknown
}

/** What a page answers under every form of the domain's address; it refuses the methods that it has not. */
export function hostedPage<V extends Visit>(
  hosting: Hosting,
  server: AuthorizationServer,
  { path, aliases = [], arrive, get, post }: PageRoute<V>,
): HostedAnswer[] {
  const { service } = hosting
  const visit = (hosted: Hosted, request: FastifyRequest, reply: FastifyReply): Visit => {
    const language = languageOfPage(hosted, request, reply)
    const words = language === 'en' ? english : wordsIn(language)
    return { service, server, hosted, request, reply, language, words }
  }

  const opened = hostedRoute(hosting, {
    method: 'GET',
    path,
    aliases,
    caller: 'browser',
    handler: async (...arrival) => get(await arrive(visit(...arrival))),
  })
  const refused = [path, ...aliases].map(at =>
    refuseOtherMethods(service, {
      path: at,
      allowed: at === path && post !== undefined ? ['GET', 'POST'] : ['GET'],
      remedy: `Open ${path} in a browser: its form posts back to it.`,
    }),
  )
  if (post === undefined) return [...opened, ...refused]

  const posted = hostedRoute(hosting, {
    method: 'POST',
    path,
    caller: 'browser',
    async handler(...arrival) {
      const arrived = await arrive(visit(...arrival))
      ensureOwnForm(arrived.request, service.base)
      return post(arrived)
    },
  })
  return [...opened, ...posted, ...refused]
}

/** A step of a sign-in: every such page carries the app's request in its address. */
export const inSignIn = async (visit: Visit): Promise<Step> => {
  const { service, hosted, request } = visit
  const asked = await authorizationRequest(service, hosted.pool, queryOf(request))
  return { ...visit, asked, look: await lookOf(service, hosted, asked.client) }
}

/**
 * What a form was sent with. The scripts of managed login send every value as JSON, with quotes around texts; a password that
 * has quotes of its own is taken for JSON only if the rest of the form is (docs/facts/hosted-pages.md §3).
 */
export function fieldsOf({ request, hosted }: Pick<Step, 'request' | 'hosted'>): Parameters {
  const form = formOf(request)
  if (!isManaged(hosted)) return form
  const isJson = form.csrf?.startsWith('"') ?? false
  return Object.fromEntries(
    Object.entries(form).map(([name, value]) => [
      name,
      isJson || !/password/i.test(name) ? unquoted(value) : value,
    ]),
  )
}

function unquoted(value: string | undefined): string | undefined {
  if (!value?.startsWith('"')) return value
  try {
    const text: unknown = JSON.parse(value)
    return typeof text === 'string' ? text : value
  } catch {
    // It begins with a quote, and is no JSON: so it was typed.
    return value
  }
}

/** The address of a page of the same sign-in: it carries the app's request on. */
export const addressOf = ({ hosted, asked }: Step, path: string): string =>
  withQuery(`${pathOf(hosted)}${path}`, asked.parameters)

/** Sends the browser to another page of the same sign-in. */
export const goTo = (step: Step, path: string): FastifyReply =>
  step.reply.redirect(addressOf(step, path), 302)

/** What every page of a sign-in with a form shows; `path` is where the form goes. */
export const formAt = (step: Step, path: string) => ({
  poolName: step.hosted.pool.name,
  clientName: step.asked.client.name,
  look: step.look,
  action: addressOf(step, path),
  csrf: csrfToken(step.service, step.hosted, step.request, step.reply),
})

/** The script of the pages where a password is typed. */
export const passwordScripts: readonly string[] = [pagesScriptUrl]

export const showPage = ({ reply }: Visit, page: string): FastifyReply =>
  reply.type('text/html; charset=utf-8').headers(withScript).send(page)

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Refusal } from '../core/refusal.js'
import { forPages } from '../http/asks-for-page.js'
import { type OwnSession, ownSession } from '../http/own-session.js'
import { ownSiteOnly } from '../http/own-site-only.js'
import { formOf, queryOf } from '../http/parameters.js'
import { html } from '../lib/html.js'
import { SnapshotError } from '../state/snapshot-error.js'
import { type Console, consolePath } from './console.js'
import { forgedForm } from './console-refusals.js'
import { leaveFlash, takeFlash } from './frame/flash.js'
import { documentOf } from './frame/layout.js'
import { refusalBox, refusalOf } from './frame/parts.js'
import { script, scriptPath } from './frame/script.js'
import { stylesheet, stylesheetPath } from './frame/stylesheet.js'
import type { Outcome, Step, View, Visit } from './page.js'
import { front } from './pages/front.js'
import { steps } from './steps.js'

/**
 * The web console at `/_rockpool/`: what Rockpool knows, as pages, and what its operator may do, as forms.
 *
 * A page is a function from a visit to a view (`pages/`); the frame (`frame/`) is around all of them. Pages decide nothing:
 * they read the store and the recorder, and act through `flows` and `state`, as the API does. Everything works without a
 * script; the script copies and keeps lists up to date. Some addresses are shared with the control API, which answers
 * requests that do not ask for HTML.
 */
export function webConsole(
  app: FastifyInstance,
  { version, ...console }: Console & { readonly version: string },
): void {
  const baseUrl = () => console.service.base
  const session = ownSession(console.service, {
    cookieName: 'rockpool-console',
    path: consolePath,
    forged: forgedForm,
  })
  const frame: Frame = { console, session, version }

  asset(app, stylesheetPath, { type: 'text/css; charset=utf-8', text: stylesheet })
  asset(app, scriptPath, { type: 'text/javascript; charset=utf-8', text: script })
  app.get('/', { constraints: forPages }, (_request, reply) =>
    reply.headers(pageHeaders).type('text/html; charset=utf-8').send(front()),
  )
  app.get(consolePath, { constraints: forPages }, (_request, reply) => reply.redirect(`${consolePath}/`, 302))
  app.register((own, _options, done) => {
    own.addHook('onRequest', ownSiteOnly(baseUrl))
    for (const step of steps) {
      own.route({
        method: step.method,
        url: `${consolePath}${step.path}`,
        constraints: forPages,
        ...(step.outside ? { config: { outside: true } } : {}),
        handler: (request, reply) => answer(frame, step, request, reply),
      })
    }
    done()
  })
}

interface Frame {
  readonly console: Console
  readonly session: OwnSession
  readonly version: string
}

async function answer(
  frame: Frame,
  step: Step,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  reply.headers(pageHeaders)
  const browser = frame.session.browser(request, reply)
  const visit: Visit = {
    console: frame.console,
    params: request.params as Record<string, string>,
    query: queryOf(request),
    form: formOf(request),
    all: field => valuesOf(request.body, field),
    csrf: frame.session.csrf(browser),
  }
  try {
    if (step.method === 'POST') frame.session.ensureOwnForm(request)
    return give(frame, request, reply, await step.take(visit))
  } catch (error) {
    return give(frame, request, reply, await explained(frame, step, visit, error))
  }
}

/** What a refusal comes to: the form once more, or a page of its own. Our own mistakes are answered like everywhere. */
async function explained(
  { console: { service } }: Frame,
  step: Step,
  visit: Visit,
  error: unknown,
): Promise<View> {
  const refusal =
    error instanceof SnapshotError || error instanceof RangeError ? refusalInWords(error) : error
  if (!(refusal instanceof Refusal)) throw refusal
  service.recorder.refused(refusal)
  const view = step.again && refusal.code !== 'forged_form' ? await step.again(visit, refusal) : undefined
  return {
    ...(view ?? {
      title: 'That did not work',
      section: 'home' as const,
      body: html`${refusalBox(refusalOf(refusal))}<p><a href="${consolePath}/">Home</a></p>`,
    }),
    status: refusal.code === 'not_found' ? 404 : 400,
  }
}

/** Snapshots and the clock refuse in sentences that name the remedy. */
const refusalInWords = (error: Error): Refusal =>
  new Refusal('refused', error.message, { because: error.message, remedy: 'Nothing was changed.' })

function give(frame: Frame, request: FastifyRequest, reply: FastifyReply, outcome: Outcome): FastifyReply {
  if ('send' in outcome) return outcome.send(reply)
  if ('goTo' in outcome) {
    if (outcome.said !== undefined) leaveFlash(reply, { kind: 'good', text: outcome.said })
    return reply.redirect(outcome.goTo, 303)
  }
  // A request that renews a part of a page shows no messages: they are for the page that is opened next.
  const flash = request.headers['x-rockpool-live'] === undefined ? takeFlash(request, reply) : undefined
  const { clock } = frame.console
  return reply
    .code(outcome.status ?? 200)
    .type('text/html; charset=utf-8')
    .send(documentOf(outcome, { flash, clockNote: clockNote(clock), version: frame.version }))
}

/** People forget that they have moved the clock, and then wonder. */
function clockNote({ state, aheadSeconds, now }: Console['clock']): string | undefined {
  if (state.frozenAt !== undefined) return `The clock stands still at ${new Date(now()).toISOString()}.`
  if (aheadSeconds === 0) return undefined
  const distance = Math.abs(aheadSeconds)
  const [unit, length] = [
    ['days', 86_400],
    ['hours', 3600],
    ['minutes', 60],
    ['seconds', 1],
  ].find(([, seconds]) => distance >= Number(seconds)) as [string, number]
  return `The clock is ${Math.round((distance / length) * 10) / 10} ${unit} ${aheadSeconds > 0 ? 'ahead of' : 'behind'} the system's.`
}

function valuesOf(body: unknown, field: string): readonly string[] {
  const value = (body ?? {}) as Readonly<Record<string, unknown>>
  return Object.hasOwn(value, field)
    ? [value[field]].flat().filter((each): each is string => typeof each === 'string')
    : []
}

const asset = (app: FastifyInstance, path: string, { type, text }: { type: string; text: string }) =>
  app.get(path, { config: { tellsNothing: true } }, (_request, reply) =>
    reply
      .headers({
        'cache-control': 'public, max-age=31536000, immutable',
        'x-content-type-options': 'nosniff',
      })
      .type(type)
      .send(text),
  )

/**
 * One script and one style sheet of ours, no frames around, nothing from elsewhere, nothing kept. Forms lead to the console
 * only. The referrer is told to ourselves: without it browsers send forms with the Origin `null`.
 */
const pageHeaders = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-src 'self'; img-src data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  'x-frame-options': 'DENY',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cache-control': 'no-store',
  vary: 'accept',
}

import type { FastifyInstance, FastifyReply } from 'fastify'
import { Refusal } from '../core/refusal.js'
import type { AppSessions } from '../flows/app-sessions.js'
import type { Service } from '../flows/service.js'
import type { Fetch } from '../http/own-origin-fetch.js'
import { ownSession } from '../http/own-session.js'
import { forgedForm } from './app-refusals.js'
import { browsersIn } from './browsers.js'
import { type Apps, appPath, type LetIn } from './client.js'
import { speakOidc } from './oidc.js'
import { problemPage } from './pages/problem-page.js'
import { script, scriptPath } from './pages/script.js'
import { stylesheet, stylesheetPath } from './pages/stylesheet.js'
import { turns } from './sign-in.js'
import { type DemoApp, showPage, steps } from './steps.js'

export interface RelyingPartyPorts {
  readonly service: DemoApp['service']
  /** How the app reaches the pools. */
  readonly fetch: Fetch
  readonly apps: Apps
  readonly letIn: LetIn
  /** Where the app keeps what it knows of browsers. */
  readonly sessions: AppSessions
  /** What the recorder knows of the sign-in that began with this `state`. */
  readonly journey?: DemoApp['journey']
  /** Seconds that the service's clock is ahead of the system's. */
  readonly aheadSeconds?: () => number
}

/**
 * The built-in relying party: an app for people who have none yet. It picks a client, signs in, shows what comes back,
 * exchanges the code, reads the tokens, refreshes and signs out. It knows the pools only over HTTP, but for registering itself
 * with a client, which an administrator would do, and for what the flight recorder tells of its sign-ins.
 *
 * The server must parse forms already (`@fastify/formbody`).
 */
export function relyingParty(
  app: FastifyInstance,
  {
    service,
    fetch,
    apps,
    letIn,
    sessions,
    journey = async () => undefined,
    aheadSeconds = () => 0,
  }: RelyingPartyPorts,
): void {
  const demoApp: DemoApp = {
    service,
    apps,
    letIn,
    journey,
    browsers: browsersIn(sessions),
    inTurn: turns(),
    session: ownSession(service, { cookieName: 'rockpool-app', path: appPath, forged: forgedForm }),
    oidc: speakOidc({ fetch, clock: service.clock, chance: service.chance, aheadSeconds }),
  }

  app.get('/', (_request, reply) => reply.redirect(appPath, 302))
  asset(app, stylesheetPath, { type: 'text/css; charset=utf-8', text: stylesheet })
  asset(app, scriptPath, { type: 'text/javascript; charset=utf-8', text: script })
  for (const { method, path, take } of steps)
    app.route({
      method,
      url: path,
      async handler(request, reply) {
        reply.headers(pageHeaders)
        try {
          return await take(demoApp, request, reply)
        } catch (error) {
          return explain(service, reply, error)
        }
      },
    })
}

const asset = (app: FastifyInstance, path: string, { type, text }: { type: string; text: string }) =>
  app.get(path, (_request, reply) =>
    reply
      .header('cache-control', 'public, max-age=31536000, immutable')
      .header('x-content-type-options', 'nosniff')
      .type(type)
      .send(text),
  )

/** Shows a refusal, and how to mend it. */
function explain({ recorder }: Pick<Service, 'recorder'>, reply: FastifyReply, error: unknown): FastifyReply {
  if (!(error instanceof Refusal)) throw error
  recorder.refused(error)
  const { told: summary, code, explanation } = error
  const problem = { summary, error: code, description: explanation.because, remedy: explanation.remedy }
  return showPage(reply.code(400), problemPage({ problem, step: 'pick' }))
}

/** One script of ours, no frames, no foreign content; nothing kept. Forms lead on to pools, so where they lead is not limited. */
const pageHeaders = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; frame-ancestors 'none'; base-uri 'none'",
  'x-frame-options': 'DENY',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
}

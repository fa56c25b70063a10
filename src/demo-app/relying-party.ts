import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { ensure, Refusal } from '../core/refusal.js'
import type { Service } from '../flows/service.js'
import type { Fetch } from '../http/own-origin-fetch.js'
import { formOf, queryOf } from '../http/parameters.js'
import { sameSecret } from '../lib/secrets.js'
import { withQuery } from '../lib/url.js'
import {
  callbackNotRegistered,
  nothingToExchange,
  notSignedIn,
  unknownClient,
  unknownSignIn,
  unknownState,
} from './app-refusals.js'
import { addSignIn, type BrowserSession, rememberBrowsers } from './browsers.js'
import { type Apps, appPath, callbackPath, type RelyingPartyClient } from './client.js'
import { decoded } from './decoded.js'
import { speakOidc } from './oidc.js'
import { ownSession } from './own-session.js'
import { callbackPage } from './pages/callback-page.js'
import { pickPage } from './pages/pick-page.js'
import { problemPage } from './pages/problem-page.js'
import { stylesheet, stylesheetPath } from './pages/stylesheet.js'
import { tokensPage } from './pages/tokens-page.js'
import { problemAtCallback, problemOf } from './problems.js'
import { inTurn, type SignedIn, type SignIn } from './sign-in.js'

export interface RelyingPartyPorts {
  readonly service: Pick<Service, 'clock' | 'chance' | 'base' | 'recorder'>
  /** How an app reaches the pools. */
  readonly fetch: Fetch
  readonly apps: Apps
  /** Seconds that the service's clock is ahead of the system's. */
  readonly aheadSeconds?: () => number
}

/**
 * The built-in relying party: an app of our own, for whoever has none yet. It picks a client, signs in, shows what
 * comes back, exchanges the code, reads the tokens, refreshes and signs out. It knows the pools only over HTTP.
 *
 * Forms must be parsed by the server already (`@fastify/formbody`).
 */
export function relyingParty(
  app: FastifyInstance,
  { service, fetch, apps, aheadSeconds = () => 0 }: RelyingPartyPorts,
): void {
  const browsers = rememberBrowsers()
  const session = ownSession(service)
  const oidc = speakOidc({ fetch, clock: service.clock, chance: service.chance, aheadSeconds })
  const callbackUrl = () => `${service.base}${callbackPath}`

  app.get('/', (_request, reply) => reply.redirect(appPath, 302))

  app.get(stylesheetPath, (_request, reply) =>
    reply
      .header('cache-control', 'public, max-age=31536000, immutable')
      .header('x-content-type-options', 'nosniff')
      .type('text/css; charset=utf-8')
      .send(stylesheet),
  )

  app.get(
    appPath,
    shown(async (request, reply) => {
      const browser = session.browser(request, reply)
      const known = browsers.find(browser)
      const { sign_in, pick } = queryOf(request)
      const signIn = sign_in === undefined ? lastReturned(known) : known?.signIns.get(sign_in)
      if (signIn !== undefined && pick === undefined && signIn.stage.at !== 'provider') {
        return showSignIn(reply, browser, signIn)
      }
      const farewell = known?.farewell
      if (known) delete known.farewell
      return send(
        reply,
        pickPage({
          csrf: session.csrf(browser),
          callbackUrl: callbackUrl(),
          appUrl: `${service.base}${appPath}`,
          clients: await apps(),
          signIns: returned(known),
          ...(farewell === undefined ? {} : { farewell }),
        }),
      )
    }),
  )

  app.post(
    `${appPath}/sign-in`,
    shown(async (request, reply) => {
      const browser = session.ensureOwnForm(request)
      const { client_id = '' } = formOf(request)
      const client = (await apps()).find(({ clientId }) => clientId === client_id)
      ensure(client, () => unknownClient(client_id))
      const { redirectUri } = client
      ensure(redirectUri, () => callbackNotRegistered(client.clientName, callbackUrl()))
      const scopes = scopesChosen(request, client)
      const begun = await oidc.begin(client, redirectUri, scopes).catch((error: unknown) => {
        const problem = problemOf('sign-in', client, error)
        reply.code(502)
        send(reply, problemPage({ problem, step: 'sign-in' }))
      })
      if (begun === undefined) return reply
      addSignIn(browsers.open(browser), {
        id: service.chance.bytes(9).toString('base64url'),
        client,
        scopes,
        startedAt: service.clock.now(),
        sent: begun.sent,
        stage: { at: 'provider' },
        turn: Promise.resolve(),
      })
      return reply.redirect(begun.url.href, 302)
    }),
  )

  app.get(
    callbackPath,
    shown(async (request, reply) => {
      const browser = session.browser(request, reply)
      const query = new URLSearchParams(request.url.split('?')[1] ?? '')
      const state = query.get('state') ?? undefined
      const signIn = signInOfState(browsers.find(browser), state)
      ensure(signIn, () => unknownState(state))
      // The page of a code that was exchanged leads on: it may be loaded again.
      if (signIn.stage.at === 'app') return reply.redirect(pageOf(signIn), 303)
      if (signIn.stage.at === 'provider' || signIn.stage.query.toString() !== query.toString()) {
        const problem = problemAtCallback(query)
        signIn.stage = { at: 'callback', query, ...(problem === undefined ? {} : { problem }) }
      }
      return showSignIn(reply, browser, signIn)
    }),
  )

  app.post(
    `${appPath}/exchange`,
    shown(async (request, reply) => {
      const { signIn } = own(request)
      await inTurn(signIn, () => exchange(signIn))
      return reply.redirect(pageOf(signIn), 303)
    }),
  )

  app.post(
    `${appPath}/refresh`,
    shown(async (request, reply) => {
      const { signIn } = own(request)
      await inTurn(signIn, () => refresh(signIn))
      return reply.redirect(pageOf(signIn), 303)
    }),
  )

  app.post(
    `${appPath}/sign-out`,
    shown(async (request, reply) => {
      const { signIn, known } = own(request)
      const { client } = signIn
      known.signIns.delete(signIn.id)
      known.farewell = client
      if (client.signOutUri === undefined) return reply.redirect(`${appPath}?pick=1`, 303)
      const { clientId: client_id, signOutUri: logout_uri } = client
      return reply.redirect(withQuery(`${client.domainUrl}/logout`, { client_id, logout_uri }), 303)
    }),
  )

  async function exchange(signIn: SignIn): Promise<void> {
    const { stage, client } = signIn
    if (stage.at === 'app') return
    ensure(stage.at === 'callback' && stage.query.has('code'), nothingToExchange)
    const { query } = stage
    try {
      const tokens = await oidc.redeem(signIn, query)
      const userInfo = await oidc.userInfo(client, tokens.accessToken, subjectOf(tokens.idToken))
      signIn.stage = { at: 'app', tokens, userInfo, refreshes: 0 }
    } catch (error) {
      signIn.stage = { at: 'callback', query, problem: problemOf('exchange', client, error) }
    }
  }

  async function refresh(signIn: SignIn): Promise<void> {
    const { stage, client } = signIn
    const refreshToken = stage.at === 'app' ? stage.tokens.refreshToken : undefined
    ensure(stage.at === 'app' && refreshToken, notSignedIn)
    signIn.stage = await refreshed(client, stage, refreshToken)
  }

  async function refreshed(
    client: RelyingPartyClient,
    stage: SignedIn,
    refreshToken: string,
  ): Promise<SignedIn> {
    try {
      const tokens = await oidc.refresh(client, refreshToken)
      const userInfo = await oidc.userInfo(client, tokens.accessToken, subjectOf(tokens.idToken))
      return { at: 'app', tokens, userInfo, refreshes: stage.refreshes + 1 }
    } catch (error) {
      return { ...stage, problem: problemOf('refresh', client, error) }
    }
  }

  /** The sign-in that a form of ours is about. */
  function own(request: FastifyRequest): { signIn: SignIn; known: BrowserSession } {
    const known = browsers.find(session.ensureOwnForm(request))
    const signIn = known?.signIns.get(formOf(request).sign_in ?? '')
    ensure(known && signIn, unknownSignIn)
    return { signIn, known }
  }

  function showSignIn(reply: FastifyReply, browser: string, signIn: SignIn): FastifyReply {
    const { id, client, scopes, sent, stage } = signIn
    const csrf = session.csrf(browser)
    if (stage.at === 'app') {
      const view = { csrf, id, client, scopes, appUrl: `${service.base}${appPath}`, now: service.clock.now() }
      return send(reply, tokensPage({ ...view, signedIn: stage }))
    }
    if (stage.at === 'provider') return reply.redirect(`${appPath}?pick=1`, 303)
    return send(reply, callbackPage({ csrf, id, client, scopes, sent, ...stage }))
  }

  /** A route whose answer is a page, also when it refuses. */
  function shown(handler: (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>) {
    return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
      reply.headers(pageHeaders)
      try {
        return await handler(request, reply)
      } catch (error) {
        if (!(error instanceof Refusal)) throw error
        service.recorder.refused(error)
        const { told: summary, code, explanation } = error
        const problem = { summary, error: code, description: explanation.because, remedy: explanation.remedy }
        return send(reply.code(400), problemPage({ problem, step: 'pick' }))
      }
    }
  }
}

/** No script, no frames, no foreign content; nothing kept. Forms lead on to pools, so where they lead is not limited. */
const pageHeaders = {
  'content-security-policy':
    "default-src 'none'; style-src 'self'; img-src data:; frame-ancestors 'none'; base-uri 'none'",
  'x-frame-options': 'DENY',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
}

const send = (reply: FastifyReply, page: string): FastifyReply =>
  reply.type('text/html; charset=utf-8').send(page)

const pageOf = ({ id }: SignIn): string => withQuery(appPath, { sign_in: id })

const returned = (known: BrowserSession | undefined): SignIn[] =>
  [...(known?.signIns.values() ?? [])].filter(({ stage }) => stage.at !== 'provider').reverse()

/** What the app's first page shows unasked: the newest sign-in that has tokens. */
const lastReturned = (known: BrowserSession | undefined): SignIn | undefined =>
  returned(known).find(({ stage }) => stage.at === 'app')

const signInOfState = (known: BrowserSession | undefined, state = ''): SignIn | undefined =>
  [...(known?.signIns.values() ?? [])].find(({ sent }) => sameSecret(sent.state, state))

const subjectOf = (idToken: string | undefined): string | undefined => {
  const sub = idToken === undefined ? undefined : decoded(idToken)?.claims.sub
  return typeof sub === 'string' ? sub : undefined
}

/** The scopes ticked in the form, of those the client may ask for; all of them when none is. */
function scopesChosen(request: FastifyRequest, { scopes }: RelyingPartyClient): readonly string[] {
  const { scope } = (request.body ?? {}) as { readonly scope?: unknown }
  const ticked = [scope].flat()
  const chosen = scopes.filter(name => ticked.includes(name))
  return chosen.length === 0 ? scopes : chosen
}

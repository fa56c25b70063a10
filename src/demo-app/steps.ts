import { isDeepStrictEqual } from 'node:util'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { ensure } from '../core/refusal.js'
import type { Service } from '../flows/service.js'
import type { OwnSession } from '../http/own-session.js'
import { formOf, queryOf } from '../http/parameters.js'
import { sameSecret } from '../lib/secrets.js'
import { withQuery } from '../lib/url.js'
import { callbackNotRegistered, unknownClient, unknownSignIn, unknownState } from './app-refusals.js'
import { type BrowserSession, type Browsers, signInOf, withChanged, withSignIn } from './browsers.js'
import { type Apps, appPath, callbackPath, type LetIn, type RelyingPartyClient } from './client.js'
import type { Journey } from './journey.js'
import type { Oidc } from './oidc.js'
import { callbackPage } from './pages/callback-page.js'
import { pickPage } from './pages/pick-page.js'
import { problemPage } from './pages/problem-page.js'
import { tokensPage } from './pages/tokens-page.js'
import { problemAtCallback, problemOf } from './problems.js'
import type { SignIn, Stage, turns } from './sign-in.js'
import { exchange, refresh } from './tokens.js'

/** What the steps of the app work with. */
export interface DemoApp {
  readonly service: Pick<Service, 'clock' | 'chance' | 'base' | 'recorder'>
  readonly apps: Apps
  readonly letIn: LetIn
  readonly journey: (state: string) => Promise<Journey | undefined>
  readonly browsers: Browsers
  readonly inTurn: ReturnType<typeof turns>
  readonly session: OwnSession
  readonly oidc: Oidc
}

/** Answers one request of a browser; a refusal becomes a page. */
type Step = (app: DemoApp, request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>

/** Every step that the app takes, in the order in which a person takes them. */
export const steps: readonly {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly take: Step
}[] = [
  { method: 'GET', path: appPath, take: open },
  { method: 'GET', path: `${appPath}/launch`, take: launch },
  { method: 'POST', path: `${appPath}/sign-in`, take: begin },
  { method: 'POST', path: `${appPath}/let-in`, take: registerApp },
  { method: 'GET', path: callbackPath, take: comeBack },
  { method: 'POST', path: `${appPath}/exchange`, take: about(({ oidc }, signIn) => exchange(oidc, signIn)) },
  { method: 'POST', path: `${appPath}/refresh`, take: about(({ oidc }, signIn) => refresh(oidc, signIn)) },
  { method: 'POST', path: `${appPath}/sign-out`, take: signOut },
]

/** Shows the sign-in that was asked for, or the newest that has tokens; else the clients to pick from. */
async function open(app: DemoApp, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { service, apps, browsers, session } = app
  const browser = session.browser(request, reply)
  const known = await browsers.find(browser)
  const { sign_in, pick } = queryOf(request)
  const signIn = sign_in === undefined ? lastReturned(known) : signInOf(known, sign_in)
  if (signIn !== undefined && pick === undefined && signIn.stage.at !== 'provider')
    return showSignIn(app, reply, browser, signIn)
  const farewell = known?.farewell
  if (farewell !== undefined) await browsers.change(browser, ({ signIns }) => ({ signIns }))
  const view = {
    csrf: session.csrf(browser),
    callbackUrl: callbackUrlOf(app),
    appUrl: `${service.base}${appPath}`,
    clients: await apps(),
    picked: pick,
    signIns: returned(known),
    ...(farewell === undefined ? {} : { farewell }),
  }
  return showPage(reply, pickPage(view))
}

/** Sends the browser to the pool of the client that was picked. */
async function begin(app: DemoApp, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const browser = app.session.ensureOwnForm(request)
  const client = await clientCalled(app, formOf(request).client_id)
  return sendToPool(app, reply, { browser, client, scopes: scopesChosen(request, client) })
}

/**
 * The same by a link (`?client_id=…`), with all scopes: the one that the start prints, and “Launch Hosted UI” of the console. A link
 * on a page of another site shows the clients only; so does one for a client that has to be prepared first.
 */
async function launch(app: DemoApp, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const client = await clientCalled(app, queryOf(request).client_id)
  const site = request.headers['sec-fetch-site'] ?? 'none'
  const isOurs = site === 'none' || site === 'same-origin'
  if (!isOurs || client.redirectUri === undefined)
    return reply.redirect(withQuery(appPath, { pick: client.clientId }), 303)
  const browser = app.session.browser(request, reply)
  return sendToPool(app, reply, { browser, client, scopes: client.scopes })
}

/** Registers the app with a client, and shows the client again. */
async function registerApp(
  app: DemoApp,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  app.session.ensureOwnForm(request)
  const client = await clientCalled(app, formOf(request).client_id)
  await app.letIn(client)
  return reply.redirect(withQuery(appPath, { pick: client.clientId }), 303)
}

async function clientCalled({ apps }: DemoApp, id = ''): Promise<RelyingPartyClient> {
  const client = (await apps()).find(({ clientId }) => clientId === id)
  ensure(client, () => unknownClient(id))
  return client
}

async function sendToPool(
  app: DemoApp,
  reply: FastifyReply,
  {
    browser,
    client,
    scopes,
  }: {
    readonly browser: string
    readonly client: RelyingPartyClient
    readonly scopes: readonly string[]
  },
): Promise<FastifyReply> {
  const { service, browsers, oidc } = app
  const { redirectUri } = client
  ensure(redirectUri, () => callbackNotRegistered(client.clientName, callbackUrlOf(app)))
  const begun = await oidc.begin(client, redirectUri, scopes).catch((error: unknown) => {
    const problem = problemOf('sign-in', client, error)
    showPage(reply.code(502), problemPage({ problem, step: 'sign-in' }))
  })
  if (begun === undefined) return reply
  const signIn: SignIn = {
    id: service.chance.bytes(9).toString('base64url'),
    client,
    scopes,
    startedAt: service.clock.now(),
    sent: begun.sent,
    stage: { at: 'provider' },
  }
  await browsers.change(browser, known => withSignIn(known, signIn))
  return reply.redirect(begun.url.href, 302)
}

/** Takes the browser back from the pool, with a code or an error. */
async function comeBack(app: DemoApp, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { browsers, session } = app
  const browser = session.browser(request, reply)
  const query = new URLSearchParams(request.url.split('?')[1] ?? '')
  const state = query.get('state') ?? undefined
  const signIn = signInOfState(await browsers.find(browser), state)
  ensure(signIn, () => unknownState(state, problemAtCallback(query)))
  // The page of a code that was exchanged leads on: it may be loaded again.
  if (signIn.stage.at === 'app') return reply.redirect(pageOf(signIn), 303)
  if (signIn.stage.at === 'callback' && signIn.stage.query === String(query))
    return showSignIn(app, reply, browser, signIn)
  const problem = problemAtCallback(query)
  const journey = await app.journey(signIn.sent.state)
  const stage: Stage = {
    at: 'callback',
    query: String(query),
    ...(problem === undefined ? {} : { problem }),
  }
  await browsers.change(browser, known =>
    withChanged(known, signIn.id, other => ({ ...other, journey, stage })),
  )
  return showSignIn(app, reply, browser, { ...signIn, journey, stage })
}

/** Forgets a sign-in, and sends the browser to the pool to end its session there. */
async function signOut(app: DemoApp, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { browser, signIn } = await ownSignIn(app, request)
  const { client } = signIn
  await app.browsers.change(browser, ({ signIns }) => ({
    signIns: signIns.filter(({ id }) => id !== signIn.id),
    farewell: client,
  }))
  if (client.signOutUri === undefined) return reply.redirect(`${appPath}?pick=1`, 303)
  const { clientId: client_id, signOutUri: logout_uri } = client
  return reply.redirect(withQuery(`${client.domainUrl}/logout`, { client_id, logout_uri }), 303)
}

/** A step that works on one sign-in and shows it again. */
function about(work: (app: DemoApp, signIn: SignIn) => Promise<Stage>): Step {
  return async (app, request, reply) => {
    const { browser, signIn } = await ownSignIn(app, request)
    await app.inTurn(signIn.id, async () => {
      const before = signInOf(await app.browsers.find(browser), signIn.id)
      ensure(before, unknownSignIn)
      const stage = await work(app, before)
      await app.browsers.change(browser, known =>
        withChanged(known, signIn.id, now => ({ ...now, stage: latest(before, now, stage) })),
      )
    })
    return reply.redirect(pageOf(signIn), 303)
  }
}

/** Two clicks at two processes do not wait for each other: what one of them got stays, if the other failed. */
const latest = (before: SignIn, now: SignIn, stage: Stage): Stage =>
  'problem' in stage && stage.problem !== undefined && !isDeepStrictEqual(before.stage, now.stage)
    ? now.stage
    : stage

/** The sign-in that a form of ours is about. */
async function ownSignIn(
  { browsers, session }: DemoApp,
  request: FastifyRequest,
): Promise<{ readonly browser: string; readonly signIn: SignIn }> {
  const browser = session.ensureOwnForm(request)
  const signIn = signInOf(await browsers.find(browser), formOf(request).sign_in)
  ensure(signIn, unknownSignIn)
  return { browser, signIn }
}

function showSignIn(
  { service, session }: DemoApp,
  reply: FastifyReply,
  browser: string,
  signIn: SignIn,
): FastifyReply {
  const { id, client, scopes, sent, stage, journey } = signIn
  const csrf = session.csrf(browser)
  if (stage.at === 'app') {
    const view = { csrf, id, client, scopes, appUrl: `${service.base}${appPath}`, now: service.clock.now() }
    return showPage(reply, tokensPage({ ...view, signedIn: stage, journey }))
  }
  if (stage.at === 'provider') return reply.redirect(`${appPath}?pick=1`, 303)
  const query = new URLSearchParams(stage.query)
  return showPage(reply, callbackPage({ csrf, id, client, scopes, sent, journey, ...stage, query }))
}

export const showPage = (reply: FastifyReply, page: string): FastifyReply =>
  reply.type('text/html; charset=utf-8').send(page)

const callbackUrlOf = ({ service }: DemoApp): string => `${service.base}${callbackPath}`

const pageOf = ({ id }: SignIn): string => withQuery(appPath, { sign_in: id })

const returned = (known: BrowserSession | undefined): SignIn[] =>
  (known?.signIns ?? []).filter(({ stage }) => stage.at !== 'provider').reverse()

/** What the app's first page shows unasked: the newest sign-in that has tokens. */
const lastReturned = (known: BrowserSession | undefined): SignIn | undefined =>
  returned(known).find(({ stage }) => stage.at === 'app')

const signInOfState = (known: BrowserSession | undefined, state = ''): SignIn | undefined =>
  known?.signIns.find(({ sent }) => sameSecret(sent.state, state))

/** The scopes ticked in the form, of those the client may ask for; all of them when none is. */
function scopesChosen(request: FastifyRequest, { scopes }: RelyingPartyClient): readonly string[] {
  const { scope } = (request.body ?? {}) as { readonly scope?: unknown }
  const ticked = [scope].flat()
  const chosen = scopes.filter(name => ticked.includes(name))
  return chosen.length === 0 ? scopes : chosen
}

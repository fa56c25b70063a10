import type { FastifyReply } from 'fastify'
import type { HostedSession } from '../../core/hosted-session.js'
import { ensure, Refusal } from '../../core/refusal.js'
import { usernameMissing } from '../../flows/account/passkey-refusals.js'
import { loginOption } from '../../flows/authorization/authorization-refusals.js'
import { authorizationRequest, type Parameters } from '../../flows/authorization/authorization-request.js'
import { answeringTo } from '../../flows/authorization/callback.js'
import { findSession, whyNotResumed } from '../../flows/authorization/hosted-session.js'
import type { UpstreamProviders } from '../../flows/authorization/ports.js'
import { askForMissing, levelLacking } from '../../flows/authorization/step-up.js'
import { userBySub } from '../../flows/directory/directory.js'
import { asksUsernameFirst } from '../../flows/sign-in/first-factor-at-pages.js'
import { beginPasskeySignIn } from '../../flows/sign-in/passkey-sign-in.js'
import { signInWithPassword } from '../../flows/sign-in/sign-in.js'
import { readCookie } from '../../http/cookies.js'
import { pathOf } from '../../http/hosted.js'
import type { Hosting } from '../../http/hosted-refusals.js'
import { leaveForProvider } from '../../http/leave-for-provider.js'
import { queryOf } from '../../http/parameters.js'
import { withQuery } from '../../lib/url.js'
import { lookOf } from '../look/look-of.js'
import { fieldsOf, formAt, inSignIn, type PageRoute, type Step, showPage, type Visit } from '../step.js'
import { sessionPage } from '../views/session-page.js'
import { afterRefusedSignIn } from './after-refused-sign-in.js'
import { takeUsername } from './first-factor.js'
import { goOn } from './go-on.js'
import { journeyOf } from './journey.js'
import { orRecordedRefusal } from './or-refusal.js'
import { forgetPageData, toldByLastPage } from './page-data.js'
import { choices, showSignInPage } from './show-sign-in-page.js'

/**
 * `/login`: reached from authorize, or directly with the same parameters (docs/facts/oauth-and-federation.md §1.4, §10.2).
 */
export const login = (hosting: Hosting, upstream: UpstreamProviders): PageRoute<Step> => ({
  path: '/login',
  // As prose of AWS has it now and then (docs/facts/oauth-and-federation.md §1.3).
  aliases: ['/oauth2/login'],
  arrive,
  get: step => open(step, hosting, upstream),
  post(step) {
    const { idp_identifier: identifier, passkey, resume } = fieldsOf(step)
    if (resume !== undefined) return goOnAsBefore(step, hosting)
    if (identifier !== undefined) return findProvider(step, identifier)
    if (passkey !== undefined) return askForPasskey(step)
    return usernameFirst(step) ? takeName(step) : takePassword(step)
  },
})

/** A page that tells of a provider that is not there does not ask for it again (fact N1). */
async function arrive(visit: Visit): Promise<Step> {
  const { service, hosted, request } = visit
  const { errorMessage, identity_provider, idp_identifier, ...parameters } = queryOf(request)
  if (errorMessage === undefined) return inSignIn(visit)
  const asked = await authorizationRequest(service, hosted.pool, parameters)
  return { ...visit, asked, look: await lookOf(service, hosted, asked.client) }
}

/** Whether the page asks for the user name alone: at managed login, where users choose how they sign in. */
const usernameFirst = ({ look, asked }: Step): boolean =>
  look.face === 'managed' && asksUsernameFirst(asked.client)

/** Shows the page, or goes on at once where there is nothing to choose. */
async function open(step: Step, hosting: Hosting, upstream: UpstreamProviders): Promise<FastifyReply> {
  const { service, hosted, request, reply, asked } = step
  const session = await findSession(service, hosted.pool, readCookie(request, hosted, 'cognito'))
  if (session !== undefined && whyNotResumed(service, session, asked) === undefined) {
    if ((await levelLacking(service, session, asked)) === undefined) return offerSession(step, session)
    // The user is known, and only proves more (fact N55).
    const missing = await askForMissing(service, session, asked)
    if (missing !== undefined) return goOn(step, missing)
  }
  const { local, providers } = await choices(service, asked)
  const [only, ...others] = providers
  if (local || only === undefined || others.length > 0) return showForm(step, hosting)
  return leaveForProvider({ hosting, upstream, hosted, request, reply, asked }, only)
}

async function showForm(step: Step, hosting: Hosting): Promise<FastifyReply> {
  const { hosted, request, asked, words } = step
  const { username, done } = toldByLastPage(step)
  if (done !== undefined) forgetPageData(step)
  const notices = {
    resent: undefined,
    password: words.resetPassword.done,
    confirmed: words.confirm.confirmed,
  }
  // The words of a query are not ours: only Cognito's own are shown.
  const isRefused = queryOf(request).errorMessage === loginOption
  const flightId = isRefused ? readCookie(request, hosted, 'rockpool-flight') : undefined
  const why = flightId === undefined ? undefined : await hosting.explanationOf(flightId, 'invalid_request')
  return showSignInPage(step, {
    username: asked.loginHint ?? (done === undefined ? undefined : username),
    notice: done && notices[done],
    ...(isRefused ? { error: loginOption, why, errorIn: 'page' as const } : {}),
  })
}

/**
 * Classic pages offer to go on as the user who is signed in; managed login does so at once
 * (docs/facts/hosted-pages.md §4.2).
 */
async function offerSession(step: Step, session: HostedSession): Promise<FastifyReply> {
  const { service, hosted, asked, look, words } = step
  if (look.face === 'managed') return resumeWith(step, session)
  const user = await userBySub(service, hosted.pool, session.sub)
  const view = {
    ...formAt(step, '/login'),
    username: user?.record.username ?? '',
    otherwise: withQuery(`${pathOf(hosted)}/login`, { ...asked.parameters, prompt: 'login' }),
  }
  return showPage(step, sessionPage(view, words))
}

async function resumeWith({ server, reply, asked }: Step, session: HostedSession): Promise<FastifyReply> {
  return reply.redirect(await answeringTo(asked.callback, () => server.grant(asked, session)), 302)
}

/** Goes on as the user who is signed in, unless that has ended meanwhile. */
async function goOnAsBefore(step: Step, hosting: Hosting): Promise<FastifyReply> {
  const { service, hosted, request, asked } = step
  const session = await findSession(service, hosted.pool, readCookie(request, hosted, 'cognito'))
  return session !== undefined &&
    whyNotResumed(service, session, asked) === undefined &&
    (await levelLacking(service, session, asked)) === undefined
    ? resumeWith(step, session)
    : showForm(step, hosting)
}

async function takePassword(step: Step): Promise<FastifyReply> {
  const { service, hosted, asked } = step
  const { username = '', password = '' } = fieldsOf(step)
  const journey = await journeyOf(step)
  const outcome = await orRecordedRefusal(service, () =>
    signInWithPassword(
      service,
      { pool: hosted.pool, client: asked.client, journey },
      { username, password },
      {},
    ),
  )
  if (!(outcome instanceof Refusal)) return goOn(step, outcome)
  const { told: error, explanation: why } = outcome
  return (await afterRefusedSignIn(step, username, outcome)) ?? showSignInPage(step, { username, error, why })
}

async function takeName(step: Step): Promise<FastifyReply> {
  const username = fieldsOf(step).username?.trim() ?? ''
  const outcome = await takeUsername(step, username)
  if (!(outcome instanceof Refusal)) return outcome
  const { told: error, explanation: why } = outcome
  return (await afterRefusedSignIn(step, username, outcome)) ?? showSignInPage(step, { username, error, why })
}

/** Goes on to the page that asks for the user's passkey. */
async function askForPasskey(step: Step): Promise<FastifyReply> {
  const { service, asked } = step
  const username = fieldsOf(step).username?.trim() ?? ''
  const { pool, client } = asked
  const journey = await journeyOf(step)
  const begun = await orRecordedRefusal(service, async () => {
    ensure(username !== '', usernameMissing)
    return beginPasskeySignIn(service, { pool, client, journey }, username)
  })
  return begun instanceof Refusal
    ? showSignInPage(step, { error: begun.told, why: begun.explanation })
    : goOn(step, begun)
}

/**
 * Sends the browser to the provider whose identifier the user entered; an e-mail address stands for its domain
 * (docs/facts/oauth-and-federation.md §9.6). An identifier that no provider has is refused on the page.
 */
async function findProvider(step: Step, entered: string): Promise<FastifyReply> {
  const { service, hosted, reply, asked } = step
  const { identity_provider: _, ...kept } = asked.parameters
  const domain = entered.slice(entered.lastIndexOf('@') + 1).trim()
  const { providers } = await choices(service, asked)
  // People write domains as they like; identifiers are compared as they are (fact S51).
  const identifier = providers
    .flatMap(({ identifiers }) => identifiers)
    .find(known => known.toLowerCase() === domain.toLowerCase())
  const parameters: Parameters = { ...kept, idp_identifier: identifier ?? domain }
  const outcome = await orRecordedRefusal(service, () =>
    authorizationRequest(service, asked.pool, parameters),
  )
  return outcome instanceof Refusal
    ? showSignInPage(step, {
        identifier: entered,
        error: outcome.told,
        why: outcome.explanation,
        errorIn: 'identifier',
      })
    : reply.redirect(withQuery(`${pathOf(hosted)}/oauth2/authorize`, parameters), 302)
}

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { ensure, Refusal } from '../core/refusal.js'
import { keyUri } from '../flows/account/software-token.js'
import { masked } from '../flows/account/verification-codes.js'
import {
  type AuthorizationRequest,
  authorizationRequest,
} from '../flows/authorization/authorization-request.js'
import type { AuthorizationServer } from '../flows/authorization/ports.js'
import type { Service } from '../flows/service.js'
import { sessionFor, sessionUnknown } from '../flows/sign-in/challenge-session.js'
import { askedAgain } from '../flows/sign-in/challenges/again.js'
import type { Asked } from '../flows/sign-in/challenges/challenge.js'
import { secretOf } from '../flows/sign-in/challenges/mfa-setup.js'
import { answerFromPage } from '../flows/sign-in/challenges/page-answers.js'
import { readCookie } from '../http/cookies.js'
import { csrfToken, ensureOwnForm } from '../http/csrf.js'
import { type Hosted, hostedRoute, pathOf } from '../http/hosted.js'
import type { Hosting } from '../http/hosted-refusals.js'
import { formOf, queryOf } from '../http/parameters.js'
import { withQuery } from '../lib/url.js'
import { goOn } from './go-on.js'
import { type MfaAsked, mfaPage } from './mfa-page.js'
import { orRecordedRefusal, orRefusal } from './or-refusal.js'
import { showSignInPage } from './show-sign-in-page.js'
import { stylesheetUrl } from './stylesheet.js'

/** `/mfa`: the second factor of a sign-in (Cognito does not document the page's address). */
export function mfa(
  app: FastifyInstance,
  hosting: Hosting,
  { server }: { server: AuthorizationServer },
): void {
  const { service } = hosting

  // Who has no challenge, or one that is over, begins anew.
  hostedRoute(app, hosting, {
    method: 'GET',
    path: '/mfa',
    caller: 'browser',
    async handler(hosted, request, reply) {
      const asked = await authorizationRequest(service, hosted.pool, queryOf(request))
      const session = readCookie(request, hosted, 'challenge')
      const page = session && (await orRefusal(() => show(service, hosted, request, reply, asked, session)))
      if (page && !(page instanceof Refusal)) return page
      return reply.redirect(withQuery(`${pathOf(hosted)}/login`, asked.parameters), 302)
    },
  })

  hostedRoute(app, hosting, {
    method: 'POST',
    path: '/mfa',
    caller: 'browser',
    async handler(hosted, request, reply) {
      const asked = await authorizationRequest(service, hosted.pool, queryOf(request))
      ensureOwnForm(request)
      const { challenge: session = '', code, factor, email, again } = formOf(request)
      const answer = { session, code, factor, email, again: again !== undefined }
      const outcome = await orRecordedRefusal(service, () =>
        answerFromPage(service, hosted.pool, asked.client, answer),
      )
      if (!(outcome instanceof Refusal)) return goOn(service, server, hosted, request, reply, asked, outcome)
      const error = outcome.told
      const page = await orRefusal(() => show(service, hosted, request, reply, asked, session, error))
      return page instanceof Refusal
        ? showSignInPage(service, hosted, request, reply, asked, { error })
        : page
    },
  })
}

/** Shows what the session asks, after a mistake or a reload too. */
async function show(
  service: Service,
  hosted: Hosted,
  request: FastifyRequest,
  reply: FastifyReply,
  asked: AuthorizationRequest,
  session: string,
  error?: string,
): Promise<FastifyReply> {
  const { pool, client, parameters } = asked
  const again = await askedAgain(service, pool, client, session)
  const page = mfaPage({
    poolName: pool.name,
    clientName: client.name,
    stylesheet: stylesheetUrl,
    action: withQuery(`${pathOf(hosted)}/mfa`, parameters),
    csrf: csrfToken(service, hosted, request, reply),
    challenge: session,
    signIn: withQuery(`${pathOf(hosted)}/login`, parameters),
    error,
    asks: await whatIsAsked(service, asked, again),
  })
  return reply.type('text/html; charset=utf-8').send(page)
}

async function whatIsAsked(
  service: Service,
  { pool, client }: AuthorizationRequest,
  { session, whose: { username }, challenge }: Asked,
): Promise<MfaAsked> {
  switch (challenge.name) {
    case 'SMS_MFA':
    case 'EMAIL_OTP': {
      const { delivery } = challenge
      const outbox = withQuery(`${service.base}/_rockpool/messages`, { username })
      return { kind: 'code', medium: delivery.medium, destination: masked(delivery), outbox }
    }
    case 'SOFTWARE_TOKEN_MFA':
      return { kind: 'app', deviceName: challenge.friendlyDeviceName }
    case 'SELECT_MFA_TYPE':
      return { kind: 'choice', factors: challenge.choices }
    case 'MFA_SETUP': {
      const email = challenge.choices.includes('EMAIL_OTP')
      if (!challenge.choices.includes('SOFTWARE_TOKEN_MFA')) return { kind: 'set-up', email }
      const secret = await secretOf(service, await sessionFor(service, pool, client, session, 'MFA_SETUP'))
      const picture = await qrCode(await keyUri(pool, username, secret))
      return { kind: 'set-up', email, app: { picture, secret } }
    }
    default:
      // Another page's, or none's.
      ensure(false, sessionUnknown)
  }
}

/** A text as a picture, in a URL of its own. */
async function qrCode(text: string): Promise<string> {
  const { renderSVG } = await import('uqr')
  return `data:image/svg+xml,${encodeURIComponent(renderSVG(text))}`
}

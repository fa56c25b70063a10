import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { ensure, Refusal } from '../core/refusal.js'
import {
  type AuthorizationRequest,
  authorizationRequest,
  type Parameters,
} from '../flows/authorization/authorization-request.js'
import type { AuthorizationServer } from '../flows/authorization/ports.js'
import type { Service } from '../flows/service.js'
import { sessionFor, sessionUnknown } from '../flows/sign-in/challenge-session.js'
import { askedAgain } from '../flows/sign-in/challenges/again.js'
import type { Asked, NewPasswordRequired, SignIn } from '../flows/sign-in/challenges/challenge.js'
import { answerNewPassword } from '../flows/sign-in/challenges/new-password.js'
import { passwordsDiffer } from '../flows/sign-in/sign-in-refusals.js'
import { readCookie } from '../http/cookies.js'
import { ensureOwnForm } from '../http/csrf.js'
import { type Hosted, hostedRoute, pathOf } from '../http/hosted.js'
import type { Hosting } from '../http/hosted-refusals.js'
import { formOf, queryOf } from '../http/parameters.js'
import { withQuery } from '../lib/url.js'
import { goOn } from './go-on.js'
import { orRecordedRefusal, orRefusal } from './or-refusal.js'
import { showNewPasswordPage } from './show-new-password-page.js'
import { showSignInPage } from './show-sign-in-page.js'

/** `/changePassword`: replaces a temporary password (§10.2; Cognito does not document the page's address). */
export function changePassword(
  app: FastifyInstance,
  hosting: Hosting,
  { server }: { server: AuthorizationServer },
): void {
  const { service } = hosting

  // Who has no challenge, or one that is over, begins anew.
  hostedRoute(app, hosting, {
    method: 'GET',
    path: '/changePassword',
    caller: 'browser',
    async handler(hosted, request, reply) {
      const asked = await authorizationRequest(service, hosted.pool, queryOf(request))
      const challenge = await waitingChallenge(service, hosted, request, asked)
      return challenge === undefined
        ? reply.redirect(withQuery(`${pathOf(hosted)}/login`, asked.parameters), 302)
        : showNewPasswordPage(service, hosted, request, reply, asked, challenge)
    },
  })

  hostedRoute(app, hosting, {
    method: 'POST',
    path: '/changePassword',
    caller: 'browser',
    async handler(hosted, request, reply) {
      const asked = await authorizationRequest(service, hosted.pool, queryOf(request))
      ensureOwnForm(request)
      const form = formOf(request)
      const outcome = await attempt(service, asked, form)
      if (outcome instanceof Refusal) return explain(service, hosted, request, reply, asked, form, outcome)
      return goOn(service, server, hosted, request, reply, asked, outcome)
    },
  })
}

/** The challenge that this browser was given, while it lasts. */
async function waitingChallenge(
  service: Service,
  hosted: Hosted,
  request: FastifyRequest,
  { client }: AuthorizationRequest,
): Promise<NewPasswordAsked | undefined> {
  const session = readCookie(request, hosted, 'challenge')
  if (session === undefined) return undefined
  const asked = await orRefusal(() => newPasswordAsked(service, hosted, client, session))
  return asked instanceof Refusal ? undefined : asked
}

/** That a new password is asked for, and of whom. */
export type NewPasswordAsked = Asked & { readonly challenge: NewPasswordRequired }

async function newPasswordAsked(
  service: Service,
  { pool }: Hosted,
  client: AuthorizationRequest['client'],
  session: string,
): Promise<NewPasswordAsked> {
  const { challenge, ...asked } = await askedAgain(service, pool, client, session)
  ensure(challenge.name === 'NEW_PASSWORD_REQUIRED', sessionUnknown)
  return { ...asked, challenge }
}

const attempt = (
  service: Service,
  { pool, client }: AuthorizationRequest,
  form: Parameters,
): Promise<SignIn | Refusal> =>
  orRecordedRefusal(service, async () => {
    const { challenge = '', new_password: password = '', confirm_password: repeated = '' } = form
    ensure(password === repeated, passwordsDiffer)
    const session = await sessionFor(service, pool, client, challenge, 'NEW_PASSWORD_REQUIRED')
    const { journey } = session.record
    const answer = { password, attributes: toldAttributes(form) }
    return answerNewPassword(service, { pool, client, journey }, session, answer)
  })

const prefix = 'requiredAttributes.'

const toldAttributes = (form: Parameters): Record<string, string> =>
  Object.fromEntries(
    Object.entries(form)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, value = '']) => [name.slice(prefix.length), value]),
  )

/** Shows the page again with the mistake, or the sign-in page when the challenge is over. */
async function explain(
  service: Service,
  hosted: Hosted,
  request: FastifyRequest,
  reply: FastifyReply,
  asked: AuthorizationRequest,
  form: Parameters,
  refusal: Refusal,
): Promise<FastifyReply> {
  const session = form.challenge ?? ''
  const challenge = await orRefusal(() => newPasswordAsked(service, hosted, asked.client, session))
  if (challenge instanceof Refusal)
    return showSignInPage(service, hosted, request, reply, asked, { error: challenge.told })
  const tried = refusal.code === 'InvalidPasswordException' ? form.new_password : undefined
  return showNewPasswordPage(service, hosted, request, reply, asked, challenge, {
    mistakes: [{ text: refusal.told, field: fieldOf(refusal) }],
    tried,
    told: toldAttributes(form),
  })
}

const fieldOf = ({ code, told }: Refusal): string | undefined => {
  if (code === 'InvalidPasswordException') return 'new_password'
  return told === passwordsDiffer().told ? 'confirm_password' : undefined
}

import type { FastifyReply, FastifyRequest } from 'fastify'
import { passwordPolicyOf } from '../core/password.js'
import type { AuthorizationRequest } from '../flows/authorization/authorization-request.js'
import type { Service } from '../flows/service.js'
import { csrfToken } from '../http/csrf.js'
import { type Hosted, pathOf } from '../http/hosted.js'
import { withQuery } from '../lib/url.js'
import type { NewPasswordAsked } from './change-password.js'
import { type Mistake, newPasswordPage, passwordRules } from './new-password-page.js'
import { stylesheetUrl } from './stylesheet.js'

/** Shows the page: what the policy wants, what is missing, and what went wrong before. */
export function showNewPasswordPage(
  service: Service,
  hosted: Hosted,
  request: FastifyRequest,
  reply: FastifyReply,
  asked: AuthorizationRequest,
  { session, whose: { username }, challenge: { missingAttributes } }: NewPasswordAsked,
  before: {
    mistakes?: readonly Mistake[]
    tried?: string | undefined
    told?: Readonly<Record<string, string>>
  } = {},
): FastifyReply {
  const page = newPasswordPage({
    poolName: hosted.pool.name,
    clientName: asked.client.name,
    stylesheet: stylesheetUrl,
    action: withQuery(`${pathOf(hosted)}/changePassword`, asked.parameters),
    csrf: csrfToken(service, hosted, request, reply),
    challenge: session,
    username,
    rules: passwordRules(passwordPolicyOf(hosted.pool), before.tried),
    missingAttributes: missingAttributes.map(name => ({ name, value: before.told?.[name] })),
    mistakes: before.mistakes ?? [],
  })
  return reply.type('text/html; charset=utf-8').send(page)
}

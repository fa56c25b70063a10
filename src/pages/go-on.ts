import type { FastifyReply, FastifyRequest } from 'fastify'
import { challengeLifetime } from '../core/app-client.js'
import type { AuthorizationRequest } from '../flows/authorization/authorization-request.js'
import type { AuthorizationServer } from '../flows/authorization/ports.js'
import type { Service } from '../flows/service.js'
import type { Challenge, SignIn } from '../flows/sign-in/challenges/challenge.js'
import { clearCookie, readCookie, setCookie } from '../http/cookies.js'
import { type Hosted, pathOf } from '../http/hosted.js'
import { withQuery } from '../lib/url.js'
import { enter } from './enter.js'

/** Lets a user in whose sign-in is done, or sends the browser to the page of what is asked next. */
export async function goOn(
  service: Service,
  server: AuthorizationServer,
  hosted: Hosted,
  request: FastifyRequest,
  reply: FastifyReply,
  asked: AuthorizationRequest,
  outcome: SignIn,
): Promise<FastifyReply> {
  if (outcome.done) {
    if (readCookie(request, hosted, 'challenge') !== undefined) clearCookie(reply, hosted, 'challenge')
    return enter(service, server, hosted, request, reply, asked, outcome.sub)
  }
  // A page of its own, so that it can be reloaded, left and come back to.
  const page = pageOf(outcome.challenge)
  setCookie(reply, hosted, 'challenge', outcome.session, challengeLifetime(asked.client) / 1000)
  return reply.redirect(withQuery(`${pathOf(hosted)}${page}`, asked.parameters), 302)
}

function pageOf({ name }: Challenge): string {
  if (name === 'NEW_PASSWORD_REQUIRED') return '/changePassword'
  return name === 'WEB_AUTHN' ? '/passkeys/use' : '/mfa'
}

import type { FastifyReply, FastifyRequest } from 'fastify'
import { localProvider } from '../core/app-client.js'
import type { AuthorizationRequest } from '../flows/authorization/authorization-request.js'
import { answeringTo } from '../flows/authorization/callback.js'
import { beginSession, sessionLifetime } from '../flows/authorization/hosted-session.js'
import type { AuthorizationServer } from '../flows/authorization/ports.js'
import type { Service } from '../flows/service.js'
import { readCookie, setCookie } from '../http/cookies.js'
import type { Hosted } from '../http/hosted.js'

/** Lets in whom the pool itself has vouched for: a new session, and the answer the app waits for. */
export async function enter(
  service: Service,
  server: AuthorizationServer,
  hosted: Hosted,
  request: FastifyRequest,
  reply: FastifyReply,
  asked: AuthorizationRequest,
  sub: string,
): Promise<FastifyReply> {
  const former = readCookie(request, hosted, 'cognito')
  const { id, session } = await beginSession(service, hosted.pool, { sub, provider: localProvider }, former)
  setCookie(reply, hosted, 'cognito', id, sessionLifetime)
  return reply.redirect(await answeringTo(asked.callback, () => server.grant(asked, session)), 302)
}

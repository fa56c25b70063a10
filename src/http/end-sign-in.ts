import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Level, Method } from '../core/assurance.js'
import type { Remembered } from '../core/pending-sign-in.js'
import type { AuthorizationRequest } from '../flows/authorization/authorization-request.js'
import { answeringTo } from '../flows/authorization/callback.js'
import { beginSession } from '../flows/authorization/hosted-session.js'
import type { AuthorizationServer } from '../flows/authorization/ports.js'
import type { Service } from '../flows/service.js'
import { readCookie, setCookie } from './cookies.js'
import type { Hosted } from './hosted.js'
import { senderOf } from './sender.js'

/** A browser in the middle of a sign-in, and the app's request that the sign-in is to answer. */
export interface SignInUnderWay {
  readonly service: Service
  readonly server: AuthorizationServer
  readonly hosted: Hosted
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  /** What the app asks for, checked. */
  readonly asked: AuthorizationRequest
}

/** A user whose identity is proven, and by whom. */
export interface Proven {
  readonly sub: string
  /** `COGNITO`, or the name of the provider that vouched for the user. */
  readonly provider: string
  /** The methods by which the user proved who they are. */
  readonly methods: readonly Method[]
  /** The level that another provider vouches for. */
  readonly level?: Level
  /** What it takes to sign the user out at the provider. */
  readonly atProvider?: Remembered
  /** For the ID token, where the app's request has no nonce. */
  readonly nonce?: string
}

/**
 * Ends every sign-in of a browser, however the user proved their identity: begins a new hosted session in the place
 * of a former one, gives the browser its cookie, and sends it to the app with what the app asked for. From here on
 * refusals go to the app's callback.
 */
export async function endSignIn(
  { service, server, hosted, request, reply, asked }: SignInUnderWay,
  { nonce, ...proven }: Proven,
): Promise<FastifyReply> {
  const former = readCookie(request, hosted, 'cognito')
  const begun = { ...proven, clientId: asked.client.id, sender: senderOf(request) }
  const { id, session, lifetime } = await beginSession(service, hosted.pool, begun, former)
  setCookie(reply, hosted, 'cognito', id, lifetime)
  return reply.redirect(await answeringTo(asked.callback, () => server.grant(asked, session, nonce)), 302)
}

import type { FastifyInstance, FastifyRequest } from 'fastify'
import { sameSecret } from '../lib/secrets.js'

import { wantsPage } from './asks-for-page.js'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Of a route below `/_rockpool` that is for every machine, and for our own calls to providers, as pools are. */
    readonly isPublic?: true
  }
}

/** For whom the control API is, and the other routes below `/_rockpool` that are not public. */
export interface ControlAccess {
  /** `local`: this machine, and others with the token; `token`: every caller needs the token; `off`: no caller gets in. */
  readonly control: ControlMode
  /** What `Authorization: Bearer …` has to bring; without one, no token is right. */
  readonly token?: string | undefined
  /** Whether an address is one of this machine. */
  readonly isThisMachine: (address: string) => boolean
}

export const controlModes = ['local', 'token', 'off'] as const
export type ControlMode = (typeof controlModes)[number]

/** Whether a route is guarded: everything below `/_rockpool` unless it says otherwise. */
export const isControl = ({ url = '', config }: FastifyRequest['routeOptions']): boolean =>
  url.startsWith('/_rockpool') && !config.tellsNothing && !config.isPublic

/**
 * Keeps other machines, other containers among them, from what is Rockpool's own: snapshots with secrets, mail with codes,
 * `/reset`. To be registered directly on the root, before the routes.
 */
export function guardControl(app: FastifyInstance, access: ControlAccess): void {
  app.addHook('onRequest', (request, reply, done) => {
    const objection = isControl(request.routeOptions) ? objectionTo(request, access) : undefined
    if (objection === undefined) {
      done()
      return
    }
    const { status, message } = objection
    if (status === 401) reply.header('www-authenticate', 'Bearer realm="rockpool"')
    // A person reads a page, which says the same.
    if (wantsPage(request.headers.accept)) done(Object.assign(new Error(message), { statusCode: status }))
    else reply.code(status).header('cache-control', 'no-store').send({ error: codes[status], message })
  })
}

const codes = { 401: 'unauthorized', 403: 'forbidden' } as const

function objectionTo(
  request: FastifyRequest,
  { control, token, isThisMachine }: ControlAccess,
): { readonly status: 401 | 403; readonly message: string } | undefined {
  if (control === 'off')
    return {
      status: 403,
      message: 'The control API is switched off. Start Rockpool without --control off to have it.',
    }
  const shown = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1]
  if (shown !== undefined && token !== undefined && sameSecret(shown, token)) return undefined
  if (control === 'token')
    return {
      status: 401,
      message:
        'The control API wants the header Authorization: Bearer TOKEN, with the token that Rockpool was started with (--control-token).',
    }
  const stranger = addressesOf(request).find(address => !isThisMachine(address))
  if (stranger === undefined) return undefined
  const remedy =
    token === undefined
      ? 'Start Rockpool with --control-token (ROCKPOOL_CONTROL_TOKEN), and send Authorization: Bearer and that token.'
      : 'Send Authorization: Bearer and the token that Rockpool was started with (--control-token).'
  return {
    status: token === undefined ? 403 : 401,
    message: `The control API is for the machine that Rockpool runs on, and this came from ${stranger || 'an address that is gone'}. ${remedy}`,
  }
}

/** Every address that a request came by: the connection's, and behind a trusted proxy those that it tells. */
const addressesOf = ({ ips, ip, socket }: FastifyRequest): readonly string[] => [
  socket.remoteAddress ?? '',
  ...(ips ?? [ip ?? '']),
]

import type { FastifyRequest } from 'fastify'
import type { Sender } from '../core/user-session.js'

/** The sender of a request of HTTP. */
export const senderOf = ({ ip, headers }: FastifyRequest): Sender => ({
  address: ip,
  userAgent: headers['user-agent'],
})

import type { FastifyRequest } from 'fastify'
import type { Sender } from '../core/user-session.js'

/** Who sent a request: what the lists of sessions show of it. */
export const senderOf = ({ ip, headers }: FastifyRequest): Sender => ({
  address: ip,
  userAgent: headers['user-agent'],
})

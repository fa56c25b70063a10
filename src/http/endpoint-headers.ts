import type { FastifyReply } from 'fastify'
import type { Chance } from '../core/ports/chance.js'

/**
 * The headers of the endpoints that apps call: pages of any origin may read them, no cache may keep them
 * (docs/facts/oauth-and-federation.md §1.6). All of Cognito's but `Strict-Transport-Security`: it would keep browsers
 * from every plain-HTTP server on this machine for a year.
 */
export const endpointHeaders = (reply: FastifyReply, chance: Chance): FastifyReply =>
  reply.headers({
    'access-control-allow-origin': '*',
    'x-amz-cognito-request-id': chance.uuid(),
    'x-content-type-options': 'nosniff',
    'x-xss-protection': '1; mode=block',
    'cache-control': 'no-cache, no-store, max-age=0, must-revalidate',
    pragma: 'no-cache',
    expires: '0',
    'x-frame-options': 'DENY',
    server: 'Server',
    'content-type': 'application/json;charset=UTF-8',
  })

/** What a browser asks before it lets a script of another origin call an endpoint (fact O61). */
export const preflightHeaders = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'GET, POST, OPTIONS',
  'access-control-allow-headers': 'authorization, content-type, x-amz-user-agent, x-requested-with',
  'access-control-max-age': '86400',
}

import type { FastifyRequest } from 'fastify'
import type { Parameters } from '../flows/authorization/authorization-request.js'

/** The query of a request. Of a parameter that comes more than once, the first counts. */
export const queryOf = (request: FastifyRequest): Parameters => single(request.query)

/** The form that was posted, in the same way; empty when the body is none. */
export const formOf = (request: FastifyRequest): Parameters =>
  typeof request.body === 'object' && request.body !== null ? single(request.body) : {}

/** Whether the Content-Type of a request says that its body is a form. */
export const isForm = ({ headers }: FastifyRequest): boolean =>
  /^application\/x-www-form-urlencoded\s*(;|$)/i.test(headers['content-type'] ?? '')

function single(values: unknown): Parameters {
  const parameters: Record<string, string> = {}
  for (const [name, value] of Object.entries(values as Record<string, unknown>)) {
    const first: unknown = Array.isArray(value) ? value[0] : value
    if (typeof first === 'string' && first !== '') parameters[name] = first
  }
  return parameters
}

import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Refusal, refusal } from '../core/refusal.js'
import type { Service } from '../flows/service.js'
import type { HostedAnswer, HostedMethod } from './hosted-answers.js'

/** A method of HTTP that a path may have. */
export type Method = 'GET' | 'POST'

/** A path that knows some methods and refuses the others. */
export interface KnownMethods {
  readonly path: string
  readonly allowed: readonly Method[]
  /** What to send instead, in a sentence. */
  readonly remedy: string
}

/** Notes the refusal of a method in the log, with what to send instead. Cognito's own answer is `invalid_request` at most. */
export function refuseMethod(
  { recorder }: Pick<Service, 'recorder'>,
  known: KnownMethods,
  { method }: FastifyRequest,
  reply: FastifyReply,
): Refusal {
  const refused = methodUnknown(method, known)
  recorder.refused(refused)
  reply.header('allow', known.allowed.join(', '))
  return refused
}

const methodUnknown = refusal(
  'invalid_request',
  (method: string, { path, allowed, remedy }: KnownMethods) => ({
    because: `${path} does not know ${method}, but ${allowed.join(' and ')}.`,
    remedy,
  }),
)

/** The methods that a path does not have, but for OPTIONS. */
export const otherMethods = (allowed: readonly Method[]): readonly HostedMethod[] => {
  const known: readonly HostedMethod[] = allowed
  return answered.filter(method => !known.includes(method))
}

const answered = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

/**
 * Answers the methods that a path of a user pool domain does not have, in each form of the domain's address: 405, with
 * those it has. Browsers get a page, programs JSON (`answerFailures`).
 */
export function refuseOtherMethods(service: Service, known: KnownMethods): HostedAnswer {
  const { path, allowed } = known
  const refuse: HostedAnswer['named'] = (request, reply) => {
    const { explanation } = refuseMethod(service, known, request, reply)
    throw Object.assign(new Error(explanation.because), { statusCode: 405, explanation })
  }
  return { methods: otherMethods(allowed), path, named: refuse, unnamed: refuse }
}

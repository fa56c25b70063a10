import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

/**
 * Answers the methods that a path of a user pool domain does not have, in each form of the domain's address: 405, with
 * those it has. Browsers get a page, programs JSON (`answerFailures`).
 */
export function refuseOtherMethods(
  app: FastifyInstance,
  path: string,
  allowed: readonly ('GET' | 'POST')[],
): void {
  const known: readonly string[] = allowed
  const others = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].filter(method => !known.includes(method))
  const handler = ({ method }: FastifyRequest, reply: FastifyReply): never => {
    reply.header('allow', allowed.join(', '))
    throw Object.assign(new Error(`${path} does not know ${method}, but ${allowed.join(' and ')}.`), {
      statusCode: 405,
    })
  }
  for (const url of [path, `/:domain${path}`]) app.route({ method: others, url, handler })
}

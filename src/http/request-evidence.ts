import type { FastifyRequest } from 'fastify'
import type { Evidence, ToldContext } from '../core/evidence.js'
import type { Chance } from '../core/ports/chance.js'
import { senderOf } from './sender.js'

const told = new WeakMap<FastifyRequest, ToldContext>()
const ids = new WeakMap<FastifyRequest, string>()

/** Notes what the app says of its user's device: it is evidence from then on. */
export const tellContext = (request: FastifyRequest, context: ToldContext): void =>
  void told.set(request, context)

/** The id that the answer has for a request. */
export function requestIdOf(request: FastifyRequest, chance: Pick<Chance, 'uuid'>): string {
  const id = ids.get(request) ?? chance.uuid()
  ids.set(request, id)
  return id
}

/** What is known of the person behind a request. */
export const evidenceOf = (
  request: FastifyRequest | undefined,
  chance: Pick<Chance, 'uuid'>,
): Evidence | undefined =>
  request && { ...senderOf(request), requestId: requestIdOf(request, chance), told: told.get(request) }

import { messages } from '../core/collections.js'
import type { Delivery, Medium, Message } from '../core/message.js'
import type { Ports } from '../core/ports/ports.js'
import { insert, keyOf } from '../core/ports/store.js'
import type { User, UserAttributes } from '../core/user.js'
import type { UserPool } from '../core/user-pool.js'
import { type Enclosure, letterTo } from './letters.js'

/** Keeps messages of the same millisecond in order. */
let written = 0

/** Milliseconds that a message is kept: a day. */
const kept = 86_400_000

/**
 * Writes a letter to a user and puts it into the outbox.
 * @param media the media to try, the preferred one first
 * @returns where the letter went; null if the user has no address for any medium
 */
export async function post(
  { store, clock, chance }: Pick<Ports, 'store' | 'clock' | 'chance'>,
  pool: UserPool,
  user: User,
  media: readonly Medium[],
  enclosure: Enclosure,
): Promise<Delivery | null> {
  const delivery = deliveryOf(user, media)
  if (delivery === null) return null
  const message: Message = {
    id: chance.uuid(),
    poolId: pool.id,
    sub: user.sub,
    username: user.username,
    medium: delivery.medium,
    to: delivery.to,
    purpose: enclosure.purpose,
    ...letterTo(pool, user, delivery.medium, enclosure),
    secret: enclosure.secret,
    at: clock.now(),
  }
  written += 1
  const key = keyOf(new Date(message.at).toISOString(), String(written).padStart(12, '0'), message.id)
  await store.commit(insert(messages, key, message, { expiresAt: message.at + kept }))
  return delivery
}

/** The first of the media that the user has an address for; a user with only the other one is reached by that. */
function deliveryOf({ attributes }: Pick<User, 'attributes'>, media: readonly Medium[]): Delivery | null {
  const all: readonly Medium[] = [...media, 'EMAIL', 'SMS']
  for (const medium of all) {
    const delivery = deliveryBy(medium, attributes)
    if (delivery !== null) return delivery
  }
  return null
}

/** How a user is reached by one medium; null if the user has no address for it. */
export function deliveryBy(medium: Medium, attributes: UserAttributes): Delivery | null {
  const attribute = medium === 'EMAIL' ? 'email' : 'phone_number'
  const to = attributes[attribute]
  return to ? { medium, to, attribute } : null
}

import type { Ports } from '../core/ports/ports.js'
import { type Collection, insert, keyOf } from '../core/ports/store.js'
import type { User, UserAttributes } from '../core/user.js'
import type { UserPool } from '../core/user-pool.js'

/** What a message is for. */
export type Purpose = 'invitation' | 'sign-up' | 'sign-in' | 'password reset' | 'attribute verification'

/** A mail or text message that would have been sent. Key: the time it was written, a number, and its id. */
export interface Message {
  readonly id: string
  readonly poolId: string
  /** The user's `sub`. */
  readonly sub: string
  readonly username: string
  readonly medium: 'EMAIL' | 'SMS'
  readonly to: string
  readonly purpose: Purpose
  readonly subject?: string
  readonly body: string
  /** What the body carries for the user: a code, or a temporary password. */
  readonly secret: string
  /** Milliseconds since the epoch. */
  readonly at: number
}

/** Where messages go: nothing ever leaves the machine. */
export const messages: Collection<Message> = {
  name: 'messages',
  indexes: {
    user: ({ poolId, sub }) => [keyOf(poolId, sub)],
    username: ({ username }) => [username],
  },
}

/** Keeps messages of the same millisecond in order. */
let written = 0

/** Messages are kept for a day. */
const kept = 86_400_000

/** Puts a message into the outbox, by whatever way the user can be reached; null when there is none. */
export async function post(
  { store, clock, chance }: Pick<Ports, 'store' | 'clock' | 'chance'>,
  pool: UserPool,
  user: User,
  media: readonly Message['medium'][],
  letter: Pick<Message, 'purpose' | 'body' | 'secret'> & { readonly subject: string },
): Promise<Delivery | null> {
  const delivery = deliveryOf(user, media)
  if (delivery === null) return null
  const { subject, ...rest } = letter
  const message: Message = {
    id: chance.uuid(),
    poolId: pool.id,
    sub: user.sub,
    username: user.username,
    medium: delivery.medium,
    to: delivery.to,
    ...(delivery.medium === 'EMAIL' ? { subject } : {}),
    ...rest,
    at: clock.now(),
  }
  written += 1
  const key = keyOf(new Date(message.at).toISOString(), String(written).padStart(12, '0'), message.id)
  await store.commit(insert(messages, key, message, { expiresAt: message.at + kept }))
  return delivery
}

/** How a user is reached. */
export interface Delivery {
  readonly medium: Message['medium']
  readonly to: string
  readonly attribute: 'email' | 'phone_number'
}

/** The first of the media that the user has an address for; a user with only the other one is reached by that. */
function deliveryOf(
  { attributes }: Pick<User, 'attributes'>,
  media: readonly Message['medium'][],
): Delivery | null {
  const all: readonly Message['medium'][] = [...media, 'EMAIL', 'SMS']
  for (const medium of all) {
    const delivery = deliveryBy(medium, attributes)
    if (delivery !== null) return delivery
  }
  return null
}

/** How a user is reached by one medium; null: not at all. */
export function deliveryBy(medium: Message['medium'], attributes: UserAttributes): Delivery | null {
  const attribute = medium === 'EMAIL' ? 'email' : 'phone_number'
  const to = attributes[attribute]
  return to ? { medium, to, attribute } : null
}

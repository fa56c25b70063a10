import { messages } from '../core/collections.js'
import type { Delivery, Medium, Message, Purpose } from '../core/message.js'
import type { Ports } from '../core/ports/ports.js'
import { insert, keyOf } from '../core/ports/store.js'
import type { User, UserAttributes } from '../core/user.js'
import type { UserPool } from '../core/user-pool.js'
import type { Enclosure, Letter } from './letters.js'

/** Keeps messages of the same millisecond in order. */
let written = 0

/** Milliseconds that a message is kept: a day. */
const kept = 86_400_000

/** A letter that is ready, and what it carries. */
export interface Posting extends Pick<Enclosure, 'secret'> {
  readonly purpose: Purpose
  /** `from` goes before the pool's own sender. */
  readonly letter: Omit<Letter, 'username'> & { readonly from?: string }
}

/**
 * Puts a letter to a user into the outbox.
 * @returns where the letter went
 */
export async function post(
  { store, clock, chance }: Pick<Ports, 'store' | 'clock' | 'chance'>,
  pool: UserPool,
  user: User,
  delivery: Delivery,
  { purpose, secret, letter: { subject, body, madeBy, from } }: Posting,
): Promise<Delivery> {
  const message: Message = {
    id: chance.uuid(),
    poolId: pool.id,
    sub: user.sub,
    username: user.username,
    medium: delivery.medium,
    ...(delivery.medium === 'EMAIL' && { from: from ?? senderOf(pool) }),
    to: delivery.to,
    purpose,
    ...(subject === undefined ? {} : { subject }),
    body,
    madeBy,
    secret,
    at: clock.now(),
  }
  written += 1
  const key = keyOf(new Date(message.at).toISOString(), String(written).padStart(12, '0'), message.id)
  await store.commit(insert(messages, key, message, { expiresAt: message.at + kept }))
  return delivery
}

/** The sender of a pool's mails: `From` of its EmailConfiguration, else the address of its SES identity, else Cognito's own. */
function senderOf({ settings: { EmailConfiguration: mail } }: UserPool): string {
  const [, identity] = mail?.SourceArn?.split(':identity/') ?? []
  return mail?.From ?? (identity?.includes('@') ? identity : 'no-reply@verificationemail.com')
}

/** The first of the media that the user has an address for; a user with only the other one is reached by that. */
export function deliveryOf(
  { attributes }: Pick<User, 'attributes'>,
  media: readonly Medium[],
): Delivery | null {
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

import { verificationCodes } from '../../core/collections.js'
import type { Delivery, Medium, Purpose } from '../../core/message.js'
import { randomText } from '../../core/ports/chance.js'
import { keyOf, put, remove, type Write } from '../../core/ports/store.js'
import type { MessageOccasion } from '../../core/ports/triggers.js'
import { ensure, refusal } from '../../core/refusal.js'
import type { User } from '../../core/user.js'
import type { UserPool } from '../../core/user-pool.js'
import type { VerificationCode } from '../../core/verification-code.js'
import { fingerprint, sameSecret } from '../../lib/secrets.js'
import { type Asked, sendMessage } from '../messages.js'
import type { Service } from '../service.js'

/** Seconds that codes are valid (docs/facts/user-pools-api.md §4.5). */
const lifetimes: {
  readonly [purpose in Exclude<Purpose, 'invitation' | 'sign-in' | 'security notice'>]: number
} = {
  'sign-up': 86_400,
  'attribute verification': 86_400,
  'password reset': 3600,
}

const occasions = {
  'sign-up': 'SignUp',
  'attribute verification': 'VerifyUserAttribute',
  'password reset': 'ForgotPassword',
} as const

const keyFor = (pool: UserPool, { sub }: Pick<User, 'sub'>, purpose: Purpose): string =>
  keyOf(pool.id, sub, purpose.replace(' ', '-'))

/** Sends a code of six digits; null if the user has no address. */
export async function sendCode(
  service: Service,
  pool: UserPool,
  user: User,
  purpose: keyof typeof lifetimes,
  {
    media,
    value,
    link,
    occasion = occasions[purpose],
    asked,
  }: {
    readonly media: readonly Medium[]
    readonly value?: string
    /** Where a click does what the code does; undefined where the user has to type it. */
    readonly link?: (code: string) => string | undefined
    /** Where it is not that of the purpose. */
    readonly occasion?: MessageOccasion
    readonly asked?: Asked | undefined
  },
): Promise<Delivery | null> {
  const { chance, clock, store } = service
  const code = randomText(chance, 6, '0123456789')
  const url = link?.(code)
  const delivery = await sendMessage(service, pool, user, media, {
    purpose,
    occasion,
    asked,
    secret: code,
    ...(url === undefined ? {} : { link: url }),
  })
  if (delivery === null) return null
  const expiresAt = clock.now() + lifetimes[purpose] * 1000
  const record = {
    fingerprint: fingerprint(code),
    attribute: delivery.attribute,
    expiresAt,
    ...(value === undefined ? {} : { value }),
  }
  await store.commit(put(verificationCodes, keyFor(pool, user, purpose), record, { expiresAt }))
  return delivery
}

/**
 * Makes it look as if a code had been sent: until it expires, any answer is wrong. For clients that hide which users exist: an
 * answer to a code that was asked for, and one to a code that was not, differ.
 */
export async function pretendCode(
  { chance, clock, store }: Service,
  pool: UserPool,
  user: Pick<User, 'sub'>,
  purpose: keyof typeof lifetimes,
): Promise<void> {
  const expiresAt = clock.now() + lifetimes[purpose] * 1000
  const unguessable = fingerprint(chance.bytes(32).toString('base64url'))
  const record = { fingerprint: unguessable, attribute: 'email', expiresAt } as const
  await store.commit(put(verificationCodes, keyFor(pool, user, purpose), record, { expiresAt }))
}

/** Also for a code that is right for nobody, where a client hides which users exist. */
export const codeMismatch = refusal('CodeMismatchException', () => ({
  told: 'Invalid verification code provided, please try again.',
  because: 'The code is not the one that was sent last.',
  remedy: 'Read it at /_rockpool/messages.',
}))

/** Also where none was ever sent. */
export const codeExpired = refusal('ExpiredCodeException', () => ({
  told: 'Invalid code provided, please request a code again.',
  because: 'No code is waiting for this user: it expired, was used, or was never sent.',
  remedy: 'Ask for another one, and read it at /_rockpool/messages.',
}))

/**
 * Takes a code, which is right once.
 * @returns what the code verifies
 * @throws Refusal for a wrong code, and if no code is waiting. It counts no guesses: `countAttempt` does
 */
export async function takeCode(
  service: Service,
  pool: UserPool,
  user: Pick<User, 'sub'>,
  purpose: keyof typeof lifetimes,
  code: string,
): Promise<Pick<VerificationCode, 'attribute' | 'value'>> {
  const { verified, useUp } = await rightCode(service, pool, user, purpose, code)
  ensure(await service.store.commit(useUp), codeExpired)
  return verified
}

/**
 * Judges a code, which stays good until the write that uses it up is committed: with a change that may yet be refused.
 * @throws Refusal as `takeCode` does
 */
export async function rightCode(
  { store }: Service,
  pool: UserPool,
  user: Pick<User, 'sub'>,
  purpose: keyof typeof lifetimes,
  code: string,
): Promise<{ readonly verified: Pick<VerificationCode, 'attribute' | 'value'>; readonly useUp: Write }> {
  const stored = await store.get(verificationCodes, keyFor(pool, user, purpose))
  ensure(stored, codeExpired)
  ensure(sameSecret(fingerprint(code), stored.record.fingerprint), codeMismatch)
  return { verified: stored.record, useUp: remove(verificationCodes, stored) }
}

/** Where a code went, as the user is shown it. */
export interface CodeDelivery {
  readonly medium: Medium
  readonly attribute: Delivery['attribute']
  /** The address, masked. */
  readonly destination: string
}

export const codeDelivery = (delivery: Delivery): CodeDelivery => ({
  medium: delivery.medium,
  attribute: delivery.attribute,
  destination: masked(delivery),
})

/** What is said of a code for a user who does not exist, if the client hides that: no code goes anywhere (§3.12). */
export const pretendedDelivery = (username: string): CodeDelivery => ({
  medium: 'EMAIL',
  attribute: 'email',
  destination: `${username.slice(0, 1).toLowerCase()}***@${username.slice(-1).toLowerCase()}***`,
})

/** An address as answers show it (§4.5): enough to recognise, too little to learn. */
export function masked({ medium, to }: Delivery): string {
  if (medium === 'SMS') return `+*******${to.slice(-4)}`
  const [name = '', domain = ''] = to.split('@')
  return `${name.slice(0, 1)}***@${domain.slice(0, 1)}***`
}

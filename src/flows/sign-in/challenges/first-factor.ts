import type { UserRecord } from '../../../core/collections.js'
import type { FirstChallenge } from '../../../core/first-factor.js'
import type { Medium } from '../../../core/message.js'
import { randomText } from '../../../core/ports/chance.js'
import type { Write } from '../../../core/ports/store.js'
import { ensure } from '../../../core/refusal.js'
import { deliveryBy } from '../../../courier/outbox.js'
import { fingerprint } from '../../../lib/secrets.js'
import type { Service } from '../../service.js'
import { assertionOptions } from '../passkey-assertion.js'
import { noPassword } from '../sign-in-refusals.js'
import { type Asked, ask, type OngoingSignIn } from '../sign-in-result.js'
import { noAddress, postSignInCode } from './second-factor.js'

/** Sign-in by choice (`USER_AUTH`, docs/facts/user-pools-api.md §3.9): what it may begin with, and how that is asked for. */

/** The user who signs in. If the client hides which users exist, it may be the pretence of one, to whom no code is sent. */
export interface Beginner {
  readonly user: UserRecord
  readonly isPretended: boolean
}

/** Lets the user choose. */
export async function askForChoice(
  service: Service,
  signIn: OngoingSignIn,
  { user }: Beginner,
  choices: readonly FirstChallenge[],
): Promise<Asked> {
  ensure(choices.length > 0, () => noPassword(signIn.pool, user.username, user.status))
  const challenge = 'SELECT_CHALLENGE'
  return ask(service, signIn, user, {
    pending: { challenge, choices },
    challenge: { name: challenge, available: choices },
  })
}

/** What goes with a request for a first factor. */
interface More {
  /** The challenges that the user could have chosen. */
  readonly available?: readonly FirstChallenge[]
  /** Writes that happen together with it. */
  readonly writes?: readonly Write[]
}

/** Asks for one factor. */
export async function askForFirst(
  service: Service,
  signIn: OngoingSignIn,
  beginner: Beginner,
  challenge: FirstChallenge,
  { available, writes }: More = {},
): Promise<Asked> {
  const { user } = beginner
  const choice = available === undefined ? {} : { available }
  if (challenge === 'PASSWORD' || challenge === 'PASSWORD_SRP')
    return ask(service, signIn, user, {
      pending: { challenge },
      challenge: { name: challenge, ...choice },
      writes,
    })
  if (challenge !== 'WEB_AUTHN')
    return askForCode(service, signIn, beginner, challenge, { ...choice, ...(writes && { writes }) })
  const options = await assertionOptions(service, signIn.pool, user)
  return ask(service, signIn, user, {
    pending: { challenge, toSign: options.challenge },
    challenge: { name: challenge, options, ...choice },
    writes,
  })
}

async function askForCode(
  service: Service,
  signIn: OngoingSignIn,
  { user, isPretended }: Beginner,
  challenge: 'EMAIL_OTP' | 'SMS_OTP',
  { writes, ...choice }: More,
): Promise<Asked> {
  const medium: Medium = challenge === 'SMS_OTP' ? 'SMS' : 'EMAIL'
  const delivery = deliveryBy(medium, user.attributes)
  ensure(delivery, () => noAddress(user.username, medium === 'SMS' ? 'phone_number' : 'email'))
  const code = randomText(service.chance, 8, '0123456789')
  const asked = await ask(service, signIn, user, {
    pending: { challenge, isFirst: true, fingerprint: fingerprint(code) },
    challenge: { name: challenge, delivery, ...choice },
    writes,
  })
  if (!isPretended) await postSignInCode(service, signIn, user, medium, code)
  return asked
}

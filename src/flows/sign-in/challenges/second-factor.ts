import type { UserRecord } from '../../../core/collections.js'
import type { Medium } from '../../../core/message.js'
import { addressOf, factorsUnderRisk, type MfaFactor } from '../../../core/mfa.js'
import { randomText } from '../../../core/ports/chance.js'
import type { Write } from '../../../core/ports/store.js'
import { ensure, refusal } from '../../../core/refusal.js'
import { goalOf, nextMeans, reaches, secondFactorsBy } from '../../../core/step-up.js'
import type { UserPool } from '../../../core/user-pool.js'
import { deliveryBy } from '../../../courier/outbox.js'
import { fingerprint } from '../../../lib/secrets.js'
import { poolMfa, secondFactor } from '../../account/mfa.js'
import { ensureAtPrimary } from '../../at-primary.js'
import { mfaConfigurationOf } from '../../directory/directory.js'
import { sendMessage } from '../../messages.js'
import type { Service } from '../../service.js'
import { sessionUnknown } from '../challenge-session.js'
import { protect } from '../protect.js'
import { isInRememberedBrowser } from '../remembered-browser.js'
import { type Asked, ask, type OngoingSignIn, type SignInResult, signedIn } from '../sign-in-result.js'
import { abilitiesOf } from './abilities.js'
import type { Challenge } from './challenge.js'
import { askForDevice } from './device.js'

/**
 * What comes after the first factor: a remembered device's proof, or the second factor, or setting it up, or nothing
 * (docs/facts/user-pools-api.md §3.7).
 */
export async function afterFirstFactor(
  service: Service,
  begun: OngoingSignIn,
  user: UserRecord,
): Promise<SignInResult> {
  const signIn = await protect(service, begun, user)
  const asked =
    (await askTowardLevel(service, signIn, user)) ?? (await askForOwnFactor(service, signIn, user))
  if (asked !== undefined) return asked
  if (hasProvenTwo(signIn)) return signedIn(service, signIn, user)
  const step = await secondFactor(service, signIn.pool, user)
  if (step === undefined || !('setUp' in step)) return signedIn(service, signIn, user)
  ensureAtPrimary(signIn.pool, 'no second factor is set up')
  const choices = step.setUp
  ensure(choices.length > 0, () => nothingToSetUp(signIn.pool))
  return ask(service, signIn, user, {
    pending: { challenge: 'MFA_SETUP', choices },
    challenge: { name: 'MFA_SETUP', choices },
  })
}

/** Whether a step-up goes on from two factors: then the user needs no further one. */
const hasProvenTwo = ({ journey: { methods = [], wanted = [] } }: OngoingSignIn): boolean =>
  wanted.length > 0 && methods.includes('pwd') && methods.length > 1

/** Asks for the second factor that is missing to the level that the app asks for; undefined where none is. */
export async function askTowardLevel(
  service: Service,
  signIn: OngoingSignIn,
  user: UserRecord,
): Promise<Asked | undefined> {
  const { methods = [], wanted = [] } = signIn.journey
  if (wanted.length === 0) return undefined
  const abilities = await abilitiesOf(service, signIn.pool, user)
  const goal = goalOf(wanted, abilities, methods)
  if (goal === undefined || reaches(methods, goal.level)) return undefined
  const factors = secondFactorsBy(nextMeans(goal, methods), abilities, methods)
  return factors.length === 0 ? undefined : askForOneOf(service, signIn, user, factors)
}

/** Asks for the proof of a remembered device, or for a second factor that the user has; undefined where there is neither. */
export async function askForOwnFactor(
  service: Service,
  signIn: OngoingSignIn,
  user: UserRecord,
): Promise<Asked | undefined> {
  if (hasProvenTwo(signIn)) return undefined
  if (signIn.journey.underRisk) {
    const factors = factorsUnderRisk(await poolMfa(service, signIn.pool), user)
    return factors.length === 0 ? undefined : askForOneOf(service, signIn, user, factors)
  }
  const device = await askForDevice(service, signIn, user)
  if (device !== undefined) return device
  const step = await secondFactor(service, signIn.pool, user)
  if (step === undefined || 'setUp' in step) return undefined
  if (await isInRememberedBrowser(service, signIn, user)) return undefined
  return askForOneOf(service, signIn, user, 'ask' in step ? [step.ask] : step.choose)
}

/** Asks for a second factor, or which of several. A secondary replica offers no TOTP, as far as the user has another. */
function askForOneOf(
  service: Service,
  signIn: OngoingSignIn,
  user: UserRecord,
  offered: readonly MfaFactor[],
): Promise<Asked> {
  const atReplica = signIn.pool.servedBy !== undefined && offered.length > 1
  const choices = offered.filter(factor => !atReplica || factor !== 'SOFTWARE_TOKEN_MFA')
  const [only, ...others] = choices
  if (only !== undefined && others.length === 0) return askFor(service, signIn, user, only)
  const challenge = 'SELECT_MFA_TYPE'
  return ask(service, signIn, user, {
    pending: { challenge, choices },
    challenge: { name: challenge, choices },
  })
}

const nothingToSetUp = refusal('NotAuthorizedException', (pool: UserPool) => ({
  // The service's words are not known.
  told: 'No multi-factor authentication method is available.',
  because: `MFA of ${pool.name} is ON, and the pool has no second factor.`,
  remedy: 'Enable a factor with SetUserPoolMfaConfig, or set the mode to OFF.',
}))

/** What goes with a request for a second factor. */
interface More {
  /** Whether the right code enables the factor for the user. */
  readonly enables?: true
  /** Writes that happen together with it. */
  readonly writes?: readonly Write[]
}

/** Asks for one factor. */
export async function askFor(
  service: Service,
  signIn: OngoingSignIn,
  user: UserRecord,
  factor: MfaFactor,
  more: More = {},
): Promise<Asked> {
  if (factor !== 'SOFTWARE_TOKEN_MFA') return askForCode(service, signIn, user, factor, more)
  ensureAtPrimary(signIn.pool, 'there is no TOTP')
  const { writes } = more
  return ask(service, signIn, user, {
    pending: { challenge: factor },
    challenge: softwareTokenAsked(user),
    writes,
  })
}

/** What the challenge says, also when it is shown again. */
export function softwareTokenAsked({ mfa }: Pick<UserRecord, 'mfa'>) {
  const friendlyDeviceName = mfa?.softwareToken?.friendlyDeviceName
  return {
    name: 'SOFTWARE_TOKEN_MFA' as const,
    ...(friendlyDeviceName === undefined ? {} : { friendlyDeviceName }),
  }
}

/** What the challenge of a code says when it is shown once more. */
export function codeAsked(
  _pool: UserPool,
  { attributes }: UserRecord,
  { challenge: name }: { readonly challenge: 'SMS_MFA' | 'EMAIL_OTP' },
): Challenge {
  const delivery = deliveryBy(name === 'SMS_MFA' ? 'SMS' : 'EMAIL', attributes)
  ensure(delivery, sessionUnknown)
  return { name, delivery }
}

/** Digits of a code: those by mail are longer (docs/facts/user-pools-api.md §3.9). */
const digits = { SMS_MFA: 6, EMAIL_OTP: 8 } as const

async function askForCode(
  service: Service,
  signIn: OngoingSignIn,
  user: UserRecord,
  factor: 'SMS_MFA' | 'EMAIL_OTP',
  { enables, writes }: More,
): Promise<Asked> {
  const medium: Medium = factor === 'SMS_MFA' ? 'SMS' : 'EMAIL'
  const delivery = deliveryBy(medium, user.attributes)
  ensure(delivery, () => noAddress(user.username, addressOf[factor]))
  const code = randomText(service.chance, digits[factor], '0123456789')
  const asked = await ask(service, signIn, user, {
    pending: { challenge: factor, fingerprint: fingerprint(code), ...(enables && { enables }) },
    challenge: { name: factor, delivery },
    writes,
  })
  await postSignInCode(service, signIn, user, medium, code)
  return asked
}

/** Sends a code of a sign-in, be it the first factor or the second. */
export async function postSignInCode(
  service: Service,
  { pool, client, forTriggers }: OngoingSignIn,
  user: UserRecord,
  medium: Medium,
  code: string,
): Promise<void> {
  const mfa = await mfaConfigurationOf(service, pool)
  const asked = { client, clientMetadata: forTriggers?.clientMetadata }
  const occasion = 'Authentication'
  await sendMessage(service, pool, user, [medium], { purpose: 'sign-in', occasion, asked, secret: code, mfa })
}

export const noAddress = refusal('InvalidParameterException', (username: string, attribute: string) => ({
  // The service's words are not known.
  told: `User has no ${attribute}.`,
  because: `A code was to be sent to ${username}, but the user has no ${attribute}.`,
  remedy: `Set ${attribute} with AdminUpdateUserAttributes, or enable another factor for the user.`,
}))

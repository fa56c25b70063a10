import { domainUrl } from '../../core/addresses.js'
import { type AppClient, mayTell } from '../../core/app-client.js'
import type { UserRecord } from '../../core/collections.js'
import { allowsNoPassword } from '../../core/first-factor.js'
import type { Medium } from '../../core/message.js'
import { ensureConforms } from '../../core/password.js'
import { ensure, type Refusal } from '../../core/refusal.js'
import { ensureSound } from '../../core/rules/finding.js'
import { ensureUsername, missingAttributeFindings } from '../../core/rules/user.js'
import { aliasesOf, type User, type UserAttributes } from '../../core/user.js'
import { ensureAttributes } from '../../core/user-attributes.js'
import type { UserPool } from '../../core/user-pool.js'
import { withQuery } from '../../lib/url.js'
import { createUser, signsInByAttribute, withSignInAttribute } from '../administration/create-user.js'
import { ensureAtPrimary } from '../at-primary.js'
import { userNamed } from '../directory/directory.js'
import { countAttempt } from '../history/attempts.js'
import { recordAuthEvent } from '../history/auth-events.js'
import { compromised, ensureAddressAllowed, ensureNotCompromised } from '../history/threat-protection.js'
import type { Service } from '../service.js'
import type { ForTriggers } from '../triggers.js'
import * as refusals from './account-refusals.js'
import { takeAliases } from './confirm-sign-up.js'
import { hidesUsers, nobody, userNamedByClient } from './named-user.js'
import { autoVerified, postConfirmation, preSignUp } from './sign-up-triggers.js'
import { type CodeDelivery, codeDelivery, pretendedDelivery, sendCode } from './verification-codes.js'

/** A request to sign up. */
export interface SignUpRequest {
  /** In a pool whose users sign in by e-mail address or phone number: that. */
  readonly username: string
  /** May be absent in a pool that lets users in by a code. */
  readonly password: string | undefined
  readonly attributes: UserAttributes
  readonly forTriggers: ForTriggers
}

/** A user who has signed up. */
export interface SignedUp {
  readonly user: UserRecord
  /** Where the code that confirms the user went. Absent for users who need none, and for those who cannot be sent one. */
  readonly codeDelivery?: CodeDelivery
}

/**
 * Signs a user up, and sends the code that confirms the user, unless the pool's trigger has done so already. The checks are
 * in the order of the service (docs/facts/user-pools-api.md §2.7).
 */
export async function signUp(
  service: Service,
  pool: UserPool,
  client: AppClient,
  { username, password: given, attributes: told, forTriggers }: SignUpRequest,
): Promise<SignedUp> {
  ensureAtPrimary(pool, 'nobody signs up')
  const mayBeUnasked = !pool.settings.AdminCreateUserConfig?.AllowAdminCreateUserOnly
  ensure(mayBeUnasked, () => refusals.signUpNotPermitted(pool))
  await ensureAddressAllowed(service, pool, client, 'SignUp')
  ensureUsername(pool, username)
  const password = given || (allowsNoPassword(pool) ? undefined : '')
  if (password !== undefined) ensureConforms(pool, password, 'Password did not conform with policy')
  const { isCompromised } = await ensureNotCompromised(
    service,
    pool,
    client,
    { username, password: password ?? '' },
    'SIGN_UP',
  )
  const attributes = attributesOfSignUp(pool, client, username, told)
  const sub = service.chance.uuid()
  const request = { clientId: client.id, forTriggers }
  const stored = signsInByAttribute(pool) ? sub : username
  const decision = await preSignUp(
    service,
    pool,
    'PreSignUp_SignUp',
    { username: stored, attributes },
    request,
  )
  const isFree = (await userNamed(service, pool, username)) === undefined
  ensure(isFree, () => refusals.usernameTaken(pool, username))
  const verified = autoVerified(pool, attributes, decision)
  // An address that the trigger verifies becomes the new user's, even if it was another user's before (fact T30).
  if (verified !== attributes) await takeAliases(service, pool, sub, aliasesOf(pool, verified))
  const user = await createUser(service, pool, {
    username,
    attributes: verified,
    sub,
    ...(password === undefined ? {} : { password: { text: password, temporary: false } }),
    unconfirmed: decision.autoConfirmUser !== true,
  }).catch(error => {
    throw refusals.takenAtSignUp(error)
  })
  await recordAuthEvent(service, pool, user, {
    type: 'SignUp',
    response: 'Pass',
    client,
    ...compromised(isCompromised),
  })
  if (user.status === 'CONFIRMED') {
    await postConfirmation(service, pool, user, request)
    return { user }
  }
  const { clientMetadata } = forTriggers
  const delivery = await sendConfirmationCode(service, pool, client, user, { clientMetadata })
  return { user, ...(delivery && { codeDelivery: delivery }) }
}

/** The attributes of the new user. Where the username is an e-mail address or phone number, that is one of them. */
function attributesOfSignUp(
  pool: UserPool,
  client: AppClient,
  username: string,
  given: UserAttributes,
): UserAttributes {
  const flags = ['email_verified', 'phone_number_verified']
  const withoutFlags = Object.entries(given).filter(([name]) => !flags.includes(name))
  ensureAttributes(pool, Object.fromEntries(withoutFlags), 'creation')
  const unwritable = Object.keys(given).filter(name => !mayTell(client, name))
  ensure(unwritable.length === 0, () => refusals.attributesNotWritable(client, unwritable))
  const attributes = withSignInAttribute(pool, username, given)
  ensureSound(missingAttributeFindings(pool, attributes))
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== ''))
}

/**
 * Sends the code that confirms a user, to what the pool verifies by itself: a phone number goes before an e-mail
 * address (docs/facts/user-pools-api.md §4.5).
 */
async function sendConfirmationCode(
  service: Service,
  pool: UserPool,
  client: AppClient,
  user: User,
  { occasion, clientMetadata }: Pick<ForTriggers, 'clientMetadata'> & { readonly occasion?: 'ResendCode' },
): Promise<CodeDelivery | undefined> {
  const media = confirmationMedia(pool, user)
  if (media.length === 0) return undefined
  const delivery = await sendCode(service, pool, user, 'sign-up', {
    media,
    ...(occasion && { occasion }),
    asked: { client, clientMetadata },
    link: code => confirmationLink(service, pool, client, user, code),
  })
  return delivery === null ? undefined : codeDelivery(delivery)
}

function confirmationMedia({ settings }: UserPool, { attributes }: User): Medium[] {
  const verified = settings.AutoVerifiedAttributes ?? []
  return [
    ...(verified.includes('phone_number') && attributes.phone_number ? (['SMS'] as const) : []),
    ...(verified.includes('email') && attributes.email ? (['EMAIL'] as const) : []),
  ]
}

/**
 * Where a click confirms the user, if the pool's mails carry links (docs/facts/hosted-pages.md §2): a page of the
 * pool's domain.
 */
function confirmationLink(
  service: Service,
  pool: UserPool,
  client: AppClient,
  { username }: User,
  code: string,
): string | undefined {
  const domain = domainUrl(service, pool)
  const byLink = pool.settings.VerificationMessageTemplate?.DefaultEmailOption === 'CONFIRM_WITH_LINK'
  return byLink && domain !== undefined
    ? withQuery(`${domain}/confirmUser`, {
        client_id: client.id,
        user_name: username,
        confirmation_code: code,
      })
    : undefined
}

/** Sends the code that confirms a user once more; only the newest code counts. */
export async function resendConfirmationCode(
  service: Service,
  pool: UserPool,
  client: AppClient,
  username: string,
  { clientMetadata }: ForTriggers = {},
): Promise<CodeDelivery> {
  ensureAtPrimary(pool, 'no sign-up is confirmed')
  const user = (await userNamedByClient(service, pool, client, username))?.record
  await ensureAddressAllowed(service, pool, client, 'ResendCode', user)
  const obstacle = user === undefined ? undefined : obstacleToConfirming(pool, user)
  if (user === undefined || (hidesUsers(client) && obstacle !== undefined)) {
    if (obstacle !== undefined) service.recorder.refused(obstacle)
    await countAttempt(service, pool, user ?? nobody(pool, username), 'resend confirmation code')
    return pretendedDelivery(username)
  }
  if (obstacle !== undefined) throw obstacle
  await countAttempt(service, pool, user, 'resend confirmation code')
  const how = { occasion: 'ResendCode', clientMetadata } as const
  const delivery = await sendConfirmationCode(service, pool, client, user, how)
  ensure(delivery, () => refusals.nothingToConfirmBy(pool, user.username))
  await recordAuthEvent(service, pool, user, { type: 'ResendCode', response: 'Pass', client })
  return delivery
}

/** Why a user is sent no code to confirm a sign-up by; undefined if one is. */
function obstacleToConfirming(pool: UserPool, user: UserRecord): Refusal | undefined {
  if (user.status !== 'UNCONFIRMED') return refusals.alreadyConfirmed(user.username, user.status)
  return confirmationMedia(pool, user).length === 0
    ? refusals.nothingToConfirmBy(pool, user.username)
    : undefined
}

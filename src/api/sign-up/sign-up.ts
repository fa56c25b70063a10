import { type AppClient, mayTell } from '../../core/app-client.js'
import { type UserRecord, users } from '../../core/collections.js'
import { allowsNoPassword } from '../../core/first-factor.js'
import { ensureConforms } from '../../core/password.js'
import type { Stored, Write } from '../../core/ports/store.js'
import { ensure, Refusal } from '../../core/refusal.js'
import { aliasesOf, aliasKey, type User, type UserAttributes } from '../../core/user.js'
import { ensureAttributes } from '../../core/user-attributes.js'
import type { UserPool } from '../../core/user-pool.js'
import type { Medium } from '../../courier/letters.js'
import type { Delivery } from '../../courier/outbox.js'
import { verifiedMedia } from '../../flows/account/recovery.js'
import { autoVerified, postConfirmation, preSignUp } from '../../flows/account/sign-up-triggers.js'
import { codeExpired, masked, sendCode, takeCode } from '../../flows/account/verification-codes.js'
import { changeUser } from '../../flows/administration/change-user.js'
import { createUser, signsInByAttribute, userPassword } from '../../flows/administration/create-user.js'
import { userBySub, userNamed } from '../../flows/directory/directory.js'
import { countAttempt } from '../../flows/history/attempts.js'
import { recordAuthEvent } from '../../flows/history/auth-events.js'
import type { Service } from '../../flows/service.js'
import {
  openSession,
  sessionFor,
  sessionNamed,
  sessionUnknown,
  useUp,
} from '../../flows/sign-in/challenge-session.js'
import { operation } from '../operations.js'
import { because, combinationNotFound, invalidParameter, noContact, notAuthorized } from '../refusals.js'
import type { Scope } from '../scope.js'
import { ensureSecretHash, poolAndClient } from '../sign-in/client.js'
import type { AttributeType } from '../users/representation.js'
import { ensureUsernameForm } from '../users/username-form.js'
import { asRecord } from '../users/users.js'

/** Where a code went, without giving the address away. */
export const codeDeliveryDetails = (delivery: Delivery) => ({
  Destination: masked(delivery),
  DeliveryMedium: delivery.medium,
  AttributeName: delivery.attribute,
})

/** In the order in which the service checks (§2.7). */
export const SignUp = operation('SignUp', async (scope, input) => {
  const { service } = scope
  const { Username, Password, SecretHash } = input
  const { pool, client } = await poolAndClient(scope, input.ClientId)
  ensureSecretHash(client, Username, SecretHash)
  ensure(!pool.settings.AdminCreateUserConfig?.AllowAdminCreateUserOnly, () =>
    notAuthorized('SignUp is not permitted for this user pool'),
  )
  ensureUsernameForm(pool, Username)
  const password = Password || (allowsNoPassword(pool) ? undefined : '')
  if (password !== undefined) ensureConforms(pool, password, 'Password did not conform with policy')
  const attributes = attributesOf(pool, client, Username, asRecord(input.UserAttributes))
  const sub = service.chance.uuid()
  const asked = askedBy(client, input)
  const username = signsInByAttribute(pool) ? sub : Username
  const decision = await preSignUp(service, pool, 'PreSignUp_SignUp', { username, attributes }, asked)
  ensure((await userNamed(service, pool, Username)) === undefined, () => usernameTaken(pool, Username))
  const user = await createUser(service, pool, {
    username: Username,
    attributes: autoVerified(pool, attributes, decision),
    sub,
    ...(password === undefined ? {} : { password: { text: password, temporary: false } }),
    unconfirmed: decision.autoConfirmUser !== true,
  }).catch(error => {
    throw asTaken(error)
  })
  await recordAuthEvent(service, pool, user, 'SignUp', 'Pass')
  if (user.status === 'CONFIRMED') {
    await postConfirmation(service, pool, user, asked)
    return { UserConfirmed: true, UserSub: user.sub }
  }
  const delivery = await sendSignUpCode(scope, pool, user)
  const session = signUpSession(service, pool, client, user, 'SIGN_UP')
  await service.store.commit(...session.writes)
  return {
    UserConfirmed: false,
    UserSub: user.sub,
    ...session.answer,
    ...(delivery === null ? {} : { CodeDeliveryDetails: codeDeliveryDetails(delivery) }),
  }
})

/** What the triggers are told of a request. */
const askedBy = (
  { id: clientId }: AppClient,
  {
    ClientMetadata: clientMetadata,
    ValidationData,
  }: {
    readonly ClientMetadata?: UserAttributes
    readonly ValidationData?: readonly AttributeType[]
  },
) => ({
  clientId,
  forTriggers: { clientMetadata, validationData: ValidationData && asRecord(ValidationData) },
})

/** The session by which a sign-up goes over into a sign-in, where the client lets people choose how (§3.9). */
function signUpSession(
  service: Service,
  pool: UserPool,
  client: AppClient,
  user: User,
  challenge: 'SIGN_UP' | 'SIGNED_UP',
): { readonly answer: { readonly Session?: string }; readonly writes: readonly Write[] } {
  if (!client.settings.ExplicitAuthFlows?.includes('ALLOW_USER_AUTH')) return { answer: {}, writes: [] }
  const { session, write } = openSession(service, pool, client, user, { challenge }, {})
  return { answer: { Session: session }, writes: [write] }
}

/** An alias that is taken has no name of its own among the refusals of `SignUp`. */
const asTaken = (error: unknown): unknown =>
  error instanceof Refusal && error.code === 'AliasExistsException'
    ? because('UsernameExistsException')(error.told)
    : error

const usernameTaken = ({ settings }: UserPool, username: string): Refusal =>
  because('UsernameExistsException')(
    (settings.UsernameAttributes ?? []).length > 0
      ? `An account with the given ${username.includes('@') ? 'email' : 'phone_number'} already exists.`
      : 'User already exists',
  )

function attributesOf(
  pool: UserPool,
  client: AppClient,
  username: string,
  given: UserAttributes,
): UserAttributes {
  const flags = ['email_verified', 'phone_number_verified']
  ensureAttributes(
    pool,
    Object.fromEntries(Object.entries(given).filter(([name]) => !flags.includes(name))),
    'creation',
  )
  const unwritable = Object.keys(given).find(name => !mayTell(client, name))
  ensure(unwritable === undefined, () => notAuthorized('A client attempted to write unauthorized attribute'))
  const own = username.includes('@') ? 'email' : 'phone_number'
  const attributes =
    (pool.settings.UsernameAttributes ?? []).length > 0 ? { ...given, [own]: username } : given
  const missing = pool.schema.find(({ name, required }) => required && name !== 'sub' && !attributes[name])
  ensure(missing === undefined, () =>
    invalidParameter(
      `Attributes did not conform to the schema: ${missing?.name}: The attribute is required\n`,
    ),
  )
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== ''))
}

/** To what the pool verifies by itself: a phone number goes before an e-mail address (§4.5). */
async function sendSignUpCode({ service }: Scope, pool: UserPool, user: User): Promise<Delivery | null> {
  const verified = pool.settings.AutoVerifiedAttributes ?? []
  const media: Medium[] = [
    ...(verified.includes('phone_number') && user.attributes.phone_number ? (['SMS'] as const) : []),
    ...(verified.includes('email') && user.attributes.email ? (['EMAIL'] as const) : []),
  ]
  return media.length === 0 ? null : sendCode(service, pool, user, 'sign-up', { media })
}

/** A user by name; unknown ones are refused as the client wishes (§3.12). */
async function userOfClient(
  scope: Scope,
  pool: UserPool,
  client: AppClient,
  username: string,
  hidden: () => Refusal,
): Promise<Stored<UserRecord>> {
  const user = await userUnlessHidden(scope, pool, client, username)
  ensure(user, hidden)
  return user
}

/** A user by name; undefined where the client hides that there is none: they are answered like everybody else (fact U74). */
async function userUnlessHidden(
  { service }: Scope,
  pool: UserPool,
  { settings }: AppClient,
  username: string,
): Promise<Stored<UserRecord> | undefined> {
  const user = (await userNamed(service, pool, username)) ?? (await userBySub(service, pool, username))
  const hides = settings.PreventUserExistenceErrors === 'ENABLED'
  ensure(user !== undefined || hides, () => combinationNotFound(username))
  return user
}

export const ConfirmSignUp = operation('ConfirmSignUp', async (scope, input) => {
  const { service } = scope
  const { pool, client } = await poolAndClient(scope, input.ClientId)
  ensureSecretHash(client, input.Username, input.SecretHash)
  const user = await userOfClient(scope, pool, client, input.Username, codeExpired)
  const { status } = user.record
  ensure(status === 'UNCONFIRMED', () =>
    notAuthorized(`User cannot be confirmed. Current status is ${status}`),
  )
  const session = await afterSignUp(scope, pool, client, user.record, input.Session)
  await countAttempt(service, pool, user.record, 'confirm sign-up')
  const { attribute } = await takeCode(service, pool, user.record, 'sign-up', input.ConfirmationCode)
  const attributes = { ...user.record.attributes, [`${attribute}_verified`]: 'true' }
  await freeAliases(scope, pool, user, aliasesOf(pool, attributes), input.ForceAliasCreation ?? false)
  const change = { status: 'CONFIRMED', attributes } as const
  const confirmed = await changeUser(service, pool, user, change, ...session.writes)
  await postConfirmation(service, pool, confirmed, askedBy(client, input))
  return session.answer
})

/**
 * The code was the first factor of a sign-in that may follow. Amplify shows no session of the sign-up, and expects one all
 * the same. Who shows one and took too long confirms, and signs in as usual.
 */
async function afterSignUp(
  { service }: Scope,
  pool: UserPool,
  client: AppClient,
  user: User,
  shown: string | undefined,
): Promise<ReturnType<typeof signUpSession>> {
  const { answer, writes } = signUpSession(service, pool, client, user, 'SIGNED_UP')
  if (shown === undefined) return { answer, writes }
  const known = await sessionNamed(service, shown)
  ensure(known?.sub === user.sub, sessionUnknown)
  if (known.validUntil <= service.clock.now()) return { answer: {}, writes: [] }
  const stored = await sessionFor(service, pool, client, shown, 'SIGN_UP')
  return { answer, writes: [useUp(stored), ...writes] }
}

/** An alias that somebody else has is refused, or moves here, as the caller wishes (§2.7). */
async function freeAliases(
  { service }: Scope,
  pool: UserPool,
  user: Stored<UserRecord>,
  aliases: readonly string[],
  force: boolean,
): Promise<void> {
  for (const alias of aliases) {
    const holder = (await service.store.lookup(users, 'alias', alias, { limit: 2 })).find(
      ({ key }) => key !== user.key,
    )
    if (holder === undefined) continue
    const name = (['email', 'phone_number'] as const).find(
      name => aliasKey(pool, holder.record.attributes[name] ?? '') === alias,
    )
    ensure(force && name !== undefined, () =>
      because('AliasExistsException')(`An account with the given ${name ?? 'email'} already exists.`),
    )
    const attributes = { ...holder.record.attributes, [`${name}_verified`]: 'false' }
    await changeUser(service, pool, holder, { attributes })
  }
}

export const ResendConfirmationCode = operation('ResendConfirmationCode', async (scope, input) => {
  const { pool, client } = await poolAndClient(scope, input.ClientId)
  ensureSecretHash(client, input.Username, input.SecretHash)
  const user = await userUnlessHidden(scope, pool, client, input.Username)
  if (user === undefined) return { CodeDeliveryDetails: pretended(input.Username) }
  ensure(user.record.status === 'UNCONFIRMED', () => invalidParameter('User is already confirmed.'))
  await countAttempt(scope.service, pool, user.record, 'resend confirmation code')
  const delivery = await sendSignUpCode(scope, pool, user.record)
  ensure(delivery, () => invalidParameter('Auto verification not turned on.'))
  await recordAuthEvent(scope.service, pool, user.record, 'ResendCode', 'Pass')
  return { CodeDeliveryDetails: codeDeliveryDetails(delivery) }
})

export const ForgotPassword = operation('ForgotPassword', async (scope, input) => {
  const { pool, client } = await poolAndClient(scope, input.ClientId)
  ensureSecretHash(client, input.Username, input.SecretHash)
  const user = (await userUnlessHidden(scope, pool, client, input.Username))?.record
  if (user === undefined) return { CodeDeliveryDetails: pretended(input.Username) }
  ensure(user.enabled, () => notAuthorized('User is disabled.'))
  const byAdministrator = pool.settings.AccountRecoverySetting?.RecoveryMechanisms?.[0]?.Name === 'admin_only'
  ensure(!byAdministrator, () => notAuthorized('Contact administrator to reset password.'))
  ensure(user.status !== 'FORCE_CHANGE_PASSWORD', () =>
    notAuthorized('User password cannot be reset in the current state.'),
  )
  const media = verifiedMedia(pool, user)
  ensure(media.length > 0, () => invalidParameter(noContact))
  await countAttempt(scope.service, pool, user, 'forgot password')
  const delivery = await sendCode(scope.service, pool, user, 'password reset', { media })
  ensure(delivery, () => invalidParameter(noContact))
  await recordAuthEvent(scope.service, pool, user, 'ForgotPassword', 'InProgress')
  return { CodeDeliveryDetails: codeDeliveryDetails(delivery) }
})

const pretended = (username: string) => ({
  Destination: `${username.slice(0, 1).toLowerCase()}***@${username.slice(-1).toLowerCase()}***`,
  DeliveryMedium: 'EMAIL',
  AttributeName: 'email',
})

export const ConfirmForgotPassword = operation('ConfirmForgotPassword', async (scope, input) => {
  const { service } = scope
  const { pool, client } = await poolAndClient(scope, input.ClientId)
  ensureSecretHash(client, input.Username, input.SecretHash)
  const user = await userOfClient(scope, pool, client, input.Username, codeExpired)
  ensureConforms(pool, input.Password)
  await countAttempt(service, pool, user.record, 'forgot password')
  const { attribute } = await takeCode(service, pool, user.record, 'password reset', input.ConfirmationCode)
  const given = { text: input.Password, temporary: false }
  const changed = await changeUser(service, pool, user, {
    status: 'CONFIRMED',
    attributes: { ...user.record.attributes, [`${attribute}_verified`]: 'true' },
    password: userPassword(service, pool, user.record.username, given),
  })
  await recordAuthEvent(service, pool, changed, 'ForgotPassword', 'Pass')
  const source = 'PostConfirmation_ConfirmForgotPassword'
  await postConfirmation(service, pool, changed, askedBy(client, input), source)
  return {}
})

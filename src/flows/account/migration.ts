import type { AppClient } from '../../core/app-client.js'
import type { UserRecord } from '../../core/collections.js'
import type { Medium } from '../../core/message.js'
import { temporaryPassword } from '../../core/password.js'
import type { TriggerResponse } from '../../core/ports/triggers.js'
import { ensure, refusal } from '../../core/refusal.js'
import { aliasesOf, aliasKey, type UserAttributes } from '../../core/user.js'
import type { UserPool } from '../../core/user-pool.js'
import { changeUser } from '../administration/change-user.js'
import {
  createUser,
  signsInByAttribute,
  userPassword,
  withSignInAttribute,
} from '../administration/create-user.js'
import { userNamed } from '../directory/directory.js'
import { sendMessage } from '../messages.js'
import type { Service } from '../service.js'
import { callTrigger, type ForTriggers } from '../triggers.js'
import { takeAliases } from './confirm-sign-up.js'

/** A user whom the pool does not know, and what was typed or sent along (docs/facts/triggers.md §5.4). */
export interface Unknown {
  readonly username: string
  /** Absent where the password is forgotten. */
  readonly password?: string | undefined
  readonly forTriggers?: ForTriggers
}

type Answer = TriggerResponse<'UserMigration'>

/**
 * Asks the pool's trigger for a user whom the pool does not know, and takes the user over.
 * @returns undefined where there is no trigger, or it does not know the user either
 * @throws Refusal where the trigger refuses, or answers with a user whom the pool cannot have
 */
export async function migratedUser(
  service: Service,
  pool: UserPool,
  client: AppClient,
  { username, password, forTriggers = {} }: Unknown,
): Promise<UserRecord | undefined> {
  // It makes no users, so it takes none over.
  if (pool.servedBy !== undefined) return undefined
  const { validationData, clientMetadata } = forTriggers
  const answer = await callTrigger(service, pool, 'UserMigration', {
    source: password === undefined ? 'UserMigration_ForgotPassword' : 'UserMigration_Authentication',
    userName: username,
    clientId: client.id,
    request: {
      ...(password === undefined ? {} : { password }),
      validationData: validationData ?? null,
      ...(clientMetadata && { clientMetadata }),
    },
  })
  const given = answer?.userAttributes
  if (!answer || !given || Object.keys(given).length === 0) return undefined
  // A `sub` of its own makes the service take the user for unknown.
  if ('sub' in given) {
    service.recorder.refused(ownSub(pool, username))
    return undefined
  }
  const user = await takenOver(service, pool, { username, password, answer, given })
  if (answer.messageAction !== 'SUPPRESS') await welcome(service, pool, user, answer)
  return user
}

interface Arriving extends Pick<Unknown, 'username' | 'password'> {
  readonly answer: Answer
  readonly given: UserAttributes
}

async function takenOver(
  service: Service,
  pool: UserPool,
  { username: typed, password, answer, given }: Arriving,
): Promise<UserRecord> {
  const { username: named, ...others } = given
  const username = usernameIn(pool, typed, named, others)
  const attributes = withSignInAttribute(pool, username, others)
  const isReady = answer.finalUserStatus === 'CONFIRMED' && password !== undefined
  const sub = service.chance.uuid()
  if (answer.forceAliasCreation) await takeAliases(service, pool, sub, aliasesOf(pool, attributes))
  const mfa = answer.enableSMSMFA ? smsMfa(pool, attributes) : undefined
  const created = await createUser(service, pool, {
    username,
    attributes,
    sub,
    resetRequired: true,
    ...(mfa && { mfa }),
  })
  if (!isReady) return created
  // The password is kept whatever the policy says: it was the user's before.
  const stored = await userNamed(service, pool, created.username)
  ensure(stored, () => misnamed(pool, typed, username))
  return changeUser(service, pool, stored, {
    status: 'CONFIRMED',
    password: userPassword(service, pool, created.username, { text: password, temporary: false }),
  })
}

/** The username of the new user: what was typed, unless that is an alias of the user. */
function usernameIn(
  pool: UserPool,
  typed: string,
  named: string | undefined,
  attributes: UserAttributes,
): string {
  if (named === undefined || named === typed || signsInByAttribute(pool)) return typed
  const isAlias = (pool.settings.AliasAttributes ?? []).some(
    name => attributes[name] && aliasKey(pool, attributes[name]) === aliasKey(pool, typed),
  )
  ensure(isAlias, () => misnamed(pool, typed, named))
  return named
}

function smsMfa({ settings }: UserPool, { phone_number: number }: UserAttributes) {
  ensure(settings.MfaConfiguration !== undefined && settings.MfaConfiguration !== 'OFF' && number, noSmsMfa)
  return { enabled: ['SMS_MFA'], preferred: 'SMS_MFA' } as const
}

/**
 * The invitation: by text message, unless the trigger asks for mail. The temporary password that it tells is good for nothing:
 * the user has the old one, or has to choose a new one by a code.
 */
async function welcome(service: Service, pool: UserPool, user: UserRecord, answer: Answer): Promise<void> {
  const asked = answer.desiredDeliveryMediums ?? []
  const media = (['SMS', 'EMAIL'] as const).filter((medium: Medium) => asked.includes(medium))
  service.recorder.note('warning', {
    warning: `UserMigration of ${pool.name} lets an invitation go out to ${user.username}, whose temporary password is good for nothing: the user ${user.status === 'CONFIRMED' ? 'keeps the password of before' : 'has to reset the password'}.`,
    remedy: "Answer messageAction: 'SUPPRESS' to send none.",
  })
  await sendMessage(service, pool, user, media.length === 0 ? ['SMS'] : media, {
    purpose: 'invitation',
    occasion: 'AdminCreateUser',
    secret: temporaryPassword(pool, service.chance),
  })
}

const ownSub = refusal('NotAuthorizedException', (pool: UserPool, username: string) => ({
  told: 'Incorrect username or password.',
  because: `UserMigration of ${pool.name} answered a sub for ${username}: the service takes such a user for unknown.`,
  remedy: 'Leave sub out of response.userAttributes: the pool makes its own.',
}))

const misnamed = refusal(
  'InvalidLambdaResponseException',
  (pool: UserPool, typed: string, named: string) => ({
    // The service's words are not known.
    told: 'Unrecognizable lambda output',
    because: `UserMigration of ${pool.name} answered the username ${named}, where ${typed} was typed.`,
    remedy:
      'Leave username out of response.userAttributes. Only where an alias was typed may it be another one, with the alias among the attributes.',
  }),
)

const noSmsMfa = refusal('InvalidLambdaResponseException', () => ({
  // The service's words are not known.
  told: 'Unrecognizable lambda output',
  because: 'UserMigration set enableSMSMFA; the pool has no second factors, or the user has no phone_number.',
  remedy: 'Set MfaConfiguration of the pool and answer a phone_number, or leave enableSMSMFA out.',
}))

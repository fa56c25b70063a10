import type { AppClient } from '../../core/app-client.js'
import type { UserRecord } from '../../core/collections.js'
import { ensure, refusal } from '../../core/refusal.js'
import type { UserPool } from '../../core/user-pool.js'
import { migratedUser } from '../account/migration.js'
import { signsInByAttribute } from '../administration/create-user.js'
import { userBySub, userNamed } from '../directory/directory.js'
import type { Service } from '../service.js'
import type { AuthFlow, Caller } from './auth-flows.js'
import { journeyOn } from './challenge-session.js'
import { beginByChoice } from './challenges/choice.js'
import { beginCustom } from './challenges/custom.js'
import { askForPasswordProof } from './challenges/password-proof.js'
import { beginTowardLevel } from './challenges/toward-level.js'
import { type Parameters, requiredParameter } from './parameters.js'
import { signInWithPassword } from './sign-in.js'
import { unknownUser } from './sign-in-refusals.js'
import type { SignInResult } from './sign-in-result.js'
import { preAuthentication } from './sign-in-triggers.js'
import { simulatedUser } from './simulated-user.js'
import { stepUpOf } from './step-up.js'

/** A request that begins a sign-in, by any flow but a refresh. */
export interface SignInRequest {
  readonly flow: Exclude<AuthFlow, 'REFRESH_TOKEN_AUTH' | 'REFRESH_TOKEN'>
  readonly username: string
  /** `AuthParameters`. */
  readonly parameters: Parameters
  /** Of a sign-up that was just confirmed. */
  readonly session: string | undefined
  readonly clientMetadata: Readonly<Record<string, string>> | undefined
  readonly caller: Caller
}

/** Begins a sign-in with the flow that the app chose; the client allows it. */
export async function beginSignIn(
  service: Service,
  pool: UserPool,
  client: AppClient,
  request: SignInRequest,
): Promise<SignInResult> {
  const { flow, username, parameters, session, clientMetadata, caller } = request
  const user = await knownUser(service, pool, client, request)
  const journey = journeyOn(parameters.DEVICE_KEY)
  const askPreAuthentication = () =>
    preAuthentication(service, pool, client, { username, user }, clientMetadata)
  switch (flow) {
    case 'USER_AUTH': {
      const stepUp = await stepUpOf(service, pool, user, parameters)
      await askPreAuthentication()
      const beginner = { user: user ?? simulatedUser(pool, username), isPretended: user === undefined }
      const signIn = { pool, client, journey: { ...journey, ...stepUp } }
      return stepUp.wanted === undefined
        ? beginByChoice(service, signIn, beginner, parameters, session)
        : beginTowardLevel(service, signIn, beginner, parameters)
    }
    case 'CUSTOM_AUTH': {
      await askPreAuthentication()
      // What an app sends at the beginning, the triggers of the flow do not see (docs/facts/user-pools-api.md §5.2).
      const forTriggers = caller === 'admin' && clientMetadata ? { clientMetadata } : {}
      const who =
        user === undefined ? { username: nameOfNobody(pool, username) } : { username: user.username, user }
      return beginCustom(service, { pool, client, journey, forTriggers }, who, firstProof(parameters))
    }
    case 'USER_SRP_AUTH': {
      await askPreAuthentication()
      const proving = user ?? simulatedUser(pool, username)
      const srpA = requiredParameter(parameters, 'SRP_A')
      return askForPasswordProof(service, { pool, client, journey: {} }, proving, srpA)
    }
    default: {
      if (user === undefined) await askPreAuthentication()
      ensure(user, () => unknownUser(pool, username))
      const credentials = { username: user.username, password: requiredParameter(parameters, 'PASSWORD') }
      const validationData = clientMetadata
      return signInWithPassword(service, { pool, client, journey }, credentials, { validationData })
    }
  }
}

/**
 * What answers and events call a user who does not exist. Where addresses are user names, a real user's is a UUID, and so is
 * this (fact N25).
 */
const nameOfNobody = (pool: UserPool, typed: string): string =>
  signsInByAttribute(pool) ? simulatedUser(pool, typed).username : typed

/**
 * The client's public number, if a custom sign-in begins with SRP: clients say so by a key that the API's text writes
 * differently (docs/facts/user-pools-api.md §10).
 */
function firstProof(parameters: Parameters): string | undefined {
  const first = parameters.CHALLENGE_NAME ?? parameters.ChallengeName
  return first === 'SRP_A' ? requiredParameter(parameters, 'SRP_A') : undefined
}

/**
 * The user by name or alias; undefined for an unknown one if the client hides which users exist
 * (docs/facts/user-pools-api.md §3.12).
 */
async function knownUser(
  service: Service,
  pool: UserPool,
  client: AppClient,
  request: SignInRequest,
): Promise<UserRecord | undefined> {
  const { username, caller } = request
  const user = (await userNamed(service, pool, username)) ?? (await userBySub(service, pool, username))
  if (user !== undefined) return user.record
  const migrated = await migratedBy(service, pool, client, request)
  const hides = client.settings.PreventUserExistenceErrors === 'ENABLED' && caller === 'public'
  ensure(migrated !== undefined || hides, () => userNotFound(pool, username))
  return migrated
}

/** Only flows that send the password at once migrate a user (fact T40); a sign-in by choice may (docs/facts/triggers.md §5.4). */
async function migratedBy(
  service: Service,
  pool: UserPool,
  client: AppClient,
  { flow, username, parameters, clientMetadata: validationData }: SignInRequest,
): Promise<UserRecord | undefined> {
  const { PASSWORD: password, PREFERRED_CHALLENGE: preferred } = parameters
  if (flow === 'CUSTOM_AUTH' || flow === 'USER_SRP_AUTH' || !password) return undefined
  if (flow === 'USER_AUTH' && preferred !== 'PASSWORD') return undefined
  return migratedUser(service, pool, client, { username, password, forTriggers: { validationData } })
}

const userNotFound = refusal('UserNotFoundException', (pool: UserPool, username: string) => ({
  told: 'User does not exist.',
  because: `${pool.name} has no user with the username, alias or sub "${username}".`,
  remedy: 'Sign the user up, create it with AdminCreateUser, or put it into the seed.',
}))

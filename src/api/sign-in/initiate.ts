import type { AppClient } from '../../core/app-client.js'
import type { UserRecord } from '../../core/collections.js'
import { ensure } from '../../core/refusal.js'
import type { UserPool } from '../../core/user-pool.js'
import { userBySub, userNamed } from '../../flows/directory/directory.js'
import { journeyOn } from '../../flows/sign-in/challenge-session.js'
import { signInWithPassword } from '../../flows/sign-in/sign-in.js'
import { unknownUser } from '../../flows/sign-in/sign-in-refusals.js'
import { preAuthentication } from '../../flows/sign-in/sign-in-triggers.js'
import { simulatedUser } from '../../flows/sign-in/simulated-user.js'
import { type InputOf, operation } from '../operations.js'
import { invalidParameter, userNotFound } from '../refusals.js'
import type { Scope } from '../scope.js'
import { answerTo } from './answer.js'
import { ensureSecretHash, parameter, poolAndClient } from './client.js'
import { beginCustomAuth } from './custom.js'
import { refreshed } from './refresh.js'
import { beginSrp } from './srp.js'
import { beginUserAuth } from './user-auth.js'

type Flow = InputOf<'InitiateAuth'>['AuthFlow']

export const InitiateAuth = operation('InitiateAuth', async (scope, input) => {
  const { pool, client } = await poolAndClient(scope, input.ClientId)
  return begin(scope, pool, client, input, 'public')
})

export const AdminInitiateAuth = operation('AdminInitiateAuth', async (scope, input) => {
  const { pool, client } = await poolAndClient(scope, input.ClientId, input.UserPoolId)
  return begin(scope, pool, client, input, 'admin')
})

interface Begun {
  readonly AuthFlow: Flow
  readonly AuthParameters?: Readonly<Record<string, string>>
  readonly Session?: string
  readonly ClientMetadata?: Readonly<Record<string, string>>
}

async function begin(
  scope: Scope,
  pool: UserPool,
  client: AppClient,
  { AuthFlow, AuthParameters, Session, ClientMetadata }: Begun,
  caller: 'public' | 'admin',
): Promise<object> {
  ensureFlow(pool, client, AuthFlow, caller)
  if (AuthFlow === 'REFRESH_TOKEN_AUTH' || AuthFlow === 'REFRESH_TOKEN') {
    const token = parameter(AuthParameters, 'REFRESH_TOKEN')
    return refreshed(scope, pool, client, token, AuthParameters)
  }
  const username = parameter(AuthParameters, 'USERNAME')
  const journey = journeyOn(AuthParameters?.DEVICE_KEY)
  const isAsked = (user: UserRecord | undefined) =>
    preAuthentication(scope.service, pool, client, { username, user }, ClientMetadata)
  if (AuthFlow === 'USER_AUTH') {
    ensureSecretHash(client, username, AuthParameters?.SECRET_HASH)
    const known = await knownUser(scope, pool, client, username, caller)
    await isAsked(known)
    const signIn = { pool, client, journey }
    const begun = await beginUserAuth(scope.service, signIn, known ?? username, AuthParameters ?? {}, Session)
    return answerTo(scope, pool, client, begun)
  }
  if (AuthFlow === 'CUSTOM_AUTH') {
    ensureSecretHash(client, username, AuthParameters?.SECRET_HASH)
    const user = await knownUser(scope, pool, client, username, caller)
    await isAsked(user)
    // What an app sends at the beginning, the triggers of the flow do not see (§5.2).
    const forTriggers = caller === 'admin' && ClientMetadata ? { clientMetadata: ClientMetadata } : {}
    const signIn = { pool, client, journey: {}, forTriggers }
    const begun = await beginCustomAuth(scope.service, signIn, { user, username }, AuthParameters ?? {})
    const source = 'TokenGeneration_Authentication'
    return answerTo(scope, pool, client, begun, { source, ...forTriggers })
  }
  const secret = AuthFlow === 'USER_SRP_AUTH' ? 'SRP_A' : 'PASSWORD'
  const value = parameter(AuthParameters, secret)
  ensureSecretHash(client, username, AuthParameters?.SECRET_HASH)
  const user = await knownUser(scope, pool, client, username, caller)
  if (user === undefined || AuthFlow === 'USER_SRP_AUTH') await isAsked(user)
  if (AuthFlow === 'USER_SRP_AUTH')
    return beginSrp(
      scope.service,
      { pool, client, journey: {} },
      user ?? simulatedUser(pool, username),
      value,
    )
  ensure(user, () => unknownUser(pool, username))
  const credentials = { username: user.username, password: value }
  const outcome = await signInWithPassword(scope.service, pool, client, credentials, journey, {
    validationData: ClientMetadata,
  })
  return answerTo(scope, pool, client, outcome)
}

/** Which setting of the client lets which flow pass, for whom, and what is said otherwise (§3.1). */
const flows: {
  readonly [flow in Flow]: {
    readonly needs: readonly string[]
    readonly callers: readonly string[]
    readonly refusal: string
  }
} = {
  USER_PASSWORD_AUTH: {
    needs: ['ALLOW_USER_PASSWORD_AUTH', 'USER_PASSWORD_AUTH'],
    callers: ['public'],
    refusal: 'USER_PASSWORD_AUTH flow not enabled for this client',
  },
  USER_SRP_AUTH: {
    needs: ['ALLOW_USER_SRP_AUTH'],
    callers: ['public', 'admin'],
    refusal: 'USER_SRP_AUTH is not enabled for the client.',
  },
  ADMIN_USER_PASSWORD_AUTH: {
    needs: ['ALLOW_ADMIN_USER_PASSWORD_AUTH', 'ADMIN_NO_SRP_AUTH'],
    callers: ['admin'],
    refusal: 'Auth flow not enabled for this client',
  },
  ADMIN_NO_SRP_AUTH: {
    needs: ['ALLOW_ADMIN_USER_PASSWORD_AUTH', 'ADMIN_NO_SRP_AUTH'],
    callers: ['admin'],
    refusal: 'Auth flow not enabled for this client',
  },
  CUSTOM_AUTH: {
    needs: ['ALLOW_CUSTOM_AUTH', 'CUSTOM_AUTH_FLOW_ONLY'],
    callers: ['public', 'admin'],
    refusal: 'Auth flow not enabled for this client',
  },
  USER_AUTH: {
    needs: ['ALLOW_USER_AUTH'],
    callers: ['public', 'admin'],
    refusal: 'Auth flow not enabled for this client',
  },
  REFRESH_TOKEN_AUTH: {
    needs: ['ALLOW_REFRESH_TOKEN_AUTH'],
    callers: ['public', 'admin'],
    refusal: 'Auth flow not enabled for this client',
  },
  REFRESH_TOKEN: {
    needs: ['ALLOW_REFRESH_TOKEN_AUTH'],
    callers: ['public', 'admin'],
    refusal: 'Auth flow not enabled for this client',
  },
}

const defaultFlows = ['ALLOW_REFRESH_TOKEN_AUTH', 'ALLOW_USER_SRP_AUTH', 'ALLOW_CUSTOM_AUTH']

function ensureFlow(pool: UserPool, { settings }: AppClient, flow: Flow, caller: 'public' | 'admin'): void {
  const rule = flows[flow]
  ensure(rule.callers.includes(caller), () => invalidParameter('Initiate Auth method not supported.'))
  // Choosing is a feature of the tiers Essentials and Plus (§3.9).
  ensure(flow !== 'USER_AUTH' || pool.settings.UserPoolTier !== 'LITE', () => invalidParameter(rule.refusal))
  const enabled: readonly string[] = settings.ExplicitAuthFlows ?? defaultFlows
  // The names of before 2019 let refreshing pass without saying so.
  const legacy = enabled.length > 0 && !enabled.some(name => name.startsWith('ALLOW_'))
  ensure(rule.needs.some(need => enabled.includes(need)) || (legacy && flow.startsWith('REFRESH')), () =>
    invalidParameter(rule.refusal),
  )
}

/** A user by name or alias; unknown ones are told as the client wishes (§3.12). */
async function knownUser(
  { service }: Scope,
  pool: UserPool,
  { settings }: AppClient,
  username: string,
  caller: 'public' | 'admin',
): Promise<UserRecord | undefined> {
  const user = (await userNamed(service, pool, username)) ?? (await userBySub(service, pool, username))
  const hides = settings.PreventUserExistenceErrors === 'ENABLED' && caller === 'public'
  ensure(user !== undefined || hides, () => userNotFound(username, pool))
  return user?.record
}

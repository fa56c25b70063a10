import { byPrecedence, type Group, rolesOf } from '../core/group.js'
import { identitiesAttribute } from '../core/identity.js'
import type { TriggerCall, TriggerName, TriggerRequest, TriggerResponse } from '../core/ports/triggers.js'
import { Refusal, refusal } from '../core/refusal.js'
import type { User, UserAttributes } from '../core/user.js'
import type { UserPool } from '../core/user-pool.js'
import type { Service } from './service.js'

/** What an app sends along for triggers. Which request's goes to which trigger, docs/facts/user-pools-api.md §5.2 says. */
export interface ForTriggers {
  readonly clientMetadata?: Readonly<Record<string, string>> | undefined
  readonly validationData?: Readonly<Record<string, string>> | undefined
}

/** A user as events show them (docs/facts/user-pools-api.md §5.1): texts only. */
export const attributesInEvents = (pool: UserPool, user: User): UserAttributes => ({
  sub: user.sub,
  'cognito:user_status': user.status,
  ...missingOnes(pool, user),
  ...user.attributes,
  ...(user.identities.length === 0 ? {} : { identities: identitiesAttribute(user.identities) }),
})

/** What the pool requires, and an administrator has left out. */
const missingOnes = ({ schema }: UserPool, { attributes }: User): UserAttributes =>
  Object.fromEntries(
    schema
      .filter(({ name, required }) => required && name !== 'sub' && !attributes[name])
      .map(({ name }) => [name, 'cognito:default_val']),
  )

/** The groups of a user, and the roles that they bring, as events have them. */
export function groupConfigurationOf(
  groups: readonly Group[],
): NonNullable<TriggerRequest<'PreTokenGeneration'>['groupConfiguration']> {
  const inOrder = byPrecedence(groups)
  const { roles, preferred } = rolesOf(inOrder)
  return {
    groupsToOverride: inOrder.map(({ name }) => name),
    iamRolesToOverride: roles,
    preferredRole: preferred ?? null,
  }
}

/** Calls a trigger. Undefined where the pool does not have it. */
export const callTrigger = <N extends TriggerName>(
  { triggers }: Pick<Service, 'triggers'>,
  pool: UserPool,
  name: N,
  call: Omit<TriggerCall<N>, 'request'> & { readonly request: TriggerRequest<N> },
): Promise<TriggerResponse<N> | undefined> => triggers.call(name, pool, call)

/**
 * Calls a trigger on the way to an app's callback, where refusals have another form
 * (docs/facts/oauth-and-federation.md §8.9).
 * @param end what follows the text: the blank is Cognito's, on the way back from a provider (fact O48)
 */
export async function atHostedPages<T>(call: () => Promise<T>, end: '' | ' ' = ' '): Promise<T> {
  try {
    return await call()
  } catch (error) {
    throw error instanceof Refusal ? failedAtCallback(error, end) : error
  }
}

const failedAtCallback = refusal('invalid_request', ({ told, explanation }: Refusal, end: string) => ({
  told: `${told}${end}`,
  ...explanation,
}))

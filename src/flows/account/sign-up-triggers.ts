import type { TriggerCall, TriggerResponse } from '../../core/ports/triggers.js'
import { ensure, refusal } from '../../core/refusal.js'
import type { User, UserAttributes } from '../../core/user.js'
import type { UserPool } from '../../core/user-pool.js'
import type { Service } from '../service.js'
import { attributesInEvents, callTrigger, type ForTriggers } from '../triggers.js'

/** The triggers around the making of a user (docs/facts/user-pools-api.md §5.2, §5.3). */

type Reach = Pick<Service, 'triggers' | 'recorder'>

/** The request that the trigger is called for. An administrator's request has no client. */
interface Asked {
  readonly clientId?: string
  readonly forTriggers: ForTriggers
}

/** Asks the pool's trigger whether a user may be created. Only sign-ups read the answer; others are refused or not. */
export const preSignUp = async (
  service: Reach,
  pool: UserPool,
  source: TriggerCall<'PreSignUp'>['source'],
  { username, attributes }: { readonly username: string; readonly attributes: UserAttributes },
  { clientId, forTriggers: { validationData, clientMetadata } }: Asked,
): Promise<TriggerResponse<'PreSignUp'>> =>
  (await callTrigger(service, pool, 'PreSignUp', {
    source,
    userName: username,
    ...(clientId === undefined ? {} : { clientId }),
    request: {
      userAttributes: attributes,
      validationData: validationData ?? null,
      ...(clientMetadata && { clientMetadata }),
    },
  })) ?? {}

/** Calls the pool's trigger after a user was confirmed. The user stays confirmed even if the trigger fails. */
export async function postConfirmation(
  service: Reach,
  pool: UserPool,
  user: User,
  { clientId, forTriggers: { clientMetadata } }: Asked,
  source: TriggerCall<'PostConfirmation'>['source'] = 'PostConfirmation_ConfirmSignUp',
): Promise<void> {
  await callTrigger(service, pool, 'PostConfirmation', {
    source,
    userName: user.username,
    ...(clientId === undefined ? {} : { clientId }),
    request: {
      userAttributes: attributesInEvents(pool, user),
      ...(clientMetadata && { clientMetadata }),
    },
  })
}

/** The attributes of a sign-up with what its trigger takes for verified. */
export function autoVerified(
  pool: UserPool,
  attributes: UserAttributes,
  { autoVerifyEmail, autoVerifyPhone }: TriggerResponse<'PreSignUp'>,
): UserAttributes {
  const verified = [...(autoVerifyEmail ? ['email'] : []), ...(autoVerifyPhone ? ['phone_number'] : [])]
  const missing = verified.find(name => !attributes[name])
  ensure(missing === undefined, () => nothingToVerify(pool, missing ?? ''))
  if (verified.length === 0) return attributes
  return { ...attributes, ...Object.fromEntries(verified.map(name => [`${name}_verified`, 'true'])) }
}

const nothingToVerify = refusal('InvalidLambdaResponseException', (pool: UserPool, attribute: string) => ({
  // The service's words are not known.
  told: 'Unrecognizable lambda output',
  because: `PreSignUp of ${pool.name} takes ${attribute} for verified, and the user has none.`,
  remedy: 'Set the flag for users who have the attribute.',
}))

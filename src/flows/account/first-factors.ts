import { allowedFirstFactors, type FirstFactor } from '../../core/first-factor.js'
import type { User } from '../../core/user.js'
import type { UserPool } from '../../core/user-pool.js'
import type { Service } from '../service.js'
import { passkeysOf } from './passkeys.js'

/** The first factors that the pool allows and the user has what it takes for, in the order Cognito lists them. */
export async function firstFactorsOf(service: Service, pool: UserPool, user: User): Promise<FirstFactor[]> {
  const allowed = allowedFirstFactors(pool)
  const { password, attributes, status } = user
  // A user of another provider has nothing to sign in with here.
  if (status === 'EXTERNAL_PROVIDER') return []
  const has: readonly (readonly [FirstFactor, boolean])[] = [
    ['PASSWORD', password !== undefined],
    ['EMAIL_OTP', Boolean(attributes.email)],
    ['SMS_OTP', Boolean(attributes.phone_number)],
    ['WEB_AUTHN', allowed.includes('WEB_AUTHN') && (await passkeysOf(service, pool, user)).length > 0],
  ]
  return has.flatMap(([factor, isAble]) => (isAble && allowed.includes(factor) ? [factor] : []))
}

import type { UserRecord } from '../../../core/collections.js'
import { challengesOf, type FirstChallenge } from '../../../core/first-factor.js'
import { isMultiFactor } from '../../../core/passkey.js'
import type { UserPool } from '../../../core/user-pool.js'
import { firstFactorsOf } from '../../account/first-factors.js'
import { hasSecondFactor } from '../../account/mfa.js'
import { mfaConfigurationOf } from '../../directory/directory.js'
import type { Service } from '../../service.js'

/** The challenges that the pool allows and the user could answer, in the order Cognito lists them. */
export async function firstChallengesFor(
  service: Service,
  pool: UserPool,
  user: UserRecord,
): Promise<FirstChallenge[]> {
  if (user.status === 'FORCE_CHANGE_PASSWORD') return challengesOf('PASSWORD')
  const factors = await firstFactorsOf(service, pool, user)
  const { MfaConfiguration, WebAuthnConfiguration } = await mfaConfigurationOf(service, pool)
  // Codes are no first factor for a user who needs a second one; a passkey may be both (§3.9).
  const needsMore = MfaConfiguration === 'ON' || (await hasSecondFactor(service, pool, user))
  const good = ['PASSWORD', ...(isMultiFactor(WebAuthnConfiguration ?? {}) ? ['WEB_AUTHN'] : [])]
  return factors.filter(factor => !needsMore || good.includes(factor)).flatMap(challengesOf)
}

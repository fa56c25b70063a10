import {
  activeFactors,
  type MfaConfiguration,
  type MfaFactor,
  type MfaStep,
  mfaStep,
  type PoolMfa,
} from '../../core/mfa.js'
import type { User } from '../../core/user.js'
import type { UserPool } from '../../core/user-pool.js'
import { mfaConfigurationOf } from '../directory/directory.js'
import type { Service } from '../service.js'
import { recoveryMedia } from './recovery.js'

/**
 * How a pool handles second factors. A pool that is created with a mode and a way to send text messages uses those
 * (docs/facts/user-pools-api.md §2.1).
 */
export async function poolMfa(service: Pick<Service, 'store'>, pool: UserPool): Promise<PoolMfa> {
  const configuration = await mfaConfigurationOf(service, pool)
  // Only a setting that somebody made stands in the way of a factor: what is sure of the default is that it is shown.
  const recovery = pool.settings.AccountRecoverySetting === undefined ? [] : recoveryMedia(pool)
  return {
    mode: configuration.MfaConfiguration,
    factors: factorsOf(configuration, pool),
    recovery: recovery.map(medium => (medium === 'EMAIL' ? 'email' : 'phone_number')),
  }
}

function factorsOf(configuration: MfaConfiguration, { settings }: UserPool): MfaFactor[] {
  const { SmsMfaConfiguration, SoftwareTokenMfaConfiguration, EmailMfaConfiguration } = configuration
  const totp = SoftwareTokenMfaConfiguration?.Enabled === true
  const email = EmailMfaConfiguration !== undefined
  const sms =
    SmsMfaConfiguration !== undefined || (!totp && !email && settings.SmsConfiguration !== undefined)
  return [
    ...(sms ? (['SMS_MFA'] as const) : []),
    ...(totp ? (['SOFTWARE_TOKEN_MFA'] as const) : []),
    ...(email ? (['EMAIL_OTP'] as const) : []),
  ]
}

/** What the pool asks for after the first factor. Second factors of users of other providers are those providers' concern (fact O63). */
export const secondFactor = async (
  service: Pick<Service, 'store'>,
  pool: UserPool,
  user: User,
): Promise<MfaStep | undefined> => mfaStep(await poolMfa(service, pool), user)

/** Whether the user has a second factor, so that a password alone does not suffice. */
export const hasSecondFactor = async (
  service: Pick<Service, 'store'>,
  pool: UserPool,
  user: User,
): Promise<boolean> => activeFactors(await poolMfa(service, pool), user).length > 0

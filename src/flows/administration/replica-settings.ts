import { isDeepStrictEqual } from 'node:util'
import type { MfaConfiguration } from '../../core/mfa.js'
import { ensure } from '../../core/refusal.js'
import { isRegional, sharedSettings } from '../../core/replica.js'
import { ensureSound } from '../../core/rules/finding.js'
import { regionFindings } from '../../core/rules/pool.js'
import { type PoolSettings, servingRegion, type UserPool } from '../../core/user-pool.js'
import * as refusals from './administration-refusals.js'

/** What of a pool's settings the region of a secondary replica can change. */

/**
 * The settings of a pool after an update in a replica's region. There, what each region has of its own is replaced; all
 * else is the primary's to change, and may be repeated.
 */
export function settingsAtReplica(
  pool: UserPool,
  name: string | undefined,
  changed: PoolSettings,
): PoolSettings {
  const region = servingRegion(pool)
  ensureSound(regionFindings(changed, region))
  const shared = sharedSettings(pool.settings)
  const given = Object.entries({ ...sharedSettings(changed), PoolName: name })
  const now: Readonly<Record<string, unknown>> = { ...shared, PoolName: pool.name }
  const other = given.find(([member, value]) => value !== undefined && !isDeepStrictEqual(value, now[member]))
  ensure(other === undefined, () => refusals.onlyAtPrimary(other?.[0] ?? '', pool))
  const { UserPoolTags = pool.settings.UserPoolTags, ...own } = changed
  const regional = Object.entries({ ...own, UserPoolTags }).filter(([member]) => isRegional(member))
  return { ...shared, ...Object.fromEntries(regional.filter(([, value]) => value !== undefined)) }
}

/**
 * The settings of a pool after its MFA configuration was set in a replica's region. Of that, a replica has its own sender of text
 * messages; the rest is the primary's, and may be repeated.
 */
export function settingsWithSms(
  pool: UserPool,
  { SmsMfaConfiguration: smsNow, ...now }: MfaConfiguration,
  { SmsMfaConfiguration: sms, ...others }: MfaConfiguration,
): PoolSettings {
  const { SmsConfiguration, ...message } = sms ?? {}
  const { SmsConfiguration: _sender, ...messageNow } = smsNow ?? {}
  const isSame =
    isDeepStrictEqual({ ...now, ...others }, now) &&
    isDeepStrictEqual({ ...messageNow, ...message }, messageNow)
  ensure(isSame, () => refusals.onlyAtPrimary('MfaConfiguration', pool))
  return { ...pool.settings, ...(SmsConfiguration && { SmsConfiguration }) }
}

import type { Collection } from '../core/ports/store.js'
import { ensure, refusal } from '../core/refusal.js'
import type { setUserPoolMfaConfig } from '../core/shapes/user-pools.js'
import type { UserPool } from '../core/user-pool.js'
import type { Infer } from '../lib/shape.js'
import type { Service } from './service.js'

/** What `SetUserPoolMfaConfig` has set, as it was given. Key: the pool's id. */
export type MfaConfiguration = Omit<Infer<typeof setUserPoolMfaConfig>, 'UserPoolId'>

export const mfaConfigurations: Collection<MfaConfiguration> = { name: 'mfa-configurations', indexes: {} }

/** A pool's MFA configuration: what was set last, by whichever operation. */
export async function mfaConfigurationOf(
  { store }: Pick<Service, 'store'>,
  pool: UserPool,
): Promise<MfaConfiguration & { readonly MfaConfiguration: 'ON' | 'OFF' | 'OPTIONAL' }> {
  const set = (await store.get(mfaConfigurations, pool.id))?.record
  return { ...set, MfaConfiguration: set?.MfaConfiguration ?? pool.settings.MfaConfiguration ?? 'OFF' }
}

const secondFactorMissing = refusal('NotImplementedException', (pool: UserPool) => ({
  told: 'This pool requires multi-factor authentication, which Rockpool does not have yet.',
  because: `MFA of ${pool.name} is ON: on AWS a second factor would be asked for now.`,
  remedy: 'Set the MFA of the pool to OFF or OPTIONAL for the time being.',
}))

/** Nobody gets in by a password alone where the pool wants more. Users of other providers are trusted to those (fact O63). */
export async function ensureNoSecondFactor(service: Service, pool: UserPool): Promise<void> {
  const { MfaConfiguration: mode } = await mfaConfigurationOf(service, pool)
  ensure(mode !== 'ON', () => secondFactorMissing(pool))
}

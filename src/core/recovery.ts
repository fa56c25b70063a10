import { ifAny } from '../lib/if-any.js'
import type { PoolSettings, UserPool } from './user-pool.js'

type Mechanisms = NonNullable<NonNullable<PoolSettings['AccountRecoverySetting']>['RecoveryMechanisms']>

/** What a pool without a setting shows, and does (fact I36). */
const defaultMechanisms: Mechanisms = [
  { Priority: 1, Name: 'verified_email' },
  { Priority: 2, Name: 'verified_phone_number' },
]

/** The ways in which the users of a pool get back in after they forgot their passwords, as they were set. */
export const recoveryMechanisms = ({ settings }: Pick<UserPool, 'settings'>): Mechanisms =>
  ifAny(settings.AccountRecoverySetting?.RecoveryMechanisms) ?? defaultMechanisms

/** Whether only administrators give new passwords; no other mechanism stands beside that. */
export const isRecoveredByAdministrators = (pool: Pick<UserPool, 'settings'>): boolean =>
  recoveryMechanisms(pool).some(({ Name }) => Name === 'admin_only')

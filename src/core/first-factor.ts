import { ifAny } from '../lib/if-any.js'
import type { UserPool } from './user-pool.js'

/** A way to begin a sign-in (docs/facts/user-pools-api.md §3.9). */
export type FirstFactor = 'PASSWORD' | 'EMAIL_OTP' | 'SMS_OTP' | 'WEB_AUTHN'

/** The first factors that the pool allows; passwords, unless it says otherwise. */
export const allowedFirstFactors = ({ settings }: Pick<UserPool, 'settings'>): readonly string[] =>
  ifAny(settings.Policies?.SignInPolicy?.AllowedFirstAuthFactors) ?? ['PASSWORD']

/** Whether users can sign in to the pool by a code alone, and so need no password. */
export const allowsNoPassword = (pool: Pick<UserPool, 'settings'>): boolean =>
  allowedFirstFactors(pool).some(factor => factor === 'EMAIL_OTP' || factor === 'SMS_OTP')

/** How a first factor is asked for. */
export type FirstChallenge = Exclude<FirstFactor, 'PASSWORD'> | 'PASSWORD_SRP' | 'PASSWORD'

/** The challenges by which a factor can be asked for, in the order Cognito lists them. */
export const challengesOf = (factor: FirstFactor): FirstChallenge[] =>
  factor === 'PASSWORD' ? ['PASSWORD_SRP', 'PASSWORD'] : [factor]

import type { Infer } from '../lib/shape.js'
import type { setRiskConfiguration } from './shapes/protection.js'

/** What threat protection makes of an event. */
export interface Risk {
  readonly decision: 'NoRisk' | 'AccountTakeover' | 'Block'
  readonly level?: RiskLevel
  /** Whether the password is known to others. */
  readonly compromised?: boolean
}

export type RiskLevel = 'Low' | 'Medium' | 'High'

/** The threat protection of a pool, or of one of its clients. */
export type RiskConfiguration = Omit<Infer<typeof setRiskConfiguration>, 'UserPoolId' | 'ClientId'>
export type TakeoverConfiguration = NonNullable<RiskConfiguration['AccountTakeoverRiskConfiguration']>
export type TakeoverAction = NonNullable<TakeoverConfiguration['Actions']['LowAction']>
export type CompromisedConfiguration = NonNullable<
  RiskConfiguration['CompromisedCredentialsRiskConfiguration']
>
/** When passwords are compared with those that are known to others. */
export type PasswordEvent = NonNullable<CompromisedConfiguration['EventFilter']>[number]

/** What a configuration does at a level; undefined where it does nothing. */
export const actionAt = (
  { Actions }: Pick<TakeoverConfiguration, 'Actions'>,
  level: RiskLevel,
): TakeoverAction | undefined => Actions[`${level}Action`]

/**
 * How a sign-in is judged, in the place of AWS's own judgement: a rule is about all sign-ins that its conditions hold for, and a
 * rule without conditions is about all.
 */
export interface RiskRule {
  readonly poolId?: string
  readonly clientId?: string
  readonly username?: string
  /** An address, or a range of them in CIDR notation. */
  readonly address?: string
  /** Part of the device's name, such as `Firefox`. */
  readonly device?: string
  /** Absent: the rule says nothing of a takeover. */
  readonly level?: RiskLevel
  /** Whether the passwords of these users are known to others, whichever they are. */
  readonly compromised?: boolean
  /** Passwords that are known to others. */
  readonly passwords?: readonly string[]
  /** Where the address is: shown in events, logs and mails. */
  readonly city?: string
  readonly country?: string
}

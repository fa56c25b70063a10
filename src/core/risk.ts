/** What threat protection makes of an event. */
export interface Risk {
  readonly decision: 'NoRisk' | 'AccountTakeover' | 'Block'
  readonly level?: RiskLevel
  /** Whether the password is known to others. */
  readonly compromised?: boolean
}

export type RiskLevel = 'Low' | 'Medium' | 'High'

import { riskRules } from '../../core/collections.js'
import type { EventContext } from '../../core/evidence.js'
import { put } from '../../core/ports/store.js'
import type { RiskRule } from '../../core/risk.js'
import { isWithin } from '../../lib/ip-range.js'
import { sameSecret } from '../../lib/secrets.js'
import type { Service } from '../service.js'

/** The rules that a test has set. They are part of the state, so all processes of it judge alike. */

const key = 'rules'

export const riskRulesOf = async ({ store }: Pick<Service, 'store'>): Promise<readonly RiskRule[]> =>
  (await store.get(riskRules, key))?.record.rules ?? []

/** Sets the rules, in the place of all that there were. */
export async function setRiskRules(
  { store }: Pick<Service, 'store'>,
  rules: readonly RiskRule[],
): Promise<void> {
  await store.commit(put(riskRules, key, { rules }))
}

/** What is judged: somebody at a pool, perhaps through a client, with what is known of the request. */
export interface Judged {
  readonly poolId: string
  readonly clientId: string | undefined
  /** Absent before there is a user. */
  readonly username?: string | undefined
  readonly context: EventContext | undefined
}

/** Whether the conditions of a rule hold. */
export const appliesTo = (rule: RiskRule, { poolId, clientId, username, context }: Judged): boolean =>
  (rule.poolId === undefined || rule.poolId === poolId) &&
  (rule.clientId === undefined || rule.clientId === clientId) &&
  (rule.username === undefined || rule.username === username) &&
  (rule.address === undefined || isWithin(context?.address ?? '', [rule.address])) &&
  (rule.device === undefined || (context?.deviceName ?? '').toLowerCase().includes(rule.device.toLowerCase()))

/** Whether a rule says of a password that others know it. */
export const knowsPassword = (
  { compromised, passwords = [] }: Pick<RiskRule, 'compromised' | 'passwords'>,
  password: string,
): boolean => compromised === true || passwords.some(known => sameSecret(known, password))

import type { RiskRule } from '../core/risk.js'
import { clientById, poolById } from '../flows/directory/directory.js'
import { riskRulesOf, setRiskRules } from '../flows/history/risk-rules.js'
import type { Service } from '../flows/service.js'
import { isRange } from '../lib/ip-range.js'
import { clientNamed, poolNamed } from './named.js'
import { Unmet } from './unmet.js'

/** A rule of threat protection as a test gives it: pool and client by name or id. Conditions that are left out hold for all. */
export interface GivenRiskRule {
  readonly pool?: string | undefined
  readonly client?: string | undefined
  readonly username?: string | undefined
  /** An address, or a range such as `192.0.2.0/24`. */
  readonly address?: string | undefined
  /** Part of the name of the device, such as `Firefox`. */
  readonly device?: string | undefined
  /** The risk of sign-ins. */
  readonly level?: 'Low' | 'Medium' | 'High' | undefined
  /** Whether others know the passwords of these users. */
  readonly compromised?: boolean | undefined
  /** Passwords that others know. */
  readonly passwords?: readonly string[] | undefined
  readonly city?: string | undefined
  readonly country?: string | undefined
}

/** Sets the rules; the first that applies counts. */
export async function putRiskRules(
  service: Service,
  given: readonly GivenRiskRule[],
): Promise<GivenRiskRule[]> {
  const rules: RiskRule[] = []
  for (const rule of given) rules.push(await resolved(service, rule))
  await setRiskRules(service, rules)
  return shownRiskRules(service)
}

async function resolved(service: Service, { pool, client, ...rest }: GivenRiskRule): Promise<RiskRule> {
  if (rest.address !== undefined && !isRange(rest.address))
    throw new Unmet(
      `${JSON.stringify(rest.address)} is no address and no range of them. Write 192.0.2.7, 192.0.2.0/24 or 2001:db8::/32.`,
    )
  const known = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined))
  if (pool === undefined && client === undefined) return known
  const ofPool = await poolNamed(service, pool)
  if (client === undefined) return { ...known, poolId: ofPool.id }
  const ofClient = await clientNamed(service, ofPool, client, () => true)
  return { ...known, poolId: ofPool.id, clientId: ofClient.id }
}

/** The rules, with the names of pools and clients that are still there. */
export async function shownRiskRules(service: Service): Promise<GivenRiskRule[]> {
  return Promise.all(
    (await riskRulesOf(service)).map(async ({ poolId, clientId, ...rule }) => ({
      ...(poolId === undefined ? {} : { pool: (await poolById(service, poolId))?.name ?? poolId }),
      ...(clientId === undefined ? {} : { client: (await clientById(service, clientId))?.name ?? clientId }),
      ...rule,
    })),
  )
}

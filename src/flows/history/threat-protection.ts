import type { AppClient } from '../../core/app-client.js'
import { documents, riskFeedback } from '../../core/collections.js'
import type { EventContext } from '../../core/evidence.js'
import { documentKey, everyClient } from '../../core/pool-document.js'
import { keyOf } from '../../core/ports/store.js'
import { refusal } from '../../core/refusal.js'
import {
  actionAt,
  type PasswordEvent,
  type Risk,
  type RiskConfiguration,
  type RiskLevel,
  type TakeoverAction,
} from '../../core/risk.js'
import type { User } from '../../core/user.js'
import type { UserPool } from '../../core/user-pool.js'
import { isWithin } from '../../lib/ip-range.js'
import type { Service } from '../service.js'
import { isWatched, recordAuthEvent } from './auth-events.js'
import { circumstancesOf } from './circumstances.js'
import { appliesTo, knowsPassword, riskRulesOf } from './risk-rules.js'

/**
 * Threat protection (docs/facts/user-pools-api.md §2.14): what the rules of a test, ranges of addresses and feedback make of a request,
 * and what the configuration of the client, or else of the pool, does about it. In the mode AUDIT it does nothing.
 */

type Needs = Pick<Service, 'store' | 'evidence'>
type Client = Pick<AppClient, 'id' | 'settings'>

const isEnforced = ({ settings }: UserPool): boolean =>
  settings.UserPoolAddOns?.AdvancedSecurityMode === 'ENFORCED'

/** The configuration that counts for a client: its own, or that of every client without one. */
export async function riskConfigurationFor(
  { store }: Pick<Needs, 'store'>,
  { id }: UserPool,
  client: Pick<AppClient, 'id'> | undefined,
): Promise<RiskConfiguration> {
  const of = async (target: string) =>
    (await store.get(documents, documentKey(id, 'risk-configuration', target)))?.record.value
  return ((client && (await of(client.id))) ?? (await of(everyClient)) ?? {}) as RiskConfiguration
}

/** What is made of a sign-in. */
export interface Judgement {
  /** Absent: no risk. */
  readonly level?: RiskLevel
  /** What is to be done about it. Absent where nothing is, and in the mode AUDIT. */
  readonly action?: TakeoverAction
}

/** Judges a sign-in of a user. */
export async function judgeSignIn(
  service: Needs,
  pool: UserPool,
  client: Client,
  { sub, username }: Pick<User, 'sub' | 'username'>,
): Promise<Judgement> {
  if (!isWatched(pool)) return {}
  const { RiskExceptionConfiguration: exceptions, AccountTakeoverRiskConfiguration: takeover } =
    await riskConfigurationFor(service, pool, client)
  const context = await circumstancesOf(service, client)
  if (context && isWithin(context.address, exceptions?.SkippedIPRangeList ?? [])) return {}
  const level =
    (await levelByFeedback(service, pool, sub, context)) ??
    (await riskRulesOf(service)).find(
      rule =>
        rule.level !== undefined &&
        appliesTo(rule, { poolId: pool.id, clientId: client.id, username, context }),
    )?.level
  if (level === undefined || level === 'none') return {}
  const action = isEnforced(pool) && takeover !== undefined ? actionAt(takeover, level) : undefined
  return { level, ...(action && { action }) }
}

/**
 * Feedback goes before rules: an address and device whose event was found valid are the user's own, those of an invalid one
 * somebody else's.
 */
async function levelByFeedback(
  { store }: Pick<Needs, 'store'>,
  pool: UserPool,
  sub: string,
  context: EventContext | undefined,
): Promise<RiskLevel | 'none' | undefined> {
  if (context === undefined) return undefined
  const found = await store.get(riskFeedback, feedbackKey(pool.id, sub, context))
  if (found === undefined) return undefined
  return found.record.value === 'Valid' ? 'none' : 'High'
}

export const feedbackKey = (
  poolId: string,
  sub: string,
  { address, deviceName }: Pick<EventContext, 'address' | 'deviceName'>,
): string => keyOf(poolId, sub, address, deviceName)

/**
 * Refuses a request from an address that the configuration blocks, in the mode ENFORCED.
 * @param user whose request it is, if that is known: it is among the user's events then
 */
export async function ensureAddressAllowed(
  service: Service,
  pool: UserPool,
  client: Client,
  type: 'SignIn' | 'SignUp' | 'ForgotPassword' | 'ResendCode',
  user?: Pick<User, 'sub' | 'username'>,
): Promise<void> {
  if (!isEnforced(pool)) return
  const { RiskExceptionConfiguration: exceptions } = await riskConfigurationFor(service, pool, client)
  const blocked = exceptions?.BlockedIPRangeList ?? []
  if (blocked.length === 0) return
  const address = (await circumstancesOf(service, client))?.address ?? ''
  if (!isWithin(address, blocked)) return
  if (user !== undefined) {
    const risk = { decision: 'Block', level: 'High' } as const
    await recordAuthEvent(service, pool, user, { type, response: 'Fail', client, risk })
  }
  throw addressBlocked(pool, address)
}

const addressBlocked = refusal('NotAuthorizedException', (pool: UserPool, address: string) => ({
  told: 'Request not allowed due to security reasons.',
  because: `The address ${address} is in RiskExceptionConfiguration.BlockedIPRangeList of ${pool.name}.`,
  remedy: 'Send the request from another address, or take the range out with SetRiskConfiguration.',
}))

/** What is made of a password. */
export interface PasswordJudgement {
  readonly isCompromised: boolean
  /** Whether the configuration refuses it. */
  readonly isBlocked: boolean
}

/** Judges a password that a user signs in with, or chooses. */
export async function judgePassword(
  service: Needs,
  pool: UserPool,
  client: Client | undefined,
  { username, password }: { readonly username: string; readonly password: string },
  event: PasswordEvent,
): Promise<PasswordJudgement> {
  const fine = { isCompromised: false, isBlocked: false }
  if (!isWatched(pool)) return fine
  const { CompromisedCredentialsRiskConfiguration: configuration, RiskExceptionConfiguration: exceptions } =
    await riskConfigurationFor(service, pool, client)
  const { EventFilter: events } = configuration ?? {}
  if (events !== undefined && events.length > 0 && !events.includes(event)) return fine
  const context = await circumstancesOf(service, client)
  if (context && isWithin(context.address, exceptions?.SkippedIPRangeList ?? [])) return fine
  const judged = { poolId: pool.id, clientId: client?.id, username, context }
  const isCompromised = (await riskRulesOf(service)).some(
    rule => knowsPassword(rule, password) && appliesTo(rule, judged),
  )
  const isBlocked = isCompromised && isEnforced(pool) && configuration?.Actions.EventAction === 'BLOCK'
  return { isCompromised, isBlocked }
}

/** @throws Refusal when a password that a user chooses is known to others, and the configuration blocks such */
export async function ensureNotCompromised(
  service: Needs,
  pool: UserPool,
  client: Client | undefined,
  credentials: { readonly username: string; readonly password: string },
  event: Exclude<PasswordEvent, 'SIGN_IN'>,
): Promise<PasswordJudgement> {
  const judgement = await judgePassword(service, pool, client, credentials, event)
  if (judgement.isBlocked) throw passwordCompromised(pool, credentials.username, event)
  return judgement
}

const passwordCompromised = refusal(
  'InvalidPasswordException',
  (pool: UserPool, username: string, event: PasswordEvent) => ({
    told: 'Provided password cannot be used for security reasons.',
    because: `By a rule at /_rockpool/risk others know the password that ${username} chose, and CompromisedCredentialsRiskConfiguration of ${pool.name} blocks such at ${event}.`,
    remedy: 'Choose another password, or set EventAction to NO_ACTION with SetRiskConfiguration.',
  }),
)

/** What an event says of a password that others know, and that is let pass. */
export const compromised = (isCompromised: boolean): { readonly risk?: Risk } =>
  isCompromised ? { risk: { decision: 'NoRisk', compromised: true } } : {}

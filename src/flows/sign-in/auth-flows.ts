import type { AppClient } from '../../core/app-client.js'
import { ensure, refusal } from '../../core/refusal.js'
import type { initiateAuth } from '../../core/shapes/sign-in.js'
import type { UserPool } from '../../core/user-pool.js'
import type { Infer } from '../../lib/shape.js'

/** A way to begin a sign-in, by the names of `InitiateAuth`. */
export type AuthFlow = Infer<typeof initiateAuth>['AuthFlow']

/** An app calls as anybody may, a back end with its AWS credentials. */
export type Caller = 'public' | 'admin'

interface FlowRule {
  /** The values of ExplicitAuthFlows that allow the flow: one of them is enough. */
  readonly needs: readonly string[]
  readonly callers: readonly Caller[]
  /** Cognito's words if the client does not allow the flow. */
  readonly refusal: string
  /** What has to be given beside the username. */
  readonly parameter?: 'PASSWORD' | 'SRP_A'
}

const notEnabled = 'Auth flow not enabled for this client'

/** Which setting of the client allows which flow, and to which caller (docs/facts/user-pools-api.md §3.1). */
const authFlows: { readonly [flow in AuthFlow]: FlowRule } = {
  USER_PASSWORD_AUTH: {
    needs: ['ALLOW_USER_PASSWORD_AUTH', 'USER_PASSWORD_AUTH'],
    callers: ['public'],
    refusal: 'USER_PASSWORD_AUTH flow not enabled for this client',
    parameter: 'PASSWORD',
  },
  USER_SRP_AUTH: {
    needs: ['ALLOW_USER_SRP_AUTH'],
    callers: ['public', 'admin'],
    refusal: 'USER_SRP_AUTH is not enabled for the client.',
    parameter: 'SRP_A',
  },
  ADMIN_USER_PASSWORD_AUTH: {
    needs: ['ALLOW_ADMIN_USER_PASSWORD_AUTH', 'ADMIN_NO_SRP_AUTH'],
    callers: ['admin'],
    refusal: notEnabled,
    parameter: 'PASSWORD',
  },
  ADMIN_NO_SRP_AUTH: {
    needs: ['ALLOW_ADMIN_USER_PASSWORD_AUTH', 'ADMIN_NO_SRP_AUTH'],
    callers: ['admin'],
    refusal: notEnabled,
    parameter: 'PASSWORD',
  },
  CUSTOM_AUTH: {
    needs: ['ALLOW_CUSTOM_AUTH', 'CUSTOM_AUTH_FLOW_ONLY'],
    callers: ['public', 'admin'],
    refusal: notEnabled,
  },
  USER_AUTH: { needs: ['ALLOW_USER_AUTH'], callers: ['public', 'admin'], refusal: notEnabled },
  REFRESH_TOKEN_AUTH: {
    needs: ['ALLOW_REFRESH_TOKEN_AUTH'],
    callers: ['public', 'admin'],
    refusal: notEnabled,
  },
  REFRESH_TOKEN: {
    needs: ['ALLOW_REFRESH_TOKEN_AUTH'],
    callers: ['public', 'admin'],
    refusal: notEnabled,
  },
}

/** What a flow needs beside the username, if anything. */
export const parameterOf = (flow: AuthFlow): string | undefined => authFlows[flow].parameter

const defaultFlows = ['ALLOW_REFRESH_TOKEN_AUTH', 'ALLOW_USER_SRP_AUTH', 'ALLOW_CUSTOM_AUTH']

/** Refuses a flow that the client, the pool or the kind of call does not allow. */
export function ensureFlowAllowed(pool: UserPool, client: AppClient, flow: AuthFlow, caller: Caller): void {
  const { needs, callers, refusal: told } = authFlows[flow]
  ensure(callers.includes(caller), () => wrongCaller(flow, callers))
  // Choosing is a feature of the tiers Essentials and Plus (§3.9).
  ensure(flow !== 'USER_AUTH' || pool.settings.UserPoolTier !== 'LITE', () => tierLacksChoice(told, pool))
  const enabled = enabledFlows(client.settings.ExplicitAuthFlows)
  ensure(
    needs.some(need => enabled.includes(need)),
    () => flowNotAllowed(told, client, needs[0] ?? ''),
  )
}

/**
 * What ExplicitAuthFlows of a client enable: an empty list means as much as none (correction C43). The names of before
 * 2019 add to the default; only CUSTOM_AUTH_FLOW_ONLY shuts SRP, and leaves refreshing.
 */
function enabledFlows(given: readonly string[] = []): readonly string[] {
  if (given.some(name => name.startsWith('ALLOW_'))) return given
  if (given.includes('CUSTOM_AUTH_FLOW_ONLY')) return [...given, 'ALLOW_REFRESH_TOKEN_AUTH']
  return [...given, ...defaultFlows]
}

const wrongCaller = refusal('InvalidParameterException', (flow: AuthFlow, callers: readonly Caller[]) => ({
  told: 'Initiate Auth method not supported.',
  because: `${flow} is for ${callers.includes('admin') ? 'AdminInitiateAuth' : 'InitiateAuth'} only.`,
  remedy: `Call ${callers.includes('admin') ? 'AdminInitiateAuth' : 'InitiateAuth'}, or take another AuthFlow.`,
}))

const tierLacksChoice = refusal('InvalidParameterException', (told: string, pool: UserPool) => ({
  told,
  because: `UserPoolTier of ${pool.name} is LITE, which has no USER_AUTH.`,
  remedy: 'Set UserPoolTier to ESSENTIALS or PLUS.',
}))

const flowNotAllowed = refusal(
  'InvalidParameterException',
  (told: string, client: AppClient, need: string) => ({
    told,
    because: `ExplicitAuthFlows of the client ${client.name} lack ${need}.`,
    remedy: `Add ${need} to ExplicitAuthFlows of the client.`,
  }),
)

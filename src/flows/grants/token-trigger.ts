import type { AppClient } from '../../core/app-client.js'
import type { TriggerCall, TriggerRequest, TriggerResponse } from '../../core/ports/triggers.js'
import type { TokenChanges } from '../../core/token-changes.js'
import type { UserPool } from '../../core/user-pool.js'
import type { SignInRecords } from '../../tokens/token-service.js'
import type { Service } from '../service.js'
import { attributesInEvents, callTrigger, type ForTriggers, groupConfigurationOf } from '../triggers.js'

/** On what occasion tokens are made, and what the app sent along. */
export interface Occasion extends Pick<ForTriggers, 'clientMetadata'> {
  readonly source: TriggerCall<'PreTokenGeneration'>['source']
}

/** Asks the pool's trigger, before tokens are signed, how it wants them (docs/facts/user-pools-api.md §5.3). */
export async function tokenChanges(
  service: Pick<Service, 'triggers' | 'recorder'>,
  { pool, client, person: { user, groups }, grant: { scopes } }: SignInRecords,
  { source, clientMetadata }: Occasion,
): Promise<TokenChanges | undefined> {
  const response = await callTrigger(service, pool, 'PreTokenGeneration', {
    source,
    userName: user.username,
    clientId: client.id,
    request: {
      userAttributes: attributesInEvents(pool, user),
      groupConfiguration: groupConfigurationOf(groups),
      scopes,
      ...(clientMetadata && { clientMetadata }),
    },
  })
  return response && changesIn(response)
}

/**
 * Asks the pool's trigger how it wants the token of a client that acts for itself. Only triggers of `V3_0` are asked
 * (docs/facts/triggers.md §5.6).
 */
export async function machineTokenChanges(
  service: Pick<Service, 'triggers' | 'recorder'>,
  pool: UserPool,
  client: AppClient,
  scopes: readonly string[],
  clientMetadata: ForTriggers['clientMetadata'],
): Promise<TokenChanges | undefined> {
  const response = await callTrigger(service, pool, 'PreTokenGeneration', {
    source: 'TokenGeneration_ClientCredentials',
    userName: 'ClientCredentials',
    clientId: client.id,
    request: {
      userAttributes: {},
      groupConfiguration: null,
      scopes,
      ...(clientMetadata && { clientMetadata }),
    },
  })
  return response && changesIn(response)
}

/** What an answer changes; the trigger answers by the version of its events. */
function changesIn({
  claimsOverrideDetails: first,
  claimsAndScopeOverrideDetails: later,
}: TriggerResponse<'PreTokenGeneration'>): TokenChanges | undefined {
  if (later) {
    const { idTokenGeneration: id, accessTokenGeneration: access, groupOverrideDetails } = later
    return {
      id: claimChanges(id),
      access: {
        ...claimChanges(access),
        scopesToAdd: access?.scopesToAdd ?? [],
        scopesToSuppress: access?.scopesToSuppress ?? [],
      },
      ...groupChanges(groupOverrideDetails),
    }
  }
  if (!first) return undefined
  const none = { add: {}, suppress: [], scopesToAdd: [], scopesToSuppress: [] }
  return { id: claimChanges(first), access: none, ...groupChanges(first.groupOverrideDetails) }
}

const claimChanges = (
  given:
    | {
        readonly claimsToAddOrOverride?: Readonly<Record<string, unknown>> | null
        readonly claimsToSuppress?: readonly string[] | null
      }
    | null
    | undefined,
) => ({ add: given?.claimsToAddOrOverride ?? {}, suppress: given?.claimsToSuppress ?? [] })

/** If groupOverrideDetails is absent, the groups stay; if it is null, there are none. */
const groupChanges = (
  groups: Partial<NonNullable<TriggerRequest<'PreTokenGeneration'>['groupConfiguration']>> | null | undefined,
): Pick<TokenChanges, 'groups'> =>
  groups === undefined
    ? {}
    : {
        groups: {
          names: groups?.groupsToOverride ?? [],
          roles: groups?.iamRolesToOverride ?? [],
          ...(groups?.preferredRole ? { preferredRole: groups.preferredRole } : {}),
        },
      }

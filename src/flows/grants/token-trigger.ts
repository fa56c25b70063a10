import { byPrecedence, rolesOf } from '../../core/group.js'
import type { TriggerCall, TriggerResponse } from '../../core/ports/triggers.js'
import type { TokenChanges } from '../../core/token-changes.js'
import type { SignInRecords } from '../../tokens/token-service.js'
import type { Service } from '../service.js'
import { attributesInEvents, callTrigger, type ForTriggers } from '../triggers.js'

/** On what occasion tokens are made, and what the app sent along. */
export interface Occasion extends Pick<ForTriggers, 'clientMetadata'> {
  readonly source: TriggerCall<'PreTokenGeneration'>['source']
}

/** Asks the pool's trigger, before tokens are signed, how it wants them (docs/facts/user-pools-api.md §5.3). */
export async function tokenChanges(
  service: Pick<Service, 'triggers' | 'recorder'>,
  { pool, client, person: { user, groups } }: Omit<SignInRecords, 'grant'>,
  { source, clientMetadata }: Occasion,
): Promise<TokenChanges | undefined> {
  const inOrder = byPrecedence(groups)
  const { roles, preferred } = rolesOf(inOrder)
  const response = await callTrigger(service, pool, 'PreTokenGeneration', {
    source,
    userName: user.username,
    clientId: client.id,
    request: {
      userAttributes: attributesInEvents(pool, user),
      groupConfiguration: {
        groupsToOverride: inOrder.map(({ name }) => name),
        iamRolesToOverride: roles,
        preferredRole: preferred ?? null,
      },
      ...(clientMetadata && { clientMetadata }),
    },
  })
  return response?.claimsOverrideDetails ? changesIn(response.claimsOverrideDetails) : undefined
}

/** Groups that are not spoken of stay; said to be nothing, there are none. */
function changesIn({
  claimsToAddOrOverride,
  claimsToSuppress,
  groupOverrideDetails: groups,
}: NonNullable<TriggerResponse<'PreTokenGeneration'>['claimsOverrideDetails']>): TokenChanges {
  return {
    add: claimsToAddOrOverride ?? {},
    suppress: claimsToSuppress ?? [],
    ...(groups === undefined
      ? {}
      : {
          groups: {
            names: groups?.groupsToOverride ?? [],
            roles: groups?.iamRolesToOverride ?? [],
            ...(groups?.preferredRole ? { preferredRole: groups.preferredRole } : {}),
          },
        }),
  }
}

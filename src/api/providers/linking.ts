import type { UserRecord } from '../../core/collections.js'
import type { Stored } from '../../core/ports/store.js'
import type { UserPool } from '../../core/user-pool.js'
import {
  isLocal,
  linkIdentity,
  takePasswordAway,
  unlinkIdentity,
} from '../../flows/administration/linking.js'
import { userOfIdentity } from '../../flows/directory/directory.js'
import { operation } from '../operations.js'
import { poolOf, type Scope, userOf } from '../scope.js'

export const AdminLinkProviderForUser = operation('AdminLinkProviderForUser', async (scope, input) => {
  const { DestinationUser, SourceUser } = input
  const pool = await poolOf(scope, input.UserPoolId)
  const source = {
    provider: SourceUser.ProviderName,
    attribute: SourceUser.ProviderAttributeName,
    value: SourceUser.ProviderAttributeValue ?? '',
  }
  await linkIdentity(scope.service, pool, source, () => destinationOf(scope, pool, DestinationUser))
  return {}
})

/** A local user by username, or a federated one by the subject at the user's provider. */
async function destinationOf(
  scope: Scope,
  pool: UserPool,
  { ProviderName, ProviderAttributeValue = '' }: { ProviderName?: string; ProviderAttributeValue?: string },
): Promise<Stored<UserRecord>> {
  if (isLocal(ProviderName)) return userOf(scope, pool, ProviderAttributeValue)
  const identity = { providerName: ProviderName ?? '', userId: ProviderAttributeValue }
  return (await userOfIdentity(scope.service, pool, identity)) ?? userOf(scope, pool, ProviderAttributeValue)
}

/** Unlinks an account; of a local user, takes the password away. */
export const AdminDisableProviderForUser = operation('AdminDisableProviderForUser', async (scope, input) => {
  const { ProviderName = '', ProviderAttributeName, ProviderAttributeValue = '' } = input.User
  const pool = await poolOf(scope, input.UserPoolId)
  if (isLocal(ProviderName))
    await takePasswordAway(scope.service, pool, await userOf(scope, pool, ProviderAttributeValue))
  else
    await unlinkIdentity(scope.service, pool, {
      provider: ProviderName,
      attribute: ProviderAttributeName,
      value: ProviderAttributeValue,
    })
  return {}
})

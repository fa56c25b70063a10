import type { UserRecord } from '../../core/collections.js'
import type { Identity } from '../../core/identity.js'
import { subjectClaims } from '../../core/identity-provider.js'
import type { Stored } from '../../core/ports/store.js'
import { ensure } from '../../core/refusal.js'
import type { UserPool } from '../../core/user-pool.js'
import { changeUser } from '../../flows/administration/change-user.js'
import { storedProvider } from '../../flows/administration/providers.js'
import { userOfIdentity } from '../../flows/directory/directory.js'
import { operation } from '../operations.js'
import { exception, invalidParameter, limitExceeded } from '../refusals.js'
import { poolOf, type Scope, userOf } from '../scope.js'

const isLocal = (name: string | undefined): boolean =>
  name === undefined || name === 'Cognito' || name === 'COGNITO'

/** From now on the account at the provider leads to the destination (docs/facts/oauth-and-federation.md §8.8). */
export const AdminLinkProviderForUser = operation('AdminLinkProviderForUser', async (scope, input) => {
  const { DestinationUser: destination, SourceUser: source } = input
  const pool = await poolOf(scope, input.UserPoolId)
  ensure(!isLocal(source.ProviderName), () =>
    invalidParameter(
      'Invalid SourceUser: Cognito users with a username/password may not be passed in as a SourceUser, only as a DestinationUser',
      'Name an identity provider of the pool as ProviderName of SourceUser.',
    ),
  )
  const { record: provider } = await storedProvider(scope.service, pool, source.ProviderName ?? '')
  const userId = source.ProviderAttributeValue ?? ''
  ensure(userId !== '', () =>
    invalidParameter(
      'ProviderAttributeValue of SourceUser is required.',
      'Give the subject that the user has at the provider.',
    ),
  )
  const known = ['Cognito_Subject', subjectClaims[provider.type]]
  ensure(known.includes(source.ProviderAttributeName ?? ''), () =>
    invalidParameter(
      `ProviderAttributeName of SourceUser must be Cognito_Subject; Rockpool links by the subject only.`,
      'Set ProviderAttributeName to Cognito_Subject, and ProviderAttributeValue to the subject at the provider.',
    ),
  )
  const user = await destinationOf(scope, pool, destination)
  const present = await userOfIdentity(scope.service, pool, { providerName: provider.name, userId })
  ensure(present?.key !== user.key, () =>
    invalidParameter(
      'SourceUser is already linked to DestinationUser',
      'Nothing is left to do: the identity leads to this user.',
    ),
  )
  ensure(present?.record.status !== 'EXTERNAL_PROVIDER', () =>
    invalidParameter(
      'Merging is not currently supported, provide a SourceUser that has not been signed up in order to link',
      'Delete the user who signed in through the provider with AdminDeleteUser, then link.',
    ),
  )
  ensure(present === undefined, () =>
    exception('AliasExistsException')(
      'The source user is already linked to another user.',
      'Unlink the identity from the other user with AdminDisableProviderForUser first.',
    ),
  )
  ensure(user.record.identities.length < 5, () =>
    limitExceeded(
      'A user can be linked to 5 identities at most.',
      'Unlink another identity with AdminDisableProviderForUser first.',
    ),
  )
  const now = scope.service.clock.now()
  const identity: Identity = {
    userId,
    providerName: provider.name,
    providerType: provider.type,
    issuer: provider.type === 'SAML' ? (provider.details.EntityId ?? null) : null,
    primary: false,
    dateCreated: now,
  }
  await changeUser(scope.service, pool, user, { identities: [...user.record.identities, identity] })
  return {}
})

/** A local user by username, or a federated one by the subject at their provider. */
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
  const { ProviderName = '', ProviderAttributeValue = '' } = input.User
  const pool = await poolOf(scope, input.UserPoolId)
  if (isLocal(ProviderName)) {
    const user = await userOf(scope, pool, ProviderAttributeValue)
    await changeUser(scope.service, pool, user, { password: undefined })
    return {}
  }
  const identity = { providerName: ProviderName, userId: ProviderAttributeValue }
  const user = await userOfIdentity(scope.service, pool, identity)
  ensure(user, () =>
    exception('UserNotFoundException')(
      'User does not exist.',
      'Name the provider and the subject of an identity that AdminGetUser shows for a user.',
    ),
  )
  await changeUser(scope.service, pool, user, {
    identities: user.record.identities.filter(
      ({ providerName, userId }) => providerName !== ProviderName || userId !== ProviderAttributeValue,
    ),
  })
  return {}
})

import type { UserRecord } from '../../core/collections.js'
import type { Identity } from '../../core/identity.js'
import { type IdentityProvider, subjectClaims } from '../../core/identity-provider.js'
import type { Stored } from '../../core/ports/store.js'
import { ensure } from '../../core/refusal.js'
import type { UserPool } from '../../core/user-pool.js'
import { changeUser } from '../../flows/administration/change-user.js'
import { storedProvider } from '../../flows/administration/providers.js'
import { isIdentity, userOfIdentity } from '../../flows/directory/directory.js'
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
  const linkedBy = linkingAttribute(provider, source.ProviderAttributeName)
  const user = await destinationOf(scope, pool, destination)
  const present = await userOfIdentity(scope.service, pool, {
    providerName: provider.name,
    userId,
    linkedBy,
  })
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
    ...(linkedBy === undefined ? {} : { linkedBy }),
    providerName: provider.name,
    providerType: provider.type,
    issuer: provider.type === 'SAML' ? (provider.details.EntityId ?? null) : null,
    primary: false,
    dateCreated: now,
  }
  await changeUser(scope.service, pool, user, { identities: [...user.record.identities, identity] })
  return {}
})

/**
 * By what an identity is linked: undefined for the subject, or an attribute of the pool that the provider maps. Social
 * providers link by the subject alone (fact N13).
 */
function linkingAttribute({ name, type, mapping }: IdentityProvider, given = ''): string | undefined {
  if (given === 'Cognito_Subject' || given === subjectClaims[type]) return undefined
  const mapped = type === 'OIDC' || type === 'SAML' ? Object.keys(mapping).filter(isLinking) : []
  ensure(mapped.includes(given), () =>
    invalidParameter(
      `Invalid ProviderAttributeName of SourceUser: ${given || 'none'}`,
      `Set ProviderAttributeName to ${['Cognito_Subject', ...mapped].join(' or ')}${mapped.length === 0 ? '' : `, the attributes that ${name} maps`}.`,
    ),
  )
  return given
}

/** The username is the subject, which has a name of its own. */
const isLinking = (attribute: string): boolean => attribute !== 'username'

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
  const bySubject = { providerName: ProviderName, userId: ProviderAttributeValue }
  const identity = { ...bySubject, linkedBy: input.User.ProviderAttributeName }
  const byAttribute = await userOfIdentity(scope.service, pool, identity)
  const user = byAttribute ?? (await userOfIdentity(scope.service, pool, bySubject))
  ensure(user, () =>
    exception('UserNotFoundException')(
      'User does not exist.',
      'Name the provider and the subject of an identity that AdminGetUser shows for a user.',
    ),
  )
  const isUnlinked = isIdentity(byAttribute === undefined ? bySubject : identity)
  await changeUser(scope.service, pool, user, {
    identities: user.record.identities.filter(one => !isUnlinked(one)),
  })
  return {}
})

import { identityProviders, samlMetadata, type UserRecord } from '../../core/collections.js'
import type { Identity } from '../../core/identity.js'
import { type IdentityProvider, subjectClaims } from '../../core/identity-provider.js'
import { keyOf, replace, type Stored } from '../../core/ports/store.js'
import { ensure, refusal } from '../../core/refusal.js'
import type { UserPool } from '../../core/user-pool.js'
import { conflict } from '../conflict.js'
import { isIdentity, userOfIdentity } from '../directory/directory.js'
import type { Service } from '../service.js'
import { changeUser } from './change-user.js'
import { storedProvider } from './providers.js'

/** Linking accounts at identity providers to users (docs/facts/oauth-and-federation.md §8.8). */

/** Accounts at providers that may lead to one user. */
const mostIdentities = 5

/** Attributes by which a pool links the accounts of one provider (fact S57). */
const mostLinkingAttributes = 5

/** An account at a provider, as an administrator names it. */
export interface ProviderAccount {
  readonly provider: string | undefined
  /** `Cognito_Subject`, the provider's own name for the subject, or an attribute of the pool that the provider maps. */
  readonly attribute: string | undefined
  /** The value that the account has there. */
  readonly value: string
}

/** Whether this names the users of the pool itself, in the place of a provider. */
export const isLocal = (provider: string | undefined): boolean =>
  provider === undefined || provider === 'Cognito' || provider === 'COGNITO'

/** From now on the account at the provider leads to the user. */
export async function linkIdentity(
  service: Service,
  pool: UserPool,
  source: ProviderAccount,
  destination: () => Promise<Stored<UserRecord>>,
): Promise<UserRecord> {
  ensure(!isLocal(source.provider), () => sourceIsLocal(pool))
  const stored = await storedProvider(service, pool, source.provider ?? '')
  const { record: provider } = stored
  const { attribute, value: userId } = source
  ensure(userId !== '', () => valueMissing(provider))
  const linkedBy = linkingAttribute(provider, attribute)
  const user = await destination()
  const { username, identities } = user.record
  const present = await userOfIdentity(service, pool, { providerName: provider.name, userId, linkedBy })
  ensure(present?.key !== user.key, () => alreadyLinked(username, provider))
  ensure(present?.record.status !== 'EXTERNAL_PROVIDER', () =>
    hasSignedIn(present?.record.username ?? '', provider),
  )
  ensure(present === undefined, () => linkedToAnother(present?.record.username ?? '', provider))
  ensure(identities.length < mostIdentities, () => tooManyIdentities(username))
  await noteLinkingAttribute(service, stored, linkedBy)
  const identity: Identity = {
    userId,
    ...(linkedBy === undefined ? {} : { linkedBy }),
    providerName: provider.name,
    providerType: provider.type,
    issuer: await issuerOfProvider(service, provider),
    primary: false,
    dateCreated: service.clock.now(),
  }
  return changeUser(service, pool, user, { identities: [...identities, identity] })
}

/**
 * By what an identity is linked: undefined for the subject, or an attribute of the pool that the provider maps. Social
 * providers link by the subject alone (fact N13).
 */
function linkingAttribute({ name, type, mapping }: IdentityProvider, given = ''): string | undefined {
  if (given === 'Cognito_Subject' || given === subjectClaims[type]) return undefined
  const mapped = type === 'OIDC' || type === 'SAML' ? Object.keys(mapping).filter(isLinking) : []
  ensure(mapped.includes(given), () => notLinking(name, given, mapped))
  return given
}

/** Keeps by which attributes accounts of a provider were linked, so that there are not too many (fact S57). */
async function noteLinkingAttribute(
  { store }: Pick<Service, 'store'>,
  stored: Stored<IdentityProvider>,
  attribute: string | undefined,
): Promise<void> {
  const { linkingAttributes: known = [], name } = stored.record
  if (attribute === undefined || known.includes(attribute)) return
  ensure(known.length < mostLinkingAttributes, () => tooManyLinkingAttributes(name, attribute, known))
  const linkingAttributes = [...known, attribute]
  ensure(
    await store.commit(replace(identityProviders, stored, { ...stored.record, linkingAttributes })),
    conflict,
  )
}

/** The entity id of a SAML provider, as far as its metadata were read; null for all others. */
async function issuerOfProvider(
  { store }: Pick<Service, 'store'>,
  { poolId, name, type }: IdentityProvider,
): Promise<string | null> {
  if (type !== 'SAML') return null
  return (await store.get(samlMetadata, keyOf(poolId, name)))?.record.entityId ?? null
}

/** The username is the subject, which has a name of its own. */
const isLinking = (attribute: string): boolean => attribute !== 'username'

/** The account at the provider leads to its user no more. */
export async function unlinkIdentity(
  service: Service,
  pool: UserPool,
  { provider = '', attribute, value }: ProviderAccount,
): Promise<UserRecord> {
  const bySubject = { providerName: provider, userId: value }
  const identity = { ...bySubject, linkedBy: attribute }
  const byAttribute = await userOfIdentity(service, pool, identity)
  const user = byAttribute ?? (await userOfIdentity(service, pool, bySubject))
  ensure(user, () => identityUnknown(pool, bySubject))
  const isUnlinked = isIdentity(byAttribute === undefined ? bySubject : identity)
  return changeUser(service, pool, user, {
    identities: user.record.identities.filter(one => !isUnlinked(one)),
  })
}

/** Ends a local user's sign-in with the pool itself: the user keeps the identities that lead to it. */
export const takePasswordAway = (
  service: Service,
  pool: UserPool,
  user: Stored<UserRecord>,
): Promise<UserRecord> => changeUser(service, pool, user, { password: undefined })

type Named = Pick<IdentityProvider, 'name'>

const sourceIsLocal = refusal('InvalidParameterException', (pool: UserPool) => ({
  told: 'Invalid SourceUser: Cognito users with a username/password may not be passed in as a SourceUser, only as a DestinationUser',
  because: `SourceUser names a user of ${pool.name} itself, and no account at an identity provider.`,
  remedy: `Set ProviderName of SourceUser to an identity provider that ListIdentityProviders shows for ${pool.name}.`,
}))

const valueMissing = refusal('InvalidParameterException', ({ name }: Named) => ({
  told: 'ProviderAttributeValue of SourceUser is required.',
  because: `SourceUser does not say which account at ${name} is meant.`,
  remedy: `Set ProviderAttributeValue of SourceUser to the subject, or the value of the mapped attribute, that the user has at ${name}.`,
}))

const notLinking = refusal(
  'InvalidParameterException',
  (name: string, given: string, mapped: readonly string[]) => ({
    told: `Invalid ProviderAttributeName of SourceUser: ${given || 'none'}`,
    because: `SourceUser names the account at ${name} by ${given === '' ? 'nothing' : `"${given}"`}, which is neither its subject nor an attribute that ${name} maps.`,
    remedy: `Set ProviderAttributeName to ${['Cognito_Subject', ...mapped].join(' or ')}${mapped.length === 0 ? '' : `, the attributes that ${name} maps`}.`,
  }),
)

const alreadyLinked = refusal('InvalidParameterException', (username: string, { name }: Named) => ({
  told: 'SourceUser is already linked to DestinationUser',
  because: `The account at ${name} leads to ${username} already.`,
  remedy: `Leave the call out: a sign-in with the account at ${name} is already a sign-in of ${username}.`,
}))

const hasSignedIn = refusal('InvalidParameterException', (username: string, { name }: Named) => ({
  told: 'Merging is not currently supported, provide a SourceUser that has not been signed up in order to link',
  because: `The account at ${name} has signed in before, and is the user ${username}.`,
  remedy: `Delete ${username} with AdminDeleteUser, then link.`,
}))

const linkedToAnother = refusal('AliasExistsException', (username: string, { name }: Named) => ({
  told: 'The source user is already linked to another user.',
  because: `The account at ${name} leads to ${username}.`,
  remedy: `Unlink it from ${username} with AdminDisableProviderForUser first.`,
}))

const tooManyIdentities = refusal('LimitExceededException', (username: string) => ({
  told: `A user can be linked to ${mostIdentities} identities at most.`,
  because: `${username} is linked to ${mostIdentities} identities.`,
  remedy: `Unlink another identity of ${username} with AdminDisableProviderForUser first.`,
}))

const tooManyLinkingAttributes = refusal(
  'LimitExceededException',
  (provider: string, attribute: string, known: readonly string[]) => ({
    told: `Accounts of a provider can be linked by ${mostLinkingAttributes} attributes at most.`,
    because: `Accounts at ${provider} were linked by ${known.join(', ')} already, and "${attribute}" would be one more.`,
    remedy: `Set ProviderAttributeName to Cognito_Subject, or to one of ${known.join(', ')}.`,
  }),
)

const identityUnknown = refusal(
  'UserNotFoundException',
  (pool: UserPool, { providerName, userId }: Pick<Identity, 'providerName' | 'userId'>) => ({
    told: 'User does not exist.',
    because: `No user of ${pool.name} is linked to the account "${userId}" at ${providerName}.`,
    remedy: 'Name the provider and the subject of an identity that AdminGetUser shows for a user.',
  }),
)

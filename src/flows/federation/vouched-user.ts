import { type UserRecord, users } from '../../core/collections.js'
import type { Identity } from '../../core/identity.js'
import { subjectClaims } from '../../core/identity-provider.js'
import type { Stored } from '../../core/ports/store.js'
import { ensure, Refusal } from '../../core/refusal.js'
import { username as usernameShape } from '../../core/shapes/common.js'
import { type UserAttributes, userKey } from '../../core/user.js'
import { foldCase, isCaseSensitive, type UserPool } from '../../core/user-pool.js'
import { matches } from '../../lib/shape.js'
import { postConfirmation, preSignUp } from '../account/sign-up-triggers.js'
import { userChange } from '../administration/change-user.js'
import { providerUserCreation } from '../administration/create-user.js'
import { joinProviderGroup } from '../administration/groups.js'
import { isIdentity, isLinkedInOtherCase, userOfIdentity } from '../directory/directory.js'
import type { Service } from '../service.js'
import { postAuthentication, preAuthentication } from '../sign-in/sign-in-triggers.js'
import { atHostedPages } from '../triggers.js'
import * as refusals from './federation-refusals.js'
import { type MappingRow, mappedAttributes, mappingRows, shown, type Vouched } from './mapped-attributes.js'

/**
 * Signs in a user whom a provider vouches for: the user that the identity leads to gets the mapped attributes anew; without
 * one, a user is created (docs/facts/oauth-and-federation.md §8.5, §8.6).
 */
export async function signInVouchedUser(service: Service, vouched: Vouched): Promise<{ sub: string }> {
  const subject = subjectOf(vouched)
  const mapped = mappedAttributes(service, vouched)
  const known = await userVouchedFor(service, vouched, subject, mapped)
  const sub =
    known === undefined
      ? await createUser(service, vouched, subject, mapped)
      : await updateUser(service, vouched, known, { subject, mapped })
  // Of two first sign-ins at once (two tabs), the second finds the user that the first has made.
  if (sub === undefined) return signInVouchedUser(service, vouched)
  service.recorder.counts('signIns', vouched.provider.type)
  return { sub }
}

/** What a sign-in would come to. */
export interface Trial {
  readonly rows: readonly MappingRow[]
  /** The user as they would be. */
  readonly user?: { readonly username: string; readonly isNew: boolean; readonly attributes: UserAttributes }
  /** Why there would be no sign-in. */
  readonly refusal?: Refusal
}

/** Tries what a sign-in with these claims would come to, by the rules that a sign-in goes by. Nothing is written, no trigger called. */
export async function tryVouched(service: Service, vouched: Vouched): Promise<Trial> {
  const { pool } = vouched
  const rows = mappingRows(vouched)
  try {
    const subject = subjectOf(vouched)
    const mapped = mappedAttributes(service, vouched)
    const known = (await userVouchedFor(service, vouched, subject, mapped))?.record
    if (known === undefined) ensureComplete(vouched, mapped)
    else ensureChangeable(vouched, known, mapped)
    const before = known?.attributes ?? { email_verified: 'false' }
    const username = known?.username ?? foldCase(pool, `${vouched.provider.name}_${subject}`)
    const attributes = shown(vouched.provider, withoutBlanks({ ...before, ...mapped }))
    return { rows, user: { username, isNew: known === undefined, attributes } }
  } catch (error) {
    if (error instanceof Refusal) return { rows, refusal: error }
    throw error
  }
}

function subjectOf({ provider, claims }: Vouched): string {
  const subject = claims[subjectClaims[provider.type]]
  ensure(typeof subject === 'string' && subject !== '', () =>
    refusals.noSubject(provider, Object.keys(claims)),
  )
  return subject
}

/** A new user has all that the pool requires. */
function ensureComplete({ pool, provider }: Vouched, mapped: UserAttributes): void {
  const missing = requiredIn(pool).filter(name => !mapped[name])
  // Two wordings are recorded, by the type of the provider (docs/facts/saml-and-social.md §2.8, §7.5).
  const refused = ['SAML', 'SignInWithApple'].includes(provider.type)
    ? refusals.attributeMissing
    : refusals.attributesRequired
  ensure(missing.length === 0, () => refused(missing, provider))
}

/** Refuses a user who is disabled, or whose immutable attributes are mapped. */
function ensureChangeable(
  { pool, provider }: Vouched,
  { username, enabled }: UserRecord,
  mapped: UserAttributes,
): void {
  ensure(enabled, () => refusals.userDisabled(username))
  for (const [name, value] of Object.entries(mapped)) {
    const schema = pool.schema.find(attribute => attribute.name === name)
    // Even an equal value counts as a change (fact O45).
    ensure(schema?.mutable, () => refusals.immutable(name, provider))
    ensure(value !== '' || !schema.required, () => refusals.requiredBlank(name, provider))
  }
}

/**
 * The user that the identity leads to: by the subject, or by a mapped attribute that an administrator has linked (fact
 * N13).
 */
async function userVouchedFor(
  service: Service,
  { pool, provider }: Vouched,
  subject: string,
  mapped: UserAttributes,
): Promise<Stored<UserRecord> | undefined> {
  const identity = { providerName: provider.name, userId: subject }
  const known = await userOfIdentity(service, pool, identity)
  if (known !== undefined) return known
  for (const [linkedBy, userId] of Object.entries(mapped)) {
    if (userId === '') continue
    const linked = await userOfIdentity(service, pool, { providerName: provider.name, userId, linkedBy })
    if (linked !== undefined) return linked
  }
  if (!isCaseSensitive(pool))
    ensure(!(await isLinkedInOtherCase(service, pool, identity)), () =>
      refusals.linkedInOtherCase(subject, provider),
    )
  return undefined
}

async function createUser(
  service: Service,
  vouched: Vouched,
  subject: string,
  mapped: UserAttributes,
): Promise<string | undefined> {
  const { pool, client, provider } = vouched
  ensure(pool.servedBy === undefined, () => refusals.firstAtReplica(provider, pool))
  ensureComplete(vouched, mapped)
  const { store, clock, chance, recorder } = service
  const now = clock.now()
  const username = foldCase(pool, `${provider.name}_${subject}`)
  ensure(provider.type !== 'SAML' || username.length <= 128, () =>
    refusals.usernameTooLong(username, provider),
  )
  ensure(isUsername(username), () => refusals.unusableSubject(provider, subject, username))
  const sub = chance.uuid()
  const attributes = withoutBlanks({ email_verified: 'false', ...mapped })
  const linked = await linkedMeanwhile()
  // Another tab was first.
  if (linked?.username === username) return undefined
  ensure(linked === undefined, () => refusals.alreadyExists(username, pool))
  const identity = identityAt(vouched, subject, now)
  const { record: user, writes } = providerUserCreation(service, pool, {
    username,
    sub,
    attributes,
    identity,
  })
  const created = await store.commit(
    ...writes,
    ...(await joinProviderGroup(service, pool, provider.name, { sub })),
  )
  if (!created) return ensureSameIdentity()
  recorder.note('user', {
    pool: pool.name,
    username,
    created: true,
    status: user.status,
    attributes: shown(provider, attributes),
  })
  await atHostedPages(() => postConfirmation(service, pool, user, { clientId: client.id, forTriggers: {} }))
  return sub

  /** Asks the pool's trigger. If it links the identity to a user, this very sign-in does not let them in (fact O47). */
  async function linkedMeanwhile(): Promise<UserRecord | undefined> {
    const none = { 'cognito:email_alias': '', 'cognito:phone_number_alias': '' }
    const about = { username, attributes: { ...none, ...attributes } }
    const asked = { clientId: client.id, forTriggers: { validationData: {} } }
    await atHostedPages(() => preSignUp(service, pool, 'PreSignUp_ExternalProvider', about, asked))
    return (await userOfIdentity(service, pool, { providerName: provider.name, userId: subject }))?.record
  }

  async function ensureSameIdentity(): Promise<undefined> {
    const other = (await store.get(users, userKey(pool, username)))?.record
    const same = other?.identities.some(
      ({ providerName, userId }) => providerName === provider.name && userId === subject,
    )
    ensure(other === undefined || same, () => refusals.alreadyExists(username, pool))
    return undefined
  }
}

/** Whether operations take the username: a user whom none can name could be listed, and never changed or deleted. */
const isUsername = (text: string): boolean =>
  text.length <= (usernameShape.max ?? 128) &&
  !hasLoneSurrogate(text) &&
  matches(usernameShape.pattern ?? '.+', text)

const hasLoneSurrogate = (text: string): boolean => /\p{Cs}/u.test(text)

const identityAt = (
  { provider: { name, type }, issuer }: Vouched,
  userId: string,
  dateCreated: number,
): Identity => ({
  userId,
  providerName: name,
  providerType: type,
  issuer: issuer ?? null,
  primary: true,
  dateCreated,
})

async function updateUser(
  service: Service,
  vouched: Vouched,
  known: Stored<UserRecord>,
  { subject, mapped }: { readonly subject: string; readonly mapped: UserAttributes },
): Promise<string | undefined> {
  const { pool, client, provider } = vouched
  const { store, recorder } = service
  const { username, sub } = known.record
  const beginning = { username, user: known.record }
  await atHostedPages(() => preAuthentication(service, pool, client, beginning, undefined))
  ensureChangeable(vouched, known.record, mapped)
  const before = known.record.attributes
  // Equal values are not written: the date of the last change stays (fact N16).
  const changed = Object.fromEntries(
    // A secondary replica changes nobody: the user is as at the last sign-in at the primary.
    Object.entries(pool.servedBy === undefined ? mapped : {}).filter(
      ([name, value]) => (before[name] ?? '') !== value,
    ),
  )
  const attributes = withoutBlanks({ ...before, ...changed })
  const identities =
    pool.servedBy === undefined
      ? identitiesNamed(known.record.identities, vouched, subject, mapped)
      : known.record.identities
  const isChanged = Object.keys(changed).length > 0 || identities !== known.record.identities
  const change = isChanged ? userChange(service, pool, known, { attributes, identities }) : undefined
  if (change !== undefined && !(await store.commit(change.write))) return undefined
  const updatedUser = change?.record ?? known.record
  recorder.concerns({ user: username })
  recorder.note('user', { pool: pool.name, username, created: false, attributes: shown(provider, changed) })
  await atHostedPages(() => postAuthentication(service, pool, client, updatedUser, { journey: {} }))
  return sub
}

/**
 * The identities of a user, after a sign-in: one at a SAML provider that was linked by an attribute has its NameID from now on,
 * which AdminDisableProviderForUser then wants (docs/facts/saml-and-social.md §5).
 */
function identitiesNamed(
  identities: readonly Identity[],
  { provider: { name, type } }: Vouched,
  subject: string,
  mapped: UserAttributes,
): readonly Identity[] {
  const led = identities.find(
    ({ providerName, linkedBy, userId }) =>
      providerName === name && linkedBy !== undefined && mapped[linkedBy] === userId,
  )
  const isNamed = identities.some(isIdentity({ providerName: name, userId: subject }))
  if (type !== 'SAML' || led === undefined || isNamed) return identities
  const { linkedBy: _linkedBy, ...named } = { ...led, userId: subject }
  return identities.map(identity => (identity === led ? named : identity))
}

const withoutBlanks = (attributes: UserAttributes): UserAttributes =>
  Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== ''))

const requiredIn = (pool: UserPool): string[] =>
  pool.schema.filter(({ name, required }) => required && name !== 'sub').map(({ name }) => name)

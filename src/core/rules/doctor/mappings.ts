import { type AppClient, mayRead, mayWrite, providersOf } from '../../app-client.js'
import { type IdentityProvider, subjectClaims } from '../../identity-provider.js'
import { releases } from '../../scopes.js'
import type { UserPool } from '../../user-pool.js'
import type { Diagnosis, Patient } from './diagnosis.js'

/** What is wrong with how a provider's claims become attributes (docs/facts/oauth-and-federation.md §8.5, §12). */
export function* mappingDiagnoses({ pool, clients, providers }: Patient): Generator<Diagnosis> {
  for (const provider of providers) {
    yield* unmapped(pool, provider)
    yield* immutable(pool, provider)
    for (const client of clients)
      if (providersOf(client).includes(provider.name)) yield* notWritable(pool, provider, client)
  }
}

/** The claim by which most providers of the type send an attribute. */
export const usualClaim = (type: IdentityProvider['type'], attribute: string): string => {
  const plain = attribute.replace(/^custom:/, '')
  return type === 'SAML' ? (samlClaims[plain] ?? plain) : type === 'OIDC' ? attribute : plain
}

const soap = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims'
const samlClaims: Readonly<Record<string, string>> = {
  email: `${soap}/emailaddress`,
  given_name: `${soap}/givenname`,
  family_name: `${soap}/surname`,
  name: `${soap}/name`,
}

function* unmapped(pool: UserPool, provider: IdentityProvider): Generator<Diagnosis> {
  for (const { name, required } of pool.schema)
    if (required && name !== 'sub' && provider.mapping[name] === undefined)
      yield {
        rule: 'required-attribute-unmapped',
        severity: 'error',
        pool: pool.name,
        path: ['IdentityProviders', provider.name, 'AttributeMapping', name],
        because: `${name} is required in this pool, and no claim of ${provider.name} is mapped to it: a first sign-in is refused with “attributes required: [${name}]”.`,
        remedy: `Add ${name}: ${usualClaim(provider.type, name)} to AttributeMapping of ${provider.name}.`,
      }
}

function* immutable(pool: UserPool, provider: IdentityProvider): Generator<Diagnosis> {
  for (const { name, mutable } of pool.schema)
    if (!mutable && name !== 'sub' && provider.mapping[name] !== undefined)
      yield {
        rule: 'mapped-attribute-immutable',
        severity: 'error',
        pool: pool.name,
        path: ['IdentityProviders', provider.name, 'AttributeMapping', name],
        because: `${name} is immutable, and mapped from ${provider.name}: a mapped attribute is written at every sign-in, so the second one of each user fails.`,
        remedy: `Take ${name} out of AttributeMapping of ${provider.name}, or declare the attribute with Mutable: true in a new pool; it cannot be changed in this one.`,
      }
}

/** Verified flags are in nobody's list, and written all the same. */
const isVerifiedFlag = (name: string): boolean =>
  name === 'email_verified' || name === 'phone_number_verified'

function* notWritable(pool: UserPool, provider: IdentityProvider, client: AppClient): Generator<Diagnosis> {
  for (const attribute of Object.keys(provider.mapping)) {
    if (attribute === 'username' || isVerifiedFlag(attribute) || mayWrite(client, attribute)) continue
    const isRequired = pool.schema.some(({ name, required }) => name === attribute && required)
    const lost = isRequired ? 'so that no user can be created, for it is required' : 'and is dropped'
    yield {
      rule: 'mapped-attribute-not-writable',
      severity: isRequired ? 'error' : 'warning',
      pool: pool.name,
      path: ['Clients', client.name, 'WriteAttributes'],
      because: `${provider.name} is mapped to ${attribute}, which the client ${client.name} may not write: at a sign-in through it the attribute does not arrive, ${lost}.`,
      remedy: `Add ${attribute} to WriteAttributes of the client ${client.name}.`,
    }
  }
}

/**
 * Claims that a provider will not send although they are mapped, because of what it is asked for: the scopes, and, where
 * the provider is a pool that lives here, what that pool and its client allow.
 * @param upstream the pool that the provider is, with the client that it knows us as
 */
export function* claimDiagnoses(
  pool: UserPool,
  provider: IdentityProvider,
  upstream?: { readonly pool: UserPool; readonly client?: AppClient | undefined },
): Generator<Diagnosis> {
  if (provider.type !== 'OIDC') return
  const scopes = (provider.details.authorize_scopes ?? '').split(' ').filter(scope => scope !== '')
  const about = { pool: pool.name }
  const scopePath = ['IdentityProviders', provider.name, 'ProviderDetails', 'authorize_scopes']
  if (!scopes.includes('openid'))
    yield {
      ...about,
      rule: 'scope-missing',
      severity: 'error',
      path: scopePath,
      because: `${provider.name} is asked for the scopes "${scopes.join(' ')}": without openid it issues no ID token, and the sign-in fails.`,
      remedy: `Set authorize_scopes of ${provider.name} to ${['openid', ...scopes].join(' ')}.`,
    }
  for (const [attribute, claim] of Object.entries(provider.mapping)) {
    if (claim === subjectClaims.OIDC || isToken(claim)) continue
    const scope = scopeOfClaim(claim, upstream !== undefined)
    const isReleased =
      upstream === undefined ? scope === undefined || scopes.includes(scope) : releases(scopes, claim)
    const path = ['IdentityProviders', provider.name, 'AttributeMapping', attribute]
    if (!isReleased && scope !== undefined)
      yield {
        ...about,
        rule: 'scope-missing',
        severity: 'warning',
        path: scopePath,
        because: `${attribute} is filled from the claim ${claim}, which comes with the scope ${scope}; ${provider.name} is asked for "${scopes.join(' ')}".`,
        remedy: `Add ${scope} to authorize_scopes of ${provider.name}, and let its client there ask for it.`,
      }
    else if (upstream !== undefined && !upstream.pool.schema.some(({ name }) => name === claim))
      yield {
        ...about,
        rule: 'claim-not-sent',
        severity: 'warning',
        path,
        because: `${attribute} is filled from the claim ${claim}, but the users of ${upstream.pool.name} have no such attribute.`,
        remedy: `Map ${attribute} to a claim that ${upstream.pool.name} sends${upstream.pool.schema.some(({ name }) => name === `custom:${claim}`) ? `: custom:${claim}` : ', or add the attribute to its schema'}.`,
      }
    else if (upstream?.client !== undefined && !mayRead(upstream.client, claim))
      yield {
        ...about,
        rule: 'claim-not-sent',
        severity: 'warning',
        path,
        because: `${attribute} is filled from the claim ${claim}, which the client ${upstream.client.name} of ${upstream.pool.name} may not read.`,
        remedy: `Add ${claim} to ReadAttributes of the client ${upstream.client.name} of ${upstream.pool.name}.`,
      }
  }
}

const isToken = (claim: string): boolean => claim === 'id_token' || claim === 'access_token'

/** The scope that asks for a claim (OIDC Core §5.4; a pool of Cognito releases custom attributes with `profile`). */
function scopeOfClaim(claim: string, isPool: boolean): string | undefined {
  if (claim === 'email' || claim === 'email_verified') return 'email'
  if (claim === 'phone_number' || claim === 'phone_number_verified') return 'phone'
  if (claim === 'address') return isPool ? 'profile' : 'address'
  return profileClaims.has(claim) || (isPool && claim.startsWith('custom:')) ? 'profile' : undefined
}

const profileClaims = new Set(
  'name family_name given_name middle_name nickname preferred_username profile picture website gender birthdate zoneinfo locale updated_at'.split(
    ' ',
  ),
)

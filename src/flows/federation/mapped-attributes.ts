import { type AppClient, mayWrite } from '../../core/app-client.js'
import { type Claims, type MappedAttribute, mapClaims } from '../../core/attribute-mapping.js'
import type { IdentityProvider } from '../../core/identity-provider.js'
import { ensure } from '../../core/refusal.js'
import { type OfValue, valueFindings } from '../../core/rules/user.js'
import type { UserAttributes } from '../../core/user.js'
import type { SchemaAttribute, UserPool } from '../../core/user-pool.js'
import type { Service } from '../service.js'
import * as refusals from './federation-refusals.js'

/** A user whom a provider vouches for. */
export interface Vouched {
  readonly pool: UserPool
  readonly client: AppClient
  readonly provider: IdentityProvider
  /** What the provider said, unmapped. */
  readonly claims: Claims
  /** Who vouches, where users see that: the entity id of a SAML provider. */
  readonly issuer?: string
}

/**
 * The attributes that a provider's claims come to in the pool (docs/facts/oauth-and-federation.md §8.5); an empty text takes
 * one away (fact N15).
 * @throws Refusal where the schema lacks a mapped attribute, or a value does not fit it
 */
export function mappedAttributes(service: Service, vouched: Vouched): UserAttributes {
  const { provider, claims } = vouched
  service.recorder.note('mapping', { provider: provider.name, rows: mappingRows(vouched) })
  return writable(service, vouched, mapClaims(provider.mapping, claims))
}

/** One row of a mapping with what becomes of it, as it may be shown. */
export interface MappingRow extends MappedAttribute {
  /** Why nothing is written. */
  readonly dropped?: string
  readonly remedy?: string
}

/** The rows of the mapping, with what the claims come to. */
export const mappingRows = (vouched: Vouched): MappingRow[] =>
  mapClaims(vouched.provider.mapping, vouched.claims).map(row => ({
    ...withoutToken(row),
    ...dropped(vouched, row),
  }))

/** Attributes as they may be shown. */
export const shown = ({ mapping }: IdentityProvider, attributes: UserAttributes): UserAttributes =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [
      name,
      isToken(mapping[name] ?? '') ? '‹masked›' : value,
    ]),
  )

/**
 * A token that is mapped like a claim (docs/facts/oauth-and-federation.md §8.4) may be of any form: it is told from
 * its claim's name alone.
 */
const withoutToken = ({ attribute, claim, value }: MappedAttribute) =>
  isToken(claim) && value !== undefined
    ? { attribute, claim, value: `‹masked token of ${value.length} characters›` }
    : { attribute, claim, value }

const isToken = (claim: string): boolean => claim === 'id_token' || claim === 'access_token'

/**
 * The values to store: what the client may not write is skipped, with a warning (docs/facts/oauth-and-federation.md §12);
 * what is malformed, refused.
 */
function writable(
  { recorder }: Service,
  { pool, client, provider }: Vouched,
  rows: readonly MappedAttribute[],
): UserAttributes {
  // Other types map it from the start; of SAML it was never anybody's attribute (fact S52).
  ensure(provider.type !== 'SAML' || provider.mapping.username === undefined, () =>
    refusals.notInSchema('username', provider),
  )
  const attributes: Record<string, string> = {}
  for (const { attribute, claim, value } of rows) {
    if (value === undefined) continue
    if (!isWritten(client, attribute)) {
      recorder.note('warning', {
        warning: `The mapped attribute ${attribute} is skipped: client ${client.name} may not write it.`,
        remedy: `Add ${attribute} to WriteAttributes of the client.`,
      })
      continue
    }
    const schema = pool.schema.find(({ name }) => name === attribute)
    ensure(schema, () => refusals.notInSchema(attribute, provider))
    attributes[attribute] = schema.type === 'Boolean' && value !== '' ? booleanText(provider, value) : value
    if (value !== '') ensureFits(schema, claim, attributes[attribute] ?? '')
  }
  return attributes
}

/** Why a row of the mapping comes to nothing; nothing where it is written, unless the sign-in is refused as a whole. */
function dropped(
  { client, provider }: Vouched,
  { attribute, claim, value }: MappedAttribute,
): { readonly dropped: string; readonly remedy: string } | undefined {
  if (value === undefined)
    return {
      dropped: `${provider.name} sent no claim ${claim}.`,
      remedy: `Put the scope that ${claim} belongs to into authorize_scopes of ${provider.name}, or map a claim that ${provider.name} sends.`,
    }
  if (!isWritten(client, attribute))
    return {
      dropped: `Client ${client.name} may not write ${attribute}.`,
      remedy: `Add ${attribute} to WriteAttributes of the client.`,
    }
  return undefined
}

const isWritten = (client: AppClient, attribute: string): boolean =>
  mayWrite(client, attribute) || isVerifiedFlag(attribute)

/**
 * No client can ever be allowed to write these (docs/facts/user-pools-api.md §2.2), but a mapping may
 * (docs/facts/oauth-and-federation.md §8.5).
 */
const isVerifiedFlag = (attribute: string): boolean =>
  attribute === 'email_verified' || attribute === 'phone_number_verified'

/** SAML has texts alone, and its schema spells a true value in two ways. */
const booleanText = ({ type }: IdentityProvider, value: string): string =>
  String(value.toLowerCase() === 'true' || (type === 'SAML' && value === '1'))

/**
 * The attribute's type and limits, at most 2048 characters; no characters beyond the basic plane
 * (docs/facts/oauth-and-federation.md §8.5).
 */
function ensureFits(attribute: SchemaAttribute, claim: string, value: string): void {
  const { name, type, max = 2048 } = attribute
  const limit = type === 'String' ? Math.min(max, 2048) : 2048
  ensure(value.length <= limit, () => refusals.tooLong(name, claim, value.length, limit))
  ensure(!/[\u{10000}-\u{10FFFF}]/u.test(value), () => refusals.fourByteCharacter(name, claim))
  // What Cognito has no words for it takes, but for a date.
  const misfit = valueFindings(attribute, value).find(({ told }) => told !== undefined || type === 'DateTime')
  ensure(misfit === undefined, () => refusals.misfit(name, claim, misfit as OfValue))
}

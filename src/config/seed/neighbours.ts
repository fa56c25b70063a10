import { standardAttributeNames } from '../../core/schema.js'
import { nearest } from '../../lib/nearest.js'
import { type Members, type Shape, shapeOf } from '../../lib/shape.js'

/** Names of neighbours: what OAuth, or another part of Cognito, calls the thing that a seed has under another name. */
const synonyms: Readonly<Record<string, readonly string[]>> = {
  authorization_code: ['code'],
  token: ['implicit'],
  id_token: ['implicit'],
  machine: ['client_credentials'],
  RedirectUris: ['CallbackURLs'],
  redirect_uris: ['CallbackURLs'],
  post_logout_redirect_uris: ['LogoutURLs'],
  scopes: ['AllowedOAuthScopes', 'Scopes'],
  client_id: ['ClientId'],
  client_secret: ['ClientSecret'],
  Pools: ['UserPools'],
  Name: ['PoolName', 'ClientName', 'ProviderName', 'GroupName'],
  UserPoolName: ['PoolName'],
  UserPoolClients: ['Clients'],
  Attributes: ['UserAttributes'],
  issuer: ['oidc_issuer'],
  scope: ['authorize_scopes'],
  authorization_endpoint: ['authorize_url'],
  token_endpoint: ['token_url'],
  userinfo_endpoint: ['attributes_url'],
}

/** The valid name that was most likely meant: an attribute of one's own, what a neighbour calls it, or one that is spelt alike. */
export function likelyMeant(given: string, valid: Iterable<string>): string | undefined {
  const names = [...valid]
  const known = [`custom:${given}`, ...calledElsewhere(given)]
  return known.find(name => names.includes(name)) ?? nearest(given, names)
}

const calledElsewhere = (given: string): readonly string[] =>
  Object.hasOwn(synonyms, given) ? (synonyms[given] ?? []) : []

/**
 * The member that an unknown member belongs into, such as `UserAttributes` for `phone_number`, or `Policies.PasswordPolicy` for
 * `MinimumLength`; undefined where no part of the structure has a member of that very name.
 */
export function partFor(name: string, members: Members): string | undefined {
  if (calledElsewhere(name).some(known => Object.hasOwn(members, known))) return undefined
  const isAttribute = standardAttributeNames.includes(name) || name.startsWith('custom:')
  if ('UserAttributes' in members && isAttribute) return 'UserAttributes'
  for (const [part, member] of Object.entries(members)) {
    const inner = membersOf(shapeOf(member))
    if (inner === undefined) continue
    if (Object.hasOwn(inner, name)) return part
    const deeper = partFor(name, inner)
    if (deeper !== undefined) return `${part}.${deeper}`
  }
  return undefined
}

/** The members of a structure, or of those in a list. */
function membersOf(shape: Shape): Members | undefined {
  if (shape.type === 'list') return membersOf(shape.member)
  return shape.type === 'structure' ? shape.members : undefined
}

/** Files of neighbours, by a member at their top that no seed has, and what to do with them. */
const neighbours: readonly (readonly [member: string, what: string])[] = [
  ['AWSTemplateFormatVersion', 'a CloudFormation template'],
  ['Resources', 'a CloudFormation template'],
  ['Transform', 'a SAM template'],
  ['planned_values', 'the JSON of terraform show'],
  ['terraform_version', 'a state of Terraform'],
  ['deployment', 'the JSON of pulumi stack export'],
  ['provider', 'a serverless.yml'],
]

/** What a file is that was given as a seed and is none; undefined for a seed, with or without mistakes. */
export function neighbouringFile(value: object): string | undefined {
  if ('UserPools' in value || 'UpstreamProviders' in value) return undefined
  return neighbours.find(([member]) => member in value)?.[1]
}

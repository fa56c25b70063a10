import { nearest } from '../../lib/nearest.js'

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
}

/** The valid name that was most likely meant: an attribute of one's own, what a neighbour calls it, or one that is spelt alike. */
export function likelyMeant(given: string, valid: Iterable<string>): string | undefined {
  const names = [...valid]
  const known = [`custom:${given}`, ...(Object.hasOwn(synonyms, given) ? (synonyms[given] ?? []) : [])]
  return known.find(name => names.includes(name)) ?? nearest(given, names)
}

/** Files of neighbours, by a member at their top that no seed has, and what to do with them. */
const neighbours: readonly (readonly [member: string, what: string])[] = [
  ['AWSTemplateFormatVersion', 'a CloudFormation template'],
  ['Resources', 'a CloudFormation template'],
  ['Transform', 'a SAM template'],
  ['planned_values', 'the JSON of terraform show'],
  ['deployment', 'the JSON of pulumi stack export'],
  ['provider', 'a serverless.yml'],
]

/** What a file is that was given as a seed and is none; undefined for a seed, with or without mistakes. */
export function neighbouringFile(value: object): string | undefined {
  if ('UserPools' in value || 'UpstreamProviders' in value) return undefined
  return neighbours.find(([member]) => member in value)?.[1]
}

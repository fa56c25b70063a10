import { isWebUrl } from '../../lib/url.js'
import type { ProviderType } from '../identity.js'
import { oidcEndpoints } from '../identity-provider.js'
import type { SchemaAttribute } from '../user-pool.js'
import { type Draft, entriesOf, type Finding } from './finding.js'

/** What makes a provider, as far as it is known. */
export type ProviderDraft = Draft<{
  readonly ProviderName: string
  readonly ProviderType: ProviderType
  readonly ProviderDetails: Details
  readonly AttributeMapping: Readonly<Record<string, string>>
  readonly AcrMapping: Readonly<Record<string, string>>
}>

type Details = { readonly [name: string]: string | undefined }

/**
 * What is wrong with an identity provider, in the order in which Cognito looks (docs/facts/user-pools-api.md §2.4,
 * docs/facts/oauth-and-federation.md §8.1).
 */
export function* providerFindings(
  { ProviderName: name, ProviderType: type, ProviderDetails, AttributeMapping, AcrMapping }: ProviderDraft,
  schema: readonly SchemaAttribute[],
): Generator<Finding> {
  if (name !== undefined && type !== undefined) yield* nameFindings(name, type)
  if (ProviderDetails !== undefined && type !== undefined) yield* detailFindings(type, ProviderDetails)
  yield* mappingFindings(AttributeMapping, schema)
  if (AcrMapping !== undefined && type !== undefined && type !== 'OIDC')
    yield {
      path: ['AcrMapping'],
      // The service's words are not known (fact N56).
      told: `AcrMapping is not supported for identity providers of type ${type}`,
      because: `A provider of the type ${type} is not asked for a level of assurance: only OpenID Connect has acr_values.`,
      remedy: 'Leave AcrMapping out, or make the provider one of the type OIDC.',
    }
}

const social: readonly ProviderType[] = ['Facebook', 'Google', 'LoginWithAmazon', 'SignInWithApple']

function* nameFindings(name: string, type: ProviderType): Generator<Finding> {
  if (social.includes(type) ? name !== type : social.includes(name as ProviderType))
    yield {
      path: ['ProviderName'],
      told: `Provider ${name} cannot be of type ${type}`,
      because: `A provider called "${name}" cannot be of the type ${type}.`,
      remedy: social.includes(type) ? `Call the provider ${type}.` : 'Choose another ProviderName.',
    }
}

/** What is wrong with attributes that claims are mapped to (docs/facts/oauth-and-federation.md §8.5). */
function* mappingFindings(
  mapping: ProviderDraft['AttributeMapping'] = {},
  schema: readonly SchemaAttribute[],
): Generator<Finding> {
  const valid = ['username', ...schema.map(({ name }) => name)]
  const unknown = Object.keys(mapping).filter(name => !valid.includes(name))
  for (const name of unknown)
    yield {
      path: ['AttributeMapping', name],
      told: `AttributeMapping contains invalid mapping: [${unknown.join(', ')}]`,
      because: `The pool's schema has no attribute "${name}".`,
      remedy: 'Map claims to attributes of the schema: the attribute is on the left, the claim on the right.',
      meant: { given: name, valid, isName: true },
    }
  if (mapping.sub !== undefined)
    yield {
      path: ['AttributeMapping', 'sub'],
      because: '"sub" is the pool\'s own: nothing can be mapped to it.',
      remedy: 'Map the claim to another attribute, or leave the line out.',
    }
}

function detailFindings(type: ProviderType, details: Details): Generator<Finding> {
  if (type === 'OIDC') return oidcFindings(details)
  if (type === 'SAML') return samlFindings(details)
  return type === 'SignInWithApple' ? appleFindings(details) : socialFindings(details)
}

const oidcDetails = ['client_id', 'authorize_scopes', 'attributes_request_method', 'oidc_issuer'] as const

function* oidcFindings(details: Details): Generator<Finding> {
  yield* missing(
    details,
    oidcDetails,
    'clientId, authorizeScopes, oidcIssuer and attributesRequestMethod are all required idp details.',
  )
  yield* addressFindings(details)
  const { attributes_request_method: method, authorize_scopes: scopes } = details
  if (method && method !== 'GET' && method !== 'POST')
    yield {
      path: ['ProviderDetails', 'attributes_request_method'],
      told: `1 validation error detected: Value '${method}' at 'attributesRequestMethod' failed to satisfy constraint: Member must satisfy enum value set: [POST, GET]`,
      because: `"${method}" is neither "GET" nor "POST".`,
      remedy: 'Write GET or POST.',
      meant: { given: method, valid: ['GET', 'POST'] },
    }
  if (scopes && !scopes.split(' ').includes('openid'))
    yield {
      path: ['ProviderDetails', 'authorize_scopes'],
      because: 'The scopes must include "openid".',
      remedy: 'Write the scopes with blanks between them: openid email profile.',
    }
  const known = [...oidcDetails, 'client_secret', 'attributes_url_add_attributes', ...oidcEndpoints]
  yield* unknownDetails(details, known, 'an OIDC provider')
}

function* unknownDetails(details: Details, known: readonly string[], provider: string): Generator<Finding> {
  for (const name of Object.keys(details))
    if (!known.includes(name))
      yield {
        path: ['ProviderDetails', name],
        because: `"${name}" is not a detail of ${provider}.`,
        remedy: `Leave it out, or name one of ${known.join(', ')}.`,
        meant: { given: name, valid: known, isName: true },
      }
}

/** Plain http passes: here the provider may be on the same machine, where it is https on AWS. */
function* addressFindings(details: Details): Generator<Finding> {
  for (const name of ['oidc_issuer', ...oidcEndpoints]) {
    const url = details[name]
    if (url && !isWebUrl(url))
      yield {
        path: ['ProviderDetails', name],
        told: 'OIDC endpoint must start with https://',
        because: 'This must be an http or https URL.',
        remedy: `Write ${name} as a whole URL: https://accounts.example.com.`,
      }
  }
  const absent = oidcEndpoints.filter(name => !details[name])
  if (absent.length > 0 && absent.length < oidcEndpoints.length)
    yield {
      path: ['ProviderDetails'],
      because: `Give all four endpoints or none: ${absent.join(', ')} missing.`,
      remedy: 'Add the others, or leave all out: they are found below the issuer.',
    }
}

const samlSwitches = ['IDPSignout', 'IDPInit', 'EncryptedResponses'] as const

function* samlFindings(details: Details): Generator<Finding> {
  const { MetadataURL, MetadataFile, RequestSigningAlgorithm: algorithm } = details
  if (!(MetadataURL ?? MetadataFile))
    yield {
      path: ['ProviderDetails'],
      told: 'At least one of the MetadataURL or MetadataFile should be provided.',
      because: 'A SAML provider is described by its metadata, and there are none.',
      remedy: 'Add MetadataURL, or the XML itself as MetadataFile.',
    }
  if (MetadataURL && MetadataFile)
    yield {
      path: ['ProviderDetails', 'MetadataFile'],
      told: 'Only one of the MetadataURL or MetadataFile should be provided.',
      because: 'MetadataURL and MetadataFile say the same, and may say it differently.',
      remedy: 'Leave one of the two out.',
    }
  if (MetadataURL && !isWebUrl(MetadataURL))
    yield {
      path: ['ProviderDetails', 'MetadataURL'],
      told: `Error retrieving metadata from ${MetadataURL}`,
      because: 'MetadataURL is no http or https URL.',
      remedy: 'Write it as a whole URL: https://idp.example.com/metadata.xml.',
    }
  // [guess] The words for values that are none of these are not recorded.
  if (algorithm !== undefined && algorithm !== 'rsa-sha256')
    yield {
      path: ['ProviderDetails', 'RequestSigningAlgorithm'],
      told: `Invalid RequestSigningAlgorithm: ${algorithm}`,
      because: `"${algorithm}" is no algorithm that requests are signed by.`,
      remedy: 'Write rsa-sha256, or leave the line out: requests are not signed then.',
      meant: { given: algorithm, valid: ['rsa-sha256'] },
    }
  for (const name of samlSwitches) {
    const value = details[name]
    if (value !== undefined && value !== 'true' && value !== 'false')
      yield {
        path: ['ProviderDetails', name],
        told: `Invalid ${name}: ${value}`,
        because: `${name} is "${value}", which is neither "true" nor "false".`,
        remedy: 'Write the text true or false.',
        meant: { given: value, valid: ['true', 'false'] },
      }
  }
  yield* unknownDetails(details, knownSamlDetails, 'a SAML provider')
}

/** Infrastructure code sends back what Describe has shown; that is passed over. */
const knownSamlDetails: readonly string[] = [
  'MetadataURL',
  'MetadataFile',
  'RequestSigningAlgorithm',
  'SSORedirectBindingURI',
  'SLORedirectBindingURI',
  'ActiveEncryptionCertificate',
  ...samlSwitches,
]

const appleFindings = (details: Details): Generator<Finding> =>
  missing(
    details,
    ['client_id', 'private_key', 'team_id', 'key_id'],
    'clientId, privateKey, teamId, and keyId are all required idp details.',
  )

const socialFindings = (details: Details): Generator<Finding> =>
  missing(
    details,
    ['client_id', 'client_secret', 'authorize_scopes'],
    'clientId, clientSecret and authorizeScopes are all required idp details.',
  )

function* missing(details: Details, names: readonly string[], told: string): Generator<Finding> {
  for (const name of names)
    if (!details[name])
      yield {
        path: ['ProviderDetails'],
        told,
        absent: name,
        because: `"${name}" is missing.`,
        remedy: `Add ${name} to ProviderDetails, as the provider gave it.`,
      }
}

/** What is wrong with the providers of a pool together: a name and an identifier lead to one provider. */
export function* identifierFindings(
  identifiers: readonly (string | undefined)[] | undefined,
  holderOf: (identifier: string) => string | undefined,
): Generator<Finding> {
  for (const [identifier, index] of entriesOf(identifiers)) {
    const holder = holderOf(identifier)
    if (holder !== undefined)
      yield {
        path: ['IdpIdentifiers', index],
        told: `The identifier ${identifier} is already used by the provider ${holder}.`,
        because: `The identifier "${identifier}" leads to the provider ${holder} already.`,
        remedy: `Take ${identifier} from ${holder} first, or choose another identifier.`,
      }
  }
}

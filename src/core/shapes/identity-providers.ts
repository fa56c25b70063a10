import { integer, list, map, oneOf, required, string, structure } from '../../lib/shape.js'
import { acrLevelName, paginationKey, providerName, text, userPoolId } from './common.js'

/** Identity providers, and linking users to accounts there. */

const acrMapping = map(acrLevelName, text)

const attributeMapping = map(string({ min: 1, max: 32 }), text)

const idpIdentifier = string({ min: 1, max: 40, pattern: '[\\w\\s+=.@-]+' })

const idpIdentifiersList = list(idpIdentifier, { min: 0, max: 50 })

const providerDetails = map(text, text)

const providerUserIdentifier = structure({
  ProviderName: providerName,
  ProviderAttributeName: text,
  ProviderAttributeValue: text,
})

export const createIdentityProvider = structure({
  UserPoolId: required(userPoolId),
  ProviderName: required(
    string({ min: 1, max: 32, pattern: '[^_\\p{Z}][\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}][^_\\p{Z}]+' }),
  ),
  ProviderType: required(oneOf('SAML', 'Facebook', 'Google', 'LoginWithAmazon', 'SignInWithApple', 'OIDC')),
  ProviderDetails: required(providerDetails),
  AttributeMapping: attributeMapping,
  IdpIdentifiers: idpIdentifiersList,
  AcrMapping: acrMapping,
})

export const describeIdentityProvider = structure({
  UserPoolId: required(userPoolId),
  ProviderName: required(providerName),
})

export const updateIdentityProvider = structure({
  UserPoolId: required(userPoolId),
  ProviderName: required(providerName),
  ProviderDetails: providerDetails,
  AttributeMapping: attributeMapping,
  IdpIdentifiers: idpIdentifiersList,
  AcrMapping: acrMapping,
})

export const deleteIdentityProvider = structure({
  UserPoolId: required(userPoolId),
  ProviderName: required(providerName),
})

export const listIdentityProviders = structure({
  UserPoolId: required(userPoolId),
  MaxResults: integer({ min: 0, max: 60 }),
  NextToken: paginationKey,
})

export const getIdentityProviderByIdentifier = structure({
  UserPoolId: required(userPoolId),
  IdpIdentifier: required(idpIdentifier),
})

export const adminLinkProviderForUser = structure({
  UserPoolId: required(text),
  DestinationUser: required(providerUserIdentifier),
  SourceUser: required(providerUserIdentifier),
})

export const adminDisableProviderForUser = structure({
  UserPoolId: required(text),
  User: required(providerUserIdentifier),
})

import { list, map, oneOf, required, string, structure } from '../../lib/shape.js'
import { text, userPoolId } from './common.js'

/** What `CreateIdentityProvider` accepts. */
export const createIdentityProvider = structure({
  UserPoolId: required(userPoolId),
  ProviderName: required(
    string({ min: 1, max: 32, pattern: '[^_\\p{Z}][\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}][^_\\p{Z}]+' }),
  ),
  ProviderType: required(oneOf('SAML', 'Facebook', 'Google', 'LoginWithAmazon', 'SignInWithApple', 'OIDC')),
  ProviderDetails: required(map(text, text)),
  AttributeMapping: map(string({ min: 1, max: 32 }), text),
  IdpIdentifiers: list(string({ min: 1, max: 40, pattern: '[\\w\\s+=.@-]+' }), { min: 0, max: 50 }),
})

import { createIdentityProvider } from '../../../core/shapes/identity-providers.js'
import { text } from '../intrinsics.js'
import { entriesOf, type JsonMap } from '../source.js'
import type { TfResource } from './resources.js'
import { members, type Tf } from './tf.js'

/** Keys that AWS adds to what was given. */
const derivedDetails = [
  'ActiveEncryptionCertificate',
  'SSORedirectBindingURI',
  'SLORedirectBindingURI',
  'attributes_url_add_attributes',
]

export function providerMembers(tf: Tf, provider: TfResource): JsonMap {
  const { values } = provider
  const details = Object.fromEntries(
    entriesOf(values.provider_details)
      .filter(([name]) => !derivedDetails.includes(name))
      .map(([name, value]) => [name, text(value)]),
  )
  const mapping = entriesOf(values.attribute_mapping)
  return {
    ...members(tf, provider, createIdentityProvider.members),
    ProviderDetails: { ...details, ...unknownDetails(tf, provider) },
    ...(mapping.length === 0 ? {} : { AttributeMapping: Object.fromEntries(mapping) }),
  }
}

/** Details that the plan does not know yet, by what they refer to: a client's id and secret, a pool's issuer. */
function unknownDetails(tf: Tf, provider: TfResource): JsonMap {
  const { provider_details: unknown } = provider.unknown
  const missing =
    unknown === true
      ? ['client_id', 'client_secret', 'oidc_issuer']
      : entriesOf(unknown).map(([name]) => name)
  const referred = missing.length === 0 ? [] : tf.referred(provider, 'provider_details')
  const found: { [name: string]: string } = {}
  for (const { resource, attribute } of referred) {
    if (resource.type === 'aws_cognito_user_pool_client') {
      if (attribute === 'id') found.client_id = tf.clientIdOf(resource)
      if (attribute === 'client_secret') found.client_secret = tf.secretOf(resource) ?? ''
    } else if (resource.type === 'aws_cognito_user_pool' && attribute === 'endpoint') {
      found.oidc_issuer = `https://cognito-idp.${tf.idOf(resource).split('_')[0]}.amazonaws.com/${tf.idOf(resource)}`
    }
  }
  for (const name of missing.filter(candidate => found[candidate] === undefined)) {
    tf.messages.fail({
      file: tf.file,
      path: `${provider.address}.provider_details.${name}`,
      text: `${name} of the provider ${text(provider.values.provider_name ?? '')} is only known once the plan is applied.`,
      remedy: `Give --set '${provider.address}.provider_details.${name}=…', or import a state instead of a plan.`,
    })
  }
  return found
}

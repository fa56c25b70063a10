import type { ProviderTypes } from '../flows/federation/provider-type.js'
import type { Service } from '../flows/service.js'
import { oidc } from './oidc/oidc.js'
import { saml } from './saml/saml.js'
import type { UpstreamCall } from './upstream-call.js'

/** Every type of identity providers that people can sign in through. Providers of other types are refused. */
export const providerTypes = (service: Service, call: UpstreamCall): ProviderTypes => ({
  OIDC: oidc(service, call),
  SAML: saml(service, call),
})

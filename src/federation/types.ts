import { type SocialType, socialTypes } from '../core/social-provider.js'
import type { ProviderType, ProviderTypes } from '../flows/federation/provider-type.js'
import type { Service } from '../flows/service.js'
import { oidc } from './oidc/oidc.js'
import { saml } from './saml/saml.js'
import { social } from './social/social.js'
import type { UpstreamCall } from './upstream-call.js'

/** Where an address of a social provider leads in truth: to the provider, or to one that is built in and stands in for it. */
export type Reach = (type: SocialType, url: string) => string

/** Every type of identity providers that people can sign in through. Providers of other types are refused. */
export const providerTypes = (service: Service, call: UpstreamCall, reach: Reach): ProviderTypes => ({
  OIDC: oidc(service, call),
  SAML: saml(service, call),
  ...(Object.fromEntries(socialTypes.map(type => [type, social(type, service, { call, reach })])) as Record<
    SocialType,
    ProviderType
  >),
})

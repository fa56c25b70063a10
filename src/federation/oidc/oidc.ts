import { upstreamAcr } from '../../core/assurance.js'
import { ensure } from '../../core/refusal.js'
import type {
  Answered,
  Departure,
  Leaving,
  ProviderType,
  Vouching,
} from '../../flows/federation/provider-type.js'
import type { Service } from '../../flows/service.js'
import { withQuery } from '../../lib/url.js'
import { oauthReturn } from '../oauth-return.js'
import type { UpstreamCall } from '../upstream-call.js'
import { endpointsOf } from './endpoints.js'
import * as refusals from './refusals.js'
import { upstreamClaims } from './upstream-claims.js'

/** Providers of the type `OIDC` (docs/facts/oauth-and-federation.md §8): the authorization code flow of OpenID Connect. */
export function oidc(service: Service, call: UpstreamCall): ProviderType {
  const { of: endpoints, forget } = endpointsOf(service, call)

  return {
    returnsTo: oauthReturn,
    begin,
    finish,
    async prepare(provider) {
      await endpoints(provider)
    },
    forget,
  }

  /** Leg 1 (§8.2): no PKCE and no nonce go along. */
  async function begin({ provider, request, state, callbackUrl }: Leaving): Promise<Departure> {
    const { authorize_url } = await endpoints(provider)
    const forwarded = request.prompts.filter(prompt => prompt !== 'none')
    const acrValues = request.levels.flatMap(level => upstreamAcr(provider, level) ?? [])
    const redirectTo = withQuery(authorize_url, {
      client_id: provider.details.client_id,
      redirect_uri: callbackUrl,
      scope: provider.details.authorize_scopes,
      response_type: 'code',
      state,
      prompt: forwarded.length === 0 ? undefined : forwarded.join(' '),
      login_hint: request.loginHint,
      acr_values: acrValues.length === 0 ? undefined : acrValues.join(' '),
    })
    return { onward: { redirectTo } }
  }

  /** Leg 2 (§8.3). */
  async function finish({ provider, answer, callbackUrl }: Answered): Promise<Vouching> {
    const { code, error, error_description: description } = answer
    ensure(error === undefined, () => refusals.upstreamRefused(provider, error ?? '', description))
    ensure(code, () => refusals.codeMissing(provider))
    const redemption = { provider, endpoints: await endpoints(provider), code, redirectUri: callbackUrl }
    return upstreamClaims(service, call, redemption)
  }
}

import type { DiscoveryAnswer } from '../../core/discovery-answer.js'
import { type Endpoints, oidcEndpoints } from '../../core/identity-provider.js'
import { isWebUrl } from '../../lib/url.js'
import { jsonObject, type UpstreamCall } from '../upstream-call.js'

/** What the members of a discovery document are called in a provider's details (docs/facts/oauth-and-federation.md §8.1). */
export const memberOf: Record<keyof Endpoints, string> = {
  authorize_url: 'authorization_endpoint',
  token_url: 'token_endpoint',
  attributes_url: 'userinfo_endpoint',
  jwks_uri: 'jwks_uri',
}

/** Asks an issuer for its discovery document. */
export async function runDiscovery(call: UpstreamCall, issuer: string): Promise<DiscoveryAnswer> {
  // One slash in between, whether the issuer ends with it or not (fact N17).
  const url = `${issuer.replace(/\/+$/, '')}/.well-known/openid-configuration`
  const answer = await call('discovery', url)
  if ('trouble' in answer) return { url, failed: answer.detail }
  if (answer.status !== 200) return { url, failed: `it answered ${answer.status}` }
  const document = jsonObject(answer.text)
  if (document === undefined) return { url, failed: 'the answer is not a JSON object, or is nested too deep' }
  const endpoints = oidcEndpoints.flatMap(name => {
    const value = document[memberOf[name]]
    return typeof value === 'string' && isWebUrl(value) ? [[name, value]] : []
  })
  return {
    url,
    issuer: typeof document.issuer === 'string' ? document.issuer : undefined,
    endpoints: Object.fromEntries(endpoints),
    scopes: texts(document.scopes_supported),
    claims: texts(document.claims_supported),
  }
}

const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter(one => typeof one === 'string') : []

import type { Claims } from '../../core/attribute-mapping.js'
import { ensure } from '../../core/refusal.js'
import { publishedKeysOf, type SocialType } from '../../core/social-provider.js'
import { formEncode, withQuery } from '../../lib/url.js'
import { verifiedClaims } from '../oidc/id-token.js'
import { badTokenResponse, tokenTrouble } from '../oidc/refusals.js'
import { jsonObject } from '../upstream-call.js'
import * as refusals from './refusals.js'
import type { SocialRedemption } from './social.js'

/** Calls of social providers (docs/facts/saml-and-social.md §7.3). */

/** Exchanges the code, by POST with a form, or by GET as Facebook wants it. */
export async function redeemed(
  { call, provider, code, redirectUri }: SocialRedemption,
  secret = provider.details.client_secret,
): Promise<Claims> {
  const { token_url: url = '', token_request_method: method, client_id } = provider.details
  const parameters = { client_id, redirect_uri: redirectUri, client_secret: secret, code }
  const answer = await (method === 'GET'
    ? call('token', withQuery(url, parameters))
    : call('token', url, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: formEncode({ grant_type: 'authorization_code', ...parameters }),
      }))
  if ('trouble' in answer) throw tokenTrouble(provider, url, answer)
  const body = jsonObject(answer.text)
  ensure(answer.status === 200, () => refusals.tokenRefused(provider, answer.status, body))
  ensure(typeof body?.access_token === 'string', () => badTokenResponse(provider, url, 'no access_token'))
  return body
}

/** The claims of the ID token among the tokens, once it is proven. */
export async function idTokenOf(
  { service, call, provider }: SocialRedemption,
  { id_token: idToken }: Claims,
): Promise<Claims> {
  const { token_url: url = '' } = provider.details
  ensure(typeof idToken === 'string', () => badTokenResponse(provider, url, 'no id_token'))
  const jwksUri = publishedKeysOf[provider.type as SocialType] ?? ''
  return verifiedClaims(idToken, { provider, jwksUri, clock: service.clock, call })
}

/** The profile at an address. Where it is not to be had the sign-in goes on, if the subject is known without it. */
export async function profileAt(
  { service, call, provider }: SocialRedemption,
  url: string,
  accessToken: unknown,
): Promise<Claims> {
  const answer = await call('userInfo', url, { headers: { authorization: `Bearer ${String(accessToken)}` } })
  const profile = 'trouble' in answer || answer.status !== 200 ? undefined : jsonObject(answer.text)
  if (profile !== undefined) return profile
  const why =
    'trouble' in answer ? answer.detail : `it answered ${answer.status}: ${answer.text.slice(0, 200)}`
  service.recorder.note('warning', {
    warning: `The profile of ${provider.name} (${url}) is missing: ${why}.`,
    remedy: `Map claims that ${provider.name} knows, and ask for their scopes in authorize_scopes: one unknown field fails them all.`,
  })
  return {}
}

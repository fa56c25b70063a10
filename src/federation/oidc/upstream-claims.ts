import type { Claims } from '../../core/attribute-mapping.js'
import type { Endpoints, IdentityProvider } from '../../core/identity-provider.js'
import { ensure } from '../../core/refusal.js'
import type { Vouching } from '../../flows/federation/provider-type.js'
import type { Service } from '../../flows/service.js'
import { formEncode } from '../../lib/url.js'
import { jsonObject, type UpstreamCall } from '../upstream-call.js'
import { verifiedClaims } from './id-token.js'
import * as refusals from './refusals.js'

/** A code of a provider, and what it takes to redeem it. */
export interface Redemption {
  readonly provider: IdentityProvider
  readonly endpoints: Endpoints
  readonly code: string
  /** The callback the code was asked for. */
  readonly redirectUri: string
}

/**
 * What a provider says of the user who came back with a code: the claims of its ID token, which win, and of its
 * userInfo (docs/facts/oauth-and-federation.md §8.4).
 */
export async function upstreamClaims(
  service: Service,
  call: UpstreamCall,
  redemption: Redemption,
): Promise<Vouching> {
  const { provider, endpoints } = redemption
  const { idToken, accessToken, response } = await redeem(call, redemption)
  const ofToken = await verifiedClaims(idToken, {
    provider,
    jwksUri: endpoints.jwks_uri,
    clock: service.clock,
    call,
  })
  const ofUserInfo = await userInfoClaims(service, call, redemption, accessToken)
  service.recorder.note('upstream-claims', {
    provider: provider.name,
    id_token: ofToken,
    ...(ofUserInfo === undefined ? {} : { userInfo: ofUserInfo }),
  })
  if (ofToken.sub !== undefined && ofUserInfo?.sub !== undefined)
    ensure(ofToken.sub === ofUserInfo.sub, () =>
      refusals.otherSubject(provider, String(ofToken.sub), String(ofUserInfo.sub)),
    )
  return {
    claims: { ...ofUserInfo, ...ofToken, ...mappedTokens(provider, { idToken, accessToken }) },
    sources: { tokenResponse: response, idToken: ofToken, userInfo: ofUserInfo ?? {} },
  }
}

interface Tokens {
  readonly idToken: string
  readonly accessToken: string | undefined
}

interface Redeemed extends Tokens {
  readonly response: Claims
}

/** The tokens themselves count as claims where the mapping asks for them (§8.4). */
function mappedTokens({ mapping }: IdentityProvider, { idToken, accessToken }: Tokens): Claims {
  const wanted = Object.values(mapping)
  return {
    ...(wanted.includes('id_token') ? { id_token: idToken } : {}),
    ...(wanted.includes('access_token') ? { access_token: accessToken } : {}),
  }
}

/** Exchanges the code. The secret goes into the body, never into a Basic header (fact O50). */
async function redeem(
  call: UpstreamCall,
  { provider, endpoints, code, redirectUri }: Redemption,
): Promise<Redeemed> {
  const url = endpoints.token_url
  const answer = await call('token', url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: formEncode({
      grant_type: 'authorization_code',
      code,
      redirect_uri: redirectUri,
      client_id: provider.details.client_id,
      client_secret: provider.details.client_secret,
    }),
  })
  if ('trouble' in answer) throw refusals.tokenTrouble(provider, url, answer)
  const { status } = answer
  const body = jsonObject(answer.text)
  ensure(status === 200, () => {
    const error = errorText(body)
    return refusals.tokenRefused(provider, {
      url,
      status,
      redirectUri,
      ...(error === undefined ? {} : { error }),
    })
  })
  ensure(body, () => refusals.badTokenResponse(provider, url, 'no JSON object'))
  const { id_token: idToken, access_token: accessToken } = body
  ensure(typeof idToken === 'string', () => refusals.badTokenResponse(provider, url, 'no id_token'))
  return { idToken, accessToken: typeof accessToken === 'string' ? accessToken : undefined, response: body }
}

/** `error` and `error_description` of an OAuth error (RFC 6749 §5.2), on one line. */
function errorText(body: Claims | undefined): string | undefined {
  const texts = [body?.error, body?.error_description].filter(text => typeof text === 'string')
  return texts.length === 0 ? undefined : texts.join(' – ').slice(0, 300)
}

/** The claims of userInfo. Without them a sign-in may still succeed, so a failure is only a warning. */
async function userInfoClaims(
  { recorder }: Service,
  call: UpstreamCall,
  { provider, endpoints }: Redemption,
  accessToken: string | undefined,
): Promise<Claims | undefined> {
  const url = endpoints.attributes_url
  const without = (why: string): undefined => {
    recorder.note('warning', {
      warning: `The claims of userInfo of ${provider.name} (${url}) are missing: ${why}.`,
      remedy: `Set attributes_url and attributes_request_method of ${provider.name} to those of its userInfo endpoint, and put the scopes that it wants into authorize_scopes.`,
    })
  }
  if (accessToken === undefined) return without('the token endpoint sent no access_token to ask with')
  const answer = await call('userInfo', url, {
    method: provider.details.attributes_request_method === 'POST' ? 'POST' : 'GET',
    headers: { authorization: `Bearer ${accessToken}` },
  })
  if ('trouble' in answer) return without(answer.detail)
  if (answer.status !== 200) return without(`it answered ${answer.status}`)
  return jsonObject(answer.text) ?? without('the answer is not a JSON object, or is nested too deep')
}

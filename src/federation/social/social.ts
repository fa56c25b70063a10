import type { Claims } from '../../core/attribute-mapping.js'
import type { IdentityProvider } from '../../core/identity-provider.js'
import { ensure } from '../../core/refusal.js'
import { derivedDetails, type SocialType } from '../../core/social-provider.js'
import type {
  Answered,
  Departure,
  Leaving,
  ProviderType,
  Vouching,
} from '../../flows/federation/provider-type.js'
import type { Service } from '../../flows/service.js'
import { withQuery } from '../../lib/url.js'
import { oauthFormReturn, oauthReturn } from '../oauth-return.js'
import { codeMissing } from '../oidc/refusals.js'
import type { UpstreamCall } from '../upstream-call.js'
import { apple } from './apple.js'
import { facebook } from './facebook.js'
import { google } from './google.js'
import { amazon } from './login-with-amazon.js'
import * as refusals from './refusals.js'

/** What one of the social providers does in its own way (docs/facts/saml-and-social.md §7). */
export interface SocialKind {
  /** What goes along with the request, besides what all are sent. */
  readonly parameters?: Readonly<Record<string, string>>
  /** How scopes are written on the way there. */
  readonly scope?: (scopes: string) => string
  /** What the provider says of a user who came back with a code. */
  claims(redemption: SocialRedemption): Promise<Redeemed>
}

/** A code of a social provider, and what it takes to redeem it. */
export interface SocialRedemption {
  readonly service: Service
  readonly call: UpstreamCall
  /** With the addresses of its type among its details. */
  readonly provider: IdentityProvider
  readonly code: string
  readonly redirectUri: string
  /** All that came back with the code. */
  readonly answer: Readonly<Record<string, string | undefined>>
}

/** What was redeemed: the answer of the token endpoint, and what is known of the user. */
export interface Redeemed {
  readonly tokens: Claims
  readonly idToken: Claims
  readonly profile: Claims
}

const kinds: Record<SocialType, SocialKind> = {
  Google: google,
  Facebook: facebook,
  LoginWithAmazon: amazon,
  SignInWithApple: apple,
}

/**
 * A type of social providers. Its addresses are those that Cognito knows; where they lead is another matter: `reach` tells where a
 * provider that is built in stands in for the real one.
 */
export function social(
  type: SocialType,
  service: Service,
  { call, reach }: { readonly call: UpstreamCall; readonly reach: (type: SocialType, url: string) => string },
): ProviderType {
  const kind = kinds[type]
  const reaching: UpstreamCall = (purpose, url, init) => call(purpose, reach(type, url), init)
  return { returnsTo: type === 'SignInWithApple' ? oauthFormReturn : oauthReturn, begin, finish }

  /** Leg 1 (§7.2): five parameters in this order, no nonce and no PKCE. */
  async function begin({ provider, request, state, callbackUrl }: Leaving): Promise<Departure> {
    const { authorize_url = '' } = derivedDetails(type, provider.details)
    const forwarded = request.prompts.filter(prompt => prompt !== 'none')
    const scopes = provider.details.authorize_scopes ?? ''
    const redirectTo = withQuery(reach(type, authorize_url), {
      client_id: provider.details.client_id,
      redirect_uri: callbackUrl,
      scope: kind.scope?.(scopes) ?? scopes,
      response_type: 'code',
      state,
      ...kind.parameters,
      prompt: forwarded.length === 0 ? undefined : forwarded.join(' '),
    })
    return { onward: { redirectTo } }
  }

  async function finish({ provider: configured, answer, callbackUrl }: Answered): Promise<Vouching> {
    const { code, error } = answer
    ensure(error === undefined, () => refusals.cancelled(configured, answer))
    ensure(code, () => codeMissing(configured))
    const details = { ...configured.details, ...derivedDetails(type, configured.details) }
    const provider = { ...configured, details }
    const redemption = { service, call: reaching, provider, code, redirectUri: callbackUrl, answer }
    const { tokens, idToken, profile } = await kind.claims(redemption)
    service.recorder.note('upstream-claims', {
      provider: provider.name,
      id_token: idToken,
      userInfo: profile,
    })
    return {
      claims: { ...profile, ...idToken, ...mappedTokens(provider, tokens) },
      sources: { tokenResponse: tokens, idToken, userInfo: profile },
    }
  }
}

/** The tokens themselves count as claims where the mapping asks for them (§7.1). */
function mappedTokens({ mapping }: IdentityProvider, tokens: Claims): Claims {
  const wanted = Object.values(mapping)
  return Object.fromEntries(
    ['access_token', 'id_token'].filter(name => wanted.includes(name)).map(name => [name, tokens[name]]),
  )
}

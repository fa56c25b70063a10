import type { IdentityProvider } from '../../core/identity-provider.js'
import { refusal } from '../../core/refusal.js'
import type { Trouble } from '../upstream-call.js'

/**
 * Why a sign-in through an OIDC provider is refused, in Cognito's words (docs/facts/oauth-and-federation.md §3.3, §3.4, §8.9).
 */

type Named = Pick<IdentityProvider, 'name'>

// The way back.

/** The words are those of a recorded denial, in a general form (§8.3). */
export const upstreamRefused = refusal(
  'invalid_request',
  ({ name }: Named, error: string, description: string | undefined) => ({
    told: description === undefined ? `error=${error}` : `${description}; error=${error}`,
    because: `${name} refused the sign-in: ${error}${description === undefined ? '' : ` (${description})`}.`,
    remedy: (upstreamRemedies[error] ?? otherError)(name, error),
  }),
)

type UpstreamRemedy = (name: string, error: string) => string

const otherError: UpstreamRemedy = (name, error) =>
  `Search the log of ${name} for "${error}": ${name}, and not this pool, refused the sign-in.`

const upstreamRemedies: { readonly [error: string]: UpstreamRemedy | undefined } = {
  __proto__: null as never,
  access_denied: name =>
    `The user cancelled at ${name}, or a rule of ${name} excludes the account: sign in there with an account that may use our client.`,
  invalid_scope: name =>
    `Set authorize_scopes of ${name} to scopes that ${name} allows our client, openid among them.`,
  unauthorized_client: name =>
    `Allow the client that client_id of ${name} names the authorization code grant, in the settings of ${name}.`,
}

// [guess] No record shows what Cognito says to this.
export const codeMissing = refusal('invalid_request', ({ name }: Named) => ({
  told: 'code is missing',
  because: `${name} came back with neither a code nor an error.`,
  remedy: `Let ${name} answer response_type=code, with the code in the query of the callback: a fragment (response_mode=fragment) does not reach the server.`,
}))

// Where the provider's endpoints are.

/** The words are those of creating such a provider (§8.1). */
export const wellKnownUnreachable = refusal(
  'invalid_request',
  ({ name }: Named, url: string, what: string) => ({
    told: 'Unable to contact well-known endpoint',
    because: `The endpoints of ${name} could not be discovered at ${url}: ${what}.`,
    remedy: `Start the provider or correct oidc_issuer of ${name} (the address is oidc_issuer plus /.well-known/openid-configuration), or give all of authorize_url, token_url, attributes_url and jwks_uri.`,
  }),
)

// The token call.

export const tokenTrouble = refusal(
  'invalid_request',
  ({ name }: Named, url: string, { trouble, detail }: Trouble) => ({
    told: trouble === 'timeout' ? 'Timeout occurred in calling IdP token endpoint' : troubleTold(trouble),
    because: `The token endpoint of ${name}, ${url}, could not be asked: ${detail}.`,
    remedy: `Start ${name}, or set token_url of ${name} to an address that leads to it from where Rockpool runs (inside a container, localhost is the container).`,
  }),
)

// [guess] but for "Connection reset", which is documented.
const troubleTold = (trouble: Trouble['trouble']): string =>
  trouble === 'refused'
    ? 'Connection refused'
    : trouble === 'unknown host'
      ? 'Unknown host'
      : trouble === 'too large'
        ? 'Response too large'
        : 'Connection reset'

export const tokenRefused = refusal(
  'invalid_request',
  ({ name, details }: Pick<IdentityProvider, 'name' | 'details'>, answer: TokenFailure) => ({
    told: `${name} Error - ${answer.status} error getting token`,
    because: `The token endpoint of ${name}, ${answer.url}, answered ${answer.status}${answer.error === undefined ? '' : `: ${answer.error}`}.`,
    remedy: tokenRemedy(name, details.client_id, answer),
  }),
)

interface TokenFailure {
  readonly url: string
  readonly status: number
  /** What the body says, as far as it says anything. */
  readonly error?: string
  /** What the code was asked for. */
  readonly redirectUri: string
}

function tokenRemedy(
  name: string,
  clientId: string | undefined,
  { status, error = '', redirectUri }: TokenFailure,
) {
  if (error.includes('invalid_client') || error.includes('unauthorized_client') || status === 401)
    return `Compare client_id and client_secret of ${name} with what the provider knows as "${clientId}". The secret is sent in the body (client_secret_post, never Basic): the provider must allow that.`
  if (error.includes('invalid_grant') || error.includes('redirect'))
    return `The code was not accepted: see that the provider knows the callback ${redirectUri} exactly so, and that the code is fresh.`
  return `Search the log of ${name} for the request, and set token_url of ${name} to its token endpoint if another one is set.`
}

// [guess] The answer to a token call without an error and without what was asked for.
export const badTokenResponse = refusal('invalid_request', ({ name }: Named, url: string, what: string) => ({
  told: `Bad token response: ${what}`,
  because: `The token endpoint of ${name}, ${url}, answered 200, but the answer has ${what}.`,
  remedy: `Set token_url of ${name} to its token endpoint, and put openid among authorize_scopes: without it, ${name} issues no ID token.`,
}))

// The keys.

export const keysTrouble = refusal(
  'invalid_request',
  ({ name }: Named, url: string, { trouble, detail }: Trouble) => ({
    // The prefix is really part of the documented description (§3.4).
    told: trouble === 'timeout' ? 'error_description=Timeout in calling jwks uri' : troubleTold(trouble),
    because: `The keys of ${name} could not be fetched from ${url}: ${detail}.`,
    remedy: `Start ${name}, or set jwks_uri of ${name} to an address that leads to it from where Rockpool runs (inside a container, localhost is the container).`,
  }),
)

// [guess]
export const badKeys = refusal('invalid_request', ({ name }: Named, url: string, what: string) => ({
  told: `${name} Error - error getting keys`,
  because: `The keys of ${name} could not be fetched from ${url}: ${what}.`,
  remedy: `Set jwks_uri of ${name} to the address of its JSON Web Key Set.`,
}))

// The ID token. Only the words for the issuer are recorded (§8.9); the others follow their pattern [guess].

export const malformedIdToken = refusal('invalid_request', ({ name }: Named, why: string) => ({
  told: 'Bad id_token',
  because: `The ID token of ${name} cannot be read: ${why}.`,
  remedy: `Let ${name} issue ID tokens of our client as signed JWTs in compact form, neither encrypted nor opaque: switch encryption of ID tokens off there.`,
}))

export const badAlgorithm = refusal('invalid_request', ({ name }: Named, alg: string, allowed: string) => ({
  told: `Bad id_token algorithm ${alg}`,
  because: `The ID token of ${name} has the algorithm "${alg}"; those of the RSA, HMAC and EC families are accepted: ${allowed}.`,
  remedy: `Let ${name} sign the ID tokens of our client with RS256 (id_token_signed_response_alg).`,
}))

export const noSecretForHmac = refusal('invalid_request', ({ name }: Named, alg: string) => ({
  told: `Bad id_token algorithm ${alg}`,
  because: `The ID token of ${name} is signed with ${alg}, whose key is the client secret, but the provider has none in its details.`,
  remedy: `Set client_secret in the details of ${name}, or let ${name} sign with RS256.`,
}))

export const unknownKey = refusal(
  'invalid_request',
  ({ name }: Named, kid: string | undefined, url: string, known: readonly string[]) => ({
    told: `Bad id_token kid ${kid ?? ''}`.trimEnd(),
    because:
      kid === undefined
        ? `The ID token of ${name} does not say with which key it is signed: its header has no kid.`
        : `The ID token of ${name} is signed with the key "${kid}", but ${url} has ${known.length === 0 ? 'no key with a kid' : `only ${known.join(', ')}`}.`,
    remedy: `Set jwks_uri of ${name} to the jwks_uri of its discovery document, and let ${name} publish each key with the kid that its tokens name.`,
  }),
)

export const unsuitableKey = refusal(
  'invalid_request',
  ({ name }: Named, kid: string, alg: string, what: string) => ({
    told: `Bad id_token kid ${kid}`,
    because: `The ID token of ${name} is signed with ${alg}, but its key "${kid}" is not for that: ${what}.`,
    remedy: `Let ${name} publish the key that it signs with (${alg}) under the kid "${kid}", with a matching kty, use and alg.`,
  }),
)

export const badSignature = refusal('invalid_request', ({ name }: Named, alg: string, key: string) => ({
  told: 'Bad id_token signature',
  because: `The signature (${alg}) of the ID token of ${name} does not match ${key}.`,
  remedy: alg.startsWith('HS')
    ? `Set client_secret of ${name} to the secret that ${name} has for our client.`
    : `Set jwks_uri of ${name} to the jwks_uri of its discovery document: the keys there are not those of the issuer.`,
}))

export const badIssuer = refusal(
  'invalid_request',
  ({ name }: Named, received: string, expected: string) => ({
    told: `Bad id_token issuer ${received}`,
    because: `The ID token of ${name} was issued by "${received}", but oidc_issuer is "${expected}"; they are compared as text, but for a slash at the end.`,
    remedy: `Set oidc_issuer of ${name} to what the provider writes into iss: scheme, host, port and path.`,
  }),
)

export const badAudience = refusal(
  'invalid_request',
  ({ name }: Named, received: string, expected: string) => ({
    told: `Bad id_token audience ${received}`,
    because: `The ID token of ${name} is meant for ${received}, but our client_id there is "${expected}".`,
    remedy: `Set client_id of ${name} to the client that the provider issues the tokens for.`,
  }),
)

export const expired = refusal('invalid_request', ({ name }: Named, exp: string, now: string) => ({
  told: 'Bad id_token expired',
  because: `The ID token of ${name} was good until ${exp}; it is now ${now}, and no tolerance is given.`,
  remedy: `Set the clocks of Rockpool (GET /_rockpool/clock) and of ${name} alike, or let ${name} issue ID tokens that live longer.`,
}))

export const badClaim = refusal('invalid_request', ({ name }: Named, claim: string, reason: string) => ({
  told: `Bad id_token ${claim}`,
  because: `The ID token of ${name} has no valid ${claim}: ${reason}.`,
  remedy: `Let ${name} send ${claim} as OpenID Connect Core §2 wants it.`,
}))

// [guess] OpenID Connect Core §5.3.2 demands the check.
export const otherSubject = refusal(
  'invalid_request',
  ({ name }: Named, ofToken: string, ofUserInfo: string) => ({
    told: 'Bad userInfo subject',
    because: `userInfo of ${name} speaks of "${ofUserInfo}", the ID token of "${ofToken}": they must be one and the same (OpenID Connect Core §5.3.2).`,
    remedy: `Set attributes_url of ${name} to the userinfo_endpoint of its discovery document, which must answer for the account of the ID token.`,
  }),
)

import { type AppClient, providersOf } from '../../core/app-client.js'
import { entryLine, listed, memberLine, refusal } from '../../core/refusal.js'
import { allowedScopes } from '../../core/scopes.js'
import type { UserPool } from '../../core/user-pool.js'
import { didYouMean } from '../../lib/nearest.js'

/** Why a request for authorization is refused, in Cognito's words (docs/facts/oauth-and-federation.md §3.3, §3.4). */

export const parametersMissing = refusal('Required parameters missing', (parameter: string) => ({
  because: `The request has no ${parameter}.`,
  remedy: `Add ${parameter} to the query of /oauth2/authorize or /login.`,
}))

/** @param remedy what may have been meant (`clientMeant`) */
export const unknownClient = refusal(
  'invalid_client',
  (clientId: string, pool: UserPool, remedy: string) => ({
    because: `The pool ${pool.name} (${pool.id}) has no app client "${clientId}".`,
    remedy,
  }),
)

export const redirectMismatch = refusal(
  'redirect_mismatch',
  (redirectUri: string, { name, settings }: AppClient, pool: UserPool) => ({
    because:
      `redirect_uri "${redirectUri}" is not among the CallbackURLs of client ${name} in ${pool.name}: ` +
      `${listed(settings.CallbackURLs)}. They are compared as text, character by character.`,
    remedy: /^[\w.+-]+%3A/i.test(redirectUri)
      ? 'The URL is encoded twice: give the library the URL as it is, which it encodes itself.'
      : `Add "${redirectUri}" to CallbackURLs of client ${name}, or send a URL that is registered.` +
        didYouMean(redirectUri, settings.CallbackURLs ?? []),
    values: settings.CallbackURLs,
    line: entryLine(`CallbackURLs of client ${name}`, redirectUri),
  }),
)

export const unsupportedResponseType = refusal('invalid_request', (responseType: string | undefined) => ({
  because: `response_type is ${responseType === undefined ? 'missing' : `"${responseType}"`}; a pool knows code and token.`,
  remedy: 'Send response_type=code (or token for the implicit grant).',
}))

export const flowNotAllowed = refusal(
  'unauthorized_client',
  (flow: string, { name, settings }: AppClient) => ({
    because: settings.AllowedOAuthFlowsUserPoolClient
      ? `Client ${name} does not allow the ${flow} flow, but ${listed(settings.AllowedOAuthFlows)}.`
      : `Client ${name} is not enabled for OAuth: AllowedOAuthFlowsUserPoolClient is not true.`,
    remedy: settings.AllowedOAuthFlowsUserPoolClient
      ? `Add ${flow} to AllowedOAuthFlows of client ${name}.`
      : `Set AllowedOAuthFlowsUserPoolClient of client ${name} to true.`,
    line: settings.AllowedOAuthFlowsUserPoolClient
      ? entryLine(`AllowedOAuthFlows of client ${name}`, flow)
      : memberLine(`client ${name}`, 'AllowedOAuthFlowsUserPoolClient', true),
  }),
)

export const challengeMethod = refusal('invalid_request', (method: string | undefined) => ({
  because: `code_challenge_method is ${method === undefined ? 'missing' : `"${method}"`}; only S256 is known.`,
  remedy: 'Send code_challenge_method=S256 beside code_challenge.',
}))

export const malformedChallenge = refusal('invalid_request', () => ({
  because: 'code_challenge is missing or not 43 to 128 characters of base64url.',
  remedy: 'Send the base64url form of the SHA-256 of the code_verifier.',
}))

export const scopeNotAllowed = refusal('invalid_request', (scope: string, client: AppClient) => ({
  told: 'invalid_scope',
  because: `Client ${client.name} may not ask for the scope "${scope}", but for ${listed(allowedScopes(client))}.`,
  remedy: /[,;]/.test(scope)
    ? `Put blanks between scopes, and nothing else: scope=${scope.split(/[,;]+/).join(' ')}.`
    : `Add "${scope}" to AllowedOAuthScopes of client ${client.name}, or leave it out of scope.${didYouMean(scope, allowedScopes(client))}`,
  values: allowedScopes(client),
  line: entryLine(`AllowedOAuthScopes of client ${client.name}`, scope),
}))

export const scopeWithoutOpenid = refusal('invalid_request', (scope: string) => ({
  told: 'invalid_scope',
  because: `The scope "${scope}" was asked for without openid.`,
  remedy: `Send scope=openid ${scope}, or leave ${scope} out.`,
}))

export const malformedResource = refusal('invalid_request', (resource: string) => ({
  because: `resource "${resource}" is not an absolute URI with https, http://localhost or a scheme of its own.`,
  remedy: 'Send the identifier of one API as an absolute URI.',
}))

export const malformedMaxAge = refusal('invalid_request', (maxAge: string) => ({
  because: `max_age "${maxAge}" is not a number of seconds.`,
  remedy: 'Send a whole number of seconds, or leave max_age out.',
}))

/** Cognito's words where a provider is not there. */
export const loginOption = 'Login option is not available. Please try another one'

export const unknownProvider = refusal(
  'invalid_request',
  (name: string, pool: UserPool, client: AppClient) => ({
    told: loginOption,
    because: `The pool ${pool.name} has no identity provider "${name}".`,
    remedy: `Create the provider "${name}" in ${pool.name}, or send the exact name of one that client ${client.name} offers (case counts) in identity_provider: ${listed(providersOf(client))}.${didYouMean(name, providersOf(client))}`,
  }),
)

export const providerNotEnabled = refusal('invalid_request', (name: string, client: AppClient) => ({
  told: loginOption,
  because: `Client ${client.name} does not list "${name}" in SupportedIdentityProviders (${listed(providersOf(client))}).`,
  remedy: `Add "${name}" to SupportedIdentityProviders of client ${client.name}.`,
  line: entryLine(`SupportedIdentityProviders of client ${client.name}`, name),
}))

export const loginRequired = refusal('login_required', (why: string) => ({
  because: `prompt=none forbids showing a page, and ${why}.`,
  remedy: 'Send the user through an interactive sign-in first, or leave prompt=none out.',
}))

import type { FastifyReply, FastifyRequest } from 'fastify'
import { Refusal, refusal } from '../core/refusal.js'
import type { Service } from '../flows/service.js'
import { endpointHeaders } from '../http/endpoint-headers.js'
import type { EngineAnswer, EngineForm } from './engine/engine.js'

/**
 * The token endpoint's refusals in Cognito's words (oauth-and-federation.md §4.3): nearly always the bare code. What the
 * engine says of its reason decides which, and explains it to the operator.
 */
export function tokenRefusal(answer: EngineAnswer, form: EngineForm): Refusal {
  const { error, error_description: description } = answer.body
  const reason = answer.detail ?? String(description ?? error)
  const known = reasons.find(({ pattern }) => pattern.test(reason))
  const explanation = {
    because: known?.because(form) ?? `The request was refused: ${reason}.`,
    remedy: known?.remedy ?? 'Compare the request with the documentation of the token endpoint.',
  }
  return new Refusal(known?.code ?? String(error), known?.told ?? '', explanation)
}

interface Reason {
  /** Of the engine's own words. */
  readonly pattern: RegExp
  readonly because: (form: EngineForm) => string
  readonly remedy: string
  /** Where Cognito says something else than the engine. */
  readonly code?: string
  readonly told?: string
}

const reasons: readonly Reason[] = [
  {
    pattern: /client not found/,
    because: ({ client_id }) => `This pool has no app client "${client_id ?? ''}".`,
    remedy: 'Use the id of a client of this pool, or the domain of the pool that has the client.',
  },
  {
    pattern: /invalid secret|authentication mechanism does not match/,
    because: ({ client_id, client_secret }) =>
      client_secret === undefined
        ? `Client ${client_id ?? ''} has a secret, and the request came without it (or the client has none, and one was sent).`
        : `The secret sent is not one of client ${client_id ?? ''}.`,
    remedy:
      'Send the secret in an Authorization: Basic header or as client_secret in the body; send none for a public client.',
    code: 'invalid_client',
    told: 'invalid_client_secret',
  },
  {
    pattern: /no client authentication mechanism/,
    because: () => 'The request names no client, or its Authorization header contradicts the body.',
    remedy: 'Send client_id in the body, or a Basic header with id and secret.',
    code: 'invalid_request',
  },
  {
    pattern: /grant type is not allowed/,
    because: ({ grant_type }) => `The client does not allow the grant "${grant_type ?? ''}".`,
    remedy: 'Enable the flow in AllowedOAuthFlows of the client, and set AllowedOAuthFlowsUserPoolClient.',
    code: 'unauthorized_client',
  },
  {
    pattern: /redirect_uri mismatch/,
    because: ({ redirect_uri }) =>
      `redirect_uri "${redirect_uri ?? ''}" is not the one of the authorize request.`,
    remedy: 'Send the very same redirect_uri in both requests.',
    code: 'unauthorized_client',
    told: 'invalid_redirect',
  },
  {
    pattern: /authorization code already consumed/,
    because: () => 'The code was exchanged before: a code works once.',
    remedy:
      'Look for a second exchange (a reload of the callback, a double effect); sign in again for a new code.',
  },
  {
    pattern: /authorization code is expired/,
    because: () => 'The code is older than five minutes.',
    remedy: 'Exchange codes at once; sign in again for a new one.',
  },
  {
    pattern: /sign-in revoked/,
    because: () =>
      'The sign-in that the code came of was revoked: the user signed out everywhere, or was deleted.',
    remedy: 'Sign in again.',
  },
  {
    pattern: /authorization code not found/,
    because: () => 'No such code was given out by this pool.',
    remedy: 'Send the code exactly as it came to the callback, to the pool that gave it.',
  },
  {
    pattern: /client mismatch/,
    because: ({ client_id }) => `The code or token was given to another client than ${client_id ?? ''}.`,
    remedy: 'Exchange and refresh with the client that started the sign-in.',
  },
  {
    pattern: /PKCE|code_verifier|code_challenge/i,
    because: () =>
      'The code_verifier is missing, or its SHA-256 is not the code_challenge of the authorize request.',
    remedy: 'Keep the verifier of the very attempt, and send it with its code.',
    code: 'invalid_grant',
  },
  {
    pattern: /refresh token (not found|is expired)|grant not found|grant is expired/,
    because: () => 'The refresh token is unknown, expired, replaced or revoked.',
    remedy: 'Sign in again; with rotation on, always keep the newest refresh token.',
  },
  {
    pattern: /sign-in on a device/,
    because: () => 'The pool tracks devices, and the sign-in was made through the API, on one of them.',
    remedy: 'Refresh by InitiateAuth with REFRESH_TOKEN and DEVICE_KEY, or turn DeviceConfiguration off.',
  },
  {
    pattern: /account not found/,
    because: () => 'The user was deleted or disabled since.',
    remedy: 'Enable the user, or create it anew.',
  },
  {
    pattern: /attribute not readable/,
    because: ({ client_id }) =>
      `Client ${client_id ?? ''} may not read all that its scopes stand for: email is email and email_verified, phone is phone_number and phone_number_verified.`,
    remedy: 'Add them to ReadAttributes of the client, or ask for fewer scopes.',
  },
  {
    pattern: /no scope is left/,
    because: ({ scope }) => `Of the scopes asked for (${scope ?? 'all'}) the client may have none.`,
    remedy: 'Create the scope in a resource server, and add it to AllowedOAuthScopes of the client.',
  },
  {
    pattern: /without a secret has no credentials/,
    because: ({ client_id }) => `Client ${client_id ?? ''} has no secret.`,
    remedy: 'Use a client with a secret for client_credentials.',
  },
  {
    pattern: /unsupported grant_type/,
    because: ({ grant_type }) => `There is no grant "${grant_type ?? ''}".`,
    remedy: 'Use authorization_code, refresh_token or client_credentials.',
  },
  {
    pattern: /missing required parameter/,
    because: ({ grant_type }) => `The grant "${grant_type ?? ''}" needs a parameter that is missing.`,
    remedy: 'Send code and redirect_uri with authorization_code, refresh_token with refresh_token.',
  },
]

/** Refuses a request whose body is no form. */
export function refuseBody(
  { recorder, chance }: Service,
  { headers }: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const refused = malformedBody(headers['content-type'])
  recorder.refused(refused)
  return endpointHeaders(reply, chance).code(400).send({ error: refused.code })
}

const malformedBody = refusal('invalid_request', (type: string | undefined) => ({
  because: `The body (of type ${type ?? 'none'}) is not application/x-www-form-urlencoded, or cannot be read.`,
  remedy: 'Send a form.',
}))

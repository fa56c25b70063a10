import type { FastifyReply, FastifyRequest } from 'fastify'
import type { AppClient } from '../core/app-client.js'
import { type Refusal, refusal } from '../core/refusal.js'
import type { UserPool } from '../core/user-pool.js'
import type { Service } from '../flows/service.js'
import { endpointHeaders } from '../http/endpoint-headers.js'

/**
 * Why the token and the revocation endpoint refuse, in Cognito's words (docs/facts/oauth-and-federation.md §4.3):
 * nearly always the bare code. The explanations are ours.
 */

const malformedBody = refusal('invalid_request', (type: string | undefined) => ({
  because: `The body (of type ${type ?? 'none'}) is not application/x-www-form-urlencoded, or cannot be read.`,
  remedy: 'Send the parameters as a form, with Content-Type: application/x-www-form-urlencoded.',
}))

export const parameterMissing = refusal('invalid_request', (name: string, grantType?: string) => ({
  because: `The request has no ${name}${grantType === undefined ? '' : `, which the grant "${grantType}" needs`}.`,
  remedy:
    name === 'grant_type'
      ? 'Send grant_type: authorization_code, refresh_token or client_credentials.'
      : `Send ${name} as a field of the form.`,
}))

export const clientNotNamed = refusal('invalid_request', () => ({
  because: 'The request names no client, or its Authorization header is malformed or contradicts client_id.',
  remedy: 'Send client_id in the body, or a Basic header with id and secret.',
}))

/** @param remedy what may have been meant (`clientMeant`) */
export const unknownClient = refusal('invalid_client', (id: string, pool: UserPool, remedy: string) => ({
  because: `The pool ${pool.name} has no app client "${id}".`,
  remedy,
}))

/** All three say the same to the caller (fact O23). */
const told = 'invalid_client_secret'

export const secretMissing = refusal('invalid_client', ({ name }: AppClient) => ({
  told,
  because: `Client ${name} has a secret, and the request came without it.`,
  remedy: 'Send the secret in an Authorization: Basic header, or as client_secret in the body.',
}))

export const secretNotExpected = refusal('invalid_client', ({ name }: AppClient) => ({
  told,
  because: `Client ${name} is public, and the request came with a secret.`,
  remedy: 'Send client_id alone, or create a client with a secret.',
}))

export const secretWrong = refusal('invalid_client', ({ name }: AppClient) => ({
  told,
  because: `The secret sent is not one of client ${name}.`,
  remedy: 'Copy the secret again from DescribeUserPoolClient, the seed or the start of Rockpool.',
}))

export const unsupportedGrantType = refusal('unsupported_grant_type', (grantType: string) => ({
  because: `There is no grant "${grantType}".`,
  remedy: 'Use authorization_code, refresh_token or client_credentials.',
}))

export const flowNotAllowed = refusal(
  'unauthorized_client',
  ({ name }: AppClient, flow: 'code' | 'client_credentials') => ({
    because: `The client ${name} does not allow the flow "${flow}".`,
    remedy: `Add "${flow}" to AllowedOAuthFlows of the client, and set AllowedOAuthFlowsUserPoolClient to true.`,
  }),
)

/** Cognito's answer is `invalid_grant` here, not `unauthorized_client` (correction C10, fact N11). */
export const machineWithoutOAuth = refusal('invalid_grant', ({ name }: AppClient) => ({
  because: `AllowedOAuthFlowsUserPoolClient of the client ${name} is not true, so it has no OAuth flows at all.`,
  remedy: 'Set AllowedOAuthFlowsUserPoolClient to true, with "client_credentials" in AllowedOAuthFlows.',
}))

export const machineRefreshes = refusal('unauthorized_client', ({ name }: AppClient) => ({
  because: `The client ${name} is for machines (client_credentials), which have no refresh tokens.`,
  remedy: 'Ask for a new token with grant_type=client_credentials, or refresh with a client for users.',
}))

export const secretlessMachine = refusal('unauthorized_client', ({ name }: AppClient) => ({
  because: `The client ${name} has no secret, so it cannot act for itself.`,
  remedy: 'Use a client that was created with GenerateSecret for client_credentials.',
}))

export const noScopeLeft = refusal('invalid_scope', ({ name }: AppClient, asked: readonly string[]) => ({
  because: `Of the scopes asked for (${asked.join(' ') || 'all'}) the client ${name} may have none.`,
  remedy: 'Create the scope in a resource server, and add it to AllowedOAuthScopes of the client.',
}))

export const unknownCode = refusal('invalid_grant', () => ({
  because: 'No such code was given out, or it was more than an hour ago.',
  remedy: 'Send the code exactly as it came to the callback, to the pool that gave it.',
}))

export const usedCode = refusal('invalid_grant', () => ({
  because: 'The code was exchanged before: a code works once.',
  remedy:
    'Look for a second exchange (a reload of the callback, a double effect); sign in again for a new code.',
}))

export const expiredCode = refusal('invalid_grant', () => ({
  because: 'The code is older than five minutes.',
  remedy: 'Exchange codes at once; sign in again for a new one.',
}))

export const signInRevoked = refusal('invalid_grant', () => ({
  because: 'The sign-in was revoked: the app revoked it, the user signed out everywhere, or was deleted.',
  remedy: 'Send the user through a new sign-in: the refresh tokens of this one stay revoked.',
}))

export const otherClient = refusal('invalid_grant', ({ name }: AppClient) => ({
  because: `The code or token was given to another client than ${name}.`,
  remedy: 'Exchange and refresh with the client that started the sign-in.',
}))

export const verifierMissing = refusal('invalid_grant', () => ({
  because: 'The authorize request had a code_challenge, and this request has no code_verifier.',
  remedy: 'Send the code_verifier of the attempt that began with this code_challenge.',
}))

export const verifierUnexpected = refusal('invalid_grant', () => ({
  because: 'The request has a code_verifier, and the authorize request had no code_challenge.',
  remedy:
    'Send code_challenge and code_challenge_method=S256 to the authorize endpoint, or no code_verifier here.',
}))

export const verifierWrong = refusal('invalid_grant', () => ({
  because: 'The SHA-256 of the code_verifier is not the code_challenge of the authorize request.',
  remedy: 'Keep the verifier of the very attempt, and send it with its code.',
}))

/** The verifier is a secret: what is wrong with it is said, and nothing of it is shown. */
export const verifierMalformed = refusal('invalid_grant', (verifier: string) => {
  const strange = [...new Set(verifier.replaceAll(/[\w.~-]/g, ''))]
  return {
    because:
      strange.length > 0
        ? `The code_verifier has characters that none has (RFC 7636 §4.1): ${strange
            .slice(0, 5)
            .map(one => JSON.stringify(one))
            .join(', ')}.`
        : `The code_verifier has ${verifier.length} characters: 43 to 128 are allowed (RFC 7636 §4.1).`,
    remedy:
      'Make the verifier of 43 to 128 characters of A-Z a-z 0-9 - . _ ~: 32 random bytes as base64url do.',
  }
})

export const redirectMismatch = refusal('unauthorized_client', (sent: string, expected: string) => ({
  told: 'invalid_redirect',
  because: `redirect_uri "${sent}" is not that of the authorize request, "${expected}".`,
  remedy: `Send redirect_uri=${expected}, the very same in both requests.`,
}))

export const attributeUnreadable = refusal('invalid_grant', ({ name }: AppClient, attribute: string) => ({
  because: `Client ${name} may not read ${attribute}, which one of the scopes stands for.`,
  remedy: `Add ${attribute} to ReadAttributes of the client, or ask for fewer scopes.`,
}))

export const userDeleted = refusal('invalid_grant', (sub: string) => ({
  because: `The user ${sub} was deleted since the sign-in.`,
  remedy: `Create the user anew with AdminCreateUser, with another sub than ${sub}, and sign in again.`,
}))

export const userDisabled = refusal('invalid_grant', (username: string) => ({
  because: `The user ${username} was disabled since the sign-in.`,
  remedy: `Enable ${username} with AdminEnableUser, then sign in again: disabling has revoked the refresh tokens.`,
}))

export const unknownRefreshToken = refusal('invalid_grant', () => ({
  because: 'The refresh token is unknown, has expired, or was revoked.',
  remedy: 'Sign in again, or raise RefreshTokenValidity of the client.',
}))

export const replacedRefreshToken = refusal('invalid_grant', (seconds: number) => ({
  because: `A refresh replaced the token, and its grace period (${seconds} seconds) is over.`,
  remedy:
    'Keep the newest refresh token, or raise RetryGracePeriodSeconds in RefreshTokenRotation of the client.',
}))

export const onDevice = refusal('invalid_grant', (deviceKey: string) => ({
  because: `The pool tracks devices, and the sign-in was made through the API on the device ${deviceKey}.`,
  remedy: 'Refresh by InitiateAuth with REFRESH_TOKEN and DEVICE_KEY, or turn DeviceConfiguration off.',
}))

export const malformedMetadata = refusal('invalid_request', (given: string) => ({
  // The service's words are not known.
  told: 'Invalid aws_client_metadata.',
  because: `aws_client_metadata is no JSON object of texts: ${given.slice(0, 100)}`,
  remedy:
    'Send a JSON object whose values are texts, form-encoded: aws_client_metadata=%7B%22a%22%3A%22b%22%7D.',
}))

/** A trigger refuses while tokens are made: in its words, under a code of this endpoint (§4.3). */
export const refusedByTrigger = refusal('invalid_grant', ({ told, explanation }: Refusal) => ({
  told,
  ...explanation,
}))

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

import type { RelyingPartyClient } from './client.js'
import type { Problem } from './sign-in.js'

/** What the relying party was doing when something went wrong. */
export type Step = 'sign-in' | 'exchange' | 'refresh' | 'userInfo'

const summaries: Record<Step, string> = {
  'sign-in': 'The sign-in could not begin: the pool did not give its discovery document.',
  exchange: 'The code could not be exchanged.',
  refresh: 'The tokens could not be refreshed.',
  userInfo: 'The pool did not say who the user is.',
}

/** What to do about an error that the pool names. */
const remedies: Record<string, string> = {
  invalid_grant:
    'A code works once, for five minutes; a refresh token until it expires or is revoked; both only for the client they were issued to. Sign in again.',
  invalid_client: 'The client id and secret must be those of one app client of this pool.',
  unauthorized_client:
    'Allow the grant: AllowedOAuthFlows needs "code", and AllowedOAuthFlowsUserPoolClient true.',
  invalid_scope: 'Ask only for scopes in the AllowedOAuthScopes of the client.',
  access_denied: 'The person, or a rule of the pool, said no. The flight says which.',
  invalid_token:
    'The access token is expired, revoked, or lacks the scope openid. Refresh, or sign in again.',
  insufficient_scope: 'userInfo needs an access token with the scope openid.',
}
const lookAtTheFlight = 'The flight shows each request of this sign-in and why it was refused.'

/** Puts what the library threw into words. */
export function problemOf(step: Step, client: RelyingPartyClient, thrown: unknown): Problem {
  const { error, description } = named(thrown)
  return {
    summary: summaries[step],
    error,
    ...(description === undefined ? {} : { description }),
    remedy: remedies[error] ?? (isUnreachable(thrown) ? unreachable(client) : lookAtTheFlight),
  }
}

/** What the callback was told instead of a code. */
export function problemAtCallback(query: URLSearchParams): Problem | undefined {
  const error = query.get('error')
  if (error === null) return undefined
  const description = query.get('error_description')
  return {
    summary: 'The sign-in was refused.',
    error,
    ...(description === null ? {} : { description }),
    remedy: remedies[error] ?? lookAtTheFlight,
  }
}

const unreachable = ({ discoveryUrl }: RelyingPartyClient): string =>
  `Open ${discoveryUrl}: if it does not answer, the base URL that Rockpool was started with is not the one it is reached by.`

const isUnreachable = (thrown: unknown): boolean => thrown instanceof TypeError

/** The library's errors carry OAuth's words, a code of its own, or a cause. */
function named(thrown: unknown): { error: string; description?: string } {
  if (!(thrown instanceof Error)) return { error: String(thrown) }
  const { error, error_description, code, cause } = thrown as Error & Record<string, unknown>
  if (typeof error === 'string') {
    return { error, ...(typeof error_description === 'string' ? { description: error_description } : {}) }
  }
  const challenge = Array.isArray(cause) ? (cause[0] as { parameters?: Record<string, string> }) : undefined
  if (challenge?.parameters?.error !== undefined) {
    const { error: told, error_description: description } = challenge.parameters
    return { error: told ?? '', ...(description === undefined ? {} : { description }) }
  }
  const reason = cause instanceof Error ? `${thrown.message}: ${cause.message}` : thrown.message
  return { error: typeof code === 'string' ? code : thrown.name, description: reason }
}

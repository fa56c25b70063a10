import type { AppClient } from '../../core/app-client.js'
import { ensure, Refusal } from '../../core/refusal.js'
import { unreadableAttribute } from '../../core/scopes.js'
import type { UserPool } from '../../core/user-pool.js'
import type { Sender } from '../../core/user-session.js'
import type { Parameters } from '../../flows/authorization/authorization-request.js'
import { type GrantName, signInTokens } from '../../flows/grants/sign-in-tokens.js'
import { type Occasion, tokenChanges } from '../../flows/grants/token-trigger.js'
import type { Service } from '../../flows/service.js'
import type { Minting, SignInRecords } from '../../tokens/token-service.js'
import { attributeUnreadable, parameterMissing, refusedByTrigger } from '../token-refusals.js'

/** A request to the token endpoint, by a client that has proved itself. */
export interface TokenRequest {
  readonly pool: UserPool
  readonly client: AppClient
  readonly form: Parameters
  readonly sender: Sender
}

/**
 * What the token endpoint answers: exactly Cognito's members, in its order (docs/facts/oauth-and-federation.md §4.2,
 * fact O3).
 */
export interface TokenResponse {
  readonly id_token?: string
  readonly access_token: string
  readonly refresh_token?: string
  /** Seconds that the access token lasts. */
  readonly expires_in: number
  readonly token_type: 'Bearer'
}

/** One of the grants. It throws a `Refusal` where it gives no tokens. */
export type Grant = (service: Service, request: TokenRequest) => Promise<TokenResponse>

/** A parameter that the grant cannot do without. */
export function needed({ form }: TokenRequest, name: string): string {
  const value = form[name]
  ensure(value, () => parameterMissing(name, form.grant_type))
  return value
}

/**
 * Refuses a client that may not read what a scope stands for: it gets no token at all
 * (docs/facts/oauth-and-federation.md §4.3).
 */
export function ensureReadable({ client, grant }: Omit<SignInRecords, 'person'>): void {
  const attribute = unreadableAttribute(client, grant.scopes)
  ensure(attribute === undefined, () => attributeUnreadable(client, attribute ?? ''))
}

/** Asks the pool's trigger, mints the tokens of a sign-in and puts them into the answer. */
export async function answerFor(
  service: Service,
  signIn: SignInRecords,
  source: Occasion['source'],
  refreshToken: string | undefined,
): Promise<TokenResponse> {
  const changes = await inWordsOfEndpoint(() => tokenChanges(service, signIn, { source }))
  return answerWith(service, signIn, { changes, refreshToken, grant: 'refresh_token' })
}

/** Mints the tokens of a sign-in, as a trigger wants them who was asked before, and puts them into the answer. */
export async function answerWith(
  service: Service,
  signIn: SignInRecords,
  {
    refreshToken,
    ...minting
  }: Omit<Minting, 'by'> & {
    readonly grant: GrantName
    readonly refreshToken?: string | undefined
  },
): Promise<TokenResponse> {
  const { access, id } = await signInTokens(service, signIn, { ...minting, by: 'oauth' })
  return {
    ...(id && { id_token: id.token }),
    access_token: access.token,
    ...(refreshToken !== undefined && { refresh_token: refreshToken }),
    expires_in: access.expiresIn,
    token_type: 'Bearer',
  }
}

/** Calls a trigger; what it refuses is refused in the form of this endpoint. */
export async function inWordsOfEndpoint<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    throw error instanceof Refusal ? refusedByTrigger(error) : error
  }
}

import {
  type AppClient,
  allowsFlow,
  isCallback,
  isClientOf,
  localProvider,
  providersOf,
} from '../../core/app-client.js'
import { type Level, levelsAsked } from '../../core/assurance.js'
import type { IdentityProvider } from '../../core/identity-provider.js'
import { ensure } from '../../core/refusal.js'
import { customScopes } from '../../core/resource-server.js'
import { allowedScopes, isSystemScope, parseScopes } from '../../core/scopes.js'
import type { UserPool } from '../../core/user-pool.js'
import { clientById, providerIdentifiedBy, providerNamed, resourceServersOf } from '../directory/directory.js'
import { clientMeant } from '../directory/meant.js'
import type { Service } from '../service.js'
import * as refusals from './authorization-refusals.js'
import { answeringTo, type Callback } from './callback.js'

/** The parameters of `/oauth2/authorize`, which `/login` takes as well. Of a repeated one, the first counts. */
export type Parameters = Readonly<Record<string, string | undefined>>

/** A request for authorization that broke no rule (docs/facts/oauth-and-federation.md §3.1). */
export interface AuthorizationRequest {
  readonly pool: UserPool
  readonly client: AppClient
  readonly callback: Callback
  readonly responseType: 'code' | 'token'
  readonly scopes: readonly string[]
  readonly codeChallenge?: string
  readonly nonce?: string
  readonly resource?: string
  readonly loginHint?: string
  readonly prompts: readonly string[]
  /** Seconds since the sign-in after which the user has to prove again who they are. */
  readonly maxAge?: number
  /** The levels of assurance that the app asks for, the wanted one in front. */
  readonly levels: readonly Level[]
  /** Who shall vouch for the user, where the app said so. */
  readonly provider?: IdentityProvider | typeof localProvider
  /** As they came, for the pages that carry them along. */
  readonly parameters: Parameters
}

/**
 * Validates a request, in the order of §3.5. Until client and callback are known to be right, a refusal stays on
 * the page; from then on the app is told (`RefusedAtCallback`), but for a wrong provider.
 */
export async function authorizationRequest(
  service: Service,
  pool: UserPool,
  parameters: Parameters,
): Promise<AuthorizationRequest> {
  const client = await knownClient(service, pool, parameters)
  const callback = registeredCallback(pool, client, parameters)
  const core = await answeringTo(callback, () => validated(service, pool, client, parameters))
  const provider = await requestedProvider(service, pool, client, parameters)
  return { pool, client, callback, parameters, ...core, ...(provider === undefined ? {} : { provider }) }
}

/** The client that a request names; refused when the pool has no such client. */
export async function knownClient(
  service: Service,
  pool: UserPool,
  { client_id }: Parameters,
): Promise<AppClient> {
  ensure(client_id, () => refusals.parametersMissing('client_id'))
  const client = await clientById(service, client_id)
  if (!isClientOf(pool, client))
    throw refusals.unknownClient(client_id, pool, await clientMeant(service, pool, client_id))
  service.recorder.concerns({ client })
  return client
}

function registeredCallback(pool: UserPool, client: AppClient, parameters: Parameters): Callback {
  const redirectUri = parameters.redirect_uri ?? defaultCallback(client)
  ensure(redirectUri, () => refusals.parametersMissing('redirect_uri'))
  ensure(isCallback(client, redirectUri), () => refusals.redirectMismatch(redirectUri, client, pool))
  const { state } = parameters
  return {
    redirectUri,
    ...(state === undefined ? {} : { state }),
    inFragment: parameters.response_type?.toLowerCase() === 'token',
  }
}

/** `DefaultRedirectURI` stands in where the client has a single identity provider (§3.1). */
const defaultCallback = (client: AppClient): string | undefined =>
  providersOf(client).length === 1 ? client.settings.DefaultRedirectURI : undefined

type Core = Omit<AuthorizationRequest, 'pool' | 'client' | 'callback' | 'parameters' | 'provider'>

async function validated(
  service: Service,
  pool: UserPool,
  client: AppClient,
  parameters: Parameters,
): Promise<Core> {
  const responseType = knownResponseType(parameters.response_type)
  const flow = responseType === 'code' ? 'code' : 'implicit'
  ensure(allowsFlow(client, flow), () => refusals.flowNotAllowed(flow, client))
  const codeChallenge = validChallenge(parameters)
  const scopes = await withoutDeleted(service, pool, grantedScopes(client, parameters))
  const { nonce, login_hint: loginHint } = parameters
  const resource = validResource(parameters.resource)
  const maxAge = validMaxAge(parameters.max_age)
  return {
    responseType,
    scopes,
    levels: requestedLevels(pool, parameters),
    prompts: (parameters.prompt ?? '').split(' ').filter(prompt => prompt !== ''),
    ...(responseType === 'code' && codeChallenge !== undefined ? { codeChallenge } : {}),
    ...(nonce === undefined ? {} : { nonce }),
    ...(loginHint === undefined ? {} : { loginHint }),
    ...(resource === undefined ? {} : { resource }),
    ...(maxAge === undefined ? {} : { maxAge }),
  }
}

/** In capitals too: the classic pages' own buttons send it so (fact P23). */
function knownResponseType(given: string | undefined): 'code' | 'token' {
  const responseType = given?.toLowerCase()
  ensure(responseType === 'code' || responseType === 'token', () => refusals.unsupportedResponseType(given))
  return responseType
}

/** A challenge comes with its method, and the method is S256 (fact O26; RFC 7636 §4.3). */
function validChallenge({
  code_challenge: challenge,
  code_challenge_method: method,
}: Parameters): string | undefined {
  if (challenge === undefined && method === undefined) return undefined
  ensure(method === 'S256', () => refusals.challengeMethod(method))
  ensure(challenge !== undefined && /^[\w.~-]{43,128}$/.test(challenge), refusals.malformedChallenge)
  return challenge
}

/** No `scope` stands for all the client may ask for (fact O29). */
function grantedScopes(client: AppClient, { scope }: Parameters): readonly string[] {
  const allowed = allowedScopes(client)
  const scopes = parseScopes(scope) ?? allowed
  const refused = scopes.find(scope => !allowed.includes(scope))
  ensure(refused === undefined, () => refusals.scopeNotAllowed(refused ?? '', client))
  const needsOpenid = scopes.find(scope => ['email', 'phone', 'profile'].includes(scope))
  ensure(needsOpenid === undefined || scopes.includes('openid'), () =>
    refusals.scopeWithoutOpenid(needsOpenid ?? ''),
  )
  return scopes
}

/** A scope that the client may still ask for, but whose resource server has gone, is dropped in silence (§12). */
async function withoutDeleted(
  service: Service,
  pool: UserPool,
  scopes: readonly string[],
): Promise<readonly string[]> {
  if (scopes.every(isSystemScope)) return scopes
  const known = new Set((await resourceServersOf(service, pool)).flatMap(customScopes))
  return scopes.filter(scope => isSystemScope(scope) || known.has(scope))
}

/** One absolute URI without a fragment: https, http on this machine, or an app's own scheme (§3.1; RFC 8707 §2). */
function validResource(resource: string | undefined): string | undefined {
  if (resource === undefined) return undefined
  ensure(
    /^(https:\/\/[^/]|http:\/\/(localhost|127\.0\.0\.1|\[::1\])(?=[:/?]|$)|(?!https?:)[a-z][a-z0-9+.-]*:)[^\s#]*$/i.test(
      resource,
    ),
    () => refusals.malformedResource(resource),
  )
  return resource
}

/** Names that the pool does not have are passed over; the tier LITE passes over all (facts N52, N54). */
const requestedLevels = (pool: UserPool, { acr_values: names }: Parameters): readonly Level[] =>
  pool.settings.UserPoolTier === 'LITE' ? [] : levelsAsked(pool, names)

function validMaxAge(maxAge: string | undefined): number | undefined {
  if (maxAge === undefined) return undefined
  ensure(/^\d{1,9}$/.test(maxAge), () => refusals.malformedMaxAge(maxAge))
  return Number(maxAge)
}

/** The provider a request asks for, by name or by identifier; the name wins (§3.1). */
async function requestedProvider(
  service: Service,
  pool: UserPool,
  client: AppClient,
  { identity_provider: name, idp_identifier: identifier }: Parameters,
): Promise<AuthorizationRequest['provider']> {
  if (name === undefined && identifier === undefined) return undefined
  const enabled = providersOf(client)
  if (name === localProvider) {
    ensure(enabled.includes(localProvider), () => refusals.providerNotEnabled(localProvider, client))
    return localProvider
  }
  const provider =
    name !== undefined
      ? await providerNamed(service, pool, name)
      : await providerIdentifiedBy(service, pool, identifier ?? '')
  const asked = name ?? identifier ?? ''
  ensure(provider, () => refusals.unknownProvider(asked, pool, client))
  ensure(enabled.includes(provider.name), () => refusals.providerNotEnabled(provider.name, client))
  return provider
}

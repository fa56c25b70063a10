import {
  type ClientMetadata,
  type RegistrationKind,
  type RegistrationPolicy,
  scopesOfEverybody,
} from '../registration.js'
import { isSystemScope, parseScopes } from '../scopes.js'
import type { Finding } from './finding.js'

/**
 * What clients may ask for when they register themselves. AWS has published no members and no words of the requests: these are
 * RFC 7591's, fitted to what a user pool's client can be.
 */

const invalid = { code: 'invalid_client_metadata' }

const lists = ['redirect_uris', 'grant_types', 'response_types'] as const
const texts = ['scope', 'token_endpoint_auth_method', 'client_name'] as const

/** Members of another type than RFC 7591 §2 says. Members that are not known are nobody's concern. */
export function* metadataTypeFindings(body: Readonly<Record<string, unknown>>): Generator<Finding> {
  for (const name of lists) {
    const value = body[name]
    if (value !== undefined && !(Array.isArray(value) && value.every(one => typeof one === 'string')))
      yield {
        ...invalid,
        path: [name],
        told: `${name} must be an array of strings`,
        because: `${name} is no list of texts.`,
        remedy: `Send ${name} as a JSON array of texts (RFC 7591 §2).`,
      }
  }
  for (const name of texts)
    if (body[name] !== undefined && typeof body[name] !== 'string')
      yield {
        ...invalid,
        path: [name],
        told: `${name} must be a string`,
        because: `${name} is no text.`,
        remedy: `Send ${name} as a text (RFC 7591 §2).`,
      }
}

/** Metadata with its defaults, of a body without findings. The name has the characters only that a client's may have. */
export function metadataOf(body: Readonly<Record<string, unknown>>): ClientMetadata {
  const list = (name: string, fallback: readonly string[]) => (body[name] as string[] | undefined) ?? fallback
  const grants = list('grant_types', ['authorization_code'])
  const name = String(body.client_name ?? '')
    .replace(/[^\w\s+=,.@-]/g, '')
    .trim()
    .slice(0, 128)
  return {
    redirect_uris: list('redirect_uris', []),
    grant_types: grants,
    response_types: list('response_types', grants.includes('authorization_code') ? ['code'] : []),
    token_endpoint_auth_method: String(body.token_endpoint_auth_method ?? 'client_secret_basic'),
    client_name: name || 'Registered client',
    scopes: parseScopes(body.scope as string | undefined),
  }
}

/** The flow of a pool's client that a grant type stands for; refreshing comes with the code. */
const flowOf: Readonly<Record<string, string>> = {
  authorization_code: 'code',
  refresh_token: 'code',
  client_credentials: 'client_credentials',
}

/** Whether the client acts for itself. */
export const isForMachine = ({ grant_types }: Pick<ClientMetadata, 'grant_types'>): boolean =>
  grant_types.includes('client_credentials')

/** What is wrong with the metadata of a client, by the policy of the pool that it wants to register at. */
export function* registrationFindings(
  metadata: ClientMetadata,
  kind: RegistrationKind,
  policy: RegistrationPolicy,
): Generator<Finding> {
  yield* grantFindings(metadata, kind, policy)
  yield* authenticationFindings(metadata)
  for (const type of metadata.response_types)
    if (type !== 'code')
      yield {
        ...invalid,
        path: ['response_types'],
        told: `response_type ${type} is not supported`,
        because: `A registered client cannot have the response type "${type}".`,
        remedy: 'Send response_types: ["code"], or leave it out.',
      }
  yield* scopeFindings(metadata, policy)
}

function* grantFindings(
  { grant_types, redirect_uris }: ClientMetadata,
  kind: RegistrationKind,
  { flows }: RegistrationPolicy,
): Generator<Finding> {
  const setting = kind === 'open' ? 'OpenDcrGrantTypes' : 'AuthenticatedGrantTypes'
  for (const grant of grant_types)
    if (!flows[kind].includes(flowOf[grant] ?? ''))
      yield {
        ...invalid,
        path: ['grant_types'],
        told: `grant_type ${grant} is not allowed`,
        because: `${setting} of the pool's DcrConfiguration has ${flows[kind].join(', ') || 'no grant'}: no client gets ${grant} by it.`,
        remedy: flowOf[grant]
          ? `Add "${flowOf[grant]}" to ${setting} of DcrConfiguration, or ask for other grant_types.`
          : 'Ask for authorization_code, refresh_token or client_credentials.',
      }
  const isForUsers = grant_types.includes('authorization_code')
  if (!isForUsers && !isForMachine({ grant_types }))
    yield {
      ...invalid,
      path: ['grant_types'],
      told: 'grant_types must include authorization_code or client_credentials',
      because: `grant_types is ${grant_types.join(', ') || 'empty'}: no token would ever come of it.`,
      remedy: 'Add authorization_code, or leave grant_types out.',
    }
  if (isForUsers && redirect_uris.length === 0)
    yield {
      code: 'invalid_redirect_uri',
      path: ['redirect_uris'],
      told: 'redirect_uris is required for authorization_code',
      because: 'A client for users needs an address to send them back to, and redirect_uris has none.',
      remedy: 'Send the callback of the app in redirect_uris.',
    }
}

function* authenticationFindings({
  token_endpoint_auth_method: method,
  grant_types,
}: ClientMetadata): Generator<Finding> {
  const known = ['none', 'client_secret_basic', 'client_secret_post']
  if (!known.includes(method))
    yield {
      ...invalid,
      path: ['token_endpoint_auth_method'],
      told: `token_endpoint_auth_method ${method} is not supported`,
      because: `A pool's client proves itself by none of its endpoints with "${method}".`,
      remedy: `Send one of ${known.join(', ')}.`,
    }
  if (method === 'none' && isForMachine({ grant_types }))
    yield {
      ...invalid,
      path: ['token_endpoint_auth_method'],
      told: 'client_credentials requires a client secret',
      because: 'A client that acts for itself has to prove itself, and asked for no secret.',
      remedy: 'Send token_endpoint_auth_method: client_secret_basic.',
    }
}

function* scopeFindings(metadata: ClientMetadata, policy: RegistrationPolicy): Generator<Finding> {
  const allowed = registrableScopes(metadata, policy)
  for (const scope of metadata.scopes ?? [])
    if (!allowed.includes(scope))
      yield {
        ...invalid,
        path: ['scope'],
        told: `scope ${scope} is not allowed`,
        because: `A client that registers itself may have ${allowed.join(', ') || 'no scope'}, and asked for ${scope}.`,
        remedy: `Add ${scope} to AllowedScopes of DcrConfiguration, or ask without it. The scope of registration is never given.`,
      }
  if (isForMachine(metadata) && allowed.length === 0)
    yield {
      ...invalid,
      path: ['scope'],
      told: 'there is no scope for client_credentials',
      because:
        'AllowedScopes of DcrConfiguration has no scope of a resource server, and machines have no others.',
      remedy: 'Add "identifier/scope" of a resource server to AllowedScopes of DcrConfiguration.',
    }
}

/** The scopes that a client may ask for: machines have those of resource servers alone. */
const registrableScopes = (metadata: ClientMetadata, { scopes }: RegistrationPolicy): readonly string[] =>
  isForMachine(metadata)
    ? scopes.filter(scope => !isSystemScope(scope))
    : [...new Set([...scopesOfEverybody, ...scopes])]

/** The scopes that a client gets: those it asks for, else what everybody has, and machines all that there are. */
export const grantedScopes = (metadata: ClientMetadata, policy: RegistrationPolicy): readonly string[] =>
  metadata.scopes ?? (isForMachine(metadata) ? registrableScopes(metadata, policy) : scopesOfEverybody)

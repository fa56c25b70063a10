import {
  type ClientSettings,
  isScriptUrl,
  localProvider,
  namedAttributes,
  profileShorthand,
  tokenLifetimes,
} from '../app-client.js'
import { isSystemScope, systemScopes } from '../scopes.js'
import type { SchemaAttribute } from '../user-pool.js'
import { type Draft, entriesOf, type Finding } from './finding.js'

/** What the rules for a client have to know of its pool. */
export interface PoolOfClient {
  readonly name: string
  readonly id: string
  readonly schema: readonly SchemaAttribute[]
  /** The names of the pool's identity providers, `COGNITO` not among them. */
  readonly providers: readonly string[]
  /** Those of SAML, and those among them that may begin a sign-in (`IDPInit`). */
  readonly saml: { readonly names: readonly string[]; readonly beginning: readonly string[] }
  /** The scopes of the pool's resource servers, as clients ask for them: `identifier/scope`. */
  readonly customScopes: readonly string[]
}

/** The SAML providers among the providers of a pool. */
export function samlAmong(
  providers: readonly {
    readonly name: string | undefined
    readonly type: string | undefined
    readonly details: { readonly [detail: string]: string | undefined } | undefined
  }[],
): PoolOfClient['saml'] {
  const saml = providers.filter(({ type }) => type === 'SAML')
  const beginning = saml.filter(({ details }) => details?.IDPInit === 'true')
  return {
    names: saml.flatMap(({ name }) => name ?? []),
    beginning: beginning.flatMap(({ name }) => name ?? []),
  }
}

type Settings = Draft<ClientSettings>

/**
 * What is wrong with a client, in the order in which Cognito looks (docs/facts/user-pools-api.md §2.2).
 * @param isConfidential whether the client has, or is to get, a secret
 */
export function* clientFindings(
  settings: Settings,
  isConfidential: boolean,
  pool: PoolOfClient,
): Generator<Finding> {
  yield* oauthFindings(settings)
  yield* machineFindings(settings, isConfidential)
  yield* authFlowFindings(settings)
  if (settings.EnablePropagateAdditionalUserContextData && !isConfidential)
    yield {
      path: ['EnablePropagateAdditionalUserContextData'],
      told: 'Client Secret is required to set EnablePropagateAdditionalUserContextData as true',
      because: 'Only a client with a secret may pass on what it knows of its users.',
      remedy: 'Give the client a secret, or leave EnablePropagateAdditionalUserContextData out.',
    }
  yield* urlFindings(settings)
  yield* lifetimeFindings(settings)
  yield* attributeListFindings(settings, pool)
  yield* referenceFindings(settings, pool)
}

/** A client may be given a secret, or have one generated. */
export function* secretFindings(client: {
  readonly GenerateSecret?: boolean | undefined
  readonly ClientSecret?: string | undefined
}): Generator<Finding> {
  if (client.GenerateSecret && client.ClientSecret !== undefined)
    yield {
      path: ['GenerateSecret'],
      told: 'ClientSecret cannot be given together with GenerateSecret.',
      because: 'Leave this out: the secret is given by ClientSecret.',
      remedy: 'Keep one of GenerateSecret and ClientSecret.',
    }
}

function* oauthFindings(settings: Settings): Generator<Finding> {
  const { AllowedOAuthFlows: flows = [], AllowedOAuthScopes: scopes = [] } = settings
  if (settings.AllowedOAuthFlowsUserPoolClient && (flows.length === 0 || scopes.length === 0))
    yield {
      path: ['AllowedOAuthFlowsUserPoolClient'],
      told: 'AllowedOAuthFlows and AllowedOAuthScopes are required if user pool client is allowed to use OAuth flows.',
      because: 'A client that may use OAuth needs AllowedOAuthFlows and AllowedOAuthScopes.',
      remedy: 'Add AllowedOAuthFlows: [code] and AllowedOAuthScopes: [openid], or what the app uses of them.',
    }
  if (visitsBrowser(settings) && !settings.CallbackURLs?.length)
    yield {
      path: ['AllowedOAuthFlows'],
      told: 'CallbackUrls can not be empty when code flow or implicit flow is selected',
      because: 'The code and implicit flows need CallbackURLs.',
      remedy:
        'Add to CallbackURLs the URL of the app that receives the code, such as http://localhost:3000/callback.',
    }
}

const visitsBrowser = ({ AllowedOAuthFlows: flows = [] }: Settings): boolean =>
  flows.includes('code') || flows.includes('implicit')

function* machineFindings(settings: Settings, isConfidential: boolean): Generator<Finding> {
  if (!settings.AllowedOAuthFlows?.includes('client_credentials')) return
  const refused = { path: ['AllowedOAuthFlows'], code: 'InvalidOAuthFlowException' }
  if (visitsBrowser(settings))
    yield {
      ...refused,
      told: 'client_credentials flow can not be selected along with code flow or implicit flow.',
      because: 'client_credentials cannot be combined with the code or implicit flow.',
      remedy: 'Make a second client for client_credentials.',
    }
  if (!isConfidential)
    yield {
      ...refused,
      told: 'client_credentials flow can not be selected if client does not have a client secret.',
      because: 'client_credentials needs a client with a secret (ClientSecret or GenerateSecret).',
      remedy: 'Create the client with "GenerateSecret": true.',
    }
  for (const [scope, index] of entriesOf(settings.AllowedOAuthScopes))
    if (scope === 'openid')
      yield {
        ...refused,
        path: ['AllowedOAuthScopes', index],
        told: 'openid is not supported with client_credentials flow',
        because: '"openid" is about a user: client_credentials can have scopes of resource servers only.',
        remedy: 'Leave openid out, and allow scopes of a resource server of the pool.',
      }
}

function* authFlowFindings({ ExplicitAuthFlows, RefreshTokenRotation }: Settings): Generator<Finding> {
  const flows = entriesOf(ExplicitAuthFlows).map(([flow]) => flow)
  const own = flows.indexOf('ALLOW_CLIENT_TOKEN_AUTH')
  if (own !== -1 && flows.some(flow => flow !== 'ALLOW_CLIENT_TOKEN_AUTH'))
    yield {
      path: ['ExplicitAuthFlows', own],
      // Cognito's words are not known.
      told: 'ALLOW_CLIENT_TOKEN_AUTH cannot be combined with other auth flows.',
      because: 'A client that is given tokens of its own signs no users in by the API (fact N36).',
      remedy: 'Make a client of its own with ExplicitAuthFlows: ["ALLOW_CLIENT_TOKEN_AUTH"].',
    }
  const modern = flows.filter(flow => flow.startsWith('ALLOW_'))
  if (modern.length > 0 && modern.length < flows.length)
    yield {
      path: ['ExplicitAuthFlows'],
      told: "Auth flow name with prefix 'ALLOW' cannot be used with legacy auth flow names.",
      because: 'Names with the prefix "ALLOW_" cannot be mixed with the older names.',
      remedy: 'Write all names with the prefix: ALLOW_USER_PASSWORD_AUTH in place of USER_PASSWORD_AUTH.',
    }
  if (RefreshTokenRotation?.Feature === 'ENABLED' && flows.includes('ALLOW_REFRESH_TOKEN_AUTH'))
    yield {
      path: ['ExplicitAuthFlows', ExplicitAuthFlows?.indexOf('ALLOW_REFRESH_TOKEN_AUTH') ?? 0],
      told: 'ALLOW_REFRESH_TOKEN_AUTH cannot be used when refresh token rotation is enabled.',
      because: 'Where refresh tokens rotate, the flow REFRESH_TOKEN_AUTH cannot be allowed.',
      remedy:
        'Leave ALLOW_REFRESH_TOKEN_AUTH out and refresh with GetTokensFromRefreshToken, or disable RefreshTokenRotation.',
    }
}

function* urlFindings(settings: Settings): Generator<Finding> {
  for (const member of ['CallbackURLs', 'LogoutURLs'] as const)
    for (const [url, index] of entriesOf(settings[member])) {
      const finding = urlFinding(url)
      if (finding !== undefined) yield { path: [member, index], ...finding }
    }
  const { DefaultRedirectURI: fallback, CallbackURLs = [] } = settings
  if (fallback !== undefined && !CallbackURLs.includes(fallback))
    yield {
      path: ['DefaultRedirectURI'],
      told: `The default redirect URI ${fallback} is not in the callback URIs list.`,
      because: 'The default redirect URI is not in the list of CallbackURLs.',
      remedy: `Add ${fallback} to CallbackURLs, or take one that is there.`,
    }
}

function urlFinding(url: string): Omit<Finding, 'path'> | undefined {
  if (/^http:\/\/(?!(localhost|127\.0\.0\.1|\[::1\])([:/]|$))/i.test(url))
    return {
      told: `${url} cannot use the HTTP protocol.`,
      because: `"${url}" cannot use http: only localhost, 127.0.0.1 and [::1] can; others need https.`,
      remedy: 'Write https:// in place of http://.',
    }
  if (url.includes('#'))
    return {
      told: `${url} cannot use fragment`,
      because: `"${url}" cannot have a fragment.`,
      remedy: 'Leave out the # and what follows it.',
    }
  if (!/^[a-z][a-z0-9+.-]*:./i.test(url) || isScriptUrl(url))
    return {
      told: `${url} is not an absolute URI.`,
      because: isScriptUrl(url)
        ? `"${url}" leads to no app: the scheme cannot be used.`
        : `"${url}" is not an absolute URL.`,
      remedy: 'Write the whole URL of the app, with its scheme: https://app.example.com/callback.',
    }
  return undefined
}

function* lifetimeFindings(settings: Settings): Generator<Finding> {
  const { id, access, refresh } = tokenLifetimes({ settings: settings as ClientSettings })
  const ranges = [
    ['RefreshTokenValidity', refresh, 3600, 315_360_000, '60 minutes to 3650 days'],
    ['AccessTokenValidity', access, 300, 86_400, '5 minutes to 1 day'],
    ['IdTokenValidity', id, 300, 86_400, '5 minutes to 1 day'],
  ] as const
  const wrong = ranges.filter(([, seconds, least, most]) => seconds < least || seconds > most)
  for (const [member, seconds, , , range] of wrong)
    yield {
      path: [member],
      told: 'Invalid range for token validity.',
      because: `This is ${seconds} seconds: it must be ${range}. TokenValidityUnits sets the unit.`,
      remedy: `Set ${member} and its unit in TokenValidityUnits so that the token is valid for ${range}.`,
    }
  const outOfRange: readonly string[] = wrong.map(([member]) => member)
  for (const [member, seconds] of ranges.slice(1))
    if (seconds > refresh && !outOfRange.includes(member))
      yield {
        path: [member],
        told: 'Access and Id Token expiration times must be less than or equal to refresh token expiration times.',
        because: 'No token may be valid for longer than the refresh token.',
        remedy: `Shorten ${member}, or lengthen RefreshTokenValidity.`,
      }
}

/** No client can be allowed to write these. */
const neverWritable = ['sub', 'email_verified', 'phone_number_verified']

function* attributeListFindings(settings: Settings, { schema }: PoolOfClient): Generator<Finding> {
  const valid = [...schema.map(({ name }) => name), profileShorthand]
  for (const member of ['ReadAttributes', 'WriteAttributes'] as const) {
    const told = `Invalid ${member === 'ReadAttributes' ? 'read' : 'write'} attributes specified while creating a client`
    for (const [name, index] of entriesOf(settings[member]))
      if (!valid.includes(name))
        yield {
          path: [member, index],
          told,
          because: `The pool's schema has no attribute "${name}".`,
          remedy: `Name an attribute of the schema; a custom one with its prefix, as custom:${name.replace(/^.*:/, '')}.`,
          meant: { given: name, valid },
        }
      else if (member === 'WriteAttributes' && neverWritable.includes(name))
        yield {
          path: [member, index],
          told,
          because: `No client can be allowed to write "${name}".`,
          remedy: `Leave ${name} out of WriteAttributes.`,
        }
  }
  const listed = entriesOf(settings.WriteAttributes).map(([name]) => name)
  const writable = namedAttributes(listed)
  for (const { name, required } of schema)
    if (required && name !== 'sub' && writable?.includes(name) === false)
      yield {
        path: ['WriteAttributes'],
        told: 'Invalid write attributes specified while creating a client',
        because: `"${name}" is required in this pool, so the client must be able to write it.`,
        remedy: `Add ${name} to WriteAttributes.`,
      }
}

function* referenceFindings(settings: Settings, pool: PoolOfClient): Generator<Finding> {
  const providers = [localProvider, ...pool.providers]
  for (const [name, index] of entriesOf(settings.SupportedIdentityProviders))
    if (!providers.includes(name))
      yield {
        path: ['SupportedIdentityProviders', index],
        told: `The provider ${name} does not exist for User Pool ${pool.id}`,
        because: `The pool has no identity provider "${name}".`,
        remedy: `Create the provider ${name} first, or name one of ${providers.join(', ')}.`,
        meant: { given: name, valid: providers },
      }
  yield* mixedFindings(settings, pool)
  for (const [scope, index] of entriesOf(settings.AllowedOAuthScopes))
    if (!isSystemScope(scope) && !pool.customScopes.includes(scope))
      yield {
        path: ['AllowedOAuthScopes', index],
        code: 'ScopeDoesNotExistException',
        told: `Invalid scope requested: ${scope}`,
        because: `There is no scope "${scope}": neither the system nor a resource server of the pool defines it.`,
        remedy: 'Name a scope of the system, or "identifier/scope" of a resource server that defines it.',
        meant: { given: scope, valid: [...systemScopes, ...pool.customScopes] },
      }
}

/** A client of a SAML provider that may begin has none but SAML providers (fact S45). [guess] The words are not recorded. */
function* mixedFindings(settings: Settings, { saml }: PoolOfClient): Generator<Finding> {
  const listed = entriesOf(settings.SupportedIdentityProviders)
  const beginning = listed.find(([name]) => saml.beginning.includes(name))?.[0]
  const other = listed.find(([name]) => !saml.names.includes(name))
  if (beginning !== undefined && other !== undefined)
    yield {
      path: ['SupportedIdentityProviders', other[1]],
      told: `Identity provider ${beginning} with IDPInit enabled cannot be combined with ${other[0]}`,
      because: `IDPInit of ${beginning} is "true": its clients enable SAML providers only, and ${other[0]} is none.`,
      remedy: `Take ${other[0]} out of the client's SupportedIdentityProviders, make a client of its own for ${beginning}, or set its IDPInit to "false".`,
    }
}

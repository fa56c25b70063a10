import {
  type AppClient,
  isConfidential,
  isScriptUrl,
  localProvider,
  tokenLifetimes,
} from '../../core/app-client.js'
import { ensure } from '../../core/refusal.js'
import { customScopes } from '../../core/resource-server.js'
import { isSystemScope } from '../../core/scopes.js'
import type { UserPool } from '../../core/user-pool.js'
import { providersOf, resourceServersOf } from '../../flows/directory/directory.js'
import { because, invalidParameter } from '../refusals.js'
import type { Scope } from '../scope.js'

/** What a client's configuration must obey, in the service's words (§2.2). */
export async function ensureClientRules(scope: Scope, pool: UserPool, client: AppClient): Promise<void> {
  ensureFlows(client)
  ensureUrls(client)
  ensureLifetimes(client)
  ensureAttributes(pool, client)
  await ensureReferences(scope, pool, client)
}

const invalidFlow = because('InvalidOAuthFlowException')

function ensureFlows(client: AppClient): void {
  const { settings } = client
  const {
    AllowedOAuthFlows: flows = [],
    AllowedOAuthScopes: scopes = [],
    ExplicitAuthFlows: auth = [],
  } = settings
  ensure(!settings.AllowedOAuthFlowsUserPoolClient || (flows.length > 0 && scopes.length > 0), () =>
    invalidParameter(
      'AllowedOAuthFlows and AllowedOAuthScopes are required if user pool client is allowed to use OAuth flows.',
    ),
  )
  const interactive = flows.some(flow => flow !== 'client_credentials')
  ensure(!interactive || (settings.CallbackURLs ?? []).length > 0, () =>
    invalidParameter('CallbackUrls can not be empty when code flow or implicit flow is selected'),
  )
  if (flows.includes('client_credentials')) {
    ensure(!interactive, () =>
      invalidFlow('client_credentials flow can not be selected along with code flow or implicit flow.'),
    )
    ensure(isConfidential(client), () =>
      invalidFlow('client_credentials flow can not be selected if client does not have a client secret.'),
    )
    ensure(!scopes.includes('openid'), () =>
      invalidFlow('openid is not supported with client_credentials flow'),
    )
  }
  const modern = auth.filter(flow => flow.startsWith('ALLOW_'))
  ensure(modern.length === 0 || modern.length === auth.length, () =>
    invalidParameter("Auth flow name with prefix 'ALLOW' cannot be used with legacy auth flow names."),
  )
  const rotates = settings.RefreshTokenRotation?.Feature === 'ENABLED'
  ensure(!rotates || !auth.includes('ALLOW_REFRESH_TOKEN_AUTH'), () =>
    invalidParameter('ALLOW_REFRESH_TOKEN_AUTH cannot be used when refresh token rotation is enabled.'),
  )
  ensure(!settings.EnablePropagateAdditionalUserContextData || isConfidential(client), () =>
    invalidParameter('Client Secret is required to set EnablePropagateAdditionalUserContextData as true'),
  )
}

function ensureUrls({ settings }: AppClient): void {
  const { CallbackURLs = [], LogoutURLs = [], DefaultRedirectURI: fallback } = settings
  for (const url of [...CallbackURLs, ...LogoutURLs]) {
    ensure(!/^http:\/\/(?!(localhost|127\.0\.0\.1|\[::1\])([:/]|$))/i.test(url), () =>
      invalidParameter(`${url} cannot use the HTTP protocol.`),
    )
    ensure(!url.includes('#'), () => invalidParameter(`${url} cannot use fragment`))
    ensure(/^[a-z][a-z0-9+.-]*:./i.test(url) && !isScriptUrl(url), () =>
      invalidParameter(`${url} is not an absolute URI.`),
    )
  }
  ensure(fallback === undefined || CallbackURLs.includes(fallback), () =>
    invalidParameter(`The default redirect URI ${fallback} is not in the callback URIs list.`),
  )
}

function ensureLifetimes(client: AppClient): void {
  const { id, access, refresh } = tokenLifetimes(client)
  const inRange = (seconds: number, least: number, most: number) => seconds >= least && seconds <= most
  ensure(
    inRange(id, 300, 86_400) && inRange(access, 300, 86_400) && inRange(refresh, 3600, 315_360_000),
    () => invalidParameter('Invalid range for token validity.'),
  )
  ensure(Math.max(id, access) <= refresh, () =>
    invalidParameter(
      'Access and Id Token expiration times must be less than or equal to refresh token expiration times.',
    ),
  )
}

const neverWritable = ['email_verified', 'phone_number_verified', 'sub']

function ensureAttributes({ schema }: UserPool, { settings }: AppClient): void {
  const { ReadAttributes: read, WriteAttributes: write } = settings
  const exists = (name: string) => schema.some(attribute => attribute.name === name)
  ensure(read?.every(exists) ?? true, () =>
    invalidParameter('Invalid read attributes specified while creating a client'),
  )
  const required = schema.filter(({ name, required }) => required && name !== 'sub').map(({ name }) => name)
  const writable =
    write === undefined ||
    (write.every(name => exists(name) && !neverWritable.includes(name)) &&
      required.every(name => write.includes(name)))
  ensure(writable, () => invalidParameter('Invalid write attributes specified while creating a client'))
}

async function ensureReferences({ service }: Scope, pool: UserPool, { settings }: AppClient): Promise<void> {
  const names = (await providersOf(service, pool)).map(({ name }) => name)
  const unknown = settings.SupportedIdentityProviders?.find(
    name => name !== localProvider && !names.includes(name),
  )
  ensure(unknown === undefined, () =>
    invalidParameter(`The provider ${unknown} does not exist for User Pool ${pool.id}`),
  )
  const known = (await resourceServersOf(service, pool)).flatMap(customScopes)
  const scope = settings.AllowedOAuthScopes?.find(scope => !isSystemScope(scope) && !known.includes(scope))
  ensure(scope === undefined, () =>
    because('ScopeDoesNotExistException')(`Invalid scope requested: ${scope}`),
  )
}

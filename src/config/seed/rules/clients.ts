import { isScriptUrl, localProvider } from '../../../core/app-client.js'
import { systemScopes } from '../../../core/scopes.js'
import { parseUrl } from '../../../lib/url.js'
import { clientSecretOf } from '../identifiers.js'
import type { Place } from '../mistakes.js'
import type { ClientSeed, Draft } from '../shape.js'
import { attributeNamed, type PoolDraft } from './draft.js'
import { each } from './lists.js'

/** The rules between the settings of a client, and between them and the pool's (user-pools-api.md §2.2). */
export function checkClient(client: Draft<ClientSeed>, place: Place, draft: PoolDraft): void {
  checkOAuth(client, place, clientSecretOf(draft.seed, client) !== undefined)
  checkUrls(client, place)
  checkNames(client, place, draft)
  checkAttributes(client, place, draft)
  checkLifetimes(client, place)
  if (client.ClientSecret !== undefined && client.GenerateSecret)
    place.at('GenerateSecret').wrong('Leave this out: the secret is given by ClientSecret.')
  const flows = each(client.ExplicitAuthFlows, place.at('ExplicitAuthFlows'))
  if (flows.some(([flow]) => flow.startsWith('ALLOW_')) && flows.some(([flow]) => !flow.startsWith('ALLOW_')))
    place
      .at('ExplicitAuthFlows')
      .wrong('Names with the prefix "ALLOW_" cannot be mixed with the older names.')
}

function checkOAuth(client: Draft<ClientSeed>, place: Place, isConfidential: boolean): void {
  const flows = client.AllowedOAuthFlows ?? []
  const at = place.at('AllowedOAuthFlows')
  const visitsBrowser = flows.includes('code') || flows.includes('implicit')
  if (client.AllowedOAuthFlowsUserPoolClient && (flows.length === 0 || !client.AllowedOAuthScopes?.length))
    place
      .at('AllowedOAuthFlowsUserPoolClient')
      .wrong('A client that may use OAuth needs AllowedOAuthFlows and AllowedOAuthScopes.')
  if (flows.length > 0 && !client.AllowedOAuthFlowsUserPoolClient)
    at.wrong('OAuth flows count only with "AllowedOAuthFlowsUserPoolClient: true".')
  if (visitsBrowser && !client.CallbackURLs?.length)
    at.wrong('The code and implicit flows need CallbackURLs.')
  if (!flows.includes('client_credentials')) return
  if (visitsBrowser) at.wrong('client_credentials cannot be combined with the code or implicit flow.')
  if (!isConfidential)
    at.wrong('client_credentials needs a client with a secret (ClientSecret or GenerateSecret).')
  for (const [scope, its] of each(client.AllowedOAuthScopes, place.at('AllowedOAuthScopes')))
    if ((systemScopes as readonly string[]).includes(scope))
      its.wrong(`"${scope}" is about a user: client_credentials can have scopes of resource servers only.`)
}

function checkUrls(client: Draft<ClientSeed>, place: Place): void {
  for (const name of ['CallbackURLs', 'LogoutURLs'] as const)
    for (const [url, at] of each(client[name], place.at(name))) checkUrl(url, at)
  const { DefaultRedirectURI, CallbackURLs = [] } = client
  if (DefaultRedirectURI !== undefined && !CallbackURLs.includes(DefaultRedirectURI))
    place.at('DefaultRedirectURI').wrong('The default redirect URI is not in the list of CallbackURLs.')
}

/** Hosts that may be reached without TLS. */
const loopback = new Set(['localhost', '127.0.0.1', '[::1]'])

function checkUrl(text: string, place: Place): void {
  const url = parseUrl(text)
  if (url === undefined) place.wrong(`"${text}" is not an absolute URL.`)
  else if (isScriptUrl(text))
    place.wrong(`"${text}" leads to no app: the scheme ${url.protocol} cannot be used.`)
  else if (url.hash !== '' || text.endsWith('#')) place.wrong(`"${text}" cannot have a fragment.`)
  else if (url.protocol === 'http:' && !loopback.has(url.hostname))
    place.wrong(`"${text}" cannot use http: only localhost, 127.0.0.1 and [::1] can; others need https.`)
}

function checkNames(client: Draft<ClientSeed>, place: Place, { seed }: PoolDraft): void {
  const providers = [
    localProvider,
    ...each(seed.IdentityProviders, undefined).map(([one]) => one.ProviderName ?? ''),
  ]
  for (const [name, at] of each(client.SupportedIdentityProviders, place.at('SupportedIdentityProviders')))
    if (!providers.includes(name))
      at.wrong(`The pool has no identity provider "${name}".`, { given: name, valid: providers })
  const custom = each(seed.ResourceServers, undefined).flatMap(([{ Identifier, Scopes }]) =>
    each(Scopes, undefined).map(([{ ScopeName }]) => `${Identifier}/${ScopeName}`),
  )
  const scopes = [...systemScopes, ...custom]
  for (const [scope, at] of each(client.AllowedOAuthScopes, place.at('AllowedOAuthScopes')))
    if (!scopes.includes(scope))
      at.wrong(
        `There is no scope "${scope}": neither the system nor a resource server of the pool defines it.`,
        {
          given: scope,
          valid: scopes,
        },
      )
}

const neverWritable = new Set(['sub', 'email_verified', 'phone_number_verified'])

function checkAttributes(client: Draft<ClientSeed>, place: Place, { pool }: PoolDraft): void {
  const valid = pool.schema.map(({ name }) => name)
  for (const member of ['ReadAttributes', 'WriteAttributes'] as const)
    for (const [name, at] of each(client[member], place.at(member))) {
      if (attributeNamed(pool, name) === undefined)
        at.wrong(`The pool's schema has no attribute "${name}".`, { given: name, valid })
      else if (member === 'WriteAttributes' && neverWritable.has(name))
        at.wrong(`No client can be allowed to write "${name}".`)
    }
  const { WriteAttributes } = client
  if (WriteAttributes === undefined) return
  for (const { name, required } of pool.schema)
    if (required && name !== 'sub' && !WriteAttributes.includes(name))
      place
        .at('WriteAttributes')
        .wrong(`"${name}" is required in this pool, so the client must be able to write it.`)
}

const secondsIn = { seconds: 1, minutes: 60, hours: 3600, days: 86400 } as const

function checkLifetimes(client: Draft<ClientSeed>, place: Place): void {
  const { TokenValidityUnits: units, RefreshTokenValidity } = client
  const refresh =
    (RefreshTokenValidity || 30) * secondsIn[RefreshTokenValidity ? (units?.RefreshToken ?? 'days') : 'days']
  if (refresh < 3600 || refresh > 315_360_000)
    place.at('RefreshTokenValidity').wrong('A refresh token is valid for 60 minutes to 3650 days.')
  for (const [member, unit] of [
    ['AccessTokenValidity', units?.AccessToken],
    ['IdTokenValidity', units?.IdToken],
  ] as const) {
    const value = client[member]
    if (value === undefined) continue
    const seconds = value * secondsIn[unit ?? 'hours']
    if (seconds < 300 || seconds > 86_400)
      place
        .at(member)
        .wrong(`This is ${seconds} seconds: it must be 5 minutes to 1 day. See TokenValidityUnits.`)
    else if (seconds > refresh)
      place.at(member).wrong('No token may be valid for longer than the refresh token.')
  }
}

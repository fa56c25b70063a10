import {
  domainUrl,
  idpResponsePath,
  issuerOf,
  samlEntityId,
  samlResponsePath,
  samlSignOutPath,
} from '../../core/addresses.js'
import type { ProviderType } from '../../core/identity.js'
import { derivedDetails, type SocialType, socialTypes } from '../../core/social-provider.js'
import type { UpstreamKind } from '../../core/upstream-kind.js'
import { upstreamIssuer, upstreamMetadata } from '../../core/upstream-provider.js'
import type { UserPool } from '../../core/user-pool.js'
import { type Html, html } from '../../lib/html.js'
import { poolPath } from '../frame/navigation.js'
import { badge, card, copyable, facts } from '../frame/parts.js'
import type { Visit } from '../page.js'
import { somePools } from '../pools.js'
import { labelOf } from './provider-details.js'

/** What is around a provider: what it has to know of the pool, and where it is reached. */

/** What has to be registered at the provider, before anybody can come back from there. */
export function toRegister({ console: { service } }: Visit, pool: UserPool, type: ProviderType): Html {
  const domain = domainUrl(service, pool)
  const at = (path: string) =>
    domain === undefined
      ? html`<span class="muted">none yet: <a href="${poolPath(pool, 'domain')}">give the pool a domain</a></span>`
      : copyable(`${domain}${path}`)
  return card(
    'To register at the provider',
    facts(
      type === 'SAML'
        ? [
            ['Assertion consumer service', at(samlResponsePath)],
            ['Entity ID, and audience', copyable(samlEntityId(pool))],
            ['Logout', at(samlSignOutPath)],
          ]
        : [['Redirect URI', at(idpResponsePath)]],
    ),
  )
}

const isSocial = (type: ProviderType): type is SocialType =>
  (socialTypes as readonly ProviderType[]).includes(type)

/** Where a social provider is reached: its own addresses, and the built-in provider that answers there in its place. */
export function reachedAt(
  { console: { upstream } }: Visit,
  type: ProviderType,
  details: Readonly<Record<string, string>>,
): Html | false {
  if (!isSocial(type)) return false
  const known = { ...derivedDetails(type, details), ...details }
  const { authorize_url = '', token_url, attributes_url } = known
  const answers = upstream.reach(type, authorize_url)
  return card(
    'Where sign-ins go',
    html`${
      answers === authorize_url
        ? html`<p>${badge('real', 'wait')} To ${labelOf(type)} itself: this needs a network, and real keys.</p>`
        : html`<p>${badge('built-in', 'good')} A built-in provider stands in for ${labelOf(type)}, so that any client ID and secret will do. To ask the real one, start with <code>--real-provider ${type}</code>.</p>`
    }${facts([
      ['Authorization', authorize_url],
      ['Token', token_url],
      ['Profile', attributes_url],
      ['Answered at', answers === authorize_url ? undefined : html`<code>${answers}</code>`],
    ])}`,
  )
}

const isOidc = (kind: UpstreamKind): boolean =>
  (['oidc', 'entra', 'okta', 'auth0', 'keycloak'] as const satisfies readonly UpstreamKind[]).some(
    one => one === kind,
  )

/** Pools whose issuers are offered. */
const offeredPools = 20

/** What is offered for the fields of a provider: issuers, and metadata, that are on this machine. */
export async function offeredDetails(
  { console: { service, upstream } }: Visit,
  pool: UserPool,
  type: ProviderType,
): Promise<Record<string, readonly string[]>> {
  const { base } = service
  if (type === 'SAML')
    return {
      MetadataURL: upstream
        .builtIn()
        .flatMap(({ kind, name }) => (kind === 'saml' ? [upstreamMetadata(base, name)] : [])),
    }
  if (type !== 'OIDC') return {}
  const { items } = await somePools(service, { limit: offeredPools })
  return {
    oidc_issuer: [
      ...items.filter(({ id }) => id !== pool.id).map(other => issuerOf(service, other)),
      ...upstream.builtIn().flatMap(({ kind, name }) => (isOidc(kind) ? [upstreamIssuer(base, name)] : [])),
    ],
  }
}

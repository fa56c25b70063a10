import { domainUrl } from '../../core/addresses.js'
import type { AppClient } from '../../core/app-client.js'
import type { IdentityProvider } from '../../core/identity-provider.js'
import type { UserPool } from '../../core/user-pool.js'
import type { Service } from '../../flows/service.js'
import { type Html, html } from '../../lib/html.js'
import { poolPath } from '../frame/navigation.js'
import { copyable, facts } from '../frame/parts.js'
import { launchLink } from './launch.js'

/** A pool in a few lines, with the links that are wanted most. */
export function poolCard(
  service: Service,
  pool: UserPool,
  {
    clients,
    providers,
  }: { readonly clients: readonly AppClient[]; readonly providers: readonly IdentityProvider[] },
): Html {
  const launch = clients.map(client => launchLink(service, pool, client)).find(link => link !== undefined)
  return html`<section class="card">
<header><h2><a href="${poolPath(pool)}">${pool.name}</a></h2><div class="actions">${launch !== undefined && html`<a class="button small quiet" href="${launch}" target="_blank" rel="noopener">Launch Hosted UI</a>`}<a class="button small quiet" href="${poolPath(pool, 'users')}">Users</a></div></header>
${facts([
  ['Pool id', copyable(pool.id)],
  ['Domain', domainUrl(service, pool) ?? html`<span class="muted">none: no hosted pages</span>`],
  ['App clients', names(clients)],
  ['Identity providers', names(providers)],
])}
</section>`
}

const names = (named: readonly { readonly name: string }[]): Html | string =>
  named.length === 0 ? html`<span class="muted">none</span>` : named.map(({ name }) => name).join(', ')

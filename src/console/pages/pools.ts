import { domainUrl, issuerOf } from '../../core/addresses.js'
import { type AppClient, providersOf as enabledProviders } from '../../core/app-client.js'
import * as collections from '../../core/collections.js'
import { type DeliveredLog, destinationOf, type LogConfigurations } from '../../core/delivered-log.js'
import type { IdentityProvider } from '../../core/identity-provider.js'
import { allowedScopes } from '../../core/scopes.js'
import type { UserPool } from '../../core/user-pool.js'
import { deletePool } from '../../flows/administration/pools.js'
import { logDeliveryOf } from '../../flows/administration/protection.js'
import { countedAtMost, countOfUsers } from '../../flows/directory/counts.js'
import { clientsOf, mfaConfigurationOf, providersOf } from '../../flows/directory/directory.js'
import { type Html, html } from '../../lib/html.js'
import { withQuery } from '../../lib/url.js'
import { consolePath, pathTo } from '../console.js'
import { confirmed } from '../frame/forms.js'
import { poolPath, providerPath } from '../frame/navigation.js'
import {
  badge,
  card,
  copyable,
  facts,
  moment,
  pager,
  refusalBox,
  refusalOf,
  secret,
  table,
} from '../frame/parts.js'
import { act, poolOf, show, storedPoolOf, type View, type Visit } from '../page.js'
import { somePools } from '../pools.js'
import { asCall } from './as-code.js'
import { launchLink } from './launch.js'
import { labelOf } from './provider-details.js'

const poolsPerPage = 60

/** The pools, and one of them. */
export const pools = [
  show('/pools', async visit => {
    const { service } = visit.console
    const { query } = visit
    const { items, next } = await somePools(service, { after: query.after, limit: poolsPerPage })
    const now = service.clock.now()
    return {
      title: 'User pools',
      section: 'pools',
      actions: html`<a class="button small" href="${consolePath}/pools/new">Create user pool</a>`,
      body: html`${table<UserPool>(
        'User pools',
        [
          {
            head: 'Name',
            cell: pool => html`<a href="${poolPath(pool)}">${pool.name}</a><small>${pool.id}</small>`,
          },
          { head: 'Domain', cell: pool => domainUrl(service, pool) ?? html`<span class="muted">none</span>` },
          { head: 'Created', room: 'narrow', cell: ({ createdAt }) => moment(createdAt, now) },
        ],
        items,
        html`<p>There is no user pool yet.</p>`,
      )}${pager({
        first: query.after === undefined ? undefined : `${consolePath}/pools`,
        next: next === undefined ? undefined : withQuery(`${consolePath}/pools`, { after: next }),
      })}${asCall(visit, { operation: 'ListUserPools', input: { MaxResults: poolsPerPage } })}`,
    }
  }),
  show('/pools/:pool', async visit => overview(visit, await poolOf(visit))),
  act(
    '/pools/:pool/delete',
    async visit => {
      const pool = await poolOf(visit)
      const { service } = visit.console
      await deletePool(service, await storedPoolOf(visit))
      return { goTo: `${consolePath}/pools`, said: `The user pool ${pool.name} is deleted.` }
    },
    {
      async again(visit, refusal) {
        const pool = await poolOf(visit)
        const hasDomain = pool.domain !== undefined || pool.customDomain !== undefined
        const way = hasDomain && html`<p><a href="${poolPath(pool, 'domain')}">Its domain</a></p>`
        return overview(visit, pool, refusalBox(refusalOf(refusal), way))
      },
    },
  ),
]

async function overview(visit: Visit, pool: UserPool, problem?: Html): Promise<View> {
  const { service } = visit.console
  const [clients, providers, users, groups] = await Promise.all([
    clientsOf(service, pool),
    providersOf(service, pool),
    countOfUsers(service, pool),
    service.store.lookup(collections.groups, 'pool', pool.id, { limit: countedAtMost }),
  ])
  return {
    title: pool.name,
    section: 'pools',
    pool,
    tab: 'overview',
    actions: confirmed(visit, {
      action: `${poolPath(pool)}/delete`,
      label: 'Delete pool',
      question: html`<strong>${pool.name}</strong> is deleted with ${counted(users)} users, its clients and its keys. Tokens that it has issued are of no use any more.`,
    }),
    body: html`${problem}<section class="card">${facts(
      [
        ['Users', html`<a href="${poolPath(pool, 'users')}">${counted(users)}</a>`],
        ['Groups', html`<a href="${poolPath(pool, 'groups')}">${counted(groups.length)}</a>`],
        ['App clients', html`<a href="${poolPath(pool, 'clients')}">${clients.length}</a>`],
        ['Identity providers', html`<a href="${poolPath(pool, 'providers')}">${providers.length}</a>`],
        ['MFA', (await mfaConfigurationOf(service, pool)).MfaConfiguration],
        ['Pages', pool.managedLoginVersion === 2 ? 'managed login' : 'classic'],
      ],
      'across',
    )}</section>
${clientsCard(visit, pool, clients)}
${providersCard(pool, providers)}
${addresses(visit, pool)}
${attributesCard(pool)}
${await logsCard(visit, pool)}`,
  }
}

/** Counting stops where it would take long. */
const counted = (count: number): string => (count < countedAtMost ? String(count) : `${countedAtMost}+`)

function addresses({ console: { service } }: Visit, pool: UserPool): Html {
  const domain = domainUrl(service, pool)
  const endpoint = (path: string) => domain !== undefined && copyable(`${domain}${path}`)
  return card(
    'Addresses',
    facts([
      ['Pool id', copyable(pool.id)],
      ['Issuer', copyable(issuerOf(service, pool))],
      ['Discovery', copyable(`${service.base}/${pool.id}/.well-known/openid-configuration`)],
      ['Keys', copyable(`${service.base}/${pool.id}/.well-known/jwks.json`)],
      [
        'Domain',
        domain === undefined
          ? html`<span class="muted">none: no hosted pages and no OAuth endpoints of its own. <a href="${poolPath(pool, 'domain')}">Give it one</a></span>`
          : copyable(domain),
      ],
      ['Authorize', endpoint('/oauth2/authorize')],
      ['Token', endpoint('/oauth2/token')],
      ['UserInfo', endpoint('/oauth2/userInfo')],
      ['Sign-out', endpoint('/logout')],
      ['AWS endpoint', copyable(service.base)],
    ]),
  )
}

function clientsCard(
  { console: { service }, query }: Visit,
  pool: UserPool,
  clients: readonly AppClient[],
): Html {
  const launch = (client: AppClient): Html | false => {
    const href = launchLink(service, pool, client)
    return (
      href !== undefined &&
      html`<a class="button small quiet" href="${href}" target="_blank" rel="noopener">Launch Hosted UI<span class="unseen"> of ${client.name}</span></a>`
    )
  }
  return card(
    'App clients',
    clients.length === 0
      ? html`<p class="muted">No app client yet: no app can sign anybody in here. <a href="${poolPath(pool, 'clients')}">Create one</a></p>`
      : html`<div class="stack">${clients.map(
          client =>
            html`<section class="sub" id="client-${client.id}"><header><h3><a href="${pathTo('pools', pool.id, 'clients', client.id)}">${client.name}</a></h3>${launch(client)}</header>${facts(
              [
                ['Client id', copyable(client.id)],
                [
                  'Secret',
                  client.secrets[0] === undefined
                    ? html`<span class="muted">none: a public client</span>`
                    : secret(client.secrets[0].value, {
                        shown: query.secret === client.id,
                        href: `${withQuery(poolPath(pool), { secret: client.id })}#client-${client.id}`,
                      }),
                ],
                ['Providers', list(enabledProviders(client))],
                [
                  'Grants',
                  list(
                    client.settings.AllowedOAuthFlowsUserPoolClient
                      ? (client.settings.AllowedOAuthFlows ?? [])
                      : [],
                  ),
                ],
                ['Scopes', list(allowedScopes(client))],
                ['Callback URLs', lines(client.settings.CallbackURLs)],
                ['Sign-out URLs', lines(client.settings.LogoutURLs)],
              ],
            )}</section>`,
        )}</div>`,
    { id: 'clients' },
  )
}

const list = (texts: readonly string[]): Html | string =>
  texts.length === 0
    ? html`<span class="muted">none</span>`
    : html`<span class="badges">${texts.map(text => badge(text))}</span>`

const lines = (texts: readonly string[] = []): Html =>
  texts.length === 0
    ? html`<span class="muted">none</span>`
    : html`<ul>${texts.map(text => html`<li><code>${text}</code></li>`)}</ul>`

const providersCard = (pool: UserPool, providers: readonly IdentityProvider[]): Html =>
  card(
    'Identity providers',
    table<IdentityProvider>(
      'Identity providers',
      [
        {
          head: 'Name',
          cell: one => html`<a href="${providerPath(pool, one)}">${one.name}</a>`,
        },
        { head: 'Type', cell: ({ type }) => labelOf(type) },
        { head: 'Issuer', cell: ({ details }) => details.oidc_issuer ?? details.MetadataURL ?? '' },
        {
          head: 'Mapping',
          cell: ({ mapping }) =>
            Object.entries(mapping).map(
              ([attribute, claim]) => html`<div><code>${claim}</code> → <code>${attribute}</code></div>`,
            ),
        },
      ],
      providers,
      html`<p>None: people sign in with accounts of this pool. <a href="${poolPath(pool, 'providers')}">Add one</a></p>`,
    ),
    { id: 'providers' },
  )

/** The newest entries of the pool's logs; nothing where the pool delivers none. */
async function logsCard({ console: { service } }: Visit, pool: UserPool): Promise<Html | false> {
  const delivery = (await logDeliveryOf(service, pool))?.value.LogConfigurations as
    | LogConfigurations
    | undefined
  if (!delivery?.length) return false
  const logs = await service.store.lookup(collections.deliveredLogs, 'pool', pool.id, { limit: 10 })
  const now = service.clock.now()
  return card(
    'Log delivery',
    html`${facts(delivery.map(one => [one.EventSource, copyable(destinationOf(one) ?? '')] as const))}${table<DeliveredLog>(
      'Newest entries',
      [
        { head: 'Time', room: 'narrow', cell: ({ at }) => moment(at, now) },
        { head: 'Source', cell: ({ source }) => source },
        { head: 'Entry', cell: ({ entry }) => html`<code>${JSON.stringify(entry.message)}</code>` },
      ],
      logs.map(({ record }) => record),
      html`<p>None yet. <code>rockpool logs --follow</code> shows them as they come.</p>`,
    )}`,
    { id: 'logs' },
  )
}

const attributesCard = ({ schema, settings }: UserPool): Html =>
  card(
    'Attributes and sign-in',
    html`${facts([
      ['Users sign in by', (settings.UsernameAttributes ?? ['username']).join(', ')],
      ['Aliases', (settings.AliasAttributes ?? []).join(', ') || html`<span class="muted">none</span>`],
      [
        'Verified by a code',
        (settings.AutoVerifiedAttributes ?? []).join(', ') || html`<span class="muted">nothing</span>`,
      ],
      [
        'Sign-up',
        settings.AdminCreateUserConfig?.AllowAdminCreateUserOnly ? 'by administrators only' : 'open',
      ],
      [
        'Required',
        schema
          .filter(({ required, name }) => required && name !== 'sub')
          .map(({ name }) => name)
          .join(', ') || html`<span class="muted">nothing</span>`,
      ],
      ['Custom attributes', list(schema.filter(({ name }) => name.includes(':')).map(({ name }) => name))],
    ])}`,
  )

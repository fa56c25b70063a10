import { domainUrl } from '../../core/addresses.js'
import { type AppClient, type ClientSettings, isConfidential } from '../../core/app-client.js'
import { ensure } from '../../core/refusal.js'
import { customScopes } from '../../core/resource-server.js'
import { clientFindings, type PoolOfClient, samlAmong } from '../../core/rules/client.js'
import { createUserPoolClient } from '../../core/shapes/app-clients.js'
import type { UserPool } from '../../core/user-pool.js'
import type { Resource } from '../../export/resources.js'
import { createClient, deleteClient, updateClient } from '../../flows/administration/clients.js'
import { setSsoMinutes } from '../../flows/administration/sessions.js'
import { clientById, clientsOf, providersOf, resourceServersOf } from '../../flows/directory/directory.js'
import { type Html, html } from '../../lib/html.js'
import { pathTo } from '../console.js'
import { checkbox, confirmed, field, form, submit } from '../frame/forms.js'
import { hasMistakes, type Mistakes, misshapen } from '../frame/mistakes.js'
import { poolPath } from '../frame/navigation.js'
import { badge, card, copyable, facts, refusalBox, refusalOf, secret, table } from '../frame/parts.js'
import { act, poolOf, show, type View, type Visit } from '../page.js'
import { unknownClient } from '../setup-refusals.js'
import { asCall, asCode, formAsCode, showAsCode } from './as-code.js'
import { askedSettings, mistakesByMember, settingFields } from './client-fields.js'
import { askedMinutes, sessionCard } from './client-sessions.js'
import { launchLink } from './launch.js'

/** App clients, and the settings of one: providers, callbacks, grants and scopes, as the AWS console's walk has them. */

const clientPath = (pool: Pick<UserPool, 'id'>, client: Pick<AppClient, 'id'>): string =>
  pathTo('pools', pool.id, 'clients', client.id)

/** What a client begins with; its page has the rest. */
const initialSettings = {
  ExplicitAuthFlows: ['ALLOW_USER_SRP_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
  PreventUserExistenceErrors: 'ENABLED',
} satisfies ClientSettings

export const clients = [
  show('/pools/:pool/clients', async visit => listing(visit, await poolOf(visit))),
  act('/pools/:pool/clients', async visit => {
    const { service } = visit.console
    const pool = await poolOf(visit)
    const name = visit.form.ClientName ?? ''
    const mistakes = misshapen('ClientName', createUserPoolClient.members.ClientName.required, name)
    if (visit.form.show !== undefined) return listing(visit, pool)
    if (hasMistakes(mistakes)) return listing(visit, pool, mistakes)
    const client = await createClient(service, pool, {
      name,
      settings: initialSettings,
      generateSecret: visit.form.secret !== undefined,
    })
    return {
      goTo: clientPath(pool, client),
      said: `The app client ${name} is there. Its settings say how people sign in through it.`,
    }
  }),
  show('/pools/:pool/clients/:client', async visit => {
    const pool = await poolOf(visit)
    return settingsPage(visit, pool, await clientOf(visit, pool))
  }),
  act(
    '/pools/:pool/clients/:client',
    async visit => {
      const pool = await poolOf(visit)
      const client = await clientOf(visit, pool)
      const settings = askedSettings(visit, client)
      const found = clientFindings(settings, isConfidential(client), await surroundings(visit, pool))
      const mistakes = mistakesByMember(found)
      if (hasMistakes(mistakes)) return settingsPage(visit, pool, { ...client, settings }, { mistakes })
      await updateClient(visit.console.service, pool, client.id, { name: client.name, settings })
      return { goTo: clientPath(pool, client), said: `The settings of ${client.name} are saved.` }
    },
    {
      async again(visit, refusal) {
        const pool = await poolOf(visit)
        const client = await clientOf(visit, pool)
        return settingsPage(
          visit,
          pool,
          { ...client, settings: askedSettings(visit, client) },
          { problem: refusalBox(refusalOf(refusal)) },
        )
      },
    },
  ),
  act(
    '/pools/:pool/clients/:client/sessions',
    async visit => {
      const pool = await poolOf(visit)
      const client = await clientOf(visit, pool)
      await setSsoMinutes(visit.console.service, pool, client.id, askedMinutes(visit))
      return {
        goTo: `${clientPath(pool, client)}#sessions`,
        said: `How long ${client.name} shares sign-ins is saved.`,
      }
    },
    {
      async again(visit, refusal) {
        const pool = await poolOf(visit)
        const problem = refusalBox(refusalOf(refusal))
        return settingsPage(visit, pool, await clientOf(visit, pool), { problem })
      },
    },
  ),
  act('/pools/:pool/clients/:client/delete', async visit => {
    const pool = await poolOf(visit)
    const client = await clientOf(visit, pool)
    await deleteClient(visit.console.service, client)
    return { goTo: poolPath(pool, 'clients'), said: `The app client ${client.name} is deleted.` }
  }),
]

async function clientOf({ console: { service }, params }: Visit, pool: UserPool): Promise<AppClient> {
  const id = params.client ?? ''
  const client = await clientById(service, id)
  ensure(client?.poolId === pool.id, () => unknownClient(id, pool))
  return client
}

/** Marks a client that registered itself: all others were made by an administrator. */
const registered = ({ type }: AppClient): Html | false =>
  type === 'DCR' && html` ${badge('registered itself')}`

async function surroundings({ console: { service } }: Visit, pool: UserPool): Promise<PoolOfClient> {
  const [providers, servers] = await Promise.all([
    providersOf(service, pool),
    resourceServersOf(service, pool),
  ])
  return {
    ...pool,
    providers: providers.map(({ name }) => name),
    saml: samlAmong(providers),
    customScopes: servers.flatMap(customScopes),
  }
}

async function listing(visit: Visit, pool: UserPool, mistakes: Mistakes = {}): Promise<View> {
  const { service } = visit.console
  const found = await clientsOf(service, pool)
  return {
    title: 'App clients',
    section: 'pools',
    pool,
    tab: 'clients',
    ...(hasMistakes(mistakes) ? { status: 400 } : {}),
    body: html`${table<AppClient>(
      'App clients',
      [
        {
          head: 'Name',
          cell: client =>
            html`<a href="${clientPath(pool, client)}">${client.name}</a>${registered(client)}<small>${client.id}</small>`,
        },
        { head: 'Kind', cell: client => (isConfidential(client) ? 'with a secret' : 'public') },
        {
          head: 'Providers',
          cell: ({ settings: { SupportedIdentityProviders: names = [] } }) =>
            names.length > 0 && html`<span class="badges">${names.map(name => badge(name))}</span>`,
        },
        { head: 'Hosted UI', cell: client => launchButton(visit, pool, client) },
      ],
      found,
      html`<p>No app client yet: an app needs one to sign people in.</p>`,
    )}<div class="two">${card(
      'Create an app client',
      form(visit, { action: poolPath(pool, 'clients') }, [
        field({
          name: 'ClientName',
          label: 'App client name',
          value: visit.form.ClientName,
          required: true,
          placeholder: 'web-app',
          mistake: mistakes.ClientName,
        }),
        checkbox({
          name: 'secret',
          label: 'Generate a client secret',
          ticked: visit.form.secret !== undefined,
          hint: 'For apps on a server, and for pools that federate to this one. Not for apps in a browser or on a phone.',
        }),
        html`<div class="inline">${submit('Create app client')}${showAsCode}</div>`,
      ]),
    )}<div class="stack">${formAsCode(visit, newClient(visit), pool)}${asCall(visit, { operation: 'ListUserPoolClients', input: { MaxResults: 60 } }, pool)}</div></div>`,
  }
}

function newClient({ form: of }: Visit): Resource {
  const name = of.ClientName ?? 'web-app'
  const secret = of.secret === undefined ? {} : { GenerateSecret: true }
  return {
    operation: 'CreateUserPoolClient',
    name,
    input: { ClientName: name, ...secret, ...initialSettings },
  }
}

function launchButton({ console: { service } }: Visit, pool: UserPool, client: AppClient): Html | false {
  const href = launchLink(service, pool, client)
  return (
    href !== undefined &&
    html`<a class="button small quiet" href="${href}" target="_blank" rel="noopener">Launch Hosted UI</a>`
  )
}

interface Said {
  readonly mistakes?: Mistakes
  readonly problem?: Html
}

async function settingsPage(
  visit: Visit,
  pool: UserPool,
  client: AppClient,
  { mistakes = {}, problem }: Said = {},
): Promise<View> {
  const { service } = visit.console
  const launch = launchButton(visit, pool, client)
  const { name, id, settings, secrets } = client
  return {
    title: name,
    section: 'pools',
    pool,
    tab: 'clients',
    trail: [{ label: 'App clients', href: poolPath(pool, 'clients') }],
    ...(hasMistakes(mistakes) ? { status: 400 } : {}),
    ...(launch === false ? {} : { actions: launch }),
    body: html`${problem}<div class="two">${card(
      'App client settings',
      form(visit, { action: clientPath(pool, client) }, [
        ...settingFields(await surroundings(visit, pool), { settings, mistakes }, service.base),
        submit('Save settings'),
      ]),
    )}<div class="stack">${card(
      'App client',
      facts([
        ['Client id', copyable(id)],
        ['Made', client.type === 'DCR' && 'by itself: it registered at the pool’s registration endpoint'],
        [
          'Client secret',
          secrets[0] === undefined
            ? html`<span class="muted">none: a public client</span>`
            : secret(secrets[0].value, {
                shown: visit.query.secret === 'shown',
                href: `${clientPath(pool, client)}?secret=shown`,
              }),
        ],
        [
          'Domain',
          domainUrl(service, pool) ??
            html`<span class="muted">none yet: <a href="${poolPath(pool, 'domain')}">give the pool one</a></span>`,
        ],
      ]),
      {
        actions: confirmed(visit, {
          action: `${clientPath(pool, client)}/delete`,
          label: 'Delete',
          question: html`Apps that use <strong>${name}</strong> can sign nobody in any more.`,
        }),
      },
    )}${sessionCard(visit, pool, client, clientPath(pool, client))}${asCode(
      visit,
      {
        operation: 'CreateUserPoolClient',
        name,
        input: { ClientName: name, ...(isConfidential(client) ? { GenerateSecret: true } : {}), ...settings },
        update: { operation: 'UpdateUserPoolClient', input: { ClientId: id, ClientName: name, ...settings } },
      },
      pool,
    )}</div></div>`,
  }
}

import { ensure, type Refusal } from '../../core/refusal.js'
import { customScopes, type ResourceServer } from '../../core/resource-server.js'
import { createResourceServer as createShape } from '../../core/shapes/resource-servers.js'
import type { UserPool } from '../../core/user-pool.js'
import type { Resource } from '../../export/resources.js'
import {
  createResourceServer,
  deleteResourceServer,
  storedResourceServer,
  updateResourceServer,
} from '../../flows/administration/resource-servers.js'
import { resourceServersOf } from '../../flows/directory/directory.js'
import { html } from '../../lib/html.js'
import { withQuery } from '../../lib/url.js'
import { confirmed, field, form, submit, textArea } from '../frame/forms.js'
import { poolPath } from '../frame/navigation.js'
import { badge, card, refusalBox, refusalOf, table } from '../frame/parts.js'
import { textOf } from '../input.js'
import { act, poolOf, show, type View, type Visit } from '../page.js'
import { noScope } from '../setup-refusals.js'
import { asCall, asCode, formAsCode, showAsCode } from './as-code.js'

/** Resource servers: APIs with scopes of their own, which app clients may ask access to. */
export const resourceServers = [
  show('/pools/:pool/resource-servers', async visit => listed(visit, await poolOf(visit))),
  act(
    '/pools/:pool/resource-servers',
    async visit => {
      const pool = await poolOf(visit)
      if (visit.form.show !== undefined) return listed(visit, pool)
      const server = await createResourceServer(visit.console.service, pool, asked(visit))
      return {
        goTo: poolPath(pool, 'resources'),
        said: `The resource server ${server.identifier} is there. App clients can be allowed its scopes now.`,
      }
    },
    { again: async (visit, refused) => listed(visit, await poolOf(visit), refused) },
  ),
  show('/pools/:pool/resource-server', async visit => {
    const pool = await poolOf(visit)
    return shown(visit, pool, await found(visit, pool, visit.query.identifier))
  }),
  act(
    '/pools/:pool/resource-server',
    async visit => {
      const pool = await poolOf(visit)
      const server = await updateResourceServer(visit.console.service, pool, asked(visit))
      return { goTo: serverPath(pool, server), said: `${server.identifier} is saved.` }
    },
    {
      async again(visit, refused) {
        const pool = await poolOf(visit)
        return shown(visit, pool, await found(visit, pool, visit.form.Identifier), refused)
      },
    },
  ),
  act('/pools/:pool/resource-servers/delete', async visit => {
    const pool = await poolOf(visit)
    const { Identifier = '' } = visit.form
    await deleteResourceServer(visit.console.service, pool, Identifier)
    return { goTo: poolPath(pool, 'resources'), said: `The resource server ${Identifier} is deleted.` }
  }),
]

/** The address of a resource server's page. Its identifier is often a URL, which is no part of a path. */
const serverPath = (pool: Pick<UserPool, 'id'>, { identifier }: Pick<ResourceServer, 'identifier'>): string =>
  withQuery(`${poolPath(pool)}/resource-server`, { identifier })

const found = async ({ console: { service } }: Visit, pool: UserPool, identifier = '') =>
  (await storedResourceServer(service, pool, identifier)).record

const { Identifier: identifierShape, Name: nameShape, Scopes } = createShape.members
const { ScopeName, ScopeDescription } = Scopes.member.members

/**
 * What the form says.
 * @throws Refusal when a text is too long, or has characters that it cannot have, or a scope has no description
 */
const asked = ({ form: of }: Visit): Omit<ResourceServer, 'poolId'> => ({
  identifier: textOf(identifierShape.required, 'Identifier', of.Identifier),
  name: textOf(nameShape.required, 'Name', of.Name),
  scopes: scopeLines(of.Scopes).map(([name, description]) => {
    ensure(description !== '', () => noScope(name))
    return {
      ScopeName: textOf(ScopeName.required, 'The name of a scope', name),
      ScopeDescription: textOf(ScopeDescription.required, `The description of ${name}`, description),
    }
  }),
})

/** The scopes, one a line: the first word is the name, the rest describes it. */
const scopeLines = (text = ''): (readonly [name: string, description: string])[] =>
  text
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '')
    .map(line => {
      const [, name = '', description = ''] = /^(\S+)\s*(.*)$/.exec(line) ?? []
      return [name, description] as const
    })

async function listed(visit: Visit, pool: UserPool, refused?: Refusal): Promise<View> {
  const servers = await resourceServersOf(visit.console.service, pool)
  return {
    title: 'Resource servers',
    section: 'pools',
    pool,
    tab: 'resources',
    body: html`${table<ResourceServer>(
      'Resource servers',
      [
        {
          head: 'Identifier',
          cell: server =>
            html`<a href="${serverPath(pool, server)}">${server.identifier}</a><small>${server.name}</small>`,
        },
        {
          head: 'Scopes',
          room: 'wide',
          cell: server =>
            html`<span class="badges">${customScopes(server).map(scope => badge(scope))}</span>`,
        },
      ],
      servers,
      html`<p>No resource server yet: access tokens have the scopes of OpenID Connect only.</p>`,
    )}<div class="two">${card(
      'Create a resource server',
      html`${refused !== undefined && refusalBox(refusalOf(refused))}${form(
        visit,
        { action: poolPath(pool, 'resources') },
        [
          field({
            name: 'Identifier',
            label: 'Identifier',
            value: visit.form.Identifier,
            required: true,
            placeholder: 'https://api.example.com',
            hint: 'The beginning of each of its scopes, often the address of the API.',
          }),
          nameField(visit.form.Name),
          scopesArea(visit.form.Scopes),
          html`<div class="actions">${submit('Create resource server')}${showAsCode}</div>`,
        ],
      )}`,
    )}<div class="stack">${formAsCode(visit, drafted(visit), pool)}${asCall(visit, { operation: 'ListResourceServers', input: { MaxResults: 50 } }, pool)}</div></div>`,
  }
}

const nameField = (value: string | undefined) =>
  field({ name: 'Name', label: 'Name', value, required: true, placeholder: 'Orders' })

const scopesArea = (value: string | undefined) =>
  textArea({
    name: 'Scopes',
    label: 'Scopes',
    value,
    rows: 4,
    placeholder: 'orders.read Read orders',
    hint: 'One a line: its name, a blank, and what it allows.',
  })

function drafted({ form: of }: Visit): Resource {
  const identifier = of.Identifier ?? 'https://api.example.com'
  const scopes = of.Scopes === undefined ? [['orders.read', 'Read orders'] as const] : scopeLines(of.Scopes)
  const { update: _update, ...draft } = resourceOf({
    identifier,
    name: of.Name ?? 'Orders',
    scopes: scopes.map(([name, description]) => ({ ScopeName: name, ScopeDescription: description })),
  })
  return draft
}

function resourceOf({ identifier, name, scopes }: Omit<ResourceServer, 'poolId'>): Resource {
  const input = { Identifier: identifier, Name: name, Scopes: scopes }
  return {
    operation: 'CreateResourceServer',
    name: identifier,
    input,
    update: { operation: 'UpdateResourceServer', input },
  }
}

function shown(visit: Visit, pool: UserPool, server: ResourceServer, refused?: Refusal): View {
  const { identifier, name, scopes } = server
  const lines = scopes.map(({ ScopeName: scope, ScopeDescription: about }) => `${scope} ${about}`).join('\n')
  return {
    title: identifier,
    section: 'pools',
    pool,
    tab: 'resources',
    trail: [{ label: 'Resource servers', href: poolPath(pool, 'resources') }],
    actions: confirmed(visit, {
      action: `${poolPath(pool, 'resources')}/delete`,
      label: 'Delete',
      question: html`App clients get no token with a scope of <strong>${identifier}</strong> any more.`,
      fields: { Identifier: identifier },
    }),
    body: html`${refused !== undefined && refusalBox(refusalOf(refused))}<div class="two">${card(
      name,
      form(visit, { action: serverPath(pool, server) }, [
        html`<input type="hidden" name="Identifier" value="${identifier}">`,
        nameField(visit.form.Name ?? name),
        scopesArea(visit.form.Scopes ?? (visit.form.Name === undefined ? lines : undefined)),
        html`<p class="muted">A scope that is left out is gone: clients cannot ask for it any more.</p>`,
        submit('Save'),
      ]),
    )}${asCode(visit, resourceOf(server), pool)}</div>`,
  }
}

import { domainUrl, regionalDomain } from '../../core/addresses.js'
import { pools } from '../../core/collections.js'
import { ensure } from '../../core/refusal.js'
import { prefixFindings } from '../../core/rules/domain.js'
import { regionOf, type UserPool } from '../../core/user-pool.js'
import type { Resource } from '../../export/resources.js'
import { createDomain, deleteDomain } from '../../flows/administration/domains.js'
import { type Html, html } from '../../lib/html.js'
import { unknownPool } from '../console-refusals.js'
import { confirmed, field, form, select, submit } from '../frame/forms.js'
import { hasMistakes, type Mistakes, mistakesOf } from '../frame/mistakes.js'
import { poolPath } from '../frame/navigation.js'
import { card, copyable, facts, refusalBox, refusalOf } from '../frame/parts.js'
import { act, poolOf, show, type View, type Visit } from '../page.js'
import { asCode, formAsCode, showAsCode } from './as-code.js'

/** The user pool domain: where the hosted pages and the OAuth endpoints are. */
export const domain = [
  show('/pools/:pool/domain', async visit => page(visit, await poolOf(visit))),
  act(
    '/pools/:pool/domain',
    async visit => {
      const { form: of } = visit
      const pool = await poolOf(visit)
      const prefix = of.Domain ?? ''
      if (visit.form.show !== undefined) return page(visit, pool)
      const mistakes = mistakesOf(prefixFindings(prefix))
      if (hasMistakes(mistakes)) return page(visit, pool, { mistakes })
      const version = of.version === '2' ? { version: 2 } : {}
      await createDomain(visit.console.service, await stored(visit, pool), prefix, version)
      return { goTo: poolPath(pool, 'domain'), said: `The pool has the domain ${prefix}.` }
    },
    {
      again: async (visit, refusal) =>
        page(visit, await poolOf(visit), { problem: refusalBox(refusalOf(refusal)) }),
    },
  ),
  act('/pools/:pool/domain/delete', async visit => {
    const pool = await poolOf(visit)
    await deleteDomain(visit.console.service, await stored(visit, pool), pool.domain ?? '')
    return { goTo: poolPath(pool, 'domain'), said: 'The domain is deleted.' }
  }),
]

async function stored({ console: { service } }: Visit, { id }: UserPool) {
  const found = await service.store.get(pools, id)
  ensure(found, () => unknownPool(id))
  return found
}

function page(
  visit: Visit,
  pool: UserPool,
  { mistakes = {}, problem }: { readonly mistakes?: Mistakes; readonly problem?: Html } = {},
): View {
  const url = domainUrl(visit.console.service, pool)
  return {
    title: 'Domain',
    section: 'pools',
    pool,
    tab: 'domain',
    ...(hasMistakes(mistakes) ? { status: 400 } : {}),
    body: html`${problem}${
      pool.domain === undefined || url === undefined
        ? chooser(visit, pool, mistakes)
        : present(visit, pool, url)
    }`,
  }
}

const chooser = (visit: Visit, pool: UserPool, mistakes: Mistakes): Html =>
  html`${card(
    'Choose a domain prefix',
    form(visit, { action: poolPath(pool, 'domain') }, [
      field({
        name: 'Domain',
        label: 'Domain prefix',
        value: visit.form.Domain,
        required: true,
        placeholder: 'my-app',
        hint: html`The pages will be at <code>${visit.console.service.base}/<em>prefix</em></code>, or, where a pool of another region has that address, at <code>${visit.console.service.base}/${regionalDomain('…', regionOf(pool.id))}</code>.`,
        mistake: mistakes.Domain,
      }),
      select({
        name: 'version',
        label: 'Pages',
        value: visit.form.version,
        options: [
          ['1', 'Hosted UI (classic)'],
          ['2', 'Managed login'],
        ],
      }),
      html`<div class="inline">${submit('Create domain')}${showAsCode}</div>`,
    ]),
  )}${formAsCode(visit, newDomain(visit), pool)}`

function newDomain({ form: of }: Visit): Resource {
  const name = of.Domain ?? 'my-app'
  const version = of.version === '2' ? { ManagedLoginVersion: 2 } : {}
  return { operation: 'CreateUserPoolDomain', name, input: { Domain: name, ...version } }
}

const present = (visit: Visit, pool: UserPool, url: string): Html =>
  html`${card(
    'Domain',
    facts([
      ['Prefix', copyable(pool.domain ?? '')],
      ['Address', copyable(url)],
      ['Pages', pool.managedLoginVersion === 2 ? 'managed login' : 'classic'],
      ['Callback for providers', copyable(`${url}/oauth2/idpresponse`)],
    ]),
    {
      actions: confirmed(visit, {
        action: `${poolPath(pool, 'domain')}/delete`,
        label: 'Delete',
        question: 'The pool has no sign-in pages and no OAuth endpoints without it.',
      }),
    },
  )}${asCode(
    visit,
    {
      operation: 'CreateUserPoolDomain',
      name: pool.domain ?? '',
      input: {
        Domain: pool.domain,
        ...(pool.managedLoginVersion === undefined ? {} : { ManagedLoginVersion: pool.managedLoginVersion }),
      },
      update: {
        operation: 'UpdateUserPoolDomain',
        input: { Domain: pool.domain, ManagedLoginVersion: pool.managedLoginVersion ?? 1 },
      },
    },
    pool,
  )}`

import { ensure } from '../../core/refusal.js'
import { createIdentityProvider } from '../../core/shapes/identity-providers.js'
import type { UserPool } from '../../core/user-pool.js'
import { poolById, providersOf } from '../../flows/directory/directory.js'
import { federate as federatePools } from '../../flows/federation/federate.js'
import { type Html, html } from '../../lib/html.js'
import { unknownPool } from '../console-refusals.js'
import { field, form, select, submit } from '../frame/forms.js'
import { hasMistakes, type Mistakes, misshapen } from '../frame/mistakes.js'
import { poolPath, providerPath } from '../frame/navigation.js'
import { card, refusalBox, refusalOf } from '../frame/parts.js'
import { act, poolOf, type View, type Visit } from '../page.js'
import { somePools } from '../pools.js'

/** “Let this pool federate to that one”: sets up both pools for the federation in one action. */
export const federate = [
  act(
    '/pools/:pool/federate',
    async visit => {
      const {
        service,
        upstream: { prepare: discover },
      } = visit.console
      const pool = await poolOf(visit)
      const to = await poolById(service, visit.form.to ?? '')
      ensure(to, () => unknownPool(visit.form.to ?? ''))
      const name = visit.form.name ?? ''
      const mistakes = misshapen('name', createIdentityProvider.members.ProviderName.required, name)
      if (hasMistakes(mistakes)) return page(visit, pool, { mistakes })
      const { deeds, provider } = await federatePools(service, pool, { to, name, discover })
      return {
        title: `${pool.name} federates to ${to.name}`,
        section: 'pools',
        pool,
        tab: 'providers',
        body: html`${card(
          'What was done',
          html`<ol class="steps">${deeds.map(
            deed =>
              html`<li><span>${deed.did}</span><small>In <a href="${poolPath(deed.pool)}">${deed.pool.name}</a></small></li>`,
          )}</ol>`,
        )}<p class="actions"><a class="button small" href="${providerPath(pool, provider)}">Attribute mapping</a><a class="button small quiet" href="${poolPath(pool, 'clients')}">App clients</a></p>`,
      }
    },
    {
      again: async (visit, refusal) =>
        page(visit, await poolOf(visit), { problem: refusalBox(refusalOf(refusal)) }),
    },
  ),
]

const page = async (
  visit: Visit,
  pool: UserPool,
  { mistakes = {}, problem }: { readonly mistakes?: Mistakes; readonly problem?: Html },
): Promise<View> => ({
  title: 'Federate to another pool',
  section: 'pools',
  pool,
  tab: 'providers',
  status: 400,
  body: html`${problem}${await federateCard(visit, pool, mistakes)}`,
})

/** Pools that are offered to federate to. */
const offered = 100

export async function federateCard(visit: Visit, pool: UserPool, mistakes: Mistakes = {}): Promise<Html> {
  const { service } = visit.console
  const { items } = await somePools(service, { limit: offered })
  const others = items.filter(({ id }) => id !== pool.id)
  const isFirst = (await providersOf(service, pool)).length === 0
  return card(
    'Federate to a pool that lives here',
    others.length === 0
      ? html`<p class="muted">There is no other pool. <a href="/_rockpool/pools/new">Create a second one</a>, and let this one federate to it.</p>`
      : html`<p>Makes a client there and a provider here, with secret, scopes and mapping, and enables it for the app clients.</p>${form(
          visit,
          { action: `${poolPath(pool)}/federate` },
          [
            select({
              name: 'to',
              label: 'The other pool',
              value: visit.form.to,
              options: others.map(({ id, name }) => [id, `${name} (${id})`] as const),
            }),
            field({
              name: 'name',
              label: 'Provider name',
              value: visit.form.name ?? (isFirst ? 'CorporateID' : ''),
              required: true,
              mistake: mistakes.name,
            }),
            submit('Federate'),
          ],
        )}`,
    { id: 'federate' },
  )
}

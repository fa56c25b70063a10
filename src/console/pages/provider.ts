import { type AppClient, providersOf as enabledProviders } from '../../core/app-client.js'
import type { IdentityProvider } from '../../core/identity-provider.js'
import { ensure } from '../../core/refusal.js'
import type { UserPool } from '../../core/user-pool.js'
import { type Resource, withoutSecrets } from '../../export/resources.js'
import { deleteProvider, updateProvider } from '../../flows/administration/providers.js'
import { asConfigured } from '../../flows/directory/belongings.js'
import { clientsOf, providerNamed } from '../../flows/directory/directory.js'
import { type Html, html } from '../../lib/html.js'
import { confirmed, form, submit } from '../frame/forms.js'
import { hasMistakes, type Mistakes } from '../frame/mistakes.js'
import { poolPath, providerPath } from '../frame/navigation.js'
import { badge, card, refusalBox, refusalOf } from '../frame/parts.js'
import { act, poolOf, show, type View, type Visit } from '../page.js'
import { unknownProvider } from '../setup-refusals.js'
import { asCode } from './as-code.js'
import { askButton, foundOut } from './found-out.js'
import { askedMapping, mappingCard } from './mapping.js'
import { labelOf } from './provider-details.js'
import {
  askedAcrMapping,
  askedDetails,
  askedIdentifiers,
  detailFields,
  providerMistakes,
} from './provider-fields.js'
import { offeredDetails, reachedAt, toRegister } from './provider-surroundings.js'
import { tryBox, tryIt } from './try-mapping.js'

/** One identity provider: its details, the attribute mapping, and the box to try the mapping in. */

export const provider = [
  show('/pools/:pool/providers/:provider', async visit => {
    const { pool, known } = await ofVisit(visit)
    return page(visit, pool, known)
  }),
  act(
    '/pools/:pool/providers/:provider',
    async visit => {
      const { pool, known } = await ofVisit(visit)
      const { name, type } = known
      const before = await asConfigured(visit.console.service, known)
      const details = askedDetails(visit, type, before.details)
      const identifiers = askedIdentifiers(visit)
      if (visit.form.discover !== undefined)
        return page(visit, pool, known, { found: await foundOut(visit, pool, type, before.details) })
      const mistakes = providerMistakes(
        { ProviderName: name, ProviderType: type, ProviderDetails: details },
        pool.schema,
        identifiers,
      )
      if (hasMistakes(mistakes)) return page(visit, pool, known, { mistakes })
      const acrMapping = askedAcrMapping(visit)
      const hasLevels = known.acrMapping !== undefined || Object.keys(acrMapping).length > 0
      const levels = hasLevels ? { acrMapping } : {}
      await updateProvider(writer(visit), pool, name, { details, identifiers, ...levels })
      return { goTo: providerPath(pool, known), said: `${name} is saved.` }
    },
    { again },
  ),
  act(
    '/pools/:pool/providers/:provider/mapping',
    async visit => {
      const { pool, known } = await ofVisit(visit)
      await updateProvider(writer(visit), pool, known.name, {
        mapping: askedMapping(visit, pool, known.mapping),
      })
      return {
        goTo: `${providerPath(pool, known)}#mapping`,
        said: `The attribute mapping of ${known.name} is saved.`,
      }
    },
    { again },
  ),
  act('/pools/:pool/providers/:provider/try', async visit => {
    const { pool, known } = await ofVisit(visit)
    return page(visit, pool, known, { tried: await tryIt(visit, pool, known) })
  }),
  act('/pools/:pool/providers/:provider/delete', async visit => {
    const { pool, known } = await ofVisit(visit)
    await deleteProvider(visit.console.service, pool, known.name)
    return { goTo: poolPath(pool, 'providers'), said: `The identity provider ${known.name} is deleted.` }
  }),
]

async function again(visit: Visit, refusal: Parameters<typeof refusalOf>[0]): Promise<View> {
  const { pool, known } = await ofVisit(visit)
  return page(visit, pool, known, { problem: refusalBox(refusalOf(refusal)) })
}

const writer = ({ console: { service, upstream } }: Visit) => ({
  clock: service.clock,
  store: service.store,
  discover: upstream.prepare,
})

async function ofVisit(visit: Visit): Promise<{ readonly pool: UserPool; readonly known: IdentityProvider }> {
  const pool = await poolOf(visit)
  const name = visit.params.provider ?? ''
  const known = await providerNamed(visit.console.service, pool, name)
  ensure(known, () => unknownProvider(name, pool))
  return { pool, known }
}

interface Said {
  readonly mistakes?: Mistakes
  readonly problem?: Html
  readonly tried?: Html
  /** What the provider says of itself. */
  readonly found?: Html
}

async function page(
  visit: Visit,
  pool: UserPool,
  known: IdentityProvider,
  { mistakes = {}, problem, tried, found }: Said = {},
): Promise<View> {
  const { name, type } = known
  const path = providerPath(pool, known)
  const clients = await clientsOf(visit.console.service, pool)
  const enabled = clients.filter(client => enabledProviders(client).includes(name))
  const configured = await asConfigured(visit.console.service, known)
  return {
    title: name,
    section: 'pools',
    pool,
    tab: 'providers',
    trail: [{ label: 'Identity providers', href: poolPath(pool, 'providers') }],
    ...(hasMistakes(mistakes) ? { status: 400 } : {}),
    actions: confirmed(visit, {
      action: `${path}/delete`,
      label: 'Delete',
      question: html`Nobody can sign in through <strong>${name}</strong> any more. Its users stay.`,
    }),
    body: html`${problem}${offeredBy(pool, enabled)}<div class="two"><div class="stack">${mappingCard(visit, {
      pool,
      known,
      enabled,
    })}${tryBox(visit, { action: `${path}/try`, type, clients: enabled.length > 0 ? enabled : clients, tried })}</div><div class="stack">${found}${await detailsCard(
      visit,
      pool,
      configured,
      mistakes,
    )}${toRegister(visit, pool, type)}${reachedAt(visit, type, configured.details)}</div></div>${asCode(visit, resourceOf(configured), pool)}`,
  }
}

const offeredBy = (pool: UserPool, enabled: readonly AppClient[]): Html =>
  html`<p>${
    enabled.length === 0
      ? html`${badge('not enabled', 'bad')} No app client offers it: tick it in the settings of an <a href="${poolPath(pool, 'clients')}">app client</a>.`
      : html`${badge('enabled', 'good')} Offered by ${enabled.map(client => client.name).join(', ')}.`
  }</p>`

const detailsCard = async (
  visit: Visit,
  pool: UserPool,
  { name, type, details, identifiers, acrMapping }: IdentityProvider,
  mistakes: Mistakes,
): Promise<Html> =>
  card(
    `${labelOf(type)} details`,
    form(visit, { action: providerPath(pool, { name }) }, [
      ...detailFields(visit, type, {
        mistakes,
        known: details,
        identifiers,
        acrMapping,
        offered: await offeredDetails(visit, pool, type),
      }),
      html`<div class="actions">${submit('Save details')}${askButton(type)}</div>`,
    ]),
    { id: 'details' },
  )

function resourceOf({
  name,
  type,
  details,
  mapping,
  identifiers,
  acrMapping = {},
}: IdentityProvider): Resource {
  const input = {
    ProviderName: name,
    ProviderDetails: withoutSecrets(details),
    AttributeMapping: mapping,
    ...(Object.keys(acrMapping).length === 0 ? {} : { AcrMapping: acrMapping }),
    ...(identifiers.length === 0 ? {} : { IdpIdentifiers: identifiers }),
  }
  return {
    operation: 'CreateIdentityProvider',
    name,
    input: { ...input, ProviderType: type },
    update: { operation: 'UpdateIdentityProvider', input },
  }
}

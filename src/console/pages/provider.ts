import { providersOf as enabledProviders, mayWrite } from '../../core/app-client.js'
import type { AttributeMapping } from '../../core/attribute-mapping.js'
import { type IdentityProvider, oidcEndpoints, subjectClaims } from '../../core/identity-provider.js'
import { ensure } from '../../core/refusal.js'
import { usualClaim } from '../../core/rules/doctor/mappings.js'
import type { SchemaAttribute, UserPool } from '../../core/user-pool.js'
import { withoutSecrets } from '../../export/resources.js'
import { deleteProvider, updateProvider } from '../../flows/administration/providers.js'
import { belongingsOf } from '../../flows/directory/belongings.js'
import { clientsOf, providerNamed } from '../../flows/directory/directory.js'
import { type Html, html } from '../../lib/html.js'
import { confirmed, form, submit } from '../frame/forms.js'
import { hasMistakes, type Mistakes } from '../frame/mistakes.js'
import { poolPath, providerPath } from '../frame/navigation.js'
import { badge, card, refusalBox, refusalOf, table } from '../frame/parts.js'
import { act, poolOf, show, type View, type Visit } from '../page.js'
import { unknownProvider } from '../setup-refusals.js'
import { asCode } from './as-code.js'
import { askedDetails, detailFields, providerMistakes } from './provider-fields.js'
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
      const kept = endpointsByHand(known, await configured(visit, pool, known))
      const details = { ...askedDetails(visit, type, known.details), ...kept }
      const mistakes = providerMistakes(
        { ProviderName: name, ProviderType: type, ProviderDetails: details },
        pool.schema,
      )
      if (hasMistakes(mistakes)) return page(visit, pool, known, { mistakes })
      await updateProvider(writer(visit), pool, name, { details })
      return { goTo: providerPath(pool, known), said: `${name} is saved.` }
    },
    { again },
  ),
  act(
    '/pools/:pool/providers/:provider/mapping',
    async visit => {
      const { pool, known } = await ofVisit(visit)
      await updateProvider(writer(visit), pool, known.name, { mapping: askedMapping(visit, pool) })
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

const writer = ({ console: { service, prepare } }: Visit) => ({
  clock: service.clock,
  store: service.store,
  discover: prepare,
})

async function ofVisit(visit: Visit): Promise<{ readonly pool: UserPool; readonly known: IdentityProvider }> {
  const pool = await poolOf(visit)
  const name = visit.params.provider ?? ''
  const known = await providerNamed(visit.console.service, pool, name)
  ensure(known, () => unknownProvider(name, pool))
  return { pool, known }
}

/** The provider as somebody configured it: without what discovery found. */
async function configured({ console: { service } }: Visit, pool: UserPool, known: IdentityProvider) {
  const { providers } = await belongingsOf(service, pool)
  return providers.find(({ name }) => name === known.name) ?? known
}

const endpointsByHand = (known: IdentityProvider, { details }: IdentityProvider) =>
  Object.fromEntries(
    oidcEndpoints.flatMap(name =>
      details[name] !== undefined && known.details[name] !== undefined ? [[name, known.details[name]]] : [],
    ),
  ) as Record<string, string>

interface Said {
  readonly mistakes?: Mistakes
  readonly problem?: Html
  readonly tried?: Html
}

async function page(
  visit: Visit,
  pool: UserPool,
  known: IdentityProvider,
  { mistakes = {}, problem, tried }: Said = {},
): Promise<View> {
  const { name, type } = known
  const path = providerPath(pool, known)
  const clients = await clientsOf(visit.console.service, pool)
  const enabled = clients.filter(client => enabledProviders(client).includes(name))
  const { details, mapping } = await configured(visit, pool, known)
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
    body: html`${problem}<div class="two"><div class="stack">${mappingCard(visit, {
      pool,
      known,
      enabled,
    })}${tryBox(visit, { action: `${path}/try`, clients: enabled.length > 0 ? enabled : clients, tried })}</div>${card(
      `${type} details`,
      html`<p>${
        enabled.length === 0
          ? html`${badge('not enabled', 'bad')} No app client offers it: tick it in the settings of an <a href="${poolPath(pool, 'clients')}">app client</a>.`
          : html`${badge('enabled', 'good')} Offered by ${enabled.map(client => client.name).join(', ')}.`
      }</p>${form(visit, { action: path }, [
        ...detailFields(visit, type, { mistakes, known: known.details }),
        submit('Save details'),
      ])}`,
    )}</div>${asCode(
      visit,
      {
        operation: 'CreateIdentityProvider',
        name,
        input: {
          ProviderName: name,
          ProviderType: type,
          ProviderDetails: withoutSecrets(details),
          AttributeMapping: mapping,
        },
        update: {
          operation: 'UpdateIdentityProvider',
          input: {
            ProviderName: name,
            ProviderDetails: withoutSecrets(details),
            AttributeMapping: mapping,
          },
        },
      },
      pool,
    )}`,
  }
}

/** Attributes that a mapping page offers at once; the others are there when they are mapped, or required. */
const usual = ['email', 'email_verified', 'given_name', 'family_name', 'name', 'phone_number', 'picture']

/** Every attribute that can be mapped, required ones first. */
const mappable = (schema: readonly SchemaAttribute[]): SchemaAttribute[] => {
  const all = schema.filter(({ name }) => name !== 'sub')
  const rank = ({ name, required }: SchemaAttribute) =>
    required ? 0 : usual.includes(name) ? 1 : name.includes(':') ? 2 : 3
  return all.toSorted((one, other) => rank(one) - rank(other))
}

const askedMapping = ({ form: of }: Visit, { schema }: UserPool): AttributeMapping =>
  Object.fromEntries(
    mappable(schema).flatMap(({ name }) => {
      const claim = of[`claim:${name}`]?.trim()
      return claim === undefined ? [] : [[name, claim]]
    }),
  )

function mappingCard(
  visit: Visit,
  {
    pool,
    known,
    enabled,
  }: {
    readonly pool: UserPool
    readonly known: IdentityProvider
    readonly enabled: Awaited<ReturnType<typeof clientsOf>>
  },
): Html {
  const { name, mapping, type } = known
  const flags = (attribute: SchemaAttribute): Html => {
    const isMapped = mapping[attribute.name] !== undefined
    const barred = enabled.filter(client => !mayWrite(client, attribute.name))
    return html`<span class="badges">${attribute.required && badge('required', isMapped ? 'good' : 'bad')}${
      !attribute.mutable && badge('immutable', isMapped ? 'bad' : 'plain')
    }${barred.map(client => badge(`${client.name} may not write it`, isMapped ? 'bad' : 'plain'))}</span>`
  }
  return card(
    'Attribute mapping',
    form(visit, { action: `${providerPath(pool, { name })}/mapping`, className: 'stack' }, [
      table<SchemaAttribute>(
        `Attribute mapping of ${name}`,
        [
          { head: 'Attribute', cell: attribute => html`<code>${attribute.name}</code>${flags(attribute)}` },
          {
            head: 'Claim',
            room: 'wide',
            cell: attribute =>
              html`<div class="field"><input name="claim:${attribute.name}" aria-label="Claim for ${attribute.name}" value="${
                visit.form[`claim:${attribute.name}`] ?? mapping[attribute.name] ?? ''
              }" placeholder="${usualClaim(type, attribute.name)}" autocomplete="off" spellcheck="false"></div>`,
          },
        ],
        mappable(pool.schema),
        '',
      ),
      html`<p class="muted">The username is always made of <code>${subjectClaims[type]}</code>: <code>${name}_…</code>. A field that is left empty is not mapped.</p>`,
      submit('Save mapping'),
    ]),
    { id: 'mapping' },
  )
}

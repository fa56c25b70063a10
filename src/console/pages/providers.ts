import type { IdentityProvider } from '../../core/identity-provider.js'
import { usualClaim } from '../../core/rules/doctor/mappings.js'
import type { UserPool } from '../../core/user-pool.js'
import { type Resource, withoutSecrets } from '../../export/resources.js'
import { createProvider } from '../../flows/administration/providers.js'
import { providersOf } from '../../flows/directory/directory.js'
import { type Html, html } from '../../lib/html.js'
import { field, form, submit } from '../frame/forms.js'
import { hasMistakes, type Mistakes } from '../frame/mistakes.js'
import { poolPath, providerPath } from '../frame/navigation.js'
import { card, refusalBox, refusalOf, table } from '../frame/parts.js'
import { act, poolOf, show, type View, type Visit } from '../page.js'
import { asCall, formAsCode, showAsCode } from './as-code.js'
import { federateCard } from './federate.js'
import { askButton, foundOut } from './found-out.js'
import { exampleDetails, labelOf, providerTypes, typeNamed } from './provider-details.js'
import {
  askedAcrMapping,
  askedDetails,
  askedIdentifiers,
  detailFields,
  providerMistakes,
} from './provider-fields.js'
import { offeredDetails, reachedAt, toRegister } from './provider-surroundings.js'

/** Identity providers of a pool: the list, and the forms for new ones. */

export const providers = [
  show('/pools/:pool/providers', async visit => {
    const pool = await poolOf(visit)
    const found = await providersOf(visit.console.service, pool)
    const add = providerTypes.map(
      ([type, label]) => html`<a class="button small quiet" href="${newPath(pool, type)}">${label}</a>`,
    )
    return {
      title: 'Identity providers',
      section: 'pools',
      pool,
      tab: 'providers',
      body: html`${table<IdentityProvider>(
        'Identity providers',
        [
          {
            head: 'Name',
            cell: one => html`<a href="${providerPath(pool, one)}">${one.name}</a>`,
          },
          { head: 'Type', cell: ({ type }) => labelOf(type) },
          { head: 'Found at', cell: foundAt },
          {
            head: 'Mapping',
            cell: one =>
              html`<a href="${providerPath(pool, one)}#mapping">${Object.keys(one.mapping).length} attributes</a>`,
          },
        ],
        found,
        html`<p>None yet: people sign in with accounts of this pool.</p>`,
      )}<div class="two"><div class="stack">${card('Add an identity provider', html`<div class="inline">${add}</div>`)}${await federateCard(visit, pool)}</div>${asCall(visit, { operation: 'ListIdentityProviders', input: { MaxResults: 60 } }, pool)}</div>`,
    }
  }),
  show('/pools/:pool/providers/new', async visit => page(visit, await poolOf(visit))),
  act(
    '/pools/:pool/providers/new',
    async visit => {
      const pool = await poolOf(visit)
      const type = typeNamed(visit.query.type)
      const details = askedDetails(visit, type)
      const identifiers = askedIdentifiers(visit)
      const levels = askedAcrMapping(visit)
      const name = visit.form.ProviderName ?? ''
      if (visit.form.discover !== undefined)
        return page(visit, pool, { found: await foundOut(visit, pool, type) })
      if (visit.form.show !== undefined) return page(visit, pool)
      const mistakes = providerMistakes(
        { ProviderName: name, ProviderType: type, ProviderDetails: details },
        pool.schema,
        identifiers,
      )
      if (hasMistakes(mistakes)) return page(visit, pool, { mistakes })
      const {
        service,
        upstream: { prepare: discover },
      } = visit.console
      const provider = await createProvider({ clock: service.clock, store: service.store, discover }, pool, {
        name,
        type,
        details,
        identifiers,
        ...(Object.keys(levels).length === 0 ? {} : { acrMapping: levels }),
      })
      return {
        goTo: providerPath(pool, provider),
        said: `The identity provider ${name} is there. Now map its claims, and enable it in the settings of an app client.`,
      }
    },
    {
      again: async (visit, refusal) =>
        page(visit, await poolOf(visit), { problem: refusalBox(refusalOf(refusal)) }),
    },
  ),
]

/** The address that distinguishes a provider from others of its type. */
const foundAt = ({ details: { oidc_issuer, MetadataURL, MetadataFile } }: IdentityProvider): string =>
  oidc_issuer ?? MetadataURL ?? (MetadataFile === undefined ? '' : 'a metadata document')

const newPath = (pool: Pick<UserPool, 'id'>, type: string): string =>
  `${poolPath(pool, 'providers')}/new?type=${type}`

interface Said {
  readonly mistakes?: Mistakes
  readonly problem?: Html
  /** What the provider says of itself. */
  readonly found?: Html
}

async function page(
  visit: Visit,
  pool: UserPool,
  { mistakes = {}, problem, found }: Said = {},
): Promise<View> {
  const type = typeNamed(visit.query.type)
  const label = labelOf(type)
  return {
    title: `New ${label} provider`,
    section: 'pools',
    pool,
    tab: 'providers',
    trail: [{ label: 'Identity providers', href: poolPath(pool, 'providers') }],
    ...(hasMistakes(mistakes) ? { status: 400 } : {}),
    body: html`${problem}<div class="two">${card(
      label,
      form(visit, { action: newPath(pool, type) }, [
        field({
          name: 'ProviderName',
          label: 'Provider name',
          value: visit.form.ProviderName ?? (type === 'OIDC' || type === 'SAML' ? '' : type),
          required: true,
          placeholder: 'CorporateID',
          hint: 'Part of the name of each user who comes through it.',
          mistake: mistakes.ProviderName,
        }),
        ...detailFields(visit, type, { mistakes, offered: await offeredDetails(visit, pool, type) }),
        html`<div class="inline">${submit('Create provider')}${askButton(type)}${showAsCode}</div>`,
      ]),
    )}<div class="stack">${found}${toRegister(visit, pool, type)}${reachedAt(visit, type, askedDetails(visit, type))}${formAsCode(visit, newProvider(visit, type), pool)}</div></div>`,
  }
}

function newProvider(visit: Visit, type: ReturnType<typeof typeNamed>): Resource {
  const name = visit.form.ProviderName ?? (type === 'OIDC' || type === 'SAML' ? 'CorporateID' : type)
  const typed = askedDetails(visit, type)
  const details = Object.keys(typed).length === 0 ? exampleDetails(type) : typed
  const identifiers = askedIdentifiers(visit)
  const levels = askedAcrMapping(visit)
  return {
    operation: 'CreateIdentityProvider',
    name,
    input: {
      ProviderName: name,
      ProviderType: type,
      ProviderDetails: withoutSecrets(details),
      AttributeMapping: { email: usualClaim(type, 'email') },
      ...(Object.keys(levels).length === 0 ? {} : { AcrMapping: levels }),
      ...(identifiers.length === 0 ? {} : { IdpIdentifiers: identifiers }),
    },
  }
}

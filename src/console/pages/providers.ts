import type { DiscoveryAnswer } from '../../core/discovery-answer.js'
import { type IdentityProvider, oidcEndpoints } from '../../core/identity-provider.js'
import { discoveryDiagnoses } from '../../core/rules/doctor/surroundings.js'
import type { UserPool } from '../../core/user-pool.js'
import { type Resource, withoutSecrets } from '../../export/resources.js'
import { createProvider, providerRecord } from '../../flows/administration/providers.js'
import { providersOf } from '../../flows/directory/directory.js'
import { type Html, html } from '../../lib/html.js'
import { field, form, submit } from '../frame/forms.js'
import { hasMistakes, type Mistakes } from '../frame/mistakes.js'
import { poolPath, providerPath } from '../frame/navigation.js'
import { badge, card, facts, refusalBox, refusalOf, table } from '../frame/parts.js'
import { act, poolOf, show, type View, type Visit } from '../page.js'
import { asCall, formAsCode, showAsCode } from './as-code.js'
import { federateCard } from './federate.js'
import { askedDetails, detailFields, providerMistakes, providerTypes, typeNamed } from './provider-fields.js'

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
          {
            head: 'Type',
            cell: ({ type }) => type,
          },
          { head: 'Issuer', cell: ({ details }) => details.oidc_issuer ?? details.MetadataURL ?? '' },
          {
            head: 'Mapping',
            cell: one =>
              html`<a href="${providerPath(pool, one)}#mapping">${Object.keys(one.mapping).length} attributes</a>`,
          },
        ],
        found,
        html`<p>None yet: people sign in with accounts of this pool.</p>`,
      )}${card('Add an identity provider', html`<div class="inline">${add}</div>`)}${await federateCard(visit, pool)}${asCall({ operation: 'ListIdentityProviders', input: { MaxResults: 60 } }, pool)}`,
    }
  }),
  show('/pools/:pool/providers/new', async visit => page(visit, await poolOf(visit))),
  act(
    '/pools/:pool/providers/new',
    async visit => {
      const pool = await poolOf(visit)
      const type = typeNamed(visit.query.type)
      const details = askedDetails(visit, type)
      const name = visit.form.ProviderName ?? ''
      if (visit.form.discover !== undefined) {
        const answer = await visit.console.instruments.discover(details.oidc_issuer ?? '')
        return page(visit, pool, { answer })
      }
      if (visit.form.show !== undefined) return page(visit, pool)
      const mistakes = providerMistakes(
        { ProviderName: name, ProviderType: type, ProviderDetails: details },
        pool.schema,
      )
      if (hasMistakes(mistakes)) return page(visit, pool, { mistakes })
      const { service, prepare: discover } = visit.console
      const provider = await createProvider({ clock: service.clock, store: service.store, discover }, pool, {
        name,
        type,
        details,
        identifiers: [],
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

const newPath = (pool: Pick<UserPool, 'id'>, type: string): string =>
  `${poolPath(pool, 'providers')}/new?type=${type}`

interface Said {
  readonly mistakes?: Mistakes
  readonly problem?: Html
  readonly answer?: DiscoveryAnswer
}

function page(visit: Visit, pool: UserPool, { mistakes = {}, problem, answer }: Said = {}): View {
  const type = typeNamed(visit.query.type)
  const label = providerTypes.find(([known]) => known === type)?.[1] ?? type
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
        ...detailFields(visit, type, { mistakes }),
        html`<div class="inline">${submit('Create provider')}${
          type === 'OIDC' &&
          html`<button type="submit" name="discover" value="1" class="button small quiet" formnovalidate>Run discovery</button>`
        }${showAsCode}</div>`,
      ]),
    )}<div class="stack">${answer !== undefined && discovered(visit, pool, answer)}${formAsCode(visit, newProvider(visit, type), pool)}</div></div>`,
  }
}

function newProvider(visit: Visit, type: ReturnType<typeof typeNamed>): Resource {
  const name = visit.form.ProviderName ?? (type === 'OIDC' || type === 'SAML' ? 'CorporateID' : type)
  const details = askedDetails(visit, type)
  return {
    operation: 'CreateIdentityProvider',
    name,
    input: {
      ProviderName: name,
      ProviderType: type,
      ProviderDetails: withoutSecrets(details),
      AttributeMapping: { email: 'email' },
    },
  }
}

/** What the provider said of itself, and what is missing. */
function discovered(visit: Visit, pool: UserPool, answer: DiscoveryAnswer): Html {
  const details = askedDetails(visit, 'OIDC')
  const name = visit.form.ProviderName ?? 'the provider'
  const draft = providerRecord(pool, { name, type: 'OIDC', details, identifiers: [] }, 0)
  const wrong = [...discoveryDiagnoses(pool, draft, { answer, isByHand: false })]
  const problems = wrong.map(
    ({ because, remedy }) =>
      html`<div class="problem" role="alert"><p>${because}</p><p><strong>Remedy</strong> ${remedy}</p></div>`,
  )
  if ('failed' in answer) return card('Discovery', html`${problems}`, { id: 'discovery' })
  const asked = (details.authorize_scopes ?? '').split(' ')
  const unknown = answer.scopes.length === 0 ? [] : asked.filter(scope => !answer.scopes.includes(scope))
  return card(
    'Discovery',
    html`${problems}<p>${badge('found', 'good')} <code>${answer.url}</code></p>${facts([
      ['Issuer', answer.issuer ?? html`<span class="mistake">missing</span>`],
      ...oidcEndpoints.map(
        endpoint =>
          [endpoint, answer.endpoints[endpoint] ?? html`<span class="mistake">missing</span>`] as const,
      ),
      ['Scopes', answer.scopes.join(' ') || html`<span class="muted">not said</span>`],
      [
        'Not offered',
        unknown.length > 0 &&
          html`<span class="mistake">${unknown.join(' ')}: take them out, or let the provider offer them.</span>`,
      ],
      ['Claims', answer.claims.join(' ') || html`<span class="muted">not said</span>`],
    ])}`,
    { id: 'discovery' },
  )
}

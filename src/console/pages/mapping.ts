import { type AppClient, mayWrite } from '../../core/app-client.js'
import type { AttributeMapping } from '../../core/attribute-mapping.js'
import { type IdentityProvider, subjectClaims } from '../../core/identity-provider.js'
import { usualClaim } from '../../core/rules/doctor/mappings.js'
import type { SchemaAttribute, UserPool } from '../../core/user-pool.js'
import { type Html, html } from '../../lib/html.js'
import { form, submit } from '../frame/forms.js'
import { providerPath } from '../frame/navigation.js'
import { badge, card, table } from '../frame/parts.js'
import type { Visit } from '../page.js'

/** The attribute mapping of a provider: a claim for each attribute, with what will come of it. */

/** Attributes that are offered at once; the others are there when they are mapped, or required, or custom ones. */
const usual = ['email', 'email_verified', 'given_name', 'family_name', 'name', 'phone_number', 'picture']

/** Every attribute that can be mapped, required ones first. */
const mappable = (schema: readonly SchemaAttribute[]): SchemaAttribute[] => {
  const all = schema.filter(({ name }) => name !== 'sub')
  const rank = ({ name, required }: SchemaAttribute) =>
    required ? -1 : usual.includes(name) ? usual.indexOf(name) : usual.length
  return all.toSorted((one, other) => rank(one) - rank(other))
}

/** The mapping that the form says; what is not an attribute of the pool, such as `username`, stays. */
export const askedMapping = (
  { form: of }: Visit,
  { schema }: UserPool,
  before: AttributeMapping,
): AttributeMapping => {
  const attributes = mappable(schema).map(({ name }) => name)
  const others = Object.entries(before).filter(([name]) => !attributes.includes(name))
  const said = attributes.flatMap(name => {
    const claim = of[`claim:${name}`]?.trim()
    return claim === undefined || claim === '' ? [] : [[name, claim] as const]
  })
  return Object.fromEntries([...others, ...said])
}

interface Mapped {
  readonly pool: UserPool
  readonly known: IdentityProvider
  /** The clients that offer the provider. */
  readonly enabled: readonly AppClient[]
}

export function mappingCard(visit: Visit, mapped: Mapped): Html {
  const { pool, known } = mapped
  const { name, mapping, type } = known
  const isShown = (attribute: SchemaAttribute) =>
    attribute.required ||
    mapping[attribute.name] !== undefined ||
    attribute.name.includes(':') ||
    usual.includes(attribute.name)
  const all = mappable(pool.schema)
  const rest = all.filter(attribute => !isShown(attribute))
  return card(
    'Attribute mapping',
    form(visit, { action: `${providerPath(pool, { name })}/mapping`, className: 'stack' }, [
      html`<input type="hidden" name="mapping" value="sent">`,
      rows(visit, mapped, all.filter(isShown)),
      rest.length > 0 &&
        html`<details><summary>${rest.length} more attributes</summary>${rows(visit, mapped, rest)}</details>`,
      html`<p class="muted">The username is always made of <code>${subjectClaims[type]}</code>: <code>${name}_…</code>. A field that is left empty is not mapped.</p>`,
      submit('Save mapping'),
    ]),
    { id: 'mapping' },
  )
}

const rows = (visit: Visit, { known, enabled }: Mapped, attributes: readonly SchemaAttribute[]): Html =>
  table<SchemaAttribute>(
    `Attribute mapping of ${known.name}`,
    [
      {
        head: 'Attribute',
        cell: attribute => html`<code>${attribute.name}</code>${flags(attribute, known.mapping, enabled)}`,
      },
      {
        head: known.type === 'SAML' ? 'SAML attribute' : 'Claim',
        room: 'wide',
        cell: ({ name }) =>
          html`<div class="field"><input name="claim:${name}" aria-label="Claim for ${name}" value="${
            visit.form[`claim:${name}`] ??
            (visit.form.mapping === undefined ? known.mapping[name] : undefined) ??
            ''
          }" placeholder="${usualClaim(known.type, name)}" autocomplete="off" spellcheck="false"></div>`,
      },
    ],
    attributes,
    '',
  )

/** What will come of mapping an attribute. */
function flags(attribute: SchemaAttribute, mapping: AttributeMapping, enabled: readonly AppClient[]): Html {
  const isMapped = mapping[attribute.name] !== undefined
  const barred = enabled.filter(client => !mayWrite(client, attribute.name))
  return html`<span class="badges">${attribute.required && badge('required', isMapped ? 'good' : 'bad')}${
    !attribute.mutable && badge('immutable', isMapped ? 'bad' : 'plain')
  }${barred.map(client => badge(`${client.name} may not write it`, isMapped ? 'bad' : 'plain'))}</span>`
}

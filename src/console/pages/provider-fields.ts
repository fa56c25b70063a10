import { levels } from '../../core/assurance.js'
import type { ProviderType } from '../../core/identity.js'
import type { IdentityProvider } from '../../core/identity-provider.js'
import { providerFindings } from '../../core/rules/provider.js'
import { createIdentityProvider } from '../../core/shapes/identity-providers.js'
import type { SchemaAttribute } from '../../core/user-pool.js'
import { type Html, html } from '../../lib/html.js'
import { checkbox, type Field, field, select, textArea } from '../frame/forms.js'
import { type Mistakes, misshapen, mistakesOf } from '../frame/mistakes.js'
import type { Visit } from '../page.js'
import { type Detail, detailsOfType } from './provider-details.js'

/** The fields of a provider, and what a form with them says. */

type Details = Readonly<Record<string, string>>
type AcrMapping = NonNullable<IdentityProvider['acrMapping']>

/** What fields are filled with, apart from what was typed. */
interface About {
  readonly mistakes: Mistakes
  /** The details that are stored; undefined for a new provider. */
  readonly known?: Details | undefined
  readonly identifiers?: readonly string[]
  /** The provider's own names of levels of assurance, by `Level1` to `Level4`. */
  readonly acrMapping?: AcrMapping | undefined
  /** Values that are offered for a detail, by its name. */
  readonly offered?: Readonly<Record<string, readonly string[]>>
}

/** The fields of a form for a provider. Secrets that are stored are not shown, and stay where the field is left empty. */
export function detailFields(visit: Visit, type: ProviderType, about: About): Html[] {
  const { mistakes, known, identifiers = [] } = about
  const details = detailsOfType[type]
  const rare = details.filter(({ isRare }) => isRare)
  const isOpen = rare.some(({ name }) => (visit.form[name] ?? known?.[name]) !== undefined)
  const others = mistakes.ProviderDetails
  return [
    sentMark,
    ...details.filter(({ isRare }) => !isRare).map(detail => detailField(visit, detail, about)),
    ...(rare.length === 0
      ? []
      : [
          html`<details${isOpen && html` open`}><summary>Endpoints by hand</summary><div class="form"><p class="muted">All four, or none: left empty, they are found below the issuer.</p>${rare.map(detail => detailField(visit, detail, about))}</div></details>`,
        ]),
    ...(type === 'OIDC' ? [levelFields(visit, about)] : []),
    textArea({
      name: 'IdpIdentifiers',
      label: 'Identifiers',
      value: visit.form.IdpIdentifiers ?? (isSent(visit) ? '' : identifiers.join('\n')),
      rows: 2,
      hint: 'Other names to ask for the provider by, one a line: the mail domains of its users, for idp_identifier and the field of the sign-in page.',
      mistake: mistakes.IdpIdentifiers,
    }),
    ...(others === undefined ? [] : [html`<p class="mistake" role="alert">${others}</p>`]),
  ]
}

/** How the provider names the levels of step-up authentication; most have none. */
function levelFields(visit: Visit, { acrMapping }: About): Html {
  const value = (level: string) => visit.form[level] ?? (isSent(visit) ? undefined : acrMapping?.[level])
  const names = levels.map(level => `Level${level}`)
  const isOpen = names.some(level => value(level) !== undefined)
  return html`<details${isOpen && html` open`}><summary>Levels of assurance</summary><div class="form"><p class="muted">The provider’s own <code>acr</code> values. An app that asks this pool for a level sends the user there with the value of that level; without one, the provider is not asked for it.</p>${levels.map(
    level => field({ name: `Level${level}`, label: `Level ${level}`, value: value(`Level${level}`) }),
  )}</div></details>`
}

/** What the form says of levels: those that are named. */
export const askedAcrMapping = ({ form: of }: Visit): AcrMapping =>
  Object.fromEntries(
    levels.flatMap(level => {
      const value = of[`Level${level}`]?.trim()
      return value === undefined || value === '' ? [] : [[`Level${level}`, value]]
    }),
  )

/** Whether the page answers a form with these fields: what is empty there was left empty. */
const isSent = ({ form }: Visit): boolean => form.details !== undefined
const sentMark: Html = html`<input type="hidden" name="details" value="sent">`

function detailField(visit: Visit, detail: Detail, { mistakes, known, offered = {} }: About): Html {
  const { name, label, hint, kind, isSecret = false, isOptional = false, files } = detail
  const isNew = known === undefined
  const stored = isSecret ? undefined : (known?.[name] ?? (isNew ? detail.value : undefined))
  const value = visit.form[name] ?? (isSent(visit) ? undefined : stored)
  if (kind === 'switch')
    return checkbox({
      name,
      label,
      hint,
      value: detail.ticked ?? 'true',
      ticked: value !== undefined && value !== 'false',
    })
  const about: Field = {
    name,
    label,
    value,
    mistake: mistakes[name],
    required: !isOptional && (isNew || !isSecret),
    hint: isSecret && !isNew ? 'Left empty, it stays as it is.' : hint,
  }
  if (kind === 'choice')
    return select({ ...about, options: (detail.choices ?? []).map(choice => [choice, choice] as const) })
  if (kind === 'lines') return textArea({ ...about, rows: 5, ...(files === undefined ? {} : { files }) })
  return field({
    ...about,
    ...(isSecret ? { type: 'password' as const } : {}),
    ...(offered[name] === undefined ? {} : { offered: offered[name] }),
  })
}

/**
 * What the form says of the details. Secrets that are left empty stay, and so does what no form asks for.
 * @param known the details that are stored, without what was found out
 */
export function askedDetails(
  { form: of }: Visit,
  type: ProviderType,
  known: Details = {},
): Record<string, string> {
  const asked = detailsOfType[type]
  const others = Object.entries(known).filter(([name]) => !asked.some(detail => detail.name === name))
  const said = asked.flatMap(({ name, kind, ticked, isSecret }) => {
    const isOff = kind === 'switch' && ticked === undefined && known[name] !== undefined
    const value = of[name] ?? (isSecret ? known[name] : isOff ? 'false' : undefined)
    return value === undefined ? [] : [[name, value.trim()] as const]
  })
  return Object.fromEntries([...others, ...said])
}

export const askedIdentifiers = ({ form: { IdpIdentifiers = '' } }: Visit): string[] =>
  IdpIdentifiers.split('\n')
    .map(line => line.trim())
    .filter(line => line !== '')

export const providerMistakes = (
  asked: Parameters<typeof providerFindings>[0],
  schema: readonly SchemaAttribute[],
  identifiers: readonly string[] = [],
): Mistakes => {
  const { member } = createIdentityProvider.members.IdpIdentifiers
  const odd = identifiers
    .map(one => misshapen('IdpIdentifiers', member, one))
    .find(found => found.IdpIdentifiers)
  return {
    ...mistakesOf(providerFindings(asked, schema)),
    ...misshapen('ProviderName', createIdentityProvider.members.ProviderName.required, asked.ProviderName),
    ...odd,
  }
}

import type { SchemaAttribute } from '../../core/user-pool.js'
import { type Html, html } from '../../lib/html.js'
import { classesOf, type Look } from '../look/look.js'
import type { Words } from '../words/english.js'
import { field, type Mistake } from './parts.js'

/** An attribute that a page asks for. */
export interface AskedAttribute {
  /** The attribute's name in the schema: `given_name`, `custom:team`. */
  readonly name: string
  /** What the schema says of its values; text where it is not given. */
  readonly schema?: Pick<SchemaAttribute, 'type' | 'min' | 'max'> | undefined
  /** What was entered before a mistake. */
  readonly value?: string | undefined
  readonly optional?: boolean
}

/** The name of the field for an attribute (docs/facts/hosted-pages.md §4.2). */
export const fieldNameOf = (attribute: string): string => `requiredAttributes[${attribute}]`

/** The name of the field for the country in front of a phone number. */
export const countryFieldOf = (attribute: string): string => `country[${attribute}]`

/** A country that a phone number may begin with. */
export interface Country {
  /** With its plus: `+49`. */
  readonly code: string
  readonly name: string
  readonly isPreset: boolean
}

/** What fields for attributes show beside them. */
export interface AttributeFields {
  readonly look: Look
  readonly mistakes: readonly Mistake[]
  readonly isSaidElsewhere: boolean
  readonly focus?: string | undefined
  /** For phone numbers, at managed login. */
  readonly countries?: readonly Country[] | undefined
}

/** A labelled input that fits the attribute: dates, numbers, addresses, choices. */
export function attributeField(
  { look, mistakes, isSaidElsewhere, focus, countries }: AttributeFields,
  { name, schema, value, optional = false }: AskedAttribute,
  words: Words,
): Html {
  const known = Object.hasOwn(inputs, name) ? (inputs[name] ?? {}) : inputOfType(schema)
  const input = field(look, {
    name: fieldNameOf(name),
    label: labelOf(name, words),
    type: known.type ?? 'text',
    value,
    optional,
    autocomplete: known.autocomplete ?? 'off',
    focus: focus === fieldNameOf(name),
    mistakes: mistakes.filter(mistake => mistake.field === fieldNameOf(name)),
    isSaidElsewhere,
    more: html`${known.placeholder !== undefined && html` placeholder="${known.placeholder}"`}${limits(schema)}`,
    ...(known.type === 'boolean'
      ? { control: (attributes: Html) => yesOrNo(look, attributes, value, words) }
      : {}),
  })
  return name === 'phone_number' && countries !== undefined
    ? html`<div class="phone">${countryField(look, countries, words)}${input}</div>`
    : input
}

/** What a user reads for an attribute. */
const labelOf = (name: string, { attributes }: Words): string =>
  Object.hasOwn(attributes, name) ? attributes[name as keyof typeof attributes] : inWords(name)

/** `custom:cost_centre` → `Cost centre`. */
function inWords(attribute: string): string {
  const words = attribute.replace(/^(dev:)?custom:/, '').replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

const limits = (schema: AskedAttribute['schema']): Html | undefined => {
  const { type, min, max } = schema ?? {}
  if (type === 'Number')
    return html`${min !== undefined && html` min="${min}"`}${max !== undefined && html` max="${max}"`}`
  return type === 'String' && max !== undefined ? html` maxlength="${max}"` : undefined
}

const yesOrNo = (look: Look, attributes: Html, value: string | undefined, { common }: Words): Html =>
  html`<select class="${classesOf(look).input}"${attributes}><option value=""></option><option value="true"${value === 'true' && html` selected`}>${common.yes}</option><option value="false"${value === 'false' && html` selected`}>${common.no}</option></select>`

const countryField = (look: Look, countries: readonly Country[], { common }: Words): Html =>
  field(look, {
    name: countryFieldOf('phone_number'),
    label: common.country,
    autocomplete: 'tel-country-code',
    control: attributes =>
      html`<select class="${classesOf(look).input}"${attributes}>${countries.map(
        ({ code, name, isPreset }) =>
          html`<option value="${code}"${isPreset && html` selected`}>${code} ${name}</option>`,
      )}</select>`,
  })

interface Input {
  readonly type?: string
  readonly autocomplete?: string
  readonly placeholder?: string
}

/** The input for a custom attribute. */
function inputOfType(schema: AskedAttribute['schema']): Input {
  switch (schema?.type) {
    case 'Number':
      return { type: 'number' }
    case 'Boolean':
      return { type: 'boolean' }
    case 'DateTime':
      return { type: 'datetime-local' }
    default:
      return {}
  }
}

/** What the standard attributes tell browsers. */
const inputs: Readonly<Record<string, Input>> = {
  name: { autocomplete: 'name' },
  given_name: { autocomplete: 'given-name' },
  family_name: { autocomplete: 'family-name' },
  middle_name: { autocomplete: 'additional-name' },
  nickname: { autocomplete: 'nickname' },
  preferred_username: { autocomplete: 'username' },
  email: { type: 'email', autocomplete: 'email', placeholder: 'name@host.com' },
  phone_number: { type: 'tel', autocomplete: 'tel', placeholder: '+14155550100' },
  birthdate: { type: 'date', autocomplete: 'bday' },
  gender: { autocomplete: 'sex' },
  address: { autocomplete: 'street-address' },
  website: { type: 'url', autocomplete: 'url', placeholder: 'https://example.com' },
  picture: { type: 'url', autocomplete: 'photo', placeholder: 'https://example.com/me.png' },
  profile: { type: 'url', placeholder: 'https://example.com/me' },
  locale: { autocomplete: 'language', placeholder: 'en-GB' },
  zoneinfo: { placeholder: 'Europe/Paris' },
  updated_at: { type: 'number' },
}

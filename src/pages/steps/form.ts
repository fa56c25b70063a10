import type { Refusal } from '../../core/refusal.js'
import type { UserPool } from '../../core/user-pool.js'
import type { Parameters } from '../../flows/authorization/authorization-request.js'
import { withQuery } from '../../lib/url.js'
import type { Step } from '../step.js'
import { type Country, countryFieldOf, fieldNameOf } from '../views/attribute-fields.js'
import type { Mistake } from '../views/parts.js'
import type { UsernameKind } from '../views/sign-in-page.js'

/** What the forms of several pages have in common. */

/** What the user name is in a pool (docs/facts/hosted-pages.md §7). */
export function usernameKindOf({ settings: { UsernameAttributes = [] } }: UserPool): UsernameKind {
  const email = UsernameAttributes.includes('email')
  const phone = UsernameAttributes.includes('phone_number')
  if (email) return phone ? 'emailOrPhoneNumber' : 'email'
  return phone ? 'phoneNumber' : 'username'
}

/** A refusal beside the field that it is about. */
export const mistakeOf = (
  { told, explanation }: Pick<Refusal, 'told' | 'explanation'>,
  field?: string | undefined,
): Mistake => ({ text: told, why: explanation, ...(field === undefined ? {} : { field }) })

/** The attributes in a form: fields `requiredAttributes[<name>]`, and the older `requiredAttributes.<name>`. */
export function attributesIn(form: Parameters): Record<string, string> {
  const attributes: Record<string, string> = {}
  for (const [field, value = ''] of Object.entries(form)) {
    const [, bracketed, dotted] = /^requiredAttributes(?:\[(.+)\]|\.(.+))$/.exec(field) ?? []
    const name = bracketed ?? dotted
    if (name !== undefined) attributes[name] = completed(form, name, value.trim())
  }
  return attributes
}

/** A phone number as the pool wants it, with the country that was chosen beside it; a time with its zone. */
function completed(form: Parameters, name: string, value: string): string {
  if (name === 'phone_number' && value !== '') {
    const digits = value.replaceAll(/[\s()./-]/g, '')
    const country = form[countryFieldOf(name)]
    return digits.startsWith('+') || country === undefined ? digits : `${country}${digits.replace(/^0/, '')}`
  }
  return /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/.test(value) ? `${value}:00Z` : value
}

/** The field that a refusal about an attribute is about, as far as its words tell. */
export const attributeFieldIn = (told: string, names: readonly string[]): string | undefined => {
  const named = names.find(name => new RegExp(`\\b${name.replace(/[.:]/g, '\\$&')}\\b`).test(told))
  return named === undefined ? undefined : fieldNameOf(named)
}

/** The countries whose codes a phone number may begin with, called as the page's language does. */
export async function countriesFor({ language, request }: Step): Promise<readonly Country[]> {
  const { getCountries, getCountryCallingCode } = await import('libphonenumber-js/min')
  const names = new Intl.DisplayNames([language], { type: 'region' })
  const [, region] = /-([a-z]{2})\b/i.exec(request.headers['accept-language'] ?? '') ?? []
  const preset = region?.toUpperCase() ?? 'US'
  return getCountries()
    .map(country => ({
      code: `+${getCountryCallingCode(country)}`,
      name: names.of(country) ?? country,
      isPreset: country === preset,
    }))
    .toSorted((one, other) => one.name.localeCompare(other.name, language))
}

/** Where Rockpool shows what it would have sent to a user. */
export const outboxOf = ({ service }: Step, username: string): string =>
  withQuery(`${service.base}/_rockpool/messages`, { username })

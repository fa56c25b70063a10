import type { Claims } from '../../core/attribute-mapping.js'
import type { SocialKind } from './social.js'
import { idTokenOf, profileAt, redeemed } from './token-call.js'

/** The fields of Google's People API that can be mapped; all else is in the ID token [guess]. */
const peopleFields = ['names', 'genders', 'gender', 'birthdays', 'phoneNumbers']

export const google: SocialKind = {
  async claims(redemption) {
    const tokens = await redeemed(redemption)
    const idToken = await idTokenOf(redemption, tokens)
    const { mapping, details } = redemption.provider
    const fields = [...new Set(Object.values(mapping).filter(name => peopleFields.includes(name)))]
    if (fields.length === 0) return { tokens, idToken, profile: {} }
    const url = `${details.attributes_url}${fields.join(',')}`
    const profile = await profileAt(redemption, url, tokens.access_token)
    return { tokens, idToken, profile: flat(profile) }
  },
}

/** Each field is a list of entries: the primary one counts, by its name, number, value or date [guess]. */
const flat = (person: Claims): Claims =>
  Object.fromEntries(
    Object.entries(person).flatMap(([name, entries]) => {
      if (!Array.isArray(entries)) return []
      const text = entryText(entries.find(entry => entry?.metadata?.primary) ?? entries[0])
      return text === undefined ? [] : [[name, text]]
    }),
  )

function entryText(entry: Record<string, unknown> | undefined): string | undefined {
  const { displayName, canonicalForm, value, date } = entry ?? {}
  const text = displayName ?? canonicalForm ?? value
  if (typeof text === 'string') return text
  if (typeof date !== 'object' || date === null) return undefined
  const { year, month, day } = date as Record<string, number>
  return [year, month, day].map(part => String(part ?? '').padStart(2, '0')).join('-')
}

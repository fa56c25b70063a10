import { createHmac } from 'node:crypto'

/** Other values in the place of personal ones: the same value always has the same pseudonym in one import, so links hold. */
export interface Pseudonyms {
  /** For the value of an attribute; undefined: the attribute is left out. */
  attribute(name: string, value: string): string | undefined
  /** For a username: only those that are an address or a number are replaced. */
  username(name: string): string
}

/** Attributes that are no personal data: they stay. */
const plain = new Set([
  'sub',
  'email_verified',
  'phone_number_verified',
  'locale',
  'zoneinfo',
  'identities',
  'updated_at',
])

const givenNames =
  'Ada Basil Cora Dorian Edda Felix Greta Hugo Ines Jonas Kira Levi Mara Nils Olga Pavel Quinn Rosa Silas Thea'.split(
    ' ',
  )
const familyNames =
  'Abalone Barnacle Cockle Dogfish Eelgrass Flounder Gannet Halibut Isopod Jellyfish Kelp Limpet Mussel Nautilus Oyster Plover Quahog Razorbill Seahorse Tern'.split(
    ' ',
  )

/**
 * @param key a secret of this import, which is not kept: nobody can try out which value a pseudonym stands for
 * @param kept attributes that stay as they are, besides those that are no personal data
 */
export function pseudonymsBy(key: Uint8Array, kept: readonly string[]): Pseudonyms {
  const digest = (value: string) => createHmac('sha256', key).update(value.toLowerCase()).digest()
  const hex = (value: string) => digest(value).toString('hex').slice(0, 8)
  const pick = (words: readonly string[], value: string) =>
    words[(digest(value)[0] ?? 0) % words.length] ?? ''
  const email = (value: string) => `user-${hex(value)}@example.invalid`
  const phone = (value: string) =>
    `+1555${String(digest(value).readUInt32BE(0) % 10_000_000).padStart(7, '0')}`
  const names: Readonly<Record<string, (value: string) => string>> = {
    email,
    phone_number: phone,
    given_name: value => pick(givenNames, value),
    middle_name: value => pick(givenNames, value),
    nickname: value => pick(givenNames, value),
    family_name: value => pick(familyNames, value),
    name: value => `${pick(givenNames, value)} ${pick(familyNames, value)}`,
    preferred_username: value => `user-${hex(value)}`,
  }
  return {
    attribute: (name, value) => (plain.has(name) || kept.includes(name) ? value : names[name]?.(value)),
    username: name => (name.includes('@') ? email(name) : /^\+\d+$/.test(name) ? phone(name) : name),
  }
}

/** Everything as it is. */
export const noPseudonyms: Pseudonyms = { attribute: (_name, value) => value, username: name => name }

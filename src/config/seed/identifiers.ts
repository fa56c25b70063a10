import { hash } from 'node:crypto'
import { base32Hex } from '../../core/ports/chance.js'
import type { Draft } from '../../core/rules/finding.js'
import type { ClientSeed, PoolSeed, UserSeed } from './shape.js'

/**
 * Ids and secrets that a seed leaves open, derived from names, so that every start and every machine has the same
 * ones and an app can be configured once. This is insecure on purpose: anybody who knows the names knows the secrets.
 */

export const poolIdOf = ({ Id, PoolName = '' }: Draft<PoolSeed>): string =>
  Id ?? `us-east-1_${derived(9, base62, 'pool', PoolName)}`

export const clientIdOf = (pool: Draft<PoolSeed>, { ClientId, ClientName = '' }: Draft<ClientSeed>): string =>
  ClientId ?? derived(26, base32Hex, 'client', pool.PoolName ?? '', ClientName)

/** None for a public client. */
export function clientSecretOf(pool: Draft<PoolSeed>, client: Draft<ClientSeed>): string | undefined {
  if (client.ClientSecret !== undefined || client.GenerateSecret !== true) return client.ClientSecret
  return derived(51, base32Hex, 'secret', pool.PoolName ?? '', client.ClientName ?? '')
}

/** In the layout of a UUID. */
export function subOf(pool: Draft<PoolSeed>, { Sub, Username = '' }: Draft<UserSeed>): string {
  if (Sub !== undefined) return Sub
  const digits = derived(32, '0123456789abcdef', 'sub', pool.PoolName ?? '', Username)
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

/** The id of a look or of terms: a UUID of version 4 by its form, as the API's own. */
export const documentIdOf = (...names: string[]): string =>
  derived(32, '0123456789abcdef', 'document', ...names).replace(
    /^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/,
    '$1-$2-4$3-8$4-$5',
  )

const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

function derived(length: number, alphabet: string, ...names: string[]): string {
  const bytes = hash('sha512', names.join('\n'), 'buffer')
  return Array.from({ length }, (_, index) => alphabet[(bytes[index] ?? 0) % alphabet.length]).join('')
}

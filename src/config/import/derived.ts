import { createHash } from 'node:crypto'

/**
 * Ids and secrets that an input leaves to AWS, derived from the stack's name and the resource's, so that every start and
 * every machine has the same ones.
 */

const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const base36 = '0123456789abcdefghijklmnopqrstuvwxyz'

/** The address of a resource: kind, then stack and logical id, or a Terraform address. */
type Names = readonly string[]

export const derivedPoolId = (region: string, ...names: Names): string =>
  `${region}_${derived(9, base62, 'pool', ...names)}`
export const derivedClientId = (...names: Names): string => derived(26, base36, 'client', ...names)
export const derivedSecret = (...names: Names): string => derived(51, base36, 'secret', ...names)
/** The suffix of names that CloudFormation generates: `<LogicalId>-<12 letters and digits>`. */
export const derivedSuffix = (...names: Names): string => derived(12, base62, 'name', ...names)

/** In the layout of a UUID. */
export const derivedUuid = (...names: Names): string =>
  derived(32, '0123456789abcdef', 'uuid', ...names).replace(
    /^(.{8})(.{4})(.{4})(.{4})(.{12})$/,
    '$1-$2-$3-$4-$5',
  )

function derived(length: number, alphabet: string, ...names: Names): string {
  const bytes = createHash('sha512').update(names.join('\n')).digest()
  return Array.from({ length }, (_, index) => alphabet[(bytes[index] ?? 0) % alphabet.length]).join('')
}

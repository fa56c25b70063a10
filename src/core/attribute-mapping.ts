/** Pool attribute → the provider's claim that fills it (docs/facts/oauth-and-federation.md §8.5). */
export type AttributeMapping = { readonly [attribute: string]: string }

/** What a provider says of a user: its claims, unmapped. */
export type Claims = { readonly [claim: string]: unknown }

/** One row of the mapping as it was applied, for the person who wonders where a value came from. */
export interface MappedAttribute {
  readonly attribute: string
  readonly claim: string
  /** The text that is stored; undefined when the provider did not send the claim. */
  readonly value: string | undefined
}

/**
 * Applies a mapping. A claim that was not sent yields no value: what is stored stays. The row for `username` is
 * left out, because the subject alone decides it (§8.5).
 */
export const mapClaims = (mapping: AttributeMapping, claims: Claims): MappedAttribute[] =>
  Object.entries(mapping)
    .filter(([attribute]) => attribute !== 'username')
    .map(([attribute, claim]) => ({
      attribute,
      claim,
      // Own members only: no object sends a claim called "constructor" by being one.
      value: Object.hasOwn(claims, claim) ? asText(claims[claim]) : undefined,
    }))

/** A claim as a user attribute holds it: text, numbers and booleans spelled out, lists and objects as §8.5 says. */
function asText(claim: unknown): string | undefined {
  if (claim === undefined || claim === null) return undefined
  if (typeof claim === 'string') return claim
  if (Array.isArray(claim)) return listText(claim)
  if (typeof claim === 'object') return JSON.stringify(claim)
  return String(claim)
}

/**
 * A list becomes one text, `[a, b]`. Where it has several values, those with characters other than letters,
 * digits, `.`, `-`, `*` and `_` are form-URL-encoded one by one.
 */
function listText(values: readonly unknown[]): string {
  const texts = values.map(value => asText(value) ?? '')
  const encoded = texts.length > 1 ? texts.map(formEncodeIfNeeded) : texts
  return `[${encoded.join(', ')}]`
}

const formEncodeIfNeeded = (value: string): string =>
  /^[\p{L}\p{N}.*_-]*$/u.test(value) ? value : new URLSearchParams([['', value]]).toString().slice(1)

export type Claims = { readonly [claim: string]: unknown }

/** A signed token as anybody can read it. */
export interface Decoded {
  readonly header: Claims
  readonly claims: Claims
}

/** Reads a signed token without verifying it; undefined for an opaque one. */
export function decoded(token: string): Decoded | undefined {
  const [header, claims, signature, ...rest] = token.split('.')
  if (header === undefined || claims === undefined || signature === undefined || rest.length > 0) return
  const read = { header: parsed(header), claims: parsed(claims) }
  return read.header && read.claims && { header: read.header, claims: read.claims }
}

function parsed(part: string): Claims | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString())
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Claims)
      : undefined
  } catch {
    return undefined
  }
}

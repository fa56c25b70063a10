import { createHash, createHmac } from 'node:crypto'
import { ensure } from '../core/refusal.js'
import { sameSecret } from '../lib/secrets.js'
import type { OperationName } from './operations.js'
import { invalidParameter } from './refusals.js'

/**
 * Pagination tokens: opaque, and bound to the rest of the request. What they hold is where the next page begins; one
 * that was altered, or comes with another request, is refused (docs/facts/user-pools-api.md §1.7).
 */

/** Which listing, and with which input. */
type Asked = readonly [listing: OperationName, input: object]

/** Where the page begins that a token stands for; undefined without a token. */
function pageStart(token: string | undefined, request: Asked): string | undefined {
  if (token === undefined) return undefined
  const [, position, seal] = /^([\w-]+)\.([\w-]{43})$/.exec(token) ?? []
  ensure(position !== undefined && seal !== undefined, () =>
    invalidParameter('Invalid pagination token.', 'Send a token as an earlier page gave it.'),
  )
  ensure(sameSecret(seal, sealOf(position, request)), () =>
    invalidParameter('Paging Marker is Invalid for Request', 'Send the token with the request it came from.'),
  )
  return Buffer.from(position, 'base64url').toString()
}

/** A token for the page after a key. */
function pageToken(after: string, request: Asked): string {
  const position = Buffer.from(after).toString('base64url')
  return `${position}.${sealOf(position, request)}`
}

/** The request without what may differ from page to page. */
function sealOf(position: string, [listing, input]: Asked): string {
  const {
    NextToken: _next,
    PaginationToken: _pagination,
    Limit: _limit,
    MaxResults: _max,
    ...rest
  } = input as Record<string, unknown>
  const digest = createHash('sha256')
    .update(JSON.stringify([listing, rest]))
    .digest()
  return createHmac('sha256', digest).update(position).digest('base64url')
}

/**
 * One page of items that are read in the order of their keys.
 * @param read gives at most `limit` items whose keys come after `after`
 */
export async function page<T extends { readonly key: string }>(
  listing: OperationName,
  input: object,
  token: string | undefined,
  limit: number,
  read: (page: { after?: string; limit: number }) => Promise<readonly T[]>,
): Promise<{ items: T[]; next: string | undefined }> {
  const request: Asked = [listing, input]
  const after = pageStart(token, request)
  const items = await read({ ...(after === undefined ? {} : { after }), limit: limit + 1 })
  const shown = items.slice(0, limit)
  const last = shown.at(-1)
  return { items: shown, next: items.length > limit && last ? pageToken(last.key, request) : undefined }
}

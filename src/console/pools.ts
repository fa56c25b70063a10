import * as collections from '../core/collections.js'
import type { UserPool } from '../core/user-pool.js'
import type { Service } from '../flows/service.js'

/** One page of the pools, in the order of their ids. `next` is where the page after it begins. */
export async function somePools(
  { store }: Pick<Service, 'store'>,
  { after, limit }: { readonly after?: string | undefined; readonly limit: number },
): Promise<{ readonly items: readonly UserPool[]; readonly next: string | undefined }> {
  const found = await store.list(collections.pools, {
    ...(after === undefined ? {} : { after }),
    limit: limit + 1,
  })
  const shown = found.slice(0, limit)
  return {
    items: shown.map(({ record }) => record),
    next: found.length > limit ? shown.at(-1)?.key : undefined,
  }
}

import type { PoolDocument } from '../../core/pool-document.js'
import { ensureSound } from '../../core/rules/finding.js'
import { type ClassicLook, classicLookFindings, pagesFindings } from '../../core/rules/look.js'
import { hasDomain, type UserPool } from '../../core/user-pool.js'
import type { Service } from '../service.js'
import { keepDocument } from './documents.js'

/** The writer of sheet and logo of the classic pages. */

/** A look as it is kept: `Served` is the sheet as browsers get it. */
export const classicLookValue = (
  { CSS, ImageFile }: ClassicLook,
  served: string | undefined,
): PoolDocument['value'] => ({
  ...(CSS === undefined ? {} : { CSS }),
  ...(served === undefined ? {} : { Served: served }),
  ...(ImageFile ? { Logo: ImageFile } : {}),
})

/**
 * Replaces sheet and logo together, of a client or (`ALL`) of every client without a look of its own.
 * @throws Refusal when the pool has no domain, or sheet or logo are wrong
 */
export async function setClassicLook(
  service: Service,
  pool: UserPool,
  clientId: string,
  look: ClassicLook,
): Promise<PoolDocument> {
  ensureSound(pagesFindings({ name: pool.name, hasDomain: hasDomain(pool) }))
  const { findings, served } = await classicLookFindings(look)
  ensureSound(findings)
  return keepDocument(service, pool, 'ui-customization', clientId, classicLookValue(look, served))
}

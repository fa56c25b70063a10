import { provisionedLimits } from '../../core/collections.js'
import type { Ports } from '../../core/ports/ports.js'
import { keyOf, put } from '../../core/ports/store.js'
import { ensureSound } from '../../core/rules/finding.js'
import { freeLimits, limitFindings, limitValueFindings } from '../../core/rules/provisioned-limit.js'

/** The writer of provisioned limits. They are kept and given back; no request is counted against them. */

/** What tells one limit from another, in the service's words: a `Category`. */
type LimitAttributes = Readonly<Record<string, string>>

/** Requests a second: what the account has, and what it would have without asking. */
export interface ProvisionedLimit {
  readonly value: number
  readonly free: number
}

/** @throws Refusal when there is no such limit */
export async function provisionedLimitOf(
  { store }: Pick<Ports, 'store'>,
  region: string,
  attributes: LimitAttributes,
): Promise<ProvisionedLimit> {
  const { category, free } = limitOf(attributes)
  const kept = await store.get(provisionedLimits, keyOf(region, category))
  return { value: kept?.record.value ?? free, free }
}

/** @throws Refusal when there is no such limit, or it cannot have this value */
export async function setProvisionedLimit(
  { store }: Pick<Ports, 'store'>,
  region: string,
  attributes: LimitAttributes,
  value: number,
): Promise<ProvisionedLimit> {
  const { category, free } = limitOf(attributes)
  ensureSound(limitValueFindings(category, value))
  await store.commit(put(provisionedLimits, keyOf(region, category), { value }))
  return { value, free }
}

function limitOf(attributes: LimitAttributes) {
  ensureSound(limitFindings(attributes))
  const { Category: category = '' } = attributes
  return { category, free: freeLimits[category] ?? 0 }
}

import type { Ports } from '../../core/ports/ports.js'
import type { Stored } from '../../core/ports/store.js'
import { ensureSound } from '../../core/rules/finding.js'
import { tagFindings } from '../../core/rules/tags.js'
import type { UserPool } from '../../core/user-pool.js'
import { changePool } from './pools.js'

/** The tags of a pool. */

type Needs = Pick<Ports, 'clock' | 'store'>

/** @throws Refusal for a reserved key, and for too many tags */
export async function tagPool(
  ports: Needs,
  stored: Stored<UserPool>,
  added: Readonly<Record<string, string>>,
): Promise<void> {
  const { settings } = stored.record
  ensureSound(tagFindings(added, settings.UserPoolTags))
  const UserPoolTags = { ...settings.UserPoolTags, ...added }
  await changePool(ports, stored, { settings: { ...settings, UserPoolTags } })
}

/** Takes tags away. A key that the pool does not have changes nothing. */
export async function untagPool(
  ports: Needs,
  stored: Stored<UserPool>,
  keys: readonly string[],
): Promise<void> {
  const { settings } = stored.record
  const kept = Object.entries(settings.UserPoolTags ?? {}).filter(([key]) => !keys.includes(key))
  await changePool(ports, stored, { settings: { ...settings, UserPoolTags: Object.fromEntries(kept) } })
}

import type { Journey } from '../../core/challenge-session.js'
import { devices } from '../../core/collections.js'
import { challengesDevices, deviceRecordKey, remembersOnPrompt } from '../../core/device.js'
import { insert } from '../../core/ports/store.js'
import type { User } from '../../core/user.js'
import type { UserPool } from '../../core/user-pool.js'
import { fingerprint, sameSecret } from '../../lib/secrets.js'
import type { Service } from '../service.js'
import { deviceNamed } from './devices.js'

/**
 * Browsers that users have had remembered at the hosted pages: there a second factor is not asked for again. A browser proves
 * itself by a secret that only it keeps; at the API it is listed and forgotten as any device, and proves nothing.
 */

/** Whether the pages offer it: where the pool trusts devices, and wants users to be asked. */
export const offersToRemember = (pool: UserPool): boolean =>
  challengesDevices(pool) && remembersOnPrompt(pool)

/**
 * Remembers a browser.
 * @param address from which the user signs in
 * @returns what the browser keeps
 */
export async function rememberBrowser(
  service: Service,
  pool: UserPool,
  { sub }: Pick<User, 'sub'>,
  address: string,
): Promise<string> {
  const { chance, clock, store } = service
  const secret = chance.bytes(24).toString('base64url')
  const now = clock.now()
  const { deviceKey, groupKey } = deviceNamed(chance, pool)
  const device = {
    poolId: pool.id,
    sub,
    deviceKey,
    groupKey,
    browser: fingerprint(secret),
    isRemembered: true,
    address,
    createdAt: now,
    modifiedAt: now,
    authenticatedAt: now,
  }
  await store.commit(insert(devices, deviceRecordKey(pool, deviceKey), device))
  return `${deviceKey}.${secret}`
}

/** The journey of a sign-in at the pages, in a browser that keeps something or nothing. */
export async function journeyInBrowser(
  { store }: Service,
  pool: UserPool,
  kept: string | undefined,
): Promise<Journey> {
  const [deviceKey, secret] = kept?.split('.') ?? []
  if (deviceKey === undefined || secret === undefined) return { atPages: true }
  const browser = (await store.get(devices, deviceRecordKey(pool, deviceKey)))?.record.browser
  const isProven = browser !== undefined && sameSecret(fingerprint(secret), browser)
  return { atPages: true, ...(isProven && { browser: deviceKey }) }
}

/** Whether a sign-in is in a browser that remembers this very user, and whose device nobody has forgotten since. */
export async function isInRememberedBrowser(
  { store }: Service,
  { pool, journey: { browser } }: { readonly pool: UserPool; readonly journey: Journey },
  { sub }: Pick<User, 'sub'>,
): Promise<boolean> {
  if (browser === undefined || !challengesDevices(pool)) return false
  const device = (await store.get(devices, deviceRecordKey(pool, browser)))?.record
  return device?.sub === sub && device.isRemembered
}

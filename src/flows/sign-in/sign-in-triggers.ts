import type { AppClient } from '../../core/app-client.js'
import type { Journey } from '../../core/challenge-session.js'
import { tracksDevices } from '../../core/device.js'
import type { User } from '../../core/user.js'
import type { UserPool } from '../../core/user-pool.js'
import { ensureAddressAllowed } from '../history/threat-protection.js'
import type { Service } from '../service.js'
import { attributesInEvents, callTrigger, type ForTriggers } from '../triggers.js'
import { shownDevice } from './devices.js'

/** The triggers around a sign-in (docs/facts/user-pools-api.md §5.2, §5.3). */

/** A sign-in that begins: with a user, or with a name that no user has. */
export interface Beginning {
  readonly username: string
  readonly user?: User | undefined
}

/** Asks threat protection, and then the pool's trigger, whether a sign-in may begin. Also called for unknown usernames, if the client hides which users exist (§3.12). */
export async function preAuthentication(
  service: Service,
  pool: UserPool,
  client: AppClient,
  { username, user }: Beginning,
  validationData: ForTriggers['validationData'],
): Promise<void> {
  await ensureAddressAllowed(service, pool, client, 'SignIn', user)
  const { id: clientId, settings } = client
  const hides = settings.PreventUserExistenceErrors === 'ENABLED'
  if (user === undefined && !hides) return
  await callTrigger(service, pool, 'PreAuthentication', {
    source: 'PreAuthentication_Authentication',
    userName: user?.username ?? username,
    clientId,
    request: {
      userAttributes: user === undefined ? {} : attributesInEvents(pool, user),
      validationData: validationData ?? null,
      ...(hides ? { userNotFound: user === undefined } : {}),
    },
  })
}

/** Calls the pool's trigger after the last challenge, before tokens are made. */
export async function postAuthentication(
  service: Pick<Service, 'triggers' | 'recorder' | 'store'>,
  pool: UserPool,
  { id: clientId }: AppClient,
  user: User,
  { journey, forTriggers }: { readonly journey: Journey; readonly forTriggers?: ForTriggers | undefined },
): Promise<void> {
  const isTracked = tracksDevices(pool)
  const isKnown = isTracked && (await shownDevice(service, pool, user, journey.deviceKey)) !== undefined
  await callTrigger(service, pool, 'PostAuthentication', {
    source: 'PostAuthentication_Authentication',
    userName: user.username,
    clientId,
    request: {
      userAttributes: attributesInEvents(pool, user),
      newDeviceUsed: isTracked && !isKnown,
      ...(forTriggers?.clientMetadata && { clientMetadata: forTriggers.clientMetadata }),
    },
  })
}

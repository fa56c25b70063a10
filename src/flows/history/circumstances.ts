import type { AppClient } from '../../core/app-client.js'
import type { EventContext } from '../../core/evidence.js'
import { deviceOf } from '../../lib/user-agent.js'
import type { Service } from '../service.js'

/**
 * What events and threat protection know of the person behind the request under way; undefined where there is no request. What
 * the app says of an address goes before that of the request: always of an administrator, of others where the client may
 * propagate it (`EnablePropagateAdditionalUserContextData`).
 */
export async function circumstancesOf(
  service: Pick<Service, 'evidence'>,
  client: Pick<AppClient, 'settings'> | undefined,
): Promise<EventContext | undefined> {
  const evidence = service.evidence?.()
  if (evidence === undefined) return undefined
  const { told } = evidence
  const isBelieved =
    told?.byAdministrator || client?.settings.EnablePropagateAdditionalUserContextData === true
  const address = (isBelieved ? told?.address : undefined) ?? evidence.address
  return {
    address: address.replace(/^::ffff:(?=\d+\.)/i, ''),
    deviceName: told?.deviceName ?? (await deviceName(told?.userAgent ?? evidence.userAgent)),
    ...(told?.timezone === undefined ? {} : { timezone: told.timezone }),
    requestId: evidence.requestId,
    hasContextData: told !== undefined,
  }
}

/** Browser and system as AWS writes them: `Chrome 126, Windows 10`. */
async function deviceName(userAgent: string | undefined): Promise<string> {
  const device = await deviceOf(userAgent)
  return device === 'unknown' ? 'Other, Other' : device.replaceAll(' / ', ', ')
}

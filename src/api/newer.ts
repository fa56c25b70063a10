import { ensure } from '../core/refusal.js'
import { memberNotBuilt } from './wire-refusals.js'

/**
 * What AWS has added to the API since the tables of `core/shapes` were written. It is refused by its name: nobody shall take
 * for done what was only left out.
 */
const newerOperations: ReadonlySet<string> = new Set([
  'AdminDeleteSoftwareToken',
  'AdminListUserSessions',
  'AdminRevokeUserSession',
  'DescribeTermsByClient',
  'GetClientToken',
  'GetUserPoolClientSessionConfiguration',
  'GetUserPoolSessionConfiguration',
  'ListUserSessions',
  'RevokeUserSession',
  'SetUserPoolClientSessionConfiguration',
  'SetUserPoolSessionConfiguration',
])

/** Whether AWS has an operation of this name, for which there is no table here. */
export const isNewer = (operation: string): boolean => newerOperations.has(operation)

/** The newer members of inputs, by their operation. */
export const newerMembers: Readonly<Record<string, readonly string[]>> = {
  CreateIdentityProvider: ['AcrMapping'],
  CreateUserPool: ['AcrConfiguration', 'DcrConfiguration'],
  ListUserPoolClients: ['ClientType'],
  RevokeToken: ['RevokeAssociatedSessions'],
  UpdateIdentityProvider: ['AcrMapping'],
  UpdateUserPool: ['AcrConfiguration', 'DcrConfiguration'],
}

/**
 * Refuses an input with a newer member.
 * @throws Refusal that names the member
 */
export function ensureNothingNewer(operation: string, body: object): void {
  const given = newerMembers[operation]?.find(name => Reflect.get(body, name) != null)
  ensure(given === undefined, () => memberNotBuilt(given ?? '', operation))
}

/** What a sign-in by choice (`USER_AUTH`) may be given for a step-up (docs/facts/additions-2026.md, facts N51 to N54). */
export const newerAuthParameters = ['TARGET_ACR_VALUES', 'MAX_AGE', 'ACCESS_TOKEN'] as const

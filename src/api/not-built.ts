import { ensure } from '../core/refusal.js'
import { memberNotBuilt } from './wire-refusals.js'

/**
 * Members of inputs that the tables of `core/shapes` know and nothing takes yet, by their operation. They are refused by
 * their name: nobody shall take for done what was only left out. Operations without a file in `api` are refused likewise.
 */
export const notBuiltMembers: Readonly<Record<string, readonly string[]>> = {
  CreateUserPool: ['DcrConfiguration'],
  ListUserPoolClients: ['ClientType'],
  UpdateUserPool: ['DcrConfiguration'],
}

/**
 * Refuses a valid input with a member that is not built.
 * @throws Refusal that names the member
 */
export function ensureAllBuilt(operation: string, input: object): void {
  const given = notBuiltMembers[operation]?.find(name => Reflect.get(input, name) != null)
  ensure(given === undefined, () => memberNotBuilt(given ?? '', operation))
}

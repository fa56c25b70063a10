import { ensure } from '../../core/refusal.js'
import { unsupportedGrantType } from '../token-refusals.js'
import { exchangeCode } from './code.js'
import type { Grant } from './grant.js'
import { machineToken } from './machine.js'
import { refreshTokens } from './refresh.js'

/**
 * The grants of the token endpoint, a file each: a list of named steps over records that are read once, ending in
 * tokens. The client has proved itself before. What they share with the user pools API is in src/flows/grants.
 */
const grants: Readonly<Record<string, Grant>> = {
  authorization_code: exchangeCode,
  refresh_token: refreshTokens,
  client_credentials: machineToken,
}

/** The grant of a `grant_type`; refused where there is none. */
export function grantOfType(type: string): Grant {
  const grant = Object.hasOwn(grants, type) ? grants[type] : undefined
  ensure(grant, () => unsupportedGrantType(type))
  return grant
}

import type { AppClient } from '../../app-client.js'
import type { IdentityProvider } from '../../identity-provider.js'
import type { UserPool } from '../../user-pool.js'
import type { Finding } from '../finding.js'

/**
 * What the doctor knows: configurations that Cognito accepts, and that fail later, at a sign-in, where nobody says why. A
 * file holds what is looked at together: mappings, clients, providers, and what surrounds the pools.
 */

/** What is looked at together: a pool, and whatever can spoil its sign-ins. */
export interface Patient {
  readonly pool: UserPool
  readonly clients: readonly AppClient[]
  readonly providers: readonly IdentityProvider[]
}

/** How bad it is: a sign-in fails; something gets lost, or may fail; it is worth knowing. */
export type Severity = 'error' | 'warning' | 'hint'

/** A finding about a configuration, as it is stored. */
export interface Diagnosis extends Pick<Finding, 'path' | 'because' | 'remedy'> {
  /** The rule's name, which does not change: scripts can go by it. */
  readonly rule: Rule
  readonly severity: Severity
  /** The pool's name; absent where Rockpool as a whole is meant. The path begins at the pool, and names what is in lists. */
  readonly pool?: string
}

export type Rule =
  | 'required-attribute-unmapped'
  | 'mapped-attribute-immutable'
  | 'mapped-attribute-not-writable'
  | 'claim-not-sent'
  | 'scope-missing'
  | 'scope-not-allowed'
  | 'provider-not-enabled'
  | 'provider-unknown'
  | 'provider-unreachable'
  | 'issuer-differs'
  | 'issuer-on-aws'
  | 'client-unknown'
  | 'client-cannot-sign-in'
  | 'secret-unlike'
  | 'callback-unknown'
  | 'callback-of-dev-server'
  | 'no-login-option'
  | 'domain-missing'
  | 'aws-name-leads-elsewhere'
  | 'email-unmapped'
  | 'username-mapped'
  | 'provider-may-not-begin'
  | 'metadata-unusable'
  | 'metadata-expired'
  | 'certificate-expiring'
  | 'logout-not-offered'
  | 'requests-unsigned'
  | 'upstream-quirk'
  | 'clock-moved'

/** Names in a sentence. */
export const listed = (names: readonly string[] = []): string =>
  names.length === 0 ? 'none' : names.join(', ')

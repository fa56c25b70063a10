import { registrationScope } from './scopes.js'
import type { PoolSettings, UserPool } from './user-pool.js'

/** Registering clients at a pool by the protocol of RFC 7591 (docs/facts/additions-2026.md, facts N57 to N63). */

export type DcrConfiguration = NonNullable<PoolSettings['DcrConfiguration']>

/** How somebody registers a client: with a token of the pool, or as anybody. */
export type RegistrationKind = 'authenticated' | 'open'

/** The configuration with every default (fact N57); undefined where the pool has none. */
export const wholeDcrConfiguration = (
  configuration: DcrConfiguration | undefined,
): Required<DcrConfiguration> | undefined =>
  configuration && {
    EnableStatus: configuration.EnableStatus ?? 'Enabled',
    OpenDcrEnabled: configuration.OpenDcrEnabled ?? false,
    AuthenticatedGrantTypes: configuration.AuthenticatedGrantTypes ?? ['code', 'client_credentials'],
    OpenDcrGrantTypes: configuration.OpenDcrGrantTypes ?? ['code'],
    AllowedScopes: configuration.AllowedScopes ?? [],
  }

/** What a pool lets be registered; undefined where registration is off. */
export interface RegistrationPolicy {
  readonly isOpen: boolean
  /** The flows that clients of each kind may have; none: that kind of registration is refused. */
  readonly flows: Readonly<Record<RegistrationKind, readonly string[]>>
  /** Scopes beyond those of OpenID Connect. */
  readonly scopes: readonly string[]
}

export function registrationPolicy({ settings }: Pick<UserPool, 'settings'>): RegistrationPolicy | undefined {
  const whole = wholeDcrConfiguration(settings.DcrConfiguration)
  if (whole?.EnableStatus !== 'Enabled') return undefined
  const { OpenDcrEnabled, AuthenticatedGrantTypes, OpenDcrGrantTypes, AllowedScopes } = whole
  // The implicit flow may be listed, and no client is given it.
  const flows = (listed: readonly string[]) => listed.filter(flow => flow !== 'implicit')
  return {
    isOpen: OpenDcrEnabled,
    flows: { authenticated: flows(AuthenticatedGrantTypes), open: flows(OpenDcrGrantTypes) },
    // A registered client never registers others, whatever the list says.
    scopes: AllowedScopes.filter(scope => scope !== registrationScope),
  }
}

/** What is asked for of a client, in the members of RFC 7591 §2 that a pool makes something of. */
export interface ClientMetadata {
  readonly redirect_uris: readonly string[]
  readonly grant_types: readonly string[]
  readonly response_types: readonly string[]
  readonly token_endpoint_auth_method: string
  readonly client_name: string
  /** Undefined: all that a client gets without asking. */
  readonly scopes: readonly string[] | undefined
}

/** The scopes that every registered client may have (fact N60). */
export const scopesOfEverybody: readonly string[] = ['openid', 'email', 'phone', 'profile']

import { type AppClient, mayRead, profileAttributes } from './app-client.js'
import { isCustomAttribute } from './schema.js'

/** The scopes every pool knows (docs/facts/oauth-and-federation.md §3.1). */
export const systemScopes = ['openid', 'email', 'phone', 'profile', 'aws.cognito.signin.user.admin'] as const

/** What a token has to have to register clients of its pool; no resource server is needed for it (fact N63). */
export const registrationScope = 'aws.cognito/dcr/register'

export const isSystemScope = (scope: string): boolean =>
  (systemScopes as readonly string[]).includes(scope) || scope === registrationScope

/** The scopes an app may ask for. */
export const allowedScopes = ({ settings }: AppClient): readonly string[] => settings.AllowedOAuthScopes ?? []

/** A `scope` parameter as a list without repetitions, or undefined when it names none. */
export function parseScopes(parameter: string | undefined): string[] | undefined {
  const scopes = [...new Set((parameter ?? '').split(' ').filter(scope => scope !== ''))]
  return scopes.length === 0 ? undefined : scopes
}

const attributesOfScope: Record<string, (attribute: string) => boolean> = {
  email: attribute => attribute === 'email' || attribute === 'email_verified',
  phone: attribute => attribute === 'phone_number' || attribute === 'phone_number_verified',
  profile: attribute => ofProfile.has(attribute) || isCustomAttribute(attribute),
}

/** What the scope `profile` releases. */
const ofProfile = new Set([...profileAttributes, 'address', 'updated_at'])

/**
 * Whether granted scopes release an attribute (§5, §7.2): `openid` alone releases all, `openid` with others only what
 * the others name. The client's permission to read comes on top.
 */
export function releases(scopes: readonly string[], attribute: string): boolean {
  const narrowing = scopes.filter(scope => scope in attributesOfScope)
  return narrowing.length === 0 || narrowing.some(scope => attributesOfScope[scope]?.(attribute))
}

/** What a scope stands for as a whole: `profile` has no such list, it releases what the client may read. */
const whole: Record<string, readonly string[]> = {
  email: ['email', 'email_verified'],
  phone: ['phone_number', 'phone_number_verified'],
}

/** An attribute of these scopes that the client may not read: then it gets no tokens (§4.3); undefined if it reads all. */
export const unreadableAttribute = (client: AppClient, scopes: readonly string[]): string | undefined =>
  scopes.flatMap(scope => whole[scope] ?? []).find(attribute => !mayRead(client, attribute))

import type { HostedSession } from '../../core/hosted-session.js'
import type { IdentityProvider } from '../../core/identity-provider.js'
import type { UserPool } from '../../core/user-pool.js'
import type { AuthorizationRequest } from './authorization-request.js'

/**
 * What one surface needs of another. They never import each other: the composition root brings them together.
 */

/** Who answers a request for authorization once the user is known. */
export interface AuthorizationServer {
  /**
   * Issues what the request asks for, on behalf of the session's user.
   * @param nonce for the ID token, where the request has none of its own
   * @returns the URL to send the browser to: the app's callback with its outcome
   */
  grant(request: AuthorizationRequest, session: HostedSession, nonce?: string): Promise<string>
}

/** The browser that a sign-in through another provider is bound to. */
export interface Binding {
  /** A secret of this browser (a cookie's value), which has to be shown again at the return. */
  readonly browser: string
  /** The address of the domain that the browser is at, without a slash at the end. */
  readonly at: string
}

/** Where a browser is sent: by a redirect, or by a form that it posts. */
export type Onward =
  | { readonly redirectTo: string }
  | { readonly postTo: string; readonly fields: Readonly<Record<string, string>> }

/** Who sends people to other providers. */
export interface UpstreamProviders {
  /**
   * Begins a sign-in at the provider.
   * @returns where to send the browser
   */
  begin(request: AuthorizationRequest, provider: IdentityProvider, binding: Binding): Promise<Onward>
  /**
   * Signs a user out at the provider that vouched for them, if it wants to know.
   * @param next where the browser goes in the end
   * @returns where to send the browser first; undefined where it goes on at once
   */
  signOut(pool: UserPool, session: HostedSession | undefined, next: string): Promise<string | undefined>
}

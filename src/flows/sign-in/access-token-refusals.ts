import { refusal } from '../../core/refusal.js'
import type { UserPool } from '../../core/user-pool.js'

/**
 * Why an access token does not let its owner act on the owner's account, in Cognito's words (docs/facts/user-pools-api.md §2.12).
 */

export const tokenInvalid = refusal('NotAuthorizedException', () => ({
  told: 'Invalid Access Token',
  because: 'The text is no access token that a pool of this Rockpool issued at its present address.',
  remedy: 'Send the access token, not the ID token, of a sign-in at this Rockpool.',
}))

export const signatureWrong = refusal('NotAuthorizedException', (pool: UserPool) => ({
  told: 'Could not verify signature for Access Token',
  because: `No key of ${pool.name} has signed the token.`,
  remedy: 'Send the token unchanged; sign in again if the signing keys of the pool are new.',
}))

export const tokenExpired = refusal('NotAuthorizedException', (seconds: number) => ({
  told: 'Access Token has expired',
  because: `The token expired ${seconds} seconds ago.`,
  remedy: 'Refresh the tokens, or raise AccessTokenValidity of the client.',
}))

export const tokenRevoked = refusal('NotAuthorizedException', (username: string) => ({
  told: 'Access Token has been revoked',
  because: `The sign-in of ${username} was revoked, or the user has signed out everywhere since.`,
  remedy: 'Sign in again.',
}))

export const scopeMissing = refusal('NotAuthorizedException', (scope: string, scopes: string) => ({
  told: 'Access Token does not have required scopes',
  because: `The token has the scopes "${scopes}", and not ${scope}.`,
  remedy: `Sign in through the user pools API, or ask for the scope ${scope} and allow it in AllowedOAuthScopes of the client.`,
}))

import { refusal } from '../../core/refusal.js'

/** Why passkeys are refused. The exceptions are Cognito's; its sentences are not known, so these are ours. */

export const notEnabled = refusal('WebAuthnNotEnabledException', (poolName: string) => ({
  told: 'WebAuthn is not enabled for this user pool.',
  because: `Policies.SignInPolicy.AllowedFirstAuthFactors of ${poolName} lacks WEB_AUTHN.`,
  remedy: 'Add WEB_AUTHN to the allowed first factors of the pool.',
}))

export const noRelyingParty = refusal('WebAuthnConfigurationMissingException', (poolName: string) => ({
  told: 'No relying party ID or domain is configured for this user pool.',
  because: `${poolName} has neither a WebAuthnConfiguration.RelyingPartyId nor a domain.`,
  remedy: 'Set the relying party id with SetUserPoolMfaConfig: "localhost" for apps at http://localhost.',
}))

export const addressNoRelyingParty = refusal('WebAuthnConfigurationMissingException', (address: string) => ({
  told: 'No relying party ID or domain is configured for this user pool.',
  because: `The user pool domain is at the address ${address}, and browsers bind passkeys to names only.`,
  remedy:
    'Start with a --base-url that has a name, or set WebAuthnConfiguration.RelyingPartyId to that of the app.',
}))

export const malformedCredential = refusal('InvalidParameterException', (what: string) => ({
  told: `Invalid WebAuthn credential: ${what}.`,
  because: `The credential is not what a browser makes of the options: ${what}.`,
  remedy: 'Send the JSON of navigator.credentials.create() or get(): credential.toJSON().',
}))

export const challengeNotFound = refusal('WebAuthnChallengeNotFoundException', () => ({
  told: 'The WebAuthn challenge has expired or was not found.',
  because:
    'The credential answers a challenge that expired, was used, was replaced by a newer one, or is not ours.',
  remedy: 'Call StartWebAuthnRegistration again and answer its challenge within five minutes.',
}))

export const otherClient = refusal('WebAuthnClientMismatchException', (began: string, completes: string) => ({
  told: 'The access token was issued to another app client than the one that started the registration.',
  because: `The registration was begun by the client ${began}; this access token is of ${completes}.`,
  remedy: 'Complete the registration with the access token that began it.',
}))

export const originNotAllowed = refusal(
  'WebAuthnOriginNotAllowedException',
  (origin: string, relyingPartyId: string) => ({
    told: `The origin ${origin} is not allowed for the relying party ${relyingPartyId}.`,
    because: `The passkey was made at ${origin}, which is no https origin of ${relyingPartyId} or a name below it (http is good for localhost only).`,
    remedy: "Set WebAuthnConfiguration.RelyingPartyId to the host of the app's pages.",
  }),
)

export const otherRelyingParty = refusal(
  'WebAuthnRelyingPartyMismatchException',
  (relyingPartyId: string) => ({
    told: 'The relying party of the credential does not match that of the user pool.',
    because: `The authenticator signed for another relying party than ${relyingPartyId}.`,
    remedy: 'Hand the options to the browser as they are.',
  }),
)

export const credentialNotSupported = refusal('WebAuthnCredentialNotSupportedException', (why: string) => ({
  told: 'The WebAuthn credential is not supported.',
  because: `The credential could not be verified: ${why}.`,
  remedy: 'Take an authenticator with ES256 or RS256, and hand the options to the browser as they are.',
}))

export const tooManyPasskeys = refusal('LimitExceededException', (most: number) => ({
  told: `A user can have up to ${most} passkeys.`,
  because: `The user has ${most} passkeys already.`,
  remedy: 'Delete one with DeleteWebAuthnCredential.',
}))

export const noSuchPasskey = refusal('ResourceNotFoundException', (credentialId: string) => ({
  told: 'The WebAuthn credential does not exist.',
  because: `The user has no passkey with the id ${credentialId}.`,
  remedy: 'Use an id that ListWebAuthnCredentials gives.',
}))

/** In Cognito's words for any wrong proof of an identity. */
export const assertionRefused = refusal('NotAuthorizedException', (why: string) => ({
  told: 'Incorrect username or password.',
  because: `The passkey's signature was refused: ${why}.`,
  remedy: 'Sign the options of this challenge with a passkey of this user.',
}))

/** At the hosted pages. */
export const usernameMissing = refusal('InvalidParameterException', () => ({
  told: 'Enter your username, then choose your passkey.',
  because: 'Cognito asks for the passkeys of one user, so it has to know the user.',
  remedy: 'Fill in the field "Username" before the button for passkeys.',
}))

import type { Words } from './english.js'

/** Cognito's words for what it refuses, which are English, by what the words of other languages call it. */
const known: ReadonlyMap<string, keyof Words['refusals']> = new Map([
  ['Incorrect username or password.', 'wrongPassword'],
  ['User does not exist.', 'unknownUser'],
  ['User is disabled.', 'disabled'],
  ['Password attempts exceeded', 'passwordAttempts'],
  ['Code attempts exceeded', 'codeAttempts'],
  ['Attempt limit exceeded, please try after some time.', 'attemptLimit'],
  ['Invalid verification code provided, please try again.', 'wrongCode'],
  ['Invalid code provided, please request a code again.', 'oldCode'],
  ['Invalid code or auth state for the user.', 'wrongFactorCode'],
  ['Invalid code received for user', 'wrongFactorCode'],
  ['Code mismatch and fail enable Software Token MFA', 'wrongFactorCode'],
  ['Your software token has already been used once.', 'usedCode'],
  ['Invalid session for the user.', 'sessionOver'],
  ['Invalid session for the user, session is expired.', 'sessionOver'],
  ['Invalid session for the user, session can only be used once.', 'sessionOver'],
  ['User already exists', 'userExists'],
  ['An account with the given email already exists.', 'addressTaken'],
  ['An account with the given phone_number already exists.', 'addressTaken'],
  ['The passwords do not match.', 'passwordsDiffer'],
  ['Temporary password has expired and must be reset by an administrator.', 'temporaryExpired'],
  ['Password reset required for the user', 'resetRequired'],
  [
    'Cannot reset password for the user as there is no registered/verified email or phone_number',
    'noRecovery',
  ],
  ['Login option is not available. Please try another one', 'noSuchOption'],
  ['The page has expired. Please go back and try again.', 'pageExpired'],
  ['SignUp is not permitted for this user pool', 'noSignUp'],
  ['Auto verification not turned on.', 'nothingToVerify'],
  ['Enter your username, then choose your passkey.', 'nameForPasskey'],
  ['User is not confirmed.', 'notConfirmed'],
  ['User is already confirmed.', 'alreadyConfirmed'],
  ['User cannot be confirmed. Current status is CONFIRMED', 'alreadyConfirmed'],
  ['Password has previously been used', 'passwordUsedBefore'],
  ['Provided password cannot be used for security reasons.', 'passwordKnown'],
  ['Unable to login because of security reasons.', 'notForSecurity'],
  ['Request not allowed due to security reasons.', 'notForSecurity'],
  ['Password reset required for user due to security reasons', 'resetRequired'],
  ['User password cannot be reset in the current state.', 'cannotReset'],
  ['Contact administrator to reset password.', 'cannotReset'],
  ['No multi-factor authentication method is available.', 'noFactor'],
  ['User has no factors for the requested authentication levels.', 'noFactor'],
  ['Username cannot be of email format, since user pool is configured for email alias.', 'usernameIsAddress'],
  [
    'Username cannot be of phone number format, since user pool is configured for phone number alias.',
    'usernameIsAddress',
  ],
  ['Invalid email address format.', 'emailForm'],
  ['Invalid phone number format.', 'phoneForm'],
  ['Sign in first, then add a passkey.', 'signInForPasskey'],
  ['The WebAuthn credential is not supported.', 'passkeyRefused'],
  ['The WebAuthn credential does not exist.', 'passkeyRefused'],
  ['The relying party of the credential does not match that of the user pool.', 'passkeyRefused'],
  ['The WebAuthn challenge has expired or was not found.', 'sessionOver'],
  ['WebAuthn is not enabled for this user pool.', 'passkeysOff'],
  ['No relying party ID or domain is configured for this user pool.', 'passkeysOff'],
  ['Something went wrong', 'somethingWrong'],
])

/** Those that go on with a detail, which the page shows in another place. */
const begun: readonly (readonly [RegExp, keyof Words['refusals']])[] = [
  [/^Password .*\bconform\b/, 'passwordPolicy'],
  [/^Please fill in: /, 'fillIn'],
  [/^Invalid WebAuthn credential: /, 'passkeyRefused'],
]

/**
 * A refusal in the language of the page, as far as that has words for it. The classic pages are English, and so always in
 * Cognito's own. The list beside it says which rule a password breaks.
 */
export function refusalIn(words: Words, told: string): string {
  if (words.language === 'en') return told
  const name = known.get(told) ?? begun.find(([beginning]) => beginning.test(told))?.[1]
  if (name !== undefined) return words.refusals[name]
  const { title, unavailable } = words.error
  if (told === 'An error was encountered with the requested page.') return title
  return told === 'Login pages unavailable' ? unavailable : told
}

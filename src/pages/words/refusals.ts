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
])

/**
 * A refusal in the language of the page, as far as that has words for it. The classic pages are English, and so always in
 * Cognito's own. The list beside it says which rule a password breaks.
 */
export function refusalIn(words: Words, told: string): string {
  if (words.language === 'en') return told
  const name = /^Password .*\bconform\b/.test(told) ? 'passwordPolicy' : known.get(told)
  if (name !== undefined) return words.refusals[name]
  const { title, unavailable } = words.error
  if (told === 'An error was encountered with the requested page.') return title
  return told === 'Login pages unavailable' ? unavailable : told
}

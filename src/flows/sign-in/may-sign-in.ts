import { ensure } from '../../core/refusal.js'
import type { User } from '../../core/user.js'
import { userDisabled } from '../account/account-refusals.js'
import { passwordResetRequired, userNotConfirmed } from './sign-in-refusals.js'

/** The guards that no proof opens, in Cognito's order (docs/facts/user-pools-api.md §3.2). */
export function ensureMaySignIn({ enabled, status, username }: User): void {
  ensure(enabled, () => userDisabled(username))
  ensure(status !== 'UNCONFIRMED', () => userNotConfirmed(username))
  ensure(status !== 'RESET_REQUIRED', () => passwordResetRequired(username))
}

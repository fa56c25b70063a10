import type { FastifyReply } from 'fastify'
import { passwordPolicyOf } from '../../core/password.js'
import type { NewPasswordRequired } from '../../flows/sign-in/challenges/challenge.js'
import type { ShownChallenge } from '../../flows/sign-in/challenges/show-again.js'
import { formAt, type Step, showPage } from '../step.js'
import { type Mistake, newPasswordPage, passwordRules } from '../views/new-password-page.js'

/** A challenge that asks for a new password, and of whom. */
export type NewPasswordAsked = ShownChallenge & { readonly challenge: NewPasswordRequired }

/** What the user entered before, and what was refused. */
export interface Entered {
  readonly mistakes?: readonly Mistake[]
  /** The password that was refused, for the list of rules. */
  readonly tried?: string | undefined
  /** Attribute → value. */
  readonly attributes?: Readonly<Record<string, string>>
}

/** Shows the page: the rules of the pool's policy, the attributes that are missing, and what was refused. */
export function showNewPasswordPage(
  step: Step,
  { session, whose: { username }, challenge: { missingAttributes } }: NewPasswordAsked,
  { mistakes = [], tried, attributes = {} }: Entered = {},
): FastifyReply {
  const { hosted, words } = step
  const view = {
    ...formAt(step, '/changePassword'),
    challenge: session,
    username,
    rules: passwordRules(passwordPolicyOf(hosted.pool), words, tried),
    missingAttributes: missingAttributes.map(name => ({ name, value: attributes[name] })),
    mistakes,
  }
  return showPage(step, newPasswordPage(view, words))
}

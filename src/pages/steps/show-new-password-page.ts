import type { FastifyReply } from 'fastify'
import { passwordPolicyOf } from '../../core/password.js'
import type { NewPasswordRequired } from '../../flows/sign-in/challenges/challenge.js'
import type { ShownChallenge } from '../../flows/sign-in/challenges/show-again.js'
import { formAt, passwordScripts, type Step, showPage } from '../step.js'
import { newPasswordPage } from '../views/new-password-page.js'
import type { Mistake } from '../views/parts.js'
import { passwordRules } from '../views/password-fields.js'
import { countriesFor } from './form.js'

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
export async function showNewPasswordPage(
  step: Step,
  { session, whose: { username }, challenge: { missingAttributes } }: NewPasswordAsked,
  { mistakes = [], tried, attributes = {} }: Entered = {},
): Promise<FastifyReply> {
  const { hosted, words, look } = step
  const asksPhone = look.face === 'managed' && missingAttributes.includes('phone_number')
  const view = {
    ...formAt(step, '/changePassword'),
    scripts: passwordScripts,
    challenge: session,
    username,
    rules: passwordRules(passwordPolicyOf(hosted.pool), words, tried),
    missingAttributes: missingAttributes.map(name => ({
      name,
      schema: hosted.pool.schema.find(attribute => attribute.name === name),
      value: attributes[name],
    })),
    countries: asksPhone ? await countriesFor(step) : undefined,
    mistakes,
  }
  return showPage(step, newPasswordPage(view, words))
}

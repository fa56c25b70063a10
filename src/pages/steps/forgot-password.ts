import type { FastifyReply } from 'fastify'
import { passwordPolicyOf } from '../../core/password.js'
import { ensure, Refusal } from '../../core/refusal.js'
import {
  confirmForgotPassword,
  forgotPassword as sendResetCode,
} from '../../flows/account/forgotten-password.js'
import { passwordsDiffer } from '../../flows/sign-in/sign-in-refusals.js'
import {
  addressOf,
  fieldsOf,
  formAt,
  goTo,
  inSignIn,
  type PageRoute,
  passwordScripts,
  type Step,
  showPage,
} from '../step.js'
import { forgotPasswordPage } from '../views/forgot-password-page.js'
import type { Mistake } from '../views/parts.js'
import { passwordRules } from '../views/password-fields.js'
import { resetPasswordPage } from '../views/reset-password-page.js'
import { mistakeOf, outboxOf, usernameKindOf } from './form.js'
import { orRecordedRefusal } from './or-refusal.js'
import { type PageData, tellNextPage, toldByLastPage } from './page-data.js'

/** `/forgotPassword`: sends a code (docs/facts/hosted-pages.md §6). */
export const forgotPassword: PageRoute<Step> = {
  path: '/forgotPassword',
  arrive: inSignIn,
  get: step => showForgotten(step, toldByLastPage(step).username),
  async post(step) {
    const { username = '' } = fieldsOf(step)
    return beginRecovery(step, username.trim())
  },
}

/** Sends the code, and goes to the page that takes it. */
export async function beginRecovery(step: Step, username: string): Promise<FastifyReply> {
  const { service, hosted, asked } = step
  const outcome = await orRecordedRefusal(service, () =>
    sendResetCode(service, hosted.pool, asked.client, username),
  )
  if (outcome instanceof Refusal) return showForgotten(step, username, [mistakeOf(outcome)])
  const { medium, destination } = outcome
  tellNextPage(step, { username, sent: { medium, destination } })
  return goTo(step, '/confirmForgotPassword')
}

function showForgotten(
  step: Step,
  username: string | undefined,
  mistakes: readonly Mistake[] = [],
): FastifyReply {
  const { hosted, words } = step
  const view = {
    ...formAt(step, '/forgotPassword'),
    usernameKind: usernameKindOf(hosted.pool),
    username,
    mistakes,
    signIn: addressOf(step, '/login'),
  }
  return showPage(step, forgotPasswordPage(view, words))
}

/** `/confirmForgotPassword`: takes the code and the new password. The user signs in with it next (fact P20). */
export const resetPassword: PageRoute<Step> = {
  path: '/confirmForgotPassword',
  // As AWS prints it too (docs/facts/hosted-pages.md §2).
  aliases: ['/confirmforgotPassword'],
  arrive: inSignIn,
  get(step) {
    const told = toldByLastPage(step)
    return told.username === undefined ? goTo(step, '/forgotPassword') : showReset(step, told)
  },
  async post(step) {
    const { service, hosted, asked } = step
    const told = toldByLastPage(step)
    const form = fieldsOf(step)
    const { username = told.username ?? '', code = '', new_password: password = '' } = form
    const outcome = await orRecordedRefusal(service, async () => {
      ensure(form.confirm_password === undefined || form.confirm_password === password, passwordsDiffer)
      const given = { username, code: code.replaceAll(/\s/g, ''), password, forTriggers: {} }
      return confirmForgotPassword(service, hosted.pool, asked.client, given)
    })
    if (outcome instanceof Refusal)
      return showReset(step, { ...told, username }, [mistakeOf(outcome, fieldOf(outcome))], {
        tried: outcome.code === 'InvalidPasswordException' ? password : undefined,
      })
    tellNextPage(step, { username, done: 'password' })
    return goTo(step, '/login')
  },
}

function fieldOf({ code, told }: Refusal): string | undefined {
  if (code === 'InvalidPasswordException') return 'new_password'
  if (code === 'CodeMismatchException' || code === 'ExpiredCodeException') return 'code'
  return told === passwordsDiffer().told ? 'confirm_password' : undefined
}

function showReset(
  step: Step,
  { username = '', sent }: PageData,
  mistakes: readonly Mistake[] = [],
  { tried }: { tried?: string | undefined } = {},
): FastifyReply {
  const { hosted, words } = step
  const view = {
    ...formAt(step, '/confirmForgotPassword'),
    scripts: passwordScripts,
    username,
    sent,
    rules: passwordRules(passwordPolicyOf(hosted.pool), words, tried),
    mistakes,
    signIn: addressOf(step, '/login'),
    outbox: outboxOf(step, username),
  }
  return showPage(step, resetPasswordPage(view, words))
}

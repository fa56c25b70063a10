import type { FastifyReply } from 'fastify'
import { Refusal } from '../../core/refusal.js'
import { resendConfirmationCode } from '../../flows/account/sign-up.js'
import { userNamed } from '../../flows/directory/directory.js'
import { openSignUpSession } from '../../flows/sign-in/after-sign-up.js'
import { goTo, type Step } from '../step.js'
import { beginRecovery } from './forgot-password.js'
import { keepSession } from './go-on.js'
import { orRecordedRefusal } from './or-refusal.js'
import { tellNextPage } from './page-data.js'

/**
 * Where a right password leads that lets nobody in yet: an unconfirmed user is sent another code, one whose password was
 * reset is sent a code for a new one (docs/facts/hosted-pages.md §6).
 * @returns undefined where the page is shown again
 */
export async function afterRefusedSignIn(
  step: Step,
  username: string,
  { code }: Refusal,
): Promise<FastifyReply | undefined> {
  if (code === 'PasswordResetRequiredException') return beginRecovery(step, username)
  if (code !== 'UserNotConfirmedException') return undefined
  const { service, hosted, asked } = step
  const { pool } = hosted
  const delivery = await orRecordedRefusal(service, () =>
    resendConfirmationCode(service, pool, asked.client, username),
  )
  if (delivery instanceof Refusal) return undefined
  const user = await userNamed(service, pool, username)
  const session =
    user && (await openSignUpSession(service, pool, asked.client, user.record, { atPages: true }))
  if (session !== undefined) keepSession(step, session)
  const { medium, destination } = delivery
  tellNextPage(step, { username, sent: { medium, destination } })
  return goTo(step, '/confirm')
}

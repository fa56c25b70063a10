import type { FastifyReply } from 'fastify'
import { ensure, Refusal } from '../../core/refusal.js'
import { confirmSignUp } from '../../flows/account/confirm-sign-up.js'
import { resendConfirmationCode } from '../../flows/account/sign-up.js'
import { parametersMissing } from '../../flows/authorization/authorization-refusals.js'
import { knownClient } from '../../flows/authorization/authorization-request.js'
import { confirmAtPages } from '../../flows/sign-in/after-sign-up.js'
import { readCookie } from '../../http/cookies.js'
import { queryOf } from '../../http/parameters.js'
import { lookOf } from '../look/look-of.js'
import {
  addressOf,
  fieldsOf,
  formAt,
  goTo,
  inSignIn,
  type PageRoute,
  type Step,
  showPage,
  type Visit,
} from '../step.js'
import { confirmPage } from '../views/confirm-page.js'
import { messagePage } from '../views/message-page.js'
import type { Mistake } from '../views/parts.js'
import { mistakeOf, outboxOf } from './form.js'
import { goOn } from './go-on.js'
import { orRecordedRefusal } from './or-refusal.js'
import { forgetPageData, type PageData, tellNextPage, toldByLastPage } from './page-data.js'

/** `/confirm`: takes the code of a sign-up, and signs the user in (docs/facts/hosted-pages.md §6). */
export const confirm: PageRoute<Step> = {
  path: '/confirm',
  arrive: inSignIn,
  /** Only other pages lead here: a browser that comes by itself begins at the sign-in page. */
  get(step) {
    const told = toldByLastPage(step)
    return told.username === undefined ? goTo(step, '/login') : show(step, told)
  },
  async post(step) {
    const { service, hosted, request, asked } = step
    const told = toldByLastPage(step)
    const { username = told.username ?? '', code = '' } = fieldsOf(step)
    const outcome = await orRecordedRefusal(service, () =>
      confirmAtPages(
        service,
        hosted.pool,
        asked.client,
        { username, code: code.replaceAll(/\s/g, ''), forTriggers: {} },
        readCookie(request, hosted, 'challenge'),
      ),
    )
    if (outcome instanceof Refusal) return show(step, { ...told, username }, [mistakeOf(outcome, undefined)])
    if (outcome === undefined) {
      tellNextPage(step, { username, done: 'confirmed' })
      return goTo(step, '/login')
    }
    forgetPageData(step)
    return goOn(step, outcome)
  },
}

/** `/resendcode`: sends another code, and goes back to where it is typed. */
export const resendCode: PageRoute<Step> = {
  path: '/resendcode',
  arrive: inSignIn,
  get: step => goTo(step, '/confirm'),
  async post(step) {
    const { service, hosted, asked } = step
    const told = toldByLastPage(step)
    const { username = told.username ?? '' } = fieldsOf(step)
    const outcome = await orRecordedRefusal(service, () =>
      resendConfirmationCode(service, hosted.pool, asked.client, username),
    )
    if (outcome instanceof Refusal) return show(step, { ...told, username }, [mistakeOf(outcome)])
    const { medium, destination } = outcome
    tellNextPage(step, { username, sent: { medium, destination }, done: 'resent' })
    return goTo(step, '/confirm')
  },
}

function show(
  step: Step,
  { username = '', sent, done }: PageData,
  mistakes: readonly Mistake[] = [],
): FastifyReply {
  const { words } = step
  const view = {
    ...formAt(step, '/confirm'),
    username,
    sent,
    notice: done === 'resent' && mistakes.length === 0 ? words.confirm.resent : undefined,
    mistakes,
    resend: addressOf(step, '/resendcode'),
    outbox: outboxOf(step, username),
  }
  return showPage(step, confirmPage(view, words))
}

/**
 * `/confirmUser`: where the link in a mail leads, in any browser. It confirms the user and says so; there is no session, and no
 * way back to an app (fact P17).
 */
export const confirmUser: PageRoute<Visit> = {
  path: '/confirmUser',
  arrive: async visit => visit,
  async get(visit) {
    const { service, hosted, request, words } = visit
    const { pool } = hosted
    const query = queryOf(request)
    const { user_name: username, confirmation_code: code } = query
    const client = await knownClient(service, pool, query)
    ensure(username, () => parametersMissing('user_name'))
    ensure(code, () => parametersMissing('confirmation_code'))
    await confirmSignUp(service, pool, client, { username, code, forTriggers: {} })
    const { confirmed: title, confirmedLead: lead } = words.confirm
    const look = await lookOf(service, hosted, client)
    return showPage(visit, messagePage({ look, poolName: pool.name, title, lead }, words))
  },
}

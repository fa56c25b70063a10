import type { FastifyReply } from 'fastify'
import { type Explanation, ensure, Refusal } from '../../core/refusal.js'
import { hasSecondFactor } from '../../flows/account/mfa.js'
import { keyUri } from '../../flows/account/software-token.js'
import { masked } from '../../flows/account/verification-codes.js'
import type { Parameters } from '../../flows/authorization/authorization-request.js'
import { userNamed } from '../../flows/directory/directory.js'
import { sessionFor, sessionUnknown } from '../../flows/sign-in/challenge-session.js'
import { secretOf } from '../../flows/sign-in/challenges/mfa-setup.js'
import { answerFromPage } from '../../flows/sign-in/challenges/page-answers.js'
import { type ShownChallenge, showChallengeAgain } from '../../flows/sign-in/challenges/show-again.js'
import { offersToRemember } from '../../flows/sign-in/remembered-browser.js'
import { readCookie } from '../../http/cookies.js'
import { withQuery } from '../../lib/url.js'
import { addressOf, fieldsOf, formAt, goTo, inSignIn, type PageRoute, type Step, showPage } from '../step.js'
import { type MfaAsked, mfaPage } from '../views/mfa-page.js'
import { goOn } from './go-on.js'
import { remember } from './journey.js'
import { orRecordedRefusal, orRefusal } from './or-refusal.js'
import { showSignInPage } from './show-sign-in-page.js'

/** `/mfa`: the second factor of a sign-in (Cognito does not document the page's address). */
export const mfa: PageRoute<Step> = {
  path: '/mfa',
  // Where the choice of a factor is, by AWS's log of events (docs/facts/hosted-pages.md §2).
  aliases: ['/mfaOption'],
  arrive: inSignIn,
  /** A browser without a challenge, or with one that is over, begins anew. */
  async get(step) {
    const session = readCookie(step.request, step.hosted, 'challenge')
    const page = session && (await orRefusal(() => show(step, session)))
    return page && !(page instanceof Refusal) ? page : goTo(step, '/login')
  },
  async post(step) {
    const { service, hosted, asked } = step
    const form = fieldsOf(step)
    const { challenge: session = '', code, factor, email, again } = form
    if (form.setUp !== undefined) return showChosen(step, session, form.setUp)
    const answer = {
      session,
      code,
      factor,
      email,
      phoneNumber: form.phone_number,
      deviceName: form.device_name,
      sendAnother: again !== undefined,
    }
    const outcome = await orRecordedRefusal(service, () =>
      answerFromPage(service, hosted.pool, asked.client, answer),
    )
    if (!(outcome instanceof Refusal)) {
      if (outcome.done && form.remember !== undefined && offersToRemember(hosted.pool))
        await remember(step, outcome.sub)
      return goOn(step, outcome)
    }
    const { told: error, explanation: why } = outcome
    const chosen = setUpOf(form)
    const page = await orRefusal(() => show(step, session, { error, why, chosen }))
    return page instanceof Refusal ? showSignInPage(step, { error, why }) : page
  },
}

/** Shows how the factor is set up that the user has chosen (docs/facts/hosted-pages.md §4.2). */
async function showChosen(step: Step, session: string, chosen: string): Promise<FastifyReply> {
  const page = await orRefusal(() => show(step, session, { chosen }))
  return page instanceof Refusal ? showSignInPage(step, { error: page.told, why: page.explanation }) : page
}

/** Which factor a form sets up, by its fields. */
function setUpOf({ email, phone_number, code }: Parameters): string | undefined {
  if (email !== undefined) return 'EMAIL_OTP'
  if (phone_number !== undefined) return 'SMS_MFA'
  return code === undefined ? undefined : 'SOFTWARE_TOKEN_MFA'
}

/** Shows what the session asks, after a mistake or a reload too. */
async function show(
  step: Step,
  session: string,
  { error, why, chosen }: { error?: string; why?: Explanation; chosen?: string | undefined } = {},
): Promise<FastifyReply> {
  const { service, asked, words } = step
  const challenge = await showChallengeAgain(service, asked.pool, asked.client, session)
  const view = {
    ...formAt(step, '/mfa'),
    challenge: session,
    signIn: addressOf(step, '/login'),
    error,
    why,
    asks: await whatIsAsked(step, challenge, chosen),
    remember: offersToRemember(asked.pool) && (await isSecond(step, challenge)),
  }
  return showPage(step, mfaPage(view, words))
}

/** Whether a code is a second factor: one by mail may be a first one, of users who need no second. */
async function isSecond({ service, asked: { pool } }: Step, { whose, challenge }: ShownChallenge) {
  if (challenge.name !== 'EMAIL_OTP') return challenge.name !== 'SMS_OTP'
  const user = await userNamed(service, pool, whose.username)
  return user !== undefined && (await hasSecondFactor(service, pool, user.record))
}

async function whatIsAsked(
  { service, asked: { pool, client } }: Step,
  { session, whose: { username }, challenge }: ShownChallenge,
  chosen: string | undefined,
): Promise<MfaAsked> {
  switch (challenge.name) {
    case 'SMS_MFA':
    case 'SMS_OTP':
    case 'EMAIL_OTP': {
      const { delivery } = challenge
      const outbox = withQuery(`${service.base}/_rockpool/messages`, { username })
      return { kind: 'code', medium: delivery.medium, destination: masked(delivery), outbox }
    }
    case 'SOFTWARE_TOKEN_MFA':
      return { kind: 'app', deviceName: challenge.friendlyDeviceName }
    case 'SELECT_MFA_TYPE':
      return { kind: 'choice', factors: challenge.choices }
    case 'MFA_SETUP': {
      const { choices } = challenge
      const [only, ...others] = choices
      const factor = choices.find(each => each === chosen) ?? (others.length === 0 ? only : undefined)
      if (factor === undefined) return { kind: 'set-up choice', factors: choices }
      if (factor === 'EMAIL_OTP') return { kind: 'set-up', email: true }
      if (factor === 'SMS_MFA') {
        const user = await userNamed(service, pool, username)
        return { kind: 'set-up', email: false, sms: { known: user?.record.attributes.phone_number } }
      }
      const secret = await secretOf(service, await sessionFor(service, pool, client, session, 'MFA_SETUP'))
      const picture = await qrCode(await keyUri(pool, username, secret))
      return { kind: 'set-up', email: false, app: { picture, secret } }
    }
    default:
      // Another page asks it, or none does.
      ensure(false, sessionUnknown)
  }
}

/** A text as a picture, in a URL of its own. */
async function qrCode(text: string): Promise<string> {
  const { renderSVG } = await import('uqr')
  return `data:image/svg+xml,${encodeURIComponent(renderSVG(text))}`
}

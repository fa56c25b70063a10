import type { FastifyReply } from 'fastify'
import { ensure, Refusal } from '../../core/refusal.js'
import { keyUri } from '../../flows/account/software-token.js'
import { masked } from '../../flows/account/verification-codes.js'
import { sessionFor, sessionUnknown } from '../../flows/sign-in/challenge-session.js'
import { secretOf } from '../../flows/sign-in/challenges/mfa-setup.js'
import { answerFromPage } from '../../flows/sign-in/challenges/page-answers.js'
import { type ShownChallenge, showChallengeAgain } from '../../flows/sign-in/challenges/show-again.js'
import { readCookie } from '../../http/cookies.js'
import { formOf } from '../../http/parameters.js'
import { withQuery } from '../../lib/url.js'
import { addressOf, formAt, goTo, inSignIn, type PageRoute, type Step, showPage } from '../step.js'
import { type MfaAsked, mfaPage } from '../views/mfa-page.js'
import { goOn } from './go-on.js'
import { orRecordedRefusal, orRefusal } from './or-refusal.js'
import { showSignInPage } from './show-sign-in-page.js'

/** `/mfa`: the second factor of a sign-in (Cognito does not document the page's address). */
export const mfa: PageRoute<Step> = {
  path: '/mfa',
  arrive: inSignIn,
  /** A browser without a challenge, or with one that is over, begins anew. */
  async get(step) {
    const session = readCookie(step.request, step.hosted, 'challenge')
    const page = session && (await orRefusal(() => show(step, session)))
    return page && !(page instanceof Refusal) ? page : goTo(step, '/login')
  },
  async post(step) {
    const { service, hosted, request, asked } = step
    const { challenge: session = '', code, factor, email, again } = formOf(request)
    const answer = { session, code, factor, email, again: again !== undefined }
    const outcome = await orRecordedRefusal(service, () =>
      answerFromPage(service, hosted.pool, asked.client, answer),
    )
    if (!(outcome instanceof Refusal)) return goOn(step, outcome)
    const error = outcome.told
    const page = await orRefusal(() => show(step, session, error))
    return page instanceof Refusal ? showSignInPage(step, { error }) : page
  },
}

/** Shows what the session asks, after a mistake or a reload too. */
async function show(step: Step, session: string, error?: string): Promise<FastifyReply> {
  const { service, asked, words } = step
  const challenge = await showChallengeAgain(service, asked.pool, asked.client, session)
  const view = {
    ...formAt(step, '/mfa'),
    challenge: session,
    signIn: addressOf(step, '/login'),
    error,
    asks: await whatIsAsked(step, challenge),
  }
  return showPage(step, mfaPage(view, words))
}

async function whatIsAsked(
  { service, asked: { pool, client } }: Step,
  { session, whose: { username }, challenge }: ShownChallenge,
): Promise<MfaAsked> {
  switch (challenge.name) {
    case 'SMS_MFA':
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
      const email = challenge.choices.includes('EMAIL_OTP')
      if (!challenge.choices.includes('SOFTWARE_TOKEN_MFA')) return { kind: 'set-up', email }
      const secret = await secretOf(service, await sessionFor(service, pool, client, session, 'MFA_SETUP'))
      const picture = await qrCode(await keyUri(pool, username, secret))
      return { kind: 'set-up', email, app: { picture, secret } }
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

import type { FastifyReply } from 'fastify'
import { ensure, Refusal } from '../../core/refusal.js'
import type { Parameters } from '../../flows/authorization/authorization-request.js'
import { answerChallenge } from '../../flows/sign-in/answer-challenge.js'
import { sessionUnknown } from '../../flows/sign-in/challenge-session.js'
import { showChallengeAgain } from '../../flows/sign-in/challenges/show-again.js'
import { passwordsDiffer } from '../../flows/sign-in/sign-in-refusals.js'
import type { SignInResult } from '../../flows/sign-in/sign-in-result.js'
import { readCookie } from '../../http/cookies.js'
import { fieldsOf, goTo, inSignIn, type PageRoute, type Step } from '../step.js'
import { attributeFieldIn, attributesIn, mistakeOf } from './form.js'
import { goOn } from './go-on.js'
import { orRecordedRefusal, orRefusal } from './or-refusal.js'
import { type NewPasswordAsked, showNewPasswordPage } from './show-new-password-page.js'
import { showSignInPage } from './show-sign-in-page.js'

/**
 * `/changePassword`: replaces a temporary password (docs/facts/oauth-and-federation.md §10.2; Cognito does not
 * document the page's address).
 */
export const changePassword: PageRoute<Step> = {
  path: '/changePassword',
  arrive: inSignIn,
  /** A browser without a challenge, or with one that is over, begins anew. */
  async get(step) {
    const session = readCookie(step.request, step.hosted, 'challenge')
    const challenge = session && (await orRefusal(() => newPasswordAsked(step, session)))
    return !challenge || challenge instanceof Refusal
      ? goTo(step, '/login')
      : showNewPasswordPage(step, challenge)
  },
  async post(step) {
    const form = fieldsOf(step)
    const outcome = await orRecordedRefusal(step.service, () => takePassword(step, form))
    return outcome instanceof Refusal ? explain(step, form, outcome) : goOn(step, outcome)
  },
}

/** The challenge of a session, while it lasts; refused when the session asks for something else. */
async function newPasswordAsked(
  { service, hosted, asked: { client } }: Step,
  session: string,
): Promise<NewPasswordAsked> {
  const { challenge, ...asked } = await showChallengeAgain(service, hosted.pool, client, session)
  ensure(challenge.name === 'NEW_PASSWORD_REQUIRED', sessionUnknown)
  return { ...asked, challenge }
}

async function takePassword(
  { service, asked: { pool, client } }: Step,
  form: Parameters,
): Promise<SignInResult> {
  const { challenge = '', new_password: password = '', confirm_password: repeated = '' } = form
  ensure(password === repeated, passwordsDiffer)
  const attributes = Object.entries(attributesIn(form)).map(([name, value]) => [
    `userAttributes.${name}`,
    value,
  ])
  return answerChallenge(service, 'NEW_PASSWORD_REQUIRED', {
    pool,
    client,
    session: challenge,
    responses: { NEW_PASSWORD: password, ...Object.fromEntries(attributes) },
    atPages: true,
    forTriggers: {},
  })
}

/** Shows the page again with the mistake, or the sign-in page when the challenge is over. */
async function explain(step: Step, form: Parameters, refusal: Refusal): Promise<FastifyReply> {
  const challenge = await orRefusal(() => newPasswordAsked(step, form.challenge ?? ''))
  if (challenge instanceof Refusal)
    return showSignInPage(step, { error: challenge.told, why: challenge.explanation })
  return showNewPasswordPage(step, challenge, {
    mistakes: [mistakeOf(refusal, fieldOf(refusal, challenge))],
    tried: refusal.code === 'InvalidPasswordException' ? form.new_password : undefined,
    attributes: attributesIn(form),
  })
}

const fieldOf = ({ code, told }: Refusal, { challenge }: NewPasswordAsked): string | undefined => {
  if (code === 'InvalidPasswordException') return 'new_password'
  return told === passwordsDiffer().told
    ? 'confirm_password'
    : attributeFieldIn(told, challenge.missingAttributes)
}

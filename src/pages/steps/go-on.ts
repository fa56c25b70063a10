import type { FastifyReply } from 'fastify'
import { challengeLifetime, localProvider } from '../../core/app-client.js'
import { answeringTo } from '../../flows/authorization/callback.js'
import type { Challenge } from '../../flows/sign-in/challenges/challenge.js'
import type { SignInResult } from '../../flows/sign-in/sign-in-result.js'
import { clearCookie, readCookie, setCookie } from '../../http/cookies.js'
import { endSignIn } from '../../http/end-sign-in.js'
import { goTo, type Step } from '../step.js'

/** Ends a sign-in that is done, or sends the browser to the page of the next challenge. */
export async function goOn(step: Step, outcome: SignInResult): Promise<FastifyReply> {
  const { hosted, request, reply } = step
  if (outcome.done) {
    if (readCookie(request, hosted, 'challenge') !== undefined) clearCookie(reply, hosted, 'challenge')
    const { atCallback } = outcome
    if (atCallback !== undefined) await answeringTo(step.asked.callback, atCallback)
    const { methods = [] } = outcome.journey
    return endSignIn(step, { sub: outcome.sub, provider: localProvider, methods })
  }
  // A page of its own, so that the user can reload it, leave it and come back.
  keepSession(step, outcome.session ?? '')
  return goTo(step, pageOf(outcome.challenge))
}

/** Gives the browser the session of what is asked next, for as long as it is good. */
export const keepSession = ({ reply, hosted, asked }: Step, session: string): void =>
  setCookie(reply, hosted, 'challenge', session, challengeLifetime(asked.client) / 1000)

function pageOf({ name }: Challenge): string {
  if (name === 'NEW_PASSWORD_REQUIRED') return '/changePassword'
  return name === 'WEB_AUTHN' ? '/passkeys/use' : '/mfa'
}

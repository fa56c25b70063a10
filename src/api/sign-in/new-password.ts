import type { Stored } from '../../core/ports/store.js'
import { ensure } from '../../core/refusal.js'
import type { Service } from '../../flows/service.js'
import type { ChallengeSession } from '../../flows/sign-in/challenge-session.js'
import { userOfSession } from '../../flows/sign-in/challenges/complete-challenge.js'
import { answerNewPassword, newPasswordRequired } from '../../flows/sign-in/challenges/new-password.js'
import type { OngoingSignIn, SignInResult } from '../../flows/sign-in/sign-in-result.js'
import { invalidParameter, notAuthorized } from '../refusals.js'
import { type Parameters, parameter } from './client.js'

const prefix = 'userAttributes.'

/** The temporary password is replaced, and what was missing is told (§3.6). */
export async function newPassword(
  service: Service,
  signIn: OngoingSignIn,
  session: Stored<ChallengeSession>,
  responses: Parameters,
): Promise<SignInResult> {
  const password = parameter(responses, 'NEW_PASSWORD')
  const { record: user } = await userOfSession(service, signIn.pool, session)
  const told = Object.fromEntries(
    Object.entries(responses)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, value]) => [name.slice(prefix.length), value]),
  )
  const given = Object.keys(told).find(name => user.attributes[name])
  ensure(given === undefined, () => notAuthorized(`Cannot modify an already provided ${given}`))
  const missing = newPasswordRequired(signIn.pool, user).missingAttributes.find(name => !told[name])
  ensure(missing === undefined, () =>
    invalidParameter(`Attributes did not conform to the schema: ${missing}: The attribute is required\n`),
  )
  return answerNewPassword(service, signIn, session, { password, attributes: told })
}

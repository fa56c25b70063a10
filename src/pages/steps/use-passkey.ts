import { Refusal } from '../../core/refusal.js'
import { answerChallenge } from '../../flows/sign-in/answer-challenge.js'
import { passkeyAsked } from '../../flows/sign-in/passkey-sign-in.js'
import { readCookie } from '../../http/cookies.js'
import { addressOf, fieldsOf, formAt, goTo, inSignIn, type PageRoute, type Step, showPage } from '../step.js'
import { passkeyPage } from '../views/passkey-page.js'
import { passkeyScriptUrl } from '../views/passkey-script.js'
import { goOn } from './go-on.js'
import { orRecordedRefusal, orRefusal } from './or-refusal.js'
import { showSignInPage } from './show-sign-in-page.js'

/** `/passkeys/use`: signs in with a passkey, once the sign-in page knows whose (Cognito does not tell its address). */
export const usePasskey: PageRoute<Step> = {
  path: '/passkeys/use',
  arrive: inSignIn,
  /** A browser that has not begun to sign in, or began too long ago, begins anew. */
  async get(step) {
    const { service, asked, words } = step
    const { pool, client } = asked
    const challenge = await orRefusal(() => passkeyAsked(service, pool, client, sessionOf(step)))
    if (challenge instanceof Refusal) return goTo(step, '/login')
    const view = {
      ...formAt(step, '/passkeys/use'),
      ...challenge,
      kind: 'get' as const,
      script: passkeyScriptUrl,
      otherwise: addressOf(step, '/login'),
    }
    return showPage(step, passkeyPage(view, words))
  },
  async post(step) {
    const { service, asked } = step
    const { pool, client } = asked
    const { credential = '' } = fieldsOf(step)
    const outcome = await orRecordedRefusal(service, () =>
      answerChallenge(service, 'WEB_AUTHN', {
        pool,
        client,
        session: sessionOf(step),
        responses: { CREDENTIAL: credential },
        atPages: true,
        forTriggers: {},
      }),
    )
    return outcome instanceof Refusal
      ? showSignInPage(step, { error: outcome.told, why: outcome.explanation })
      : goOn(step, outcome)
  },
}

const sessionOf = ({ request, hosted }: Step): string => readCookie(request, hosted, 'challenge') ?? ''

// An app whose own pages sign people in with Amplify, for test/amplify-sign-in.test.ts, which tells it what to do.
import { Amplify } from 'aws-amplify'
import * as auth from 'aws-amplify/auth'

/** What Amplify answers, with what it only tells when asked: the address that an authenticator app scans. */
const told = answer => {
  const totp = answer?.getSetupUri ? answer : answer?.nextStep?.totpSetupDetails
  return totp ? { ...answer, setupUri: totp.getSetupUri('Reef').href } : answer
}
const sessionOf = ({ tokens, userSub }) =>
  tokens && {
    userSub,
    access: tokens.accessToken.payload,
    accessToken: tokens.accessToken.toString(),
    id: tokens.idToken.payload,
    idToken: tokens.idToken.toString(),
  }

Object.assign(globalThis, {
  configure: Cognito => Amplify.configure({ Auth: { Cognito } }),
  auth,
  told,
  session: async options => sessionOf(await auth.fetchAuthSession(options)),
})
document.title = 'ready'

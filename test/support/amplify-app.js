// An app made with Amplify as its documentation says, for test/amplify.test.ts, which adds what `rockpool env` prints.
import 'aws-amplify/auth/enable-oauth-listener'
import {
  fetchAuthSession,
  fetchUserAttributes,
  getCurrentUser,
  signInWithRedirect,
  signOut,
} from 'aws-amplify/auth'
import { Hub } from 'aws-amplify/utils'

Hub.listen('auth', ({ payload }) => {
  document.title += ` ${payload.event}`
})

const sessionAfter = async options => {
  const { tokens } = await fetchAuthSession(options)
  return {
    access: tokens.accessToken.payload,
    id: tokens.idToken.payload,
    accessToken: tokens.accessToken.toString(),
  }
}
Object.assign(globalThis, {
  signIn: input => signInWithRedirect(input),
  session: () => sessionAfter(),
  refresh: () => sessionAfter({ forceRefresh: true }),
  user: getCurrentUser,
  attributes: fetchUserAttributes,
  signOut: () => signOut(),
  signOutEverywhere: () => signOut({ global: true }),
})
document.title = 'ready'

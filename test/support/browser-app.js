// The app of a browser, for test/client-libraries.test.ts: CONFIG is put in when it is bundled.
import { UserManager } from 'oidc-client-ts'

const users = new UserManager(CONFIG)
const show = user => {
  document.title = 'in'
  document.body.textContent = JSON.stringify(user)
}
globalThis.signIn = () => users.signinRedirect({ state: 'a state of the app' })
globalThis.signOut = extraQueryParams => users.signoutRedirect({ extraQueryParams })
globalThis.revoke = () => users.revokeTokens(['refresh_token'])
globalThis.renew = async () => show(await users.signinSilent())
if (location.pathname === '/callback')
  users.signinCallback().then(show, error => {
    document.title = String(error)
  })

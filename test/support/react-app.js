// An app as AWS's quick start for React has it, with CONFIG and SIGN_OUT of the page that bundles it.
import { createElement as element } from 'react'
import { createRoot } from 'react-dom/client'
import { AuthProvider, useAuth } from 'react-oidc-context'

function App() {
  const auth = useAuth()
  if (auth.isLoading) return element('p', null, 'Loading')
  if (auth.error) return element('h1', null, `Error: ${auth.error.message}`)
  if (!auth.isAuthenticated)
    return element('button', { type: 'button', onClick: () => auth.signinRedirect() }, 'Sign in')
  const signOut = () => {
    auth.removeUser()
    location.href = globalThis.SIGN_OUT
  }
  return element(
    'main',
    null,
    element('h1', null, `Hello ${auth.user.profile.email}`),
    element('code', null, auth.user.access_token),
    element('button', { type: 'button', onClick: () => auth.signinSilent() }, 'Renew'),
    element('button', { type: 'button', onClick: signOut }, 'Sign out'),
  )
}

const onSigninCallback = () => history.replaceState({}, '', location.pathname)
createRoot(document.body.appendChild(document.createElement('div'))).render(
  element(AuthProvider, { ...globalThis.CONFIG, onSigninCallback }, element(App)),
)

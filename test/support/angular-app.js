// An Angular app with angular-oauth2-oidc, with CONFIG and SIGN_OUT of the page that bundles it.
import '@angular/compiler'
import { provideHttpClient } from '@angular/common/http'
import { provideZonelessChangeDetection } from '@angular/core'
import { createApplication } from '@angular/platform-browser'
import { OAuthService, provideOAuthClient } from 'angular-oauth2-oidc'

const show = (text, ...buttons) => {
  const heading = document.createElement('h1')
  heading.textContent = text
  document.body.replaceChildren(
    heading,
    ...buttons.map(([name, act]) => {
      const button = document.createElement('button')
      button.textContent = name
      button.onclick = act
      return button
    }),
  )
}

async function start() {
  const { injector } = await createApplication({
    providers: [provideZonelessChangeDetection(), provideHttpClient(), provideOAuthClient()],
  })
  const oauth = injector.get(OAuthService)
  const { discovers, ...config } = globalThis.CONFIG
  oauth.configure(config)
  if (discovers) await oauth.loadDiscoveryDocument()
  await oauth.tryLogin()
  if (!oauth.hasValidAccessToken()) return show('Nobody', ['Sign in', () => oauth.initCodeFlow()])
  await oauth.loadUserProfile()
  const greet = () => {
    show(
      `Hello ${oauth.getIdentityClaims().email}`,
      ['Renew', () => oauth.refreshToken().then(greet)],
      ['Sign out', () => oauth.logOut(globalThis.SIGN_OUT)],
    )
    const token = document.createElement('code')
    token.textContent = oauth.getAccessToken()
    document.body.append(token)
  }
  greet()
}

start().catch(error => show(`Error: ${error.message ?? JSON.stringify(error)}`))

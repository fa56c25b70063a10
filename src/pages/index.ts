import type { FastifyInstance } from 'fastify'
import type { AuthorizationServer, UpstreamProviders } from '../flows/authorization/ports.js'
import type { Service } from '../flows/service.js'
import type { HostedAnswer } from '../http/hosted-answers.js'
import type { Hosting } from '../http/hosted-refusals.js'
import { styleAssets } from './look/assets.js'
import { managedStylesheet, managedStylesheetUrl } from './look/managed-stylesheet.js'
import { pagesScript, pagesScriptUrl } from './look/pages-script.js'
import { stylesheet, stylesheetUrl } from './look/stylesheet.js'
import { hostedPage } from './step.js'
import { addPasskey } from './steps/add-passkey.js'
import { changePassword } from './steps/change-password.js'
import { confirm, confirmUser, resendCode } from './steps/confirm.js'
import { error } from './steps/error.js'
import { selectFactor, verifyPassword } from './steps/first-factor.js'
import { forgotPassword, resetPassword } from './steps/forgot-password.js'
import { login } from './steps/login.js'
import { mfa } from './steps/mfa.js'
import { signUp } from './steps/sign-up.js'
import { usePasskey } from './steps/use-passkey.js'
import { passkeyScript, passkeyScriptUrl } from './views/passkey-script.js'
import { postScript, postScriptUrl } from './views/post-script.js'

/**
 * The pages of a user pool domain that a browser sees. `steps/` holds what a page does when it is opened or its form
 * comes back: it asks the flows and decides nothing. `views/` holds pure functions from data and words to HTML,
 * `words/` what pages say, a file a language, and `look/` the style sheet and the drawings. How the app is answered,
 * and which other providers may vouch for users, come in as ports.
 */
export function pages(
  hosting: Hosting,
  { server, upstream }: { server: AuthorizationServer; upstream: UpstreamProviders },
): HostedAnswer[] {
  const steps = [
    signUp,
    confirm,
    resendCode,
    forgotPassword,
    resetPassword,
    selectFactor,
    verifyPassword,
    changePassword,
  ]
  return [
    ...hostedPage(hosting, server, login(hosting, upstream)),
    ...steps.flatMap(step => hostedPage(hosting, server, step)),
    ...hostedPage(hosting, server, confirmUser),
    ...hostedPage(hosting, server, mfa),
    ...hostedPage(hosting, server, usePasskey),
    ...hostedPage(hosting, server, addPasskey),
    ...hostedPage(hosting, server, error(hosting)),
  ]
}

/** What the pages load: below `/_rockpool`, and the same for all domains. */
export function pageAssets(app: FastifyInstance, service: Service): void {
  asset(app, stylesheetUrl, 'text/css; charset=utf-8', stylesheet)
  asset(app, postScriptUrl, 'text/javascript; charset=utf-8', postScript)
  asset(app, managedStylesheetUrl, 'text/css; charset=utf-8', managedStylesheet)
  styleAssets(app, service)
  asset(app, pagesScriptUrl, 'text/javascript; charset=utf-8', pagesScript)
  asset(app, passkeyScriptUrl, 'text/javascript; charset=utf-8', passkeyScript)
}

/** What a page loads. Its address changes with what it holds: browsers may keep it. */
function asset(app: FastifyInstance, url: string, type: string, content: string): void {
  app.get(url, { config: { tellsNothing: true } }, (_request, reply) =>
    reply.type(type).header('cache-control', 'public, max-age=31536000, immutable').send(content),
  )
}

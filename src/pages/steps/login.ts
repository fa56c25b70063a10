import type { FastifyReply } from 'fastify'
import { ensure, Refusal } from '../../core/refusal.js'
import { usernameMissing } from '../../flows/account/passkey-refusals.js'
import { authorizationRequest, type Parameters } from '../../flows/authorization/authorization-request.js'
import type { UpstreamProviders } from '../../flows/authorization/ports.js'
import { beginPasskeySignIn } from '../../flows/sign-in/passkey-sign-in.js'
import { signInWithPassword } from '../../flows/sign-in/sign-in.js'
import { pathOf } from '../../http/hosted.js'
import type { Hosting } from '../../http/hosted-refusals.js'
import { leaveForProvider } from '../../http/leave-for-provider.js'
import { formOf } from '../../http/parameters.js'
import { withQuery } from '../../lib/url.js'
import { inSignIn, type PageRoute, type Step } from '../step.js'
import { goOn } from './go-on.js'
import { orRecordedRefusal } from './or-refusal.js'
import { choices, showSignInPage } from './show-sign-in-page.js'

/** `/login`: reached from authorize, or directly with the same parameters (oauth-and-federation.md §1.4, §10.2). */
export const login = (hosting: Hosting, upstream: UpstreamProviders): PageRoute<Step> => ({
  path: '/login',
  // As prose of AWS has it now and then (§1.3).
  aliases: ['/oauth2/login'],
  arrive: inSignIn,
  get: step => open(step, hosting, upstream),
  post(step) {
    const { idp_identifier: identifier, passkey } = formOf(step.request)
    if (identifier !== undefined) return findProvider(step, identifier)
    return passkey === undefined ? takePassword(step) : askForPasskey(step)
  },
})

/** Shows the page, or goes on at once where there is nothing to choose. */
async function open(step: Step, hosting: Hosting, upstream: UpstreamProviders): Promise<FastifyReply> {
  const { service, hosted, request, reply, asked } = step
  const { local, providers } = await choices(service, asked)
  const [only, ...others] = providers
  if (local || only === undefined || others.length > 0)
    return showSignInPage(step, { username: asked.loginHint })
  return leaveForProvider({ hosting, upstream, path: '/login', hosted, request, reply, asked }, only)
}

async function takePassword(step: Step): Promise<FastifyReply> {
  const { service, hosted, request, asked } = step
  const { username = '', password = '' } = formOf(request)
  const outcome = await orRecordedRefusal(service, () =>
    signInWithPassword(
      service,
      { pool: hosted.pool, client: asked.client, journey: { atPages: true } },
      { username, password },
      {},
    ),
  )
  return outcome instanceof Refusal
    ? showSignInPage(step, { username, error: outcome.told })
    : goOn(step, outcome)
}

/** Goes on to the page that asks for the user's passkey. */
async function askForPasskey(step: Step): Promise<FastifyReply> {
  const { service, request, asked } = step
  const username = formOf(request).username?.trim() ?? ''
  const { pool, client } = asked
  const begun = await orRecordedRefusal(service, async () => {
    ensure(username !== '', usernameMissing)
    return beginPasskeySignIn(service, { pool, client, journey: { atPages: true } }, username)
  })
  return begun instanceof Refusal ? showSignInPage(step, { error: begun.told }) : goOn(step, begun)
}

/**
 * Sends the browser to the provider whose identifier the user entered; an e-mail address stands for its domain
 * (§9.6). An identifier that no provider has is refused on the page.
 */
async function findProvider(step: Step, entered: string): Promise<FastifyReply> {
  const { service, hosted, reply, asked } = step
  const { identity_provider: _, ...kept } = asked.parameters
  const parameters: Parameters = {
    ...kept,
    idp_identifier: entered.slice(entered.lastIndexOf('@') + 1).trim(),
  }
  const outcome = await orRecordedRefusal(service, () =>
    authorizationRequest(service, asked.pool, parameters),
  )
  return outcome instanceof Refusal
    ? showSignInPage(step, { identifier: entered, error: outcome.told, errorIn: 'identifier' })
    : reply.redirect(withQuery(`${pathOf(hosted)}/oauth2/authorize`, parameters), 302)
}

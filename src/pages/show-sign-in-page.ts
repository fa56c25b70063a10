import type { FastifyReply, FastifyRequest } from 'fastify'
import { providersOf as enabledProviders, localProvider } from '../core/app-client.js'
import type { IdentityProvider } from '../core/identity-provider.js'
import type { AuthorizationRequest } from '../flows/authorization/authorization-request.js'
import { providersOf } from '../flows/directory/directory.js'
import type { Service } from '../flows/service.js'
import { offersPasskeys } from '../flows/sign-in/passkey-sign-in.js'
import { csrfToken } from '../http/csrf.js'
import { type Hosted, pathOf } from '../http/hosted.js'
import { withQuery } from '../lib/url.js'
import { type ProviderChoice, type SignInView, signInPage } from './sign-in-page.js'
import { stylesheetUrl } from './stylesheet.js'

/** Who may vouch for the user of a request: its pool, and other providers. */
export async function choices(
  service: Service,
  { pool, client, provider }: AuthorizationRequest,
): Promise<{ local: boolean; providers: readonly IdentityProvider[] }> {
  if (provider !== undefined)
    return provider === localProvider
      ? { local: true, providers: [] }
      : { local: false, providers: [provider] }
  const enabled = enabledProviders(client)
  return {
    local: enabled.includes(localProvider),
    providers: (await providersOf(service, pool)).filter(({ name }) => enabled.includes(name)),
  }
}

/** Shows the page, filled in with what was entered or goes wrong. */
export async function showSignInPage(
  service: Service,
  hosted: Hosted,
  request: FastifyRequest,
  reply: FastifyReply,
  asked: AuthorizationRequest,
  entered: Pick<SignInView, 'username' | 'error' | 'errorIn' | 'identifier'>,
): Promise<FastifyReply> {
  const { local, providers } = await choices(service, asked)
  const page = signInPage({
    poolName: hosted.pool.name,
    clientName: asked.client.name,
    stylesheet: stylesheetUrl,
    action: withQuery(`${pathOf(hosted)}/login`, asked.parameters),
    csrf: csrfToken(service, hosted, request, reply),
    local,
    passkeys: local && (await offersPasskeys(service, hosted.pool, asked.client, hosted.url)),
    ...entered,
    providers: providers.map(({ name }) => choiceOf(hosted, asked, name)),
    identifierForm: providers.some(({ identifiers }) => identifiers.length > 0),
  })
  return reply.type('text/html; charset=utf-8').send(page)
}

const choiceOf = (hosted: Hosted, { parameters }: AuthorizationRequest, name: string): ProviderChoice => ({
  name,
  label: name,
  href: withQuery(`${pathOf(hosted)}/oauth2/authorize`, { ...parameters, identity_provider: name }),
})

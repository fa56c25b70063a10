import type { FastifyReply } from 'fastify'
import { providersOf as enabledProviders, localProvider } from '../../core/app-client.js'
import type { IdentityProvider } from '../../core/identity-provider.js'
import type { AuthorizationRequest } from '../../flows/authorization/authorization-request.js'
import { providersOf } from '../../flows/directory/directory.js'
import type { Service } from '../../flows/service.js'
import { offersPasskeys } from '../../flows/sign-in/passkey-sign-in.js'
import { pathOf } from '../../http/hosted.js'
import { withQuery } from '../../lib/url.js'
import { formAt, type Step, showPage } from '../step.js'
import { type ProviderChoice, type SignInView, signInPage } from '../views/sign-in-page.js'

/** How the user of a request may sign in: at its pool, and through which providers. */
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

/** Shows the page, with what the user entered before and what was refused. */
export async function showSignInPage(
  step: Step,
  entered: Pick<SignInView, 'username' | 'error' | 'errorIn' | 'identifier'>,
): Promise<FastifyReply> {
  const { service, hosted, asked, words } = step
  const { local, providers } = await choices(service, asked)
  const view = {
    ...formAt(step, '/login'),
    local,
    passkeys: local && (await offersPasskeys(service, hosted.pool, asked.client, hosted.url)),
    ...entered,
    providers: providers.map(({ name }) => choiceOf(step, name)),
    identifierForm: providers.some(({ identifiers }) => identifiers.length > 0),
  }
  return showPage(step, signInPage(view, words))
}

const choiceOf = ({ hosted, asked }: Step, name: string): ProviderChoice => ({
  name,
  label: name,
  href: withQuery(`${pathOf(hosted)}/oauth2/authorize`, { ...asked.parameters, identity_provider: name }),
})

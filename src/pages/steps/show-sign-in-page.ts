import type { FastifyReply } from 'fastify'
import { providersOf as enabledProviders, localProvider } from '../../core/app-client.js'
import type { IdentityProvider } from '../../core/identity-provider.js'
import { isRecoveredByAdministrators } from '../../core/recovery.js'
import type { AuthorizationRequest } from '../../flows/authorization/authorization-request.js'
import { providersOf } from '../../flows/directory/directory.js'
import type { Service } from '../../flows/service.js'
import { asksUsernameFirst } from '../../flows/sign-in/first-factor-at-pages.js'
import { offersPasskeys } from '../../flows/sign-in/passkey-sign-in.js'
import { pathOf } from '../../http/hosted.js'
import { withQuery } from '../../lib/url.js'
import { type Look, type ManagedLook, shownPicture } from '../look/look.js'
import { addressOf, formAt, passwordScripts, type Step, showPage } from '../step.js'
import { type ProviderChoice, type SignInView, signInPage } from '../views/sign-in-page.js'
import { usernameKindOf } from './form.js'
import { maySignUp } from './sign-up.js'

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
  entered: Pick<SignInView, 'username' | 'error' | 'why' | 'errorIn' | 'identifier' | 'notice'>,
): Promise<FastifyReply> {
  const { service, hosted, asked, words, look } = step
  const { pool } = hosted
  const { local, providers } = await choices(service, asked)
  const byName = look.face === 'managed' && asksUsernameFirst(asked.client)
  const isLocal = local && (look.face === 'classic' || shows(look, 'USERNAME_PASSWORD'))
  const boxed = providers.length > 1 && samlByIdentifier(providers)
  const buttons = providers.filter(({ type }) => !(boxed && type === 'SAML'))
  const shown = look.face === 'classic' || shows(look, 'FEDERATED') ? inOrder(look, buttons) : []
  const view: SignInView = {
    ...formAt(step, '/login'),
    scripts: passwordScripts,
    local: isLocal,
    usernameOnly: byName,
    usernameKind: usernameKindOf(pool),
    passkeys:
      isLocal && look.face === 'managed' && (await offersPasskeys(service, pool, asked.client, hosted.url)),
    ...entered,
    providers: shown.map(provider => choiceOf(step, provider)),
    asList: asList(step),
    providersFirst: look.face === 'managed' && firstMethod(look) === 'FEDERATED',
    identifierForm:
      boxed || providers.some(({ type, identifiers }) => type !== 'SAML' && identifiers.length > 0),
    forgotPassword:
      isLocal && !isRecoveredByAdministrators(pool) ? addressOf(step, '/forgotPassword') : undefined,
    signUp: isLocal && maySignUp(step) ? addressOf(step, '/signup') : undefined,
  }
  return showPage(step, signInPage(view, words))
}

/** Whether users tell their organisation by an address: every SAML provider has identifiers, and there are several. */
function samlByIdentifier(providers: readonly IdentityProvider[]): boolean {
  const saml = providers.filter(({ type }) => type === 'SAML')
  return saml.length > 1 && saml.every(({ identifiers }) => identifiers.length > 0)
}

interface Method {
  readonly type: string
}

const methodsOf = ({ settings }: ManagedLook): readonly Method[] =>
  settings.categories.auth.authMethodOrder.flat()

/** Whether a style shows a way to sign in. */
const shows = (look: ManagedLook, type: string): boolean =>
  methodsOf(look).some(method => method.type === type)

const firstMethod = (look: ManagedLook): string | undefined => methodsOf(look)[0]?.type

/** Those that the style names come first, in its order. */
function inOrder(look: Look, providers: readonly IdentityProvider[]): readonly IdentityProvider[] {
  const order = look.face === 'managed' ? look.settings.categories.auth.federation.order : []
  const place = ({ name }: IdentityProvider) => (order.includes(name) ? order.indexOf(name) : order.length)
  return providers.toSorted((one, other) => place(one) - place(other))
}

/** A list to choose a provider from, where the style wants one in the place of buttons. */
function asList({ hosted, asked, look }: Step): SignInView['asList'] {
  if (look.face !== 'managed') return undefined
  if (look.settings.categories.auth.federation.interfaceStyle !== 'DROPDOWN_LIST') return undefined
  const { identity_provider: _, ...kept } = asked.parameters
  const hidden = Object.fromEntries(
    Object.entries(kept).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
  return { action: `${pathOf(hosted)}/oauth2/authorize`, hidden }
}

const social = ['Google', 'Facebook', 'LoginWithAmazon', 'SignInWithApple']

/** What users call the social providers whose names are Cognito's. */
const socialLabels: Readonly<Record<string, string>> = { LoginWithAmazon: 'Amazon', SignInWithApple: 'Apple' }

function choiceOf({ hosted, asked, look }: Step, { name, type }: IdentityProvider): ProviderChoice {
  const withIcons = look.face === 'managed' && look.settings.componentClasses.idpButtons.icons.enabled
  return {
    name,
    label: socialLabels[name] ?? name,
    isSocial: social.includes(type),
    icon: withIcons ? shownPicture(look, 'IDP_BUTTON_ICON', name).light : undefined,
    href: withQuery(`${pathOf(hosted)}/oauth2/authorize`, { ...asked.parameters, identity_provider: name }),
  }
}

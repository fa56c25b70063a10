import { type AppClient, type ClientSettings, localProvider } from '../../core/app-client.js'
import type { clientFindings, PoolOfClient } from '../../core/rules/client.js'
import { systemScopes } from '../../core/scopes.js'
import { type Html, html } from '../../lib/html.js'
import { consolePath } from '../console.js'
import { checkbox, textArea } from '../frame/forms.js'
import { type Mistakes, mistakesOf } from '../frame/mistakes.js'
import type { Visit } from '../page.js'

/** The fields of an app client's settings, and what a form with them says. */

/** Findings of clients are about lists: the field is the member, whatever the entry. */
export const mistakesByMember = (findings: ReturnType<typeof clientFindings>): Mistakes =>
  mistakesOf([...findings].map(finding => ({ ...finding, path: finding.path.slice(0, 1) })))

const linesOf = (text = ''): string[] => text.split(/\s+/).filter(line => line !== '')

type AuthFlow = NonNullable<ClientSettings['ExplicitAuthFlows']>[number]

/** The settings that the form is about; the others stay. */
export function askedSettings({ form: of, all }: Visit, { settings }: AppClient): ClientSettings {
  const flows = all('AllowedOAuthFlows') as NonNullable<ClientSettings['AllowedOAuthFlows']>
  const lists = {
    SupportedIdentityProviders: [...all('SupportedIdentityProviders')],
    CallbackURLs: linesOf(of.CallbackURLs),
    LogoutURLs: linesOf(of.LogoutURLs),
    AllowedOAuthFlows: [...flows],
    AllowedOAuthScopes: [...all('AllowedOAuthScopes')],
  }
  const writable = linesOf(of.WriteAttributes)
  const { WriteAttributes: _writable, ExplicitAuthFlows: before = [], ...others } = settings
  const unasked = before.filter(flow => !authFlows.some(([known]) => known === flow))
  const signIn = [...unasked, ...(all('ExplicitAuthFlows') as AuthFlow[])]
  return {
    ...others,
    ...lists,
    AllowedOAuthFlowsUserPoolClient: flows.length > 0,
    ...(writable.length === 0 ? {} : { WriteAttributes: writable }),
    ...(signIn.length === 0 ? {} : { ExplicitAuthFlows: signIn }),
  }
}

const flows = [
  ['code', 'Authorization code grant', 'For apps with pages, with or without a server.'],
  ['implicit', 'Implicit grant', 'Tokens in the address; old apps only.'],
  [
    'client_credentials',
    'Client credentials',
    'For machines, with a secret and scopes of a resource server.',
  ],
] as const

/** How apps sign people in through the API, without the hosted pages. */
const authFlows: readonly (readonly [AuthFlow, label: string, hint: string])[] = [
  ['ALLOW_USER_SRP_AUTH', 'Secure remote password (SRP)', 'What Amplify does unless it is told otherwise.'],
  ['ALLOW_USER_PASSWORD_AUTH', 'Username and password', 'The app sends the password itself.'],
  ['ALLOW_ADMIN_USER_PASSWORD_AUTH', 'The same by a server', 'AdminInitiateAuth, with AWS credentials.'],
  ['ALLOW_USER_AUTH', 'Choice of the first factor', 'Passwords, passkeys and one-time codes.'],
  ['ALLOW_CUSTOM_AUTH', 'Custom challenges', 'Lambda triggers ask, and judge the answers.'],
  ['ALLOW_REFRESH_TOKEN_AUTH', 'Refresh tokens', 'New tokens without a new sign-in.'],
]

/** What the fields of the settings show. */
interface Shown {
  readonly settings: ClientSettings
  readonly mistakes: Mistakes
}

/** @param base the public base URL, which the built-in app is below */
export function settingFields(pool: PoolOfClient, shown: Shown, base: string): Html[] {
  const { settings, mistakes } = shown
  const ofApp = (path: string) => html`<code>${base}${consolePath}/app${path}</code>`
  return [
    choices(shown, 'SupportedIdentityProviders', 'Enabled identity providers', [
      [localProvider, 'Cognito user pool', 'The accounts of this pool.'],
      ...pool.providers.map(name => [name]),
    ]),
    urls(
      shown,
      'CallbackURLs',
      'Callback URLs',
      html`One a line, compared letter by letter. The built-in app is ${ofApp('/callback')}.`,
    ),
    urls(shown, 'LogoutURLs', 'Sign-out URLs', html`One a line. The built-in app is ${ofApp('')}.`),
    choices(shown, 'AllowedOAuthFlows', 'Allowed OAuth flows', flows),
    choices(shown, 'AllowedOAuthScopes', 'Allowed OAuth scopes', [
      ...systemScopes.map(scope => [scope]),
      ...pool.customScopes.map(scope => [scope]),
    ]),
    html`<details${mistakes.ExplicitAuthFlows !== undefined && html` open`}><summary>Sign-in through the API</summary>${choices(shown, 'ExplicitAuthFlows', 'Allowed authentication flows', authFlows)}</details>`,
    textArea({
      name: 'WriteAttributes',
      label: 'Attributes that the app may write',
      value: (settings.WriteAttributes ?? []).join('\n'),
      rows: 3,
      hint: 'One a line; none: all of them. A federated sign-in through the client writes these only.',
      mistake: mistakes.WriteAttributes,
    }),
  ]
}

/** Check boxes for a list of which each entry is one of a few. */
function choices(
  { settings, mistakes }: Shown,
  name: keyof ClientSettings,
  legend: string,
  options: readonly (readonly string[])[],
): Html {
  const chosen = (settings[name] ?? []) as readonly string[]
  return html`<fieldset><legend>${legend}</legend>${options.map(([value = '', label = value, hint]) =>
    checkbox({
      name,
      value,
      label,
      ticked: chosen.includes(value),
      ...(hint === undefined ? {} : { hint }),
    }),
  )}${mistakes[name] !== undefined && html`<p class="mistake">${mistakes[name]}</p>`}</fieldset>`
}

const urls = (
  { settings, mistakes }: Shown,
  name: 'CallbackURLs' | 'LogoutURLs',
  label: string,
  hint: Html,
): Html =>
  textArea({
    name,
    label,
    value: (settings[name] ?? []).join('\n'),
    rows: Math.min(8, Math.max(3, (settings[name] ?? []).length)),
    hint,
    mistake: mistakes[name],
  })

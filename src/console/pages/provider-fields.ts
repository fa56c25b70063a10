import type { ProviderType } from '../../core/identity.js'
import { providerFindings } from '../../core/rules/provider.js'
import { createIdentityProvider } from '../../core/shapes/identity-providers.js'
import type { SchemaAttribute } from '../../core/user-pool.js'
import { type Html, html } from '../../lib/html.js'
import { field, select, textArea } from '../frame/forms.js'
import { type Mistakes, misshapen, mistakesOf } from '../frame/mistakes.js'
import type { Visit } from '../page.js'

/** The fields of a provider, by its type, in the words of `ProviderDetails`. */

export const providerTypes: readonly (readonly [ProviderType, string])[] = [
  ['OIDC', 'OpenID Connect'],
  ['SAML', 'SAML'],
  ['Google', 'Google'],
  ['Facebook', 'Facebook'],
  ['LoginWithAmazon', 'Login with Amazon'],
  ['SignInWithApple', 'Sign in with Apple'],
]

export const typeNamed = (name: string | undefined): ProviderType =>
  providerTypes.find(([type]) => type === name)?.[0] ?? 'OIDC'

interface Detail {
  readonly name: string
  readonly label: string
  readonly hint?: string
  readonly value?: string
  readonly kind?: 'secret' | 'text'
  readonly isOptional?: true
}

const clientId: Detail = { name: 'client_id', label: 'Client ID', hint: 'What the provider calls this pool.' }
const clientSecret: Detail = { name: 'client_secret', label: 'Client secret', kind: 'secret' }

const social = (scopes: string): readonly Detail[] => [
  clientId,
  clientSecret,
  { name: 'authorize_scopes', label: 'Scopes', value: scopes },
]

const detailsOfType: Readonly<Record<ProviderType, readonly Detail[]>> = {
  OIDC: [
    clientId,
    { ...clientSecret, isOptional: true },
    {
      name: 'authorize_scopes',
      label: 'Authorize scopes',
      value: 'openid email profile',
      hint: 'With blanks between them; openid is needed.',
    },
    {
      name: 'oidc_issuer',
      label: 'Issuer',
      hint: 'As the provider writes it itself, letter by letter, without /.well-known/openid-configuration.',
    },
  ],
  SAML: [
    { name: 'MetadataURL', label: 'Metadata URL', isOptional: true },
    { name: 'MetadataFile', label: 'Metadata document', kind: 'text', isOptional: true },
  ],
  Google: social('openid email profile'),
  Facebook: social('public_profile,email'),
  LoginWithAmazon: social('profile'),
  SignInWithApple: [
    clientId,
    { name: 'team_id', label: 'Team ID' },
    { name: 'key_id', label: 'Key ID' },
    { name: 'private_key', label: 'Private key', kind: 'secret' },
    { name: 'authorize_scopes', label: 'Scopes', value: 'email name' },
  ],
}

/**
 * The fields of a form for a provider.
 * @param known what is stored: its secrets are not shown, and stay where the field is left empty
 */
export function detailFields(
  visit: Visit,
  type: ProviderType,
  { mistakes, known }: { readonly mistakes: Mistakes; readonly known?: Readonly<Record<string, string>> },
): Html[] {
  const isNew = known === undefined
  const fields = detailsOfType[type].map(({ name, label, hint, value = '', kind, isOptional }) => {
    const typed = visit.form[name] ?? (kind === 'secret' ? undefined : known?.[name]) ?? (isNew ? value : '')
    const about = {
      name,
      label,
      value: typed,
      mistake: mistakes[name],
      required: isOptional !== true && (isNew || kind !== 'secret'),
      ...(hint === undefined ? {} : { hint }),
    }
    if (kind === 'text') return textArea({ ...about, rows: 6 })
    if (kind !== 'secret') return field(about)
    return field({
      ...about,
      type: 'password',
      autocomplete: 'off',
      ...(isNew ? {} : { hint: 'Left empty, it stays as it is.' }),
    })
  })
  const method =
    type === 'OIDC'
      ? [
          select({
            name: 'attributes_request_method',
            label: 'Attributes request method',
            value: visit.form.attributes_request_method ?? known?.attributes_request_method ?? 'GET',
            options: [
              ['GET', 'GET'],
              ['POST', 'POST'],
            ],
          }),
        ]
      : []
  const others = mistakes.ProviderDetails
  return [...fields, ...method, ...(others === undefined ? [] : [html`<p class="mistake">${others}</p>`])]
}

/** What the form says of the details; secrets that are left empty stay. */
export function askedDetails(
  { form: of }: Visit,
  type: ProviderType,
  known: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const names = [
    ...detailsOfType[type].map(({ name }) => name),
    ...(type === 'OIDC' ? ['attributes_request_method'] : []),
  ]
  return Object.fromEntries(
    names.flatMap(name => {
      const isSecret = detailsOfType[type].some(detail => detail.name === name && detail.kind === 'secret')
      const value = of[name] ?? (isSecret ? known[name] : undefined)
      return value === undefined ? [] : [[name, value.trim()]]
    }),
  )
}

export const providerMistakes = (
  asked: Parameters<typeof providerFindings>[0],
  schema: readonly SchemaAttribute[],
): Mistakes => ({
  ...mistakesOf(providerFindings(asked, schema)),
  ...misshapen('ProviderName', createIdentityProvider.members.ProviderName.required, asked.ProviderName),
})

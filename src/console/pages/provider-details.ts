import type { ProviderType } from '../../core/identity.js'
import { oidcEndpoints } from '../../core/identity-provider.js'

/** What the forms ask of a provider, by its type: `ProviderDetails` in words. */

export const providerTypes: readonly (readonly [ProviderType, string])[] = [
  ['OIDC', 'OpenID Connect'],
  ['SAML', 'SAML'],
  ['Google', 'Google'],
  ['Facebook', 'Facebook'],
  ['LoginWithAmazon', 'Login with Amazon'],
  ['SignInWithApple', 'Sign in with Apple'],
]

/** A member of `ProviderDetails`, as a form asks for it. */
export interface Detail {
  readonly name: string
  readonly label: string
  readonly hint?: string
  /** What a new provider begins with. */
  readonly value?: string
  readonly isOptional?: true
  /** It is never shown, and stays where the field is left empty. */
  readonly isSecret?: true
  /** Several lines, or a line if absent; `switch` is a box that is ticked. */
  readonly kind?: 'lines' | 'switch' | 'choice'
  /** Of lines: files that can be chosen instead of pasting, as the `accept` of an input. */
  readonly files?: string
  /** Of a switch: what is written where it is ticked; `true` if absent. */
  readonly ticked?: string
  /** Of a choice: its values. */
  readonly choices?: readonly string[]
  /** Most providers do without it: its field is in a part of the form that is closed at first. */
  readonly isRare?: true
}

const clientId: Detail = { name: 'client_id', label: 'Client ID', hint: 'What the provider calls this pool.' }
const clientSecret: Detail = { name: 'client_secret', label: 'Client secret', isSecret: true }

/** What details of social providers are called in the provider's own console differs. */
const social = (
  [id, secret]: readonly [id: string, secret: string],
  scopes: string,
  hint: string,
): readonly Detail[] => [
  { ...clientId, label: id },
  { ...clientSecret, label: secret },
  { name: 'authorize_scopes', label: 'Scopes', value: scopes, hint },
]

const endpointLabels: Readonly<Record<(typeof oidcEndpoints)[number], string>> = {
  authorize_url: 'Authorization endpoint',
  token_url: 'Token endpoint',
  attributes_url: 'UserInfo endpoint',
  jwks_uri: 'Keys (JWKS)',
}

const samlSwitch = (name: string, label: string, hint: string): Detail => ({
  name,
  label,
  hint,
  kind: 'switch',
  isOptional: true,
})

export const detailsOfType: Readonly<Record<ProviderType, readonly Detail[]>> = {
  OIDC: [
    clientId,
    { ...clientSecret, isOptional: true },
    {
      name: 'authorize_scopes',
      label: 'Authorize scopes',
      value: 'openid email profile',
      hint: 'With spaces between them; openid is needed.',
    },
    {
      name: 'oidc_issuer',
      label: 'Issuer',
      hint: 'As the provider writes it itself, letter by letter, without /.well-known/openid-configuration.',
    },
    {
      name: 'attributes_request_method',
      label: 'Attributes request method',
      kind: 'choice',
      choices: ['GET', 'POST'],
    },
    ...oidcEndpoints.map(name => ({
      name,
      label: endpointLabels[name],
      isOptional: true as const,
      isRare: true as const,
    })),
  ],
  SAML: [
    {
      name: 'MetadataURL',
      label: 'Metadata URL',
      isOptional: true,
      hint: 'Read now, and again every six hours. Or give the document itself:',
    },
    {
      name: 'MetadataFile',
      label: 'Metadata document',
      kind: 'lines',
      files: '.xml,application/xml,text/xml',
      isOptional: true,
      hint: 'The XML that the provider offers for download. Only one of the two.',
    },
    samlSwitch(
      'IDPSignout',
      'Sign out of the provider as well',
      'A user who signs out here is sent there with a request to log out.',
    ),
    {
      ...samlSwitch(
        'RequestSigningAlgorithm',
        'Sign requests with RSA-SHA256',
        'The provider has to know the certificate of the pool.',
      ),
      ticked: 'rsa-sha256',
    },
    samlSwitch(
      'EncryptedResponses',
      'Require encrypted assertions',
      'The provider encrypts them to the certificate of the pool.',
    ),
    samlSwitch(
      'IDPInit',
      'Accept sign-ins that begin at the provider',
      'Responses that nobody asked for: from a tile on the provider’s own start page.',
    ),
  ],
  Google: social(['Client ID', 'Client secret'], 'openid email profile', 'With spaces between them.'),
  Facebook: [
    ...social(['App ID', 'App secret'], 'public_profile,email', 'With commas between them.'),
    {
      name: 'api_version',
      label: 'API version',
      isOptional: true,
      hint: 'Of the Graph API, such as v21.0. Left empty, it is v17.0.',
    },
  ],
  LoginWithAmazon: social(
    ['Client ID', 'Client secret'],
    'profile',
    'With spaces between them: profile, profile:user_id, postal_code.',
  ),
  SignInWithApple: [
    { ...clientId, label: 'Services ID', hint: 'The client ID: com.example.signin.' },
    { name: 'team_id', label: 'Team ID' },
    { name: 'key_id', label: 'Key ID' },
    {
      name: 'private_key',
      label: 'Private key',
      kind: 'lines',
      files: '.p8',
      isSecret: true,
      hint: 'The content of the .p8 file that Apple gave out. The client secret is signed with it.',
    },
    {
      name: 'authorize_scopes',
      label: 'Scopes',
      value: 'email name',
      hint: 'With spaces between them. Apple tells the name once, at the first sign-in.',
    },
  ],
}

/** What a provider needs, for an example of a form in which nothing is typed. */
export const exampleDetails = (type: ProviderType): Readonly<Record<string, string>> =>
  type === 'SAML'
    ? { MetadataURL: 'https://idp.example.com/metadata' }
    : Object.fromEntries(
        detailsOfType[type]
          .filter(({ isOptional }) => !isOptional)
          .map(({ name, value, choices }) => [
            name,
            value ??
              choices?.[0] ??
              (name === 'oidc_issuer'
                ? 'https://idp.example.com'
                : `YOUR-${name.toUpperCase().replaceAll('_', '-')}`),
          ]),
      )

export const typeNamed = (name: string | undefined): ProviderType =>
  providerTypes.find(([type]) => type === name)?.[0] ?? 'OIDC'

export const labelOf = (type: ProviderType): string =>
  providerTypes.find(([known]) => known === type)?.[1] ?? type

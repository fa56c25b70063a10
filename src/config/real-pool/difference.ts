import { isDeepStrictEqual } from 'node:util'
import type { Json, JsonMap } from '../import/source.js'

/** Where two pools are not configured alike. */
export interface Difference {
  /** `Clients.web-app.CallbackURLs`. */
  readonly path: string
  /** Undefined: it is not there. */
  readonly here: Json | undefined
  readonly there: Json | undefined
}

/**
 * Compares two pools, each as a seed describes it. What means the same is the same: the order of lists that are sets, a
 * default that is written out, times in other units, and what differs by nature (ids, secrets, addresses, accounts).
 */
export function differences(here: JsonMap, there: JsonMap): Difference[] {
  return compared(normal(here), normal(there), '')
}

function compared(here: Json | undefined, there: Json | undefined, path: string): Difference[] {
  if (isDeepStrictEqual(here, there)) return []
  if (!isMap(here) || !isMap(there)) return [{ path, here, there }]
  const names = [...new Set([...Object.keys(here), ...Object.keys(there)])].toSorted()
  return names.flatMap(name => compared(here[name], there[name], path === '' ? name : `${path}.${name}`))
}

const isMap = (value: Json | undefined): value is JsonMap =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Members that differ by nature. */
const ignored = new Set([
  'Id',
  'ClientId',
  'ClientSecret',
  'GenerateSecret',
  'Users',
  'Triggers',
  'SigningKeys',
  'Issuer',
  'ImageFile',
])

/** Lists of things: the member that names each. */
const namedBy: Readonly<Record<string, string>> = {
  Clients: 'ClientName',
  IdentityProviders: 'ProviderName',
  ResourceServers: 'Identifier',
  Groups: 'GroupName',
  Schema: 'Name',
  Scopes: 'ScopeName',
  Terms: 'TermsName',
}

/** Lists whose order means something. */
const ordered = new Set([
  'Assets',
  'LogConfigurations',
  'UICustomizations',
  'ManagedLoginBrandings',
  'RiskConfigurations',
])

/** What nobody has to write: Cognito's defaults, by the member they are in. */
const defaults: Readonly<Record<string, JsonMap>> = {
  UserPool: {
    MfaConfiguration: 'OFF',
    DeletionProtection: 'INACTIVE',
    UserPoolTier: 'ESSENTIALS',
    EmailConfiguration: { EmailSendingAccount: 'COGNITO_DEFAULT' },
    AdminCreateUserConfig: { AllowAdminCreateUserOnly: false },
    AccountRecoverySetting: {
      RecoveryMechanisms: [
        { Name: 'verified_email', Priority: 1 },
        { Name: 'verified_phone_number', Priority: 2 },
      ],
    },
    KeyConfiguration: { KeyType: 'AWS_OWNED_KEY' },
    IssuerConfiguration: { Type: 'ORIGINAL' },
    VerificationMessageTemplate: { DefaultEmailOption: 'CONFIRM_WITH_CODE' },
    ManagedLoginVersion: 1,
    UsernameConfiguration: { CaseSensitive: true },
    UserPoolAddOns: { AdvancedSecurityMode: 'OFF' },
    Policies: {
      PasswordPolicy: {
        MinimumLength: 8,
        RequireUppercase: true,
        RequireLowercase: true,
        RequireNumbers: true,
        RequireSymbols: true,
        TemporaryPasswordValidityDays: 7,
      },
      SignInPolicy: { AllowedFirstAuthFactors: ['PASSWORD'] },
    },
  },
  Clients: {
    RefreshTokenValidity: 30 * 86_400,
    AccessTokenValidity: 3600,
    IdTokenValidity: 3600,
    AuthSessionValidity: 3,
    EnableTokenRevocation: true,
    EnablePropagateAdditionalUserContextData: false,
    AllowedOAuthFlowsUserPoolClient: false,
    PreventUserExistenceErrors: 'LEGACY',
  },
  Schema: { Required: false, Mutable: false, AttributeDataType: 'String', DeveloperOnlyAttribute: false },
}

/** A pool in one way of writing it. */
function normal(pool: JsonMap): JsonMap {
  const whole = withDefaults(pool, defaults.UserPool ?? {})
  return members(whole, '')
}

function members(value: JsonMap, at: string): JsonMap {
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]): [string, Json][] => {
      if (ignored.has(name) && !(name === 'ClientId' && at !== 'Clients' && at !== '')) return []
      const found = normalMember(name, member)
      return isNothing(found) ? [] : [[name, found]]
    }),
  )
}

function normalMember(name: string, value: Json): Json {
  if (Array.isArray(value)) return listOf(name, value as readonly Json[])
  if (name === 'LambdaConfig' && isMap(value)) return triggersOf(value)
  if (name === 'ProviderDetails' && isMap(value)) return detailsOf(value)
  if (isMap(value)) return members(withDefaults(value, defaults[name] ?? {}), name)
  return typeof value === 'string' ? withoutPlace(value) : value
}

function listOf(name: string, list: readonly Json[]): Json {
  const key = namedBy[name]
  if (key !== undefined) {
    return Object.fromEntries(
      list.filter(isMap).map(one => {
        const entry = name === 'Clients' ? inSeconds(one) : one
        const { [key]: _name, ...rest } = members(withDefaults(entry, defaults[name] ?? {}), name)
        return [String(one[key]), rest]
      }),
    )
  }
  const items = list.map(item => normalMember('', item))
  return ordered.has(name)
    ? items
    : items.toSorted((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1))
}

const unitSeconds: Readonly<Record<string, number>> = { seconds: 1, minutes: 60, hours: 3600, days: 86_400 }

/** Validities of tokens in seconds, whichever units they are written in. */
function inSeconds({ TokenValidityUnits, ...client }: JsonMap): JsonMap {
  const units = isMap(TokenValidityUnits) ? TokenValidityUnits : {}
  const own = { AccessToken: 'hours', IdToken: 'hours', RefreshToken: 'days' } as const
  const validities = Object.entries(own).flatMap(([token, unit]) => {
    const value = client[`${token}Validity`]
    const seconds = unitSeconds[String(units[token] ?? unit)] ?? 1
    return typeof value === 'number' ? [[`${token}Validity`, value * seconds]] : []
  })
  return { ...client, ...Object.fromEntries(validities) }
}

/** Which triggers there are, in which version: whose function it is differs by account. */
const triggersOf = (config: JsonMap): Json =>
  Object.fromEntries(
    Object.entries(config).map(([name, value]) => [
      name,
      isMap(value) ? (value.LambdaVersion ?? true) : true,
    ]),
  )

/** Details without secrets. */
const detailsOf = (details: JsonMap): Json =>
  Object.fromEntries(
    Object.entries(details)
      .filter(([name]) => !['client_secret', 'private_key', 'attributes_url_add_attributes'].includes(name))
      .map(([name, value]) => [name, typeof value === 'string' ? withoutPlace(value) : value]),
  )

/** Account and region of an ARN are those of the place. */
const withoutPlace = (text: string): string => text.replace(/^(arn:aws[\w-]*:[\w-]+):[\w-]*:\d*:/, '$1:::')

const withDefaults = (value: JsonMap, known: JsonMap): JsonMap => ({
  ...Object.fromEntries(
    Object.entries(known).map(([name, usual]) => {
      const own = value[name]
      return [
        name,
        isMap(usual) && isMap(own) && name !== 'PasswordPolicy' ? withDefaults(own, usual) : (own ?? usual),
      ]
    }),
  ),
  ...Object.fromEntries(
    Object.entries(value).filter(
      ([name, own]) => !(isMap(known[name]) && isMap(own) && name !== 'PasswordPolicy'),
    ),
  ),
})

const isNothing = (value: Json): boolean =>
  value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0)

/** Differences as a person reads them, one below the other. */
export const sentencesOf = (
  found: readonly Difference[],
  names: readonly [here: string, there: string],
): string =>
  found
    .map(
      ({ path, here, there }) => `${path}\n  ${names[0]}: ${shown(here)}\n  ${names[1]}: ${shown(there)}\n`,
    )
    .join('')

const shown = (value: Json | undefined): string => (value === undefined ? 'nothing' : JSON.stringify(value))

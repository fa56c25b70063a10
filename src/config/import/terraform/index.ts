/** Pools from the JSON that Terraform, OpenTofu or Pulumi writes of a state or a plan. */
import { createUserPoolClient } from '../../../core/shapes/app-clients.js'
import { createGroup } from '../../../core/shapes/groups.js'
import { createIdentityProvider } from '../../../core/shapes/identity-providers.js'
import { createResourceServer } from '../../../core/shapes/resource-servers.js'
import { createUserPool, setUserPoolMfaConfig } from '../../../core/shapes/user-pools.js'
import { derivedClientId, derivedPoolId, derivedSecret } from '../derived.js'
import { text } from '../intrinsics.js'
import type { Messages } from '../messages.js'
import { type ImportOptions, regionOr } from '../options.js'
import type { ImportedPool } from '../pool.js'
import { entriesOf, isJsonMap, type Json, type JsonMap, type Source } from '../source.js'
import { temporaryPassword } from '../temporary-password.js'
import { apiMembers } from './arguments.js'
import { type Referred, referredBy } from './references.js'
import { type TfResource, tfResources } from './resources.js'
import { lambdaTriggers } from './triggers.js'

/** What an input holds, and how its parts find each other. */
export interface Tf {
  readonly file: string
  readonly resources: readonly TfResource[]
  readonly isPlan: boolean
  readonly messages: Messages
  readonly options: ImportOptions
  referred(resource: TfResource, argument: string): Referred[]
  idOf(pool: TfResource): string
  clientIdOf(client: TfResource): string
  secretOf(client: TfResource): string | undefined
}

/** Reads an input: its pools, and its outputs. */
export function readState(
  source: Source,
  options: ImportOptions,
  messages: Messages,
): { pools: ImportedPool[]; outputs: JsonMap } {
  const input = isJsonMap(source.value) ? source.value : {}
  const tf = tfOf(input, source.file, options, messages)
  const pools = tf.resources.filter(({ type, isData }) => type === 'aws_cognito_user_pool' && !isData)
  return { pools: pools.map(pool => importedPool(tf, pool)), outputs: outputsOf(input, tf) }
}

function tfOf(input: JsonMap, file: string, options: ImportOptions, messages: Messages): Tf {
  const resources = tfResources(input)
  const configuration = isJsonMap(input.configuration) ? input.configuration : {}
  const region = regionOr(options, regionOf(configuration, resources))
  return {
    file,
    resources,
    isPlan: input.planned_values !== undefined,
    messages,
    options,
    referred: (resource, argument) => referredBy(configuration, resources, resource, argument),
    idOf: ({ values, address }) => textOf(values.id) ?? derivedPoolId(region, 'terraform', address),
    clientIdOf: ({ values, address }) => textOf(values.id) ?? derivedClientId('terraform', address),
    secretOf: ({ values, address }) =>
      textOf(values.client_secret) ??
      (values.generate_secret === true ? derivedSecret('terraform', address) : undefined),
  }
}

const textOf = (value: Json | undefined): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined

/** The region of the provider's block, else of an ARN. */
function regionOf(configuration: JsonMap, resources: readonly TfResource[]): string | undefined {
  const providers = entriesOf(configuration.provider_config).map(([, provider]) => provider)
  for (const provider of providers) {
    const expressions = isJsonMap(provider) && isJsonMap(provider.expressions) ? provider.expressions : {}
    const { region } = expressions
    if (isJsonMap(region) && typeof region.constant_value === 'string') return region.constant_value
  }
  const arns = resources.map(({ values }) => textOf(values.arn)?.split(':')[3])
  return arns.find(region => region !== undefined && region !== '')
}

/** The pool that a resource belongs to: by its id, by what the plan refers to, or the only one there is. */
function poolOf(tf: Tf, resource: TfResource): TfResource | undefined {
  const pools = tf.resources.filter(({ type, isData }) => type === 'aws_cognito_user_pool' && !isData)
  const id = textOf(resource.values.user_pool_id)
  if (id !== undefined) return pools.find(pool => tf.idOf(pool) === id)
  const [referred] = tf.referred(resource, 'user_pool_id')
  if (referred !== undefined) return referred.resource
  const inModule = pools.filter(({ module }) => module === resource.module)
  const candidates = inModule.length > 0 ? inModule : pools
  if (candidates.length === 1) return candidates[0]
  tf.messages.fail({
    file: tf.file,
    path: `${resource.address}.user_pool_id`,
    text: `The plan does not tell which pool ${resource.address} belongs to.`,
    remedy: `Give --set '${resource.address}.user_pool_id=…', or import a state instead of a plan.`,
  })
  return undefined
}

function importedPool(tf: Tf, pool: TfResource): ImportedPool {
  const belongings = tf.resources.filter(
    one => one.type.startsWith('aws_cognito_') && one !== pool && !one.isData && poolOf(tf, one) === pool,
  )
  const of = (kind: string) => belongings.filter(({ type }) => type === `aws_cognito_${kind}`)
  const clients = [...of('user_pool_client'), ...of('managed_user_pool_client')]
  const triggers = lambdaTriggers(tf, pool)
  const seed = {
    ...poolMembers(tf, pool),
    ...domainMembers(of('user_pool_domain')),
    ...listed(
      'ResourceServers',
      of('resource_server').map(one => members(tf, one, createResourceServer.members)),
    ),
    ...listed(
      'IdentityProviders',
      of('identity_provider').map(one => providerMembers(tf, one)),
    ),
    ...listed(
      'Groups',
      of('user_group').map(one => ({
        ...members(tf, one, createGroup.members),
        GroupName: text(one.values.name ?? ''),
      })),
    ),
    ...listed(
      'Clients',
      clients.map(one => clientMembers(tf, one)),
    ),
    ...listed(
      'Users',
      of('user').map(one => userMembers(one, of('user_in_group'))),
    ),
    ...listed('RiskConfigurations', of('risk_configuration').map(riskMembers)),
    ...listed(
      'UICustomizations',
      of('user_pool_ui_customization').map(({ values }) => ({
        ClientId: values.client_id ?? 'ALL',
        CSS: values.css ?? '',
      })),
    ),
  }
  return {
    key: pool.address,
    id: tf.idOf(pool),
    handles: [text(pool.values.name ?? '')],
    seed,
    clients: Object.fromEntries(clients.map(client => [client.address, tf.clientIdOf(client)])),
    triggers,
  }
}

const listed = (member: string, entries: readonly Json[]): JsonMap =>
  entries.length === 0 ? {} : { [member]: entries }

function members(tf: Tf, { values }: TfResource, shape: Parameters<typeof apiMembers>[1]): JsonMap {
  const { UserPoolId: _pool, ...rest } = apiMembers(values, shape, tf.isPlan)
  return rest
}

function poolMembers(tf: Tf, pool: TfResource): JsonMap {
  const { values } = pool
  const passwordPolicy = apiMembers(
    {
      policies: [
        { password_policy: values.password_policy ?? [], sign_in_policy: values.sign_in_policy ?? [] },
      ],
    },
    { Policies: createUserPool.members.Policies },
    tf.isPlan,
  )
  const api = apiMembers(values, createUserPool.members, tf.isPlan)
  const mfa = apiMembers(values, mfaMembers, tf.isPlan)
  const factors =
    api.MfaConfiguration !== undefined && api.MfaConfiguration !== 'OFF' && isJsonMap(api.SmsConfiguration)
      ? {
          SmsMfaConfiguration: {
            SmsConfiguration: api.SmsConfiguration,
            ...(api.SmsAuthenticationMessage === undefined
              ? {}
              : { SmsAuthenticationMessage: api.SmsAuthenticationMessage }),
          },
        }
      : {}
  return {
    ...api,
    ...passwordPolicy,
    ...mfa,
    ...factors,
    ...(isJsonMap(api.AccountRecoverySetting)
      ? { AccountRecoverySetting: byPriority(api.AccountRecoverySetting) }
      : {}),
    PoolName: text(values.name ?? ''),
    Id: tf.idOf(pool),
  }
}

const { SoftwareTokenMfaConfiguration, EmailMfaConfiguration, WebAuthnConfiguration } =
  setUserPoolMfaConfig.members
const mfaMembers = { SoftwareTokenMfaConfiguration, EmailMfaConfiguration, WebAuthnConfiguration }

/** Terraform keeps the mechanisms as a set. */
const byPriority = (setting: JsonMap): JsonMap => ({
  ...setting,
  ...(Array.isArray(setting.RecoveryMechanisms)
    ? {
        RecoveryMechanisms: setting.RecoveryMechanisms.toSorted(
          (one: Json, other: Json) => priorityOf(one) - priorityOf(other),
        ),
      }
    : {}),
})

const priorityOf = (mechanism: Json): number => (isJsonMap(mechanism) ? Number(mechanism.Priority) : 0)

function domainMembers(domains: readonly TfResource[]): JsonMap {
  return Object.assign(
    {},
    ...domains.map(({ values: { domain = '', certificate_arn, managed_login_version } }) => {
      const version =
        typeof managed_login_version === 'number' ? { ManagedLoginVersion: managed_login_version } : {}
      return textOf(certificate_arn) === undefined
        ? { Domain: domain, ...version }
        : { CustomDomain: { Domain: domain, CertificateArn: certificate_arn, ...version } }
    }),
  )
}

function clientMembers(tf: Tf, client: TfResource): JsonMap {
  const { GenerateSecret: _generate, ...rest } = members(tf, client, createUserPoolClient.members)
  const secret = tf.secretOf(client)
  return {
    ...rest,
    ClientName: text(client.values.name ?? client.values.name_prefix ?? client.name),
    ClientId: tf.clientIdOf(client),
    ...(secret === undefined ? {} : { ClientSecret: secret }),
  }
}

/** Keys that AWS adds to what was given. */
const derivedDetails = [
  'ActiveEncryptionCertificate',
  'SSORedirectBindingURI',
  'SLORedirectBindingURI',
  'attributes_url_add_attributes',
]

function providerMembers(tf: Tf, provider: TfResource): JsonMap {
  const { values } = provider
  const details = Object.fromEntries(
    entriesOf(values.provider_details)
      .filter(([name]) => !derivedDetails.includes(name))
      .map(([name, value]) => [name, text(value)]),
  )
  const mapping = entriesOf(values.attribute_mapping)
  return {
    ...members(tf, provider, createIdentityProvider.members),
    ProviderDetails: { ...details, ...unknownDetails(tf, provider) },
    ...(mapping.length === 0 ? {} : { AttributeMapping: Object.fromEntries(mapping) }),
  }
}

/** Details that the plan does not know yet, by what they refer to: a client's id and secret, a pool's issuer. */
function unknownDetails(tf: Tf, provider: TfResource): JsonMap {
  const { provider_details: unknown } = provider.unknown
  const missing =
    unknown === true
      ? ['client_id', 'client_secret', 'oidc_issuer']
      : entriesOf(unknown).map(([name]) => name)
  const referred = missing.length === 0 ? [] : tf.referred(provider, 'provider_details')
  const found: { [name: string]: string } = {}
  for (const { resource, attribute } of referred) {
    if (resource.type === 'aws_cognito_user_pool_client') {
      if (attribute === 'id') found.client_id = tf.clientIdOf(resource)
      if (attribute === 'client_secret') found.client_secret = tf.secretOf(resource) ?? ''
    } else if (resource.type === 'aws_cognito_user_pool' && attribute === 'endpoint') {
      found.oidc_issuer = `https://cognito-idp.${tf.idOf(resource).split('_')[0]}.amazonaws.com/${tf.idOf(resource)}`
    }
  }
  for (const name of missing.filter(candidate => found[candidate] === undefined)) {
    tf.messages.fail({
      file: tf.file,
      path: `${provider.address}.provider_details.${name}`,
      text: `${name} of the provider ${text(provider.values.provider_name ?? '')} is only known once the plan is applied.`,
      remedy: `Give --set '${provider.address}.provider_details.${name}=…', or import a state instead of a plan.`,
    })
  }
  return found
}

function userMembers({ values, address }: TfResource, memberships: readonly TfResource[]): JsonMap {
  const username = text(values.username ?? '')
  const groups = memberships
    .filter(one => one.values.username === username)
    .map(one => text(one.values.group_name ?? ''))
  const attributes = entriesOf(values.attributes)
    .filter(([name]) => name !== 'sub')
    .map(([name, value]) => [standard.has(name) ? name : `custom:${name}`, text(value)])
  const sub = textOf(values.sub) ?? (isJsonMap(values.attributes) ? textOf(values.attributes.sub) : undefined)
  const password = textOf(values.password)
  return {
    Username: username,
    ...(password === undefined
      ? { TemporaryPassword: textOf(values.temporary_password) ?? temporaryPassword('terraform', address) }
      : { Password: password }),
    ...(sub === undefined ? {} : { Sub: sub }),
    ...(attributes.length === 0 ? {} : { UserAttributes: Object.fromEntries(attributes) }),
    ...(groups.length === 0 ? {} : { Groups: groups }),
  }
}

/** Attributes that Terraform does not prefix with `custom:`, because they are standard ones. */
const standard = new Set(
  'address birthdate email email_verified family_name gender given_name locale middle_name name nickname phone_number phone_number_verified picture preferred_username profile updated_at website zoneinfo'.split(
    ' ',
  ),
)

/** Blocks become structures; a client id of "" is the whole pool. */
function riskMembers({ values }: TfResource): JsonMap {
  const {
    client_id,
    account_takeover_risk_configuration,
    compromised_credentials_risk_configuration,
    risk_exception_configuration,
  } = values
  const block = (value: Json | undefined) =>
    Array.isArray(value) && value.length > 0 ? pascal(value[0] as Json) : undefined
  const parts = {
    ClientId: textOf(client_id),
    AccountTakeoverRiskConfiguration: block(account_takeover_risk_configuration),
    CompromisedCredentialsRiskConfiguration: block(compromised_credentials_risk_configuration),
    RiskExceptionConfiguration: block(risk_exception_configuration),
  }
  return Object.fromEntries(
    Object.entries(parts).filter((entry): entry is [string, Json] => entry[1] !== undefined),
  )
}

/** snake_case to PascalCase, deep; a list of one map is a block. */
function pascal(value: Json): Json {
  if (Array.isArray(value))
    return value.length === 1 && isJsonMap(value[0]) ? pascal(value[0] as Json) : value
  if (!isJsonMap(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(
        ([, member]) => member !== null && member !== '' && !(Array.isArray(member) && member.length === 0),
      )
      .map(([name, member]) => [
        name.replaceAll(/(^|_)([a-z])/g, (_whole, _line, letter: string) => letter.toUpperCase()),
        pascal(member),
      ]),
  )
}

/** Outputs with a value; in a plan, those that are a pool's id. */
function outputsOf(input: JsonMap, tf: Tf): JsonMap {
  const values = isJsonMap(input.values) ? input.values : {}
  const given = isJsonMap(values.outputs) ? values.outputs : isJsonMap(input.outputs) ? input.outputs : {}
  const known = Object.entries(given).flatMap(([name, output]): [string, Json][] =>
    isJsonMap(output) && output.value !== undefined && output.sensitive !== true
      ? [[name, output.value]]
      : [],
  )
  return { ...Object.fromEntries(known), ...plannedOutputs(input, tf) }
}

function plannedOutputs(input: JsonMap, tf: Tf): JsonMap {
  const configuration = isJsonMap(input.configuration) ? input.configuration : {}
  const root = isJsonMap(configuration.root_module) ? configuration.root_module : {}
  const probe = { module: '', type: '', name: '', address: '', isData: false, values: {}, unknown: {} }
  return Object.fromEntries(
    entriesOf(root.outputs).flatMap(([name, output]): [string, Json][] => {
      const expression = isJsonMap(output) ? (output.expression ?? {}) : {}
      const asArgument = {
        ...configuration,
        root_module: { ...root, resources: [{ type: '', name: '', expressions: { value: expression } }] },
      }
      const [referred] = referredBy(asArgument, tf.resources, probe, 'value')
      if (referred?.attribute !== 'id') return []
      if (referred.resource.type === 'aws_cognito_user_pool') return [[name, tf.idOf(referred.resource)]]
      return referred.resource.type === 'aws_cognito_user_pool_client'
        ? [[name, tf.clientIdOf(referred.resource)]]
        : []
    }),
  )
}

import { domainBelow } from '../core/addresses.js'
import { wholePasswordPolicy } from '../core/password.js'
import type { PoolBelongings } from '../flows/directory/belongings.js'
import {
  defined,
  type ExportOptions,
  type Input,
  leftOutOf,
  type Operation,
  type Resource,
  resourcesOf,
  without,
} from './resources.js'
import { stringify } from './yaml.js'

/** Pools as a CloudFormation template, whose properties have the API's names with few exceptions. */

const types: Record<Exclude<Operation, 'SetUserPoolMfaConfig'>, string> = {
  CreateUserPool: 'UserPool',
  CreateUserPoolDomain: 'UserPoolDomain',
  CreateResourceServer: 'UserPoolResourceServer',
  CreateIdentityProvider: 'UserPoolIdentityProvider',
  CreateUserPoolClient: 'UserPoolClient',
  CreateGroup: 'UserPoolGroup',
  AdminCreateUser: 'UserPoolUser',
  CreateManagedLoginBranding: 'ManagedLoginBranding',
  SetUICustomization: 'UserPoolUICustomizationAttachment',
  SetRiskConfiguration: 'UserPoolRiskConfigurationAttachment',
  SetLogDeliveryConfiguration: 'LogDeliveryConfiguration',
  CreateTerms: 'Terms',
  SetUserPoolSessionConfiguration: 'UserPoolSessionConfigurationAttachment',
  SetUserPoolClientSessionConfiguration: 'UserPoolClientSessionConfigurationAttachment',
}

/**
 * One template for all pools that are given. Where one of them names another, there are references: deployed, they federate.
 * @param base the public base URL that the pools have here
 */
export function cloudFormationTemplate(
  pools: readonly PoolBelongings[],
  { base, ...options }: ExportOptions & { readonly base: string },
): string {
  const lists = pools.map(pool => resourcesOf(pool, options))
  const ids = logicalIds(lists.map(templated))
  const declarations = lists.flatMap(list =>
    templated(list).map(resource => [ids.of(resource), declared(resource, list, { ids, poolId: undefined })]),
  )
  const known = pools.map((belongings, index) => ({ belongings, list: lists[index] ?? [] }))
  const resources = withReferences(Object.fromEntries(declarations), rulesOf(known, ids, base))
  return template(resources, lists.flat())
}

/** One resource alone, as a template. */
export function cloudFormationPiece(resources: readonly Resource[], poolId?: string): string {
  const ids = logicalIds([templated(resources)])
  return template(
    Object.fromEntries(
      templated(resources).map(one => [ids.of(one), declared(one, resources, { ids, poolId })]),
    ),
    resources,
  )
}

/** @param all what the template is of: comments in front say what of it CloudFormation cannot have */
const template = (Resources: Input, all: readonly Resource[]): string =>
  [
    ...all.flatMap(resource => leftOutOf(resource, unknownToCloudFormation)).map(line => `# ${line}\n`),
    stringify({ AWSTemplateFormatVersion: '2010-09-09', Resources }),
  ].join('')

/** Members of the API that CloudFormation has no property for. */
const unknownToCloudFormation = ['AcrConfiguration', 'AcrMapping']

/** What stands for an address, a client or a secret that only the deployment knows. */
interface Rules {
  /** For a text that begins with an address of a pool here. */
  address(text: string): Input | undefined
  /** For the id of a client of the template. */
  client(id: string): { readonly id: Input; readonly secret: Input } | undefined
}

function rulesOf(
  known: readonly { readonly belongings: PoolBelongings; readonly list: readonly Resource[] }[],
  ids: LogicalIds,
  base: string,
): Rules {
  const of = (list: readonly Resource[], operation: Operation) =>
    list.filter(one => one.operation === operation)
  const issuers = known.flatMap(({ belongings: { pool }, list }) =>
    of(list, 'CreateUserPool').map(one => [`${base}/${pool.id}`, ids.of(one)] as const),
  )
  const domains = known.flatMap(({ belongings: { pool }, list }) =>
    of(list, 'CreateUserPoolDomain')
      .filter(({ input }) => input.CustomDomainConfig === undefined)
      .map(one => [domainBelow(base, pool) ?? '', ids.of(one)] as const),
  )
  const clients = new Map(
    known.flatMap(({ belongings, list }) =>
      of(list, 'CreateUserPoolClient').map((one, index) => [
        belongings.clients[index]?.id ?? '',
        ids.of(one),
      ]),
    ),
  )
  return {
    address(text) {
      const issuer = issuers.find(([address]) => address === text)
      if (issuer !== undefined) return { 'Fn::GetAtt': [issuer[1], 'ProviderURL'] }
      const domain = domains.find(([address]) => text === address || text.startsWith(`${address}/`))
      if (domain === undefined) return undefined
      const rest = text.slice(domain[0].length)
      return { 'Fn::Sub': `https://\${${domain[1]}}.auth.\${AWS::Region}.amazoncognito.com${rest}` }
    },
    client(id) {
      const found = clients.get(id)
      return found === undefined
        ? undefined
        : { id: { Ref: found }, secret: { 'Fn::GetAtt': [found, 'ClientSecret'] } }
    },
  }
}

function withReferences<T>(value: T, rules: Rules): T {
  if (typeof value === 'string') return (rules.address(value) ?? value) as T
  if (Array.isArray(value)) return value.map((item: unknown) => withReferences(item, rules)) as T
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).map(([name, member]) => [
    name,
    withReferences(member as unknown, rules),
  ])
  const { client_id, client_secret } = value as { client_id?: unknown; client_secret?: unknown }
  const client = typeof client_id === 'string' ? rules.client(client_id) : undefined
  return {
    ...Object.fromEntries(members),
    ...(client && { client_id: client.id }),
    ...(client && client_secret !== undefined && { client_secret: client.secret }),
  } as T
}

/** A resource that a template declares by itself: second factors are properties of the pool. */
type Templated = Resource & { readonly operation: keyof typeof types }

const templated = (resources: readonly Resource[]): Templated[] =>
  resources.filter((one): one is Templated => one.operation !== 'SetUserPoolMfaConfig')

interface LogicalIds {
  of(resource: Resource): string
}

/**
 * Logical ids by type and name. Several pools may have clients of one name, and a pool may have two: with several pools the
 * name of the pool comes first, and what is the same still gets a number.
 */
function logicalIds(lists: readonly (readonly Templated[])[]): LogicalIds {
  const known = new Map<Resource, string>()
  const taken = new Set<string>()
  for (const list of lists) {
    const pool = list.find(({ operation }) => operation === 'CreateUserPool')
    for (const resource of list) {
      const isBelonging = lists.length > 1 && pool !== undefined && resource !== pool
      const plain = `${isBelonging ? lettersOf(pool.name) : ''}${types[resource.operation].replace(/Attachment$/, '')}${lettersOf(resource.name)}`
      const id = [
        plain,
        ...Array.from({ length: lists.length * list.length }, (_, index) => `${plain}${index + 2}`),
      ].find(candidate => !taken.has(candidate))
      taken.add(id ?? plain)
      known.set(resource, id ?? plain)
    }
  }
  return { of: resource => known.get(resource) ?? '' }
}

/** Letters and digits alone, each word with a capital. */
const lettersOf = (name: string): string =>
  name
    .replace(/(^|[^a-zA-Z0-9]+)([a-zA-Z0-9])/g, (_, _gap, letter: string) => letter.toUpperCase())
    .replace(/[^a-zA-Z0-9]/g, '')

function declared(
  resource: Templated,
  all: readonly Resource[],
  { ids, poolId }: { readonly ids: LogicalIds; readonly poolId: string | undefined },
): Input {
  const { operation, input, ofClient } = resource
  const pool = all.find(one => one.operation === 'CreateUserPool')
  const client = all.find(one => one.operation === 'CreateUserPoolClient' && one.name === ofClient)
  const needed = operation === 'CreateUserPoolClient' ? providersNeeded(input, all).map(ids.of) : []
  const common = {
    UserPoolId: pool === undefined ? poolId : { Ref: ids.of(pool) },
    ...(client === undefined ? {} : { ClientId: { Ref: ids.of(client) } }),
  }
  const isOfAll = operation === 'SetUICustomization' || operation === 'SetRiskConfiguration'
  const properties =
    operation === 'CreateUserPool'
      ? poolProperties(input, all.find(one => one.operation === 'SetUserPoolMfaConfig')?.input)
      : { ...(isOfAll ? { ClientId: 'ALL' } : {}), ...input, ...common }
  const known = without(properties as Input, unknownToCloudFormation)
  const { ClientSecret, ImageFile: _image, TemporaryPassword: _secret, ...rest } = known
  const generated = ClientSecret === undefined ? {} : { GenerateSecret: true }
  return {
    Type: `AWS::Cognito::${types[operation]}`,
    ...(needed.length === 0 ? {} : { DependsOn: needed }),
    Properties: { ...rest, ...generated },
  }
}

/** Providers and resource servers that a client lists by name have to be there first. */
const providersNeeded = (
  { SupportedIdentityProviders, AllowedOAuthScopes }: Input,
  all: readonly Resource[],
): Resource[] =>
  all.filter(
    ({ operation, name }) =>
      (operation === 'CreateIdentityProvider' && (SupportedIdentityProviders as string[])?.includes(name)) ||
      (operation === 'CreateResourceServer' &&
        (AllowedOAuthScopes as string[])?.some(scope => scope.startsWith(`${name}/`))),
  )

function poolProperties({ PoolName, Policies, ...others }: Input, mfa: Input = {}): Input {
  const { PasswordPolicy, ...policies } = (Policies ?? {}) as Input
  const email = mfa.EmailMfaConfiguration as Input | undefined
  const passkeys = mfa.WebAuthnConfiguration as Input | undefined
  const sms = (mfa.SmsMfaConfiguration ?? {}) as Input
  const app = (mfa.SoftwareTokenMfaConfiguration ?? {}) as Input
  const enabled = [
    ...(mfa.SmsMfaConfiguration === undefined ? [] : ['SMS_MFA']),
    ...(app.Enabled === true ? ['SOFTWARE_TOKEN_MFA'] : []),
    ...(email === undefined ? [] : ['EMAIL_OTP']),
  ]
  return defined({
    UserPoolName: PoolName,
    ...others,
    ...sms,
    Policies: Policies && {
      ...policies,
      ...(PasswordPolicy ? { PasswordPolicy: wholePasswordPolicy(PasswordPolicy) } : {}),
    },
    EnabledMfas: enabled.length === 0 ? undefined : enabled,
    EmailAuthenticationMessage: email?.Message,
    EmailAuthenticationSubject: email?.Subject,
    WebAuthnRelyingPartyID: passkeys?.RelyingPartyId,
    WebAuthnUserVerification: passkeys?.UserVerification,
    WebAuthnFactorConfiguration: passkeys?.FactorConfiguration,
  })
}

import { isConfidential } from '../core/app-client.js'
import type { PoolDocument } from '../core/pool-document.js'
import { standardAttribute } from '../core/schema.js'
import { hasDomain, providerGroupName, type SchemaAttribute } from '../core/user-pool.js'
import { untracked } from '../core/user-session.js'
import type { PoolBelongings } from '../flows/directory/belongings.js'

/**
 * A pool as the calls that make it, in the API's own vocabulary: what every format is written from. Ids of what is
 * made by another call are not known before, so they are references.
 */

/** One thing of a pool, and the operation that makes it. The pool it belongs to is not among the input. */
export interface Resource {
  readonly operation: Operation
  /** The name that a person knows it by. */
  readonly name: string
  readonly input: Input
  /** The name of the client that `ClientId` has to be that of. */
  readonly ofClient?: string
  /** The call that changes it once it is there: what scripts of calls have in the place of the one that makes it. */
  readonly update?: Call | undefined
}

/** A call of the API, for scripts only. The pool that it concerns is not among the input. */
export interface Call {
  readonly operation: string
  readonly input: Input
}

export type Input = { readonly [member: string]: unknown }

export type Operation =
  | 'CreateUserPool'
  | 'SetUserPoolMfaConfig'
  | 'CreateUserPoolDomain'
  | 'CreateResourceServer'
  | 'CreateIdentityProvider'
  | 'CreateUserPoolClient'
  | 'CreateGroup'
  | 'AdminCreateUser'
  | 'CreateManagedLoginBranding'
  | 'SetUICustomization'
  | 'SetRiskConfiguration'
  | 'SetLogDeliveryConfiguration'
  | 'CreateTerms'
  | 'SetUserPoolSessionConfiguration'
  | 'SetUserPoolClientSessionConfiguration'

/** What stands for a secret that nobody asked for. */
export const withheld = 'SECRET-NOT-EXPORTED'

/** What an export is asked for. */
export interface ExportOptions {
  /** Whether secrets are written, too. */
  readonly secrets?: boolean | undefined
}

/** The calls that make a pool, in an order that works. */
export function resourcesOf(belongings: PoolBelongings, { secrets = false }: ExportOptions = {}): Resource[] {
  const { clients, providers, resourceServers, documents } = belongings
  return [
    poolResource(belongings),
    ...mfaResource(belongings),
    ...domainResources(belongings),
    ...resourceServers.map(({ identifier, name, scopes }) => ({
      operation: 'CreateResourceServer' as const,
      name: identifier,
      input: { Identifier: identifier, Name: name, Scopes: scopes },
    })),
    ...providers.map(({ name, type, details, mapping, acrMapping, identifiers }) => ({
      operation: 'CreateIdentityProvider' as const,
      name,
      input: {
        ProviderName: name,
        ProviderType: type,
        ProviderDetails: secrets ? details : withoutSecrets(details),
        AttributeMapping: mapping,
        ...(acrMapping === undefined ? {} : { AcrMapping: acrMapping }),
        ...(identifiers.length === 0 ? {} : { IdpIdentifiers: identifiers }),
      },
    })),
    ...clients.map(client => ({
      operation: 'CreateUserPoolClient' as const,
      name: client.name,
      input: {
        ClientName: client.name,
        ...(isConfidential(client)
          ? secrets
            ? { ClientSecret: client.secrets[0]?.value }
            : { GenerateSecret: true }
          : {}),
        ...client.settings,
      },
    })),
    ...sessionResources(belongings),
    ...groupsOfOwn(belongings).map(({ name, description, roleArn, precedence }) => ({
      operation: 'CreateGroup' as const,
      name,
      input: defined({
        GroupName: name,
        Description: description,
        RoleArn: roleArn,
        Precedence: precedence,
      }),
    })),
    ...documents.flatMap(document => documentResource(belongings, document)),
  ]
}

/** Groups that somebody made: those of providers come with the providers. */
const groupsOfOwn = ({ pool, groups, providers }: PoolBelongings): PoolBelongings['groups'] =>
  groups.filter(group => !providers.some(({ name }) => providerGroupName(pool, name) === group.name))

const secretDetails = ['client_secret', 'private_key']

/** Details of a provider as they may be told. */
export const withoutSecrets = (details: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(details).map(([name, value]) => [name, secretDetails.includes(name) ? withheld : value]),
  )

export const defined = (members: Input): Input =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined))

/** The call that makes a pool, without what belongs to it. */
export function poolResource({ pool, mfa }: Pick<PoolBelongings, 'pool' | 'mfa'>): Resource {
  const { Triggers: _ours, ...settings } = pool.settings as Input
  const schema = declaredSchema(pool.schema)
  return {
    operation: 'CreateUserPool',
    name: pool.name,
    input: {
      PoolName: pool.name,
      ...settings,
      ...(mfa?.MfaConfiguration === undefined ? {} : { MfaConfiguration: mfa.MfaConfiguration }),
      ...(schema.length === 0 ? {} : { Schema: schema }),
    },
  }
}

const mfaResource = ({ pool, mfa }: PoolBelongings): Resource[] =>
  mfa === undefined ? [] : [{ operation: 'SetUserPoolMfaConfig', name: pool.name, input: { ...mfa } }]

/** How sessions are tracked, where that was set: of the pool, then of its clients, which need it to be on. */
function sessionResources({ pool, clients }: PoolBelongings): Resource[] {
  const { sessions } = pool
  if (sessions === undefined || (!sessions.isOn && sessions.maxPerUser === untracked.maxPerUser)) return []
  const ofPool: Resource = {
    operation: 'SetUserPoolSessionConfiguration',
    name: pool.name,
    input: {
      UserSessionTracking: sessions.isOn ? 'ENABLED' : 'DISABLED',
      TokenSession: { MaxPerUser: sessions.maxPerUser },
    },
  }
  const ofClients = clients.flatMap(({ id, name, ssoMinutes }): Resource[] =>
    ssoMinutes === undefined || !sessions.isOn
      ? []
      : [
          {
            operation: 'SetUserPoolClientSessionConfiguration',
            name,
            ofClient: name,
            input: { ClientId: id, SSOSession: { MaxValidityMinutes: ssoMinutes } },
          },
        ],
  )
  return [ofPool, ...ofClients]
}

function domainResources({ pool }: PoolBelongings): Resource[] {
  const { domain, customDomain, managedLoginVersion } = pool
  const custom = customDomain && {
    Domain: customDomain.name,
    CustomDomainConfig: defined({
      CertificateArn: customDomain.certificateArn,
      SecurityPolicy: customDomain.securityPolicy,
    }),
    Routing: customDomain.routing,
    ManagedLoginVersion: customDomain.managedLoginVersion,
  }
  return [
    ...(domain === undefined ? [] : [{ Domain: domain, ManagedLoginVersion: managedLoginVersion }]),
    ...(custom === undefined ? [] : [custom]),
  ].map(input => ({ operation: 'CreateUserPoolDomain', name: input.Domain, input: defined(input) }))
}

/** What was declared of a schema: custom attributes, and standard ones that are not as every pool has them. */
const declaredSchema = (schema: readonly SchemaAttribute[]): Input[] =>
  schema.flatMap(attribute => {
    const standard = standardAttribute(attribute.name)
    const isChanged =
      standard === undefined ||
      (['mutable', 'required', 'min', 'max'] as const).some(member => standard[member] !== attribute[member])
    return isChanged ? [declaration(attribute)] : []
  })

function declaration({ name, type, mutable, required, developerOnly, min, max }: SchemaAttribute): Input {
  const limits = (least: string, most: string) =>
    min === undefined && max === undefined
      ? undefined
      : defined({
          [least]: min === undefined ? undefined : String(min),
          [most]: max === undefined ? undefined : String(max),
        })
  return defined({
    Name: name.replace(/^(dev:)?custom:/, ''),
    AttributeDataType: type,
    Mutable: mutable,
    Required: required,
    DeveloperOnlyAttribute: developerOnly || undefined,
    StringAttributeConstraints: type === 'String' ? limits('MinLength', 'MaxLength') : undefined,
    NumberAttributeConstraints: type === 'Number' ? limits('MinValue', 'MaxValue') : undefined,
  })
}

/** Looks, terms, threat protection and logs, as the operations take them that keep them. */
function documentResource({ pool, clients }: PoolBelongings, { kind, id, value }: PoolDocument): Resource[] {
  const { ClientId, ...rest } = value as Input & { ClientId?: string }
  const ofAll = id === 'ALL' ? {} : { ClientId: id }
  const resource = (operation: Operation, input: Input): Resource[] => {
    const client = clients.find(one => one.id === input.ClientId)
    return [{ operation, name: client?.name ?? id, input, ...(client && { ofClient: client.name }) }]
  }
  switch (kind) {
    case 'branding':
      return resource('CreateManagedLoginBranding', defined({ ClientId, ...rest }))
    case 'ui-customization':
      // It stays when the domain goes, and cannot be set without one.
      if (!hasDomain(pool)) return []
      return resource('SetUICustomization', defined({ ...ofAll, CSS: rest.CSS, ImageFile: rest.Logo }))
    case 'risk-configuration':
      return resource('SetRiskConfiguration', { ...ofAll, ...rest })
    case 'log-delivery':
      return resource('SetLogDeliveryConfiguration', rest)
    case 'terms':
      return resource('CreateTerms', defined({ ClientId, ...rest }))
    case 'replica':
      return []
  }
}

/** Members without some of them. */
export const without = (input: Input, names: readonly string[]): Input =>
  Object.fromEntries(Object.entries(input).filter(([name]) => !names.includes(name)))

/** What a format leaves out of a resource, because it cannot have it: a line for a comment each. */
export const leftOutOf = ({ name, input }: Resource, unknown: readonly string[]): string[] =>
  unknown
    .filter(member => input[member] !== undefined)
    .map(member => `${member} of ${name} is not written here: see the other formats.`)

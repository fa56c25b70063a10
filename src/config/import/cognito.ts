import { createUserPoolClient } from '../../core/shapes/app-clients.js'
import { createGroup } from '../../core/shapes/groups.js'
import { createIdentityProvider } from '../../core/shapes/identity-providers.js'
import { createResourceServer } from '../../core/shapes/resource-servers.js'
import { text } from './intrinsics.js'
import { lint } from './lints.js'
import { evaluated } from './members.js'
import { placesIn } from './places.js'
import type { ImportedPool } from './pool.js'
import { poolMembers } from './pool-members.js'
import { type Declared, plain, present } from './properties.js'
import { clientIdOf, clientSecretOf, nameOf, poolIdOf } from './return-values.js'
import { sessionsOfClient, sessionsOfPool } from './sessions.js'
import { isJsonMap, type Json, type JsonMap, lineOf } from './source.js'
import type { Resource, World } from './stack.js'
import { temporaryPassword } from './temporary-password.js'
import { triggersOf } from './triggers.js'

const prefix = 'AWS::Cognito::'

/** The pools that the stacks of a world make, each with what belongs to it, in whichever stack that stands. */
export function importedPools(world: World): ImportedPool[] {
  const declared = world.stacks
    .flatMap(stack => stack.resources())
    .filter(({ type }) => type.startsWith(prefix))
    .map(resource => ({ resource, properties: evaluated(resource) }))
  warnOfOthers(world, declared)
  const pools = declared.filter(({ resource }) => resource.type === `${prefix}UserPool`)
  const ids = new Set(pools.map(({ resource }) => poolIdOf(resource)))
  for (const { resource, properties } of declared) ensurePoolIsHere(world, resource, properties, ids)
  // Names and ids are made of properties, of which some have no value.
  if (world.messages.all.some(({ level }) => level === 'error')) return []
  return pools.map(pool => {
    const id = poolIdOf(pool.resource)
    return importedPool(
      world,
      pool,
      declared.filter(({ properties }) => poolMeant(world, properties) === id),
    )
  })
}

/** The pool that a resource belongs to; a literal id may stand for one that is imported. */
function poolMeant({ options, stacks }: World, { UserPoolId }: JsonMap): string | undefined {
  if (UserPoolId === undefined) return undefined
  const alias = options.poolIds?.[text(UserPoolId)]
  if (alias === undefined) return text(UserPoolId)
  const pool = stacks.flatMap(stack => stack.resources()).find(({ id }) => id === alias)
  return pool && poolIdOf(pool)
}

function ensurePoolIsHere(
  world: World,
  { id, stack, properties: given }: Resource,
  properties: JsonMap,
  ids: ReadonlySet<string>,
): void {
  const meant = poolMeant(world, properties)
  if (meant === undefined || ids.has(meant)) return
  world.messages.fail({
    file: stack.source.file,
    ...lineOf(stack.source, given, 'UserPoolId'),
    path: `${id}.UserPoolId`,
    text: `${id} belongs to the pool ${meant}, which is in none of the imported stacks.`,
    remedy: `Import that pool in the same call, or say which one stands for it: --pool-id ${meant}=LOGICAL_ID.`,
  })
}

const kinds = new Set(
  [
    'UserPool',
    'UserPoolClient',
    'UserPoolDomain',
    'UserPoolGroup',
    'UserPoolUser',
    'UserPoolUserToGroupAttachment',
  ]
    .concat(['UserPoolIdentityProvider', 'UserPoolResourceServer', 'UserPoolRiskConfigurationAttachment'])
    .concat([
      'UserPoolUICustomizationAttachment',
      'LogDeliveryConfiguration',
      'ManagedLoginBranding',
      'Terms',
      'UserPoolSessionConfigurationAttachment',
      'UserPoolClientSessionConfigurationAttachment',
    ]),
)

function warnOfOthers({ messages }: World, declared: readonly Declared[]): void {
  for (const { resource } of declared) {
    const kind = resource.type.slice(prefix.length)
    if (kinds.has(kind)) continue
    messages.warn({
      file: resource.stack.source.file,
      path: resource.id,
      text: `${resource.type} has no effect in Rockpool.`,
      remedy: 'Nothing has to be done: everything else is imported.',
    })
  }
}

function importedPool(world: World, pool: Declared, declared: readonly Declared[]): ImportedPool {
  const { resource, properties } = pool
  const of = (kind: string) => declared.filter(one => one.resource.type === `${prefix}${kind}`)
  const clients = of('UserPoolClient')
  const providers = of('UserPoolIdentityProvider')
  const config = isJsonMap(properties.LambdaConfig) ? properties.LambdaConfig : {}
  lint(world, { pool, clients, providers, servers: of('UserPoolResourceServer') })
  const seed = {
    ...poolMembers(world, pool),
    ...domainMembers(of('UserPoolDomain')),
    ...sessionsOfPool(of('UserPoolSessionConfigurationAttachment')[0]),
    ...listed(
      'ResourceServers',
      of('UserPoolResourceServer').map(one => plain(world, one, createResourceServer.members)),
    ),
    ...listed(
      'IdentityProviders',
      providers.map(one => plain(world, one, createIdentityProvider.members)),
    ),
    ...listed(
      'Groups',
      of('UserPoolGroup').map(one => ({
        ...plain(world, one, createGroup.members),
        GroupName: nameOf(one.resource, 'GroupName'),
      })),
    ),
    ...listed(
      'Clients',
      clients.map(one => ({
        ...clientMembers(world, one),
        ...sessionsOfClient(
          of('UserPoolClientSessionConfigurationAttachment').find(
            ({ properties: { ClientId = '' } }) => text(ClientId) === clientIdOf(one.resource),
          ),
        ),
      })),
    ),
    ...listed('Users', usersOf(of('UserPoolUser'), of('UserPoolUserToGroupAttachment'))),
    ...listed('RiskConfigurations', of('UserPoolRiskConfigurationAttachment').map(attached)),
    ...listed('UICustomizations', of('UserPoolUICustomizationAttachment').map(attached)),
    ...listed('ManagedLoginBrandings', of('ManagedLoginBranding').map(attached)),
    ...listed(
      'LogConfigurations',
      of('LogDeliveryConfiguration').flatMap(
        ({ properties: { LogConfigurations } }) => LogConfigurations ?? [],
      ),
    ),
    ...listed('Terms', of('Terms').map(attached)),
  }
  const path = resource.metadata['aws:cdk:path']
  return {
    key: resource.id,
    id: poolIdOf(resource),
    handles: [
      ...(typeof path === 'string' ? [path.replace(/\/Resource$/, '')] : []),
      nameOf(resource, 'UserPoolName'),
    ],
    seed,
    clients: Object.fromEntries(clients.map(one => [one.resource.id, clientIdOf(one.resource)])),
    triggers: triggersOf(world, resource, config),
    placeOf: placesIn(resource, {
      ResourceServers: of('UserPoolResourceServer'),
      IdentityProviders: providers,
      Groups: of('UserPoolGroup'),
      Clients: clients,
      Users: of('UserPoolUser'),
      Domain: of('UserPoolDomain'),
      CustomDomain: of('UserPoolDomain'),
      RiskConfigurations: of('UserPoolRiskConfigurationAttachment'),
      UICustomizations: of('UserPoolUICustomizationAttachment'),
      ManagedLoginBrandings: of('ManagedLoginBranding'),
      Terms: of('Terms'),
    }),
  }
}

const listed = (member: string, entries: readonly Json[]): JsonMap =>
  entries.length === 0 ? {} : { [member]: entries }

/** An attachment without its pool; `ClientId: ALL` stays. */
const attached = ({ properties: { UserPoolId: _pool, ...rest } }: Declared): JsonMap => rest

/** The prefix domain and the custom one, of which a pool may have one each. */
function domainMembers(domains: readonly Declared[]): JsonMap {
  return Object.assign(
    {},
    ...domains.map(({ properties: { Domain = '', CustomDomainConfig, ManagedLoginVersion } }) => {
      const version = ManagedLoginVersion === undefined ? undefined : Number(text(ManagedLoginVersion))
      return isJsonMap(CustomDomainConfig)
        ? {
            CustomDomain: present({
              Domain,
              CertificateArn: CustomDomainConfig.CertificateArn,
              ManagedLoginVersion: version,
            }),
          }
        : { Domain, ...present({ ManagedLoginVersion: version }) }
    }),
  )
}

function clientMembers(world: World, client: Declared): JsonMap {
  const { GenerateSecret: _generate, ...members } = plain(world, client, createUserPoolClient.members)
  const secret = clientSecretOf(client.resource)
  return {
    ClientName: nameOf(client.resource, 'ClientName'),
    ClientId: clientIdOf(client.resource),
    ...(secret === undefined ? {} : { ClientSecret: secret }),
    ...members,
  }
}

/** Users as AdminCreateUser makes them, with a temporary password, which a template cannot give. */
function usersOf(users: readonly Declared[], attachments: readonly Declared[]): Json[] {
  return users.map(({ resource, properties: { Username = '', UserAttributes } }) => {
    const groups = attachments
      .filter(({ properties }) => properties.Username === Username)
      .map(({ properties }) => properties.GroupName ?? '')
    const attributes = (Array.isArray(UserAttributes) ? UserAttributes : []).flatMap((one: Json) =>
      isJsonMap(one) && one.Value !== undefined ? [[text(one.Name ?? ''), text(one.Value)]] : [],
    )
    return {
      Username,
      TemporaryPassword: temporaryPassword(resource.stack.name, resource.id),
      ...(attributes.length === 0 ? {} : { UserAttributes: Object.fromEntries(attributes) }),
      ...(groups.length === 0 ? {} : { Groups: groups }),
    }
  })
}

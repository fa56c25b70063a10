import type { PoolBelongings } from '../flows/directory/belongings.js'
import { type ExportOptions, type Input, type Resource, resourcesOf, withheld } from './resources.js'
import { stringify } from './yaml.js'

/** A pool as a seed: started with it, another Rockpool has the same pool, with the same ids. */

/** Where the pools are: addresses of ours become references, which hold wherever the seed is started. */
export interface SeedOptions extends ExportOptions {
  /** The public base URL. */
  readonly base: string
}

/** Pools as a seed file, with what it leaves out as comments. */
export function seedFile(pools: readonly PoolBelongings[], options: SeedOptions): string {
  const remarks = remarksOn(pools, options).map(line => `# ${line}\n`)
  const schema = '# yaml-language-server: $schema=./node_modules/rockpool/fixtures/seed.schema.json\n'
  return `${schema}${remarks.join('')}${stringify({ UserPools: pools.map(pool => poolSeed(pool, options)) })}`
}

function remarksOn(pools: readonly PoolBelongings[], { secrets = false }: SeedOptions): string[] {
  const foreign = pools.flatMap(({ users }) => users.filter(({ user }) => user.identities.length > 0))
  const local = pools.flatMap(({ users }) => users.filter(({ user }) => user.identities.length === 0))
  const several = pools.flatMap(({ clients }) => clients.filter(client => client.secrets.length > 1))
  return [
    ...(secrets ? [] : [`Secrets are left out: clients get others, and providers have ${withheld}.`]),
    ...several.map(({ name }) => `The client ${name} has two secrets, of which a seed takes the first.`),
    ...(local.length === 0
      ? []
      : ['Passwords are not known: each user needs a Password, or is asked for one.']),
    ...(foreign.length === 0
      ? []
      : [`${foreign.length} users of other providers are left out: they come with their first sign-in.`]),
  ]
}

/** The members of a seed that the operations fill, each a list, but for those that are members of the pool itself. */
const lists: Partial<Record<Resource['operation'], string>> = {
  CreateResourceServer: 'ResourceServers',
  CreateIdentityProvider: 'IdentityProviders',
  CreateUserPoolClient: 'Clients',
  CreateGroup: 'Groups',
  AdminCreateUser: 'Users',
  CreateManagedLoginBranding: 'ManagedLoginBrandings',
  SetUICustomization: 'UICustomizations',
  SetRiskConfiguration: 'RiskConfigurations',
  CreateTerms: 'Terms',
}

/** A pool as an entry of `UserPools`. */
function poolSeed(belongings: PoolBelongings, options: SeedOptions): Input {
  const { pool, clients } = belongings
  const seed: Record<string, unknown> = {
    PoolName: pool.name,
    Id: pool.id,
    ...(pool.issuer === 'local' ? {} : { Issuer: pool.issuer }),
  }
  const { Triggers } = pool.settings as Input
  for (const resource of resourcesOf(belongings, options)) {
    const { id, type } = clients.find(({ name }) => name === resource.name) ?? {}
    const ofClient =
      resource.operation === 'CreateUserPoolClient' ? { ClientId: id, ...(type && { ClientType: type }) } : {}
    addTo(seed, { ...resource, input: { ...resource.input, ...ofClient } })
  }
  if (pool.domainAddress !== undefined) seed.DomainAddress = pool.domainAddress
  if (Triggers !== undefined) seed.Triggers = Triggers
  const users = usersOf(belongings, options)
  if (users.length > 0) seed.Users = users
  return withReferences(seed, options.base) as Input
}

/** One thing as a piece of a seed, to be put into a pool's entry. */
export function seedPiece(resource: Resource, { base }: Pick<SeedOptions, 'base'>): string {
  const seed: Record<string, unknown> = {}
  addTo(seed, resource)
  return stringify(
    resource.operation === 'CreateUserPool'
      ? { UserPools: [withReferences(seed, base)] }
      : withReferences(seed, base),
  )
}

function addTo(seed: Record<string, unknown>, { operation, input: given }: Resource): void {
  // A seed sends nobody a message.
  const { DesiredDeliveryMediums: _media, ...input } = given
  const list = lists[operation]
  if (operation === 'SetUserPoolSessionConfiguration') seed.SessionConfiguration = input
  else if (operation === 'SetUserPoolClientSessionConfiguration') {
    const { ClientId, ...SessionConfiguration } = input
    seed.Clients = ((seed.Clients ?? [{ ClientId }]) as Input[]).map(client =>
      client.ClientId === ClientId ? { ...client, SessionConfiguration } : client,
    )
  } else if (list !== undefined) seed[list] = [...((seed[list] as unknown[]) ?? []), input]
  else if (operation === 'CreateUserPoolDomain') {
    const { CustomDomainConfig, Domain, ...version } = input
    if (CustomDomainConfig === undefined) Object.assign(seed, { Domain }, version)
    else seed.CustomDomain = { Domain, ...(CustomDomainConfig as Input), ...version }
  } else Object.assign(seed, input)
}

/** Addresses of ours, which other starts have elsewhere. */
function withReferences(value: unknown, base: string): unknown {
  if (typeof value === 'string') {
    const isOurs = value === base || (value.startsWith(base) && /^[/?#]/.test(value.slice(base.length)))
    return isOurs ? `\${base}${value.slice(base.length)}` : value
  }
  if (Array.isArray(value)) return value.map(member => withReferences(member, base))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, withReferences(member, base)]),
  )
}

const usersOf = ({ users }: PoolBelongings, { secrets = false }: SeedOptions): Input[] =>
  users
    .filter(({ user }) => user.identities.length === 0)
    .map(({ user: { username, sub, attributes, mfa }, groups }) => ({
      Username: username,
      Sub: sub,
      UserAttributes: attributes,
      ...(groups.length === 0 ? {} : { Groups: groups }),
      ...(secrets && mfa?.softwareToken ? { SoftwareTokenSecret: mfa.softwareToken.secret } : {}),
    }))

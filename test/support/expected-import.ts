import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import type { Test } from 'tap'
import type { ImportedPool } from '../../src/config/import/index.js'
import type { Rockpool } from '../../src/emulator.js'
import { anSdk } from './api.js'

/** What an input must become, in the form of `fixtures/import/expected.json`, which explains it under `how`. */
export interface ExpectedPool {
  readonly pool?: object
  readonly absent?: readonly string[]
  readonly anyOrder?: readonly string[]
  readonly mfa?: object
  readonly schema?: Readonly<Record<string, object>>
  readonly domain?: object
  readonly customDomain?: object
  readonly providers?: Readonly<Record<string, object>>
  readonly resourceServers?: Readonly<Record<string, object>>
  readonly clients?: Readonly<Record<string, object>>
  readonly absentInClients?: Readonly<Record<string, readonly string[]>>
  readonly groups?: Readonly<Record<string, object>>
  readonly absentInGroups?: Readonly<Record<string, readonly string[]>>
  readonly users?: Readonly<Record<string, ExpectedUser>>
  readonly risk?: object
  readonly uiCustomization?: Readonly<Record<string, object>>
  readonly triggers?: Readonly<Record<string, object>>
}

interface ExpectedUser {
  readonly UserStatus?: string
  readonly sub?: string
  readonly attributes?: Readonly<Record<string, string>>
  readonly groups?: readonly string[]
}

/** Compares what the operations of a running Rockpool show with what is expected. */
export async function compareImported(
  t: Test,
  rockpool: Rockpool,
  pools: readonly ImportedPool[],
  expected: Readonly<Record<string, ExpectedPool>>,
): Promise<void> {
  const context = { t, rockpool, pools }
  for (const [key, wanted] of Object.entries(expected)) {
    const pool = pools.find(candidate => candidate.key === key)
    if (pool === undefined) {
      t.fail(`${key} is imported`)
      continue
    }
    await comparePool(context, pool, wanted)
  }
}

interface Context {
  readonly t: Test
  readonly rockpool: Rockpool
  readonly pools: readonly ImportedPool[]
}

async function comparePool(context: Context, pool: ImportedPool, wanted: ExpectedPool): Promise<void> {
  const { t, rockpool } = context
  const sdk = anSdk(t, rockpool, pool.id.split('_')[0])
  const UserPoolId = pool.id
  const same = (shown: unknown, value: unknown, path: string) =>
    compare(context, shown, value, `${pool.key} ${path}`, wanted.anyOrder ?? [])
  const { UserPool } = await sdk.send(new cognito.DescribeUserPoolCommand({ UserPoolId }))
  same(UserPool, wanted.pool, 'pool')
  for (const path of wanted.absent ?? []) t.equal(at(UserPool, path), undefined, `${pool.key} has no ${path}`)
  for (const [name, value] of Object.entries(wanted.schema ?? {}))
    same(
      UserPool?.SchemaAttributes?.find(one => one.Name === name),
      value,
      `schema.${name}`,
    )
  if (wanted.mfa !== undefined)
    same(await sdk.send(new cognito.GetUserPoolMfaConfigCommand({ UserPoolId })), wanted.mfa, 'mfa')
  for (const [path, value] of Object.entries({ Domain: wanted.domain, CustomDomain: wanted.customDomain })) {
    const Domain = at(UserPool, path) as string
    if (value === undefined) continue
    const described = await sdk.send(new cognito.DescribeUserPoolDomainCommand({ Domain }))
    same(described.DomainDescription, value, path)
  }
  for (const [ProviderName, value] of Object.entries(wanted.providers ?? {})) {
    const described = await sdk.send(
      new cognito.DescribeIdentityProviderCommand({ UserPoolId, ProviderName }),
    )
    same(described.IdentityProvider, value, `providers.${ProviderName}`)
  }
  for (const [Identifier, value] of Object.entries(wanted.resourceServers ?? {})) {
    const described = await sdk.send(new cognito.DescribeResourceServerCommand({ UserPoolId, Identifier }))
    same(described.ResourceServer, value, `resourceServers.${Identifier}`)
  }
  for (const [name, value] of Object.entries(wanted.clients ?? {})) {
    const ClientId = pool.clients[name] ?? name
    const described = await sdk.send(new cognito.DescribeUserPoolClientCommand({ UserPoolId, ClientId }))
    same(sorted(described.UserPoolClient), sorted(value), `clients.${name}`)
    for (const member of wanted.absentInClients?.[name] ?? [])
      t.equal(at(described.UserPoolClient, member), undefined, `${name} has no ${member}`)
  }
  const { Groups } = await sdk.send(new cognito.ListGroupsCommand({ UserPoolId }))
  for (const [name, value] of Object.entries(wanted.groups ?? {}))
    same(
      Groups?.find(({ GroupName }) => GroupName === name),
      value,
      `groups.${name}`,
    )
  for (const [Username, value] of Object.entries(wanted.users ?? {}))
    await compareUser(context, sdk, { UserPoolId, Username }, value)
  if (wanted.risk !== undefined)
    same(
      (await sdk.send(new cognito.DescribeRiskConfigurationCommand({ UserPoolId }))).RiskConfiguration,
      wanted.risk,
      'risk',
    )
  for (const [ClientId, value] of Object.entries(wanted.uiCustomization ?? {}))
    same(
      (await sdk.send(new cognito.GetUICustomizationCommand({ UserPoolId, ClientId }))).UICustomization,
      value,
      'ui',
    )
  for (const [name, value] of Object.entries(wanted.triggers ?? {}))
    compareTrigger(t, pool, name, value as ExpectedTrigger)
}

async function compareUser(
  { t }: Context,
  sdk: cognito.CognitoIdentityProviderClient,
  who: { UserPoolId: string; Username: string },
  wanted: ExpectedUser,
): Promise<void> {
  const user = await sdk.send(new cognito.AdminGetUserCommand(who))
  const attributes = Object.fromEntries((user.UserAttributes ?? []).map(({ Name, Value }) => [Name, Value]))
  if (wanted.UserStatus !== undefined) t.equal(user.UserStatus, wanted.UserStatus)
  if (wanted.sub !== undefined) t.equal(attributes.sub, wanted.sub)
  t.match(attributes, wanted.attributes ?? {}, who.Username)
  const { Groups = [] } = await sdk.send(new cognito.AdminListGroupsForUserCommand(who))
  t.same(
    Groups.map(({ GroupName }) => GroupName),
    wanted.groups ?? [],
    `groups of ${who.Username}`,
  )
}

interface ExpectedTrigger {
  readonly env?: Readonly<Record<string, string>>
  readonly envAbsent?: readonly string[]
  readonly inline?: boolean
  readonly runs?: boolean | string
  readonly [member: string]: unknown
}

function compareTrigger(t: Test, pool: ImportedPool, name: string, wanted: ExpectedTrigger): void {
  const found = pool.triggers.find(trigger => trigger.name === name)
  if (found === undefined) {
    t.fail(`${pool.key} has the trigger ${name}`)
    return
  }
  const { env = {}, envAbsent = [], inline, runs, entry: _entry, ...rest } = wanted
  t.match(found, rest, `${pool.key} ${name}`)
  t.match(found.environment, env, `environment of ${name}`)
  for (const variable of envAbsent) t.notOk(variable in found.environment, `${name} has no ${variable}`)
  t.equal(found.inline !== undefined, inline === true, `${name} is inline or not`)
  if (runs !== undefined) t.equal(found.runs, runs !== false, `${name} runs`)
}

/** A client's lists, and a resource server's scopes, in whatever order they are shown. */
const sorted = (client: object | undefined): object =>
  Object.fromEntries(
    Object.entries(client ?? {}).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.toSorted() : value,
    ]),
  )

/** A value as a subset of what is shown; expected values with a `$` stand for what only the running Rockpool knows. */
function compare(
  context: Context,
  shown: unknown,
  wanted: unknown,
  path: string,
  anyOrder: readonly string[],
): void {
  const { t } = context
  if (wanted === undefined) return
  if (isSpecial(wanted)) {
    compareSpecial(context, shown, wanted, path)
    return
  }
  if (Array.isArray(wanted)) {
    const list = Array.isArray(shown) ? shown : []
    const isLoose = anyOrder.some(name => path.endsWith(name)) || /Scopes$|IdpIdentifiers$/.test(path)
    const order = (items: readonly unknown[]) =>
      isLoose
        ? items.toSorted((one, other) => JSON.stringify(one).localeCompare(JSON.stringify(other)))
        : items
    t.equal(list.length, wanted.length, `${path} has as many entries`)
    const left = order(list)
    for (const [index, item] of order(wanted).entries())
      compare(context, left[index], item, `${path}[${index}]`, anyOrder)
    return
  }
  if (typeof wanted === 'object' && wanted !== null) {
    for (const [name, value] of Object.entries(wanted))
      compare(context, Reflect.get(Object(shown), name), value, `${path}.${name}`, anyOrder)
    return
  }
  t.equal(shown, wanted, path)
}

const isSpecial = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && Object.keys(value).some(name => name.startsWith('$'))

/** The value of an expectation such as `{ "$issuerOf": "Pool" }`. */
export function expectedValue(
  { rockpool, pools }: Omit<Context, 't'>,
  wanted: Record<string, unknown>,
): string {
  const named = (key: unknown) => pools.find(pool => pool.key === key)
  const summary = (key: unknown) => rockpool.pools.find(({ id }) => id === named(key)?.id)
  const client = (key: unknown) => {
    const id = pools.map(({ clients }) => clients[String(key)]).find(found => found !== undefined)
    return rockpool.pools.flatMap(({ clients }) => clients).find(one => one.id === id)
  }
  if ('$idOf' in wanted) return named(wanted.$idOf)?.id ?? ''
  if ('$issuerOf' in wanted) return summary(wanted.$issuerOf)?.issuer ?? ''
  if ('$clientIdOf' in wanted) return client(wanted.$clientIdOf)?.id ?? ''
  if ('$secretOf' in wanted) return client(wanted.$secretOf)?.secret ?? ''
  return `${summary(wanted.$pagesOf)?.domainUrl}${String(wanted.path ?? '')}`
}

function compareSpecial(
  context: Context,
  shown: unknown,
  wanted: Record<string, unknown>,
  path: string,
): void {
  const { t } = context
  if ('$match' in wanted) t.match(shown, new RegExp(String(wanted.$match)), path)
  else if ('$placeholder' in wanted) t.notMatch(String(shown), /\{\{resolve|\$\{|\[object|^undefined$/, path)
  else t.equal(shown, expectedValue(context, wanted), path)
}

const at = (value: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((from, member) => Reflect.get(Object(from), member), value)

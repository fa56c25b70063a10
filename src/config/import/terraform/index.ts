/** Pools from the JSON that Terraform, OpenTofu or Pulumi writes of a state or a plan. */
import { createGroup } from '../../../core/shapes/groups.js'
import { createResourceServer } from '../../../core/shapes/resource-servers.js'
import { text } from '../intrinsics.js'
import type { Messages } from '../messages.js'
import type { ImportOptions } from '../options.js'
import type { ImportedPool } from '../pool.js'
import { isJsonMap, type Json, type JsonMap, type Source } from '../source.js'
import { outputsOf } from './outputs.js'
import { clientMembers, domainMembers, poolMembers } from './pool-members.js'
import { providerMembers } from './provider-members.js'
import type { TfResource } from './resources.js'
import { riskMembers } from './risk-members.js'
import { members, poolOf, type Tf, tfOf } from './tf.js'
import { lambdaTriggers } from './triggers.js'
import { userMembers } from './user-members.js'

/** Reads an input: its pools, and its outputs. */
export function readState(
  source: Source,
  options: ImportOptions,
  messages: Messages,
): { pools: ImportedPool[]; outputs: JsonMap; others: number } {
  const input = isJsonMap(source.value) ? source.value : {}
  const tf = tfOf(input, source.file, options, messages)
  const pools = tf.resources.filter(({ type, isData }) => type === 'aws_cognito_user_pool' && !isData)
  const others = tf.resources.filter(({ type, isData }) => isData || !type.startsWith('aws_cognito_')).length
  return { pools: pools.map(pool => importedPool(tf, pool)), outputs: outputsOf(input, tf), others }
}

function importedPool(tf: Tf, pool: TfResource): ImportedPool {
  const belongings = tf.resources.filter(
    one => one.type.startsWith('aws_cognito_') && one !== pool && !one.isData && poolOf(tf, one) === pool,
  )
  const of = (kind: string) => belongings.filter(({ type }) => type === `aws_cognito_${kind}`)
  const clients = [...of('user_pool_client'), ...of('managed_user_pool_client')]
  const triggers = lambdaTriggers(tf, pool)
  const lists: Readonly<Record<string, readonly TfResource[]>> = {
    ResourceServers: of('resource_server'),
    IdentityProviders: of('identity_provider'),
    Groups: of('user_group'),
    Clients: clients,
    Users: of('user'),
  }
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
    placeOf: ([member = '', index, ...rest]) => {
      const [address, path] =
        typeof index === 'number' && lists[member] !== undefined
          ? [lists[member]?.[index]?.address ?? pool.address, rest]
          : [pool.address, [member, ...(index === undefined ? [] : [index]), ...rest]]
      return { file: tf.file, path: [address, ...path].join('.') }
    },
  }
}

const listed = (member: string, entries: readonly Json[]): JsonMap =>
  entries.length === 0 ? {} : { [member]: entries }

import { ensure } from '../../core/refusal.js'
import { regionOf, type UserPool } from '../../core/user-pool.js'
import { documentOf, documentsOf, dropDocument, keepDocument } from '../../flows/administration/documents.js'
import { operation } from '../operations.js'
import { exception, invalidParameter, notFound } from '../refusals.js'
import { poolArn, poolOf, type Scope } from '../scope.js'

/**
 * Replicas of a pool in other regions are kept and given back, under the conditions that the service sets; no second
 * region is served. The sentences are ours: the service's own are not known.
 */

type Status = 'CREATING' | 'ACTIVE' | 'INACTIVE' | 'DELETING'

const replicaType = (
  scope: Scope,
  pool: UserPool,
  { region, status, role = 'SECONDARY' }: { region: string; status: Status; role?: 'PRIMARY' | 'SECONDARY' },
) => ({
  RegionName: region,
  Status: status,
  Role: role,
  // The pool has the same id in each of its regions.
  UserPoolArn: poolArn(scope, pool.id).replace(`:${regionOf(pool.id)}:`, `:${region}:`),
})

export const CreateUserPoolReplica = operation('CreateUserPoolReplica', async (scope, input) => {
  const { UserPoolId, RegionName: region, UserPoolTags } = input
  const pool = await poolOf(scope, UserPoolId)
  ensureReplicable(pool)
  ensure(/^[a-z]{2}(?:-[a-z]+)+-\d$/.test(region), () =>
    invalidParameter(`${region} is no region.`, 'Name a region of AWS, such as eu-west-1.'),
  )
  ensure(region !== regionOf(pool.id), () =>
    invalidParameter(
      `The user pool is in ${region} already: it is the primary there.`,
      'Name another region.',
    ),
  )
  ensure((await documentsOf(scope.service, pool, 'replica')).length === 0, () =>
    exception('LimitExceededException')(
      'A user pool can have one secondary replica.',
      'Delete the other replica with DeleteUserPoolReplica first.',
    ),
  )
  await keepDocument(scope.service, pool, 'replica', region, {
    Status: 'INACTIVE',
    ...(UserPoolTags === undefined ? {} : { UserPoolTags }),
  })
  return { UserPoolReplica: replicaType(scope, pool, { region, status: 'CREATING' }) }
})

/** What a pool needs before it can be in two regions: the key and the issuer have to be good in both. */
function ensureReplicable({ settings }: UserPool): void {
  ensure(settings.UserPoolTier !== 'LITE', () =>
    exception('FeatureUnavailableInTierException')(
      'The following feature is not available for the LITE pricing tier configured: Multi-Region Replication',
      'Set UserPoolTier to ESSENTIALS.',
    ),
  )
  const { KeyType, KmsKeyArn = '' } = settings.KeyConfiguration ?? {}
  ensure(KeyType === 'CUSTOMER_MANAGED_KEY' && /:key\/mrk-/.test(KmsKeyArn), () =>
    invalidParameter(
      'A user pool with replicas must be encrypted with a customer managed multi-Region key.',
      'Set KeyConfiguration: KeyType CUSTOMER_MANAGED_KEY, and a KmsKeyArn whose key id begins with mrk-.',
    ),
  )
  ensure(settings.IssuerConfiguration?.Type === 'UPDATED', () =>
    invalidParameter(
      'A user pool with replicas must have the issuer type UPDATED.',
      'Set IssuerConfiguration: Type UPDATED.',
    ),
  )
}

async function ensureReplica({ service }: Scope, pool: UserPool, region: string): Promise<void> {
  ensure(await documentOf(service, pool, 'replica', region), () =>
    notFound(
      `User pool ${pool.id} has no secondary replica in ${region}.`,
      'Name a region that ListUserPoolReplicas shows, or create the replica first.',
    ),
  )
}

export const ListUserPoolReplicas = operation('ListUserPoolReplicas', async (scope, { UserPoolId }) => {
  const pool = await poolOf(scope, UserPoolId)
  const secondaries = (await documentsOf(scope.service, pool, 'replica')).map(({ id: region, value }) =>
    replicaType(scope, pool, { region, status: value.Status as Status }),
  )
  const primary = replicaType(scope, pool, {
    region: regionOf(pool.id),
    status: 'ACTIVE',
    role: 'PRIMARY',
  })
  return { UserPoolReplicas: [primary, ...secondaries] }
})

export const UpdateUserPoolReplica = operation('UpdateUserPoolReplica', async (scope, input) => {
  const { UserPoolId, RegionName: region, Status: status } = input
  const pool = await poolOf(scope, UserPoolId)
  await ensureReplica(scope, pool, region)
  const before = await documentOf(scope.service, pool, 'replica', region)
  await keepDocument(scope.service, pool, 'replica', region, { ...before?.value, Status: status })
  return { UserPoolReplica: replicaType(scope, pool, { region, status }) }
})

export const DeleteUserPoolReplica = operation('DeleteUserPoolReplica', async (scope, input) => {
  const { UserPoolId, RegionName: region } = input
  const pool = await poolOf(scope, UserPoolId)
  await ensureReplica(scope, pool, region)
  await dropDocument(scope.service, pool, 'replica', region)
  return { UserPoolReplica: replicaType(scope, pool, { region, status: 'DELETING' }) }
})

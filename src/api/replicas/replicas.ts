import type { Replica } from '../../core/replica.js'
import { regionOf, type UserPool } from '../../core/user-pool.js'
import { createReplica, deleteReplica, setReplicaStatus } from '../../flows/administration/replicas.js'
import { replicasOf } from '../../flows/directory/replicas.js'
import { operation } from '../operations.js'
import { poolArn, poolOf, type Scope } from '../scope.js'

const replicaType = (
  scope: Scope,
  pool: UserPool,
  {
    region,
    status,
    role = 'SECONDARY',
  }: Pick<Replica, 'region' | 'status'> & { readonly role?: 'PRIMARY' | 'SECONDARY' },
) => ({
  RegionName: region,
  Status: status,
  Role: role,
  // The pool has the same id in each of its regions.
  UserPoolArn: poolArn(scope, pool.id, region),
})

export const CreateUserPoolReplica = operation('CreateUserPoolReplica', async (scope, input) => {
  const { UserPoolId, RegionName: region, UserPoolTags } = input
  const pool = await poolOf(scope, UserPoolId)
  await createReplica(scope.service, pool, region, UserPoolTags)
  return { UserPoolReplica: replicaType(scope, pool, { region, status: 'CREATING' }) }
})

export const ListUserPoolReplicas = operation('ListUserPoolReplicas', async (scope, { UserPoolId }) => {
  const pool = await poolOf(scope, UserPoolId)
  const primary = replicaType(scope, pool, {
    region: regionOf(pool.id),
    status: 'ACTIVE',
    role: 'PRIMARY',
  })
  const secondaries = await replicasOf(scope.service, pool)
  return { UserPoolReplicas: [primary, ...secondaries.map(replica => replicaType(scope, pool, replica))] }
})

export const UpdateUserPoolReplica = operation('UpdateUserPoolReplica', async (scope, input) => {
  const { UserPoolId, RegionName: region, Status: status } = input
  const pool = await poolOf(scope, UserPoolId)
  await setReplicaStatus(scope.service, pool, region, status)
  return { UserPoolReplica: replicaType(scope, pool, { region, status }) }
})

export const DeleteUserPoolReplica = operation('DeleteUserPoolReplica', async (scope, input) => {
  const { UserPoolId, RegionName: region } = input
  const pool = await poolOf(scope, UserPoolId)
  await deleteReplica(scope.service, pool, region)
  return { UserPoolReplica: replicaType(scope, pool, { region, status: 'DELETING' }) }
})

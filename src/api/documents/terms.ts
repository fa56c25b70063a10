import type { PoolDocument } from '../../core/pool-document.js'
import { documentsOf } from '../../flows/administration/documents.js'
import {
  createTerms,
  deleteTerms,
  termsById,
  termsOfClient,
  updateTerms,
} from '../../flows/administration/terms.js'
import { operation } from '../operations.js'
import { page } from '../pagination.js'
import { defined } from '../pools/describe.js'
import { clientOf, poolOf, timestamp } from '../scope.js'

const termsType = ({ id, poolId, value, createdAt, modifiedAt }: PoolDocument) => ({
  Terms: {
    ...value,
    TermsId: id,
    UserPoolId: poolId,
    CreationDate: timestamp(createdAt),
    LastModifiedDate: timestamp(modifiedAt),
  },
})

export const CreateTerms = operation('CreateTerms', async (scope, { UserPoolId, ...terms }) => {
  const pool = await poolOf(scope, UserPoolId)
  await clientOf(scope, pool, terms.ClientId)
  return termsType(await createTerms(scope.service, pool, terms))
})

export const UpdateTerms = operation('UpdateTerms', async (scope, { UserPoolId, TermsId, ...changed }) =>
  termsType(await updateTerms(scope.service, await poolOf(scope, UserPoolId), TermsId, changed)),
)

export const DescribeTerms = operation('DescribeTerms', async (scope, { UserPoolId, TermsId }) =>
  termsType(await termsById(scope.service, await poolOf(scope, UserPoolId), TermsId)),
)

export const DescribeTermsByClient = operation('DescribeTermsByClient', async (scope, input) => {
  const pool = await poolOf(scope, input.UserPoolId)
  const client = await clientOf(scope, pool, input.ClientId)
  return termsType(await termsOfClient(scope.service, pool, client, input.TermsName))
})

export const DeleteTerms = operation('DeleteTerms', async (scope, { UserPoolId, TermsId }) => {
  await deleteTerms(scope.service, await poolOf(scope, UserPoolId), TermsId)
  return undefined
})

export const ListTerms = operation('ListTerms', async (scope, input) => {
  const pool = await poolOf(scope, input.UserPoolId)
  const all = (await documentsOf(scope.service, pool, 'terms')).map(record => ({ key: record.id, record }))
  const { items, next } = await page(
    'ListTerms',
    input,
    input.NextToken,
    input.MaxResults ?? 60,
    async ({ after = '', limit }) => all.filter(({ key }) => key > after).slice(0, limit),
  )
  return {
    Terms: items.map(({ record: { id, value, createdAt, modifiedAt } }) => ({
      TermsId: id,
      TermsName: value.TermsName,
      Enforcement: value.Enforcement,
      CreationDate: timestamp(createdAt),
      LastModifiedDate: timestamp(modifiedAt),
    })),
    ...defined({ NextToken: next }),
  }
})

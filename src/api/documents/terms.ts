import type { PoolDocument } from '../../core/pool-document.js'
import { ensure } from '../../core/refusal.js'
import type { UserPool } from '../../core/user-pool.js'
import { documentOf, documentsOf, dropDocument, keepDocument } from '../../flows/administration/documents.js'
import { operation } from '../operations.js'
import { page } from '../pagination.js'
import { defined } from '../pools/describe.js'
import { exception, notFound } from '../refusals.js'
import { clientOf, poolOf, type Scope, timestamp } from '../scope.js'

const termsType = ({ id, poolId, value, createdAt, modifiedAt }: PoolDocument) => ({
  Terms: {
    ...value,
    TermsId: id,
    UserPoolId: poolId,
    CreationDate: timestamp(createdAt),
    LastModifiedDate: timestamp(modifiedAt),
  },
})

async function termsOf({ service }: Scope, pool: UserPool, id: string): Promise<PoolDocument> {
  const found = await documentOf(service, pool, 'terms', id)
  ensure(found, () =>
    notFound(`Terms ${id} does not exist.`, 'Use a TermsId that ListTerms shows for the pool.'),
  )
  return found
}

export const CreateTerms = operation('CreateTerms', async (scope, { UserPoolId, ...terms }) => {
  const pool = await poolOf(scope, UserPoolId)
  await clientOf(scope, pool, terms.ClientId)
  const others = await documentsOf(scope.service, pool, 'terms')
  const twice = others.some(
    ({ value }) => value.ClientId === terms.ClientId && value.TermsName === terms.TermsName,
  )
  ensure(!twice, () =>
    exception('TermsExistsException')(
      'Terms document already exists for the app client.',
      'Change it with UpdateTerms.',
    ),
  )
  return termsType(await keepDocument(scope.service, pool, 'terms', scope.service.chance.uuid(), terms))
})

export const UpdateTerms = operation('UpdateTerms', async (scope, { UserPoolId, TermsId, ...changed }) => {
  const pool = await poolOf(scope, UserPoolId)
  const { value } = await termsOf(scope, pool, TermsId)
  return termsType(await keepDocument(scope.service, pool, 'terms', TermsId, { ...value, ...changed }))
})

export const DescribeTerms = operation('DescribeTerms', async (scope, { UserPoolId, TermsId }) =>
  termsType(await termsOf(scope, await poolOf(scope, UserPoolId), TermsId)),
)

export const DeleteTerms = operation('DeleteTerms', async (scope, { UserPoolId, TermsId }) => {
  const pool = await poolOf(scope, UserPoolId)
  await termsOf(scope, pool, TermsId)
  await dropDocument(scope.service, pool, 'terms', TermsId)
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

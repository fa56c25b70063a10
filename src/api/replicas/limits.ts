import { provisionedLimits } from '../../core/collections.js'
import { keyOf, put } from '../../core/ports/store.js'
import { ensure } from '../../core/refusal.js'
import { operation } from '../operations.js'
import { exception, invalidParameter } from '../refusals.js'
import type { Scope } from '../scope.js'

/**
 * Provisioned limits are kept and given back; no request is counted against them. The sentences are ours: the service's own
 * are not known.
 */

/** Requests a second that every account has, by category (docs/facts/user-pools-api.md §7). */
const free: Readonly<Record<string, number>> = {
  UserAuthentication: 120,
  UserCreation: 50,
  UserAccountRecovery: 30,
  UserFederation: 25,
  UserRead: 120,
  UserUpdate: 25,
  UserList: 30,
  UserPoolRead: 15,
  UserPoolUpdate: 15,
  ClientAuthentication: 150,
}

/** Stands in for what Service Quotas allow an account: so many times the free limit. */
const mostTimes = 10

type Definition = {
  readonly LimitClass: 'API_CATEGORY'
  readonly Attributes: Readonly<Record<string, string>>
}

function categoryOf({ Attributes: { Category = '', ...others } }: Definition): string {
  ensure(Object.hasOwn(free, Category) && Object.keys(others).length === 0, () =>
    invalidParameter(
      `The limit definition is not valid: Attributes must hold a Category, one of ${Object.keys(free).join(', ')}.`,
      'Send Attributes with a Category alone.',
    ),
  )
  return Category
}

const limitType = (definition: Definition, category: string, value: number | undefined) => ({
  Limit: {
    LimitDefinition: definition,
    ProvisionedLimitValue: value ?? free[category],
    FreeLimitValue: free[category],
  },
})

const keyFor = ({ region = '' }: Scope, category: string): string => keyOf(region, category)

export const GetProvisionedLimit = operation('GetProvisionedLimit', async (scope, { LimitDefinition }) => {
  const category = categoryOf(LimitDefinition)
  const kept = await scope.service.store.get(provisionedLimits, keyFor(scope, category))
  return limitType(LimitDefinition, category, kept?.record.value)
})

export const UpdateProvisionedLimit = operation('UpdateProvisionedLimit', async (scope, input) => {
  const { LimitDefinition, RequestedLimitValue: value } = input
  const category = categoryOf(LimitDefinition)
  const least = free[category] ?? 0
  ensure(value >= least, () =>
    invalidParameter(
      `The requested limit value must be ${least} or more, which is free.`,
      `Ask for ${least} or more.`,
    ),
  )
  ensure(value <= least * mostTimes, () =>
    exception('ServiceQuotaExceededException')(
      `The requested limit value is beyond the account's quota of ${least * mostTimes}.`,
      `Ask for ${least * mostTimes} or less.`,
    ),
  )
  await scope.service.store.commit(put(provisionedLimits, keyFor(scope, category), { value }))
  return limitType(LimitDefinition, category, value)
})

import type { Finding } from './finding.js'

/** Requests a second that every account has, by category (docs/facts/user-pools-api.md §7). */
export const freeLimits: Readonly<Record<string, number>> = {
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

/** What is wrong with naming a limit. The sentences are ours: the service's own are not known. */
export function* limitFindings(attributes: Readonly<Record<string, string>>): Generator<Finding> {
  const { Category = '', ...others } = attributes
  if (!Object.hasOwn(freeLimits, Category) || Object.keys(others).length > 0)
    yield {
      path: ['LimitDefinition', 'Attributes'],
      told: `The limit definition is not valid: Attributes must hold a Category, one of ${Object.keys(freeLimits).join(', ')}.`,
      because: 'Limits are told apart by their Category alone.',
      remedy: 'Send Attributes with a Category alone.',
    }
}

/** What is wrong with a value for a limit. The sentences are ours: the service's own are not known. */
export function* limitValueFindings(category: string, value: number): Generator<Finding> {
  const least = freeLimits[category] ?? 0
  const path = ['RequestedLimitValue']
  if (value < least)
    yield {
      path,
      told: `The requested limit value must be ${least} or more, which is free.`,
      because: `${value} is less than the ${least} requests a second that every account has.`,
      remedy: `Ask for ${least} or more.`,
    }
  if (value > least * mostTimes)
    yield {
      path,
      code: 'ServiceQuotaExceededException',
      told: `The requested limit value is beyond the account's quota of ${least * mostTimes}.`,
      because: `Rockpool's accounts have a quota of ${mostTimes} times what is free.`,
      remedy: `Ask for ${least * mostTimes} or less.`,
    }
}

/** The calls by which a pool on AWS is read. All of them read; none changes anything. */

/** Calls for the configuration of a pool. */
export const configurationCalls = [
  'DescribeUserPool',
  'GetUserPoolMfaConfig',
  'ListUserPoolClients',
  'DescribeUserPoolClient',
  'ListIdentityProviders',
  'DescribeIdentityProvider',
  'ListResourceServers',
  'ListGroups',
  'DescribeUserPoolDomain',
  'GetUICustomization',
  'DescribeManagedLoginBrandingByClient',
  'ListTerms',
  'DescribeTerms',
  'DescribeRiskConfiguration',
  'GetLogDeliveryConfiguration',
  'GetUserPoolSessionConfiguration',
  'GetUserPoolClientSessionConfiguration',
] as const

/** Further calls, for its users. */
export const userCalls = ['ListUsers', 'ListUsersInGroup'] as const

export type ReadCall = (typeof configurationCalls)[number] | (typeof userCalls)[number]

/** Whatever a call takes or answers. */
export type Members = { readonly [name: string]: unknown }

/** Asks AWS, or what stands in for it. It throws errors that have the name of AWS's exception. */
export type Ask = (call: ReadCall, input: Members) => Promise<Members>

/** Where a call says that it was refused for now, because there were too many. */
const crowded = new Set(['TooManyRequestsException', 'ThrottlingException', 'LimitExceededException'])

/** Times that a call is made, and the milliseconds before the second time; each further pause is twice as long. */
const attempts = 7
const firstPause = 500

/**
 * Asks again where there were too many requests: one call at a time, each pause longer than the one before.
 * @param pause waits for as many milliseconds
 */
export const patiently =
  (ask: Ask, pause: (milliseconds: number) => Promise<void>): Ask =>
  async (call, input) => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await ask(call, input)
      } catch (error) {
        if (attempt === attempts || !(error instanceof Error) || !crowded.has(error.name)) throw error
        await pause(firstPause * 2 ** (attempt - 1))
      }
    }
  }

/** The IAM policy that lets somebody read a pool: what `--print-policy` prints. */
export function readPolicy(poolIds: readonly string[], { users }: { readonly users: boolean }): object {
  const calls: readonly ReadCall[] = [...configurationCalls, ...(users ? userCalls : [])]
  const action = (call: ReadCall) => `cognito-idp:${call}`
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: calls.filter(call => call !== 'DescribeUserPoolDomain').map(action),
        Resource: poolIds.map(id => `arn:aws:cognito-idp:${id.split('_')[0]}:*:userpool/${id}`),
      },
      // A domain is no part of a pool's ARN.
      { Effect: 'Allow', Action: [action('DescribeUserPoolDomain')], Resource: '*' },
    ],
  }
}

import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import type { Test } from 'tap'
import { anSdk } from './api.js'
import { aClock, aRockpool } from './rockpool.js'

/** A Rockpool without pools, an SDK, and a pool made with it. */
export async function anApi(t: Test, settings: Partial<cognito.CreateUserPoolCommandInput> = {}) {
  const clock = aClock()
  const rockpool = await aRockpool(t, { seed: { UserPools: [] }, clock })
  const sdk = anSdk(t, rockpool)
  const { UserPool: pool } = await sdk.send(new cognito.CreateUserPoolCommand({ PoolName: 'P', ...settings }))
  const UserPoolId = pool?.Id ?? ''
  return { rockpool, sdk, pool, UserPoolId, clock }
}

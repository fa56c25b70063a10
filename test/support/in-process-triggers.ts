import { randomUUID } from 'node:crypto'
import { type PoolTriggers, poolTriggers } from '../../src/triggers/pool-triggers.js'

/** Calls functions of the test, without a server. */
export const inProcessTriggers = (pools: PoolTriggers) =>
  poolTriggers({ pools, folder: '.' }, { chance: { uuid: randomUUID }, now: () => 0 })

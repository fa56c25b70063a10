import { randomUUID } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TriggerCall } from '../../src/core/ports/triggers.js'
import type { UserPool } from '../../src/core/user-pool.js'
import { poolTriggers, type TriggerHandlers } from '../../src/triggers/pool-triggers.js'
import { median, milliseconds, type Row, rounds, seconds } from './measure.js'

const pool = { id: 'us-east-1_Bench0001', name: 'bench', settings: {} } as UserPool

const call: TriggerCall<'PostAuthentication'> = {
  source: 'PostAuthentication_Authentication',
  userName: 'marco',
  request: {
    // An event of two kilobytes, as users with many attributes have them.
    userAttributes: Object.fromEntries(
      Array.from({ length: 40 }, (_, index) => [`custom:attribute${index}`, 'x'.repeat(25)]),
    ),
    newDeviceUsed: false,
  },
}

/** What a call of a trigger adds to a request: one after another, each to its answer; medians of rounds. */
export async function benchTriggers(): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'rockpool-bench-triggers-'))
  await writeFile(join(folder, 'f.mjs'), 'export const handler = async event => event')
  const kinds: readonly [what: string, aim: string, handlers: TriggerHandlers][] = [
    ['no trigger', '≤ 0.01 ms', {}],
    ['trigger in this process', '≤ 0.1 ms', { PostAuthentication: async event => event }],
    ['trigger in a file, warm', '≤ 1 ms', { PostAuthentication: './f.mjs#handler' }],
  ]
  const rows: Row[] = []
  for (const [what, aim, handlers] of kinds) {
    const triggers = poolTriggers(
      { pools: { bench: handlers }, folder },
      { chance: { uuid: randomUUID }, now: () => performance.now() },
    )
    const act = () => triggers.call('PostAuthentication', pool, call)
    const first = await milliseconds(act)
    const times: number[] = []
    for (let round = 0; round < rounds; round++) {
      const end = performance.now() + (seconds * 1000) / 4
      while (performance.now() < end) times.push(await milliseconds(act))
    }
    await triggers.close()
    const value = `${median(times).toFixed(3)} ms (first ${first.toFixed(1)})`
    rows.push({ what, value, aim })
  }
  await rm(folder, { recursive: true })
  return rows
}

/**
 * `npm run bench`: how fast Rockpool starts and answers, as ratios to what the same machine does in the same seconds: to an
 * empty Node process, and to a process that does nothing but sign with RSA-2048. What requests cost is CPU time of the server
 * alone, in raw signatures, beside a bare `node:http` server that signs as often. The server is the built command in a process
 * of its own; the load generator shares the machine with it. Names of parts, as arguments, run those alone:
 * `npm run bench -- requests sqlite start users fixture pools`; `soak --seconds=600`, `peers`, `postgres` and `postgres-users` are not among the usual ones; `--quick` measures for shorter, `--json` prints rows.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { argv, stdout } from 'node:process'
import { benchConsole } from './bench/console.js'
import { benchManyPools } from './bench/many-pools.js'
import { agent, type Row } from './bench/measure.js'
import { benchPeers } from './bench/peers.js'
import { benchPostgres, benchPostgresUsers } from './bench/postgres.js'
import { benchRequests } from './bench/requests.js'
import { benchSoak } from './bench/soak.js'
import { benchFixture, benchStart } from './bench/start.js'
import { benchTriggers } from './bench/triggers.js'
import { benchUsers } from './bench/users.js'
import { benchWholeState } from './bench/whole-state.js'

const directory = await mkdtemp(join(tmpdir(), 'rockpool-bench-'))

const parts: Readonly<Record<string, () => Promise<Row[]>>> = {
  start: benchStart,
  requests: () => benchRequests('memory'),
  sqlite: () => benchRequests('sqlite', '--data', join(directory, 'requests')),
  users: () => benchUsers('memory'),
  'users-sqlite': () => benchUsers('sqlite', '--data', join(directory, 'users')),
  postgres: benchPostgres,
  'postgres-users': benchPostgresUsers,
  whole: () => benchWholeState('memory'),
  'whole-sqlite': () => benchWholeState('sqlite', '--data', join(directory, 'whole')),
  fixture: benchFixture,
  console: benchConsole,
  pools: benchManyPools,
  triggers: benchTriggers,
  soak: benchSoak,
  peers: benchPeers,
}

function line({ what, value, ratio, aim }: Row): string {
  const columns = [
    what.padEnd(41),
    value.padEnd(24),
    (ratio === undefined ? '' : `× ${ratio.toFixed(2)}`).padEnd(8),
    aim === undefined ? '' : `aim ${aim}`,
  ]
  return `${columns.join(' ').trimEnd()}\n`
}

/** Those that run unless others are asked for: not the one that takes long, nor those that need a PostgreSQL or npm. */
const usual = Object.keys(parts).filter(name => !/^(?:soak|peers|postgres.*)$/.test(name))

const asked = argv.slice(2).filter(word => !word.startsWith('--'))
const strange = asked.filter(name => !Object.hasOwn(parts, name))
if (strange.length > 0)
  throw new Error(
    `The bench has no part ${strange.join(', ')}. Its parts are ${Object.keys(parts).join(', ')}.`,
  )

try {
  for (const name of asked.length > 0 ? asked : usual) {
    const rows = (await parts[name]?.()) ?? []
    stdout.write(argv.includes('--json') ? `${JSON.stringify(rows)}\n` : rows.map(line).join(''))
  }
} finally {
  agent.destroy()
  await rm(directory, { recursive: true, force: true })
}

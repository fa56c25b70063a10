import pg from 'pg'
import { postgresServer } from '../../test/support/postgres.js'
import { aPool } from './clients.js'
import { aServer, median, quick, type Row, rounds, sendJson } from './measure.js'
import { benchRequests } from './requests.js'

/**
 * Rockpool on a PostgreSQL of this machine, which is started for it (Debian: `apt-get install postgresql`) with `fsync` off: what is
 * measured is Rockpool and its round trips, not a disk.
 */
async function onPostgres(measure: (url: string) => Promise<Row[]>): Promise<Row[]> {
  const ends: (() => unknown)[] = []
  try {
    const server = await postgresServer({ teardown: end => ends.push(end) })
    return await measure(await server.database())
  } finally {
    for (const end of ends) await end()
  }
}

/** What requests cost in CPU time of Rockpool's process; that of the database comes on top. */
export const benchPostgres = (): Promise<Row[]> => onPostgres(url => benchRequests('postgres', '--data', url))

/**
 * How long requests take, one after another, in round trips to the database, each measured right before: what else the machine
 * does touches both alike. With ten users, and with many.
 */
export const benchPostgresUsers = (): Promise<Row[]> =>
  onPostgres(async url => {
    const server = await aServer('--data', url)
    const database = new pg.Client(url)
    await database.connect()
    try {
      const trip = () => database.query({ name: 'trip', text: 'SELECT 1' })
      const { UserPoolId, call, create, confirm, signIn } = await aPool(server.baseUrl)
      for (let number = 0; number < 10; number++) await create(number)
      for (let number = 0; number < 10; number++) await confirm(number)
      let made = 10
      const acts: Record<string, () => Promise<unknown>> = {
        AdminGetUser: () => call('AdminGetUser', { UserPoolId, Username: 'user7' }),
        AdminCreateUser: () => create(1_000_000 + made++),
        'sign-in by alias': () => signIn('user3@reef.example'),
        'ListUsers, a page': () => call('ListUsers', { UserPoolId, Limit: 10 }),
        'ListUsers, by e-mail': () =>
          call('ListUsers', { UserPoolId, Filter: 'email = "user5@reef.example"' }),
      }
      const measure = async () => {
        const found = new Map<string, Lasting>()
        for (const [name, act] of Object.entries(acts)) found.set(name, await lastingOf(act, trip))
        return found
      }
      await measure()
      const few = await measure()
      const many = quick ? 10_000 : 100_000
      for (let from = 10; from < many; from += lot)
        await sendJson(
          `${server.baseUrl}/_rockpool/users/import`,
          { pool: UserPoolId, users: usersFrom(from) },
          {},
        )
      const lots = await measure()
      const trips = median([...few.values(), ...lots.values()].map(({ trip }) => trip))
      return [
        { what: 'a round trip (postgres)', value: `${trips.toFixed(2)} ms` },
        ...[...lots].map(([name, { ms, trips }]) => ({
          what: `${name} at ${many} (postgres)`,
          value: `${ms.toFixed(1)} ms, ${trips.toFixed(1)} trips`,
          ratio: trips / (few.get(name)?.trips ?? Number.NaN),
          aim: '≤ 1.5',
        })),
      ]
    } finally {
      await database.end()
      server.close()
    }
  })

/** Users that are made at one stroke. */
const lot = 1000

const usersFrom = (first: number) =>
  Array.from({ length: lot }, (_, index) => ({
    username: `user${first + index}`,
    status: 'CONFIRMED',
    attributes: { email: `user${first + index}@reef.example`, email_verified: 'true' },
  }))

/** Milliseconds, and the same in round trips; medians. */
interface Lasting {
  readonly ms: number
  readonly trip: number
  readonly trips: number
}

async function lastingOf(act: () => Promise<unknown>, trip: () => Promise<unknown>): Promise<Lasting> {
  const all: Lasting[] = []
  for (let round = 0; round < rounds; round++) {
    const ofTrip = await lasts(trip)
    const ms = await lasts(act)
    all.push({ ms, trip: ofTrip, trips: ms / ofTrip })
  }
  return {
    ms: median(all.map(({ ms }) => ms)),
    trip: median(all.map(({ trip }) => trip)),
    trips: median(all.map(({ trips }) => trips)),
  }
}

async function lasts(act: () => Promise<unknown>): Promise<number> {
  const taken: number[] = []
  for (let time = 0; time < 50; time++) {
    const begin = performance.now()
    await act()
    taken.push(performance.now() - begin)
  }
  return median(taken)
}

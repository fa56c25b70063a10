import { randomBytes, randomUUID } from 'node:crypto'
import { setImmediate as turn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { AdminUserGlobalSignOutCommand } from '@aws-sdk/client-cognito-identity-provider'
import t from 'tap'
import type { AppClient } from '../src/core/app-client.js'
import { refreshTokens } from '../src/core/collections.js'
import { type Collection, put, type Store } from '../src/core/ports/store.js'
import type { UserPool } from '../src/core/user-pool.js'
import { sweepAll } from '../src/emulator/chores.js'
import { grantWithRefreshToken } from '../src/flows/grants/grants.js'
import type { Service } from '../src/flows/service.js'
import { memoryStore } from '../src/store/memory.js'
import { sharedTexts } from '../src/store/shared-texts.js'
import { startRockpool } from '../src/testing/fixture.js'
import { anSdk } from './support/api.js'
import { shareKeys } from './support/keys.js'
import { aClock, postForm } from './support/rockpool.js'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** Bytes in use, once all that nobody holds is given back. */
async function bytesInUse(): Promise<number> {
  for (let round = 0; round < 3; round++) {
    await turn()
    collect()
  }
  return process.memoryUsage().heapUsed
}

t.test(
  'a sign-in takes less than 2 kB in memory: its refresh token, its grant and all of their indexes',
  async t => {
    const clock = aClock()
    const store = memoryStore(clock)
    const service = { store, clock, chance: { bytes: randomBytes, uuid: randomUUID } } as unknown as Service
    const pool = { id: 'us-east-1_OidcPool1' } as UserPool
    const client = { id: '1webappatpool1clientid0000', settings: {} } as unknown as AppClient
    const signIn = async (count: number) => {
      for (let done = 0; done < count; done++) {
        const granted = {
          sub: `1b9d6bcd-bbfd-4b2d-9b5d-${String(done % 50).padStart(12, '0')}`,
          scopes: ['aws.cognito.signin.user.admin', 'openid'],
          authTime: 1_790_000_000 + done,
          viaApi: true as const,
        }
        await grantWithRefreshToken(service, pool, client, granted)
      }
    }
    await signIn(1000)
    const before = await bytesInUse()
    await signIn(4000)
    const each = Math.round(((await bytesInUse()) - before) / 4000)
    t.equal((await store.list(refreshTokens, { limit: 9999 })).length, 5000)
    t.ok(each < 1600, `${each} bytes`)
  },
)

t.test('texts that records share are remembered in two generations, and no more', async t => {
  const share = sharedTexts()
  const long = (number: number) => `a text that is long enough ${number}`
  const before = await bytesInUse()
  for (let number = 0; number < 200_000; number++) share(long(number))
  const kept = (await bytesInUse()) - before
  t.ok(kept < 2_000_000, `${kept} bytes`)
})

t.test('a sweep deletes all that has expired, in pieces between which requests have their turn', async t => {
  const clock = aClock()
  const store = memoryStore(clock)
  const shells: Collection<object> = { name: 'shells', indexes: {} }
  for (let number = 0; number < 1700; number++)
    await store.commit(
      put(shells, `${number}`, {}, { expiresAt: clock.now() + (number < 1600 ? 1000 : 90_000) }),
    )
  clock.advance({ seconds: 2 })
  const swept: number[] = []
  let turns = 0
  const watched: Pick<Store, 'sweep'> = {
    async sweep(limit) {
      const count = await store.sweep(limit)
      swept.push(count)
      return count
    },
  }
  const nextTurn = async () => {
    turns += 1
  }
  await sweepAll(watched, () => false, nextTurn)
  t.strictSame(swept, [500, 500, 500, 100])
  t.equal(turns, 3)
  await sweepAll(watched, () => true, nextTurn)
  t.equal(swept.length, 4, 'nothing is swept when Rockpool closes')
})

t.test('users who sign in and out leave nothing', async t => {
  await shareKeys()
  const clock = aClock(Date.now())
  const rockpool = await startRockpool({ clock, keys: 'recycled' })
  t.teardown(() => rockpool.close())
  const sdk = anSdk(t, rockpool)
  const app = { pool: 'oidc-pool-2', client: 'direct-app', username: 'marco', password: 'Anemone-4-Marco!' }
  const webApp = { ...app, pool: 'oidc-pool-1', client: 'web-app', provider: 'CorporateID' }
  const { id: client_id } = rockpool.client(app.pool, app.client)
  const { id: webClient } = rockpool.client(webApp.pool, webApp.client)

  async function inAndOut(which: typeof app, client_id: string) {
    const { refreshToken = '' } = await rockpool.signIn(which)
    const { status } = await postForm(`${rockpool.pool(which.pool).domainUrl}/oauth2/revoke`, {
      client_id,
      token: refreshToken,
    })
    t.equal(status, 200)
  }
  /** What is left of so many sign-ins at pool 2, and some through it, when their sessions at the pages are over. */
  async function left(count: number) {
    for (let done = 0; done < count; done++) {
      await inAndOut(app, client_id)
      if (done % 10 === 0) await inAndOut(webApp, webClient)
    }
    // Pool 1 is a client of pool 2, where it never signs anybody out.
    await sdk.send(
      new AdminUserGlobalSignOutCommand({ UserPoolId: rockpool.pool(app.pool).id, Username: app.username }),
    )
    clock.advance({ seconds: 2 * 3600 })
    const { collections } = (await rockpool.snapshot()).document({ secrets: true })
    return Object.fromEntries(Object.entries(collections).map(([name, records]) => [name, records.length]))
  }

  t.comment('what is kept of codes is over in a quarter of an hour, used or not')
  const codes = async () =>
    (await rockpool.snapshot()).document({ secrets: true }).collections['authorization-codes']?.length ?? 0
  for (let done = 0; done < 3; done++) await inAndOut(webApp, webClient)
  t.equal(await codes(), 6, 'of both pools')
  clock.advance({ seconds: 299 })
  t.equal(await codes(), 6, 'a second exchange is still told from a mistyped code')
  clock.advance({ seconds: 2 })
  t.equal(await codes(), 0)

  const records = await left(20)
  t.match(records, { users: /\d/, pools: 2 })
  t.strictSame(await left(40), records)
})

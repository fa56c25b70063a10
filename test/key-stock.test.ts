import { createHash, createPublicKey, randomBytes, randomUUID } from 'node:crypto'
import { chmod, mkdir, readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { keyStockFolder } from '../src/config/cache-folder.js'
import type { StoredKeys } from '../src/core/pool-keys.js'
import { startRockpool } from '../src/emulator.js'
import { freshKeys, keyStock, oneAhead } from '../src/tokens/key-stock.js'
import { shareKeys, signingKeys } from './support/keys.js'

const chance = { bytes: randomBytes, uuid: randomUUID }
/** A pair that no other is like. */
const aPair = async (): Promise<StoredKeys> => {
  const { IdToken: idToken, AccessToken: accessToken } = await signingKeys()
  return { idToken, accessToken }
}
/** Pairs that are told apart without being made. */
const named = (name: string): StoredKeys => ({ idToken: `id ${name}`, accessToken: `access ${name}` })

t.test('one pair is made ahead, and no more, however many pools there are', async t => {
  let made = 0
  let putBack: StoredKeys | undefined
  const source = oneAhead(
    freshKeys(async () => named(String(++made))),
    async keys => {
      putBack = keys
    },
  )
  t.strictSame(await source.take(), named('1'))
  t.equal(made, 1, 'nothing is made before it is worth it')
  await source.prepare(() => true)
  t.equal(made, 2)
  const taken = await Promise.all([source.take(), source.take()])
  t.equal(new Set(taken.map(({ idToken }) => idToken)).size, 2, 'each is taken once')
  t.equal(made, 4, 'one for each who asked, and one ahead')
  await source.close()
  t.strictSame(putBack, named('4'), 'what nobody took is kept')
})

t.test('a failure to make keys reaches the request that wanted them, once', async t => {
  let fails = true
  const source = oneAhead(
    freshKeys(async () => {
      if (fails) throw new Error('no entropy')
      return named('later')
    }),
    async () => {},
  )
  await source.prepare(() => true)
  await t.rejects(source.take(), /no entropy/)
  fails = false
  t.strictSame(await source.take(), named('later'))
  await source.close()
})

t.test('keys of a stock are taken once each', async t => {
  const pairs = await Promise.all(Array.from({ length: 6 }, aPair))
  const none = async (): Promise<StoredKeys> => named('made')
  const files = async (directory: string) => (await readdir(directory)).sort()

  await t.test('gives each pair once, also to several at a time, and then makes', async t => {
    const directory = join(t.testdir(), 'not', 'there')
    const one = keyStock(directory, none, chance)
    for (const pair of pairs) await one.putBack(pair)
    t.equal((await files(directory)).length, 4, 'it holds no more than it is for')
    t.equal((await stat(directory)).mode & 0o777, 0o700)
    for (const file of await files(directory))
      t.equal((await stat(join(directory, file))).mode & 0o777, 0o600)
    const another = keyStock(directory, none, chance)
    const taken = await Promise.all([one.take(), another.take(), one.take(), another.take(), one.take()])
    t.equal(taken.filter(({ idToken }) => idToken === 'id made').length, 1)
    t.equal(new Set(taken.map(({ idToken }) => idToken)).size, 5)
    t.strictSame(await files(directory), [])
  })

  await t.test('is filled one pair after another, as long as that is wanted', async t => {
    let making = 0
    let most = 0
    const left = [...pairs]
    const stock = keyStock(
      t.testdir(),
      async () => {
        most = Math.max(most, ++making)
        await new Promise(setImmediate)
        making--
        return left.pop() ?? named('none')
      },
      chance,
    )
    await chmod(t.testdirName, 0o700)
    let asked = 0
    await stock.prepare(() => ++asked <= 2)
    t.equal((await files(t.testdirName)).length, 2)
    await stock.prepare(() => true)
    t.equal((await files(t.testdirName)).length, 4)
    t.equal(most, 1)
  })

  await t.test('takes nothing that is no pair, nor anything where others may write', async t => {
    const small = { idToken: 'x', accessToken: 'y' }
    const [pair] = pairs
    const twice = { idToken: pair?.idToken, accessToken: pair?.idToken }
    const directory = t.testdir({
      'a.keys': '{"idToken":',
      'b.keys': JSON.stringify(small),
      'c.keys': JSON.stringify(twice),
      'd.txt': JSON.stringify(pair),
    })
    await chmod(directory, 0o700)
    const stock = keyStock(directory, none, chance)
    t.strictSame(await stock.take(), named('made'))
    t.strictSame(await files(directory), ['d.txt'], 'what is none is gone')
    await writeFile(join(directory, 'e.keys'), JSON.stringify(pair))
    await chmod(directory, 0o777)
    t.strictSame(await stock.take(), named('made'))
    await chmod(directory, 0o700)
    t.strictSame(await stock.take(), pair)
  })

  await t.test('that cannot be kept is none', async t => {
    const stock = keyStock(join(t.testdir({ file: '' }), 'file', 'below'), none, chance)
    await stock.prepare(() => true)
    t.strictSame(await stock.take(), named('made'))
  })
})

t.test('pools get keys of the stock, distinct ones, and those of the first are asked for first', async t => {
  const directory = join(t.testdir(), 'key-stock')
  await mkdir(directory, { mode: 0o700 })
  const stocked = await Promise.all([aPair(), aPair()])
  for (const [index, pair] of stocked.entries())
    await writeFile(join(directory, `${index}.keys`), JSON.stringify(pair))
  const { seeds } = await twoPools()
  const rockpool = await startRockpool({ port: 0, seeds, keyStock: directory })
  const kids = await Promise.all(rockpool.pools.map(async ({ issuer }) => kidsAt(issuer)))
  t.strictSame(
    kids.flat().sort(),
    stocked.flatMap(({ idToken, accessToken }) => [kidOf(idToken), kidOf(accessToken)]).sort(),
  )
  await rockpool.close()
  for (const file of await readdir(directory)) t.match(file, /\.keys$/, 'nothing unfinished is left')
})

t.test('however many pools there are, only some have keys before anybody wants them', async t => {
  const UserPools = Array.from({ length: 30 }, (_, index) => ({ PoolName: `pool-${index}` }))
  const { seedOf } = await import('../src/config/seed/read.js')
  await shareKeys()
  const rockpool = await startRockpool({ port: 0, keys: 'recycled', seeds: [seedOf({ UserPools })] })
  t.teardown(() => rockpool.close())
  const last = rockpool.pools.at(-1)
  t.equal((await kidsAt(last?.issuer ?? '')).length, 2)
  const document = (await rockpool.operations.state.snapshot()).document({ secrets: true })
  t.ok((document.collections['signing-keys']?.length ?? 0) <= 9, 'of 30 pools')
})

t.test('the stock is below the data directory, else in the person’s cache', t => {
  const environment = { XDG_CACHE_HOME: '/cache', LOCALAPPDATA: '/local' }
  t.equal(keyStockFolder({ keyStock: 'off', dataDir: 'd' }, environment), undefined)
  t.equal(keyStockFolder({ keyStock: 'here', dataDir: 'd' }, environment), 'here')
  t.equal(keyStockFolder({ dataDir: 'd' }, environment), join('d', 'key-stock'))
  t.match(keyStockFolder({}, environment), /rockpool.*key-stock$/)
  t.end()
})

async function twoPools() {
  const { readSeeds } = await import('../src/config/seed/read.js')
  return { seeds: await readSeeds(['fixtures/two-pools.yaml']) }
}

async function kidsAt(issuer: string): Promise<string[]> {
  const answer = (await (await fetch(`${issuer}/.well-known/jwks.json`)).json()) as {
    keys: { kid: string }[]
  }
  return answer.keys.map(({ kid }) => kid)
}

const kidOf = (pem: string): string =>
  createHash('sha256')
    .update(createPublicKey(pem).export({ type: 'spki', format: 'der' }))
    .digest('base64')

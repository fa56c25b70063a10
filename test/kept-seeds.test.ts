import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { keptSeeds, seedsInMemory } from '../src/config/seed/kept.js'
import { SeedError } from '../src/config/seed/mistakes.js'
import { readSeeds } from '../src/config/seed/read.js'
import type { Seed } from '../src/config/seed/shape.js'
import { startRockpool } from '../src/testing/fixture.js'

const seed = (password: string) => `
UserPools:
  - PoolName: reef
    Users:
      - Username: ada
        Password: ${password}
`
const texts = (password: string, file = 'seed.yaml') => [{ file, text: seed(password) }]

t.test('seeds are found by the text that they were read from, and by nothing else', async t => {
  const file = join(t.testdir({ 'seed.yaml': seed('Difference-1-Engine!') }), 'seed.yaml')
  const folder = join(t.testdirName, 'made', 'seeds')
  const kept = keptSeeds(folder)
  const source = texts('Difference-1-Engine!', file)
  t.equal(await kept.find(source), undefined)
  const seeds = await readSeeds([file])
  await kept.keep(source, seeds)
  t.strictSame(await kept.find(source), seeds)
  t.equal(await kept.find(texts('Difference-2-Engine!', file)), undefined, 'another text')
  t.match(await kept.find(texts('Difference-1-Engine!', 'other.yaml')), [{ file: 'other.yaml' }], 'elsewhere')
  t.equal(await kept.find([...source, ...source]), undefined, 'more files')

  t.equal((await stat(folder)).mode & 0o777, 0o700)
  const [name = ''] = await readdir(folder)
  t.equal((await stat(join(folder, name))).mode & 0o777, 0o600)
  const bytes = await readFile(join(folder, name), 'latin1')
  t.notMatch(bytes, /Difference|reef|ada/, 'without the text it cannot be read')
})

t.test('what is damaged, or cannot be written, is none', async t => {
  const folder = t.testdir({ 'no-folder': '' })
  const kept = keptSeeds(join(folder, 'seeds'))
  await kept.keep(texts('a'), [{ UserPools: [] }])
  const [name = ''] = await readdir(join(folder, 'seeds'))
  const sound = await readFile(join(folder, 'seeds', name))
  for (const damaged of [
    Buffer.alloc(0),
    sound.subarray(0, 20),
    sound.subarray(0, -1),
    Buffer.from(sound.map((byte, at) => (at === 30 ? byte ^ 1 : byte))),
  ]) {
    await writeFile(join(folder, 'seeds', name), damaged)
    t.equal(await kept.find(texts('a')), undefined)
  }
  await kept.keep(texts('a'), [{ UserPools: [] }])
  t.strictSame(await kept.find(texts('a')), [{ file: 'seed.yaml', UserPools: [] }], 'it is replaced')

  await keptSeeds(join(folder, 'no-folder')).keep(texts('a'), [{ UserPools: [] }])
  t.equal(await keptSeeds(join(folder, 'no-folder')).find(texts('a')), undefined)
})

t.test('what JSON cannot say is not kept, and the oldest make room', async t => {
  const folder = t.testdir()
  const kept = keptSeeds(folder)
  await kept.keep(texts('a'), [{ UserPools: [], strange: Number.NaN } as Seed])
  t.strictSame(await readdir(folder), [])
  for (let at = 0; at < 52; at++) await kept.keep(texts(String(at)), [{ UserPools: [] }])
  t.equal((await readdir(folder)).length, 50)
  t.ok(await kept.find(texts('51')))
})

t.test('a process keeps what it has read, by text and file, and a Rockpool leaves it as it was', async t => {
  const kept = seedsInMemory()
  const file = join(t.testdir({ 'seed.yaml': seed('Difference-1-Engine!') }), 'seed.yaml')
  const seeds = await readSeeds([file], kept)
  const before = structuredClone(seeds)
  t.equal((await readSeeds([file], kept))[0], seeds[0], 'it is not read again')
  await using rockpool = await startRockpool({ seeds })
  await rockpool.createUser('reef', { username: 'grace' })
  t.strictSame(await readSeeds([file], kept), before)
  t.equal(await kept.find(texts('Difference-1-Engine!', 'other.yaml')), undefined, 'elsewhere')
  await writeFile(file, seed('Difference-2-Engine!'))
  t.match(await readSeeds([file], kept), [{ UserPools: [{ Users: [{ Password: 'Difference-2-Engine!' }] }] }])
})

t.test('a seed with mistakes is never kept, and what was kept is not read again', async t => {
  const folder = t.testdir({ 'sound.yaml': seed('Difference-1-Engine!'), 'wrong.yaml': 'UserPool: []' })
  await mkdir(join(folder, 'seeds'))
  const held: unknown[] = []
  const kept = {
    find: async () => held[0] as Seed[] | undefined,
    keep: async (_texts: unknown, seeds: readonly Seed[]) => void held.push(seeds),
  }
  await t.rejects(readSeeds([join(folder, 'wrong.yaml')], kept), SeedError)
  await t.rejects(readSeeds([join(folder, 'absent.yaml')], kept), SeedError)
  t.strictSame(held, [])
  const seeds = await readSeeds([join(folder, 'sound.yaml')], kept)
  t.strictSame(held, [seeds])
  t.equal(await readSeeds([join(folder, 'sound.yaml')], kept), seeds)
})

import { chmod, mkdir, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { compiled } from '../src/cli/code-cache.js'

const program = (number: number): string =>
  `globalThis.lastRun = [${number}, __filename, typeof require('node:fs').readFileSync, module.exports]`

const ran = globalThis as { lastRun?: unknown }

t.test('the code of an earlier run is used, as long as it is of this file and of this Node', async t => {
  const file = join(t.testdir({ 'program.cjs': program(1) }), 'program.cjs')
  const folder = join(t.testdirName, 'made', 'code')
  const first = compiled(file, folder)
  t.notOk(first.isFromCache)
  first.run()
  t.match(ran.lastRun, [1, file, 'function', {}], 'it runs as a CommonJS module')
  first.keep()
  const [name = ''] = await readdir(folder)
  t.equal((await stat(folder)).mode & 0o777, 0o700)
  t.equal((await stat(join(folder, name))).mode & 0o777, 0o600)
  t.ok(name.startsWith(process.version))

  const second = compiled(file, folder)
  t.ok(second.isFromCache)
  ran.lastRun = undefined
  second.run()
  t.match(ran.lastRun, [1])

  // As npm would: another version, of the same length and date.
  const { atime, mtime } = await stat(file)
  await writeFile(file, program(2))
  await utimes(file, atime, mtime)
  const changed = compiled(file, folder)
  t.notOk(changed.isFromCache, 'another file')
  changed.run()
  t.match(ran.lastRun, [2])
  changed.keep()
  t.equal((await readdir(folder)).length, 1, 'what is stale made room')
})

t.test('of many programs those that were kept last stay, and nothing unfinished', async t => {
  const names = Array.from({ length: 15 }, (_, number) => `program${number}.cjs`)
  const directory = t.testdir(Object.fromEntries(names.map((name, number) => [name, program(number)])))
  const folder = join(directory, 'code')
  const inUse = (name = '') => compiled(join(directory, name), folder).isFromCache
  for (const [number, name] of names.slice(0, 14).entries()) {
    const before = new Set(await readdir(folder).catch(() => []))
    compiled(join(directory, name), folder).keep()
    const made = (await readdir(folder)).find(kept => !before.has(kept)) ?? ''
    await utimes(join(folder, made), 1000 + number, 1000 + number)
  }
  for (const [name, at] of [
    ['v20.0.0-x64-0123456789ab-01234567.code.77', 1000],
    ['v20.0.0-x64-0123456789ab-01234567.code.78', Date.now() / 1000],
    ['something-else', 1000],
  ] as const) {
    await writeFile(join(folder, name), '')
    await utimes(join(folder, name), at, at)
  }
  compiled(join(directory, names[14] ?? ''), folder).keep()
  const left = await readdir(folder)
  t.equal(left.filter(name => name.endsWith('.code')).length, 12)
  t.ok(inUse(names[14]), 'the last one is among them')
  t.notOk(inUse(names[0]))
  t.strictSame(left.filter(name => !name.endsWith('.code')).toSorted(), [
    'something-else',
    'v20.0.0-x64-0123456789ab-01234567.code.78',
  ])
})

t.test('what is none is ignored, and replaced', async t => {
  const file = join(t.testdir({ 'program.cjs': program(3) }), 'program.cjs')
  const folder = join(t.testdirName, 'code')
  compiled(file, folder).keep()
  const [name = ''] = await readdir(folder)
  const sound = await readFile(join(folder, name))
  for (const damaged of [
    Buffer.alloc(0),
    Buffer.from('garbage'),
    sound.subarray(0, 200),
    Buffer.concat([sound.subarray(0, 300), Buffer.alloc(40, 7), sound.subarray(340)]),
    Buffer.alloc(sound.length, 7),
  ]) {
    await writeFile(join(folder, name), damaged)
    const { isFromCache, run, keep } = compiled(file, folder)
    t.notOk(isFromCache)
    run()
    t.match(ran.lastRun, [3])
    keep()
    t.ok(compiled(file, folder).isFromCache)
  }
})

t.test('a folder that others may write to is not used, nor one that is none', async t => {
  const file = join(t.testdir({ 'program.cjs': program(4), plain: '' }), 'program.cjs')
  const folder = join(t.testdirName, 'code')
  await mkdir(folder, { mode: 0o700 })
  compiled(file, folder).keep()
  await chmod(folder, 0o777)
  t.notOk(compiled(file, folder).isFromCache)
  await chmod(folder, 0o700)
  t.ok(compiled(file, folder).isFromCache)
  for (const none of [undefined, join(t.testdirName, 'plain', 'below')]) {
    const { isFromCache, run, keep } = compiled(file, none)
    t.notOk(isFromCache)
    run()
    keep()
  }
})

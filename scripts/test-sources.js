/**
 * How tests read the sources: `node --import ./scripts/test-sources.js test/clock.test.ts`. A test imports some six hundred files
 * of `src`, and to find, read and link them is two seconds of work, in each of the hundred-odd processes of a run. So the sources
 * are bundled once, as the command is, and V8 keeps the code of the bundle; a test that imports a source is given that part of it.
 * With `--import ./scripts/typescript.js` the same test runs the sources as they are, with nothing kept.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { register } from 'node:module'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const bundles = join(root, 'node_modules/.cache/test-sources')

/** Bundles that are kept: one need not be made anew for a branch that one comes back to. */
const keptBundles = 3

register('./typescript-hooks.js', import.meta.url)
const { compiled } = await import('../src/cli/code-cache.ts')
const folder = bundle()
register('./test-sources-hooks.js', import.meta.url, { data: { folder, sourcesFrom: import.meta.url } })

let started
/** Runs a source of the bundle, unless it has run: `sourceAt('src/emulator.ts')` answers what that file exports. */
export function sourceAt(path) {
  started ??= start()
  // The code that is kept is what has run: of a process that is like most.
  if (path === 'src/emulator.ts' && !started.isFromCache) process.once('exit', started.keep)
  return started.sources[path]()
}

function start() {
  const bundle = compiled(join(folder, 'sources.cjs'), folder)
  return { ...bundle, sources: bundle.run() }
}

/** The folder with the bundle of the sources as they are: made now, unless it is there. */
function bundle() {
  const paths = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(root.length).replaceAll('\\', '/'))
    .sort()
  const hash = createHash('sha256').update(root)
  for (const path of [...paths, 'package-lock.json', 'scripts/build.ts', 'scripts/bundle-sources.ts']) {
    const { size, mtimeMs } = statSync(join(root, path))
    hash.update(`${path} ${size} ${mtimeMs}\n`)
  }
  const made = join(bundles, hash.digest('hex').slice(0, 24))
  if (existsSync(made)) return made
  // Made beside and renamed: another process never reads half a bundle. Where it was faster, what it made is as good.
  const beside = `${made}.${process.pid}`
  mkdirSync(beside, { recursive: true, mode: 0o700 })
  // In a process of its own: some of what the build looks at changes the process that imports it.
  const { status } = spawnSync(
    process.execPath,
    ['--import', './scripts/typescript.js', 'scripts/bundle-sources.ts', beside],
    { cwd: root, stdio: 'inherit' },
  )
  if (status !== 0) {
    rmSync(beside, { recursive: true })
    throw new Error('The sources could not be bundled for the tests: see above')
  }
  try {
    renameSync(beside, made)
  } catch {
    rmSync(beside, { recursive: true })
  }
  const age = name => -statSync(join(bundles, name)).mtimeMs
  const old = readdirSync(bundles)
    .sort((one, other) => age(one) - age(other))
    .slice(keptBundles)
  for (const name of old) rmSync(join(bundles, name), { recursive: true, force: true })
  return made
}

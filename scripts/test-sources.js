/**
 * How tests read the sources: `node --import ./scripts/test-sources.js test/clock.test.ts`. A test imports some six hundred files
 * of `src`, and to find, read and link them is two seconds of work, in each process that does. So the sources
 * are bundled once, as the command is, and V8 keeps the code of the bundle; a test that imports a source is given that part of it.
 * The packages that most tests import are bundled likewise. With `--import ./scripts/typescript.js` the same test runs the sources
 * and the packages as they are, with nothing kept.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { register } from 'node:module'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Bundles that are kept of each kind: one need not be made anew for a branch that one comes back to. */
const keptBundles = 3

register('./typescript-hooks.js', import.meta.url)
const { compiled } = await import('../src/cli/code-cache.ts')
const sources = bundle({
  name: 'test-sources',
  script: 'scripts/bundle-sources.ts',
  of: readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(root.length).replaceAll('\\', '/'))
    .sort(),
})
const packages = bundle({
  name: 'test-packages',
  script: 'scripts/bundle-packages.ts',
  of: ['scripts/test-scopes.js'],
})
register('./test-sources-hooks.js', import.meta.url, {
  data: { sources, packages, from: import.meta.url },
})

// The code that is kept is what has run: of a process that is like most, one with a Rockpool and the SDK.
const fromSources = started(join(sources, 'sources.cjs'), 'src/emulator.ts')
const fromPackages = started(
  join(packages, 'node_modules/@tapjs/packages.cjs'),
  '@aws-sdk/client-cognito-identity-provider',
)

/** Runs a source of the bundle, unless it has run: `sourceAt('src/emulator.ts')` answers what that file exports. */
export const sourceAt = path => fromSources(path)

/** Runs a package of the bundle, unless it has run: `packageNamed('tap')` answers what it exports. */
export const packageNamed = name => fromPackages(name)

let running

/** From now on the test of a file, as `test-files.js` runs it, is what the file imports as tap's default. */
export const runsIn = test => {
  running = test
}

/** The test of the file that runs. */
export const fileTest = () => running

/** Answers by name from a bundle, which is started when it is first asked. Its code is kept if `typical` was among the names. */
function started(file, typical) {
  let bundle
  let parts
  return name => {
    bundle ??= compiled(file, dirname(file))
    parts ??= bundle.run()
    if (name === typical && !bundle.isFromCache) process.once('exit', bundle.keep)
    return parts[name]()
  }
}

/** The folder with a bundle of what is there now: made now, unless it is there. */
function bundle({ name, script, of }) {
  const hash = createHash('sha256').update(root)
  for (const path of [...of, 'package-lock.json', 'scripts/build.ts', script]) {
    const { size, mtimeMs } = statSync(join(root, path))
    hash.update(`${path} ${size} ${mtimeMs}\n`)
  }
  const bundles = join(root, 'node_modules/.cache', name)
  const made = join(bundles, hash.digest('hex').slice(0, 24))
  if (existsSync(made)) return made
  // Made beside and renamed: another process never reads half a bundle. Where it was faster, what it made is as good.
  const beside = `${made}.${process.pid}`
  mkdirSync(beside, { recursive: true, mode: 0o700 })
  // In a process of its own: some of what the build looks at changes the process that imports it. What tap tells there is not ours.
  const { status } = spawnSync(process.execPath, ['--import', './scripts/typescript.js', script, beside], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  if (status !== 0) {
    rmSync(beside, { recursive: true })
    throw new Error(`${script} failed, which bundles what the tests read: see above`)
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

/**
 * `npm test`: runs the files of tests, one after another in each of a few processes, and shows a line for each, and every failure in
 * full, where it happens and again at the end. `npm test -- test/store.test.ts` runs some; `--all` shows all that they write, which is
 * TAP; `--thorough` does more often what tests do many times.
 */
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import process, { argv, env, execPath, stdout } from 'node:process'
import { parseArgs } from 'node:util'
import { keepDurations, longestFirst } from './test-order.js'
import { testProcess } from './test-process.js'
import { failureOf } from './test-report.js'

const { values: options, positionals } = parseArgs({
  args: argv.slice(2),
  allowPositionals: true,
  options: {
    // One more than there are cores, as every file waits at times. None depends on how fast the machine is.
    jobs: { type: 'string', default: String(Math.min(availableParallelism(), 7) + 1) },
    // After so many seconds a test has failed, unless its file gives it another time.
    timeout: { type: 'string', default: '400' },
    all: { type: 'boolean', default: false },
    // Tests that do a thing many times do it more often.
    thorough: { type: 'boolean', default: false },
  },
})

/** A process has its start behind it, and the code of its files compiled, by then; its heap grows with each. */
const filesOfAProcess = 25

// Without tap's own hooks, which compile and mock and measure, and take a process a second.
const hooks = ['--enable-source-maps', '--import=./scripts/test-sources.js']

const environment = {
  ...env,
  TAP: '1',
  TAP_TIMEOUT: options.timeout,
  ...(options.thorough && { TESTS_ARE_THOROUGH: '1' }),
  // Compiled code is kept, on Nodes that can (22 and later).
  NODE_COMPILE_CACHE: 'node_modules/.cache/compiled',
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
}
// Tests trust what they make; to read a machine's certificates takes every process a tenth of a second.
delete environment.NODE_EXTRA_CA_CERTS

const began = performance.now()
const files = positionals.length > 0 ? positionals : allFiles()
const waiting = longestFirst(files)
const taken = {}
const failed = []
// What all share is made before the first of them, not by each of the first.
spawnSync(execPath, [...hooks, '--eval', ''], { stdio: 'inherit' })
await Promise.all(Array.from({ length: Number(options.jobs) }, runWaiting))
keepDurations(taken)

for (const { failure } of failed) stdout.write(failure)
const summary = `${files.length - failed.length} of ${files.length} files of tests passed in ${secondsSince(began).toFixed(0)} s`
const names = failed.map(({ file }) => file).join(', ')
stdout.write(`\n${summary}${failed.length > 0 ? `; failed: ${names}` : ''}\n`)
process.exitCode = failed.length > 0 ? 1 : 0

function allFiles() {
  return readdirSync('test')
    .filter(name => name.endsWith('.test.ts'))
    .sort()
    .map(name => `test/${name}`)
}

/** Runs what waits, in a process at a time. After a failure, and after enough files, another takes its place. */
async function runWaiting() {
  let runner
  for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
    runner ??= testProcess({ hooks, env: environment })
    const start = performance.now()
    const ended = await runner.run(file)
    const found = failureOf(file, ended)
    const failure = found && (await withCause(file, found, runner))
    taken[file] = secondsSince(start)
    tell(file, ended, failure, `${taken[file].toFixed(1)} s`)
    const isEnough = runner.files.length === filesOfAProcess || waiting.length === 0
    if (failure === undefined && isEnough) await endWell(runner)
    if (failure !== undefined || isEnough) runner = undefined
  }
}

/** The failure, and whether it is the file's own: others ran before it in its process, which ends. */
async function withCause(file, failure, runner) {
  await runner.end()
  if (runner.files.length === 1) return failure
  const own = testProcess({ hooks, env: environment })
  const again = failureOf(file, await own.run(file))
  await own.end()
  const before = runner.files.slice(0, -1).join(', ')
  return again ?? `${failure}It passes in a process of its own. Before it, this process ran ${before}.\n\n`
}

async function endWell(runner) {
  if (await runner.end()) return
  const file = runner.files.join(', ')
  tell(
    file,
    { told: '' },
    `\n${file}: what they left open or unsettled failed, or kept their process from its end\n\n`,
    '',
  )
}

function tell(file, { told }, failure, took) {
  if (options.all) stdout.write(told)
  stdout.write(`${failure ? '✗' : '✓'} ${file.padEnd(44)} ${took.padStart(8)}\n${failure ?? ''}`)
  if (failure) failed.push({ file, failure })
}

function secondsSince(time) {
  return (performance.now() - time) / 1000
}

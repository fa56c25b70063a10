/**
 * `npm test`: runs the files of tests, each in a process of its own, and shows a line for each, and every failure in full, where it
 * happens and again at the end. `npm test -- test/store.test.ts` runs some; `--all` shows all that they write, which is TAP;
 * `--thorough` does more often what tests do many times.
 */
import { spawn, spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import process, { argv, env, execPath, stdout } from 'node:process'
import { parseArgs } from 'node:util'
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

/** When a process is ended that does not heed the time-outs of its own tests, as it is busy for ever. */
const endedAfterMs = 30 * 60 * 1000

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
const waiting = [...files]
const failed = []
const running = new Set()
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1))

// What all share is made before the first of them, not by each of the first.
spawnSync(execPath, [...hooks, '--eval', ''], { stdio: 'inherit' })
await Promise.all(Array.from({ length: Number(options.jobs) }, runWaiting))

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

async function runWaiting() {
  for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
    const start = performance.now()
    const ended = await run(file)
    const failure = failureOf(file, ended)
    const took = `${secondsSince(start).toFixed(1)} s`
    if (options.all) stdout.write(ended.told)
    stdout.write(`${failure ? '✗' : '✓'} ${file.padEnd(44)} ${took.padStart(8)}\n${failure ?? ''}`)
    if (failure) failed.push({ file, failure })
  }
}

/** Runs a file. `told` is what it wrote to its standard output, `complaints` what to the other; of `code` and `signal` one is null. */
function run(file) {
  const child = spawn(execPath, [...hooks, file], {
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: endedAfterMs,
    killSignal: 'SIGKILL',
  })
  running.add(child)
  let told = ''
  let complaints = ''
  child.stdout.setEncoding('utf8').on('data', text => {
    told += text
  })
  child.stderr.setEncoding('utf8').on('data', text => {
    complaints += text
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => {
      running.delete(child)
      resolve({ told, complaints, code, signal })
    })
  })
}

function secondsSince(time) {
  return (performance.now() - time) / 1000
}

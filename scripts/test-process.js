/** The processes that `test.js` has files of tests run in (`test-files.js`), as it sees them: a file in, what the file told out. */
import { spawn } from 'node:child_process'
import process, { execPath } from 'node:process'

/** When a process is ended that does not heed the time-outs of its own tests, as it is busy for ever. */
const endedAfterMs = 30 * 60 * 1000
/** When a process is ended that has nothing left to run. */
const lingersMs = 60_000

const running = new Set()
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1))

/**
 * Starts a process.
 * @param hooks what Node is told before the program
 * @param env its environment
 */
export function testProcess({ hooks, env }) {
  const child = spawn(execPath, [...hooks, 'scripts/test-files.js'], {
    env,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  running.add(child)
  const files = []
  const closed = new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => {
      running.delete(child)
      resolve({ code, signal })
    })
  })
  let rest = ''
  let told = ''
  let complaints = ''
  let isOver = false
  let ended = () => {}
  child.stdout.setEncoding('utf8').on('data', text => {
    const lines = (rest + text).split('\n')
    rest = lines.pop()
    for (const line of lines) take(line)
  })
  child.stderr.setEncoding('utf8').on('data', text => {
    complaints += text
  })

  /** All that a file tells stands below its own test. What tap says of that one is of no use. */
  function take(line) {
    const file = files.at(-1)
    const result = /^(not )?ok \d+ - (\S+)/.exec(line)
    if (result?.[2] === file) {
      isOver = true
      ended({ code: result[1] ? 1 : 0, signal: null })
    } else if (!isOver && line !== `# Subtest: ${file}`) told += `${line.replace(/^ {4}/, '')}\n`
  }

  return {
    /** The files that it was given. */
    files,
    /**
     * Runs a file. `told` is what it wrote to its standard output, `complaints` what to the other; of `code` and `signal`, by which
     * a process of its own would have ended, one is null. After a failure nothing else can be run.
     */
    async run(file) {
      files.push(file)
      told = ''
      complaints = ''
      isOver = false
      const ending = new Promise(resolve => {
        ended = resolve
      })
      const late = setTimeout(() => child.kill('SIGKILL'), endedAfterMs)
      child.send(file, () => {})
      const { code, signal } = await Promise.race([ending, closed])
      clearTimeout(late)
      if (code !== 0) await this.end()
      return { told: told + rest, complaints, code, signal }
    },
    /** Ends it. Answers whether it ended of itself and well: nothing was left open, nothing failed. */
    async end() {
      // It parts itself: a parent that parts never hears that the process has closed.
      if (child.connected) child.send('', () => {})
      const late = setTimeout(() => child.kill('SIGKILL'), lingersMs)
      const { code } = await closed
      clearTimeout(late)
      return code === 0
    },
  }
}

/**
 * A process in which `test.js` has files of tests run, one after another, by sending their names, at last an empty one: what is
 * loaded and what V8 has compiled for one file serves the next. Each file is a test of tap's that has all tests of the file below it,
 * has its own modules of `test/`, and finds the folder and the environment as they were at first.
 */
import process from 'node:process'
import { pathToFileURL } from 'node:url'
import { packageNamed, runsIn } from './test-sources.js'

const { t: all } = packageNamed('tap')
const folder = process.cwd()
const environment = { ...process.env }
const timeout = Number(process.env.TAP_TIMEOUT) * 1000

// Files have a time each; the process has none.
all.setTimeout(0)
process.on('message', file => {
  if (file === '') process.disconnect()
  else all.test(file, { timeout }, test => run(file, test))
})
// tap takes the channel for its own, and has it keep no process alive.
const waiting = setInterval(() => {}, timeout)
process.once('disconnect', () => clearInterval(waiting))

async function run(file, test) {
  test.teardown(putBack)
  runsIn(test)
  try {
    await import(`${pathToFileURL(file)}?file=${encodeURIComponent(file)}`)
  } catch (error) {
    test.error(error)
  }
}

function putBack() {
  process.chdir(folder)
  for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name]
  Object.assign(process.env, environment)
}

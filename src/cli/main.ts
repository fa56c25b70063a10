import process from 'node:process'
import { packageVersion } from '../config/package.js'
import { authorityFolder, caHelpText } from './ca.js'
import { helpText } from './help.js'
import { type Invocation, parseInvocation, UsageError } from './options.js'
import { type Output, printConfiguration, printImported, type Running, start, toldFailure } from './start.js'
import type { StartOptions } from './start-options.js'
import { styleFor } from './style.js'

/**
 * The command line: reads arguments and the environment, starts Rockpool or asks one that runs, and prints for people or, as
 * JSON, for scripts.
 */

const output: Output = {
  out: text => void process.stdout.write(text),
  err: text => void process.stderr.write(text),
  style: styleFor(process.stdout.isTTY === true, process.env.NO_COLOR),
}

main()

async function main(): Promise<void> {
  const invocation = understood()
  switch (invocation?.action) {
    case 'help':
      output.out(invocation.command === 'ca' ? caHelpText() : helpText(invocation.command))
      break
    case 'version':
      output.out(`${packageVersion()}\n`)
      break
    case 'ca':
      await printCertificate(invocation.options)
      break
    case 'env':
      await printOrFail(printConfiguration, invocation.options)
      break
    case 'import':
      await printOrFail(printImported, invocation.options)
      break
    case 'drift':
      await compareWithAws(invocation.options)
      break
    case 'init':
      await printOrFail(proposeStart, invocation.options)
      break
    case 'export':
      await exportRunning(invocation.options)
      break
    case 'doctor':
      await examineRunning(invocation.options)
      break
    case 'flights':
    case 'inbox':
    case 'logs':
      await listSeen(invocation.action, invocation.options)
      break
    case 'trigger':
      await callTrigger(invocation.options)
      break
    case 'start':
      await runUntilStopped(invocation.options)
  }
}

function understood(): Invocation | undefined {
  try {
    return parseInvocation(process.argv.slice(2), process.env)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    const { command = 'start' } = error
    output.err(`${error.message}\nSee rockpool ${command === 'start' ? '' : `${command} `}--help.\n`)
    process.exitCode = 2
    return undefined
  }
}

async function printCertificate(options: StartOptions): Promise<void> {
  const { certificateIn } = await import('../emulator.js')
  try {
    output.out(await certificateIn(authorityFolder(options, process.env)))
  } catch (error) {
    fail(error, options)
  }
}

async function printOrFail(print: typeof printConfiguration, options: StartOptions): Promise<void> {
  try {
    await print(options, output, process.env)
  } catch (error) {
    fail(error, options)
  }
}

async function exportRunning(options: StartOptions): Promise<void> {
  const { printExported } = await import('./export.js')
  await printOrFail(async () => printExported(options, output), options)
}

/** The exit status is for CI: 1 where the pools differ, 2 where one of them could not be read. */
async function compareWithAws(options: StartOptions): Promise<void> {
  const { printDrift } = await import('./real-pool.js')
  const { realPools } = options
  if (realPools === undefined) return
  try {
    process.exitCode = await printDrift({ ...options, realPools }, output, process.env)
  } catch (error) {
    output.err(`${toldFailure(error, options) ?? String(error)}\n`)
    process.exitCode = 2
  }
}

/** Looks at the folder, and writes the configuration that fits. */
async function proposeStart(_options: StartOptions, told: Output): Promise<void> {
  const { initialise } = await import('./init.js')
  initialise(process.cwd(), told)
}

/** The exit status is for CI: 1 where something is wrong, 2 where no Rockpool could be asked. */
async function examineRunning(options: StartOptions): Promise<void> {
  const { printDiagnoses } = await import('./doctor.js')
  await orNobody(async () => {
    process.exitCode = await printDiagnoses(options, output)
  })
}

/** The exit status is 2 where nobody could be asked. */
async function listSeen(what: 'flights' | 'inbox' | 'logs', options: StartOptions): Promise<void> {
  const { printFlights, printInbox, printLogs } = await import('./seen.js')
  const print = { flights: printFlights, inbox: printInbox, logs: printLogs }[what]
  await orNobody(() => print(options, output))
}

/** The exit status is 1 where the call failed, 2 where it could not be made. */
async function callTrigger(options: StartOptions): Promise<void> {
  const { printTriggerCall } = await import('./trigger.js')
  await orNobody(async () => {
    process.exitCode = await printTriggerCall(options, output)
  })
}

async function orNobody(ask: () => Promise<void>): Promise<void> {
  try {
    await ask()
  } catch (error) {
    if (!(error instanceof Error && error.name === 'NoAnswerError')) throw error
    output.err(`${error.message}\n`)
    process.exitCode = 2
  }
}

/** Milliseconds that requests under way have to come to their end. */
const patience = 10_000

/** The first signal lets requests come to their end and stops Rockpool cleanly, a second one stops it at once. */
async function runUntilStopped(options: StartOptions): Promise<void> {
  let starting: Promise<Running> | undefined
  let stopping = false
  const stop = async () => {
    if (stopping) process.exit(130)
    stopping = true
    const running = await starting?.catch(() => undefined)
    await running?.close({ patience })
    process.exit()
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  try {
    starting = start(options, output, process.env)
    await starting
  } catch (error) {
    fail(error, options)
  }
}

function fail(error: unknown, options: StartOptions): never {
  const sentence =
    toldFailure(error, options) ?? (error instanceof Error ? (error.stack ?? error.message) : String(error))
  output.err(`${sentence}\n`)
  process.exit(1)
}

#!/usr/bin/env node
import process from 'node:process'
import { packageVersion } from '../config/package.js'
import { helpText } from './help.js'
import { type Invocation, parseInvocation, type StartOptions, UsageError } from './options.js'
import { type Output, type Running, start, toldFailure } from './start.js'
import { styleFor } from './style.js'

const output: Output = {
  out: text => void process.stdout.write(text),
  err: text => void process.stderr.write(text),
  style: styleFor(process.stdout.isTTY === true, process.env.NO_COLOR),
}

const invocation = understood()
if (invocation?.action === 'help') output.out(helpText())
else if (invocation?.action === 'version') output.out(`${packageVersion()}\n`)
else if (invocation?.action === 'start') await runUntilStopped(invocation.options)

function understood(): Invocation | undefined {
  try {
    return parseInvocation(process.argv.slice(2), process.env)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    output.err(`${error.message}\nSee rockpool --help.\n`)
    process.exitCode = 2
    return undefined
  }
}

/** The first signal stops Rockpool cleanly, a second one at once. */
async function runUntilStopped(options: StartOptions): Promise<void> {
  let starting: Promise<Running> | undefined
  let stopping = false
  const stop = async () => {
    if (stopping) process.exit(130)
    stopping = true
    const running = await starting?.catch(() => undefined)
    await running?.close()
    process.exit()
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  try {
    starting = start(options, output)
    await starting
  } catch (error) {
    const sentence =
      toldFailure(error, options) ?? (error instanceof Error ? (error.stack ?? error.message) : String(error))
    output.err(`${sentence}\n`)
    process.exit(1)
  }
}

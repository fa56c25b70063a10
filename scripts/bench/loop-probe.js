import { readFileSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'

/**
 * Loaded into the server (`--import`), to see how long single steps hold the event loop. `monitorEventLoopDelay` tells the
 * longest that a timer came late, which on a machine with other work is mostly the wait for a processor. So the CPU time that
 * the main thread took between two timers is told as well: what a step costs, whatever else the machine does.
 *
 * Every message of the parent is answered with what was seen since the last one, in milliseconds.
 */
const delay = monitorEventLoopDelay({ resolution: 1 })
delay.enable()

/** Nanoseconds on a processor so far (proc(5), schedstat). Not a number where the system does not tell. */
function cpuOfThread() {
  try {
    return Number(readFileSync(`/proc/${process.pid}/task/${process.pid}/schedstat`, 'utf8').split(' ')[0])
  } catch {
    return Number.NaN
  }
}

let last = cpuOfThread()
let longest = 0
setInterval(() => {
  const now = cpuOfThread()
  longest = Math.max(longest, now - last)
  last = now
}, 1).unref()

process.on('message', () => {
  process.send?.({ late: delay.max / 1e6, cpu: longest / 1e6 })
  delay.reset()
  longest = 0
})
process.channel?.unref()

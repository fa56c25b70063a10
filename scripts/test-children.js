/**
 * Programs that a test starts run as anybody starts them. tap has a listener that gives each its hooks, for the coverage of code,
 * which is off: a quarter of a second for every start, and not what is to be tested.
 */
import process from 'node:process'
import processOnSpawn from 'process-on-spawn'

processOnSpawn.removeAllListeners()
const { NODE_OPTIONS = '' } = process.env
process.env.NODE_OPTIONS = NODE_OPTIONS.replace(/"?--import=\S*@tapjs\/processinfo\/\S*/, '').trim()
if (process.env.NODE_OPTIONS === '') delete process.env.NODE_OPTIONS

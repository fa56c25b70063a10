/** In which order files of tests run: the longest first, so that at the end no core waits for one long file. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'

const folder = 'node_modules/.cache'
const kept = `${folder}/test-durations.json`

/** The longest by the last run; before them what that did not know, those first that start programs or browsers, then by size. */
export function longestFirst(files) {
  const known = durations()
  const weight = file => known[file] ?? 1e6 * (1 + startsPrograms(file)) + readFileSync(file).length
  return files
    .map(file => ({ file, weight: weight(file) }))
    .sort((one, other) => other.weight - one.weight)
    .map(({ file }) => file)
}

/** Keeps how long files took, in seconds, for the next run. */
export function keepDurations(taken) {
  mkdirSync(folder, { recursive: true })
  writeFileSync(kept, JSON.stringify({ ...durations(), ...taken }))
}

function durations() {
  try {
    return JSON.parse(readFileSync(kept, 'utf8'))
  } catch {
    return {}
  }
}

const startsPrograms = file =>
  /node:child_process|support\/(chromium|bundled)\.js/.test(readFileSync(file, 'utf8')) ? 1 : 0

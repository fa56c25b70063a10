import type { Diagnosis, Severity } from '../core/rules/doctor/diagnosis.js'
import { askRunning } from './running.js'
import type { Output } from './start.js'
import type { StartOptions } from './start-options.js'
import type { Style } from './style.js'

/** What `GET /_rockpool/doctor` answers. */
interface Examination {
  readonly healthy: boolean
  readonly diagnoses: readonly Diagnosis[]
}

/**
 * Prints what a Rockpool that runs finds wrong with its pools.
 * @returns the exit status: 0 where nothing has to be done, else 1
 * @throws NoAnswerError
 */
export async function printDiagnoses(options: StartOptions, { out, style }: Output): Promise<0 | 1> {
  const text = await askRunning(options, '/doctor', { pool: options.pool })
  const examination = JSON.parse(text) as Examination
  out(options.json ? `${JSON.stringify(examination)}\n` : diagnosesForPeople(examination, style))
  return examination.healthy ? 0 : 1
}

/** A table, one pool after another: how bad, where, why, and what to do. */
function diagnosesForPeople({ diagnoses }: Examination, style: Style): string {
  if (diagnoses.length === 0) return 'Nothing is wrong: no rule of the doctor finds anything.\n'
  const pools = [...new Set(diagnoses.map(({ pool }) => pool))]
  const parts = pools.map(pool => {
    const rows = diagnoses.filter(one => one.pool === pool).map(one => row(one, style))
    return `${style.heading(pool ?? 'Rockpool')}\n${rows.join('\n')}\n`
  })
  return `${parts.join('\n')}\n${summary(diagnoses)}\n`
}

function row({ severity, path, because, remedy, rule }: Diagnosis, style: Style): string {
  const where = path.length === 0 ? rule : path.join('.')
  const indent = ' '.repeat(margin)
  return [
    `  ${severity.padEnd(margin - 2)}${style.link(where)}`,
    ...wrapped(because).map(line => `${indent}${line}`),
    ...wrapped(remedy).map((line, index) => `${indent}${index === 0 ? '→ ' : '  '}${line}`),
  ].join('\n')
}

const margin = 11
const width = 86

/** Lines of at most `width` characters, where words allow it. */
function wrapped(text: string): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && `${last} ${word}`.length <= width) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}

function summary(diagnoses: readonly Diagnosis[]): string {
  const count = (severity: Severity) => diagnoses.filter(one => one.severity === severity).length
  const counts = (['error', 'warning', 'hint'] as const).flatMap(severity => {
    const number = count(severity)
    return number === 0 ? [] : [`${number} ${severity}${number === 1 ? '' : 's'}`]
  })
  return `${counts.join(', ')}.`
}

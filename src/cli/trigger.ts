import { readFile } from 'node:fs/promises'
import type { TriggerReport } from '../core/ports/triggers.js'
import { askRunning, NoAnswerError } from './running.js'
import type { Output } from './start.js'
import type { StartOptions } from './start-options.js'
import type { Style } from './style.js'

/**
 * Has a Rockpool that runs call the function of a trigger, and prints the event, what the function wrote, and what it answered.
 * @returns the exit status: 1 where the call failed
 * @throws NoAnswerError when none runs there, it has no such trigger, or the event's file cannot be read
 */
export async function printTriggerCall(options: StartOptions, { out, style }: Output): Promise<0 | 1> {
  const { trigger, source, pool, client, user, eventFile } = options
  if (trigger === undefined)
    throw new NoAnswerError('Say which trigger: rockpool trigger PreSignUp --pool NAME --user NAME.')
  const event = eventFile === undefined ? undefined : await eventIn(eventFile)
  const asked = { source, pool, client, user, event }
  const text = await askRunning(options, `/triggers/${encodeURIComponent(trigger)}`, {}, asked)
  const report = JSON.parse(text) as TriggerReport
  out(options.json ? `${JSON.stringify(report)}\n` : reportForPeople(report, style))
  return report.failure === undefined ? 0 : 1
}

async function eventIn(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'))
  } catch (error) {
    throw new NoAnswerError(`The event in ${file} cannot be read: ${(error as Error).message}`)
  }
}

function reportForPeople(report: TriggerReport, style: Style): string {
  const { source, event, milliseconds, attempts, console: lines, answer, changed = {} } = report
  const tries = attempts === 1 ? '' : ` in ${attempts} attempts`
  return [
    `${style.heading(source)} ${style.faint(`${report.function}, ${milliseconds} ms${tries}`)}`,
    ...part(style, 'event', JSON.stringify(event, undefined, 2)),
    ...(lines.length === 0 ? [] : part(style, 'console', lines.join('\n'))),
    ...(report.failure === undefined
      ? part(style, 'response', JSON.stringify(answer, undefined, 2))
      : part(style, 'failed, and a client is told', report.failure)),
    ...(report.failure === undefined
      ? [`The function changed ${Object.keys(changed).join(', ') || 'nothing'}.`]
      : []),
    ...(report.ignored === undefined
      ? []
      : [`Ignored, as it means nothing here: ${report.ignored.join(', ')}.`]),
    '',
  ].join('\n')
}

const part = (style: Style, title: string, text: string): string[] => [
  `${style.faint(title)}`,
  ...text.split('\n').map(line => `  ${line}`),
]

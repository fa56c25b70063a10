import { parseArgs } from 'node:util'
import { nearest } from '../lib/nearest.js'
import {
  type Command,
  commands,
  concerns,
  type OptionName,
  type OptionRow,
  optionRows,
  variableOf,
  variablePrefix,
} from './option-table.js'
import { optionsOf, type StartOptions, type Values } from './start-options.js'

export type Invocation =
  | { readonly action: 'help'; readonly command: Command }
  | { readonly action: 'version' }
  | { readonly action: Command; readonly options: StartOptions }

/** The command line, or the environment, says something that is not understood. One sentence a mistake. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/**
 * Understands the command line and the environment; what is given in both is taken from the command line.
 * @throws UsageError with everything that is not understood
 */
export function parseInvocation(args: readonly string[], environment: Environment): Invocation {
  const mistakes: string[] = []
  const { command, given } = fromArguments(args, mistakes)
  if (given.has('help')) return { action: 'help', command }
  if (given.has('version')) return { action: 'version' }
  const values: Values = new Map([...fromEnvironment(environment, mistakes), ...given])
  if (values.get('control')?.at(-1) === 'token' && !values.has('control-token'))
    mistakes.push('--control token needs the token: --control-token, or ROCKPOOL_CONTROL_TOKEN.')
  if (mistakes.length > 0) throw new UsageError(mistakes.join('\n'))
  return { action: command, options: optionsOf(values) }
}

export type Environment = Readonly<Record<string, string | undefined>>

function fromArguments(args: readonly string[], mistakes: string[]): { command: Command; given: Values } {
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(optionRows.map(row => [row.name, parserOption(row)])),
    strict: false,
    allowPositionals: true,
    tokens: true,
  })
  const values: Values = new Map()
  const words: string[] = []
  let afterUnknown = false
  for (const token of tokens) {
    // What follows an option nobody knows may be its value.
    if (token.kind === 'positional' && !afterUnknown) words.push(token.value)
    const row = token.kind === 'option' ? optionRows.find(({ name }) => name === token.name) : undefined
    afterUnknown = token.kind === 'option' && row === undefined
    if (token.kind !== 'option') continue
    if (row === undefined)
      mistakes.push(
        unknown(
          'option',
          token.rawName,
          optionRows.map(({ name }) => `--${name}`),
        ),
      )
    else if (row.value !== undefined)
      take(
        row,
        token.inlineValue || !token.value?.startsWith('--') ? token.value : undefined,
        token.rawName,
        values,
        mistakes,
      )
    else if (token.value === undefined) values.set(row.name, ['true'])
    else mistakes.push(`${token.rawName} takes no value.`)
  }
  const [word = 'start', ...rest] = words
  const command = commands.find(name => name === word) ?? 'start'
  if (command !== word) mistakes.push(unknown('command', word, commands))
  else if (command === 'import') {
    if (rest.length > 0 || !values.has('from-aws')) values.set('from', rest)
    if (rest.length > 0 && values.has('from-aws'))
      mistakes.push('Import either files or pools of AWS: --from-aws and a path do not go together.')
  } else if (command === 'drift' && rest.length === 1) values.set('from-aws', rest)
  else if (command === 'drift')
    mistakes.push('rockpool drift needs the id of a pool on AWS: rockpool drift POOL_ID.')
  else if (command === 'trigger' && rest.length === 1) values.set('trigger', rest)
  else if (rest.length > 0)
    mistakes.push(`"${rest[0]}" is one word too many. A second seed file has its own --seed before it.`)
  for (const row of optionRows)
    if (values.has(row.name) && !concerns(row, command) && !(command === 'import' && row.name === 'from'))
      mistakes.push(`--${row.name} means nothing to rockpool ${command}.`)
  return { command, given: values }
}

const parserOption = ({ short, value, repeatable }: OptionRow) => ({
  type: value === undefined ? ('boolean' as const) : ('string' as const),
  ...(short === undefined ? {} : { short }),
  multiple: repeatable ?? false,
})

function fromEnvironment(environment: Environment, mistakes: string[]): Values {
  const values: Values = new Map()
  const settings = optionRows.filter(({ isAction, onlyOf }) => !isAction && onlyOf === undefined)
  for (const [variable, text] of Object.entries(environment)) {
    if (!variable.startsWith(variablePrefix) || text === undefined || text === '' || isOthers(variable, text))
      continue
    const row = settings.find(setting => variableOf(setting) === variable)
    if (row === undefined) mistakes.push(unknown('variable', variable, settings.map(variableOf)))
    else if (row.value === undefined) {
      if (!['true', 'false', '1', '0'].includes(text)) mistakes.push(`${variable} is either true or false.`)
      values.set(row.name, [text === '1' ? 'true' : text])
    } else
      for (const value of row.repeatable ? text.split(',') : [text])
        take(row, value.trim(), variable, values, mistakes)
  }
  return values
}

/** Container platforms describe a service called "rockpool" in variables of this prefix; compose files use one. */
const isOthers = (variable: string, text: string): boolean =>
  /^ROCKPOOL_(SERVICE_|PORT_\d|PUBLISHED_PORT$)/.test(variable) || /^(tcp|udp):\/\//.test(text)

function take(
  row: OptionRow & { readonly name: OptionName },
  value: string | undefined,
  source: string,
  values: Values,
  mistakes: string[],
): void {
  const objection = value === undefined || value === '' ? undefined : row.objection?.(value)
  if (value === undefined || value === '') mistakes.push(`${source} needs a value: ${row.value}.`)
  else if (objection !== undefined) mistakes.push(`${source}: "${value}" ${objection}.`)
  else values.set(row.name, [...(values.get(row.name) ?? []), value])
}

function unknown(kind: string, name: string, valid: readonly string[]): string {
  const guess = nearest(name, valid)
  return `There is no ${kind} "${name}".${guess === undefined ? '' : ` Did you mean "${guess}"?`}`
}

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

  /** @param command the command whose help says more */
  constructor(message: string, command?: Command) {
    super(message)
    this.command = command
  }

  readonly command: Command | undefined
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
  for (const { name, needs } of optionRows.filter(row => given.has(row.name) && concerns(row, command)))
    if (needs !== undefined && !needs.some(other => values.has(other as OptionName)))
      mistakes.push(
        `--${name} has an effect together with ${inWords(needs)} only: give that too, or leave it out.`,
      )
  if (mistakes.length > 0) throw new UsageError(mistakes.join('\n'), command)
  const forEnv = command === 'start' ? repeatedFor('env', given) : []
  return { action: command, options: { ...optionsOf(values), ...(forEnv.length > 0 && { forEnv }) } }
}

const inWords = (options: readonly string[]): string => options.map(name => `--${name}`).join(' or ')

/** The options of the command line that mean something to another command too, as its arguments. Secrets are left out. */
const repeatedFor = (command: Command, given: Values): string[] =>
  optionRows
    .filter(row => !row.isAction && !row.isSecret && concerns(row, command))
    .flatMap(({ name, value }) =>
      (given.get(name) ?? []).flatMap(text => (value === undefined ? [`--${name}`] : [`--${name}`, text])),
    )

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
    // A word after an unknown option may be the value of that option.
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
    else mistakes.push(`${token.rawName} takes no value: write ${token.rawName} alone.`)
  }
  const command = commandOf(words, values, mistakes)
  for (const row of optionRows)
    if (values.has(row.name) && !concerns(row, command))
      mistakes.push(`--${row.name} means nothing to rockpool ${command}: leave it out.`)
  takeWords(command, words.slice(1), values, mistakes)
  return { command, given: values }
}

/** The command that the first word names. `rockpool help env` and `rockpool version` do what the options of these names do. */
function commandOf(words: readonly string[], values: Values, mistakes: string[]): Command {
  const [word = 'start', next] = words
  const command = commands.find(name => name === word)
  if (command !== undefined) return command
  if (word === 'help' || word === 'version') {
    values.set(word, ['true'])
    return commands.find(name => name === next) ?? 'start'
  }
  if (/\.(ya?ml|json)$/i.test(word))
    mistakes.push(`"${word}" is no command. A seed file has --seed before it.`)
  else
    mistakes.push(
      unknown('command', word, commands) +
        (nearest(word, commands) ? '' : ` There are: ${commands.join(', ')}.`),
    )
  return 'start'
}

/** What the words after the command name. */
function takeWords(command: Command, words: readonly string[], values: Values, mistakes: string[]): void {
  const [word = '', ...more] = words
  if (values.has('help')) return
  if (command === 'import') {
    if (words.length > 0 || !values.has('from-aws')) values.set('from', [...words])
    if (words.length > 0 && values.has('from-aws'))
      mistakes.push('Import either files or pools of AWS: --from-aws and a path do not go together.')
  } else if (command === 'drift') {
    const row = optionRows.find(({ name }) => name === 'from-aws')
    if (words.length === 1 && row !== undefined) take(row, word, 'rockpool drift', values, mistakes)
    else mistakes.push('rockpool drift needs the id of one pool on AWS: rockpool drift POOL_ID.')
  } else if (command === 'trigger' && words.length === 1) values.set('trigger', [word])
  else if (words.length > 0) mistakes.push(tooMany(command, command === 'trigger' ? (more[0] ?? '') : word))
}

const tooMany = (command: Command, word: string): string =>
  command === 'start'
    ? `"${word}" is one word too many. A seed file has its own --seed before it.`
    : `"${word}" is one word too many for rockpool ${command}: leave it out, or name the option that it is the value of.`

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
    const optionOnly = optionRows.find(option => variableOf(option) === variable)
    if (row === undefined && optionOnly !== undefined)
      mistakes.push(`${variable} sets nothing: --${optionOnly.name} has no variable. Give the option.`)
    else if (row === undefined) mistakes.push(unknown('variable', variable, settings.map(variableOf)))
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
  else if (objection !== undefined)
    mistakes.push(`${source}: ${row.isSecret ? 'the value' : `"${value}"`} ${objection}.`)
  else values.set(row.name, [...(values.get(row.name) ?? []), value])
}

function unknown(kind: string, name: string, valid: readonly string[]): string {
  const guess = nearest(name, valid)
  return `There is no ${kind} "${name}".${guess === undefined ? '' : ` Did you mean "${guess}"?`}`
}

import { type Command, commands, concerns, type OptionRow, optionRows, variableOf } from './option-table.js'

/** What a command is called with, and what it does. */
const about: Record<Command, { readonly usage: readonly string[]; readonly does: string }> = {
  start: { usage: ['[start] [options]'], does: 'Start Rockpool. This is the command if none is named.' },
  env: {
    usage: ['env [--pool NAME] [--client NAME] [--format FORMAT]'],
    does: 'Print the configuration of your app, to paste or to write to a file.',
  },
  ca: { usage: ['ca > ca.pem'], does: 'Print the certificate to trust for https.' },
  init: {
    usage: ['init'],
    does: 'Find out which command fits this folder, and write a rockpool.yaml.',
  },
  import: {
    usage: ['import PATH > pools.yaml', 'import --from-aws POOL_ID [--users NUMBER] > pools.yaml'],
    does: 'Print the pools of infrastructure code, or of your AWS account, as a seed file.',
  },
  drift: {
    usage: ['drift POOL_ID [--from PATH] [--json]'],
    does: 'Compare a pool of your AWS account with the running Rockpool. Exit status 1: they differ; 2: one could not be read.',
  },
  export: {
    usage: ['export [--pool NAME] [--format FORMAT] [--with-secrets]'],
    does: 'Print the pools of the running Rockpool as code.',
  },
  doctor: {
    usage: ['doctor [--pool NAME] [--json]'],
    does: 'Say what will go wrong at the running Rockpool. Exit status 1: something will; 2: no Rockpool answers.',
  },
  flights: {
    usage: ['flights [--follow] [--pool NAME] [--user NAME] [--refused]'],
    does: 'List the sign-ins at the running Rockpool, and why some were refused.',
  },
  inbox: {
    usage: ['inbox [--follow] [--pool NAME] [--user NAME]'],
    does: 'List the mail and text messages of the running Rockpool, with their codes.',
  },
  logs: {
    usage: ['logs [--follow] [--pool NAME] [--user NAME]'],
    does: 'List the log entries that pools of the running Rockpool would have delivered.',
  },
  trigger: {
    usage: ['trigger NAME [--pool NAME] [--user NAME] [--event FILE]'],
    does: 'Call a trigger of the running Rockpool. Exit status 1: the call failed; 2: it could not be made.',
  },
}

/** Characters in a line. */
const width = 80

/** The text of `--help`: of Rockpool and its start, or of another command. */
export function helpText(command: Command): string {
  const parts =
    command === 'start'
      ? [
          'Amazon Cognito user pools on your own machine.',
          `Usage: rockpool [start] [options]\n       rockpool COMMAND [options]\n       rockpool COMMAND --help`,
          `Commands:\n${commands.map(name => `  ${name.padEnd(9)}${folded(about[name].does, 11)}`).join('\n')}`,
          'Options of start:',
        ]
      : [
          folded(about[command].does, 0),
          about[command].usage
            .map((usage, index) => `${index === 0 ? 'Usage:' : '      '} rockpool ${usage}`)
            .join('\n'),
          'Options:',
        ]
  const options = optionsOf(command)
  return `${[...parts, options, ...(options.includes('[ROCKPOOL_') ? [folded(ending, 0)] : [])].join('\n\n')}\n`
}

const ending =
  'In square brackets: the variable that sets the same. In a variable, several values are separated by commas.'

const optionsOf = (command: Command): string =>
  optionRows
    .filter(row => concerns(row, command))
    .map(row => {
      const long = `--${row.name}${row.value === undefined ? '' : ` ${row.value}`}`
      const does = aboutIn(row, command)
      const variable = row.isAction || row.onlyOf ? '' : ` [${variableOf(row)}]`
      return `  ${row.short === undefined ? '    ' : `-${row.short}, `}${long}\n${' '.repeat(10)}${folded(does + variable, 10)}`
    })
    .join('\n')

/** What an option does, to a reader of the help of one command: for which commands it is, is left out. */
function aboutIn({ about, elsewhere, forCommand }: OptionRow, command: Command): string {
  if (command === 'start') return about
  const text = forCommand?.[command] ?? elsewhere ?? about
  return text.replace(/^For rockpool [^:]*: (.)/, (_, first: string) => first.toUpperCase())
}

/** A text in lines that fit, those after the first with an indent. */
function folded(text: string, indent: number): string {
  const lines = ['']
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? ''
    const longer = line === '' ? word : `${line} ${word}`
    if (indent + longer.length > width && line !== '') lines.push(word)
    else lines[lines.length - 1] = longer
  }
  return lines.join(`\n${' '.repeat(indent)}`)
}

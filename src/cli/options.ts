import { parseArgs } from 'node:util'
import type { ImportOptions } from '../config/import/options.js'
import { exportFormats } from '../export/formats.js'
import { type ControlMode, controlModes } from '../http/control-access.js'
import { nearest } from '../lib/nearest.js'
import { parseUrl } from '../lib/url.js'
import { formats } from './snippets.js'

/** How `rockpool start` was asked to run. */
export interface StartOptions {
  readonly port: number
  readonly host: string
  /** Without a slash at the end; absent: `http://localhost:{port}`. */
  readonly baseUrl?: string
  /** Seed files; none: the demo that comes with Rockpool. */
  readonly seeds: readonly string[]
  /** Infrastructure code whose pools are imported, and the values that it leaves open. */
  readonly from?: { readonly paths: readonly string[]; readonly options: ImportOptions }
  readonly dataDir?: string
  /** Where the authority behind https is kept; absent: with the state, or with the person. */
  readonly caDir?: string
  /** Where keys for later starts are kept, or `off`; absent: with the state, or in the person's cache. */
  readonly keyStock?: string
  /** Further names that Rockpool is found under, in lower case. */
  readonly hostNames: readonly string[]
  /** Origins whose pages may send signed operations, besides those of this machine. */
  readonly allowOrigins: readonly string[]
  /** For whom the control API is; absent: this machine. */
  readonly control?: ControlMode
  readonly controlToken?: string
  readonly awsAddresses: boolean
  readonly trustProxy: boolean
  /** Twelve digits; absent: `000000000000`. */
  readonly accountId?: string
  /** The URL of a server with Lambda's Invoke, for triggers named by ARN. */
  readonly lambdaEndpoint?: string
  readonly json: boolean
  /** What `rockpool env` is asked about, by name or id, and how it shall say it. */
  readonly pool?: string
  readonly client?: string
  readonly format?: string
  /** What `rockpool export` writes besides the configuration. */
  readonly withSecrets?: boolean
  readonly withUsers?: boolean
  /** What `rockpool flights` and `rockpool inbox` list, and whether they go on. */
  readonly user?: string
  readonly refused?: boolean
  readonly follow?: boolean
}

export type Invocation =
  | { readonly action: 'help'; readonly command: Command }
  | { readonly action: 'version' }
  | { readonly action: Command; readonly options: StartOptions }

const commands = ['start', 'ca', 'env', 'import', 'export', 'doctor', 'flights', 'inbox'] as const
export type Command = (typeof commands)[number]

/** The command line, or the environment, says something that is not understood. One sentence a mistake. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** One row of the table that parser, environment and help are made of. */
export interface OptionRow {
  readonly name: string
  readonly short?: string
  /** What stands for the value in the help; absent: the option is a switch. */
  readonly value?: string
  readonly repeatable?: true
  /** The only commands that it means something to; it has no variable. */
  readonly onlyOf?: readonly string[]
  /** Commands besides `start` that it means something to. */
  readonly alsoOf?: readonly string[]
  /** An act of its own, not a setting: it has no variable. */
  readonly isAction?: true
  readonly about: string
  /** What is wrong with a value, as the end of a sentence; undefined when nothing is. */
  readonly objection?: (value: string) => string | undefined
}

export const optionTable = [
  {
    name: 'port',
    alsoOf: ['env', 'export', 'doctor', 'flights', 'inbox'],
    short: 'p',
    value: 'PORT',
    about: 'Port to listen on; 0 takes any free one. Default: 7665.',
    objection: value =>
      /^\d{1,5}$/.test(value) && Number(value) < 65536 ? undefined : 'is not a port (0 to 65535)',
  },
  {
    name: 'host',
    value: 'ADDRESS',
    about: 'Address to listen on. Default: 127.0.0.1, reachable from this machine only.',
    objection: value => (/^[\w.:-]+$/.test(value) ? undefined : 'is not an address'),
  },
  {
    name: 'base-url',
    alsoOf: ['env', 'export', 'doctor', 'flights', 'inbox'],
    value: 'URL',
    about: 'What browsers and tokens call this server. Default: http://localhost:PORT.',
    objection: baseUrlObjection,
  },
  {
    name: 'seed',
    alsoOf: ['env'],
    value: 'FILE',
    repeatable: true,
    about:
      'Pools, clients and users to begin with (YAML or JSON); may be repeated. Default: the two-pool demo.',
  },
  {
    name: 'from',
    alsoOf: ['env'],
    value: 'PATH',
    repeatable: true,
    about:
      'Infrastructure code to take pools from: a CloudFormation or SAM template, a cdk.out folder, serverless.yml, JSON of terraform show or pulumi stack export; may be repeated.',
  },
  {
    name: 'param',
    alsoOf: ['env', 'import'],
    value: 'NAME=VALUE',
    repeatable: true,
    about: 'With --from: a parameter of the template; may be repeated.',
    objection: assignmentObjection,
  },
  {
    name: 'set',
    alsoOf: ['env', 'import'],
    value: 'RESOURCE.ATTRIBUTE=VALUE',
    repeatable: true,
    about: 'With --from: an attribute that is known only once a resource is deployed; may be repeated.',
    objection: assignmentObjection,
  },
  {
    name: 'export',
    alsoOf: ['env', 'import'],
    value: 'NAME=VALUE',
    repeatable: true,
    about: 'With --from: what a stack exports that is not imported; may be repeated.',
    objection: assignmentObjection,
  },
  {
    name: 'secret',
    alsoOf: ['env', 'import'],
    value: 'NAME=VALUE',
    repeatable: true,
    about: 'With --from: a secret that the template names; may be repeated.',
    objection: assignmentObjection,
  },
  {
    name: 'pool-id',
    alsoOf: ['env', 'import'],
    value: 'ID=NAME',
    repeatable: true,
    about: 'With --from: the imported pool that stands for one named by its id; may be repeated.',
    objection: assignmentObjection,
  },
  {
    name: 'stack-name',
    alsoOf: ['env', 'import'],
    value: 'NAME',
    about: "With --from: the name of the stack. Default: the file's.",
  },
  {
    name: 'region',
    alsoOf: ['env', 'import'],
    value: 'REGION',
    about: 'With --from: the region of the pools. Default: that of the input, else us-east-1.',
    objection: value => (/^[a-z]{2}(-[a-z]+)+-\d$/.test(value) ? undefined : 'is not a region'),
  },
  {
    name: 'stage',
    alsoOf: ['env', 'import'],
    value: 'STAGE',
    about: 'With --from: the stage of a serverless.yml.',
  },
  {
    name: 'host-name',
    value: 'NAME',
    repeatable: true,
    about:
      'Another name that Rockpool is found under, besides localhost and the names of pools; may be repeated.',
    objection: value =>
      /^[a-z0-9-]+(\.[a-z0-9-]+)*$/i.test(value) ? undefined : 'is not a host name, without scheme and port',
  },
  {
    name: 'allow-origin',
    value: 'ORIGIN',
    repeatable: true,
    about: 'Let pages of this origin send signed operations, as those of this machine may; may be repeated.',
    objection: value =>
      value === 'null' || /^[a-z][a-z0-9+.-]*:\/\/[^/?#@\s]+$/i.test(value)
        ? undefined
        : 'is not an origin, such as https://admin.example:8443',
  },
  {
    name: 'control',
    value: 'WHOM',
    about:
      'Whom the control API below /_rockpool is for: local (this machine; others with the token), token, or off. Default: local.',
    objection: value => (isControlMode(value) ? undefined : `is none of ${controlModes.join(', ')}`),
  },
  {
    name: 'control-token',
    alsoOf: ['export', 'doctor', 'flights', 'inbox'],
    value: 'TOKEN',
    about:
      'What Authorization: Bearer must bring to the control API. Better given as ROCKPOOL_CONTROL_TOKEN: processes see arguments.',
    objection: value =>
      /^[\x21-\x7e]{16,}$/.test(value)
        ? undefined
        : 'is not a token (16 or more characters of ASCII, no spaces)',
  },
  {
    name: 'aws-addresses',
    alsoOf: ['env'],
    about:
      'Give pools the addresses they have on AWS, for apps as they are in production. The names must lead here.',
  },
  {
    name: 'trust-proxy',
    about:
      'Believe X-Forwarded-Proto, -Host and -Port, and Forwarded. For use behind a proxy, and only there.',
  },
  {
    name: 'account',
    value: 'ID',
    about: 'AWS account that ARNs name. Default: 000000000000.',
    objection: value => (/^\d{12}$/.test(value) ? undefined : 'is not an account id (12 digits)'),
  },
  {
    name: 'lambda-endpoint',
    value: 'URL',
    about:
      'Server that has the functions of triggers named by ARN, with the Invoke API of Lambda: SAM local, LocalStack, Lambda itself.',
    objection: value =>
      /^https?:$/.test(parseUrl(value)?.protocol ?? '') ? undefined : 'is not an http or https URL',
  },
  {
    name: 'data',
    value: 'DIR',
    alsoOf: ['ca'],
    about: 'Directory to keep state in. Default: memory, gone when Rockpool stops.',
  },
  {
    name: 'ca-dir',
    value: 'DIR',
    alsoOf: ['ca'],
    about: 'Directory to keep the certificate authority of https in. Default: that of --data, else your own.',
  },
  {
    name: 'key-stock',
    value: 'DIR',
    about:
      'Directory to keep signing keys in that are made ahead for new pools, or off. Default: below that of --data, else in your cache.',
  },
  {
    name: 'pool',
    value: 'NAME',
    onlyOf: ['env', 'export', 'doctor', 'flights', 'inbox'],
    about:
      'For all commands that ask about pools: the pool, by name or id. Default: for env, one that people sign in to; for the others, all.',
  },
  {
    name: 'client',
    value: 'NAME',
    onlyOf: ['env'],
    about: 'For rockpool env: the client, by name or id. Default: an app of that pool.',
  },
  {
    name: 'format',
    value: 'FORMAT',
    onlyOf: ['env', 'export'],
    about: `For rockpool env: ${formats.join(', ')}. Default: variables. For rockpool export: ${exportFormats.join(', ')}. Default: seed.`,
  },
  {
    name: 'with-secrets',
    onlyOf: ['export'],
    about: 'For rockpool export: write the secrets of clients and providers too.',
  },
  {
    name: 'with-users',
    onlyOf: ['export'],
    about: 'For rockpool export: write the users into a seed too, without their passwords.',
  },
  {
    name: 'user',
    value: 'NAME',
    onlyOf: ['flights', 'inbox'],
    about: 'For rockpool flights and inbox: the username.',
  },
  {
    name: 'refused',
    onlyOf: ['flights'],
    about: 'For rockpool flights: those alone in which something was refused.',
  },
  {
    name: 'follow',
    short: 'f',
    onlyOf: ['flights', 'inbox'],
    about: 'For rockpool flights and inbox: go on, and print what happens next.',
  },
  {
    name: 'json',
    alsoOf: ['doctor', 'flights', 'inbox'],
    about:
      'Print one line of JSON (when ready, at the start; of each flight or message), instead of the text for people.',
  },
  { name: 'help', short: 'h', isAction: true, about: 'Print this.' },
  { name: 'version', short: 'v', isAction: true, about: 'Print the version.' },
] as const satisfies readonly OptionRow[]

type OptionName = (typeof optionTable)[number]['name']
const rows: readonly (OptionRow & { readonly name: OptionName })[] = optionTable

/** The variable that stands for an option: `--base-url` is `ROCKPOOL_BASE_URL`. */
export const variableOf = ({ name }: Pick<OptionRow, 'name'>): string =>
  `${prefix}${name.toUpperCase().replaceAll('-', '_')}`
const prefix = 'ROCKPOOL_'

type Values = Map<OptionName, string[]>

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

function optionsOf(values: Values): StartOptions {
  const last = (name: OptionName) => values.get(name)?.at(-1)
  const given = (name: OptionName) => {
    const value = last(name)
    return value === undefined ? {} : { [name]: value }
  }
  const baseUrl = last('base-url')?.replace(/\/$/, '')
  const dataDir = last('data')
  const caDir = last('ca-dir')
  const keyStock = last('key-stock')
  const accountId = last('account')
  const lambdaEndpoint = last('lambda-endpoint')
  const control = last('control')
  const controlToken = last('control-token')
  return {
    port: Number(last('port') ?? 7665),
    host: last('host') ?? '127.0.0.1',
    ...(baseUrl === undefined ? {} : { baseUrl }),
    seeds: values.get('seed') ?? [],
    ...(values.has('from')
      ? { from: { paths: values.get('from') ?? [], options: importOptionsOf(values) } }
      : {}),
    ...(dataDir === undefined ? {} : { dataDir }),
    ...(caDir === undefined ? {} : { caDir }),
    ...(keyStock === undefined ? {} : { keyStock }),
    hostNames: (values.get('host-name') ?? []).map(name => name.toLowerCase()),
    allowOrigins: values.get('allow-origin') ?? [],
    ...(control !== undefined && isControlMode(control) ? { control } : {}),
    ...(controlToken === undefined ? {} : { controlToken }),
    awsAddresses: last('aws-addresses') === 'true',
    trustProxy: last('trust-proxy') === 'true',
    ...(accountId === undefined ? {} : { accountId }),
    ...(lambdaEndpoint === undefined ? {} : { lambdaEndpoint }),
    json: last('json') === 'true',
    ...(last('with-secrets') === 'true' ? { withSecrets: true } : {}),
    ...(last('with-users') === 'true' ? { withUsers: true } : {}),
    ...(last('refused') === 'true' ? { refused: true } : {}),
    ...(last('follow') === 'true' ? { follow: true } : {}),
    ...given('pool'),
    ...given('user'),
    ...given('client'),
    ...given('format'),
  }
}

/** Values of `NAME=VALUE` options by name, and the plain ones, as an import takes them. */
function importOptionsOf(values: Values): ImportOptions {
  const assigned = (name: OptionName) =>
    Object.fromEntries(
      (values.get(name) ?? []).map(text => {
        // A name may hold colons and dots, but no equals sign.
        const at = text.indexOf('=')
        return [text.slice(0, at), text.slice(at + 1)]
      }),
    )
  const plain = (name: OptionName, member: keyof ImportOptions) => {
    const value = values.get(name)?.at(-1)
    return value === undefined ? {} : { [member]: value }
  }
  return {
    parameters: assigned('param'),
    set: assigned('set'),
    exports: assigned('export'),
    secrets: assigned('secret'),
    poolIds: assigned('pool-id'),
    ...plain('stack-name', 'stackName'),
    ...plain('region', 'region'),
    ...plain('stage', 'stage'),
  }
}

function fromArguments(args: readonly string[], mistakes: string[]): { command: Command; given: Values } {
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(rows.map(row => [row.name, parserOption(row)])),
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
    const row = token.kind === 'option' ? rows.find(({ name }) => name === token.name) : undefined
    afterUnknown = token.kind === 'option' && row === undefined
    if (token.kind !== 'option') continue
    if (row === undefined)
      mistakes.push(
        unknown(
          'option',
          token.rawName,
          rows.map(({ name }) => `--${name}`),
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
  else if (command === 'import') values.set('from', rest)
  else if (rest.length > 0)
    mistakes.push(`"${rest[0]}" is one word too many. A second seed file has its own --seed before it.`)
  for (const row of rows)
    if (values.has(row.name) && !concerns(row, command) && !(command === 'import' && row.name === 'from'))
      mistakes.push(`--${row.name} means nothing to rockpool ${command}.`)
  return { command, given: values }
}

const concerns = ({ isAction, onlyOf, alsoOf = [] }: OptionRow, command: Command): boolean =>
  isAction === true ||
  (onlyOf === undefined ? command === 'start' || alsoOf.includes(command) : onlyOf.includes(command))

const parserOption = ({ short, value, repeatable }: OptionRow) => ({
  type: value === undefined ? ('boolean' as const) : ('string' as const),
  ...(short === undefined ? {} : { short }),
  multiple: repeatable ?? false,
})

function fromEnvironment(environment: Environment, mistakes: string[]): Values {
  const values: Values = new Map()
  const settings = rows.filter(({ isAction, onlyOf }) => !isAction && onlyOf === undefined)
  for (const [variable, text] of Object.entries(environment)) {
    if (!variable.startsWith(prefix) || text === undefined || text === '' || isOthers(variable, text))
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

const isControlMode = (text: string): text is ControlMode =>
  (controlModes as readonly string[]).includes(text)

function unknown(kind: string, name: string, valid: readonly string[]): string {
  const guess = nearest(name, valid)
  return `There is no ${kind} "${name}".${guess === undefined ? '' : ` Did you mean "${guess}"?`}`
}

/** An empty value is a value: `--param Group=`. */
function assignmentObjection(value: string): string | undefined {
  return /^[^=]+=/.test(value) ? undefined : 'is not a name, an equals sign and a value'
}

function baseUrlObjection(value: string): string | undefined {
  const url = parseUrl(value)
  if (url === undefined || !/^https?:$/.test(url.protocol)) return 'is not an http or https URL'
  return url.pathname === '/' && url.search === '' && url.hash === '' && url.username === ''
    ? undefined
    : 'must be a scheme, a host and a port, nothing else'
}

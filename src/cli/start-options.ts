import type { ImportOptions } from '../config/import/options.js'
import { type SocialType, socialTypes } from '../core/social-provider.js'
import type { ControlMode } from '../http/control-access.js'
import { isControlMode, type OptionName } from './option-table.js'

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
  /** Whether changes of seeds and infrastructure code are applied while it runs. */
  readonly watch?: boolean
  /** The arguments by which `rockpool env` finds the pools of this start. */
  readonly forEnv?: readonly string[]
  /** Pools of an AWS account that `rockpool import` and `rockpool drift` read. */
  readonly realPools?: RealPoolOptions
  readonly dataDir?: string
  /** Where the authority behind https is kept; absent: with the state, or with the person. */
  readonly caDir?: string
  /** Where keys for later starts are kept, or `off`; absent: with the state, or in the person's cache. */
  readonly keyStock?: string
  /** Further names that Rockpool is found under, in lower case. */
  readonly hostNames: readonly string[]
  /** Origins whose pages may send signed operations, besides those of this machine. */
  readonly allowOrigins: readonly string[]
  /** Types of social providers that are asked in truth. */
  readonly realProviders: readonly SocialType[]
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
  /** The pool and client that `rockpool env` prints, by name or id, and the format. */
  readonly pool?: string
  readonly client?: string
  readonly format?: string
  /** What `rockpool export` writes besides the configuration. */
  readonly withSecrets?: boolean
  readonly withUsers?: boolean
  /** What `rockpool trigger` calls, and with what event. */
  readonly trigger?: string
  readonly source?: string
  readonly eventFile?: string
  /** What `rockpool flights` and `rockpool inbox` list, and whether they go on. */
  readonly user?: string
  readonly refused?: boolean
  readonly follow?: boolean
}

/** What is read of an AWS account, and how personal data is treated. */
export interface RealPoolOptions {
  readonly ids: readonly string[]
  /** How many users are read, at most. */
  readonly users: number
  readonly pseudonyms: boolean
  /** Attributes that stay as they are. */
  readonly kept: readonly string[]
  /** What all users have here. */
  readonly password?: string
  readonly printPolicy: boolean
}

/** What was given for each option, in the order given; of a switch, `true` or `false`. */
export type Values = Map<OptionName, string[]>

/** What a command runs with: the values given, and the defaults of those that are not. */
export function optionsOf(values: Values): StartOptions {
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
  const eventFile = last('event')
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
    ...(last('watch') === 'true' ? { watch: true } : {}),
    ...(values.has('from-aws') ? { realPools: realPoolOptionsOf(values) } : {}),
    ...(dataDir === undefined ? {} : { dataDir }),
    ...(caDir === undefined ? {} : { caDir }),
    ...(keyStock === undefined ? {} : { keyStock }),
    hostNames: (values.get('host-name') ?? []).map(name => name.toLowerCase()),
    allowOrigins: values.get('allow-origin') ?? [],
    realProviders: socialTypes.filter(type => values.get('real-provider')?.includes(type)),
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
    ...given('trigger'),
    ...given('source'),
    ...(eventFile === undefined ? {} : { eventFile }),
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
    parameters: assigned('parameter'),
    set: assigned('set'),
    exports: assigned('export'),
    secrets: assigned('secret'),
    poolIds: assigned('pool-id'),
    ...plain('stack-name', 'stackName'),
    ...plain('region', 'region'),
    ...plain('stage', 'stage'),
  }
}

function realPoolOptionsOf(values: Values): RealPoolOptions {
  const users = values.get('users')?.at(-1) ?? '0'
  const password = values.get('password')?.at(-1)
  return {
    ids: values.get('from-aws') ?? [],
    users: users === 'all' ? Number.POSITIVE_INFINITY : Number(users),
    pseudonyms: !values.has('no-pseudonyms'),
    kept: values.get('keep-attribute') ?? [],
    ...(password === undefined ? {} : { password }),
    printPolicy: values.has('print-policy'),
  }
}

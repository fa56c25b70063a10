import { isDatabase } from '../config/data-place.js'
import { socialTypes } from '../core/social-provider.js'
import { exportFormats } from '../export/formats.js'
import { type ControlMode, controlModes } from '../http/control-access.js'
import { parseUrl } from '../lib/url.js'
import { assignmentObjection, baseUrlObjection, hostObjection } from './objections.js'
import { formats } from './snippets.js'

export const commands = [
  'start',
  'ca',
  'env',
  'import',
  'export',
  'doctor',
  'flights',
  'inbox',
  'logs',
  'trigger',
  'drift',
  'init',
] as const
export type Command = (typeof commands)[number]

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
  /** The options that it means something together with only; one of them has to be given. */
  readonly needs?: readonly string[]
  /** The value is a secret, or holds one: no message repeats it. */
  readonly isSecret?: true
  /** An act of its own, not a setting: it has no variable. */
  readonly isAction?: true
  readonly about: string
  /** The same to commands other than `start`. */
  readonly elsewhere?: string
  /** The same to commands to which it means something else again. */
  readonly forCommand?: Partial<Record<Command, string>>
  /** What is wrong with a value, as the end of a sentence; undefined when nothing is. */
  readonly objection?: (value: string) => string | undefined
}

const table = [
  {
    name: 'port',
    alsoOf: ['env', 'export', 'doctor', 'flights', 'inbox', 'logs', 'trigger', 'drift'],
    short: 'p',
    value: 'PORT',
    about: 'Port to listen on; 0 takes any free one. Default: 7665.',
    elsewhere: 'Port that Rockpool listens on. Default: 7665.',
    objection: value =>
      /^\d{1,5}$/.test(value) && Number(value) < 65536 ? undefined : 'is not a port (0 to 65535)',
  },
  {
    name: 'host',
    value: 'ADDRESS',
    about: 'Address to listen on. Default: 127.0.0.1, reachable from this machine only.',
    objection: hostObjection,
  },
  {
    name: 'base-url',
    alsoOf: ['env', 'export', 'doctor', 'flights', 'inbox', 'logs', 'trigger', 'drift'],
    value: 'URL',
    about: 'What browsers and tokens call this server. Default: http://localhost:PORT.',
    elsewhere: 'Address of Rockpool. Default: http://localhost:PORT.',
    objection: baseUrlObjection,
  },
  {
    name: 'seed',
    alsoOf: ['env', 'drift'],
    value: 'FILE',
    repeatable: true,
    about:
      'Pools, clients and users to begin with (YAML or JSON); may be repeated. Default: the two-pool demo.',
    forCommand: {
      env: 'The seed file that has the app; may be repeated. Default: the two-pool demo.',
      drift:
        'A seed file whose pools are compared, in the place of those of the running Rockpool; may be repeated.',
    },
  },
  {
    name: 'from',
    alsoOf: ['env', 'drift'],
    value: 'PATH',
    repeatable: true,
    about:
      'Infrastructure code to take pools from: a CloudFormation or SAM template, a cdk.out folder, serverless.yml, JSON of terraform show or pulumi stack export; may be repeated.',
    forCommand: {
      drift:
        'Infrastructure code whose pools are compared, in the place of those of the running Rockpool; may be repeated.',
    },
  },
  {
    name: 'parameter',
    alsoOf: ['env', 'import', 'drift'],
    needs: ['from'],
    value: 'NAME=VALUE',
    repeatable: true,
    about: 'With --from: a parameter of the template; may be repeated.',
    objection: assignmentObjection,
  },
  {
    name: 'set',
    alsoOf: ['env', 'import', 'drift'],
    needs: ['from'],
    value: 'RESOURCE.ATTRIBUTE=VALUE',
    repeatable: true,
    about: 'With --from: an attribute that is known only once a resource is deployed; may be repeated.',
    objection: assignmentObjection,
  },
  {
    name: 'export',
    alsoOf: ['env', 'import', 'drift'],
    needs: ['from'],
    value: 'NAME=VALUE',
    repeatable: true,
    about: 'With --from: what a stack exports that is not imported; may be repeated.',
    objection: assignmentObjection,
  },
  {
    name: 'secret',
    alsoOf: ['env', 'import', 'drift'],
    needs: ['from'],
    value: 'NAME=VALUE',
    isSecret: true,
    repeatable: true,
    about: 'With --from: a secret that the template names; may be repeated.',
    objection: assignmentObjection,
  },
  {
    name: 'pool-id',
    alsoOf: ['env', 'import', 'drift'],
    needs: ['from'],
    value: 'ID=NAME',
    repeatable: true,
    about: 'With --from: the imported pool that stands for one named by its id; may be repeated.',
    objection: assignmentObjection,
  },
  {
    name: 'stack-name',
    alsoOf: ['env', 'import', 'drift'],
    needs: ['from'],
    value: 'NAME',
    about: "With --from: the name of the stack. Default: the file's.",
  },
  {
    name: 'region',
    alsoOf: ['env', 'import', 'drift'],
    needs: ['from', 'from-aws'],
    value: 'REGION',
    about: 'With --from: the region of the pools. Default: that of the input, else us-east-1.',
    objection: value =>
      /^[a-z]{2}(-[a-z]+)+-\d$/.test(value) ? undefined : 'is not a region, such as eu-central-1',
  },
  {
    name: 'stage',
    alsoOf: ['env', 'import', 'drift'],
    needs: ['from'],
    value: 'STAGE',
    about: 'With --from: the stage of a serverless.yml.',
  },
  {
    name: 'watch',
    needs: ['seed', 'from'],
    about: 'Apply changes of what --seed and --from name while Rockpool runs. Users stay.',
  },
  {
    name: 'from-aws',
    value: 'POOL_ID',
    repeatable: true,
    onlyOf: ['import'],
    about:
      'For rockpool import: a pool of your AWS account, read with your own credentials and the AWS SDK of your project; may be repeated.',
    objection: value =>
      /^[\w-]+_[0-9a-zA-Z]+$/.test(value)
        ? undefined
        : 'is not the id of a pool, such as us-east-1_AbCdEfGhI',
  },
  {
    name: 'users',
    needs: ['from-aws'],
    value: 'NUMBER',
    onlyOf: ['import'],
    about: 'With --from-aws: how many users to read, or all. Default: none.',
    objection: value => (/^(\d+|all)$/.test(value) ? undefined : 'is neither a number nor all'),
  },
  {
    name: 'no-pseudonyms',
    needs: ['users'],
    onlyOf: ['import'],
    about: 'With --users: write names, addresses and numbers as they are, instead of pseudonyms.',
  },
  {
    name: 'keep-attribute',
    needs: ['users'],
    value: 'NAME',
    repeatable: true,
    onlyOf: ['import'],
    about: 'With --users: an attribute that is no personal data, and stays; may be repeated.',
  },
  {
    name: 'password',
    needs: ['users'],
    isSecret: true,
    value: 'TEXT',
    onlyOf: ['import'],
    about:
      'With --users: the password of all of them here. Default: one that follows from the id of the pool.',
  },
  {
    name: 'print-policy',
    needs: ['from-aws'],
    onlyOf: ['import'],
    about: 'With --from-aws: print the IAM policy that reading takes, and read nothing.',
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
    name: 'real-provider',
    value: 'TYPE',
    repeatable: true,
    about:
      'Ask the real Google, Facebook, LoginWithAmazon or SignInWithApple, and not the built-in one; may be repeated.',
    objection: value =>
      (socialTypes as readonly string[]).includes(value) ? undefined : `is none of ${socialTypes.join(', ')}`,
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
    isSecret: true,
    alsoOf: ['export', 'doctor', 'flights', 'inbox', 'logs', 'trigger', 'drift'],
    value: 'TOKEN',
    about:
      'What Authorization: Bearer must bring to the control API. Better given as ROCKPOOL_CONTROL_TOKEN: processes see arguments.',
    elsewhere: 'The token of the running Rockpool, where its control API wants one.',
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
    value: 'PLACE',
    alsoOf: ['ca'],
    about:
      'Directory to keep state in, or postgres://USER:PASSWORD@HOST/DATABASE, which several Rockpools share. Default: memory, gone when Rockpool stops.',
    objection: value =>
      /^\w+:\/\//.test(value) && !isDatabase(value) ? 'is neither a directory nor postgres://…' : undefined,
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
    onlyOf: ['env', 'export', 'doctor', 'flights', 'inbox', 'logs', 'trigger', 'drift'],
    about:
      'For all commands that ask about pools: the pool, by name or id. Default: for env, one that people sign in to; for the others, all.',
    elsewhere: 'Only this pool, by name or id. Default: all.',
    forCommand: {
      env: 'The pool of the app, by name or id. Default: one that people sign in to.',
      trigger: 'The pool whose trigger is called, by name or id. Default: the only one.',
      drift:
        'The pool here to compare, by name or id. Default: the one of the same id, else of the same name, else the only one.',
    },
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
    forCommand: {
      env: `One of ${formats.join(', ')}. Default: variables.`,
      export: `One of ${exportFormats.join(', ')}. Default: seed.`,
    },
  },
  {
    name: 'with-secrets',
    onlyOf: ['export', 'import'],
    about: 'For rockpool export, and import --from-aws: write the secrets of clients and providers too.',
  },
  {
    name: 'with-users',
    onlyOf: ['export'],
    about: 'For rockpool export: write the users into a seed too, without their passwords.',
  },
  {
    name: 'user',
    value: 'NAME',
    onlyOf: ['flights', 'inbox', 'logs', 'trigger'],
    about: 'For rockpool flights: the username, or a part of it. For inbox, logs and trigger: the username.',
  },
  {
    name: 'trigger',
    value: 'NAME',
    onlyOf: ['trigger'],
    about:
      'For rockpool trigger: the trigger to call, such as PreSignUp. The name without the option does the same: rockpool trigger PreSignUp.',
  },
  {
    name: 'source',
    value: 'NAME',
    onlyOf: ['trigger'],
    about:
      'For rockpool trigger: the triggerSource, such as PreSignUp_AdminCreateUser. Default: the usual one.',
  },
  {
    name: 'event',
    value: 'FILE',
    onlyOf: ['trigger'],
    about:
      'For rockpool trigger: a JSON file with an event, or with members of one in the place of the sample.',
  },
  {
    name: 'refused',
    onlyOf: ['flights'],
    about: 'For rockpool flights: only sign-ins in which something was refused.',
  },
  {
    name: 'follow',
    short: 'f',
    onlyOf: ['flights', 'inbox', 'logs'],
    about: 'For rockpool flights, inbox and logs: go on, and print what happens next.',
  },
  {
    name: 'json',
    alsoOf: ['doctor', 'flights', 'inbox', 'logs', 'trigger', 'drift'],
    about:
      'Print one line of JSON (when ready, at the start; of each flight, message or log entry), instead of the text for people.',
    elsewhere: 'Print JSON, a line each, instead of the text for people.',
  },
  { name: 'help', short: 'h', isAction: true, about: 'Print this.' },
  { name: 'version', short: 'v', isAction: true, about: 'Print the version.' },
] as const satisfies readonly OptionRow[]

export type OptionName = (typeof table)[number]['name']

/** The options, in the order of the help. */
export const optionRows: readonly (OptionRow & { readonly name: OptionName })[] = table

/** Whether the option means something to the command. */
export const concerns = ({ isAction, onlyOf, alsoOf = [] }: OptionRow, command: Command): boolean =>
  isAction === true ||
  (onlyOf === undefined ? command === 'start' || alsoOf.includes(command) : onlyOf.includes(command))

/** The variable that stands for an option: `--base-url` is `ROCKPOOL_BASE_URL`. */
export const variableOf = ({ name }: Pick<OptionRow, 'name'>): string =>
  `${variablePrefix}${name.toUpperCase().replaceAll('-', '_')}`

/** What the variables that stand for options begin with. */
export const variablePrefix = 'ROCKPOOL_'

export const isControlMode = (text: string): text is ControlMode =>
  (controlModes as readonly string[]).includes(text)

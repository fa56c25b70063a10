import { isDatabase } from '../config/data-place.js'
import { withoutPassword, withQuery } from '../lib/url.js'
import { type ExampleApp, exampleApp, isForPeople } from './example-app.js'
import type { NameOnAws } from './names-on-aws.js'
import type { SeededUser } from './seeded-users.js'
import type { Style } from './style.js'

/** The text that a terminal shows once Rockpool is ready. */
export interface Readiness {
  readonly version: string
  readonly baseUrl: string
  /** How the command line is called here, such as `npx rockpool`. */
  readonly command: string
  /** The arguments by which `rockpool env` finds these pools: `--seed pools.yaml`. */
  readonly forEnv?: readonly string[]
  readonly pools: readonly ReadyPool[]
  readonly users: readonly SeededUser[]
  /** Whether the pools are those of the demo, whose story the banner tells step by step. */
  readonly isDemo: boolean
  /** With `--aws-addresses`: the names of pools on AWS, and where they lead. */
  readonly namesOnAws?: readonly NameOnAws[]
  /** Where state is kept between starts: passwords may have been changed since. */
  readonly dataDir?: string
}
export interface ReadyPool {
  readonly id: string
  readonly name: string
  readonly issuer: string
  readonly discoveryUrl: string
  readonly domainUrl?: string
  readonly clients: readonly ReadyClient[]
  /** The names of the identity providers that the pool federates to. */
  readonly identityProviders: readonly string[]
}
export interface ReadyClient {
  readonly id: string
  readonly name: string
  readonly secret?: string
  readonly callbackUrls: readonly string[]
  readonly logoutUrls?: readonly string[]
  readonly flows: readonly string[]
  readonly scopes: readonly string[]
}

/** The text for people: twenty lines at most, the next step last. Configuration to paste is what `rockpool env` is for. */
export function banner(ready: Readiness, style: Style): string {
  const blocks = [
    [
      style.heading(`Rockpool ${ready.version} is ready at ${style.link(ready.baseUrl)}`),
      ...namesOnAws(ready.namesOnAws ?? [], style),
    ],
    poolLines(ready, style),
    elsewhere(ready, style),
    firstSteps(ready, style),
  ].filter(lines => lines.length > 0)
  return `\n${blocks.map(lines => lines.join('\n')).join('\n\n')}\n`
}

/** Names that the banner has room for. */
const shownNames = 2

function poolLines({ pools, namesOnAws = [] }: Readiness, style: Style): string[] {
  const shown = pools.slice(0, namesOnAws.length === 0 ? 3 : 2)
  const lines = table(
    shown.flatMap(pool => [
      [pool.name, style.link(pool.issuer)],
      ['', style.faint(clientsOf(pool))],
    ]),
  )
  const rest = pools.length - shown.length
  return rest === 0 ? lines : [...lines, style.faint(`and ${rest} more`)]
}

/** The names of a pool's clients, apps of people first, as many as fit on the line. */
function clientsOf(pool: ReadyPool): string {
  const isMachine = (client: ReadyClient) => Number(!isForPeople(pool, client))
  const names = pool.clients
    .toSorted((one, other) => isMachine(one) - isMachine(other))
    .map(({ name }) => name)
  if (names.length === 0) return 'no clients'
  const shown = names.filter((_, index) => names.slice(0, index + 1).join(', ').length <= 50)
  const rest = names.length - shown.length
  return `${names.length === 1 ? 'client' : 'clients'} ${shown.join(', ')}${rest === 0 ? '' : ` and ${rest} more`}`
}

function elsewhere({ baseUrl, command, pools, forEnv = [], dataDir }: Readiness, style: Style): string[] {
  const example = exampleApp(pools)
  const env = [command, 'env', ...forEnv.map(quoted)].join(' ')
  return table([
    ['console', style.link(`${baseUrl}/_rockpool/`)],
    ...(example === undefined ? [] : ([['your app', `${env} --client ${example.client.name}`]] as const)),
    ...(dataDir === undefined ? [] : ([['state', placeOf(dataDir)]] as const)),
    ['https', `the same port; ${command} ca --help`],
  ])
}

/** Where state is kept, without a password. */
const placeOf = (dataDir: string): string => (isDatabase(dataDir) ? withoutPassword(dataDir) : dataDir)

/** A word for a shell. */
const quoted = (word: string): string =>
  /^[\w./:=@,+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`

/** Apps of production find a pool by these names: `--aws-addresses` works where they lead to this machine, and only there. */
function namesOnAws(names: readonly NameOnAws[], style: Style): string[] {
  if (names.length === 0) return []
  const strays = names.filter(({ leadsHere }) => !leadsHere)
  const count = strays.length === 0 ? 'all do.' : `${strays.length} do not:`
  return [
    `${names.length} names of AWS must lead to this machine, port 443; ${count}`,
    ...table(
      strays
        .slice(0, shownNames)
        .map(({ name, found }) => [
          `  ${name}`,
          style.heading(found === undefined ? 'not found' : `leads to ${found}`),
        ]),
    ),
  ]
}

function firstSteps(ready: Readiness, style: Style): string[] {
  const { baseUrl, pools, isDemo } = ready
  const heading = style.heading('Start here')
  const example = exampleApp(pools)
  if (pools.length === 0)
    return [
      heading,
      '  There are no pools yet: make one in the console, or begin with a seed file, --seed FILE.',
    ]
  if (example === undefined)
    return [
      heading,
      `  Open ${style.link(`${baseUrl}/_rockpool/app`)}: no pool has an app that people sign in to.`,
      '  Such a client has CallbackURLs and AllowedOAuthFlows: [code], and its pool a Domain.',
    ]
  const user = userFor(example, ready)
  return [
    heading,
    style.link(signInUrl(baseUrl, example)),
    ...(isDemo && user !== undefined ? ['  Choose "Sign in with your corporate ID", and sign in as'] : []),
    ...(user === undefined ? [] : [userLine(user, ready)]),
  ]
}

/** The page of the built-in app that begins a sign-in with a client: it brings the state, nonce and PKCE that belong to it. */
const signInUrl = (baseUrl: string, { client }: ExampleApp): string =>
  withQuery(`${baseUrl}/_rockpool/app/launch`, { client_id: client.id })

/** A user of the app's own pool; where it has none, as a pool that only federates, a user of another. */
const userFor = ({ pool }: ExampleApp, { users }: Readiness): SeededUser | undefined =>
  users.find(({ poolName }) => poolName === pool.name) ?? users[0]

function userLine({ poolName, username, password, temporary }: SeededUser, ready: Readiness): string {
  const note = temporary ? 'temporary: you then choose your own' : `a user of ${poolName}`
  const since = ready.dataDir === undefined ? '' : ', as first created'
  return `  user ${username}  password ${password}  (${note}${since})`
}

function table(entries: readonly (readonly [name: string, value: string])[]): string[] {
  const width = Math.max(0, ...entries.map(([name]) => name.length))
  return entries.map(([name, value]) => `${name.padEnd(width)}  ${value}`)
}

import { withQuery } from '../lib/url.js'
import type { SeededUser } from './seeded-users.js'
import { type Format, snippets } from './snippets.js'
import type { Style } from './style.js'

/** What is told when Rockpool is ready. */
export interface Readiness {
  readonly version: string
  readonly baseUrl: string
  readonly awsAddresses?: boolean
  readonly pools: readonly ReadyPool[]
  readonly users: readonly SeededUser[]
  /** Whether the pools are those of the demo, whose story can be told step by step. */
  readonly isDemo: boolean
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

/** The text for people. */
export function banner(ready: Readiness, style: Style): string {
  const blocks = [
    style.heading(`Rockpool ${ready.version} is ready at ${style.link(ready.baseUrl)}`),
    section('Start here', firstSteps(ready, style), style),
    ...ready.pools.map(pool => section(pool.name, poolLines(pool, ready, style), style)),
    ...exampleFor(ready, style),
    style.faint(
      `Every sign-in, step by step: ${ready.baseUrl}/_rockpool/flights    Stop with Ctrl+C.\nThe same port answers https: rockpool ca --help says how to trust it.`,
    ),
  ]
  return `\n${blocks.join('\n\n')}\n\n`
}

const section = (title: string, lines: readonly string[], style: Style): string =>
  [style.heading(title), ...lines.map(line => (line === '' ? '' : `  ${line}`))].join('\n')

function firstSteps({ baseUrl, users, isDemo, pools }: Readiness, style: Style): string[] {
  const app = style.link(`${baseUrl}/_rockpool/app`)
  const first = users[0]
  if (pools.length === 0) return ['There are no pools yet: begin with a seed file, --seed FILE.']
  if (isDemo && first !== undefined)
    return [
      `1. Open ${app}, the built-in app. Sign in through oidc-pool-1, client web-app.`,
      '2. On the sign-in page choose "Sign in with your corporate ID": that leads to oidc-pool-2.',
      `3. Sign in as ${first.username} with the password ${first.password}, and choose one of your own.`,
      '4. You are back in the app: look at the callback, exchange the code, read the tokens.',
    ]
  return [
    `Open ${app}, the built-in app, and choose a pool and a client.`,
    ...(first === undefined
      ? []
      : [`Sign in to ${first.poolName} as ${first.username}, password ${first.password}.`]),
  ]
}

function poolLines(pool: ReadyPool, { users, dataDir }: Readiness, style: Style): string[] {
  const people = users.filter(({ poolName }) => poolName === pool.name)
  return [
    ...table([
      ['pool id', pool.id],
      ['issuer', style.link(pool.issuer)],
      ['discovery', style.link(pool.discoveryUrl)],
      ['domain', pool.domainUrl === undefined ? 'none: no sign-in pages' : style.link(pool.domainUrl)],
    ]),
    ...forPeopleFirst(pool).flatMap(client => ['', ...clientLines(pool, client, style)]),
    ...(people.length === 0 ? [] : ['', dataDir === undefined ? 'users' : 'users (as first created)']),
    ...table(
      people.map(({ username, password, temporary }) => [
        `  ${username}`,
        temporary ? `${password}  ${style.faint('temporary: a new one is asked for')}` : password,
      ]),
    ),
  ]
}

/** Clients that somebody can sign in to stand before those of machines and other providers. */
const forPeopleFirst = (pool: ReadyPool): ReadyClient[] =>
  pool.clients.toSorted(
    (one, other) => Number(signInUrl(pool, other) !== undefined) - Number(signInUrl(pool, one) !== undefined),
  )

function clientLines(pool: ReadyPool, client: ReadyClient, style: Style): string[] {
  const signIn = signInUrl(pool, client)
  return [
    `client ${style.heading(client.name)}`,
    ...table([
      ['  client id', client.id],
      ['  secret', client.secret ?? style.faint('none: a public client')],
      ...(signIn === undefined ? [] : ([['  sign in', style.link(signIn)]] as const)),
    ]),
  ]
}

/** Whether a client is an app in which people sign in on the pool's pages. */
export const isForPeople = (pool: ReadyPool, client: ReadyClient): boolean =>
  signInUrl(pool, client) !== undefined

/** A link that opens the sign-in page for an app, as "Launch Hosted UI" does; none for what is no app of a person. */
function signInUrl({ domainUrl }: ReadyPool, client: ReadyClient): string | undefined {
  const callback = client.callbackUrls[0]
  const isProvider = callback?.endsWith('/oauth2/idpresponse')
  if (domainUrl === undefined || callback === undefined || isProvider || !client.flows.includes('code'))
    return undefined
  return withQuery(`${domainUrl}/login`, {
    client_id: client.id,
    response_type: 'code',
    scope:
      client.scopes.filter(scope => ['openid', 'email', 'profile'].includes(scope)).join(' ') || undefined,
    redirect_uri: callback,
  })
}

/** Snippets for the app that a newcomer would connect first: a client for people, of the last pool that has one. */
function exampleFor({ baseUrl, awsAddresses = false, pools }: Readiness, style: Style): string[] {
  const candidates = pools.flatMap(pool =>
    pool.clients.flatMap(client => (isForPeople(pool, client) ? [{ pool, client }] : [])),
  )
  const example = candidates.at(-1)
  if (example === undefined) return []
  const { pool, client } = example
  const all = snippets({ baseUrl, awsAddresses, pool, client })
  const others = all.filter(({ format }) => !shown.includes(format))
  return [
    style.heading(`For your own app (${pool.name}, ${client.name})`),
    ...all
      .filter(({ format }) => shown.includes(format))
      .map(({ title, code }) => section(title, code.split('\n'), style)),
    style.faint(
      `Also as ${others.map(({ format }) => format).join(', ')}: rockpool env --client ${client.name} --format …`,
    ),
  ]
}

/** What fits on a screen; `rockpool env` prints the rest. */
const shown: readonly Format[] = ['openid-client', 'auth-js', 'aws-jwt-verify']

function table(entries: readonly (readonly [name: string, value: string])[]): string[] {
  const width = Math.max(0, ...entries.map(([name]) => name.length))
  return entries.map(([name, value]) => `${name.padEnd(width)}  ${value}`)
}

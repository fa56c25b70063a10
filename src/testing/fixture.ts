import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { keyStockFolder } from '../config/cache-folder.js'
import type { ImportOptions } from '../config/import/options.js'
import { packageRoot } from '../config/package.js'
import { seedsInMemory } from '../config/seed/kept.js'
import { readSeeds, seedOf } from '../config/seed/read.js'
import type { Seed } from '../config/seed/shape.js'
import type { SignInRequest } from '../control/headless/sign-in.js'
import type { WhichLogs } from '../control/logs.js'
import type { Tokens, ToMint } from '../control/minting.js'
import type { Operations, Which } from '../control/operations.js'
import type { CreatedUser, PortableUser, UserToCreate, UserToImport } from '../control/people.js'
import type { GivenRiskRule } from '../control/risk.js'
import { unknown } from '../control/unmet.js'
import type { WhichProvider } from '../control/upstream-users.js'
import type { DeliveredLog } from '../core/delivered-log.js'
import type { MovableClock } from '../core/movable-clock.js'
import type { UpstreamClaims, UpstreamUser } from '../core/upstream-provider.js'
import type { SentMessage } from '../courier/plain-text.js'
import { type RockpoolOptions, startRockpool as startServer } from '../emulator.js'
import type { ClientSummary, PoolSummary } from '../flows/directory/pool-summary.js'
import type { NewPerson } from '../flows/federation/upstream-people.js'
import type { Flight, FlightSummary } from '../recorder/flight.js'
import type { SnapshotDocument } from '../state/document.js'
import type { Snapshot } from '../state/state.js'

/** How a Rockpool in this process is started. */
export interface FixtureOptions extends RockpoolOptions {
  /** Any free port unless said otherwise. */
  readonly port?: number
  /** What exists at the start: seed files, or seeds as objects, or both. Without this and `seeds`, the two-pool demo. */
  readonly seed?: string | object | readonly (string | object)[]
  /**
   * Infrastructure code whose pools are there at the start: paths of CloudFormation or SAM templates, `cdk.out` folders,
   * `serverless.yml`, or JSON that `terraform show` wrote; with options, the values that they leave open.
   */
  readonly from?: string | readonly string[] | ({ readonly paths: readonly string[] } & ImportOptions)
  /** The same as `seed`, as `readSeeds` has read it. */
  readonly seeds?: readonly Seed[]
  /**
   * Where keys that were made ahead are found, or `off`. Unless said otherwise the stock that the command keeps in your cache, if
   * there is one: the first sign-in does not wait for keys then.
   */
  readonly keyStock?: string
}

/**
 * A Rockpool in this process. Each has its own state, port and clock, and any number can be there at once. Pools and
 * clients are named by name or id; where there is only one, it need not be named.
 */
export interface Rockpool {
  /** What browsers and tokens call it, such as `http://localhost:49152`. */
  readonly baseUrl: string
  /** What it listens on. */
  readonly address: { readonly host: string; readonly port: number }
  /** As they were at the start, or after the last reset or restore; `describePools` asks anew. */
  readonly pools: readonly PoolSummary[]
  /** Everything that lasts is measured by it: `rockpool.clock.advance({ minutes: 61 })`. */
  readonly clock: MovableClock

  /** The pool of this name; the error tells the nearest one there is. */
  pool(name: string): PoolSummary
  /** The client of this name, with its id, secret and callback URLs. */
  client(pool: string, name: string): ClientSummary
  describePools(): Promise<readonly PoolSummary[]>

  /** Makes a user. Without a password they get one that conforms to the pool's policy; what is returned has it. */
  createUser(pool: string, user: UserToCreate): Promise<CreatedUser>
  /**
   * A built-in identity provider, by its own name or by that of a pool's provider behind which it is:
   * `rockpool.provider('Google').user({ email: 'ann@example.com' })`, and then `rockpool.signIn({ provider: 'Google' })`.
   */
  provider(name: string, which?: WhichProvider): BuiltInProvider
  /**
   * Signs somebody in as an app and a browser do, over HTTP, through all redirects and pages, also those of the
   * provider; and verifies the tokens.
   * @throws SignInError with what the page or the provider said
   */
  signIn(request: Which & SignInRequest): Promise<Tokens>
  /** Mints tokens without a sign-in; without a username, those of a machine. */
  mintTokens(request: Which & ToMint): Promise<Tokens>
  exportUsers(pool: string, options?: { readonly secrets?: boolean }): Promise<PortableUser[]>
  importUsers(pool: string, users: readonly UserToImport[]): Promise<{ readonly imported: number }>

  /** Mail and text messages that would have been sent, with their codes; the oldest first. */
  messages(filter?: { readonly username?: string }): Promise<SentMessage[]>
  /** Empties the outbox, or what is in it for one user. */
  clearMessages(filter?: { readonly username?: string }): Promise<number>
  /** Log entries that would have gone to CloudWatch Logs, Firehose or S3; the oldest first. */
  logs(filter?: WhichLogs): Promise<DeliveredLog[]>
  /** Sets how threat protection judges, in the place of its rules before; the first rule that applies counts. */
  setRiskRules(rules: readonly GivenRiskRule[]): Promise<GivenRiskRule[]>
  /** What happened, sign-in by sign-in; the newest first. */
  flights(page?: { readonly limit?: number }): FlightSummary[]
  flight(id: string): Flight | undefined

  /** All that is there: `JSON.stringify` it without secrets, or take its `document({ secrets: true })`. */
  snapshot(): Promise<Snapshot>
  /** @throws SnapshotError when it is damaged or too new; the state stays as it was then */
  restore(snapshot: Snapshot | SnapshotDocument | string): Promise<void>
  /** Begins anew, in a millisecond or so: the seeds, and the clock as at the start. */
  reset(): Promise<void>

  /** Stops listening, ends what is under way and gives back everything held. Any further call does nothing. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** The people of a built-in identity provider. */
export interface BuiltInProvider {
  /**
   * Adds a user with these claims, who is the first to be signed in there from now on. Without `sub` the provider gives them one of
   * its own form.
   */
  user(claims: UpstreamClaims, how?: Omit<NewPerson, 'claims'>): Promise<UpstreamUser>
  /** Those who can sign in, the newest first. */
  users(): Promise<readonly UpstreamUser[]>
}

/**
 * Starts a Rockpool in this process, on any free port. It answers as soon as the promise resolves; signing keys are made
 * in the background, and are waited for by the first token.
 *
 * Throws when the port is taken (Node's `EADDRINUSE`), the data directory cannot be used (`DataDirectoryError`), or a
 * seed has mistakes (`SeedError`).
 */
export async function startRockpool({
  seed,
  from,
  keyStock,
  ...options
}: FixtureOptions = {}): Promise<Rockpool> {
  const orDemo = options.seeds === undefined && from === undefined
  const seeds = [
    ...(options.seeds ?? []),
    ...(await seedsOf(seed, orDemo)),
    ...(await importedSeeds(from, options.log)),
  ]
  const { operations, ...server } = await startServer({ port: 0, ...stockFor(keyStock), ...options, seeds })
  let pools = server.pools
  const refresh = async () => {
    pools = await operations.describePools()
  }
  let closed: Promise<void> | undefined
  const close = () => {
    closed ??= server.close()
    return closed
  }
  return {
    baseUrl: server.baseUrl,
    address: server.address,
    get pools() {
      return pools
    },
    pool: name => named('pool', pools, name),
    client: (pool, name) => named(`client of ${pool}`, named('pool', pools, pool).clients, name),
    ...usesOf(operations),
    provider: (name, which = {}) => builtInProvider(operations, name, which),
    async restore(snapshot) {
      await operations.state.restore(snapshot)
      await refresh()
    },
    async reset() {
      await operations.state.reset()
      await refresh()
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

function stockFor(given: string | undefined): { keyStock?: string } {
  const folder = keyStockFolder(given === undefined ? {} : { keyStock: given })
  return folder === undefined || (given === undefined && !existsSync(folder)) ? {} : { keyStock: folder }
}

const builtInProvider = (
  { addUpstreamUser, upstreamUsers }: Operations,
  name: string,
  which: WhichProvider,
): BuiltInProvider => ({
  async user(claims, how = {}) {
    const { provider: _provider, ...user } = await addUpstreamUser(name, { ...which, ...how, claims })
    return user
  },
  users: async () => (await upstreamUsers(name, which)).users,
})

const usesOf = (operations: Operations) => {
  const { clock, state, describePools, createUser, signIn, mintTokens } = operations
  const { exportUsers, importUsers, messages, clearMessages, logs, setRiskRules, flights, flight } =
    operations
  return {
    clock,
    snapshot: state.snapshot,
    describePools,
    createUser,
    signIn,
    mintTokens,
    exportUsers,
    importUsers,
    messages,
    clearMessages,
    logs,
    setRiskRules,
    flights,
    flight,
  }
}

async function seedsOf(seed: FixtureOptions['seed'], orDemo: boolean): Promise<Seed[]> {
  if (seed === undefined)
    return orDemo ? readSeeds([join(packageRoot(), 'fixtures', 'two-pools.yaml')], readBefore) : []
  const given: readonly (string | object)[] = Array.isArray(seed) ? seed : [seed]
  const files = given.filter(one => typeof one === 'string')
  const objects = given.filter(one => typeof one !== 'string')
  return [...(await readSeeds(files, readBefore)), ...objects.map(seedOf)]
}

/** What this process has read before. Nothing changes a seed once it is read. */
const readBefore = seedsInMemory()

/** Pools of infrastructure code. What a person should know of them goes to the log. */
async function importedSeeds(from: FixtureOptions['from'], log: FixtureOptions['log']): Promise<Seed[]> {
  if (from === undefined) return []
  const { importInfrastructure, sentenceOf } = await import('../config/import/index.js')
  const { paths, ...options } =
    typeof from === 'object' && 'paths' in from ? from : { paths: [from].flat() as string[] }
  const { seedWithFunctions } = await import('../config/import/functions.js')
  const imported = importInfrastructure(paths, options)
  for (const warning of imported.warnings) log?.(sentenceOf(warning).trimStart())
  return [seedOf(seedWithFunctions(imported, paths, line => log?.(line)))]
}

function named<T extends { readonly id: string; readonly name: string }>(
  kind: string,
  known: readonly T[],
  name: string,
): T {
  const found = known.find(one => one.name === name) ?? known.find(({ id }) => id === name)
  if (found !== undefined) return found
  throw unknown(
    kind,
    name,
    known.map(({ name }) => name),
  )
}

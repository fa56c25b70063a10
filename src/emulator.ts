import { randomBytes, randomUUID } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { dirname, resolve } from 'node:path'
import fastify, { type FastifyInstance } from 'fastify'
import { userPoolsApi } from './api/index.js'
import { surroundingMachine } from './config/container.js'
import { packageVersion } from './config/package.js'
import { applySeeds } from './config/seed/apply.js'
import { resolveSeeds } from './config/seed/check.js'
import type { Seed } from './config/seed/shape.js'
import { seedWarnings } from './config/seed/warnings.js'
import { webConsole } from './console/index.js'
import { authEventTokens } from './control/auth-events.js'
import { authorityCertificate } from './control/authority.js'
import { control } from './control/control.js'
import { createOperations, type Operations } from './control/operations.js'
import { hostsOf } from './core/addresses.js'
import { type MovableClock, movableClock } from './core/movable-clock.js'
import type { Chance } from './core/ports/chance.js'
import type { Clock } from './core/ports/clock.js'
import type { Store, StoreImage } from './core/ports/store.js'
import type { UpstreamProvider } from './core/upstream-provider.js'
import { letIn, registeredApps } from './demo-app/registered-apps.js'
import { relyingParty } from './demo-app/relying-party.js'
import { type Federation, federation } from './federation/index.js'
import { allPools, poolOfDomain } from './flows/directory/directory.js'
import { type PoolSummary, summarisePools } from './flows/directory/pool-summary.js'
import { doctorsWarnings, patientsOf } from './flows/federation/examination.js'
import type { Service } from './flows/service.js'
import { tellPagesApart } from './http/asks-for-page.js'
import { behindTurnstile } from './http/behind-turnstile.js'
import { type Connections, connections } from './http/connections.js'
import { type ControlMode, guardControl } from './http/control-access.js'
import { answerFailures } from './http/failures.js'
import { longestForm, parseForms } from './http/forms.js'
import { withoutCookiesForHead } from './http/head-requests.js'
import { pathOfHostForm } from './http/host-form.js'
import type { Hosting } from './http/hosted-refusals.js'
import { leadsHere } from './http/leads-here.js'
import { isOurName } from './http/our-names.js'
import { keepOwnCallsApart } from './http/own-calls.js'
import { ownNamesOnly } from './http/own-names-only.js'
import { type Listener, ownOriginFetch } from './http/own-origin-fetch.js'
import { recordHops } from './http/record-hops.js'
import { type RequestedOrigin, requestedOrigin } from './http/requested-origin.js'
import { serverFactory } from './http/server.js'
import { thisMachine } from './http/this-machine.js'
import { answerUnreadable } from './http/unreadable-requests.js'
import { authorizationServer, oauth } from './oauth/index.js'
import { hostedErrorPage, hostedPostPage } from './pages/hosted-views.js'
import { pages } from './pages/index.js'
import { createFlightRecorder, type FlightRecorder } from './recorder/flight-recorder.js'
import { snapshotsInDirectory, snapshotsInMemory } from './state/named-snapshots.js'
import { createState, type State } from './state/state.js'
import { memoryStore } from './store/memory.js'
import { behind, type Turnstile, turnstile } from './store/turnstile.js'
import { type Authority, createAuthority } from './tls/authority.js'
import { freshKeys, type KeySource, keyStock, oneAhead, recycledKeys } from './tokens/key-stock.js'
import { createSigningKeys, makeKeys } from './tokens/signing-keys.js'
import {
  missingFunctions,
  type PoolTriggers,
  type PoolTriggersPort,
  poolTriggers,
  strayTriggers,
  type TriggerSource,
} from './triggers/pool-triggers.js'
import { type Zoo, zoo } from './zoo/index.js'

/** How Rockpool is started. */
export interface RockpoolOptions {
  /** The address to listen on; `127.0.0.1` unless said otherwise. */
  readonly host?: string
  /** The port to listen on; 0 takes any that is free. */
  readonly port?: number
  /** What browsers and tokens call us; `http://localhost:{port}` unless said otherwise. */
  readonly baseUrl?: string
  /** What exists at the start, in the order given. */
  readonly seeds?: readonly Seed[]
  /** Where state is kept. Without it, in memory: gone with the process. */
  readonly dataDir?: string
  /** Where the authority behind our https certificates is kept. Without it, with the state. */
  readonly caDir?: string
  /** Further host names that we are found under, besides `localhost`, that of the base URL and those of domains. */
  readonly hostNames?: readonly string[]
  /**
   * Origins of other machines whose pages may send signed operations, such as `https://admin.example`. Pages of this machine
   * (`localhost`, loopback addresses, the host of the base URL, `hostNames`) may always.
   */
  readonly allowOrigins?: readonly string[]
  /**
   * For whom the control API is: this machine, and others with the token (`local`, unless said otherwise); whoever has the
   * token; or nobody (`off`).
   */
  readonly control?: ControlMode
  /** What `Authorization: Bearer …` has to bring, where the control API wants a token. */
  readonly controlToken?: string
  /** Pools have the addresses that they have on AWS: for apps as they are in production, where the names lead here. */
  readonly awsAddresses?: boolean
  /** Believes the headers that tell what a proxy was asked for. Anybody who reaches us directly can send them. */
  readonly trustProxy?: boolean
  /** The account that ARNs name; `000000000000` unless said otherwise. */
  readonly accountId?: string
  /**
   * Whether the keys of pools are their own, made anew, or may have been those of other pools of this process before,
   * which are closed by now: the first tokens are there sooner. No two pools have the same at the same time.
   */
  readonly keys?: 'own' | 'recycled'
  /**
   * A directory with keys made ahead, for the pools of later starts: the first tokens are there sooner. It is made where
   * there is none, and only used where nobody else may write to it. Without it, keys are made when they are wanted.
   */
  readonly keyStock?: string
  /** Takes one line about what the operator should know: refusals, warnings. */
  readonly log?: (line: string) => void
  /**
   * Functions that are called as Lambda triggers, by a pool's name or id: functions of this process, or where others are
   * (`./file.mjs#handler`, the URL of a Runtime Interface Emulator, an ARN). Each returns the event that it was given, with
   * the response filled in, or throws to refuse.
   */
  readonly triggers?: PoolTriggers
  /** The URL of a server with Lambda's Invoke (SAM local, LocalStack, Lambda), for functions that are named by ARN. */
  readonly lambdaEndpoint?: string
  /** What time it is, as long as nobody moves `Rockpool.clock`; the system's time unless given. */
  readonly clock?: Clock
}

/** A Rockpool that listens. */
export interface Rockpool {
  readonly baseUrl: string
  /** What it listens on. */
  readonly address: { readonly host: string; readonly port: number }
  readonly pools: readonly PoolSummary[]
  /** What tests may do with it that no app may. */
  readonly operations: Operations
  /**
   * Stops listening, ends what is under way and gives back everything held. With `patience`, requests under way may come to
   * their end first, for as many milliseconds.
   */
  close(how?: { readonly patience: number }): Promise<void>
}

/**
 * Starts a Rockpool: configuration in, a listening server out. It answers as soon as the promise resolves; signing
 * keys and the endpoints of identity providers are seen to in the background.
 *
 * Throws when the port is taken (Node's `EADDRINUSE`), the data directory cannot be used (`DataDirectoryError`), or a
 * seed has mistakes (`SeedError`), or a handler is given for a trigger that is never called.
 */
export async function startRockpool(options: RockpoolOptions = {}): Promise<Rockpool> {
  const { host = '127.0.0.1', port = 7665, seeds = [], log = () => {}, clock: below = systemClock } = options
  const clock = movableClock(below)
  const store = await openStore(options.dataDir, clock)
  const recorder = createFlightRecorder({ clock, chance: systemChance, log })
  const keySource = keySourceOf(options)
  const address = { host, port }
  const triggers = triggersOf(options, { recorder, address, seeded: () => triggersOfSeeds(seeds, service) })
  const requested = requestedOrigin()
  const gate = turnstile()
  const service: Service = {
    clock,
    chance: systemChance,
    store: behind(gate, store),
    recorder,
    keys: createSigningKeys(store, keySource.take),
    triggers,
    awsAddresses: options.awsAddresses ?? false,
    get base() {
      return baseUrlOf(options.baseUrl, address.port)
    },
    get requested() {
      return requested.current()
    },
  }
  const seeding: Seeding = { store, seeded: () => seededImage(service, seeds) }
  const links = connections()
  const parts = { links, recorder, clock, below, gate, seeding, address, requested, triggers, log }
  const { app, upstream, operations, builtIn } = serverOf(service, options, parts)
  try {
    address.port = await listen(app, { host, port })
    await applySeeds(service, seeds, service)
  } catch (error) {
    await app.close()
    await triggers.close()
    await store.close()
    throw error
  }
  await rememberSeeded(seeding, options)
  for (const line of seedWarnings(seeds.flatMap(({ UserPools }) => UserPools))) log(line)
  for (const line of doctorsWarnings(await patientsOf(service), service)) log(line)
  for (const line of strayTriggers(options.triggers ?? {}, await allPools(service))) log(line)
  for (const source of [givenTriggers(options), ...triggersOfSeeds(seeds, service)])
    for (const line of missingFunctions(source)) log(line)
  const stopChores = startChores(service, {
    upstream,
    builtIn,
    keySource,
    stocksKeys: options.keyStock !== undefined,
    log,
  })
  return {
    baseUrl: service.base,
    address,
    pools: await summarisePools(service),
    operations,
    async close(how) {
      if (how !== undefined) await links.drain({ patience: how.patience, linger: lingerTime })
      await stopChores()
      await app.close()
      await triggers.close()
      await store.close()
      await keySource.close()
    },
  }
}

const givenTriggers = ({ triggers = {} }: RockpoolOptions): TriggerSource => ({
  pools: triggers,
  folder: process.cwd(),
})

/** The triggers that seeds name. A pool is meant by its id, else by its name. */
const triggersOfSeeds = (seeds: readonly Seed[], service: Service): TriggerSource[] =>
  seeds.flatMap((seed, index) => {
    if (seed.UserPools.every(({ Triggers }) => Triggers === undefined)) return []
    const others = seeds.filter((_, other) => other !== index)
    const { pools } = resolveSeeds([seed, ...others], service)
    const named = pools
      .slice(0, seed.UserPools.length)
      .map(({ Id, PoolName, Triggers = {} }): [string, object] => [Id ?? PoolName, Triggers])
    return [
      {
        pools: Object.fromEntries(named),
        folder: seed.file === undefined ? process.cwd() : dirname(resolve(seed.file)),
      },
    ]
  })

function triggersOf(
  options: RockpoolOptions,
  {
    recorder,
    address,
    seeded,
  }: Pick<Parts, 'recorder' | 'address'> & { readonly seeded: () => readonly TriggerSource[] },
): PoolTriggersPort {
  return poolTriggers(givenTriggers(options), {
    chance: systemChance,
    now: systemClock.now,
    seeded,
    ...(options.lambdaEndpoint === undefined ? {} : { lambdaEndpoint: options.lambdaEndpoint }),
    // A function's own SDK client comes back to us. Its credentials are good for nothing else.
    environment: () => ({
      AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: `http://localhost:${address.port}`,
      AWS_ENDPOINT_URL_KMS: `http://localhost:${address.port}`,
      AWS_ACCESS_KEY_ID: 'rockpool',
      AWS_SECRET_ACCESS_KEY: 'rockpool',
    }),
    told: report => recorder.note('trigger', { ...report }),
  })
}

/** Milliseconds in which a request that crossed our good-bye arrives. */
const lingerTime = 250

/** The store, and the state that the seeds make of nothing. */
interface Seeding {
  readonly store: Store
  seeded: () => Promise<StoreImage>
}

/** A store that was empty before holds what the seeds make; what was kept from an earlier start is no part of that. */
async function rememberSeeded(seeding: Seeding, { dataDir }: RockpoolOptions): Promise<void> {
  if (dataDir !== undefined) return
  const image = await seeding.store.image()
  seeding.seeded = async () => image
}

/** What seeds make of nothing. */
async function seededImage(service: Service, seeds: readonly Seed[]): Promise<StoreImage> {
  const { clock, chance } = service
  const store = memoryStore(clock)
  await applySeeds({ clock, chance, store }, seeds, service)
  return store.image()
}

/** What the server is made of, besides the service and what was asked for. */
interface Parts {
  readonly links: Connections
  readonly recorder: FlightRecorder
  readonly clock: MovableClock
  /** The one that nobody moves. */
  readonly below: Clock
  readonly gate: Turnstile
  readonly seeding: Seeding
  readonly address: Rockpool['address']
  readonly requested: RequestedOrigin
  readonly triggers: PoolTriggersPort
  readonly log: (line: string) => void
}

function serverOf(
  service: Service,
  options: RockpoolOptions,
  { links, recorder, clock, below, gate, seeding, address, requested, triggers, log }: Parts,
): { app: FastifyInstance; upstream: Federation; operations: Operations; builtIn: Zoo | undefined } {
  const { accountId = '000000000000', hostNames = [], trustProxy = false } = options
  const allowOrigins = (options.allowOrigins ?? []).map(origin => origin.toLowerCase())
  const authority = authorityOf(service, options)
  const app = anApp(service, {
    trustProxy,
    serve: serverFactory(authority, { trustProxy, log, connections: links }),
  })
  const listener = listenerOf(service, { address, hostNames, authority })
  const names = () => ({ base: service.base, hostNames, allowOrigins })
  const { fetch, close: endCalls } = ownOriginFetch(() => listener, recorder, gate)
  app.addHook('onClose', endCalls)
  const hosting = hostingOf(service, recorder)
  tellPagesApart(app)
  const isThisMachine = thisMachine(surroundingMachine())
  withoutCookiesForHead(app)
  keepOwnCallsApart(app, { secret: listener.secret, log })
  recordHops(app, recorder)
  requested.follow(app, () => service.base)
  ownNamesOnly(app, names)
  guardControl(app, {
    control: options.control ?? 'local',
    token: options.controlToken,
    isThisMachine,
  })
  answerFailures(app, hosting, log)
  parseForms(app)
  behindTurnstile(app, gate)
  const server = authorizationServer(service)
  const upstream = federation(app, hosting, { server, fetch, warn: log })
  oauth(app, hosting, { server, upstream })
  pages(app, hosting, { server, upstream })
  userPoolsApi(app, service, { accountId, discover: upstream.prepare, trusted: names, log })
  relyingParty(app, {
    service,
    fetch,
    apps: () => registeredApps(service),
    letIn: client => letIn(service, client),
    aheadSeconds: () => clock.aheadSeconds,
  })
  const builtIn = openZoo(app, service, options.seeds ?? [], log)
  const state = stateOf(service, { recorder, clock, gate, seeding, triggers }, upstream)
  const snapshots =
    options.dataDir === undefined ? snapshotsInMemory() : snapshotsInDirectory(options.dataDir)
  const instruments = { clock, discover: upstream.discover, lookUp: leadsHere(isThisMachine) }
  const operations = createOperations({
    service,
    recorder,
    turnstile: gate,
    clock,
    state,
    snapshots,
    openSession: () => ownOriginFetch(() => listener, recorder, gate),
    instruments,
  })
  const version = packageVersion()
  control(app, { operations, clock: below, version, baseUrl: () => service.base })
  webConsole(app, {
    service,
    recorder,
    clock,
    state,
    snapshots,
    version,
    instruments,
    prepare: upstream.prepare,
  })
  authEventTokens(app, { store: service.store, baseUrl: () => service.base })
  authorityCertificate(app, authority.certificate)
  return { app, upstream, operations, builtIn }
}

/** Where our own server is found, for calls of ourselves. */
const listenerOf = (
  service: Service,
  {
    address,
    hostNames,
    authority,
  }: Pick<Parts, 'address'> & { readonly hostNames: readonly string[]; readonly authority: Authority },
): Listener => ({
  get base() {
    return service.base
  },
  address,
  hosts: async () =>
    new Set([...hostNames, ...(await allPools(service)).flatMap(pool => hostsOf(service, pool))]),
  certificate: authority.certificate,
  secret: service.chance.bytes(24).toString('base64url'),
})

/** The HTTP server without its routes. */
const anApp = (
  service: Service,
  { trustProxy, serve }: { readonly trustProxy: boolean; readonly serve: ReturnType<typeof serverFactory> },
): FastifyInstance =>
  fastify({
    rewriteUrl: pathOfHostForm(() => service.base),
    serverFactory: serve,
    clientErrorHandler: answerUnreadable,
    // Who comes on an open connection while requests come to their end is answered like everybody.
    return503OnClosing: false,
    bodyLimit: longestForm,
    trustProxy,
    // A browser's idle connections do not keep us from stopping.
    forceCloseConnections: true,
    // Domains and ids are short; whatever is longer is none of ours.
    routerOptions: { maxParamLength: 128 },
  })

const hostingOf = (service: Service, recorder: FlightRecorder): Hosting => ({
  service,
  errorPage: hostedErrorPage(service),
  postPage: hostedPostPage,
  explanationOf: (flightId, code) =>
    recorder
      .flight(flightId)
      ?.hops.flatMap(({ refusals }) => refusals)
      .findLast(refusal => refusal.code === code),
})

/** Opens the zoo if a seed has providers for it. What they are is known when the base URL is: at the first request. */
function openZoo(
  app: FastifyInstance,
  service: Service,
  seeds: readonly Seed[],
  log: (line: string) => void,
): Zoo | undefined {
  if (!seeds.some(({ UpstreamProviders = [] }) => UpstreamProviders.length > 0)) return undefined
  let known: readonly UpstreamProvider[] | undefined
  return zoo(app, {
    service,
    log,
    providers() {
      known ??= resolveSeeds(seeds, service).upstreams
      return known
    },
  })
}

const stateOf = (
  service: Service,
  {
    recorder,
    clock,
    gate,
    seeding,
    triggers,
  }: Pick<Parts, 'recorder' | 'clock' | 'gate' | 'seeding' | 'triggers'>,
  upstream: Federation,
): State =>
  createState({
    store: seeding.store,
    turnstile: gate,
    clock,
    chance: service.chance,
    version: packageVersion(),
    baseUrl: () => service.base,
    seeded: () => seeding.seeded(),
    replaced() {
      recorder.clear()
      upstream.forget()
      // What functions remember of the old state ends with it.
      void triggers.forget()
    },
  })

function authorityOf(service: Service, { caDir, dataDir, hostNames = [] }: RockpoolOptions): Authority {
  const directory = caDir ?? dataDir
  return createAuthority({
    ...(directory === undefined ? {} : { directory }),
    now: systemClock.now,
    isOurs: async name =>
      isOurName(name, { base: service.base, hostNames }) || (await poolOfDomain(service, name)) !== undefined,
  })
}

/** The pools that seeds make, as they would be told of at a start. Nothing listens, and no keys are made. */
export async function summaryOf(
  seeds: readonly Seed[],
  { baseUrl, awsAddresses }: Pick<RockpoolOptions, 'awsAddresses'> & { readonly baseUrl: string },
): Promise<PoolSummary[]> {
  const store = memoryStore(systemClock)
  const addresses = { base: baseUrl, awsAddresses: awsAddresses ?? false }
  await applySeeds({ store, clock: systemClock, chance: systemChance }, seeds, addresses)
  return summarisePools({ store, ...addresses })
}

/** The certificate of the authority that is kept in a folder; where there is none yet, it is made. */
export const certificateIn = (directory: string): Promise<string> =>
  createAuthority({ directory, now: systemClock.now, isOurs: () => false }).certificate()

async function listen(app: FastifyInstance, { host, port }: { host: string; port: number }): Promise<number> {
  await app.listen({ host, port })
  return (app.server.address() as AddressInfo).port
}

const baseUrlOf = (given: string | undefined, port: number): string =>
  (given ?? `http://localhost:${port}`).replace(/\/+$/, '')

async function openStore(directory: string | undefined, clock: Clock): Promise<Store> {
  if (directory === undefined) return memoryStore(clock)
  // A native module: loaded by those who want it.
  const { openSqliteStore } = await import('./store/sqlite.js')
  return openSqliteStore(directory, clock)
}

/** Where the keys of pools come from that have none yet. */
function keySourceOf({ keys, keyStock: directory }: RockpoolOptions): KeySource {
  const stock = directory === undefined ? undefined : keyStock(directory, makeKeys, systemChance)
  const source = stock ?? freshKeys(makeKeys)
  // What is recycled is given back when it is closed, whether somebody had it or not.
  return keys === 'recycled'
    ? oneAhead(recycledKeys(source), async () => {})
    : oneAhead(source, stock?.putBack ?? (async () => {}))
}

interface ChoreOptions {
  readonly upstream: Federation
  readonly builtIn: Zoo | undefined
  readonly keySource: KeySource
  /** Whether keys are made ahead for later starts. */
  readonly stocksKeys: boolean
  readonly log: (line: string) => void
}

/** What goes on beside the requests: keys are made, providers discovered, expired records swept. */
function startChores(
  service: Service,
  { upstream, builtIn, keySource, stocksKeys, log }: ChoreOptions,
): () => Promise<void> {
  let isStopped = false
  const sweeping = setInterval(() => {
    service.store.sweep(sweptAtOnce).catch((error: Error) => log(`Sweeping failed: ${error.message}`))
  }, 30_000)
  sweeping.unref()
  const begun = prepare().catch((error: Error) => log(`Preparing failed: ${error.message}`))
  return async () => {
    isStopped = true
    clearInterval(sweeping)
    await begun
  }

  async function prepare(): Promise<void> {
    // One after another: a token that is asked for meanwhile does not wait for the keys of all.
    const pools = await allPools(service)
    for (const { id } of pools.slice(0, preparedPools)) if (!isStopped) await service.keys.of(id)
    if (isStopped) return
    await builtIn?.startAll()
    await upstream.prepareAll()
    if (stocksKeys || pools.length > preparedPools) await keySource.prepare(() => !isStopped)
  }
}

/** Pools whose keys are made before anybody wants them; more would keep the machine busy for pools that may sleep. */
const preparedPools = 8

const sweptAtOnce = 10_000

const systemClock: Clock = { now: () => Date.now() }
const systemChance: Chance = { bytes: randomBytes, uuid: randomUUID }

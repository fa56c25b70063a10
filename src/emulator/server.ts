import type { FastifyInstance } from 'fastify'
import { isOperation, userPoolsApi } from '../api/index.js'
import { surroundingMachine } from '../config/container.js'
import { dataDirectory } from '../config/data-place.js'
import { packageVersion } from '../config/package.js'
import { resolveSeeds } from '../config/seed/check.js'
import type { Seed } from '../config/seed/shape.js'
import { createOperations, type Operations } from '../control/operations.js'
import { hostsOf } from '../core/addresses.js'
import type { MovableClock } from '../core/movable-clock.js'
import type { Clock } from '../core/ports/clock.js'
import type { UpstreamProvider } from '../core/upstream-provider.js'
import { type Federation, federation } from '../federation/index.js'
import { allPools } from '../flows/directory/directory.js'
import type { Instruments } from '../flows/federation/examination.js'
import type { Service } from '../flows/service.js'
import { tellPagesApart } from '../http/asks-for-page.js'
import { behindTurnstile } from '../http/behind-turnstile.js'
import type { Connections } from '../http/connections.js'
import { guardControl } from '../http/control-access.js'
import { countRequests } from '../http/count-requests.js'
import { answerFailures } from '../http/failures.js'
import { parseForms } from '../http/forms.js'
import { withoutCookiesForHead } from '../http/head-requests.js'
import { serveHosted } from '../http/hosted-answers.js'
import type { Hosting } from '../http/hosted-refusals.js'
import { leadsHere } from '../http/leads-here.js'
import { keepOwnCallsApart } from '../http/own-calls.js'
import { ownNamesOnly } from '../http/own-names-only.js'
import { type Listener, ownOriginFetch } from '../http/own-origin-fetch.js'
import { type OwnPart, ownPart } from '../http/own-part.js'
import { recordHops } from '../http/record-hops.js'
import type { RequestedOrigin } from '../http/requested-origin.js'
import { serverFactory } from '../http/server.js'
import { thisMachine } from '../http/this-machine.js'
import { authorizationServer, oauth } from '../oauth/index.js'
import { hostedErrorPage, hostedPostPage } from '../pages/hosted-views.js'
import { pages } from '../pages/index.js'
import type { AllFlights } from '../recorder/all-flights.js'
import type { FlightRecorder } from '../recorder/flight-recorder.js'
import { snapshotsInDatabase, snapshotsInDirectory, snapshotsInMemory } from '../state/named-snapshots.js'
import { createState, type State } from '../state/state.js'
import type { SharedStore } from '../store/postgres.js'
import type { Turnstile } from '../store/turnstile.js'
import type { Authority } from '../tls/authority.js'
import type { PoolTriggersPort } from '../triggers/pool-triggers.js'
import type { Zoo } from '../zoo/index.js'
import { isOidcKind } from '../zoo/oidc/kinds.js'
import { reachBuiltIn, withStandIns } from '../zoo/stand-ins.js'
import { bareServer } from './bare-server.js'
import type { Rockpool, RockpoolOptions } from './options.js'
import type { OwnPorts } from './own-surfaces.js'
import { authorityOf } from './resources.js'
import type { Seeding } from './seeding.js'

/** What the server is made of, besides the service and what was asked for. */
export interface Parts {
  readonly links: Connections
  readonly recorder: FlightRecorder
  readonly flights: AllFlights
  /** The store, where other processes share it. */
  readonly shared: SharedStore | undefined
  readonly clock: MovableClock
  /** The clock below, which nobody moves. */
  readonly below: Clock
  readonly gate: Turnstile
  readonly seeding: Seeding
  readonly address: Rockpool['address']
  readonly requested: RequestedOrigin
  readonly triggers: PoolTriggersPort
  readonly log: (line: string) => void
}

/** The server, and what of it the start and the end of a Rockpool concern. */
export interface Served {
  readonly app: FastifyInstance
  readonly upstream: Federation
  readonly operations: Operations
  /** Starts the built-in providers, so that nobody waits for the first answer of one. */
  readonly startBuiltIn: () => Promise<void>
  /** Forgets what is remembered of the state: another one took its place. */
  readonly forget: () => void
}

/** The server with all its surfaces, ready to listen. */
export function serverOf(
  service: Service,
  options: RockpoolOptions,
  { links, recorder, flights, shared, clock, below, gate, seeding, address, requested, triggers, log }: Parts,
): Served {
  const { accountId = '000000000000', hostNames = [], trustProxy = false } = options
  const allowOrigins = (options.allowOrigins ?? []).map(origin => origin.toLowerCase())
  const authority = authorityOf(service, options)
  const own = ownServer(service, { trustProxy, guards: () => guards, ports: () => ownPorts, log })
  const app = bareServer(service, {
    trustProxy,
    serve: serverFactory(authority, { trustProxy, log, connections: links, own: own.part.listener }),
  })
  const listener = listenerOf(service, { address, hostNames, authority })
  const names = () => ({ base: service.base, hostNames, allowOrigins })
  const { fetch, call, close: endCalls } = ownOriginFetch(() => listener, recorder, gate)
  app.addHook('onClose', endCalls)
  app.addHook('onClose', own.part.close)
  const hosting = hostingOf(service, recorder, flights)
  const isThisMachine = thisMachine(surroundingMachine())
  const { secret } = listener
  const guards = { options, hosting, recorder, gate, requested, log, names, isThisMachine, secret }
  putGuards(app, guards)
  const server = authorizationServer(service)
  const builtInProviders = providersBuiltIn(options.seeds ?? [], service)
  const reach = reachBuiltIn(service, builtInProviders, options.realProviders ?? [])
  const upstream = federation(hosting, { server, send: call, warn: log, reach })
  serveHosted(app, [
    ...upstream.answers,
    ...oauth(app, hosting, { server, upstream }),
    ...pages(hosting, { server, upstream }),
  ])
  userPoolsApi(app, service, { accountId, discover: upstream.prepare, trusted: names, log })
  const forget = forgetting({ recorder, triggers }, upstream)
  const state = stateOf(service, { clock, gate, seeding }, forget)
  const snapshots = snapshotsIn(shared, dataDirectory(options.dataDir))
  const instruments = instrumentsOf(clock, upstream, builtInProviders, isThisMachine)
  const shown = { service, flights, clock, state, snapshots, instruments }
  const operations = createOperations({
    ...shown,
    recorder,
    allFlights: flights,
    processes: shared?.processes ?? (async () => 1),
    turnstile: gate,
    openSession: () => ownOriginFetch(() => listener, recorder, gate),
    upstreams: builtInProviders,
  })
  const ownPorts: OwnPorts = {
    ...shown,
    upstream: { ...upstream, reach, builtIn: builtInProviders },
    below,
    startedAt: below.now(),
    version: packageVersion(),
    operations,
    recorder,
    authority,
    fetch,
    log,
  }
  const startBuiltIn = async () => {
    if (builtInProviders().some(({ kind }) => isOidcKind(kind))) await own.startBuiltIn()
  }
  return { app, upstream, operations, startBuiltIn, forget }
}

/** The part of the server that is Rockpool's own, and the start of the identity providers in it. */
function ownServer(
  service: Service,
  {
    trustProxy,
    guards,
    ports,
    log,
  }: {
    readonly trustProxy: boolean
    readonly guards: () => Guards
    readonly ports: () => OwnPorts
    readonly log: (line: string) => void
  },
): { readonly part: OwnPart; startBuiltIn(): Promise<void> } {
  let builtIn: Zoo | undefined
  const part = ownPart(async () => {
    const app = bareServer(service, { trustProxy })
    putGuards(app, guards())
    const { openOwnSurfaces } = await import('./own-surfaces.js')
    builtIn = openOwnSurfaces(app, ports())
    await app.ready()
    return app
  }, log)
  return {
    part,
    async startBuiltIn() {
      await part.opened()
      await builtIn?.startAll()
    },
  }
}

interface Guards extends Pick<Parts, 'recorder' | 'gate' | 'requested' | 'log'> {
  readonly options: RockpoolOptions
  readonly hosting: Hosting
  readonly names: Parameters<typeof ownNamesOnly>[1]
  readonly isThisMachine: ReturnType<typeof thisMachine>
  readonly secret: string
}

/** What every request passes before its route, in this order. */
function putGuards(
  app: FastifyInstance,
  { options, hosting, recorder, gate, requested, log, names, isThisMachine, secret }: Guards,
): void {
  tellPagesApart(app)
  withoutCookiesForHead(app)
  keepOwnCallsApart(app, { secret, log })
  recordHops(app, recorder)
  countRequests(app, recorder.numbers, isOperation)
  requested.follow(app, () => hosting.service.base)
  ownNamesOnly(app, names)
  guardControl(app, {
    control: options.control ?? 'local',
    token: options.controlToken,
    isThisMachine,
  })
  answerFailures(app, hosting, log)
  parseForms(app)
  behindTurnstile(app, gate)
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

/** What the surfaces of user pool domains share: the service, the page of a refusal, the page that posts a form. */
const hostingOf = (service: Service, recorder: FlightRecorder, flights: AllFlights): Hosting => ({
  service,
  errorPage: hostedErrorPage(service),
  postPage: hostedPostPage,
  async explanationOf(flightId, code) {
    const flight = recorder.flight(flightId) ?? (await flights.flight(flightId))
    return flight?.hops.flatMap(({ refusals }) => refusals).findLast(refusal => refusal.code === code)
  },
})

/** How the doctor asks what no configuration says. */
const instrumentsOf = (
  clock: MovableClock,
  { discover, metadata }: Federation,
  upstreams: () => readonly UpstreamProvider[],
  isThisMachine: ReturnType<typeof thisMachine>,
): Instruments => ({
  clock,
  discover,
  lookAtMetadata: metadata,
  upstreams,
  lookUp: leadsHere(isThisMachine),
})

/** The providers that are built in: those of the seeds. What they are is known when the base URL is: at the first request. */
function providersBuiltIn(seeds: readonly Seed[], service: Service): () => readonly UpstreamProvider[] {
  let known: readonly UpstreamProvider[] | undefined
  return () => {
    known ??= withStandIns(resolveSeeds(seeds, service).upstreams)
    return known
  }
}

const snapshotsIn = (shared: SharedStore | undefined, directory: string | undefined) =>
  shared !== undefined
    ? snapshotsInDatabase(shared.files)
    : directory === undefined
      ? snapshotsInMemory()
      : snapshotsInDirectory(directory)

/** Forgets what is remembered of a state when another one takes its place. */
const forgetting =
  ({ recorder, triggers }: Pick<Parts, 'recorder' | 'triggers'>, upstream: Federation) =>
  (): void => {
    recorder.clear()
    upstream.forget()
    // What functions remember of the old state ends with it.
    void triggers.forget()
  }

const stateOf = (
  service: Service,
  { clock, gate, seeding }: Pick<Parts, 'clock' | 'gate' | 'seeding'>,
  replaced: () => void,
): State =>
  createState({
    store: seeding.store,
    turnstile: gate,
    clock,
    chance: service.chance,
    version: packageVersion(),
    baseUrl: () => service.base,
    seeded: () => seeding.seeded(),
    replaced,
  })

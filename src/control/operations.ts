import { type AppClient, allowsFlow } from '../core/app-client.js'
import { messages, pools as poolRecords } from '../core/collections.js'
import type { DeliveredLog } from '../core/delivered-log.js'
import type { MovableClock } from '../core/movable-clock.js'
import { remove } from '../core/ports/store.js'
import type { TriggerReport } from '../core/ports/triggers.js'
import type { Diagnosis } from '../core/rules/doctor/diagnosis.js'
import type { UpstreamProvider, UpstreamUser } from '../core/upstream-provider.js'
import { type SentMessage, withText } from '../courier/plain-text.js'
import type { ExportFormat } from '../export/formats.js'
import { exported } from '../export/index.js'
import { belongingsOf } from '../flows/directory/belongings.js'
import { allPools } from '../flows/directory/directory.js'
import { type PoolSummary, summarisePools } from '../flows/directory/pool-summary.js'
import { registeredPools } from '../flows/directory/registered-pools.js'
import { examine, type Instruments } from '../flows/federation/examination.js'
import type { NewPerson } from '../flows/federation/upstream-people.js'
import type { Service } from '../flows/service.js'
import type { FetchSession } from '../http/own-origin-fetch.js'
import type { AllFlights } from '../recorder/all-flights.js'
import type { Flight, FlightSummary } from '../recorder/flight.js'
import type { FlightRecorder } from '../recorder/flight-recorder.js'
import type { NamedSnapshots } from '../state/named-snapshots.js'
import type { State } from '../state/state.js'
import type { Turnstile } from '../store/turnstile.js'
import { type SignInRequest, signInHeadless } from './headless/sign-in.js'
import { deliveredLogsOf, type WhichLogs } from './logs.js'
import { mintTokens, type Tokens, type ToMint } from './minting.js'
import { clientNamed, poolNamed } from './named.js'
import {
  addUser,
  type CreatedUser,
  exportedUsers,
  importUsers,
  type PortableUser,
  type UserToCreate,
  type UserToImport,
} from './people.js'
import { type GivenRiskRule, putRiskRules, shownRiskRules } from './risk.js'
import { preparedCall, type ToInvoke } from './trigger-calls.js'
import { addUpstreamUser, upstreamUsers, type WhichProvider } from './upstream-users.js'

/** Which pool and client: by name or id. What is left out is the only one there is. */
export interface Which {
  readonly pool?: string | undefined
  readonly client?: string | undefined
}

/** What tests, and the developer at this machine, may do with Rockpool that no app may. */
export interface Operations {
  readonly clock: MovableClock
  readonly state: State
  readonly snapshots: NamedSnapshots
  describePools(): Promise<readonly PoolSummary[]>
  createUser(pool: string | undefined, user: UserToCreate): Promise<CreatedUser>
  exportUsers(
    pool: string | undefined,
    options?: { readonly secrets?: boolean | undefined },
  ): Promise<PortableUser[]>
  importUsers(
    pool: string | undefined,
    users: readonly UserToImport[],
  ): Promise<{ readonly imported: number }>
  /** Adds a user to the built-in identity provider behind one of a pool, by the name of either. */
  addUpstreamUser(
    provider: string,
    user: NewPerson & WhichProvider,
  ): Promise<UpstreamUser & { readonly provider: string }>
  /** The users of a built-in identity provider: those who were added, the newest first, and those of the seed. */
  upstreamUsers(
    provider: string,
    which?: WhichProvider,
  ): Promise<{ readonly provider: string; readonly users: readonly UpstreamUser[] }>
  signIn(request: Which & SignInRequest): Promise<Tokens>
  mintTokens(request: Which & ToMint): Promise<Tokens>
  /** Calls the function of a trigger as it might be called. Nothing comes of its answer. */
  invokeTrigger(request: ToInvoke): Promise<TriggerReport>
  /** The oldest first. */
  messages(filter?: { readonly username?: string | undefined }): Promise<SentMessage[]>
  clearMessages(filter?: { readonly username?: string | undefined }): Promise<number>
  /** Log entries that would have been delivered, the oldest first. */
  logs(filter?: WhichLogs): Promise<DeliveredLog[]>
  /** The rules by which threat protection judges; the first that applies counts. */
  riskRules(): Promise<GivenRiskRule[]>
  /** Sets them, in the place of those before. */
  setRiskRules(rules: readonly GivenRiskRule[]): Promise<GivenRiskRule[]>
  /** How many processes share the state, this one included. */
  processes(): Promise<number>
  /** Whether the store answers, within two seconds. */
  isReady(): Promise<boolean>
  /** What will go wrong, the worst first; about one pool, by name or id, or about all. */
  doctor(pool?: string | undefined): Promise<Diagnosis[]>
  /** Pools as text that makes them again: one, by name or id, or all. */
  exportPools(format: ExportFormat, what?: ToExport): Promise<string>
  /** The flights of this process, the newest first. */
  flights(page?: { readonly limit?: number | undefined }): FlightSummary[]
  flight(id: string): Flight | undefined
  /** The flights of all processes that share the state. */
  readonly allFlights: AllFlights
}

/** What an export holds besides the configuration. */
export interface ToExport {
  readonly pool?: string | undefined
  readonly secrets?: boolean | undefined
  /** Whether users are written as well; a seed alone can have them. */
  readonly users?: boolean | undefined
}

export interface OperationPorts {
  readonly service: Service
  readonly recorder: FlightRecorder
  readonly allFlights: AllFlights
  readonly processes: Operations['processes']
  readonly turnstile: Turnstile
  readonly clock: MovableClock
  readonly state: State
  readonly snapshots: NamedSnapshots
  /** How an app and a browser reach the pools. */
  readonly openSession: () => FetchSession
  readonly instruments: Instruments
  /** The built-in identity providers. */
  readonly upstreams: () => readonly UpstreamProvider[]
}

/** Milliseconds in which a store that can serve has answered. */
const soon = 2000

async function answersInTime(asked: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>(resolve => {
    timer = setTimeout(() => resolve(false), soon)
  })
  try {
    return await Promise.race([
      asked.then(
        () => true,
        () => false,
      ),
      late,
    ])
  } finally {
    clearTimeout(timer)
  }
}

export function createOperations(ports: OperationPorts): Operations {
  const { service, recorder, clock, state, snapshots, openSession, upstreams } = ports
  const { among } = ports.turnstile
  const found = async (filter: { readonly username?: string | undefined } = {}) =>
    filter.username === undefined
      ? service.store.list(messages, { limit: Number.MAX_SAFE_INTEGER })
      : service.store.lookup(messages, 'username', filter.username)

  return {
    clock,
    state,
    snapshots,
    describePools: () => among(() => summarisePools(service)),
    createUser: (pool, user) => among(async () => addUser(service, await poolNamed(service, pool), user)),
    exportUsers: (pool, options = {}) =>
      among(async () => exportedUsers(service, await poolNamed(service, pool), options)),
    importUsers: (pool, users) =>
      among(async () => importUsers(service, await poolNamed(service, pool), users)),
    addUpstreamUser: (provider, user) => among(() => addUpstreamUser(service, upstreams, provider, user)),
    upstreamUsers: (provider, which = {}) => among(() => upstreamUsers(service, upstreams, provider, which)),

    async signIn(request) {
      const which = await among(() => poolAndClient(service, request, client => allowsFlow(client, 'code')))
      // Its requests are work on the state, each by itself, as those of an app are.
      const session = openSession()
      try {
        return await signInHeadless(service, session.fetch, which, request)
      } finally {
        await session.close()
      }
    },

    mintTokens: request =>
      among(async () => {
        const isMachine = request.username === undefined
        const suits = (client: AppClient) => allowsFlow(client, 'client_credentials') === isMachine
        const { pool, client } = await poolAndClient(service, request, suits)
        return mintTokens(service, pool, client, request)
      }),

    async invokeTrigger(request) {
      const call = await among(() => preparedCall(service, request))
      return call()
    },

    messages: filter =>
      among(async () => Promise.all((await found(filter)).map(({ record }) => withText(record)))),
    clearMessages: filter =>
      among(async () => {
        const cleared = await found(filter)
        await service.store.commit(...cleared.map(({ key }) => remove(messages, key)))
        return cleared.length
      }),
    logs: (filter = {}) => among(() => deliveredLogsOf(service, filter)),
    riskRules: () => among(() => shownRiskRules(service)),
    setRiskRules: rules => among(() => putRiskRules(service, rules)),
    processes: ports.processes,
    isReady: () => answersInTime(service.store.list(poolRecords, { limit: 1 })),
    async doctor(named) {
      const { patients, pool } = await among(async () => ({
        patients: await registeredPools(service),
        pool: named === undefined ? undefined : await poolNamed(service, named),
      }))
      return examine(service, ports.instruments, { patients, pool })
    },
    exportPools: (format, { pool, secrets, users } = {}) =>
      among(async () => {
        const pools = pool === undefined ? await allPools(service) : [await poolNamed(service, pool)]
        const ordered = pools.toSorted((one, other) => one.createdAt - other.createdAt)
        const withUsers = users === true && format === 'seed'
        const belongings = await Promise.all(ordered.map(one => belongingsOf(service, one, { withUsers })))
        return exported(belongings, format, { base: service.base, secrets })
      }),
    flights: ({ limit = 50 } = {}) => recorder.flights({ limit }),
    flight: id => recorder.flight(id),
    allFlights: ports.allFlights,
  }
}

async function poolAndClient(service: Service, which: Which, suits: (client: AppClient) => boolean) {
  const pool = await poolNamed(service, which.pool)
  return { pool, client: await clientNamed(service, pool, which.client, suits) }
}

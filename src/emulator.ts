import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { applySeeds } from './config/seed/apply.js'
import { changeSeeds } from './config/seed/change.js'
import type { Seed } from './config/seed/shape.js'
import { seedWarnings } from './config/seed/warnings.js'
import { movableClock } from './core/movable-clock.js'
import type { Clock } from './core/ports/clock.js'
import { startChores } from './emulator/chores.js'
import type { Rockpool, RockpoolOptions } from './emulator/options.js'
import { keySourceOf, openStore } from './emulator/resources.js'
import { rememberSeeded, type Seeding, seededImage } from './emulator/seeding.js'
import { serverOf } from './emulator/server.js'
import { sharedClock } from './emulator/shared-clock.js'
import { systemChance, systemClock } from './emulator/system.js'
import { givenTriggers, triggersOf, triggersOfSeeds } from './emulator/triggers.js'
import {
  type PoolSummary,
  summarisePools,
  summaryOf as summaryOfPool,
} from './flows/directory/pool-summary.js'
import { type RegisteredPool, registeredPools } from './flows/directory/registered-pools.js'
import { doctorsWarnings } from './flows/federation/examination.js'
import type { Service } from './flows/service.js'
import { connections } from './http/connections.js'
import { evidenceOf } from './http/request-evidence.js'
import { requestedOrigin } from './http/requested-origin.js'
import { parseUrl } from './lib/url.js'
import { allFlights, answerAboutFlights } from './recorder/all-flights.js'
import { createFlightRecorder } from './recorder/flight-recorder.js'
import { memoryStore } from './store/memory.js'
import type { News } from './store/postgres-news.js'
import { behind, turnstile } from './store/turnstile.js'
import { createAuthority } from './tls/authority.js'
import { createSigningKeys } from './tokens/signing-keys.js'
import { missingFunctions, strayTriggers } from './triggers/pool-triggers.js'

export type { Rockpool, RockpoolOptions } from './emulator/options.js'

/**
 * Starts a Rockpool: configuration in, a listening server out. It answers as soon as the promise resolves; signing
 * keys and the endpoints of identity providers are seen to in the background.
 *
 * Throws when the port is taken (Node's `EADDRINUSE`), the data directory cannot be used (`DataDirectoryError`), or a
 * seed has mistakes (`SeedError`), or a handler is given for a trigger that is never called.
 */
export async function startRockpool(options: RockpoolOptions = {}): Promise<Rockpool> {
  const { host = '127.0.0.1', port = 7665, log = () => {}, clock: below = systemClock } = options
  let { seeds = [] } = options
  const opened = await openState(options, below, log)
  const { store, clock, hear } = opened
  const recording = openRecorder(opened, log)
  const { recorder } = recording
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
    evidence: () => evidenceOf(requested.request(), systemChance),
  }
  const seeding: Seeding = { store, seeded: () => seededImage(service, seeds) }
  const links = connections()
  const around = { links, below, gate, seeding, address, requested, triggers, log }
  const parts = { ...around, ...recording, clock, shared: opened.shared }
  const { app, upstream, operations, startBuiltIn, forget } = serverOf(service, options, parts)
  hear(() => {
    gate.displace()
    forget()
  })
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
  const pools = await registeredPools(service)
  await warn(service, options, { seeds, pools })
  const stopChores = startChores(service, {
    upstream,
    startBuiltIn,
    keySource,
    stocksKeys: options.keyStock !== undefined,
    log,
  })
  return {
    baseUrl: service.base,
    address,
    pools: pools.map(pool => summaryOfPool(service, pool)),
    operations,
    async changeSeeds(after) {
      const told = await changeSeeds(service, { before: seeds, after }, service)
      seeds = after
      if (options.dataDir === undefined) seeding.seeded = () => seededImage(service, after)
      await triggers.forget()
      return told
    },
    async close(how) {
      // First: what they ask of ourselves would find nobody any more, and be warned of.
      const chores = stopChores()
      if (how !== undefined) await links.drain({ patience: how.patience, linger: lingerTime })
      await chores
      await app.close()
      await triggers.close()
      await store.close()
      await keySource.close()
    },
  }
}

/** The store and the clock, which other processes may share. */
async function openState(options: RockpoolOptions, below: Clock, log: (line: string) => void) {
  const ownClock = movableClock(below)
  let replaced = (): void => {}
  let answering = (_question: unknown): unknown => undefined
  const move = async (state: unknown): Promise<number> => opened.shared?.moveClock(state) ?? 0
  const shared = sharedClock(ownClock, { move, lost: log })
  const heard = ({ replaced: isReplaced, clock }: News): void => {
    if (isReplaced) replaced()
    if (clock !== undefined) shared.heard(clock)
  }
  const opened = await openStore(options.dataDir, ownClock, {
    heard,
    asked: question => answering(question),
    log,
  })
  return {
    store: opened.store,
    clock: opened.shared === undefined ? ownClock : shared.clock,
    shared: opened.shared,
    /** @param then is called when another process put another state in the place of ours */
    hear(then: () => void): void {
      replaced = then
    },
    /** @param how answers what another process asks about this one */
    answer(how: (question: unknown) => unknown): void {
      answering = how
    },
  }
}

/** Logs what will go wrong, as far as the configuration shows it. */
async function warn(
  service: Service,
  options: RockpoolOptions,
  { seeds, pools }: { readonly seeds: readonly Seed[]; readonly pools: readonly RegisteredPool[] },
): Promise<void> {
  const { log = () => {} } = options
  for (const line of seedWarnings(seeds.flatMap(({ UserPools }) => UserPools))) log(line)
  for (const line of doctorsWarnings(pools, service)) log(line)
  for (const line of strayTriggers(
    options.triggers ?? {},
    pools.map(({ pool }) => pool),
  ))
    log(line)
  for (const source of [givenTriggers(options), ...triggersOfSeeds(seeds, service)])
    for (const line of missingFunctions(source)) log(line)
}

/** The recorder of this process, and the flights of all that share its state. */
function openRecorder(
  { clock, shared, answer }: Pick<Awaited<ReturnType<typeof openState>>, 'clock' | 'shared' | 'answer'>,
  log: (line: string) => void,
) {
  const isShared = shared !== undefined
  const recorder = createFlightRecorder({ clock, chance: systemChance, log, system: systemClock, isShared })
  answer(question => answerAboutFlights(recorder, question))
  return { recorder, flights: allFlights(recorder, shared?.ask) }
}

/** Milliseconds in which a request that crossed our good-bye arrives. */
const lingerTime = 250

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

/** As browsers and libraries write it, without a port that goes without saying: tokens and discovery are compared with that. */
function baseUrlOf(given: string | undefined, port: number): string {
  const written = given ?? `http://localhost:${port}`
  const url = parseUrl(written)
  return (url === undefined ? written : `${url.origin}${url.pathname}`).replace(/\/+$/, '')
}

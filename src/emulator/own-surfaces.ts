import type { FastifyInstance } from 'fastify'
import { uploads } from '../api/index.js'
import type { Console } from '../console/console.js'
import { webConsole } from '../console/index.js'
import { authEventTokens } from '../control/auth-events.js'
import { authorityCertificate } from '../control/authority.js'
import { control } from '../control/control.js'
import { metrics } from '../control/metrics.js'
import type { Operations } from '../control/operations.js'
import type { Clock } from '../core/ports/clock.js'
import { journeyOf } from '../demo-app/journey.js'
import { letIn, registeredApps } from '../demo-app/registered-apps.js'
import { relyingParty } from '../demo-app/relying-party.js'
import { appSessionsIn } from '../flows/app-sessions.js'
import type { Fetch } from '../http/own-origin-fetch.js'
import { pageAssets } from '../pages/index.js'
import type { FlightRecorder } from '../recorder/flight-recorder.js'
import type { Authority } from '../tls/authority.js'
import { type Zoo, zoo } from '../zoo/index.js'

/** What the surfaces that are Rockpool's own work with: the console's ports, and more. */
export interface OwnPorts extends Console {
  /** The clock below, which nobody moves, and when by it Rockpool was started. */
  readonly below: Clock
  readonly startedAt: number
  readonly version: string
  readonly operations: Operations
  readonly recorder: FlightRecorder
  readonly authority: Authority
  /** How the built-in app reaches the pools. */
  readonly fetch: Fetch
  readonly log: (line: string) => void
}

/**
 * Opens the surfaces that are Rockpool's own on a server with its guards: everything below `/_rockpool`, and the front page.
 * @returns the built-in identity providers
 */
export function openOwnSurfaces(app: FastifyInstance, ports: OwnPorts): Zoo {
  const { service, below: clock, startedAt, version, operations, recorder, authority, log } = ports
  const baseUrl = () => service.base
  pageAssets(app, service)
  uploads(app, service)
  openDemoApp(app, ports)
  control(app, { operations, clock, startedAt, version, baseUrl })
  webConsole(app, ports)
  authEventTokens(app, { service, baseUrl })
  authorityCertificate(app, authority.certificate)
  metrics(app, { counts: recorder.numbers, baseUrl })
  return zoo(app, { service, log, providers: ports.upstream.builtIn })
}

/** The built-in app, as far as it knows more than an app would. */
function openDemoApp(app: FastifyInstance, { service, fetch, flights, clock }: OwnPorts): void {
  relyingParty(app, {
    service,
    fetch,
    apps: () => registeredApps(service),
    letIn: client => letIn(service, client),
    sessions: appSessionsIn(service),
    async journey(state) {
      const flight = await flights.flightOf(`state:${state}`)
      return flight && journeyOf(flight)
    },
    aheadSeconds: () => clock.aheadSeconds,
  })
}

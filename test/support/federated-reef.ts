import { randomBytes, randomUUID } from 'node:crypto'
import formbody from '@fastify/formbody'
import Fastify from 'fastify'
import { decodeJwt } from 'jose'
import type { Test } from 'tap'
import { applySeeds } from '../../src/config/seed/apply.js'
import { seedOf } from '../../src/config/seed/read.js'
import { control } from '../../src/control/control.js'
import type { Operations } from '../../src/control/operations.js'
import * as collections from '../../src/core/collections.js'
import { keyOf, type Store } from '../../src/core/ports/store.js'
import { type FederationOptions, federation } from '../../src/federation/index.js'
import type { Service } from '../../src/flows/service.js'
import { serveHosted } from '../../src/http/hosted-answers.js'
import type { Hosting } from '../../src/http/hosted-refusals.js'
import { keepOwnCallsApart } from '../../src/http/own-calls.js'
import { ownOriginFetch } from '../../src/http/own-origin-fetch.js'
import { recordHops } from '../../src/http/record-hops.js'
import { authorizationServer, oauth } from '../../src/oauth/index.js'
import { allFlights } from '../../src/recorder/all-flights.js'
import type { Flight, FlightSummary } from '../../src/recorder/flight.js'
import { createFlightRecorder } from '../../src/recorder/flight-recorder.js'
import { memoryStore } from '../../src/store/memory.js'
import { createSigningKeys } from '../../src/tokens/signing-keys.js'
import { aBrowser, type Browser } from './browser.js'
import { inProcessTriggers } from './in-process-triggers.js'
import { signingKeys } from './keys.js'

export const callback = 'https://app.example/cb'
export const upstreamClient = {
  clientId: 'our-client',
  clientSecret: 'our-secret-at-the-provider-0123456789',
}

/** A provider of the pool under test, in a seed's words. */
export const provider = (
  ProviderName: string,
  details: Record<string, string>,
  AttributeMapping = mapping,
) => ({
  ProviderName,
  ProviderType: 'OIDC',
  ProviderDetails: {
    client_id: upstreamClient.clientId,
    client_secret: upstreamClient.clientSecret,
    authorize_scopes: 'openid email profile',
    attributes_request_method: 'GET',
    ...details,
  },
  AttributeMapping,
})

export const mapping: Record<string, string> = { email: 'email', given_name: 'given_name' }

export type ProviderSeed = ReturnType<typeof provider>

const SigningKeys = await signingKeys()

/** A seed with one pool, `reef`, whose one client enables the providers. */
export const reef = (
  providers: readonly ProviderSeed[],
  Schema: readonly { readonly Name: string; readonly [member: string]: unknown }[] = [],
) => ({
  UserPools: [
    {
      PoolName: 'reef',
      Id: 'us-east-1_Reef00001',
      Domain: 'reef',
      SigningKeys,
      UsernameConfiguration: { CaseSensitive: false },
      ...(Schema.length === 0 ? {} : { Schema }),
      IdentityProviders: providers,
      Clients: [
        {
          ClientName: 'app',
          ClientId: 'appatreef',
          CallbackURLs: [callback],
          AllowedOAuthFlowsUserPoolClient: true,
          AllowedOAuthFlows: ['code', 'implicit'],
          AllowedOAuthScopes: ['openid', 'email', 'profile'],
          SupportedIdentityProviders: ['COGNITO', ...providers.map(({ ProviderName }) => ProviderName)],
          WriteAttributes: [
            'email',
            'given_name',
            ...Schema.flatMap(({ Name }) =>
              Name === 'token' ? ['custom:token'] : Name === 'email' ? [] : [Name],
            ),
          ],
        },
      ],
    },
  ],
})

/**
 * Rockpool as far as it takes to sign in through a provider. Its clock is moved, it takes silence for an answer where
 * `time.silentAt` says so, and its store can be looked into.
 */
export async function aReef(
  t: Test,
  seed: object,
  { kept, baseUrl, types }: { kept?: Store; baseUrl?: string; types?: FederationOptions['types'] } = {},
) {
  const time: { ahead: number; silentAt?: string } = { ahead: 0 }
  const clock = { now: () => Date.now() + time.ahead }
  const chance = { bytes: randomBytes, uuid: randomUUID }
  const store = kept ?? memoryStore(clock)
  const log: string[] = []
  const recorder = createFlightRecorder({ clock, chance, log: line => log.push(line) })
  const app = Fastify()
  t.teardown(() => app.close())
  const service: Service & { base: string } = {
    clock,
    chance,
    store,
    recorder,
    keys: createSigningKeys(store),
    triggers: inProcessTriggers({}),
    base: '',
  }
  keepOwnCallsApart(app, { secret: 'ours', log: line => log.push(line) })
  recordHops(app, recorder)
  await app.register(formbody)
  control(app, {
    operations: { allFlights: allFlights(recorder, undefined) } as Operations,
    clock,
    startedAt: clock.now(),
    version: 'test',
    baseUrl: () => service.base,
  })
  const hosting: Hosting = {
    service,
    errorPage: async ({ message }) => `<h1>${message}</h1>`,
    postPage: view => JSON.stringify(view),
    explanationOf: async () => undefined,
  }
  const warnings: string[] = []
  const address = { host: '127.0.0.1', port: 0 }
  const server = authorizationServer(service)
  const { call, close: closeFetch } = ownOriginFetch(
    () => ({
      base: service.base,
      address,
      hosts: async () => new Set(),
      certificate: async () => '',
      secret: 'ours',
    }),
    recorder,
  )
  t.teardown(closeFetch)
  const upstream = federation(hosting, {
    server,
    // Where the provider keeps silent, patience is over at once; elsewhere a slow machine has all the time it needs.
    send: (url, init) =>
      time.silentAt !== undefined && new URL(String(url)).pathname === time.silentAt
        ? call(url, { ...init, signal: AbortSignal.timeout(1) })
        : call(url, init),
    warn: sentence => warnings.push(sentence),
    timeoutMs: 30_000,
    ...(types && { types }),
  })
  serveHosted(app, [...upstream.answers, ...oauth(app, hosting, { server, upstream })])
  const listening = await app.listen({ port: 0, host: '127.0.0.1' })
  address.port = Number(new URL(listening).port)
  service.base = baseUrl ?? listening
  await applySeeds({ clock, chance, store }, [seedOf(seed)], { base: service.base })
  const { base } = service

  return {
    base,
    time,
    store,
    log,
    warnings,
    upstream,
    /** The address that begins a sign-in through a provider. */
    authorize: (identity_provider: string, more: Record<string, string> = {}) =>
      `${base}/reef/oauth2/authorize?${new URLSearchParams({
        client_id: 'appatreef',
        redirect_uri: callback,
        response_type: 'code',
        scope: 'openid email',
        state: 'the-state-of-the-app',
        identity_provider,
        ...more,
      })}`,
    users: async () => (await store.list(collections.users, { limit: 100 })).map(({ record }) => record),
    provider: async (name: string) =>
      (await store.get(collections.identityProviders, keyOf('us-east-1_Reef00001', name)))?.record,
    /** The flight that was heard of last, and all that it says. */
    async flight(): Promise<Flight> {
      const read = async (path: string): Promise<unknown> => (await fetch(`${base}/_rockpool/${path}`)).json()
      const { flights } = (await read('flights')) as { flights: FlightSummary[] }
      const [last] = flights.toSorted((one, other) => (one.lastAt < other.lastAt ? 1 : -1))
      return (await read(`flights/${last?.id}`)) as Flight
    },
  }
}

export type Reef = Awaited<ReturnType<typeof aReef>>

export const notesOf = (flight: Flight, kind: string): Record<string, unknown>[] =>
  flight.hops
    .flatMap(({ notes }) => notes)
    .filter(note => note.kind === kind)
    .map(({ detail }) => detail as Record<string, unknown>)

/** Signs in and answers what the app is told. */
export async function signIn(rockpool: Reef, name: string, browser: Browser = aBrowser()) {
  const arrival = await browser.follow(rockpool.authorize(name), callback)
  return { ...arrival, outcome: Object.fromEntries(arrival.url.searchParams) }
}

/** The app is given a code, and its state as it was. */
export const isSignedIn = (t: Test, { outcome }: Awaited<ReturnType<typeof signIn>>) => {
  t.match(outcome, { code: /^[\w-]{36}$/, state: 'the-state-of-the-app' })
  t.notOk(outcome.error)
}

/** Exchanges a code as the app does; the claims of the ID token. */
export async function idTokenClaims({ base }: Reef, code = ''): Promise<Record<string, unknown>> {
  const response = await fetch(`${base}/reef/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: 'appatreef',
      redirect_uri: callback,
      code,
    }),
  })
  const { id_token } = (await response.json()) as { id_token: string }
  return decodeJwt(id_token)
}

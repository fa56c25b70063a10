import { Readable } from 'node:stream'
import type { MovableClock } from '../core/movable-clock.js'
import { exportFormats } from '../export/formats.js'
import { isUnwell } from '../flows/federation/examination.js'
import {
  boolean,
  document,
  documented,
  either,
  integer,
  list,
  map,
  oneOf,
  required,
  string,
  structure,
} from '../lib/shape.js'
import { snapshotName } from '../state/named-snapshots.js'
import { type Route, route } from './route.js'
import { Unmet, unknown } from './unmet.js'

const text = string()
const name = { name: required(string({ pattern: snapshotName })) }
const pool = documented('Name or id of a pool; may be left out where there is only one.', text)
const client = documented('Name or id of a client; may be left out where only one suits.', text)
const scopes = documented('Those that the client allows, unless said otherwise.', list(text))
const texts = map(text, text)
const secrets = documented('Whether the answer shows secrets as well.', boolean())
const time = documented(
  'A text like "2030-01-31T12:00:00Z", or milliseconds since 1970.',
  either(text, integer()),
)

const clockAnswer = structure({
  now: required(documented('ISO 8601.', text)),
  frozen: required(boolean()),
  aheadSeconds: required(documented('Compared with the system.', integer())),
})
const told = ({ state, now, aheadSeconds }: MovableClock) => ({
  now: new Date(now()).toISOString(),
  frozen: state.frozenAt !== undefined,
  aheadSeconds,
})

const tokens = structure({
  accessToken: required(text),
  idToken: text,
  refreshToken: text,
  expiresIn: required(integer()),
  claims: required(structure({ access: required(document()), id: document() })),
})

const hash = string({ pattern: '[0-9a-f]{64}' })

const portableUser = {
  username: required(string({ min: 1, max: 128 })),
  sub: string({ min: 1, max: 2048 }),
  status: {
    type: 'string',
    enum: ['UNCONFIRMED', 'CONFIRMED', 'FORCE_CHANGE_PASSWORD', 'RESET_REQUIRED', 'EXTERNAL_PROVIDER'],
  },
  enabled: boolean(),
  attributes: texts,
  groups: list(text),
  identities: list(document()),
  verifier: documented(
    'The password as it is kept; good in pools whose id ends alike.',
    structure({
      salt: required(string({ pattern: '[0-9a-f]{32}' })),
      x: documented("SRP's private value; or else the two that follow.", hash),
      srp: string({ pattern: '[0-9a-f]+' }),
      check: hash,
      pool: required(text),
      temporary: required(boolean()),
      setAt: required(integer()),
    }),
  ),
  mfa: documented(
    'The second factors, with the secret of an authenticator app.',
    structure({
      enabled: required(list(oneOf('SMS_MFA', 'SOFTWARE_TOKEN_MFA', 'EMAIL_OTP'))),
      preferred: oneOf('SMS_MFA', 'SOFTWARE_TOKEN_MFA', 'EMAIL_OTP'),
      softwareToken: structure({
        secret: required(string({ pattern: '[A-Z2-7]+' })),
        friendlyDeviceName: text,
      }),
      offeredSecret: text,
    }),
  ),
  createdAt: integer(),
  modifiedAt: integer(),
} as const

const poolList = structure({ pools: required(list(document())) })
const nothing = structure({})

const about: readonly Route[] = [
  route({
    method: 'GET',
    path: '/health',
    summary: 'Says whether it is up, to every machine.',
    isPublic: true,
    // It is up while the state is replaced, too.
    outside: true,
    answer: structure({
      status: required(text),
      version: required(text),
      uptimeSeconds: required(integer()),
    }),
    handle: ({ version, clock, startedAt }) => ({
      status: 'ok',
      version,
      uptimeSeconds: Math.floor((clock.now() - startedAt) / 1000),
    }),
  }),
  route({
    method: 'GET',
    path: '/state',
    summary: 'Describes this Rockpool: the base URL, the clock, the names of pools and of kept snapshots.',
    answer: structure({
      version: required(text),
      baseUrl: required(text),
      clock: required(clockAnswer),
      pools: required(list(text)),
      snapshots: required(list(text)),
    }),
    handle: async ({ version, baseUrl, operations }) => ({
      version,
      baseUrl,
      clock: told(operations.clock),
      pools: (await operations.describePools()).map(({ name }) => name),
      snapshots: await operations.snapshots.names(),
    }),
  }),
  route({
    method: 'GET',
    path: '/pools',
    summary: 'Describes the pools, with issuers, domains, and clients with their secrets.',
    answer: poolList,
    handle: async ({ operations }) => ({ pools: await operations.describePools() }),
  }),
]

const doctor: readonly Route[] = [
  route({
    method: 'GET',
    path: '/doctor',
    summary:
      'Says what will go wrong, the worst first: it reads the configuration of pools, asks their providers, and looks up names.',
    outside: true,
    query: { pool: documented('Name or id of a pool; without it, all are examined.', text) },
    answer: structure({
      healthy: required(documented('Whether there is nothing but hints.', boolean())),
      diagnoses: required(
        list(
          structure({
            rule: required(documented("The rule's name, for scripts: it does not change.", text)),
            severity: required(oneOf('error', 'warning', 'hint')),
            pool: documented("The pool's name; absent where Rockpool as a whole is meant.", text),
            path: required(documented('What has to change, from the pool on.', list(text))),
            because: required(text),
            remedy: required(text),
          }),
        ),
      ),
    }),
    async handle({ operations }, { pool }) {
      const diagnoses = await operations.doctor(pool)
      return { healthy: !isUnwell(diagnoses), diagnoses }
    },
  }),
]

const exports: readonly Route[] = [
  route({
    method: 'GET',
    path: '/export',
    summary: 'Writes pools as a seed, a template, a configuration, or calls that make them again.',
    query: {
      format: documented('seed, unless said otherwise.', oneOf(...exportFormats)),
      pool: documented('Name or id of a pool; without it, all are written.', text),
      secrets,
      users: documented('Whether a seed has the users too, without their passwords.', boolean()),
    },
    answer: structure({ format: required(text), text: required(text) }),
    handle: async ({ operations }, { format = 'seed', ...what }) => ({
      format,
      text: await operations.exportPools(format, what),
    }),
  }),
]

const state: readonly Route[] = [
  route({
    method: 'POST',
    path: '/reset',
    summary: 'Begins anew: the seeds, and the clock as at the start.',
    outside: true,
    answer: poolList,
    async handle({ operations }) {
      await operations.state.reset()
      return { pools: await operations.describePools() }
    },
  }),
  route({
    method: 'GET',
    path: '/snapshot',
    summary:
      'Takes a snapshot of the whole state, as a document. Without secrets it says what it leaves out.',
    outside: true,
    query: { secrets },
    answer: document(),
    handle: async ({ operations }, { secrets = false }) =>
      Readable.from((await operations.state.snapshot()).text({ secrets })),
  }),
  {
    ...route({
      method: 'POST',
      path: '/restore',
      summary: 'Puts the snapshot that is sent in the place of the state.',
      // Some million users. It is read as it comes in.
      bodyLimit: 2 ** 32,
      outside: true,
      answer: poolList,
      async handle({ operations }, snapshot: unknown) {
        await operations.state.restore(snapshot as AsyncIterable<Uint8Array>)
        return { pools: await operations.describePools() }
      },
    }),
    body: documented('A document as GET /_rockpool/snapshot gives it.', document()),
  },
  route({
    method: 'GET',
    path: '/snapshots',
    summary: 'Lists the snapshots that are kept, in memory or below the data directory.',
    answer: structure({ snapshots: required(list(text)) }),
    handle: async ({ operations }) => ({ snapshots: await operations.snapshots.names() }),
  }),
  route({
    method: 'PUT',
    path: '/snapshots/{name}',
    summary: 'Takes a snapshot, secrets included, and keeps it under a name.',
    outside: true,
    parameters: name,
    answer: structure({ name: required(text), takenAt: required(text) }),
    async handle({ operations }, { name }) {
      const snapshot = await operations.state.snapshot()
      await operations.snapshots.keep(name, snapshot)
      return { name, takenAt: snapshot.takenAt }
    },
  }),
  route({
    method: 'POST',
    path: '/snapshots/{name}/restore',
    summary: 'Puts the snapshot of this name in the place of the state.',
    outside: true,
    parameters: name,
    answer: poolList,
    async handle({ operations }, { name }) {
      const snapshot = await operations.snapshots.find(name)
      if (snapshot === undefined) throw unknown('snapshot', name, await operations.snapshots.names())
      await operations.state.restore(snapshot)
      return { pools: await operations.describePools() }
    },
  }),
  route({
    method: 'DELETE',
    path: '/snapshots/{name}',
    summary: 'Forgets the snapshot of this name.',
    parameters: name,
    answer: nothing,
    async handle({ operations }, { name }) {
      if (!(await operations.snapshots.forget(name)))
        throw unknown('snapshot', name, await operations.snapshots.names())
      return {}
    },
  }),
]

const clock: readonly Route[] = [
  route({
    method: 'GET',
    path: '/clock',
    summary: 'Tells the time that codes, sessions, tokens and passwords are measured by.',
    answer: clockAnswer,
    handle: ({ operations }) => told(operations.clock),
  }),
  route({
    method: 'POST',
    path: '/clock/advance',
    summary: 'Moves the clock on by the sum of the given units; negative numbers move it back.',
    body: {
      days: integer(),
      hours: integer(),
      minutes: integer(),
      seconds: integer(),
      milliseconds: integer(),
    },
    answer: clockAnswer,
    handle({ operations }, by) {
      if (Object.keys(by).length === 0) throw new Unmet('Say by how much: {"minutes": 61}.')
      operations.clock.advance(by)
      return told(operations.clock)
    },
  }),
  route({
    method: 'POST',
    path: '/clock/freeze',
    summary: 'Makes the clock stand, now or at the time given.',
    body: { at: time },
    answer: clockAnswer,
    handle({ operations }, { at }) {
      operations.clock.freeze(at)
      return told(operations.clock)
    },
  }),
  route({
    method: 'POST',
    path: '/clock/resume',
    summary: 'Lets the clock go on from where it stands.',
    answer: clockAnswer,
    handle({ operations }) {
      operations.clock.resume()
      return told(operations.clock)
    },
  }),
  route({
    method: 'POST',
    path: '/clock/set',
    summary: 'Moves the clock to a time.',
    body: { to: required(time) },
    answer: clockAnswer,
    handle({ operations }, { to }) {
      operations.clock.set(to)
      return told(operations.clock)
    },
  }),
  route({
    method: 'POST',
    path: '/clock/reset',
    summary: 'Lets the clock go with the system again.',
    answer: clockAnswer,
    handle({ operations }) {
      operations.clock.reset()
      return told(operations.clock)
    },
  }),
]

const people: readonly Route[] = [
  route({
    method: 'POST',
    path: '/users',
    summary: 'Makes a user; without a password they get one that conforms, and the answer tells it.',
    body: {
      pool,
      username: required(string({ min: 1, max: 128 })),
      password: documented('A permanent one.', text),
      temporaryPassword: documented('Has to be replaced at the first sign-in.', text),
      attributes: map(text, either(text, boolean(), integer())),
      groups: list(text),
      sub: string({ min: 1, max: 2048 }),
      totpSecret: documented(
        'The secret of an authenticator app, whose codes are asked for from then on.',
        string({ min: 16, max: 128, pattern: '[A-Z2-7]+' }),
      ),
    },
    answer: structure({
      username: required(text),
      sub: required(text),
      status: required(text),
      password: required(text),
      attributes: required(texts),
    }),
    handle: ({ operations }, { pool, ...user }) => operations.createUser(pool, user),
  }),
  route({
    method: 'GET',
    path: '/users',
    summary: 'Exports the users of a pool with their sub; with secrets, their passwords as they are kept.',
    query: { pool, secrets },
    answer: structure({ users: required(list(structure(portableUser))) }),
    handle: async ({ operations }, { pool, secrets }) => ({
      users: await operations.exportUsers(pool, { secrets }),
    }),
  }),
  route({
    method: 'POST',
    path: '/users/import',
    summary: 'Imports users as they were exported, all or none; plain passwords do as well.',
    bodyLimit: 67_108_864,
    body: {
      pool,
      users: required(list(structure({ ...portableUser, password: text, temporaryPassword: text }))),
    },
    answer: structure({ imported: required(integer()) }),
    handle: ({ operations }, { pool, users }) => operations.importUsers(pool, users as never),
  }),
  route({
    method: 'POST',
    path: '/sign-in',
    summary: 'Signs a user in through the hosted pages, as an app and a browser do, and verifies the tokens.',
    outside: true,
    body: {
      pool,
      client,
      username: required(text),
      password: required(text),
      provider: documented('The identity provider to go through.', text),
      newPassword: documented('Takes the place of a temporary one.', text),
      attributes: documented('For a page that asks for missing ones.', texts),
      scopes,
    },
    answer: tokens,
    handle: ({ operations }, request) => operations.signIn(request),
  }),
  route({
    method: 'POST',
    path: '/tokens',
    summary: 'Mints tokens without a sign-in; without a username, those of a machine.',
    body: { pool, client, username: text, scopes },
    answer: tokens,
    handle: ({ operations }, request) => operations.mintTokens(request),
  }),
]

const seen: readonly Route[] = [
  route({
    method: 'GET',
    path: '/messages',
    summary: 'Lists mail and text messages with their codes, the oldest first.',
    query: { username: text },
    answer: structure({ messages: required(list(document())) }),
    handle: async ({ operations }, filter) => ({ messages: await operations.messages(filter) }),
  }),
  route({
    method: 'DELETE',
    path: '/messages',
    summary: 'Deletes the messages in the outbox, or those to one user.',
    query: { username: text },
    answer: structure({ cleared: required(integer()) }),
    handle: async ({ operations }, filter) => ({ cleared: await operations.clearMessages(filter) }),
  }),
  route({
    method: 'GET',
    path: '/flights',
    summary: 'Lists what happened, sign-in by sign-in, the newest first.',
    query: { limit: integer({ min: 1, max: 999_999 }) },
    answer: structure({ flights: required(list(document())) }),
    handle: ({ operations }, page) => ({ flights: operations.flights(page) }),
  }),
  route({
    method: 'GET',
    path: '/flights/{id}',
    summary: 'Tells all that happened in a sign-in.',
    parameters: { id: required(text) },
    answer: document(),
    handle({ operations }, { id }) {
      const flight = operations.flight(id)
      if (flight !== undefined) return flight
      throw new Unmet(
        `There is no flight ${JSON.stringify(id)}. Old flights make room for new ones, and none outlives the process; GET /_rockpool/flights lists those that are kept.`,
        404,
      )
    },
  }),
]

/** The control API. */
export const routes: readonly Route[] = [
  ...about,
  ...doctor,
  ...exports,
  ...state,
  ...clock,
  ...people,
  ...seen,
]

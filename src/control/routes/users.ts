import { Readable } from 'node:stream'
import { listAsText } from '../../lib/pieces.js'
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
} from '../../lib/shape.js'
import { type Route, route } from '../route.js'
import { pool, secrets, text, texts } from './fields.js'

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

/** The users of a pool: made, exported, imported. */
export const users: readonly Route[] = [
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
    handle: async ({ operations }, { pool, secrets }) =>
      Readable.from(listAsText('users', await operations.exportUsers(pool, { secrets }))),
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
]

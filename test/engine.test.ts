import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto'
import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Adapter, AdapterPayload, JWK } from 'oidc-provider'
import t from 'tap'
import { pools } from '../src/core/collections.js'
import { put, remove } from '../src/core/ports/store.js'
import type { UserPool } from '../src/core/user-pool.js'
import type { Service } from '../src/flows/service.js'
import { createEngines } from '../src/oauth/engine/engine.js'
import { importEngine } from '../src/oauth/engine/import-engine.js'
import { memoryStore } from '../src/store/memory.js'
import { createSigningKeys, signingKeys } from '../src/tokens/signing-keys.js'

// What `src/oauth/engine` stands on, hook by hook. When the engine is brought to another version, this file says what
// has moved; the behaviour that is built on it is tested through HTTP (test/token.test.ts).

const warnings: unknown[] = []
const { warn } = globalThis.console
globalThis.console.warn = (...words: unknown[]) => warnings.push(words)
const { default: Provider, errors } = await importEngine()
globalThis.console.warn = warn

t.test('importing it says nothing', async t => t.strictSame(warnings, []))

const key = {
  ...generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' }),
  kid: 'k',
  use: 'sig',
} as JWK

interface Kept {
  readonly model: string
  readonly id: string
  readonly payload: AdapterPayload
}

/** An engine as ours is made, its records in an array. */
function anEngine(clientMetadata: object = {}, { rotates = false, revokes = true } = {}) {
  const kept: Kept[] = []
  const calls: string[] = []
  // As we hand records over: what is over is not among them, and the engine's clock ends none.
  const exp = 32_503_680_000
  const records: Record<string, AdapterPayload> = {
    'Client client': {
      client_id: 'client',
      client_secret: 'unused',
      token_endpoint_auth_method: 'client_secret_basic',
      redirect_uris: ['https://app.example/cb', 'myapp://cb'],
      response_types: ['code'],
      grant_types: ['authorization_code', 'refresh_token'],
      ...clientMetadata,
    },
    'Grant grant': {
      kind: 'Grant',
      jti: 'grant',
      exp,
      clientId: 'client',
      accountId: 'u',
      openid: { scope: 'openid' },
    },
    'AuthorizationCode code': {
      kind: 'AuthorizationCode',
      jti: 'code',
      exp,
      clientId: 'client',
      grantId: 'grant',
      accountId: 'u',
      redirectUri: 'myapp://cb',
      scope: 'openid',
      nonce: 'n',
    },
    'RefreshToken refresh': {
      kind: 'RefreshToken',
      jti: 'refresh',
      exp,
      clientId: 'client',
      grantId: 'grant',
      accountId: 'u',
      scope: 'openid',
    },
  }
  const adapter = (model: string): Adapter =>
    ({
      find: async (id: string) => records[`${model} ${id}`],
      upsert: async (id: string, payload: AdapterPayload) => {
        kept.push({ model, id, payload })
        calls.push(`upsert ${model}`)
      },
      consume: async (id: string) => {
        calls.push(`consume ${model} ${id}`)
      },
      destroy: async (id: string) => {
        calls.push(`destroy ${model} ${id}`)
      },
      revokeByGrantId: async () => {},
    }) as unknown as Adapter
  const provider = new Provider('http://issuer.example', {
    adapter,
    jwks: { keys: [key] },
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'none'],
    pkce: { required: () => false },
    issueRefreshToken: async () => true,
    rotateRefreshToken: async () => rotates,
    findAccount: async (_ctx, accountId) => ({ accountId, claims: async () => ({ sub: accountId }) }),
    ttl: { AccessToken: 60, AuthorizationCode: 60, Grant: 60, IdToken: 60, RefreshToken: 60 },
    features: {
      devInteractions: { enabled: false },
      revocation: { enabled: true, allowedPolicy: async () => revokes },
      userinfo: { enabled: false },
    },
  })
  return { provider, kept, calls }
}

/** Asks the token endpoint in process: what `src/oauth/engine/engine.ts` does, bare. */
async function ask(provider: InstanceType<typeof Provider>, form: Record<string, string>, path = '/token') {
  let answer: { status: number; body: unknown; responded: boolean } | undefined
  provider.use(async (ctx, next) => {
    await next()
    ctx.respond = false
    answer = { status: ctx.status, body: ctx.body, responded: ctx.headerSent }
  })
  const body = new URLSearchParams(form).toString()
  const request = new IncomingMessage(new Socket())
  Object.assign(request, {
    complete: true,
    method: 'POST',
    url: path,
    headers: {
      host: 'engine',
      accept: 'application/json',
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': String(body.length),
    },
  })
  request.push(body)
  request.push(null)
  await provider.callback()(request, new ServerResponse(request))
  return answer
}

const credentials = { client_id: 'client', client_secret: 'right' }
const exchange = {
  ...credentials,
  grant_type: 'authorization_code',
  code: 'code',
  redirect_uri: 'myapp://cb',
}

/** Lets every secret but "wrong" pass. */
function withSecrets(provider: InstanceType<typeof Provider>): void {
  provider.Client.prototype.compareClientSecret = async given => given !== 'wrong'
  const { Schema } = provider.Client as unknown as { Schema: { prototype: { redirectUris(): void } } }
  Schema.prototype.redirectUris = () => {}
}

t.test('a call is answered to the outermost middleware, and nothing is sent', async t => {
  const { provider } = anEngine()
  withSecrets(provider)
  t.match(await ask(provider, exchange), {
    status: 200,
    responded: false,
    body: { access_token: String, id_token: String, refresh_token: String },
  })
})

t.test('AccessToken: its value is ours, and without a payload nothing is kept', async t => {
  const { provider, kept } = anEngine()
  withSecrets(provider)
  Object.defineProperty(provider, 'AccessToken', {
    value: class AccessToken extends provider.AccessToken {
      async getValueAndPayload() {
        t.match(this, { grantId: 'grant', clientId: 'client', accountId: 'u' })
        Object.assign(this, { expiresIn: 1234 })
        return { value: 'ours' }
      }
    },
  })
  t.match(await ask(provider, exchange), { body: { access_token: 'ours', expires_in: 1234 } })
  t.strictSame(
    kept.map(({ model }) => model),
    ['RefreshToken'],
  )
})

t.test(
  'RefreshToken: its id is what generateTokenId says, its value what getValueAndPayload says',
  async t => {
    const { provider, kept } = anEngine()
    withSecrets(provider)
    const Base = provider.RefreshToken
    const inherited = Base.prototype as unknown as { getValueAndPayload(): Promise<{ payload: object }> }
    Object.defineProperty(provider, 'RefreshToken', {
      value: class RefreshToken extends Base {
        generateTokenId() {
          return 'inner'
        }
        async getValueAndPayload() {
          return { value: 'outer', payload: (await inherited.getValueAndPayload.call(this)).payload }
        }
      },
    })
    t.match(await ask(provider, exchange), { body: { refresh_token: 'outer' } })
    t.match(
      kept.find(({ model }) => model === 'RefreshToken'),
      {
        id: 'inner',
        payload: { grantId: 'grant', clientId: 'client', accountId: 'u' },
      },
    )
  },
)

t.test('IdToken: issue() says what it is, with the access token and the nonce at hand', async t => {
  const { provider } = anEngine()
  withSecrets(provider)
  Object.defineProperty(provider, 'IdToken', {
    value: class IdToken extends provider.IdToken {
      override async issue() {
        t.ok(this.ctx.oidc.entities.AccessToken)
        t.equal(this.extra.nonce, 'n')
        return 'ours'
      }
    },
  })
  t.match(await ask(provider, exchange), { body: { id_token: 'ours' } })
})

t.test('Client: secrets are compared by compareClientSecret, which may take its time', async t => {
  const { provider } = anEngine()
  withSecrets(provider)
  t.match(await ask(provider, { ...exchange, client_secret: 'wrong' }), {
    status: 401,
    body: { error: 'invalid_client' },
  })
})

t.test('Client: callbacks are judged by Schema.prototype.redirectUris', async t => {
  const { provider } = anEngine()
  provider.Client.prototype.compareClientSecret = async () => true
  t.match(
    await ask(provider, exchange),
    { body: { error: 'invalid_redirect_uri' } },
    'a custom scheme beside https',
  )
})

t.test('a grant of its own replaces the built-in one', async t => {
  const { provider } = anEngine({ grant_types: ['authorization_code', 'client_credentials'] })
  withSecrets(provider)
  provider.registerGrantType(
    'client_credentials',
    ctx => {
      ctx.body = { access_token: `for ${ctx.oidc.client.clientId}: ${ctx.oidc.params.scope}` }
    },
    ['scope'],
  )
  const form = { ...credentials, grant_type: 'client_credentials', scope: 'any/thing' }
  t.match(await ask(provider, form), { status: 200, body: { access_token: 'for client: any/thing' } })
})

t.test('errors tell the operator more than the caller', async t => {
  const { provider } = anEngine()
  withSecrets(provider)
  const details: (string | undefined)[] = []
  provider.on('grant.error', (_ctx, error) => details.push(error.error_detail ?? error.error_description))
  await ask(provider, { ...exchange, redirect_uri: 'https://app.example/cb' })
  await ask(provider, { ...exchange, client_secret: 'wrong' })
  await ask(provider, { ...exchange, code: 'other' })
  await ask(provider, { ...exchange, code_verifier: 'v'.repeat(43) })
  t.match(details, [/redirect_uri mismatch/, /invalid secret/, /code not found/, /code_challenge/])
  const refused = anEngine({ grant_types: ['refresh_token'], response_types: [] }).provider
  withSecrets(refused)
  refused.on('grant.error', (_ctx, error) => details.push(error.error_description))
  t.match(await ask(refused, exchange), { body: { error: 'invalid_request' } })
  t.match(details.at(-1), /grant type is not allowed/)
})

t.test('an error thrown by an adapter is the answer', async t => {
  const { provider } = anEngine()
  withSecrets(provider)
  Object.defineProperty(provider.AuthorizationCode, 'adapter', {
    get: () => ({
      find: async () => {
        throw new errors.InvalidGrant('authorization code already consumed')
      },
    }),
  })
  const details: (string | undefined)[] = []
  provider.on('grant.error', (_ctx, error) => details.push(error.error_detail))
  t.match(await ask(provider, exchange), { status: 400, body: { error: 'invalid_grant' } })
  t.strictSame(details, ['authorization code already consumed'])
})

t.test('the code is consumed by the adapter before tokens are made', async t => {
  const { provider, calls } = anEngine()
  withSecrets(provider)
  await ask(provider, exchange)
  t.strictSame(calls, ['consume AuthorizationCode code', 'upsert AccessToken', 'upsert RefreshToken'])
})

const refreshing = { ...credentials, grant_type: 'refresh_token', refresh_token: 'refresh' }

t.test('without rotation the refresh token that was sent is the answer', async t => {
  const { provider, calls } = anEngine()
  withSecrets(provider)
  t.match(await ask(provider, refreshing), {
    status: 200,
    body: { refresh_token: 'refresh', id_token: String },
  })
  t.strictSame(calls, ['upsert AccessToken'])
})

t.test('rotation consumes the token before another one of the same grant is kept', async t => {
  const { provider, calls, kept } = anEngine({}, { rotates: true })
  withSecrets(provider)
  t.match(await ask(provider, refreshing), { body: { refresh_token: /^(?!refresh$)./ } })
  t.strictSame(calls, ['consume RefreshToken refresh', 'upsert RefreshToken', 'upsert AccessToken'])
  t.match(kept[0]?.payload, { grantId: 'grant', clientId: 'client' })
})

t.test('what consuming throws is the answer, and nothing is kept', async t => {
  const { provider, kept } = anEngine({}, { rotates: true })
  withSecrets(provider)
  Object.defineProperty(provider.RefreshToken.prototype, 'consume', {
    value: async () => {
      throw new errors.InvalidGrant('refresh token not found')
    },
  })
  t.match(await ask(provider, refreshing), { status: 400, body: { error: 'invalid_grant' } })
  t.strictSame(kept, [])
})

t.test('the response type code brings the code grant along', async t => {
  const { provider } = anEngine({ grant_types: ['refresh_token'] })
  withSecrets(provider)
  t.match(await ask(provider, exchange), { status: 200 })
})

t.test('a public client sends no secret, and none but an empty one', async t => {
  const { provider } = anEngine({ client_secret: undefined, token_endpoint_auth_method: 'none' })
  withSecrets(provider)
  const { client_secret, ...anonymous } = exchange
  t.match(await ask(provider, anonymous), { status: 200 })
  t.match(await ask(provider, { ...anonymous, client_secret: '' }), { status: 200 })
  t.match(await ask(provider, { ...anonymous, client_secret }), {
    status: 401,
    body: { error: 'invalid_client' },
  })
})

t.test('revocation destroys the token and then its grant', async t => {
  const { provider, calls } = anEngine()
  withSecrets(provider)
  const form = { ...credentials, token: 'refresh', token_type_hint: 'refresh_token' }
  t.match(await ask(provider, form, '/token/revocation'), { status: 200 })
  t.strictSame(calls, ['destroy RefreshToken refresh', 'destroy Grant grant'])
})

t.test('revocation asks allowedPolicy, and says nothing of its answer', async t => {
  const { provider, calls } = anEngine({}, { revokes: false })
  withSecrets(provider)
  const form = { ...credentials, token: 'refresh', token_type_hint: 'refresh_token' }
  t.match(await ask(provider, form, '/token/revocation'), { status: 200 })
  t.strictSame(calls, [])
})

t.test('revocation tells the operator why it refused', async t => {
  const { provider } = anEngine()
  withSecrets(provider)
  const details: (string | undefined)[] = []
  provider.on('revocation.error', (_ctx, error) => details.push(error.error_detail))
  const form = { client_id: 'client', client_secret: 'wrong', token: 'refresh' }
  t.match(await ask(provider, form, '/token/revocation'), { status: 401, body: { error: 'invalid_client' } })
  t.match(details, [/invalid secret/])
})

t.test('a mistake of ours is told by server_error', async t => {
  const { provider } = anEngine()
  withSecrets(provider)
  const mistake = new Error('ours')
  Object.defineProperty(provider.AuthorizationCode, 'adapter', {
    get: () => ({
      find: async () => {
        throw mistake
      },
    }),
  })
  const told: unknown[] = []
  provider.on('server_error', (_ctx, error) => told.push(error))
  t.match(await ask(provider, exchange), { status: 500 })
  t.strictSame(told, [mistake])
})

t.test('there is one engine per pool, until its keys change or it is deleted', async t => {
  const clock = { now: () => Date.now() }
  const store = memoryStore(clock)
  const chance = { bytes: randomBytes, uuid: randomUUID }
  const pem = () =>
    generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' })
  const keysOf = (idToken = String(pem())) => ({ idToken, accessToken: idToken })
  const pool = (name: string): UserPool => ({
    id: `us-east-1_${name}`,
    name,
    settings: {},
    schema: [],
    issuer: 'local',
    createdAt: 0,
    modifiedAt: 0,
  })
  const [deleted, kept] = [pool('deleted'), pool('kept')]
  for (const { id, ...rest } of [deleted, kept])
    await store.commit(put(pools, id, { id, ...rest }), put(signingKeys, id, keysOf()))
  const engineOf = createEngines({
    clock,
    chance,
    store,
    keys: createSigningKeys(store),
    base: 'http://localhost',
  } as unknown as Service)

  const gone = new WeakRef(await engineOf(deleted))
  const first = await engineOf(kept)
  t.equal(await engineOf(kept), first)
  await store.commit(put(signingKeys, kept.id, keysOf()), remove(pools, deleted.id))
  t.not(await engineOf(kept), first, 'another state, with other keys, took the place of the former one')
  setFlagsFromString('--expose-gc')
  const gc = runInNewContext('gc') as () => void
  // What was awaited lives until the next turn.
  for (let turn = 0; turn < 20 && gone.deref() !== undefined; turn++) {
    await new Promise(setImmediate)
    gc()
  }
  t.equal(gone.deref(), undefined, 'nobody holds the engine of the deleted pool')
})

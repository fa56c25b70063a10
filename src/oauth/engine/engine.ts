import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import type Provider from 'oidc-provider'
import type { Configuration, JWK } from 'oidc-provider'
import { issuerOf } from '../../core/addresses.js'
import type { UserPool } from '../../core/user-pool.js'
import { clientById, personBySub, poolById } from '../../flows/directory/directory.js'
import type { Service } from '../../flows/service.js'
import { formEncode } from '../../lib/url.js'
import type { SigningKey } from '../../tokens/signing-keys.js'
import { engineAdapter } from './adapter.js'
import { clientCredentials } from './client-credentials.js'
import { importEngine } from './import-engine.js'
import { overrideModels } from './models.js'

/**
 * The engine: oidc-provider as the state machine of the token and the revocation endpoint. It authenticates clients,
 * verifies PKCE, exchanges codes, refreshes, rotates and revokes. It is called as a function, in process: what
 * listens, parses and words the answers is ours.
 */
export interface Engine {
  call(endpoint: 'token' | 'revocation', form: EngineForm): Promise<EngineAnswer>
}

export type EngineForm = Record<string, string | undefined>

export interface EngineAnswer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
  /** What the engine says of a refusal to its operator. */
  readonly detail?: string
}

/**
 * The engine of a pool, made at first use; importing it takes longer than all else. All state is in the store, and
 * rebuilding costs a millisecond: a pool whose issuer or keys are others than before gets a new one.
 */
export function createEngines(service: Service): (pool: UserPool) => Promise<Engine> {
  const engines = new Map<string, { readonly madeOf: string; readonly engine: Promise<Engine> }>()
  return async pool => {
    const issuer = engineIssuer(service, pool)
    const { idToken: key } = await service.keys.of(pool.id)
    const madeOf = `${issuer} ${key.kid}`
    const known = engines.get(pool.id)
    if (known?.madeOf === madeOf) return known.engine
    const engine = createEngine(service, pool, issuer, key)
    engines.set(pool.id, { madeOf, engine })
    engine.catch(() => engines.delete(pool.id))
    await forgetDeleted()
    return engine
  }

  /** Pools come and go; there are as many engines as pools that are used. */
  async function forgetDeleted(): Promise<void> {
    for (const id of [...engines.keys()]) if ((await poolById(service, id)) === undefined) engines.delete(id)
  }
}

/** Tokens are ours to mint, so one engine serves also where the issuer follows the request. */
const engineIssuer = ({ base, awsAddresses }: Service, pool: UserPool): string =>
  issuerOf({ base, ...(awsAddresses === undefined ? {} : { awsAddresses }) }, pool)

async function createEngine(
  service: Service,
  pool: UserPool,
  issuer: string,
  key: SigningKey,
): Promise<Engine> {
  const { default: EngineProvider, errors } = await importEngine()
  const provider = new EngineProvider(issuer, {
    ...configuration(service, pool),
    adapter: engineAdapter(service, pool, errors),
    jwks: {
      keys: [{ ...key.privateKey.export({ format: 'jwk' }), kid: key.kid, alg: 'RS256', use: 'sig' } as JWK],
    },
  })
  overrideModels(provider, service, pool)
  provider.registerGrantType('client_credentials', clientCredentials(service, pool, errors), [
    'scope',
    'aws_client_metadata',
  ])
  return { call: callable(provider) }
}

const configuration = (service: Service, pool: UserPool): Configuration => ({
  scopes: ['openid'],
  clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'none'],
  pkce: { required: () => false },
  allowOmittingSingleRegisteredRedirectUri: false,
  issueRefreshToken: async () => true,
  rotateRefreshToken: async ctx => {
    const client = await clientById(service, ctx.oidc.client?.clientId ?? '')
    return client?.settings.RefreshTokenRotation?.Feature === 'ENABLED'
  },
  findAccount: async (_ctx, sub) => {
    const person = await personBySub(service, pool, sub)
    return person && { accountId: sub, claims: async () => ({ sub }) }
  },
  // Lifetimes are those of our own records; the engine wants a number.
  ttl: { AccessToken: 3600, AuthorizationCode: 300, Grant: 3600, IdToken: 3600, RefreshToken: 3600 },
  features: {
    devInteractions: { enabled: false },
    dPoP: { enabled: false },
    pushedAuthorizationRequests: { enabled: false },
    resourceIndicators: { enabled: false },
    revocation: {
      enabled: true,
      allowedPolicy: async (_ctx, client, token) => token.clientId === client.clientId,
    },
    rpInitiatedLogout: { enabled: false },
    userinfo: { enabled: false },
  },
})

/** Turns the engine, which serves HTTP, into a function. */
function callable(provider: Provider): Engine['call'] {
  const details = new WeakMap<object, string>()
  const learn = (
    ctx: object,
    error: { error_detail?: string | undefined; message: string; error_description?: string | undefined },
  ) => details.set(ctx, error.error_detail ?? error.error_description ?? error.message)
  provider.on('grant.error', learn)
  provider.on('revocation.error', learn)
  // Koa composes at `callback()`: what is used later is ignored.
  provider.use(async (ctx, next) => {
    await next()
    // The answer is read off, never sent.
    ctx.respond = false
    const detail = details.get(ctx)
    answers.set(ctx.req, {
      status: ctx.status,
      body: typeof ctx.body === 'object' && ctx.body !== null ? ctx.body : {},
      ...(detail === undefined ? {} : { detail }),
    })
  })
  const answers = new WeakMap<IncomingMessage, EngineAnswer>()
  const failures = new WeakMap<IncomingMessage, unknown>()
  provider.on('server_error', (ctx, error) => failures.set(ctx.req, error))
  const handle = provider.callback()
  return async (endpoint, form) => {
    const request = formRequest(`/${endpoint === 'token' ? 'token' : 'token/revocation'}`, formEncode(form))
    await handle(request, new ServerResponse(request))
    const answer = answers.get(request)
    if (failures.has(request)) throw failures.get(request)
    if (answer === undefined) throw new Error('The engine gave no answer.')
    return answer
  }
}

/** Where requests come from that never were on a wire. */
const nowhere = new Socket()

/** Such a request. */
function formRequest(path: string, body: string): IncomingMessage {
  const request = new IncomingMessage(nowhere)
  // As if all of it had come in: otherwise its end would count as a broken connection.
  request.complete = true
  request.method = 'POST'
  request.url = path
  request.headers = {
    host: 'engine',
    accept: 'application/json',
    'content-type': 'application/x-www-form-urlencoded',
    'content-length': String(Buffer.byteLength(body)),
  }
  request.push(body)
  request.push(null)
  return request
}

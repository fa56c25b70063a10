import type Provider from 'oidc-provider'
import type { Account, KoaContextWithOIDC } from 'oidc-provider'
import type { TokenClaims } from '../../core/claims.js'
import { type Clock, epochSeconds } from '../../core/ports/clock.js'
import type { UpstreamProvider } from '../../core/upstream-provider.js'
import type { UpstreamQuirk } from '../../core/upstream-quirks.js'
import type { Service } from '../../flows/service.js'
import { signJwt, unverifiedClaims } from '../../tokens/jwt.js'
import type { SigningKey } from '../../tokens/signing-keys.js'
import { issuerPublished, issuerTold, type Keys, subjectTold } from './quirks.js'

/** Where the engine's answers are changed before they leave: for our time, for the public address, and for quirks. */

/** An account as the engine keeps it during a request. */
export interface KnownAccount extends Account {
  readonly quirks: readonly UpstreamQuirk[]
}

/** What the provider does wrong about the user of a request. */
const quirksOf = ({ oidc }: KoaContextWithOIDC): readonly UpstreamQuirk[] =>
  (oidc.account as KnownAccount | undefined)?.quirks ?? []

interface Signing {
  readonly clock: Clock
  readonly key: SigningKey
  readonly keys: Keys
  /** The claims that the engine's configuration names. */
  readonly known: ReadonlySet<string>
}

/**
 * Signs ID tokens anew where the engine's do not serve. The engine takes the time from the system, and our clock may be moved: pools
 * would refuse its tokens. Claims of users that were added after the start belong to no scope that the engine knows, and go into
 * every ID token. A quirk may want another issuer, time or signature.
 */
export function signAsTold(engine: Provider, { clock, key, keys, known }: Signing): void {
  const Base = engine.IdToken
  const issue = Base.prototype.issue
  Object.defineProperty(engine, 'IdToken', {
    value: class IdToken extends Base {
      override async issue(how: { use: string }): Promise<string> {
        const token = await Reflect.apply(issue, this, [how])
        if (how.use !== 'idtoken') return token
        const { client, available } = this as unknown as Issuing
        const quirks = quirksOf(this.ctx)
        const claims = unverifiedClaims(token) ?? {}
        const ahead = epochSeconds(clock) - Number(claims.iat)
        const others = Object.fromEntries(Object.entries(available).filter(([name]) => !known.has(name)))
        if (quirks.length === 0 && Object.keys(others).length === 0 && Math.abs(ahead) <= 1) return token
        const whole = {
          ...others,
          ...timely(claims, ahead, quirks),
          iss: issuerTold(engine.issuer, quirks),
          sub: subjectTold(claims.sub, quirks, client.clientId),
          ...(quirks.includes('wrong-audience') ? { aud: 'another-client' } : {}),
        }
        return quirks.length === 0
          ? signJwt(key, whole as TokenClaims)
          : keys.sign(whole, quirks, client.clientSecret)
      }
    },
  })
}

/** What an ID token is made of, as the engine has it. */
interface Issuing {
  readonly available: Readonly<Record<string, unknown>>
  readonly client: { readonly clientId: string; readonly clientSecret?: string }
}

function timely(claims: TokenClaims, ahead: number, quirks: readonly UpstreamQuirk[]): TokenClaims {
  const { iat, exp, auth_time: authTime, ...others } = claims
  const shift = ahead - (quirks.includes('expired') ? 7200 : 0)
  return {
    ...others,
    ...(authTime === undefined ? {} : { auth_time: Number(authTime) + shift }),
    iat: Number(iat) + shift,
    exp: Number(exp) + shift,
  } as TokenClaims
}

/**
 * In its discovery document, what browsers visit is at the public base URL, as with pools. Keys and answers of the token endpoint are
 * as the quirks have them.
 */
export function publishAsTold(
  engine: Provider,
  { base }: Service,
  { name, quirks }: UpstreamProvider,
  keys: Keys,
): void {
  engine.use(async (given, next) => {
    await next()
    const ctx = given as unknown as KoaContextWithOIDC
    const document = ctx.body as Record<string, unknown>
    const route = ctx.oidc?.route
    if (route === 'discovery' && typeof document === 'object') {
      document.issuer = issuerPublished(engine.issuer, quirks)
      for (const member of ['authorization_endpoint', 'end_session_endpoint']) {
        const { pathname } = new URL(String(document[member]))
        document[member] = `${new URL(base).origin}${pathname}`
      }
    }
    if (route === 'jwks') ctx.body = { keys: keys.published(document.keys as object[]) }
    if (route === 'userinfo' && typeof document === 'object' && document.sub !== undefined) {
      document.sub = subjectTold(document.sub, quirksOf(ctx), ctx.oidc.client?.clientId ?? '')
    }
    if (route === 'token') await spoilTokenAnswer(ctx, name)
  })
}

/** What a token endpoint does that is slow, or fails, or refuses how the client proves itself. */
async function spoilTokenAnswer(ctx: KoaContextWithOIDC, name: string): Promise<void> {
  const quirks = quirksOf(ctx)
  const isUnproven =
    quirks.includes('invalid-client') ||
    (quirks.includes('demands-basic') && ctx.headers.authorization === undefined)
  if (isUnproven) {
    ctx.status = 401
    ctx.body = { error: 'invalid_client', error_description: 'client authentication failed' }
  }
  if (quirks.includes('failing')) {
    ctx.status = 500
    ctx.body = `<h1>${name} is out of order</h1>`
  }
  if (quirks.includes('slow'))
    await new Promise(done => {
      ctx.res.once('close', done)
      setTimeout(done, longestSilence).unref()
    })
}

/** Milliseconds after which a slow answer comes after all. */
const longestSilence = 60_000

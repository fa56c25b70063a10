import type { JWK, JWTPayload } from 'jose'
import type { Claims } from '../../core/attribute-mapping.js'
import type { IdentityProvider } from '../../core/identity-provider.js'
import type { Clock } from '../../core/ports/clock.js'
import { ensure, Refusal } from '../../core/refusal.js'
import { acceptedIssuers } from '../../core/upstream-issuer.js'
import { deepestDocument, isShallow } from '../../lib/depth.js'
import { jsonObject, type UpstreamCall } from '../upstream-call.js'
import * as refusals from './refusals.js'

/**
 * The accepted algorithms and the kind of key each wants (docs/facts/oauth-and-federation.md §8.4). An HMAC's key is
 * the client secret and nothing else: if a published key were taken for it, anybody could sign.
 */
const keyTypes: Readonly<Record<string, 'RSA' | 'EC' | 'secret'>> = {
  RS256: 'RSA',
  RS384: 'RSA',
  RS512: 'RSA',
  PS256: 'RSA',
  PS384: 'RSA',
  PS512: 'RSA',
  ES256: 'EC',
  ES384: 'EC',
  ES512: 'EC',
  HS256: 'secret',
  HS384: 'secret',
  HS512: 'secret',
}

/** What it takes to verify an ID token of a provider. */
export interface Verification {
  readonly provider: IdentityProvider
  readonly jwksUri: string
  readonly clock: Clock
  readonly call: UpstreamCall
}

/** The claims of an ID token, once everything about it is right; refused otherwise. */
export async function verifiedClaims(idToken: string, verification: Verification): Promise<Claims> {
  const { provider, clock } = verification
  const { jwtVerify, decodeProtectedHeader, errors } = await import('jose')
  const { alg, kid } = readHeader()
  const keyType = Object.hasOwn(keyTypes, alg) ? keyTypes[alg] : undefined
  ensure(keyType, () => refusals.badAlgorithm(provider, alg, Object.keys(keyTypes).join(', ')))
  const key =
    keyType === 'secret' ? secretKey(provider, alg) : await publishedKey(verification, { alg, kid, keyType })
  try {
    const { payload } = await jwtVerify(idToken, key, {
      algorithms: [alg],
      currentDate: new Date(clock.now()),
      issuer: acceptedIssuers(provider.details.oidc_issuer),
      audience: provider.details.client_id ?? '',
      requiredClaims: ['exp'],
    })
    ensure(isShallow(payload, deepestDocument), () =>
      refusals.malformedIdToken(provider, `its claims are nested more than ${deepestDocument} levels deep`),
    )
    return payload
  } catch (error) {
    if (error instanceof Refusal) throw error
    if (error instanceof errors.JWTClaimValidationFailed || error instanceof errors.JWTExpired)
      throw claimRefusal(verification, error)
    throw error instanceof errors.JWTInvalid
      ? refusals.malformedIdToken(provider, error.message)
      : refusals.badSignature(provider, alg, keyType === 'secret' ? 'our client_secret' : `the key "${kid}"`)
  }

  function readHeader(): { alg: string; kid: string | undefined } {
    try {
      const { alg, kid } = decodeProtectedHeader(idToken)
      return { alg: String(alg), kid: typeof kid === 'string' ? kid : undefined }
    } catch {
      throw refusals.malformedIdToken(provider, 'it is not a signed JWT')
    }
  }
}

function secretKey(provider: IdentityProvider, alg: string): Uint8Array {
  const { client_secret: secret } = provider.details
  ensure(secret, () => refusals.noSecretForHmac(provider, alg))
  return new TextEncoder().encode(secret)
}

interface WantedKey {
  readonly alg: string
  readonly kid: string | undefined
  readonly keyType: 'RSA' | 'EC'
}

/** The key that the token names, fetched anew for each token, as Cognito does (docs/facts/oauth-and-federation.md §8.4). */
async function publishedKey(verification: Verification, { alg, kid, keyType }: WantedKey) {
  const { provider, jwksUri } = verification
  const keys = await fetchKeys(verification)
  const known = keys.flatMap(({ kid }) => (typeof kid === 'string' ? [kid] : []))
  const named = kid === undefined ? [] : keys.filter(key => key.kid === kid)
  ensure(kid !== undefined && named.length > 0, () => refusals.unknownKey(provider, kid, jwksUri, known))
  const key = named.find(({ kty }) => kty === keyType)
  ensure(key, () =>
    refusals.unsuitableKey(provider, kid, alg, `its kty is ${named.map(({ kty }) => kty).join(', ')}`),
  )
  ensure(key.alg === undefined || key.alg === alg, () =>
    refusals.unsuitableKey(provider, kid, alg, `its alg is ${key.alg}`),
  )
  ensure(key.use === undefined || key.use === 'sig', () =>
    refusals.unsuitableKey(provider, kid, alg, `its use is ${key.use}`),
  )
  const { importJWK } = await import('jose')
  try {
    return await importJWK({ ...publicMembers(key), alg })
  } catch (error) {
    throw refusals.unsuitableKey(provider, kid, alg, error instanceof Error ? error.message : String(error))
  }
}

/** A key without whatever else it carries: a provider may publish too much, or forbid `verify` by mistake. */
const publicMembers = ({ kty = '', n, e, crv, x, y }: JWK): JWK =>
  Object.fromEntries(
    Object.entries({ kty, n, e, crv, x, y }).filter(([, value]) => value !== undefined),
  ) as unknown as JWK

async function fetchKeys({ provider, jwksUri, call }: Verification): Promise<readonly JWK[]> {
  const answer = await call('keys', jwksUri)
  if ('trouble' in answer) throw refusals.keysTrouble(provider, jwksUri, answer)
  ensure(answer.status === 200, () => refusals.badKeys(provider, jwksUri, `it answered ${answer.status}`))
  const keys = jsonObject(answer.text)?.keys
  ensure(Array.isArray(keys), () => refusals.badKeys(provider, jwksUri, 'the answer is not a key set'))
  return keys.filter(key => typeof key === 'object' && key !== null)
}

interface ClaimFailure {
  readonly claim: string
  readonly reason: string
  readonly message: string
  readonly payload: JWTPayload
}

function claimRefusal(
  { provider, clock }: Verification,
  { claim, reason, message, payload }: ClaimFailure,
): Refusal {
  const { oidc_issuer = '', client_id = '' } = provider.details
  if (claim === 'iss') return refusals.badIssuer(provider, String(payload.iss ?? ''), oidc_issuer)
  if (claim === 'aud') return refusals.badAudience(provider, audienceText(payload.aud), client_id)
  if (claim === 'exp' && reason === 'check_failed')
    return refusals.expired(provider, timeText((payload.exp ?? 0) * 1000), timeText(clock.now()))
  return refusals.badClaim(provider, claim, message)
}

const audienceText = (audience: unknown): string => [audience ?? 'nobody'].flat().map(String).join(', ')

/** A provider may send any number. */
const timeText = (ms: number): string => {
  const time = new Date(ms)
  return Number.isNaN(time.getTime()) ? String(ms / 1000) : time.toISOString()
}

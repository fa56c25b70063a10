import { createHmac, createPublicKey } from 'node:crypto'
import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import { importPKCS8, SignJWT } from 'jose'
import t from 'tap'
import { anSdk, refusal } from './support/api.js'
import { signingKeys } from './support/keys.js'
import { aClock, aRockpool } from './support/rockpool.js'
import { claimsOf, client, NAE, password, SigningKeys, seed } from './support/sign-in-reef.js'

t.test('forged access tokens', async t => {
  const lagoonKeys = await signingKeys()
  const lagoon = {
    PoolName: 'lagoon',
    Id: 'us-east-1_Lagoon001',
    SigningKeys: lagoonKeys,
    Clients: [{ ...client('app'), ClientId: 'lagoon0id' }],
    Users: [{ Username: 'marco', Password: password }],
  }
  const rockpool = await aRockpool(t, { seed: { UserPools: [...seed.UserPools, lagoon] }, clock: aClock() })
  const sdk = anSdk(t, rockpool)
  const signIn = async (ClientId: string) => {
    const { AuthenticationResult } = await sdk.send(
      new cognito.InitiateAuthCommand({
        ClientId,
        AuthFlow: 'USER_PASSWORD_AUTH',
        AuthParameters: { USERNAME: 'marco', PASSWORD: password },
      }),
    )
    return AuthenticationResult ?? {}
  }
  const getUser = (AccessToken = '') => sdk.send(new cognito.GetUserCommand({ AccessToken }))
  const genuine = await signIn('app0id')
  const foreign = await signIn('lagoon0id')
  const [, body = '', signature = ''] = (genuine.AccessToken ?? '').split('.')
  const claims = claimsOf(genuine.AccessToken)
  const kidOf = (jwt = '') => JSON.parse(Buffer.from(jwt.split('.')[0] ?? '', 'base64url').toString()).kid
  const kid = kidOf(genuine.AccessToken)
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const signed = async (pem: string, header: { alg: string; kid?: string; jwk?: object }, payload = claims) =>
    new SignJWT(payload).setProtectedHeader(header).sign(await importPKCS8(pem, header.alg))
  const jwks = (await (
    await fetch(`${rockpool.baseUrl}/us-east-1_Reef00001/.well-known/jwks.json`)
  ).json()) as { keys: { kid: string }[] }
  const publicKey = createPublicKey(SigningKeys.AccessToken)
  const macWith = (secret: string | Buffer) => {
    const input = `${part({ alg: 'HS256', kid })}.${body}`
    return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`
  }

  const unsigned = 'Could not verify signature for Access Token'
  const invalid = 'Invalid Access Token'
  const forged: [what: string, token: string | undefined, message: string][] = [
    ['alg none', `${part({ alg: 'none', kid })}.${body}.`, unsigned],
    ['alg none, by another spelling', `${part({ alg: 'nOnE', kid })}.${body}.`, unsigned],
    ['alg none, with the signature of RS256', `${part({ alg: 'none', kid })}.${body}.${signature}`, unsigned],
    [
      'HS256 with the public key in PEM',
      macWith(publicKey.export({ type: 'spki', format: 'pem' }).toString()),
      unsigned,
    ],
    [
      'HS256 with the public key in DER',
      macWith(publicKey.export({ type: 'spki', format: 'der' })),
      unsigned,
    ],
    [
      'HS256 with the published key',
      macWith(JSON.stringify(jwks.keys.find(key => key.kid === kid))),
      unsigned,
    ],
    ['RS512, by the right key', await signed(SigningKeys.AccessToken, { alg: 'RS512', kid }), unsigned],
    ['PS256, by the right key', await signed(SigningKeys.AccessToken, { alg: 'PS256', kid }), unsigned],
    ["another pool's key", await signed(lagoonKeys.AccessToken, { alg: 'RS256', kid }), unsigned],
    [
      "another pool's key, and its kid",
      await signed(lagoonKeys.AccessToken, { alg: 'RS256', kid: kidOf(foreign.AccessToken) }),
      unsigned,
    ],
    [
      'a key that the token brings along',
      await signed(lagoonKeys.AccessToken, {
        alg: 'RS256',
        kid,
        jwk: createPublicKey(lagoonKeys.AccessToken).export({ format: 'jwk' }),
      }),
      unsigned,
    ],
    [
      'the kid of the key for ID tokens',
      await signed(SigningKeys.AccessToken, { alg: 'RS256', kid: kidOf(genuine.IdToken) }),
      unsigned,
    ],
    ['no kid', await signed(SigningKeys.AccessToken, { alg: 'RS256' }), unsigned],
    [
      'the claims of somebody else',
      `${part({ alg: 'RS256', kid })}.${part({ ...claims, sub: claimsOf(foreign.AccessToken).sub })}.${signature}`,
      unsigned,
    ],
    [
      'an ID token that says it is an access token',
      await signed(
        lagoonKeys.AccessToken,
        { alg: 'RS256', kid },
        { ...claimsOf(genuine.IdToken), token_use: 'access' },
      ),
      invalid,
    ],
    ['an ID token', genuine.IdToken, invalid],
    ['a refresh token', genuine.RefreshToken, invalid],
    [
      "another pool's token, as if it were of this one",
      await signed(
        lagoonKeys.AccessToken,
        { alg: 'RS256', kid: kidOf(foreign.AccessToken) },
        {
          ...claimsOf(foreign.AccessToken),
          iss: claims.iss,
          client_id: claims.client_id,
        },
      ),
      unsigned,
    ],
    [
      "another pool's issuer",
      await signed(
        SigningKeys.AccessToken,
        { alg: 'RS256', kid },
        { ...claims, iss: claimsOf(foreign.AccessToken).iss },
      ),
      invalid,
    ],
    [
      "another pool's client",
      await signed(SigningKeys.AccessToken, { alg: 'RS256', kid }, { ...claims, client_id: 'lagoon0id' }),
      invalid,
    ],
    ['more parts than three', `${genuine.AccessToken}.${signature}`, unsigned],
    [
      'a token of the pool that never expires',
      await signed(SigningKeys.AccessToken, { alg: 'RS256', kid }, { ...claims, exp: undefined }),
      'Access Token has expired',
    ],
    [
      'a token of the pool without the scope',
      await signed(SigningKeys.AccessToken, { alg: 'RS256', kid }, { ...claims, scope: 'openid' }),
      'Access Token does not have required scopes',
    ],
  ]
  for (const [what, token, message] of forged)
    t.strictSame(await refusal(getUser(token)), [NAE, message], what)
  t.ok(
    await getUser(await signed(SigningKeys.AccessToken, { alg: 'RS256', kid })),
    'signed as the pool signs, the same claims are taken',
  )
  t.strictSame(
    (await getUser(foreign.AccessToken)).UserAttributes,
    [{ Name: 'sub', Value: claimsOf(foreign.AccessToken).sub }],
    "another pool's token speaks for its own user",
  )
  t.strictSame(
    await refusal(
      sdk.send(
        new cognito.InitiateAuthCommand({
          ClientId: 'app0id',
          AuthFlow: 'REFRESH_TOKEN_AUTH',
          AuthParameters: { REFRESH_TOKEN: foreign.RefreshToken ?? '' },
        }),
      ),
    ),
    [NAE, 'Invalid Refresh Token'],
    "another pool's refresh token",
  )
})

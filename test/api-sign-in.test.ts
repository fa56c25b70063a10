import { createHash, createHmac } from 'node:crypto'
import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import * as amplify from 'amazon-cognito-identity-js'
import t from 'tap'
import { proof, serverKeys, sharedKey } from '../src/core/srp.js'
import { anSdk, refusal } from './support/api.js'
import { numbersOfIdentityJs, powersInNativeCode } from './support/native-power.js'
import { aRockpool, postForm } from './support/rockpool.js'
import { aReef, claimsOf, IPE, NAE, password, seed } from './support/sign-in-reef.js'

t.test('U38 the vectors of SRP', async t => {
  const srp = (value: bigint) => {
    const hex = value.toString(16)
    const bytes = Buffer.from(hex.length % 2 ? `0${hex}` : hex, 'hex')
    return (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes
  }
  const digest = (hex: string) =>
    createHash('sha256')
      .update(srp(BigInt(`0x${hex}`)))
      .digest('hex')
  const N = BigInt(
    '0xFFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7EDEE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3BE39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6955817183995497CEA956AE515D2261898FA051015728E5A8AAAC42DAD33170D04507A33A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864D87602733EC86A64521F2B18177B200CBBE117577A615D6C770988C0BAD946E208E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF',
  )
  const power = (base: bigint, exponent: bigint) => {
    let result = 1n
    for (let [b, e] = [base % N, exponent]; e > 0n; e >>= 1n, b = (b * b) % N)
      if (e & 1n) result = (result * b) % N
    return result
  }
  const x = 0xd17da9e0e5a7c5c6ba65e23b2f90fa31a5b225b3a17d3bf6626e24dcb2c52f9dn
  const a = 0xa1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f90n
  const v = power(2n, x).toString(16)
  const A = power(2n, a).toString(16)
  const keys = serverKeys(
    v,
    Buffer.from('1112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f30', 'hex'),
  )
  t.equal(digest(A), 'ecdc6f84cd2d7f0b150c28a5f47d16291b3a0f851f87911a828e2c7076642c93')
  t.equal(digest(keys.public), 'e97aeeeb91723278c3039266830a90ec840004d76f43f40695a99d7c599158af')
  const key = sharedKey(A, keys, v)
  t.equal(key.toString('hex'), '823daba245f10ff8c48839bb72b8c44a')
  t.equal(
    proof(key, 'aBcDeF123', 'alice', 'c2VjcmV0LWJsb2Nr', 'Tue May 7 00:09:40 UTC 2024'),
    '7GrC8uVH3sPl8QlVnK6w/XCSTEdD6w7jdcFMCSAhE/0=',
  )
})

t.test('amazon-cognito-identity-js signs in by SRP', async t => {
  powersInNativeCode(numbersOfIdentityJs())
  // Its proof names the time, so the clock must be the system's.
  const rockpool = await aRockpool(t, { seed })
  const pool = new amplify.CognitoUserPool({
    UserPoolId: 'us-east-1_Reef00001',
    ClientId: 'app0id',
    endpoint: rockpool.baseUrl,
    Storage: new Map() as never,
  })
  const storage: Record<string, string> = {}
  const Storage = {
    setItem: (key: string, value: string) => {
      storage[key] = value
    },
    getItem: (key: string) => storage[key] ?? null,
    removeItem: (key: string) => {
      delete storage[key]
    },
    clear: () => {},
  }
  const attempt = (Username: string, Password: string, newPassword?: string) =>
    new Promise<amplify.CognitoUserSession>((signedIn, failed) => {
      const user = new amplify.CognitoUser({ Username, Pool: pool, Storage })
      user.authenticateUser(new amplify.AuthenticationDetails({ Username, Password }), {
        onSuccess: signedIn,
        onFailure: failed,
        newPasswordRequired: () =>
          newPassword === undefined
            ? failed(new Error('a new password is required'))
            : user.completeNewPasswordChallenge(newPassword, {}, { onSuccess: signedIn, onFailure: failed }),
      })
    })
  const session = await attempt('marco', password)
  t.equal(session.getAccessToken().payload.username, 'marco')
  t.match(
    await refusal(attempt('marco', 'wrong')),
    [NAE, 'Incorrect username or password.'],
    'U26 a wrong proof',
  )
  t.match(await refusal(attempt('nobody', 'wrong')), ['UserNotFoundException', 'User does not exist.'], 'U39')
  t.match(
    await refusal(attempt('jane', 'Welcome-2-Rockpool!', 'short')),
    ['InvalidPasswordException', 'Password does not conform to policy: Password not long enough'],
    'U64',
  )
  const jane = await attempt('jane', 'Welcome-2-Rockpool!', 'Otter-3-Jane!')
  t.equal(jane.getIdToken().payload.email, 'jane@reef.example', 'U62')
  const user = new amplify.CognitoUser({ Username: 'jane', Pool: pool, Storage })
  const renewed = await new Promise<amplify.CognitoUserSession>((done, failed) =>
    user.refreshSession(jane.getRefreshToken(), (error, session) => (error ? failed(error) : done(session))),
  )
  t.not(renewed.getAccessToken().getJwtToken(), jane.getAccessToken().getJwtToken())
  const elsewhere = await attempt('jane', 'Otter-3-Jane!')
  t.equal(
    await new Promise((done, failed) => user.globalSignOut({ onSuccess: done, onFailure: failed })),
    'SUCCESS',
  )
  const sdk = anSdk(t, rockpool)
  for (const { AccessToken, RefreshToken } of [renewed, elsewhere].map(session => ({
    AccessToken: session.getAccessToken().getJwtToken(),
    RefreshToken: session.getRefreshToken(),
  }))) {
    t.strictSame(await refusal(sdk.send(new cognito.GetUserCommand({ AccessToken }))), [
      NAE,
      'Access Token has been revoked',
    ])
    t.match(
      await refusal(
        new Promise((done, failed) =>
          user.refreshSession(RefreshToken, error => (error ? failed(error) : done(0))),
        ),
      ),
      [NAE, 'Refresh Token has been revoked'],
    )
  }
})

t.test('passwords', async t => {
  const { sdk, initiate, signIn, getUser, rockpool } = await aReef(t)
  const { AuthenticationResult: tokens, ChallengeParameters } = await initiate({
    USERNAME: 'marco',
    PASSWORD: password,
  })
  t.match(tokens, { ExpiresIn: 3600, TokenType: 'Bearer', RefreshToken: /^eyJ/ }, 'U25')
  t.strictSame(ChallengeParameters, {})
  const access = claimsOf(tokens?.AccessToken)
  const id = claimsOf(tokens?.IdToken)
  t.equal(access.scope, 'aws.cognito.signin.user.admin', 'U44')
  t.notOk('version' in access || 'at_hash' in id, 'O62 neither version nor at_hash')
  t.equal(access.origin_jti, id.origin_jti, 'U45')
  t.not(access.jti, id.jti)
  t.equal(id.email, 'marco@reef.example')
  const userInfo = await fetch(`${rockpool.baseUrl}/reef/oauth2/userInfo`, {
    headers: { authorization: `Bearer ${tokens?.AccessToken}` },
  })
  t.equal(userInfo.status, 401, 'O30 such a token is nothing to userInfo')
  const viaOAuth = await postForm(`${rockpool.baseUrl}/reef/oauth2/token`, {
    grant_type: 'refresh_token',
    client_id: 'app0id',
    refresh_token: tokens?.RefreshToken ?? '',
  })
  t.match(
    await viaOAuth.json(),
    { id_token: String, access_token: String },
    'its refresh token works at the OAuth endpoint too',
  )

  const asked: [() => Promise<unknown>, string, string, string][] = [
    [
      () => initiate({ USERNAME: 'marco', PASSWORD: password }, { ClientId: 'bare0id' }),
      IPE,
      'USER_PASSWORD_AUTH flow not enabled for this client',
      'U24',
    ],
    [() => initiate({ USERNAME: 'marco', PASSWORD: 'wrong' }), NAE, 'Incorrect username or password.', 'U26'],
    [
      () => initiate({ USERNAME: 'nobody', PASSWORD: 'x' }),
      'UserNotFoundException',
      'User does not exist.',
      'U27',
    ],
    [
      () => initiate({ USERNAME: 'nobody', PASSWORD: 'x' }, { ClientId: 'hiding0id' }),
      NAE,
      'Incorrect username or password.',
      'U27',
    ],
    [() => initiate({ PASSWORD: 'x' }), IPE, 'Missing required parameter USERNAME', 'U32'],
    [
      () => initiate({ USERNAME: 'marco', PASSWORD: password }, { ClientId: 'secret0id' }),
      NAE,
      'Client secret0id is configured with secret but SECRET_HASH was not received',
      'U33',
    ],
    [
      () => initiate({ USERNAME: 'marco', PASSWORD: password, SECRET_HASH: 'x' }, { ClientId: 'secret0id' }),
      NAE,
      'Unable to verify secret hash for client secret0id',
      'U34',
    ],
    [
      () => initiate({ USERNAME: 'marco', PASSWORD: password }, { AuthFlow: 'ADMIN_USER_PASSWORD_AUTH' }),
      IPE,
      'Initiate Auth method not supported.',
      'U35',
    ],
    [
      () =>
        sdk.send(
          new cognito.AdminInitiateAuthCommand({
            UserPoolId: 'us-east-1_Reef00001',
            ClientId: 'bare0id',
            AuthFlow: 'ADMIN_USER_PASSWORD_AUTH',
            AuthParameters: { USERNAME: 'marco', PASSWORD: password },
          }),
        ),
      IPE,
      'Auth flow not enabled for this client',
      'U36',
    ],
    [
      () =>
        initiate({ USERNAME: 'marco', SRP_A: 'a' }, { ClientId: 'rotating0id', AuthFlow: 'USER_SRP_AUTH' }),
      IPE,
      'USER_SRP_AUTH is not enabled for the client.',
      'U41',
    ],
    [
      () => initiate({ USERNAME: 'marco', SRP_A: '0' }, { AuthFlow: 'USER_SRP_AUTH' }),
      IPE,
      'Invalid SRP_A',
      'a multiple of N',
    ],
  ]
  for (const [ask, name, message, what] of asked) t.strictSame(await refusal(ask()), [name, message], what)

  const SECRET_HASH = createHmac('sha256', 'asecretofthirtycharactersormore')
    .update('marcosecret0id')
    .digest('base64')
  t.ok(
    (await initiate({ USERNAME: 'marco', PASSWORD: password, SECRET_HASH }, { ClientId: 'secret0id' }))
      .AuthenticationResult,
  )
  const srp = await initiate({ USERNAME: 'marco', SRP_A: 'abc' }, { AuthFlow: 'USER_SRP_AUTH' })
  t.strictSame(
    Object.keys(srp.ChallengeParameters ?? {}).toSorted(),
    ['SALT', 'SECRET_BLOCK', 'SRP_B', 'USERNAME', 'USER_ID_FOR_SRP'],
    'U37',
  )
  const pretended = async () =>
    (
      await initiate(
        { USERNAME: 'nobody', SRP_A: 'abc' },
        { ClientId: 'hiding0id', AuthFlow: 'USER_SRP_AUTH' },
      )
    ).ChallengeParameters
  const [first, second] = [await pretended(), await pretended()]
  t.equal(first?.SALT, second?.SALT, 'U40')
  t.not(first?.SRP_B, second?.SRP_B)

  const mfa = (MfaConfiguration: 'ON' | 'OFF') =>
    sdk.send(
      new cognito.SetUserPoolMfaConfigCommand({
        UserPoolId: 'us-east-1_Reef00001',
        MfaConfiguration,
        ...(MfaConfiguration === 'ON' ? { SoftwareTokenMfaConfiguration: { Enabled: true } } : {}),
      }),
    )
  await mfa('ON')
  t.strictSame(await signIn(), {}, 'a password alone is not enough')
  await mfa('OFF')

  await sdk.send(
    new cognito.AdminDisableUserCommand({ UserPoolId: 'us-east-1_Reef00001', Username: 'marco' }),
  )
  t.strictSame(await refusal(signIn()), [NAE, 'User is disabled.'], 'U29')
  t.match(await refusal(getUser(tokens?.AccessToken)), [NAE])
  await sdk.send(new cognito.AdminEnableUserCommand({ UserPoolId: 'us-east-1_Reef00001', Username: 'marco' }))
  t.ok((await signIn()).AccessToken)
})

t.test('too many wrong passwords', async t => {
  const { initiate, signIn, clock } = await aReef(t)
  const wrong = () => refusal(initiate({ USERNAME: 'marco', PASSWORD: 'wrong' }))
  for (let tries = 0; tries < 5; tries++)
    t.strictSame(await wrong(), [NAE, 'Incorrect username or password.'])
  t.strictSame(await wrong(), [NAE, 'Password attempts exceeded'], 'U31')
  t.strictSame(await refusal(signIn()), [NAE, 'Password attempts exceeded'], 'U31 though it is right')
  clock.advance({ seconds: 1 })
  t.strictSame(await wrong(), [NAE, 'Incorrect username or password.'])
  clock.advance({ seconds: 1 })
  t.strictSame(await refusal(signIn()), [NAE, 'Password attempts exceeded'], 'twice as long')
  clock.advance({ seconds: 1 })
  t.ok((await signIn()).AccessToken)
  t.strictSame(await wrong(), [NAE, 'Incorrect username or password.'], 'and the count is cleared')
  t.ok((await signIn()).AccessToken)
})

t.test('a temporary password', async t => {
  const { sdk, initiate, clock } = await aReef(t)
  const challenge = await initiate({ USERNAME: 'jane', PASSWORD: 'Welcome-2-Rockpool!' })
  t.match(
    challenge,
    {
      ChallengeName: 'NEW_PASSWORD_REQUIRED',
      ChallengeParameters: { requiredAttributes: '[]', userAttributes: '{"email":"jane@reef.example"}' },
    },
    'U62',
  )
  const respond = (more: Record<string, string>, Session = challenge.Session) =>
    sdk.send(
      new cognito.RespondToAuthChallengeCommand({
        ClientId: 'app0id',
        ChallengeName: 'NEW_PASSWORD_REQUIRED',
        Session,
        ChallengeResponses: { USERNAME: 'jane', ...more },
      }),
    )
  t.match(
    await refusal(respond({ NEW_PASSWORD: 'short' })),
    ['InvalidPasswordException', /^Password does not conform to policy/],
    'U64',
  )
  t.strictSame(
    await refusal(respond({ NEW_PASSWORD: 'Otter-3-Jane!', 'userAttributes.email': 'x@y.example' })),
    [NAE, 'Cannot modify an already provided email'],
    'U65',
  )
  t.strictSame(await refusal(respond({ NEW_PASSWORD: 'Otter-3-Jane!', USERNAME: 'marco' })), [
    NAE,
    'Invalid session for the user.',
  ])
  const { AuthenticationResult } = await respond({
    NEW_PASSWORD: 'Welcome-2-Rockpool!',
    'userAttributes.nickname': 'Janie',
  })
  t.ok(AuthenticationResult, 'U63 it may stay the same')
  t.equal(claimsOf(AuthenticationResult?.IdToken).nickname, 'Janie', 'what nobody required can be told too')
  t.match(
    await refusal(respond({ NEW_PASSWORD: 'Otter-3-Jane!' })),
    [NAE, /^Invalid session for the user/],
    'U85',
  )
  await sdk.send(
    new cognito.AdminSetUserPasswordCommand({
      UserPoolId: 'us-east-1_Reef00001',
      Username: 'jane',
      Password: 'Welcome-2-Rockpool!',
    }),
  )
  clock.advance({ seconds: 7 * 86_400 })
  t.strictSame(
    await refusal(initiate({ USERNAME: 'jane', PASSWORD: 'Welcome-2-Rockpool!' })),
    [NAE, 'Temporary password has expired and must be reset by an administrator.'],
    'U66',
  )
})

t.test('staying in, and out', async t => {
  const { sdk, signIn, refresh, getUser, clock } = await aReef(t)
  const first = await signIn()
  const second = (await refresh(first.RefreshToken)).AuthenticationResult ?? {}
  t.notOk(second.RefreshToken, 'U46')
  t.equal(
    claimsOf(second.AccessToken).origin_jti,
    claimsOf(first.AccessToken).origin_jti,
    'U45 after a refresh',
  )
  t.ok((await refresh(first.RefreshToken, 'REFRESH_TOKEN')).AuthenticationResult, 'U47')
  t.strictSame(await refusal(refresh('garbage')), [NAE, 'Invalid Refresh Token'], 'U48')
  t.match(await getUser(first.AccessToken), {
    Username: 'marco',
    UserAttributes: [{ Name: 'sub' }, { Name: 'email' }],
  })
  t.strictSame(await refusal(getUser(first.IdToken)), [NAE, 'Invalid Access Token'], 'U55')
  t.strictSame(await refusal(getUser('noise')), [NAE, 'Invalid Access Token'], 'U55')
  const [head = '', body = ''] = (first.AccessToken ?? '').split('.')
  t.strictSame(await refusal(getUser(`${head}.${body}.${'A'.repeat(342)}`)), [
    NAE,
    'Could not verify signature for Access Token',
  ])

  const plain = (RefreshToken = '', ClientId = 'app0id') =>
    sdk.send(new cognito.GetTokensFromRefreshTokenCommand({ RefreshToken, ClientId }))
  t.notOk((await plain(first.RefreshToken)).AuthenticationResult?.RefreshToken, 'U53')
  t.strictSame(await refusal(plain('garbage')), [NAE, 'Invalid Refresh Token.'], 'U54')

  const change = (PreviousPassword: string, ProposedPassword: string) =>
    sdk.send(
      new cognito.ChangePasswordCommand({
        AccessToken: first.AccessToken,
        PreviousPassword,
        ProposedPassword,
      }),
    )
  t.strictSame(
    await refusal(change('wrong', 'Otter-3-Marco!')),
    [NAE, 'Incorrect username or password.'],
    'U77',
  )
  await change(password, 'Otter-3-Marco!')
  await change('Otter-3-Marco!', password)

  const parallel = await signIn()
  const revoke = (Token = '') => sdk.send(new cognito.RevokeTokenCommand({ Token, ClientId: 'app0id' }))
  t.match(await refusal(revoke(first.AccessToken)), ['UnsupportedTokenTypeException'], 'U51')
  await revoke(first.RefreshToken)
  t.strictSame(await refusal(refresh(first.RefreshToken)), [NAE, 'Refresh Token has been revoked'], 'U50')
  t.strictSame(await refusal(getUser(first.AccessToken)), [NAE, 'Access Token has been revoked'])
  t.ok((await refresh(parallel.RefreshToken)).AuthenticationResult, 'U50 another sign-in is untouched')
  await sdk.send(new cognito.GlobalSignOutCommand({ AccessToken: parallel.AccessToken }))
  t.strictSame(await refusal(refresh(parallel.RefreshToken)), [NAE, 'Refresh Token has been revoked'], 'U49')
  t.strictSame(await refusal(getUser(parallel.AccessToken)), [NAE, 'Access Token has been revoked'], 'U49')

  const late = await signIn()
  t.ok(late.AccessToken, 'in the same second as the sign-out')
  await getUser(late.AccessToken)
  clock.advance({ seconds: 3600 })
  t.strictSame(await refusal(getUser(late.AccessToken)), [NAE, 'Access Token has expired'], 'U56')

  const rotating = await signIn('marco', 'rotating0id')
  t.match(
    await refusal(
      sdk.send(
        new cognito.InitiateAuthCommand({
          ClientId: 'rotating0id',
          AuthFlow: 'REFRESH_TOKEN_AUTH',
          AuthParameters: { REFRESH_TOKEN: rotating.RefreshToken ?? '' },
        }),
      ),
    ),
    [IPE],
    'U52 not with rotation',
  )
  const next = (await plain(rotating.RefreshToken, 'rotating0id')).AuthenticationResult
  t.match(next?.RefreshToken, /^eyJ/, 'U52 a new one')
  clock.advance({ seconds: 10 })
  t.match(
    await refusal(plain(rotating.RefreshToken, 'rotating0id')),
    ['RefreshTokenReuseException'],
    'U52 after the grace period',
  )
  t.ok((await plain(next?.RefreshToken, 'rotating0id')).AuthenticationResult)

  const again = await signIn('marco', 'rotating0id')
  await plain(again.RefreshToken, 'rotating0id')
  const inGrace = (await plain(again.RefreshToken, 'rotating0id')).AuthenticationResult
  clock.advance({ seconds: 10 })
  t.ok(
    (await plain(inGrace?.RefreshToken, 'rotating0id')).AuthenticationResult,
    'U52 a token of the grace period outlives it',
  )

  const shared = await signIn('marco', 'rotating0id')
  const atOnce = await Promise.all(
    Array.from({ length: 20 }, () => plain(shared.RefreshToken, 'rotating0id')),
  )
  for (const { AuthenticationResult } of atOnce)
    t.ok(
      (await plain(AuthenticationResult?.RefreshToken, 'rotating0id')).AuthenticationResult,
      'U52 every token that was handed out works, also of refreshes that met',
    )

  await sdk.send(new cognito.DeleteUserCommand({ AccessToken: (await signIn()).AccessToken }))
  t.match(await refusal(signIn()), ['UserNotFoundException'])
})

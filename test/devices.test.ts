import { createHash } from 'node:crypto'
import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import * as amplify from 'amazon-cognito-identity-js'
import t, { type Test } from 'tap'
import { proof, serverKeys, sharedKey } from '../src/core/srp.js'
import { anSdk, refusal } from './support/api.js'
import { initiator } from './support/initiate.js'
import { signingKeys } from './support/keys.js'
import { numbersOfIdentityJs, powersInNativeCode } from './support/native-power.js'
import { often } from './support/often.js'
import { aClock, aRockpool, postForm } from './support/rockpool.js'
import { type DeviceSecret, deviceAnswer, deviceVerifier, SRP_A, srpAnswer, stampOf } from './support/srp.js'

const NAE = 'NotAuthorizedException'
const unknownDevice = ['ResourceNotFoundException', 'Device does not exist.']
const wrongProof = [NAE, 'Incorrect username or password.']
const password = 'Anemone-4-Marco!'
const pool = 'us-east-1_Device001'
const salt = '8c3a1c0b5d7e9f2a4c6b8d0e1f3a5c7d'
const SigningKeys = await signingKeys()

const seed = (DeviceConfiguration?: object) => ({
  UserPools: [
    {
      PoolName: 'tracked',
      Domain: 'tracked',
      Id: pool,
      SigningKeys,
      ...(DeviceConfiguration && { DeviceConfiguration }),
      EmailConfiguration: {
        EmailSendingAccount: 'DEVELOPER',
        SourceArn: 'arn:aws:ses:us-east-1:000000000000:identity/reef.example',
      },
      Clients: [
        {
          ClientName: 'app',
          ClientId: 'app0id',
          ExplicitAuthFlows: [
            'ALLOW_USER_PASSWORD_AUTH',
            'ALLOW_USER_SRP_AUTH',
            'ALLOW_USER_AUTH',
            'ALLOW_REFRESH_TOKEN_AUTH',
          ],
        },
        {
          ClientName: 'rotating',
          ClientId: 'rotating0id',
          ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH'],
          RefreshTokenRotation: { Feature: 'ENABLED', RetryGracePeriodSeconds: 10 },
        },
      ],
      Users: [
        { Username: 'marco', Password: password, UserAttributes: { email: 'marco@reef.example' } },
        { Username: 'polo', Password: password, UserAttributes: { email: 'polo@reef.example' } },
        { Username: 'jane', TemporaryPassword: 'Welcome-2-Rockpool!' },
      ],
    },
  ],
})

const challenging = { ChallengeRequiredOnNewDevice: true, DeviceOnlyRememberedOnUserPrompt: false }
const prompting = { ChallengeRequiredOnNewDevice: true, DeviceOnlyRememberedOnUserPrompt: true }

/** A Rockpool whose pool tracks devices, and how one signs in to it. */
async function aPool(t: Test, DeviceConfiguration?: object) {
  const clock = aClock()
  const rockpool = await aRockpool(t, { seed: seed(DeviceConfiguration), clock })
  const sdk = anSdk(t, rockpool)
  const initiate = initiator(sdk, 'USER_PASSWORD_AUTH')
  /** Signs in with a password, on a device or none. */
  const signIn = (USERNAME = 'marco', DEVICE_KEY?: string, ClientId = 'app0id') =>
    initiate({ USERNAME, PASSWORD: password, ...(DEVICE_KEY && { DEVICE_KEY }) }, { ClientId })
  const answer = (
    { ChallengeName, Session }: Pick<cognito.InitiateAuthResponse, 'ChallengeName' | 'Session'>,
    ChallengeResponses: Record<string, string>,
  ) =>
    sdk.send(
      new cognito.RespondToAuthChallengeCommand({
        ClientId: 'app0id',
        ChallengeName,
        Session,
        ChallengeResponses,
      }),
    )
  const confirm = (AccessToken: string | undefined, device: DeviceSecret, DeviceName?: string) =>
    sdk.send(
      new cognito.ConfirmDeviceCommand({
        AccessToken,
        DeviceKey: device.DeviceKey,
        DeviceName,
        DeviceSecretVerifierConfig: deviceVerifier(device, salt),
      }),
    )
  /** Signs in on a new device, and confirms it. */
  const aDevice = async (username = 'marco', DeviceName = 'shell phone') => {
    const tokens = (await signIn(username)).AuthenticationResult
    const device = deviceOf(tokens)
    await confirm(tokens?.AccessToken, device, DeviceName)
    return { ...device, AccessToken: tokens?.AccessToken, RefreshToken: tokens?.RefreshToken ?? '' }
  }
  const timestamp = () => stampOf(clock.now())
  /** Passes the challenges of a device. */
  const prove = async (asked: cognito.InitiateAuthResponse, device: DeviceSecret, USERNAME = 'marco') => {
    const verify = await answer(asked, { USERNAME, SRP_A, DEVICE_KEY: device.DeviceKey })
    return answer(verify, deviceAnswer(device, verify.ChallengeParameters, timestamp()))
  }
  const requireMail = () =>
    sdk.send(
      new cognito.SetUserPoolMfaConfigCommand({
        UserPoolId: pool,
        MfaConfiguration: 'ON',
        EmailMfaConfiguration: { Message: 'Mail {####}', Subject: 'In' },
      }),
    )
  const lastCode = async (username: string): Promise<string> => {
    const answer = await fetch(`${rockpool.baseUrl}/_rockpool/messages?username=${username}`)
    const { messages } = (await answer.json()) as { messages: { secret: string }[] }
    return messages.at(-1)?.secret ?? ''
  }
  return {
    rockpool,
    clock,
    sdk,
    initiate,
    signIn,
    answer,
    confirm,
    aDevice,
    timestamp,
    prove,
    requireMail,
    lastCode,
  }
}

const deviceOf = (tokens: cognito.AuthenticationResultType | undefined): DeviceSecret => ({
  DeviceKey: tokens?.NewDeviceMetadata?.DeviceKey ?? 'no device',
  DeviceGroupKey: tokens?.NewDeviceMetadata?.DeviceGroupKey ?? 'no device',
  password: 'device-secret',
})

const claimsOf = (jwt = '') => JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString())

const attributesOf = ({ DeviceAttributes }: cognito.DeviceType = {}) =>
  Object.fromEntries((DeviceAttributes ?? []).map(({ Name, Value }) => [Name, Value]))

t.test('the vector of SRP for devices', async t => {
  const device = {
    DeviceGroupKey: '-gKey1234',
    DeviceKey: 'us-east-1_11111111-2222-3333-4444-555555555555',
    password: 'device-secret',
  }
  const registered = Buffer.from(
    deviceVerifier(device, '0c3a1c0b5d7e9f2a4c6b8d0e1f3a5c7d').PasswordVerifier,
    'base64',
  )
  t.equal(
    createHash('sha256').update(registered).digest('hex'),
    '4cd83522e2464a9f3129259872c9eac7296942971de2d4a8c277d342af3ff526',
  )
  const v = registered.toString('hex')
  const A = serverKeys(
    '0',
    Buffer.from('a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f90', 'hex'),
  ).public
  const b = Buffer.from('1112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f30', 'hex')
  const key = sharedKey(A, serverKeys(v, b), v)
  t.equal(key.toString('hex'), '7147f818616a6193d50b20523bbab5ee')
  t.equal(
    proof(key, device.DeviceGroupKey, device.DeviceKey, 'c2VjcmV0LWJsb2Nr', 'Tue May 7 00:09:40 UTC 2024'),
    'z55dbvITX7LjD4ZTxrt/hmmiWK7yKFDyEKqlSHZo3Uw=',
  )
})

t.test('a pool that does not track devices', async t => {
  const { sdk, signIn } = await aPool(t)
  const tokens = (await signIn('marco', 'us-east-1_11111111-2222-3333-4444-555555555555'))
    .AuthenticationResult
  t.equal(tokens?.NewDeviceMetadata, undefined)
  t.equal(claimsOf(tokens?.AccessToken).device_key, undefined)
  const { AccessToken } = tokens ?? {}
  t.match(await refusal(sdk.send(new cognito.ListDevicesCommand({ AccessToken }))), [
    'InvalidUserPoolConfigurationException',
  ])
  t.match(
    await refusal(sdk.send(new cognito.AdminListDevicesCommand({ UserPoolId: pool, Username: 'marco' }))),
    ['InvalidUserPoolConfigurationException'],
  )
})

t.test('a device, from its first sign-in until it is forgotten', async t => {
  const { clock, sdk, signIn, confirm } = await aPool(t, challenging)
  const tokens = (await signIn()).AuthenticationResult
  const { AccessToken } = tokens ?? {}
  t.match(tokens?.NewDeviceMetadata, {
    DeviceKey: /^us-east-1_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
    DeviceGroupKey: /^-[0-9A-Za-z]{8}$/,
  })
  const device = deviceOf(tokens)
  const { DeviceKey } = device
  t.equal(claimsOf(AccessToken).device_key, DeviceKey)
  const get = () => sdk.send(new cognito.GetDeviceCommand({ AccessToken, DeviceKey }))
  const list = () => sdk.send(new cognito.ListDevicesCommand({ AccessToken }))
  t.strictSame(await refusal(get()), unknownDevice, 'it is not there before it is confirmed')
  t.strictSame((await list()).Devices, [])
  const other = (await signIn('marco', DeviceKey)).AuthenticationResult
  t.not(deviceOf(other).DeviceKey, DeviceKey, 'and counts for none')

  const invalid: (cognito.DeviceSecretVerifierConfigType | undefined)[] = [
    undefined,
    { Salt: 'AAAA' },
    { Salt: 'AAAA', PasswordVerifier: '%' },
    // Zero, which everybody could prove.
    { Salt: 'AAAA', PasswordVerifier: 'AAAA' },
  ]
  for (const DeviceSecretVerifierConfig of invalid)
    t.match(
      await refusal(
        sdk.send(new cognito.ConfirmDeviceCommand({ AccessToken, DeviceKey, DeviceSecretVerifierConfig })),
      ),
      ['InvalidParameterException'],
    )
  const polo = (await signIn('polo')).AuthenticationResult
  t.strictSame(await refusal(confirm(polo?.AccessToken, device)), unknownDevice, 'another user’s device')
  t.match(await confirm(AccessToken, device, 'shell phone'), { UserConfirmationNecessary: false })
  t.match(await refusal(confirm(AccessToken, device)), ['DeviceKeyExistsException'])

  const created = new Date(clock.now())
  const { Device } = await get()
  t.match(Device, { DeviceKey, DeviceCreateDate: created, DeviceLastAuthenticatedDate: created })
  t.match(attributesOf(Device), {
    device_status: 'valid',
    device_name: 'shell phone',
    'dev:device_remembered_status': 'remembered',
    last_ip_used: /^(127\.0\.0\.1|::1|::ffff:127\.0\.0\.1)$/,
  })
  const ofAdmin = { UserPoolId: pool, Username: 'marco', DeviceKey }
  t.strictSame((await sdk.send(new cognito.AdminGetDeviceCommand(ofAdmin))).Device, Device)
  t.strictSame((await list()).Devices, [Device])

  clock.advance({ seconds: 60 })
  const forgotten = { DeviceRememberedStatus: 'not_remembered' } as const
  await sdk.send(new cognito.UpdateDeviceStatusCommand({ AccessToken, DeviceKey, ...forgotten }))
  t.match((await get()).Device, {
    DeviceCreateDate: created,
    DeviceLastModifiedDate: new Date(clock.now()),
    DeviceLastAuthenticatedDate: created,
  })
  const status = async () => attributesOf((await get()).Device)['dev:device_remembered_status']
  t.equal(await status(), 'not_remembered')
  await sdk.send(
    new cognito.AdminUpdateDeviceStatusCommand({ ...ofAdmin, DeviceRememberedStatus: 'remembered' }),
  )
  t.equal(await status(), 'remembered')

  const ofPolo = { AccessToken: polo?.AccessToken, DeviceKey }
  for (const asked of [
    () => sdk.send(new cognito.GetDeviceCommand(ofPolo)),
    () => sdk.send(new cognito.UpdateDeviceStatusCommand({ ...ofPolo, ...forgotten })),
    () => sdk.send(new cognito.ForgetDeviceCommand(ofPolo)),
    () => sdk.send(new cognito.AdminGetDeviceCommand({ ...ofAdmin, Username: 'polo' })),
    () => sdk.send(new cognito.AdminForgetDeviceCommand({ ...ofAdmin, Username: 'polo' })),
    () =>
      sdk.send(new cognito.AdminUpdateDeviceStatusCommand({ ...ofAdmin, ...forgotten, Username: 'polo' })),
  ])
    t.strictSame(await refusal(asked()), unknownDevice, 'another user’s device')
  t.strictSame(await refusal(sdk.send(new cognito.GetDeviceCommand({ DeviceKey }))), [
    NAE,
    'Invalid Access Token',
  ])

  await sdk.send(new cognito.ForgetDeviceCommand({ AccessToken, DeviceKey }))
  t.strictSame(await refusal(get()), unknownDevice)
  t.strictSame(await refusal(signIn('marco', DeviceKey)), unknownDevice, 'a sign-in on it is refused')
  t.ok((await signIn()).AuthenticationResult?.NewDeviceMetadata, 'and one on a new device is not')
})

t.test('devices in pages, and gone with their user', async t => {
  const { sdk, aDevice, signIn, clock, confirm } = await aPool(t, prompting)
  const made = [await aDevice(), await aDevice(), await aDevice()]
  const { AccessToken } = made[0] ?? {}
  await aDevice('polo')
  const own = (Limit: number, PaginationToken?: string) =>
    sdk.send(new cognito.ListDevicesCommand({ AccessToken, Limit, PaginationToken }))
  const admins = (Limit: number, PaginationToken?: string) =>
    sdk.send(
      new cognito.AdminListDevicesCommand({ UserPoolId: pool, Username: 'marco', Limit, PaginationToken }),
    )
  for (const list of [own, admins]) {
    const first = await list(2)
    const second = await list(2, first.PaginationToken)
    t.equal(first.Devices?.length, 2)
    t.equal(second.PaginationToken, undefined)
    t.strictSame(
      [...(first.Devices ?? []), ...(second.Devices ?? [])].map(({ DeviceKey }) => DeviceKey).toSorted(),
      made.map(({ DeviceKey }) => DeviceKey).toSorted(),
    )
    t.equal((await list(0)).Devices?.length, 3, 'no limit')
    t.match(await refusal(list(2, 'garbage')), ['InvalidParameterException'])
  }
  t.match(await refusal(admins(2, (await own(2)).PaginationToken)), ['InvalidParameterException'])

  const late = (await signIn()).AuthenticationResult
  clock.advance({ seconds: 31 * 86_400 })
  const { AccessToken: fresh } = (await signIn()).AuthenticationResult ?? {}
  t.strictSame(
    await refusal(confirm(fresh, deviceOf(late))),
    unknownDevice,
    'what nobody confirms is gone with the sign-in it came of',
  )
  await sdk.send(new cognito.AdminDeleteUserCommand({ UserPoolId: pool, Username: 'marco' }))
  await sdk.send(new cognito.AdminCreateUserCommand({ UserPoolId: pool, Username: 'marco' }))
  t.strictSame((await admins(0)).Devices, [])
})

t.test('a remembered device in the place of a second factor', async t => {
  const { sdk, signIn, answer, aDevice, timestamp, prove, requireMail, lastCode, clock } = await aPool(
    t,
    challenging,
  )
  const device = await aDevice()
  const { DeviceKey: DEVICE_KEY } = device
  const second = await aDevice()
  const polos = await aDevice('polo')
  await requireMail()
  t.equal((await signIn()).ChallengeName, 'EMAIL_OTP', 'without a device')

  const asked = await signIn('marco', DEVICE_KEY)
  t.equal(asked.ChallengeName, 'DEVICE_SRP_AUTH')
  t.match(asked.Session, /^AYABe/)
  t.equal(asked.AuthenticationResult, undefined)
  const begin = { USERNAME: 'marco', SRP_A, DEVICE_KEY }
  t.strictSame(
    await refusal(answer(asked, { ...begin, DEVICE_KEY: second.DeviceKey })),
    wrongProof,
    'another device than the one that was asked',
  )
  t.strictSame(await refusal(answer(asked, { ...begin, DEVICE_KEY: polos.DeviceKey })), unknownDevice)
  t.match(await refusal(answer(asked, { ...begin, SRP_A: '0' })), [
    'InvalidParameterException',
    'Invalid SRP_A',
  ])
  t.strictSame(await refusal(answer(asked, { USERNAME: 'marco', SRP_A })), [
    'InvalidParameterException',
    'Missing required parameter DEVICE_KEY',
  ])
  t.match(
    await refusal(answer(asked, { ...begin, USERNAME: 'polo' })),
    [NAE, 'Invalid session for the user.'],
    'another user’s session',
  )
  const verify = await answer(asked, begin)
  t.equal(verify.ChallengeName, 'DEVICE_PASSWORD_VERIFIER')
  t.strictSame(Object.keys(verify.ChallengeParameters ?? {}).toSorted(), [
    'DEVICE_KEY',
    'SALT',
    'SECRET_BLOCK',
    'SRP_B',
    'USERNAME',
  ])
  t.equal(verify.ChallengeParameters?.SALT, `00${salt}`)
  t.match(await refusal(answer(asked, begin)), [NAE, /can only be used once/])
  clock.advance({ seconds: 30 })
  const right = deviceAnswer(device, verify.ChallengeParameters, timestamp())
  const tokens = (await answer(verify, right)).AuthenticationResult
  t.ok(tokens?.RefreshToken)
  t.equal(tokens?.NewDeviceMetadata, undefined)
  t.equal(claimsOf(tokens?.AccessToken).device_key, DEVICE_KEY)
  t.match(await refusal(answer(verify, right)), [NAE, /can only be used once/], 'the proof is good once')
  const { Device } = await sdk.send(
    new cognito.GetDeviceCommand({ AccessToken: tokens?.AccessToken, DeviceKey: DEVICE_KEY }),
  )
  t.strictSame(Device?.DeviceLastAuthenticatedDate, new Date(clock.now()))

  const wrong: [string, (parameters: Record<string, string> | undefined) => Record<string, string>][] = [
    ['another password', given => deviceAnswer({ ...device, password: 'guess' }, given, timestamp())],
    ['another group', given => deviceAnswer({ ...device, DeviceGroupKey: '-gKey1234' }, given, timestamp())],
    ['another device', given => ({ ...deviceAnswer(second, given, timestamp()) })],
    ['another device’s proof', given => ({ ...deviceAnswer(second, given, timestamp()), DEVICE_KEY })],
    ['the password of the user', given => deviceAnswer({ ...device, password }, given, timestamp())],
    ['an old proof', given => deviceAnswer(device, given, stampOf(clock.now() - 3_600_000))],
    ['another block', given => deviceAnswer(device, { ...given, SECRET_BLOCK: 'AAAA' }, timestamp())],
  ]
  for (const [what, wrongly] of wrong) {
    const again = await answer(await signIn('marco', DEVICE_KEY), begin)
    t.strictSame(await refusal(answer(again, wrongly(again.ChallengeParameters))), wrongProof, what)
    t.match(
      await refusal(answer(again, deviceAnswer(device, again.ChallengeParameters, timestamp()))),
      [NAE, /can only be used once/],
      'a wrong proof ends the session',
    )
  }
  t.strictSame(await refusal(signIn('marco', polos.DeviceKey)), unknownDevice, 'another user’s device')

  const status = (DeviceRememberedStatus: cognito.DeviceRememberedStatusType) =>
    sdk.send(
      new cognito.AdminUpdateDeviceStatusCommand({
        UserPoolId: pool,
        Username: 'marco',
        DeviceKey: DEVICE_KEY,
        DeviceRememberedStatus,
      }),
    )
  const half = await answer(await signIn('marco', DEVICE_KEY), begin)
  await status('not_remembered')
  t.strictSame(
    await refusal(answer(half, deviceAnswer(device, half.ChallengeParameters, timestamp()))),
    wrongProof,
    'no longer remembered',
  )
  const mailed = await signIn('marco', DEVICE_KEY)
  t.equal(mailed.ChallengeName, 'EMAIL_OTP', 'a device that is not remembered spares nothing')
  const EMAIL_OTP_CODE = await lastCode('marco')
  t.strictSame(
    await refusal(answer(mailed, { USERNAME: 'marco', EMAIL_OTP_CODE, DEVICE_KEY: polos.DeviceKey })),
    unknownDevice,
    'another user’s device',
  )
  const passed = (await answer(mailed, { USERNAME: 'marco', EMAIL_OTP_CODE })).AuthenticationResult
  t.equal(passed?.NewDeviceMetadata, undefined, 'but it is known')
  t.equal(claimsOf(passed?.AccessToken).device_key, DEVICE_KEY)
  await status('remembered')
  t.ok((await prove(await signIn('marco', DEVICE_KEY), device)).AuthenticationResult)

  const cut = await answer(await signIn('marco', DEVICE_KEY), begin)
  await sdk.send(
    new cognito.AdminForgetDeviceCommand({ UserPoolId: pool, Username: 'marco', DeviceKey: DEVICE_KEY }),
  )
  t.strictSame(
    await refusal(answer(cut, deviceAnswer(device, cut.ChallengeParameters, timestamp()))),
    unknownDevice,
    'forgotten meanwhile',
  )
})

t.test('a device in the other flows', async t => {
  const { sdk, initiate, signIn, answer, aDevice, timestamp, prove } = await aPool(t, challenging)
  const device = await aDevice()
  const { DeviceKey: DEVICE_KEY } = device
  const begun = await initiate({ USERNAME: 'marco', SRP_A }, { AuthFlow: 'USER_SRP_AUTH' })
  const proven = srpAnswer(pool, password, begun.ChallengeParameters, timestamp())
  const stale = 'us-east-1_11111111-2222-3333-4444-555555555555'
  t.strictSame(await refusal(answer(begun, { ...proven, DEVICE_KEY: stale })), unknownDevice)
  const asked = await answer(begun, { ...proven, DEVICE_KEY })
  t.equal(asked.ChallengeName, 'DEVICE_SRP_AUTH', 'a device that does not exist leaves the proof good')
  t.ok((await prove(asked, device)).AuthenticationResult)

  const chosen = await initiate(
    { USERNAME: 'marco', PREFERRED_CHALLENGE: 'PASSWORD', DEVICE_KEY },
    { AuthFlow: 'USER_AUTH' },
  )
  const known = await answer(chosen, { USERNAME: 'marco', PASSWORD: password })
  t.equal(known.ChallengeName, 'DEVICE_SRP_AUTH', 'a sign-in by choice')
  t.ok((await prove(known, device)).AuthenticationResult)

  const first = await initiate({ USERNAME: 'jane', PASSWORD: 'Welcome-2-Rockpool!' })
  const jane = await answer(first, { USERNAME: 'jane', NEW_PASSWORD: password })
  t.ok(jane.AuthenticationResult?.NewDeviceMetadata, 'after a new password')

  await sdk.send(
    new cognito.UpdateUserPoolCommand({
      UserPoolId: pool,
      DeviceConfiguration: { ChallengeRequiredOnNewDevice: false, DeviceOnlyRememberedOnUserPrompt: false },
    }),
  )
  const tokens = (await signIn('marco', DEVICE_KEY)).AuthenticationResult
  t.ok(tokens, 'where no challenge is required, none is made')
  t.equal(tokens?.NewDeviceMetadata, undefined)
  t.equal(claimsOf(tokens?.AccessToken).device_key, DEVICE_KEY)
})

t.test('refreshing is for the device that signed in', async t => {
  const { rockpool, sdk, initiate, signIn, aDevice, confirm } = await aPool(t, challenging)
  const unconfirmed = (await signIn()).AuthenticationResult
  const late = () =>
    initiate(
      { REFRESH_TOKEN: unconfirmed?.RefreshToken ?? '', DEVICE_KEY: deviceOf(unconfirmed).DeviceKey },
      { AuthFlow: 'REFRESH_TOKEN_AUTH' },
    )
  t.strictSame(await refusal(late()), [NAE, 'Invalid Refresh Token'], 'N6 before it is confirmed')
  await confirm(unconfirmed?.AccessToken, deviceOf(unconfirmed))
  t.ok((await late()).AuthenticationResult?.AccessToken, 'and after')
  const device = await aDevice()
  const other = await aDevice()
  const refresh = (DEVICE_KEY?: string) =>
    initiate(
      { REFRESH_TOKEN: device.RefreshToken, ...(DEVICE_KEY && { DEVICE_KEY }) },
      { AuthFlow: 'REFRESH_TOKEN_AUTH' },
    )
  t.strictSame(await refusal(refresh()), [NAE, 'Invalid Refresh Token'], 'without the device')
  t.strictSame(await refusal(refresh(other.DeviceKey)), [NAE, 'Invalid Refresh Token'], 'on another device')
  const tokens = (await refresh(device.DeviceKey)).AuthenticationResult
  t.equal(claimsOf(tokens?.AccessToken).device_key, device.DeviceKey)
  t.equal(claimsOf(tokens?.IdToken).device_key, undefined)
  t.equal(tokens?.NewDeviceMetadata, undefined)

  const plain = (RefreshToken: string | undefined, DeviceKey?: string, ClientId = 'app0id') =>
    sdk.send(new cognito.GetTokensFromRefreshTokenCommand({ RefreshToken, ClientId, DeviceKey }))
  const invalid = [NAE, 'Invalid Refresh Token.']
  t.strictSame(await refusal(plain(device.RefreshToken)), invalid)
  t.strictSame(await refusal(plain(device.RefreshToken, other.DeviceKey)), invalid)
  t.ok((await plain(device.RefreshToken, device.DeviceKey)).AuthenticationResult)
  const rotating = (await signIn('marco', undefined, 'rotating0id')).AuthenticationResult
  const { DeviceKey } = deviceOf(rotating)
  t.strictSame(
    await refusal(plain(rotating?.RefreshToken, DeviceKey, 'rotating0id')),
    invalid,
    'N6 a device that was never confirmed',
  )
  await confirm(rotating?.AccessToken, deviceOf(rotating))
  t.strictSame(await refusal(plain(rotating?.RefreshToken, undefined, 'rotating0id')), invalid)
  const rotated = (await plain(rotating?.RefreshToken, DeviceKey, 'rotating0id')).AuthenticationResult
  t.ok(rotated?.RefreshToken, 'a refusal uses nothing up')
  t.equal(claimsOf(rotated?.AccessToken).device_key, DeviceKey)
  t.strictSame(await refusal(plain(rotated?.RefreshToken, undefined, 'rotating0id')), invalid)

  const atTokenEndpoint = async () =>
    (
      await postForm(`${rockpool.baseUrl}/tracked/oauth2/token`, {
        grant_type: 'refresh_token',
        client_id: 'app0id',
        refresh_token: device.RefreshToken,
      })
    ).json()
  t.strictSame(
    await atTokenEndpoint(),
    { error: 'invalid_grant' },
    'nor at the token endpoint, which cannot be told',
  )
  await sdk.send(new cognito.UpdateUserPoolCommand({ UserPoolId: pool }))
  t.match(await atTokenEndpoint(), { access_token: String }, 'unless the pool no longer tracks devices')
  t.ok((await refresh()).AuthenticationResult, 'unless the pool no longer tracks devices')
})

t.test('many sign-ins of one user at once', async t => {
  const { sdk, signIn, aDevice, confirm, prove, answer } = await aPool(t, challenging)
  const device = await aDevice()
  const many = Array.from({ length: often(16, 64) })
  const fresh = await Promise.all(many.map(async () => (await signIn()).AuthenticationResult))
  const keys = fresh.map(tokens => deviceOf(tokens).DeviceKey)
  t.equal(new Set(keys).size, many.length, 'each has a device of its own')
  await Promise.all(fresh.slice(0, 8).map(tokens => confirm(tokens?.AccessToken, deviceOf(tokens))))
  const list = async () =>
    (await sdk.send(new cognito.AdminListDevicesCommand({ UserPoolId: pool, Username: 'marco' }))).Devices ??
    []
  t.equal((await list()).length, 9)

  const twice = fresh[8]
  const confirmed = await Promise.all(
    many.slice(0, 8).map(() => refusal(confirm(twice?.AccessToken, deviceOf(twice)))),
  )
  t.strictSame(
    confirmed.map(([name]) => name).toSorted(),
    [...Array<string>(7).fill('DeviceKeyExistsException'), 'nothing'],
    'one of many confirmations counts',
  )

  const asked = await Promise.all(many.slice(0, 16).map(() => signIn('marco', device.DeviceKey)))
  const done = await Promise.all(asked.map(each => prove(each, device)))
  t.ok(
    done.every(
      ({ AuthenticationResult }) =>
        claimsOf(AuthenticationResult?.AccessToken).device_key === device.DeviceKey,
    ),
    'all of them on one device',
  )
  t.equal((await list()).length, 10, 'which is one device still')
  const raced = await signIn('marco', device.DeviceKey)
  const begin = { USERNAME: 'marco', SRP_A, DEVICE_KEY: device.DeviceKey }
  const outcomes = await Promise.all(many.slice(0, 8).map(() => refusal(answer(raced, begin))))
  t.equal(outcomes.filter(([name]) => name === 'nothing').length, 1, 'one answer of many is taken')

  const open = await Promise.all(many.slice(0, 16).map(() => signIn('marco', device.DeviceKey)))
  const forget = sdk.send(
    new cognito.AdminForgetDeviceCommand({
      UserPoolId: pool,
      Username: 'marco',
      DeviceKey: device.DeviceKey,
    }),
  )
  await Promise.all([forget, ...open.map(each => refusal(prove(each, device)))])
  t.equal((await list()).length, 9, 'and none brings it back once it is forgotten')
})

t.test('amazon-cognito-identity-js has its device remembered', async t => {
  powersInNativeCode(numbersOfIdentityJs())
  // Its proofs name the time, so the clock must be the system's.
  const rockpool = await aRockpool(t, { seed: seed(prompting) })
  const sdk = anSdk(t, rockpool)
  await sdk.send(
    new cognito.SetUserPoolMfaConfigCommand({
      UserPoolId: pool,
      MfaConfiguration: 'ON',
      SmsMfaConfiguration: {
        SmsAuthenticationMessage: 'Text {####}',
        SmsConfiguration: { SnsCallerArn: 'arn:aws:iam::000000000000:role/sms' },
      },
    }),
  )
  await sdk.send(
    new cognito.AdminUpdateUserAttributesCommand({
      UserPoolId: pool,
      Username: 'marco',
      UserAttributes: [{ Name: 'phone_number', Value: '+15550001234' }],
    }),
  )
  const storage = new Map<string, string>()
  const Storage: amplify.ICognitoStorage = {
    getItem: key => storage.get(key) ?? null,
    setItem: (key, value) => storage.set(key, value),
    removeItem: key => storage.delete(key),
    clear: () => storage.clear(),
  }
  const users = new amplify.CognitoUserPool({
    UserPoolId: pool,
    ClientId: 'app0id',
    endpoint: rockpool.baseUrl,
    Storage,
  })
  /** Signs in; by a code, where one is asked for. */
  const authenticate = (user: amplify.CognitoUser) =>
    new Promise<{ by: string; mustAsk?: boolean | undefined }>((resolve, reject) => {
      const ends = (by: string) => ({
        onSuccess: (_session: unknown, mustAsk?: boolean) => resolve({ by, mustAsk }),
        onFailure: reject,
      })
      user.authenticateUser(new amplify.AuthenticationDetails({ Username: 'marco', Password: password }), {
        ...ends('device'),
        mfaRequired: async () => {
          const answer = await fetch(`${rockpool.baseUrl}/_rockpool/messages?username=marco`)
          const { messages } = (await answer.json()) as { messages: { secret: string }[] }
          user.sendMFACode(messages.at(-1)?.secret ?? '', ends('code'))
        },
      })
    })
  const aUser = () => new amplify.CognitoUser({ Username: 'marco', Pool: users, Storage })
  const calling = <T>(
    call: (callback: { onSuccess: (answer: T) => void; onFailure: (error: Error) => void }) => void,
  ) => new Promise<T>((onSuccess, onFailure) => call({ onSuccess, onFailure }))
  const devices = async () =>
    (await sdk.send(new cognito.AdminListDevicesCommand({ UserPoolId: pool, Username: 'marco' }))).Devices ??
    []

  const user = aUser()
  t.strictSame(await authenticate(user), { by: 'code', mustAsk: true }, 'the user is to be asked')
  const [confirmed] = await devices()
  t.equal(attributesOf(confirmed)['dev:device_remembered_status'], 'not_remembered')
  t.match(await authenticate(aUser()), { by: 'code' }, 'until then a code is needed')
  t.equal((await devices()).length, 1, 'but the device is the same')
  t.equal(await calling<string>(callback => user.setDeviceStatusRemembered(callback)), 'SUCCESS')

  const again = aUser()
  t.match(await authenticate(again), { by: 'device' }, 'the device stands for the code')
  const refreshed = await new Promise<amplify.CognitoUserSession>((resolve, reject) => {
    const token = again.getSignInUserSession()?.getRefreshToken()
    if (token) again.refreshSession(token, (error, session) => (error ? reject(error) : resolve(session)))
  })
  t.equal(refreshed.getAccessToken().payload.device_key, confirmed?.DeviceKey)
  t.match(await calling(callback => again.getDevice(callback)), {
    Device: { DeviceKey: confirmed?.DeviceKey },
  })
  t.match(await calling(callback => again.listDevices(10, null, callback)), { Devices: { length: 1 } })

  const stale = new Map(storage)
  t.equal(await calling<string>(callback => again.forgetDevice(callback)), 'SUCCESS')
  t.match(await authenticate(aUser()), { by: 'code' }, 'forgotten')
  for (const [key, value] of stale) if (/device|random/i.test(key)) storage.set(key, value)
  t.match(
    await authenticate(aUser()),
    { by: 'code' },
    'a key of a device that is gone is dropped by the client',
  )
})

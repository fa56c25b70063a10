import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import * as amplify from 'amazon-cognito-identity-js'
import t from 'tap'
import { mfaStep, type PoolMfa } from '../src/core/mfa.js'
import { refusal } from './support/api.js'
import { aGuardedPool, enabled, IPE, NAE, password, pool, preferred, totpAt } from './support/guarded-pool.js'
import { numbersOfIdentityJs, powersInNativeCode } from './support/native-power.js'
import { often } from './support/often.js'

t.test('which second factor is asked for', async t => {
  const on = (more: Partial<PoolMfa> = {}): PoolMfa => ({
    mode: 'ON',
    factors: ['SMS_MFA', 'SOFTWARE_TOKEN_MFA', 'EMAIL_OTP'],
    recovery: [],
    ...more,
  })
  const both = { email: 'a@b.example', phone_number: '+15550001234' }
  const app = { softwareToken: { secret: 'A' } }
  const cases: [string, PoolMfa, Parameters<typeof mfaStep>[1], ReturnType<typeof mfaStep>][] = [
    [
      'none where MFA is off',
      on({ mode: 'OFF' }),
      { attributes: both, mfa: { enabled: ['SMS_MFA'] } },
      undefined,
    ],
    ['none that is optional and not enabled', on({ mode: 'OPTIONAL' }), { attributes: both }, undefined],
    [
      'the only one enabled',
      on({ mode: 'OPTIONAL' }),
      { attributes: both, mfa: { enabled: ['EMAIL_OTP'] } },
      { ask: 'EMAIL_OTP' },
    ],
    [
      'the preferred one',
      on(),
      { attributes: both, mfa: { enabled: ['SMS_MFA', 'EMAIL_OTP'], preferred: 'EMAIL_OTP' } },
      { ask: 'EMAIL_OTP' },
    ],
    [
      'a choice where none is preferred',
      on(),
      { attributes: both, mfa: { enabled: ['EMAIL_OTP', 'SMS_MFA'] } },
      { choose: ['SMS_MFA', 'EMAIL_OTP'] },
    ],
    [
      'none of those that the pool has no longer',
      on({ factors: ['EMAIL_OTP'] }),
      { attributes: both, mfa: { enabled: ['SMS_MFA'], preferred: 'SMS_MFA' } },
      { ask: 'EMAIL_OTP' },
    ],
    ['what can be delivered', on(), { attributes: { phone_number: '+15550001234' } }, { ask: 'SMS_MFA' }],
    ['a choice of what can be delivered', on(), { attributes: both }, { choose: ['SMS_MFA', 'EMAIL_OTP'] }],
    [
      'nothing that recovers the password',
      on({ recovery: ['email', 'phone_number'] }),
      { attributes: both },
      { ask: 'SMS_MFA' },
    ],
    [
      'an app beside what can be delivered',
      on({ factors: ['SMS_MFA', 'SOFTWARE_TOKEN_MFA'] }),
      { attributes: both, mfa: { enabled: [], ...app } },
      { choose: ['SMS_MFA', 'SOFTWARE_TOKEN_MFA'] },
    ],
    [
      'setting one up where nothing is there',
      on({ factors: ['SOFTWARE_TOKEN_MFA'] }),
      { attributes: both },
      { setUp: ['SOFTWARE_TOKEN_MFA'] },
    ],
  ]
  for (const [what, configuration, user, expected] of cases)
    t.strictSame(mfaStep(configuration, user), expected, what)
})

t.test('an authenticator app, set up on the way in', async t => {
  const { clock, sdk, signIn, answer } = await aGuardedPool(t, 'ON', 'totp')
  const first = await signIn('bare')
  t.match(
    first,
    { ChallengeName: 'MFA_SETUP', Session: /^AYABe/, ChallengeParameters: { USER_ID_FOR_SRP: 'bare' } },
    'U79 the first sign-in',
  )
  t.equal(first.ChallengeParameters?.MFAS_CAN_SETUP, '["SOFTWARE_TOKEN_MFA"]')
  const associate = (Session?: string) => sdk.send(new cognito.AssociateSoftwareTokenCommand({ Session }))
  const verify = (Session?: string, UserCode = '000000') =>
    sdk.send(new cognito.VerifySoftwareTokenCommand({ Session, UserCode, FriendlyDeviceName: 'my phone' }))
  t.match(
    await refusal(verify(first.Session)),
    ['SoftwareTokenMFANotFoundException', 'Software Token MFA does not exist for the user.'],
    'without a secret there is nothing to verify',
  )
  const offered = await associate(first.Session)
  t.match(offered.SecretCode, /^[A-Z2-7]{52}$/)
  t.strictSame(
    await refusal(associate(first.Session)),
    [NAE, 'Invalid session for the user, session can only be used once.'],
    'U85 a session used twice',
  )
  t.strictSame(
    await refusal(verify(offered.Session)),
    ['EnableSoftwareTokenMFAException', 'Code mismatch and fail enable Software Token MFA'],
    'U80',
  )
  t.strictSame(
    await refusal(answer({ ...first, Session: offered.Session }, { USERNAME: 'bare' })),
    [NAE, 'Invalid session for the user.'],
    'nothing is set up before the code was right',
  )
  const code = totpAt(offered.SecretCode, clock.now())
  const verified = await verify(offered.Session, code)
  t.equal(verified.Status, 'SUCCESS')
  t.match(
    await sdk.send(new cognito.AdminGetUserCommand({ UserPoolId: pool, Username: 'bare' })),
    { UserMFASettingList: ['SOFTWARE_TOKEN_MFA'] },
    'the app is registered at once, even if the sign-in is given up here',
  )
  t.match(await signIn('bare'), { ChallengeName: 'SOFTWARE_TOKEN_MFA' })
  const done = await answer({ ...first, Session: verified.Session }, { USERNAME: 'bare' })
  t.ok(done.AuthenticationResult?.AccessToken, 'U79 the sequence ends in tokens')
  t.strictSame(done.ChallengeParameters, {})
  t.match(await sdk.send(new cognito.AdminGetUserCommand({ UserPoolId: pool, Username: 'bare' })), {
    UserMFASettingList: ['SOFTWARE_TOKEN_MFA'],
  })

  const next = await signIn('bare')
  t.match(
    next,
    { ChallengeName: 'SOFTWARE_TOKEN_MFA', ChallengeParameters: { FRIENDLY_DEVICE_NAME: 'my phone' } },
    'U79 the next sign-in asks for it',
  )
  const respond = (SOFTWARE_TOKEN_MFA_CODE: string, asked = next) =>
    answer(asked, { USERNAME: 'bare', SOFTWARE_TOKEN_MFA_CODE })
  t.strictSame(
    await refusal(respond(code)),
    ['ExpiredCodeException', 'Your software token has already been used once.'],
    'U84 a code used before',
  )
  const wrong = code === '123456' ? '654321' : '123456'
  t.strictSame(
    await refusal(respond(wrong)),
    ['CodeMismatchException', 'Invalid code received for user'],
    'U83 a wrong code',
  )
  clock.advance({ seconds: 30 })
  const right = totpAt(offered.SecretCode, clock.now())
  const again = await signIn('bare')
  t.ok((await respond(right)).AuthenticationResult, 'U83 a wrong code leaves the session open')
  t.strictSame(
    await refusal(respond(right, again)),
    ['ExpiredCodeException', 'Your software token has already been used once.'],
    'U84 also in another session',
  )
  t.strictSame(
    await refusal(respond(right)),
    [NAE, 'Invalid session for the user, session can only be used once.'],
    'U85 a session used twice',
  )
  clock.advance({ seconds: 181 })
  t.strictSame(
    await refusal(respond(totpAt(offered.SecretCode, clock.now()), again)),
    [NAE, 'Invalid session for the user, session is expired.'],
    'U85 a session that expired',
  )
})

t.test('5: codes that prove an authenticator app are guessed so often in an hour, and no more', async t => {
  const { clock, sdk, tokenOf } = await aGuardedPool(t, 'OPTIONAL', 'totp')
  const AccessToken = await tokenOf('marco')
  const { SecretCode } = await sdk.send(new cognito.AssociateSoftwareTokenCommand({ AccessToken }))
  const verify = (UserCode: string) =>
    sdk.send(new cognito.VerifySoftwareTokenCommand({ AccessToken, UserCode }))
  const right = totpAt(SecretCode, clock.now())
  const wrong = right === '123456' ? '654321' : '123456'
  for (let count = 0; count < 15; count++)
    t.match(await refusal(verify(wrong)), ['EnableSoftwareTokenMFAException'])
  t.strictSame(
    await refusal(verify(right)),
    ['TooManyRequestsException', 'Attempt limit exceeded, please try after some time.'],
    'though it is right',
  )
})

t.test('an authenticator app of somebody who is signed in', async t => {
  const { clock, sdk, signIn, answer, tokenOf, prefer } = await aGuardedPool(t, 'OPTIONAL', 'totp')
  const AccessToken = await tokenOf('marco')
  t.strictSame(
    await refusal(prefer(AccessToken, { SoftwareTokenMfaSettings: preferred })),
    [IPE, 'User does not have delivery config set to turn on SOFTWARE_TOKEN_MFA'],
    'U82 before verifying',
  )
  const associate = () => sdk.send(new cognito.AssociateSoftwareTokenCommand({ AccessToken }))
  const verify = (UserCode: string) =>
    sdk.send(new cognito.VerifySoftwareTokenCommand({ AccessToken, UserCode }))
  t.match(await refusal(verify('123456')), ['SoftwareTokenMFANotFoundException'])
  const former = await associate()
  t.equal(former.Session, undefined)
  const { SecretCode = '' } = await associate()
  t.strictSame(
    await refusal(verify(totpAt(former.SecretCode, clock.now()))),
    ['EnableSoftwareTokenMFAException', 'Code mismatch and fail enable Software Token MFA'],
    'a new secret replaces one that was not verified',
  )
  t.match(await verify(totpAt(SecretCode, clock.now())), { Status: 'SUCCESS' })
  t.ok((await signIn('marco')).AuthenticationResult, 'U81 verified, but not asked for')
  await prefer(AccessToken, { SoftwareTokenMfaSettings: preferred })
  t.match(
    await sdk.send(new cognito.GetUserCommand({ AccessToken })),
    { PreferredMfaSetting: 'SOFTWARE_TOKEN_MFA', UserMFASettingList: ['SOFTWARE_TOKEN_MFA'] },
    'U81',
  )
  const asked = await signIn('marco')
  t.equal(asked.ChallengeName, 'SOFTWARE_TOKEN_MFA', 'U81 asked for after SetUserMFAPreference')
  clock.advance({ seconds: 30 })
  const SOFTWARE_TOKEN_MFA_CODE = totpAt(SecretCode, clock.now())
  const late = totpAt(SecretCode, clock.now() - 60_000)
  t.match(
    await refusal(answer(asked, { USERNAME: 'marco', SOFTWARE_TOKEN_MFA_CODE: late })),
    ['CodeMismatchException'],
    'one step of drift is allowed, two are not',
  )
  t.match(
    await refusal(answer(asked, { USERNAME: 'polo', SOFTWARE_TOKEN_MFA_CODE })),
    [NAE, 'Invalid session for the user.'],
    'another user’s session',
  )
  t.match(
    await refusal(answer(asked, { USERNAME: 'marco', SOFTWARE_TOKEN_MFA_CODE }, 'other0id')),
    [NAE, 'Invalid session for the user.'],
    'another client’s session',
  )
  t.match(
    await refusal(
      answer({ ...asked, ChallengeName: 'SMS_MFA' }, { USERNAME: 'marco', SMS_MFA_CODE: '123456' }),
    ),
    [NAE, 'Invalid session for the user.'],
    'an answer to another challenge',
  )
  t.match(
    await refusal(
      answer({ ChallengeName: 'SOFTWARE_TOKEN_MFA' }, { USERNAME: 'marco', SOFTWARE_TOKEN_MFA_CODE }),
    ),
    [IPE, 'Missing required parameter Session'],
  )
  t.ok((await answer(asked, { USERNAME: 'marco', SOFTWARE_TOKEN_MFA_CODE })).AuthenticationResult)
  await prefer(AccessToken, { SoftwareTokenMfaSettings: { Enabled: false } })
  t.ok((await signIn('marco')).AuthenticationResult, 'and no longer, once it is disabled')
  t.strictSame(
    Object.keys(
      await sdk.send(new cognito.AdminGetUserCommand({ UserPoolId: pool, Username: 'marco' })),
    ).filter(name => /mfa/i.test(name)),
    [],
    'U61',
  )
})

t.test('codes by text message and by mail', async t => {
  const { clock, sdk, signIn, answer, lastCode, preferFor, tokenOf } = await aGuardedPool(
    t,
    'OPTIONAL',
    'sms',
    'email',
  )
  await preferFor('polo', { SMSMfaSettings: enabled, EmailMfaSettings: enabled })
  const choice = await signIn('polo')
  t.equal(choice.ChallengeName, 'SELECT_MFA_TYPE')
  t.equal(choice.ChallengeParameters?.MFAS_CAN_CHOOSE, '["SMS_MFA","EMAIL_OTP"]')
  t.match(
    await refusal(answer(choice, { USERNAME: 'polo', ANSWER: 'SOFTWARE_TOKEN_MFA' })),
    [IPE],
    'what was not offered cannot be chosen',
  )
  const sms = await answer(choice, { USERNAME: 'polo', ANSWER: 'SMS_MFA' })
  t.match(sms, {
    ChallengeName: 'SMS_MFA',
    ChallengeParameters: {
      CODE_DELIVERY_DELIVERY_MEDIUM: 'SMS',
      CODE_DELIVERY_DESTINATION: '+*******1234',
      USER_ID_FOR_SRP: 'polo',
    },
  })
  t.not(sms.Session, choice.Session)
  const code = await lastCode('polo')
  t.match(code, /^\d{6}$/)
  const wrong = code === '123456' ? '654321' : '123456'
  t.strictSame(
    await refusal(answer(sms, { USERNAME: 'polo', SMS_MFA_CODE: wrong })),
    ['CodeMismatchException', 'Invalid code or auth state for the user.'],
    'U83 a wrong code by SMS',
  )
  t.ok((await answer(sms, { USERNAME: 'polo', SMS_MFA_CODE: code })).AuthenticationResult)
  const attributes = async (Username: string) =>
    Object.fromEntries(
      (
        (await sdk.send(new cognito.AdminGetUserCommand({ UserPoolId: pool, Username }))).UserAttributes ?? []
      ).map(({ Name = '', Value }) => [Name, Value]),
    )
  t.match(await attributes('polo'), { phone_number_verified: 'true' }, 'a right code verifies the address')

  await preferFor('polo', { EmailMfaSettings: preferred })
  const mail = await signIn('polo')
  t.match(mail, {
    ChallengeName: 'EMAIL_OTP',
    ChallengeParameters: { CODE_DELIVERY_DELIVERY_MEDIUM: 'EMAIL', CODE_DELIVERY_DESTINATION: 'p***@r***' },
  })
  const mailed = await lastCode('polo')
  t.match(mailed, /^\d{8}$/)
  t.ok((await answer(mail, { USERNAME: 'polo', EMAIL_OTP_CODE: mailed })).AuthenticationResult)

  t.match(await refusal(preferFor('polo', { EmailMfaSettings: preferred, SMSMfaSettings: preferred })), [
    IPE,
    'Only one factor can be set as preferred',
  ])
  t.match(await refusal(preferFor('bare', { SMSMfaSettings: enabled })), [
    IPE,
    'User does not have delivery config set to turn on SMS_MFA',
  ])
  t.match(await refusal(preferFor('marco', { EmailMfaSettings: { PreferredMfa: true } })), [IPE])

  t.comment('lockout')
  const tried = await signIn('polo')
  for (let time = 0; time < 5; time++)
    await refusal(answer(tried, { USERNAME: 'polo', EMAIL_OTP_CODE: 'wrong' }))
  const right = await lastCode('polo')
  t.match(
    await refusal(answer(tried, { USERNAME: 'polo', EMAIL_OTP_CODE: right })),
    [NAE, 'Code attempts exceeded'],
    'nobody guesses on',
  )
  clock.advance({ seconds: 2 })
  t.ok((await answer(tried, { USERNAME: 'polo', EMAIL_OTP_CODE: right })).AuthenticationResult)

  t.comment('the operations of old')
  const AccessToken = await tokenOf('marco')
  t.match(
    await refusal(
      sdk.send(
        new cognito.SetUserSettingsCommand({
          AccessToken,
          MFAOptions: [{ DeliveryMedium: 'EMAIL', AttributeName: 'email' }],
        }),
      ),
    ),
    [IPE],
  )
  const MFAOptions: cognito.MFAOptionType[] = [{ DeliveryMedium: 'SMS', AttributeName: 'phone_number' }]
  const settings = { UserPoolId: pool, Username: 'polo' }
  await sdk.send(new cognito.AdminSetUserSettingsCommand({ ...settings, MFAOptions }))
  t.match(await sdk.send(new cognito.AdminGetUserCommand(settings)), { MFAOptions })
  await sdk.send(new cognito.AdminSetUserSettingsCommand({ ...settings, MFAOptions: [] }))
  t.equal((await sdk.send(new cognito.AdminGetUserCommand(settings))).MFAOptions, undefined)
})

t.test('a pool that insists', async t => {
  const { sdk, signIn, answer, lastCode, preferFor } = await aGuardedPool(t, 'ON', 'email', 'totp')
  const mailed = await signIn('marco')
  t.equal(mailed.ChallengeName, 'EMAIL_OTP', 'what can be delivered is asked at once')
  t.ok(
    (await answer(mailed, { USERNAME: 'marco', EMAIL_OTP_CODE: await lastCode('marco') }))
      .AuthenticationResult,
  )
  await preferFor('marco', { EmailMfaSettings: preferred })
  t.match(
    await refusal(preferFor('marco', { EmailMfaSettings: { Enabled: false } })),
    [IPE],
    'the last factor stays',
  )
  t.comment('a new password first, then an address by which codes come')
  const temporary = await signIn('jane', 'Welcome-2-Rockpool!')
  t.equal(temporary.ChallengeName, 'NEW_PASSWORD_REQUIRED')
  const setUp = await answer(temporary, { USERNAME: 'jane', NEW_PASSWORD: password })
  t.match(setUp, { ChallengeName: 'MFA_SETUP' })
  t.strictSame(JSON.parse(setUp.ChallengeParameters?.MFAS_CAN_SETUP ?? ''), [
    'SOFTWARE_TOKEN_MFA',
    'EMAIL_OTP',
  ])
  const told = await answer(setUp, { USERNAME: 'jane', email: 'jane@reef.example' })
  t.equal(told.ChallengeName, 'EMAIL_OTP')
  const code = await lastCode('jane')
  t.ok((await answer(told, { USERNAME: 'jane', EMAIL_OTP_CODE: code })).AuthenticationResult)
  t.match(await sdk.send(new cognito.AdminGetUserCommand({ UserPoolId: pool, Username: 'jane' })), {
    UserMFASettingList: ['EMAIL_OTP'],
    UserStatus: 'CONFIRMED',
  })
})

t.test('many at the same time', async t => {
  const { clock, signIn, answer, preferFor, withApp } = await aGuardedPool(t, 'OPTIONAL', 'email', 'totp')
  const many = { length: often(16, 64) }
  t.comment('many sign-ins of one user')
  const wrong = await Promise.all(Array.from(many, () => refusal(signIn('marco', 'Wrong-1-Marco!'))))
  const counted = wrong.filter(([, message]) => message === 'Incorrect username or password.').length
  t.ok(counted >= 5)
  clock.advance({ seconds: Math.min(2 ** (counted - 5), 900) - 0.5 })
  t.match(await refusal(signIn('marco')), [NAE, 'Password attempts exceeded'], 'each wrong one counts')
  clock.advance({ seconds: 1 })
  const right = await Promise.all(Array.from(many, () => signIn('marco')))
  t.equal(
    new Set(right.map(done => done.AuthenticationResult?.RefreshToken)).size,
    many.length,
    'each is a sign-in',
  )
  await preferFor('marco', { EmailMfaSettings: preferred })
  const sessions = await Promise.all(Array.from(many, () => signIn('marco')))
  t.equal(new Set(sessions.map(({ Session }) => Session)).size, many.length, 'each has a session')

  t.comment('one session, answered many times at once')
  const { secret } = await withApp('polo')
  await preferFor('polo', { SoftwareTokenMfaSettings: preferred })
  const asked = await signIn('polo')
  const SOFTWARE_TOKEN_MFA_CODE = totpAt(secret, clock.now())
  const all = await Promise.all(
    Array.from({ length: 16 }, () => refusal(answer(asked, { USERNAME: 'polo', SOFTWARE_TOKEN_MFA_CODE }))),
  )
  t.equal(all.filter(([name]) => name === 'nothing').length, 1, 'it is right once')
})

t.test('amazon-cognito-identity-js sets an authenticator app up, and signs in with it', async t => {
  powersInNativeCode(numbersOfIdentityJs())
  const { rockpool, clock } = await aGuardedPool(t, 'OPTIONAL', 'totp')
  const users = new amplify.CognitoUserPool({
    UserPoolId: pool,
    ClientId: 'app0id',
    endpoint: rockpool.baseUrl,
  })
  const user = new amplify.CognitoUser({ Username: 'marco', Pool: users })
  const authenticate = () =>
    new Promise<string>((resolve, reject) =>
      user.authenticateUser(new amplify.AuthenticationDetails({ Username: 'marco', Password: password }), {
        onSuccess: () => resolve('signed in'),
        onFailure: reject,
        totpRequired: name => resolve(name),
      }),
    )
  t.equal(await authenticate(), 'signed in')
  const secret = await new Promise<string>((resolve, reject) =>
    user.associateSoftwareToken({ associateSecretCode: resolve, onFailure: reject }),
  )
  await new Promise((resolve, reject) =>
    user.verifySoftwareToken(totpAt(secret, clock.now()), 'phone', {
      onSuccess: resolve,
      onFailure: reject,
    }),
  )
  await new Promise<void>((resolve, reject) =>
    user.setUserMfaPreference(null, preferred, error => (error ? reject(error) : resolve())),
  )
  t.equal(await authenticate(), 'SOFTWARE_TOKEN_MFA')
  clock.advance({ seconds: 30 })
  const session = await new Promise<amplify.CognitoUserSession>((resolve, reject) =>
    user.sendMFACode(
      totpAt(secret, clock.now()),
      { onSuccess: resolve, onFailure: reject },
      'SOFTWARE_TOKEN_MFA',
    ),
  )
  t.equal(session.getIdToken().payload['cognito:username'], 'marco')
})

t.test('N64 an administrator takes the app of a user away, who may set up another', async t => {
  for (const mode of ['OPTIONAL', 'ON'] as const) {
    const { clock, sdk, signIn } = await aGuardedPool(t, mode, 'totp')
    const user = { UserPoolId: pool, Username: 'bare' }
    const setUp = async (begun: cognito.InitiateAuthCommandOutput) => {
      const AccessToken = begun.AuthenticationResult?.AccessToken
      const by = (Session = begun.Session) => (AccessToken ? { AccessToken } : { Session })
      const { SecretCode, Session } = await sdk.send(new cognito.AssociateSoftwareTokenCommand(by()))
      // A code of the same half minute counts as used before.
      clock.advance({ seconds: 60 })
      const UserCode = totpAt(SecretCode, clock.now())
      t.match(await sdk.send(new cognito.VerifySoftwareTokenCommand({ ...by(Session), UserCode })), {
        Status: 'SUCCESS',
      })
      await sdk.send(
        new cognito.AdminSetUserMFAPreferenceCommand({ ...user, SoftwareTokenMfaSettings: preferred }),
      )
    }
    await setUp(await signIn('bare'))
    t.match(await signIn('bare'), { ChallengeName: 'SOFTWARE_TOKEN_MFA' })
    for (const what of ['the app', 'nothing'])
      t.strictSame(
        Object.keys(await sdk.send(new cognito.AdminDeleteSoftwareTokenCommand(user))),
        ['$metadata'],
        `${what} is taken away`,
      )
    const left = await sdk.send(new cognito.AdminGetUserCommand(user))
    t.strictSame([left.UserMFASettingList, left.PreferredMfaSetting], [undefined, undefined])
    const next = await signIn('bare')
    if (mode === 'ON') t.equal(next.ChallengeName, 'MFA_SETUP', 'where the pool insists')
    else t.ok(next.AuthenticationResult, 'no code is asked for')
    await setUp(next)
  }
})

t.test('only a confirmed user has an app that can be taken away', async t => {
  const { sdk } = await aGuardedPool(t, 'OPTIONAL', 'totp')
  const { UserPoolClient } = await sdk.send(
    new cognito.CreateUserPoolClientCommand({ UserPoolId: pool, ClientName: 'sign-up' }),
  )
  await sdk.send(
    new cognito.SignUpCommand({ ClientId: UserPoolClient?.ClientId, Username: 'new', Password: password }),
  )
  const user = { UserPoolId: pool, Username: 'new' }
  t.match(await refusal(sdk.send(new cognito.AdminDeleteSoftwareTokenCommand(user))), [
    'UserNotConfirmedException',
  ])
  t.match(
    await refusal(sdk.send(new cognito.AdminDeleteSoftwareTokenCommand({ ...user, Username: 'nobody' }))),
    ['UserNotFoundException'],
  )
})

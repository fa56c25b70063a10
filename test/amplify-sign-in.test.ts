import { readFile } from 'node:fs/promises'
import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import { type TOTP, URI } from 'otpauth'
import t, { type Test } from 'tap'
import { anSdk, refusal } from './support/api.js'
import { launchChromium, trusting } from './support/chromium.js'
import { authorityOf } from './support/https.js'
import { signingKeys } from './support/keys.js'
import { aPageWithAuthenticator } from './support/passkeys.js'
import { aRockpool } from './support/rockpool.js'
import { aServedApp } from './support/served-app.js'

// An app that signs people in on its own pages, made with Amplify, in a browser; its endpoint is Rockpool.

const NAE = 'NotAuthorizedException'
const password = 'Anemone-4-Marco!'
const another = 'Otter-3-Marco!'
const temporary = 'Welcome-2-Rockpool!'
const SigningKeys = await signingKeys()

const user = (Username: string, more: object = { Password: password }) => ({
  Username,
  UserAttributes: { email: `${Username}@reef.example`, email_verified: true },
  ...more,
})

/** Mail can be a second factor only where one's own account sends it. */
const EmailConfiguration = {
  EmailSendingAccount: 'DEVELOPER',
  SourceArn: 'arn:aws:ses:us-east-1:000000000000:identity/reef.example',
}
const apps = { SoftwareTokenMfaConfiguration: { Enabled: true } }
/** A device that its user had remembered takes the place of the second factor. */
const DeviceConfiguration = { ChallengeRequiredOnNewDevice: true, DeviceOnlyRememberedOnUserPrompt: true }
const mails = { EmailConfiguration, EmailMfaConfiguration: {} }

const pool = (PoolName: string, settings: object, Users: object[]) => ({
  PoolName,
  Id: `us-east-1_${PoolName}`,
  Domain: PoolName.toLowerCase(),
  SigningKeys,
  AutoVerifiedAttributes: ['email'],
  ...settings,
  Clients: [
    {
      ClientName: PoolName,
      ClientId: `${PoolName}0id`,
      ExplicitAuthFlows: [
        'ALLOW_USER_SRP_AUTH',
        'ALLOW_USER_PASSWORD_AUTH',
        'ALLOW_USER_AUTH',
        'ALLOW_REFRESH_TOKEN_AUTH',
      ],
    },
  ],
  Users,
})

const seed = {
  UserPools: [
    pool('Plain', {}, [user('marco'), user('jane', { TemporaryPassword: temporary })]),
    pool(
      'Choice',
      { Policies: { SignInPolicy: { AllowedFirstAuthFactors: ['PASSWORD', 'EMAIL_OTP', 'WEB_AUTHN'] } } },
      [user('marco')],
    ),
    pool('Optional', { MfaConfiguration: 'OPTIONAL', ...apps, ...mails }, [user('marco')]),
    pool('Strict', { MfaConfiguration: 'ON', ...apps, ...mails }, [
      { Username: 'ada', Password: password },
      { Username: 'bo', Password: password },
    ]),
    pool('Tracking', { MfaConfiguration: 'ON', ...mails, DeviceConfiguration }, [user('marco')]),
  ],
}

type Pool = 'Plain' | 'Choice' | 'Optional' | 'Strict' | 'Tracking'

const rockpool = await aRockpool(t, { seed })
const { clock } = rockpool.operations
const chromium = await launchChromium(trusting(await authorityOf(rockpool)))
t.teardown(() => chromium.close())
const { origin, serve } = await aServedApp(t)
await serve(await readFile('test/support/amplify-api-app.js', 'utf8'))

/** The app in a browser of its own, where a passkey can be kept; what a person does there. */
async function anApp(t: Test, name: Pool) {
  const { page, cdp, authenticatorId } = await aPageWithAuthenticator(t, chromium, origin)
  const asked: string[] = []
  page.on('request', request => {
    const operation = request.headers()['x-amz-target']?.split('.')[1]
    if (operation) asked.push(operation)
  })
  // biome-ignore lint/suspicious/noExplicitAny: whatever the app says
  const run = (code: string): Promise<any> => page.evaluate(code)
  const configuration = {
    userPoolId: `us-east-1_${name}`,
    userPoolClientId: `${name}0id`,
    userPoolEndpoint: rockpool.baseUrl.replace('http:', 'https:'),
  }
  await run(`configure(${JSON.stringify(configuration)})`)
  const code = (name: string, input: object) => `auth.${name}(${JSON.stringify(input)})`
  /** Calls a function of Amplify. */
  const call = (name: string, input: object = {}) => run(`${code(name, input)}.then(told)`)
  return {
    page,
    asked,
    call,
    /** What a call is refused with. */
    refused: (name: string, input: object = {}): Promise<[name: string, message: string]> =>
      run(
        `${code(name, input)}.then(() => ['nothing', 'it succeeded'], ({ name, message }) => [name, message])`,
      ),
    signIn: (username: string, options: object = {}, more: object = { password }) =>
      call('signIn', { username, options, ...more }),
    confirm: (challengeResponse: string, options: object = {}) =>
      call('confirmSignIn', { challengeResponse, options }),
    /** Takes the passkeys away, and nobody is told. */
    losePasskeys: () => cdp.send('WebAuthn.clearCredentials', { authenticatorId }),
    signOut: (options: object = {}) => call('signOut', options),
    session: (options: object = {}) => run(`session(${JSON.stringify(options)})`),
    /** The last code that was sent to a user. */
    lastCode: async (username: string): Promise<string> => {
      const answer = await fetch(`${rockpool.baseUrl}/_rockpool/messages?username=${username}`)
      const { messages } = (await answer.json()) as { messages: { poolId: string; secret: string }[] }
      return messages.findLast(({ poolId }) => poolId === configuration.userPoolId)?.secret ?? ''
    },
  }
}

const done = { isSignedIn: true, nextStep: { signInStep: 'DONE' } }
const next = (signInStep: string, more: object = {}) => ({
  isSignedIn: false,
  nextStep: { signInStep, ...more },
})

t.test('passwords, attributes, and signing out', async t => {
  const { asked, call, signIn, confirm, signOut, session, refused, lastCode } = await anApp(t, 'Plain')
  t.match(await signIn('marco'), done, 'by SRP')
  t.strictSame(asked, ['InitiateAuth', 'RespondToAuthChallenge'], 'unasked, it uses SRP')
  t.match(await call('getCurrentUser'), { username: 'marco' })
  await signOut()
  t.match(await signIn('marco', { authFlowType: 'USER_PASSWORD_AUTH' }), done, 'by the password itself')

  t.match(await call('fetchUserAttributes'), { email: 'marco@reef.example', email_verified: 'true' })
  t.match(await call('updateUserAttributes', { userAttributes: { name: 'Marco', locale: 'it' } }), {
    name: { isUpdated: true, nextStep: { updateAttributeStep: 'DONE' } },
  })
  t.match(await call('updateUserAttributes', { userAttributes: { email: 'polo@reef.example' } }), {
    email: {
      isUpdated: false,
      nextStep: {
        updateAttributeStep: 'CONFIRM_ATTRIBUTE_WITH_CODE',
        codeDeliveryDetails: { deliveryMedium: 'EMAIL', destination: 'p***@r***', attributeName: 'email' },
      },
    },
  })
  await call('confirmUserAttribute', {
    userAttributeKey: 'email',
    confirmationCode: await lastCode('marco'),
  })
  await call('deleteUserAttributes', { userAttributeKeys: ['locale'] })
  const { sub, ...attributes } = await call('fetchUserAttributes')
  t.match(sub, /^[\da-f-]{36}$/)
  t.strictSame(attributes, { email: 'polo@reef.example', email_verified: 'true', name: 'Marco' })
  t.match((await session({ forceRefresh: true })).id, { name: 'Marco' }, 'new tokens tell of it')

  t.strictSame(await refused('updatePassword', { oldPassword: 'wrong', newPassword: another }), [
    NAE,
    'Incorrect username or password.',
  ])
  await call('updatePassword', { oldPassword: password, newPassword: another })
  const elsewhere = await anApp(t, 'Plain')
  t.strictSame(await elsewhere.refused('signIn', { username: 'marco', password }), [
    NAE,
    'Incorrect username or password.',
  ])
  t.match(await elsewhere.signIn('marco', {}, { password: another }), done)

  const { accessToken } = await session()
  await signOut({ global: true })
  t.equal(await session(), undefined)
  const sdk = anSdk(t, rockpool)
  t.strictSame(await refusal(sdk.send(new cognito.GetUserCommand({ AccessToken: accessToken }))), [
    NAE,
    'Access Token has been revoked',
  ])
  t.match(await elsewhere.refused('fetchUserAttributes'), [NAE, 'Access Token has been revoked'])
  t.equal(await elsewhere.session({ forceRefresh: true }), undefined, 'nor does another browser refresh')

  t.match(
    await signIn('jane', {}, { password: temporary }),
    next('CONFIRM_SIGN_IN_WITH_NEW_PASSWORD_REQUIRED', { missingAttributes: [] }),
  )
  t.strictSame(await refused('confirmSignIn', { challengeResponse: 'short' }), [
    'InvalidPasswordException',
    'Password does not conform to policy: Password not long enough',
  ])
  t.match(await confirm(password, { userAttributes: { name: 'Jane' } }), done)
  t.match((await session()).id, { 'cognito:username': 'jane', name: 'Jane' })
})

t.test('signing up, and a forgotten password', async t => {
  const { call, signIn, signOut, refused, lastCode } = await anApp(t, 'Plain')
  const elsewhere = await anApp(t, 'Plain')
  const toSignUp = (username: string, autoSignIn: true | object) => ({
    username,
    password,
    options: { userAttributes: { email: `${username}@reef.example` }, autoSignIn },
  })
  const toConfirm = {
    isSignUpComplete: false,
    nextStep: {
      signUpStep: 'CONFIRM_SIGN_UP',
      codeDeliveryDetails: { deliveryMedium: 'EMAIL', attributeName: 'email' },
    },
  }
  t.match(await call('signUp', toSignUp('nemo', true)), toConfirm)
  // Signing in makes Amplify forget that it was to do so by itself.
  t.match(await elsewhere.signIn('nemo'), next('CONFIRM_SIGN_UP'), 'not before it is confirmed')
  t.match(await refused('confirmSignUp', { username: 'nemo', confirmationCode: '000000' }), [
    'CodeMismatchException',
    'Invalid verification code provided, please try again.',
  ])
  await call('resendSignUpCode', { username: 'nemo' })
  t.match(await call('confirmSignUp', { username: 'nemo', confirmationCode: await lastCode('nemo') }), {
    isSignUpComplete: true,
    nextStep: { signUpStep: 'COMPLETE_AUTO_SIGN_IN' },
  })
  t.match(await call('autoSignIn'), done, 'by the password that the app still has')
  await signOut()

  // In an app of its own: of two automatic sign-ins within 300 ms, Amplify leaves the second undone.
  const choosing = await anApp(t, 'Plain')
  t.match(await choosing.call('signUp', toSignUp('dory', { authFlowType: 'USER_AUTH' })), toConfirm)
  const confirmationCode = await lastCode('dory')
  t.match(await choosing.call('confirmSignUp', { username: 'dory', confirmationCode }), {
    nextStep: { signUpStep: 'COMPLETE_AUTO_SIGN_IN' },
  })
  t.match(await choosing.call('autoSignIn'), done, 'by the session of the sign-up')
  t.match((await choosing.session()).id, { email: 'dory@reef.example', email_verified: true })

  t.match(await call('resetPassword', { username: 'nemo' }), {
    nextStep: {
      resetPasswordStep: 'CONFIRM_RESET_PASSWORD_WITH_CODE',
      codeDeliveryDetails: { deliveryMedium: 'EMAIL', destination: 'n***@r***' },
    },
  })
  const reset = { username: 'nemo', newPassword: another }
  t.match(await refused('confirmResetPassword', { ...reset, confirmationCode: '000000' }), [
    'CodeMismatchException',
  ])
  await call('confirmResetPassword', { ...reset, confirmationCode: await lastCode('nemo') })
  t.match(await refused('signIn', { username: 'nemo', password }), [NAE])
  t.match(await signIn('nemo', {}, { password: another }), done)
  await call('deleteUser')
  t.match(await refused('signIn', { username: 'nemo', password: another }), ['UserNotFoundException'])
})

/** What an authenticator app shows that scanned this; each time half a minute later, as no code is good twice. */
function anAuthenticatorApp(setupUri: string) {
  const totp = URI.parse(setupUri) as TOTP
  return () => {
    clock.advance({ seconds: 30 })
    return totp.generate({ timestamp: clock.now() })
  }
}

t.test('second factors, by one’s own choice', async t => {
  t.teardown(() => clock.reset())
  const { call, signIn, confirm, signOut, refused, lastCode } = await anApp(t, 'Optional')
  await signIn('marco')
  const setup = await call('setUpTOTP')
  t.match(setup, { sharedSecret: /^[A-Z2-7]{52}$/, setupUri: /^otpauth:\/\/totp\/Reef:/ })
  const code = anAuthenticatorApp(setup.setupUri)
  t.match(await refused('verifyTOTPSetup', { code: '000000' }), [
    'EnableSoftwareTokenMFAException',
    'Code mismatch and fail enable Software Token MFA',
  ])
  await call('verifyTOTPSetup', { code: code() })
  await call('updateMFAPreference', { totp: 'PREFERRED' })
  t.match(await call('fetchMFAPreference'), { enabled: ['TOTP'], preferred: 'TOTP' })
  await signOut()
  t.match(await signIn('marco'), next('CONFIRM_SIGN_IN_WITH_TOTP_CODE'))
  t.match(await refused('confirmSignIn', { challengeResponse: '000000' }), [
    'CodeMismatchException',
    'Invalid code received for user',
  ])
  t.match(await confirm(code()), done, 'after a wrong one')

  await call('updateMFAPreference', { totp: 'ENABLED', email: 'PREFERRED' })
  await signOut()
  t.match(
    await signIn('marco', { authFlowType: 'USER_PASSWORD_AUTH' }),
    next('CONFIRM_SIGN_IN_WITH_EMAIL_CODE', {
      codeDeliveryDetails: { deliveryMedium: 'EMAIL', destination: 'm***@r***' },
    }),
  )
  t.match(await confirm(await lastCode('marco')), done)
  await call('updateMFAPreference', { totp: 'NOT_PREFERRED', email: 'NOT_PREFERRED' })
  await signOut()
  t.match(
    await signIn('marco'),
    next('CONTINUE_SIGN_IN_WITH_MFA_SELECTION', { allowedMFATypes: ['TOTP', 'EMAIL'] }),
  )
  t.match(await confirm('TOTP'), next('CONFIRM_SIGN_IN_WITH_TOTP_CODE'))
  t.match(await confirm(code()), done)
})

t.test('second factors, where the pool insists', async t => {
  t.teardown(() => clock.reset())
  const { call, signIn, confirm, signOut, lastCode } = await anApp(t, 'Strict')
  const choice = next('CONTINUE_SIGN_IN_WITH_MFA_SETUP_SELECTION', { allowedMFATypes: ['TOTP', 'EMAIL'] })
  t.match(await signIn('ada'), choice)
  const offered = await confirm('TOTP')
  t.match(offered, next('CONTINUE_SIGN_IN_WITH_TOTP_SETUP'))
  const code = anAuthenticatorApp(offered.setupUri)
  t.match(await confirm(code(), { friendlyDeviceName: 'a phone' }), done)
  await signOut()
  t.match(await signIn('ada'), next('CONFIRM_SIGN_IN_WITH_TOTP_CODE'))
  t.match(await confirm(code()), done)
  await signOut()

  t.match(await signIn('bo'), choice)
  t.match(await confirm('EMAIL'), next('CONTINUE_SIGN_IN_WITH_EMAIL_SETUP'))
  t.match(
    await confirm('bo@reef.example'),
    next('CONFIRM_SIGN_IN_WITH_EMAIL_CODE', {
      codeDeliveryDetails: { deliveryMedium: 'EMAIL', destination: 'b***@r***' },
    }),
  )
  t.match(await confirm(await lastCode('bo')), done)
  t.match(await call('fetchMFAPreference'), { enabled: ['EMAIL'] })
  t.match(await call('fetchUserAttributes'), { email: 'bo@reef.example', email_verified: 'true' })
})

t.test('a remembered device', async t => {
  const { asked, call, signIn, confirm, signOut, session, lastCode } = await anApp(t, 'Tracking')
  const withCode = async () => {
    t.match(await signIn('marco'), next('CONFIRM_SIGN_IN_WITH_EMAIL_CODE'))
    t.match(await confirm(await lastCode('marco')), done)
  }
  await withCode()
  const devices = await call('fetchDevices')
  t.match(devices, [{ id: /^us-east-1_[\da-f-]{36}$/, createDate: Date }])
  t.ok(devices[0].name, 'Amplify told the name of the browser')
  const { accessToken } = await session()
  t.not((await session({ forceRefresh: true })).accessToken, accessToken, 'refreshed by that device')
  await signOut()
  await withCode()
  await call('rememberDevice')
  await signOut()
  asked.length = 0
  t.match(await signIn('marco'), done, 'without a code')
  t.equal(asked.filter(operation => operation === 'RespondToAuthChallenge').length, 3)
  t.not((await session({ forceRefresh: true })).accessToken, accessToken)
  await call('forgetDevice')
  t.strictSame(await call('fetchDevices'), [])
  await signOut()
  await withCode()
})

t.test('first factors, chosen', async t => {
  const { call, signIn, confirm, signOut, session, refused, lastCode, losePasskeys } = await anApp(
    t,
    'Choice',
  )
  const USER_AUTH = { authFlowType: 'USER_AUTH' }
  const choose = (preferredChallenge?: string, more: object = {}) =>
    signIn('marco', { ...USER_AUTH, preferredChallenge }, more)
  t.match(
    await choose('EMAIL_OTP'),
    next('CONFIRM_SIGN_IN_WITH_EMAIL_CODE', { codeDeliveryDetails: { deliveryMedium: 'EMAIL' } }),
  )
  t.match(await confirm(await lastCode('marco')), done)
  await signOut()
  t.match(await choose('PASSWORD_SRP', { password }), done)
  await signOut()
  t.match(await choose('PASSWORD', { password }), done)

  t.strictSame((await call('listWebAuthnCredentials')).credentials, [])
  await call('associateWebAuthnCredential')
  const { credentials } = await call('listWebAuthnCredentials')
  t.match(credentials, [{ credentialId: String, relyingPartyId: 'localhost', createdAt: Date }])
  await signOut()
  t.match(await choose('WEB_AUTHN'), done, 'by the passkey')
  t.match((await session()).access, { username: 'marco' })
  await signOut()

  const choice = next('CONTINUE_SIGN_IN_WITH_FIRST_FACTOR_SELECTION', {
    availableChallenges: ['PASSWORD_SRP', 'PASSWORD', 'EMAIL_OTP', 'WEB_AUTHN'],
  })
  for (const factor of ['PASSWORD', 'PASSWORD_SRP']) {
    t.match(await choose(), choice)
    t.match(await confirm(factor), next('CONFIRM_SIGN_IN_WITH_PASSWORD'))
    t.match(await confirm(password), done, `${factor}, chosen from the list`)
    await signOut()
  }
  await choose()
  t.match(await confirm('EMAIL_OTP'), next('CONFIRM_SIGN_IN_WITH_EMAIL_CODE'))
  t.match(await confirm(await lastCode('marco')), done)
  await signOut()
  await choose()
  t.match(await confirm('WEB_AUTHN'), done)
  await signOut()
  await losePasskeys()
  await choose()
  t.match(await refused('confirmSignIn', { challengeResponse: 'WEB_AUTHN' }), [/Passkey/])
  t.match(await confirm('EMAIL_OTP'), next('CONFIRM_SIGN_IN_WITH_EMAIL_CODE'), 'without it one chooses anew')
  t.match(await confirm(await lastCode('marco')), done)
  await call('deleteWebAuthnCredential', { credentialId: credentials[0].credentialId })
  t.strictSame((await call('listWebAuthnCredentials')).credentials, [])
})

t.test('staying in', async t => {
  t.teardown(() => clock.reset())
  const { page, asked, call, signIn, session } = await anApp(t, 'Choice')
  await signIn('marco')
  /** Time goes by, here and there. */
  const later = async (by: { hours?: number; days?: number }) => {
    clock.advance(by)
    await page.clock.setFixedTime(clock.now())
  }
  const first = await session()
  asked.length = 0
  t.equal((await session()).accessToken, first.accessToken)
  t.strictSame(asked, [], 'tokens are good for an hour')
  await later({ hours: 1 })
  const second = await session()
  t.strictSame(asked, ['GetTokensFromRefreshToken'], 'then Amplify refreshes by itself')
  t.not(second.accessToken, first.accessToken)
  t.equal(second.access.origin_jti, first.access.origin_jti)
  t.match(await call('fetchUserAttributes'), { email: 'marco@reef.example' })
  const sdk = anSdk(t, rockpool)
  t.strictSame(await refusal(sdk.send(new cognito.GetUserCommand({ AccessToken: first.accessToken }))), [
    NAE,
    'Access Token has expired',
  ])
  await later({ days: 30 })
  t.equal(await session(), undefined, 'thirty days later one has to sign in again')
  t.match(await signIn('marco'), done)
})

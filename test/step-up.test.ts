import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import t, { type Test } from 'tap'
import { anSdk, refusal } from './support/api.js'
import { launchChromium } from './support/chromium.js'
import { totpAt } from './support/guarded-pool.js'
import { signingKeys } from './support/keys.js'
import { claimsOf, client, password } from './support/oauth-client.js'
import { aPageWithAuthenticator } from './support/passkeys.js'
import { aClock, aRockpool } from './support/rockpool.js'
import { SRP_A, srpAnswer, stampOf } from './support/srp.js'

// Levels of assurance and step-up through the API (docs/facts/additions-2026.md §3).

const UserPoolId = 'us-east-1_Reef00001'
const SigningKeys = await signingKeys()
const secret = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'
const levelName = (level: number) => `urn:cognito:loa:${level}`
const IPE = 'InvalidParameterException'
const NAE = 'NotAuthorizedException'
const userWith = (Username: string, more: object = {}) => ({
  Username,
  Password: password,
  UserAttributes: {
    email: `${Username}@reef.example`,
    email_verified: true,
    phone_number: '+15550001234',
    phone_number_verified: true,
  },
  ...more,
})
const pool = {
  PoolName: 'reef',
  Id: UserPoolId,
  Domain: 'reef',
  SigningKeys,
  Policies: { SignInPolicy: { AllowedFirstAuthFactors: ['PASSWORD', 'EMAIL_OTP', 'SMS_OTP', 'WEB_AUTHN'] } },
  EmailConfiguration: {
    EmailSendingAccount: 'DEVELOPER',
    SourceArn: 'arn:aws:ses:us-east-1:000000000000:identity/reef.example',
  },
  SmsConfiguration: { SnsCallerArn: 'arn:aws:iam::000000000000:role/sms' },
  MfaConfiguration: 'OPTIONAL',
  SmsMfaConfiguration: { SmsConfiguration: { SnsCallerArn: 'arn:aws:iam::000000000000:role/sms' } },
  SoftwareTokenMfaConfiguration: { Enabled: true },
  EmailMfaConfiguration: {},
  Clients: [
    client('app', {
      ExplicitAuthFlows: [
        'ALLOW_USER_AUTH',
        'ALLOW_USER_PASSWORD_AUTH',
        'ALLOW_ADMIN_USER_PASSWORD_AUTH',
        'ALLOW_USER_SRP_AUTH',
        'ALLOW_CUSTOM_AUTH',
        'ALLOW_REFRESH_TOKEN_AUTH',
      ],
      AllowedOAuthScopes: ['openid', 'aws.cognito.signin.user.admin'],
    }),
  ],
  Users: [userWith('marco'), userWith('ada'), userWith('jane', { SoftwareTokenSecret: secret })],
}

interface Tokens {
  readonly AccessToken: string
  readonly IdToken: string
  readonly RefreshToken: string
}

/** @param told whether the pool's tokens say acr and amr in any case */
async function aReef(t: Test, told = true, options: Parameters<typeof aRockpool>[1] = {}, more: object = {}) {
  const clock = aClock(Date.now())
  const seed = { UserPools: [{ ...pool, ...(told ? { AcrConfiguration: {} } : {}), ...more }] }
  const rockpool = await aRockpool(t, { ...options, seed, clock })
  const sdk = anSdk(t, rockpool)
  const send = sdk.send.bind(sdk)
  const ClientId = 'app0id'
  const begin = (AuthFlow: cognito.AuthFlowType, AuthParameters: Record<string, string>) =>
    send(new cognito.InitiateAuthCommand({ ClientId, AuthFlow, AuthParameters }))
  const answer = (
    { ChallengeName, Session }: cognito.InitiateAuthResponse,
    ChallengeResponses: Record<string, string>,
    USERNAME = 'marco',
  ) =>
    send(
      new cognito.RespondToAuthChallengeCommand({
        ClientId,
        ChallengeName,
        Session,
        ChallengeResponses: { USERNAME, ...ChallengeResponses },
      }),
    )
  const tokensOf = ({ AuthenticationResult }: cognito.InitiateAuthResponse) => AuthenticationResult as Tokens
  const byPassword = (USERNAME = 'marco') => begin('USER_PASSWORD_AUTH', { USERNAME, PASSWORD: password })
  /** Asks for levels, by their numbers, or their names. */
  const toward = (levels: string, more: Record<string, string> = {}, USERNAME = 'marco') =>
    begin('USER_AUTH', {
      USERNAME,
      TARGET_ACR_VALUES: levels.replace(/\b\d\b/g, level => levelName(Number(level))),
      ...more,
    })
  const prefer = (Username: string, ...factors: ('SMSMfa' | 'EmailMfa')[]) =>
    send(
      new cognito.AdminSetUserMFAPreferenceCommand({
        UserPoolId,
        Username,
        ...Object.fromEntries(factors.map(factor => [`${factor}Settings`, { Enabled: true }])),
      }),
    )
  const lastCode = async (username: string): Promise<string> => {
    const answer = await fetch(`${rockpool.baseUrl}/_rockpool/messages?username=${username}`)
    const { messages } = (await answer.json()) as { messages: { secret: string }[] }
    return messages.at(-1)?.secret ?? ''
  }
  /** The code of the authenticator app; the clock moves on, since each is good once. */
  const totp = () => {
    clock.advance({ seconds: 30 })
    return totpAt(secret, clock.now())
  }
  return { clock, rockpool, send, begin, answer, tokensOf, byPassword, toward, prefer, lastCode, totp }
}

/** What the two tokens of a sign-in say: alike, or the test has failed. */
function assuranceOf(t: Test, { AccessToken, IdToken }: Tokens) {
  const [access, id] = [claimsOf(AccessToken), claimsOf(IdToken)]
  t.strictSame([id.acr, id.amr, id.auth_time], [access.acr, access.amr, access.auth_time], 'both tokens')
  return { acr: access.acr, amr: access.amr }
}

t.test('N49 the levels have names, which a pool may change', async t => {
  const { send } = await aReef(t, false)
  const names = async () =>
    (await send(new cognito.DescribeUserPoolCommand({ UserPoolId }))).UserPool?.AcrConfiguration
  const set = (AcrConfiguration?: Record<string, { AcrValue: string }>) =>
    send(
      new cognito.UpdateUserPoolCommand({
        UserPoolId,
        ...(AcrConfiguration && { AcrConfiguration }),
        EmailConfiguration: pool.EmailConfiguration as never,
      }),
    )
  const defaults = Object.fromEntries(
    [1, 2, 3, 4].map(level => [`Level${level}`, { AcrValue: levelName(level) }]),
  )
  t.strictSame(await names(), defaults, 'also of a pool that never set it')
  await set({ Level2: { AcrValue: 'silver' } })
  t.strictSame(await names(), { ...defaults, Level2: { AcrValue: 'silver' } })
  for (const AcrValue of [levelName(3), 'a b', 'a"b', 'a\\b', 'x'.repeat(65), ''])
    t.match(await refusal(set({ Level2: { AcrValue } })), [IPE], JSON.stringify(AcrValue))
  t.match(await refusal(set({ Level5: { AcrValue: 'gold' } })), [IPE])
  t.match(
    await refusal(set({ Level1: { AcrValue: 'same' }, Level2: { AcrValue: 'same' } })),
    [IPE, /same/],
    'two of one name',
  )
  await set({ Level2: { AcrValue: levelName(3) }, Level3: { AcrValue: levelName(2) } })
  t.match(await names(), { Level2: { AcrValue: levelName(3) } }, 'names may change places')
  await set()
  t.strictSame(await names(), defaults, 'left out, they return')
  const lite = (AcrConfiguration: Record<string, { AcrValue: string }>) =>
    send(new cognito.CreateUserPoolCommand({ PoolName: 'lite', UserPoolTier: 'LITE', AcrConfiguration }))
  t.match(await refusal(lite({ Level2: { AcrValue: 'silver' } })), ['FeatureUnavailableInTierException'])
})

t.test('N50 tokens say by what the user was proven', async t => {
  const changed = {
    claimsToAddOrOverride: { acr: 'gold', amr: ['magic'], colour: 'blue' },
    claimsToSuppress: ['acr', 'amr'],
  }
  const triggers = {
    reef: {
      PreTokenGeneration: (event: { response: object }) => {
        event.response = {
          claimsAndScopeOverrideDetails: { idTokenGeneration: changed, accessTokenGeneration: changed },
        }
        return event
      },
    },
  }
  const LambdaConfig = {
    PreTokenGenerationConfig: {
      LambdaVersion: 'V2_0',
      LambdaArn: 'arn:aws:lambda:us-east-1:000000000000:function:tokens',
    },
  }
  const { begin, answer, tokensOf, byPassword, prefer, lastCode, totp, clock, send, rockpool } = await aReef(
    t,
    true,
    { triggers: triggers as never },
    { LambdaConfig },
  )

  const plain = tokensOf(await byPassword())
  t.strictSame(assuranceOf(t, plain), { acr: levelName(1), amr: ['pwd'] }, 'a password')
  t.equal(claimsOf(plain.AccessToken).colour, 'blue', 'the trigger was asked')
  const proof = await begin('USER_SRP_AUTH', { USERNAME: 'marco', SRP_A })
  const proven = await answer(
    proof,
    srpAnswer(UserPoolId, password, proof.ChallengeParameters, stampAt(clock)),
  )
  t.strictSame(assuranceOf(t, tokensOf(proven)), { acr: levelName(1), amr: ['pwd'] }, 'by SRP')
  t.strictSame(
    assuranceOf(
      t,
      tokensOf(await answer(await byPassword('jane'), { SOFTWARE_TOKEN_MFA_CODE: totp() }, 'jane')),
    ),
    { acr: levelName(4), amr: ['pwd', 'otp', 'mfa'] },
    'and an authenticator app',
  )
  const mail = await begin('USER_AUTH', { USERNAME: 'marco', PREFERRED_CHALLENGE: 'EMAIL_OTP' })
  const byMail = tokensOf(await answer(mail, { EMAIL_OTP_CODE: await lastCode('marco') }))
  t.strictSame(assuranceOf(t, byMail), { acr: levelName(2), amr: ['email_otp'] }, 'a code by mail alone')
  const text = await begin('USER_AUTH', { USERNAME: 'marco', PREFERRED_CHALLENGE: 'SMS_OTP' })
  const byText = tokensOf(await answer(text, { SMS_OTP_CODE: await lastCode('marco') }))
  t.strictSame(assuranceOf(t, byText), { acr: levelName(2), amr: ['sms'] }, 'a text message alone')
  await prefer('marco', 'SMSMfa')
  const both = tokensOf(await answer(await byPassword(), { SMS_MFA_CODE: await lastCode('marco') }))
  t.strictSame(assuranceOf(t, both), { acr: levelName(3), amr: ['pwd', 'sms', 'mfa'] })
  await prefer('ada', 'EmailMfa')
  const withMail = tokensOf(
    await answer(await byPassword('ada'), { EMAIL_OTP_CODE: await lastCode('ada') }, 'ada'),
  )
  t.strictSame(assuranceOf(t, withMail), { acr: levelName(3), amr: ['pwd', 'email_otp', 'mfa'] })

  clock.advance({ seconds: 600 })
  const refreshed = await begin('REFRESH_TOKEN_AUTH', { REFRESH_TOKEN: both.RefreshToken })
  t.strictSame(
    assuranceOf(t, tokensOf(refreshed)),
    { acr: levelName(3), amr: ['pwd', 'sms', 'mfa'] },
    'a refresh keeps it',
  )
  t.equal(claimsOf(refreshed.AuthenticationResult?.IdToken).auth_time, claimsOf(both.IdToken).auth_time)

  await t.test('a passkey, built in or carried along', async t => {
    const chromium = await launchChromium()
    t.teardown(() => chromium.close())
    for (const [transport, method] of [
      ['internal', 'swk'],
      ['usb', 'hwk'],
    ] as const) {
      const page = await aPageWithAuthenticator(t, chromium, `${rockpool.baseUrl}/_rockpool/app`, {
        transport,
      })
      const Username = transport
      await send(new cognito.AdminCreateUserCommand({ UserPoolId, Username, MessageAction: 'SUPPRESS' }))
      await send(
        new cognito.AdminSetUserPasswordCommand({
          UserPoolId,
          Username,
          Password: password,
          Permanent: true,
        }),
      )
      const { AccessToken } = tokensOf(await byPassword(Username))
      const options = await send(new cognito.StartWebAuthnRegistrationCommand({ AccessToken }))
      const Credential = (await page.create(options.CredentialCreationOptions)) as never
      await send(new cognito.CompleteWebAuthnRegistrationCommand({ AccessToken, Credential }))
      const asked = await begin('USER_AUTH', { USERNAME: Username, PREFERRED_CHALLENGE: 'WEB_AUTHN' })
      const CREDENTIAL = JSON.stringify(
        await page.get(JSON.parse(asked.ChallengeParameters?.CREDENTIAL_REQUEST_OPTIONS ?? '{}')),
      )
      const tokens = tokensOf(await answer(asked, { CREDENTIAL }, Username))
      t.strictSame(assuranceOf(t, tokens), { acr: levelName(3), amr: [method] }, transport)
    }
  })
})

const stampAt = (clock: { now(): number }) => stampOf(clock.now())

t.test('a pool that sets no names tells of levels only where a sign-in names one', async t => {
  const { begin, tokensOf, byPassword, toward, answer } = await aReef(t, false)
  const plain = claimsOf(tokensOf(await byPassword()).AccessToken)
  t.notOk('acr' in plain || 'amr' in plain, 'as AWS was seen to answer so far')
  const named = tokensOf(await answer(await toward('1'), { PASSWORD: password }))
  t.strictSame(assuranceOf(t, named), { acr: levelName(1), amr: ['pwd'] })
  const refreshed = await begin('REFRESH_TOKEN_AUTH', { REFRESH_TOKEN: named.RefreshToken })
  t.strictSame(assuranceOf(t, tokensOf(refreshed)), { acr: levelName(1), amr: ['pwd'] })
})

t.test('N51 an access token saves what was proven before, as long as it is young enough', async t => {
  for (const told of [true, false]) {
    const { toward, byPassword, answer, tokensOf, totp, clock, send } = await aReef(t, told)
    // Before the app was set up, a password was enough.
    await send(
      new cognito.AdminSetUserMFAPreferenceCommand({
        UserPoolId,
        Username: 'jane',
        SoftwareTokenMfaSettings: { Enabled: false },
      }),
    )
    const former = tokensOf(await byPassword('jane'))
    await send(
      new cognito.AdminSetUserMFAPreferenceCommand({
        UserPoolId,
        Username: 'jane',
        SoftwareTokenMfaSettings: { Enabled: true },
      }),
    )
    const { AccessToken: ACCESS_TOKEN } = former
    clock.advance({ seconds: 140 })
    for (const more of [{}, { MAX_AGE: '200' }]) {
      const asked = await toward('4', { ACCESS_TOKEN, ...more }, 'jane')
      t.equal(asked.ChallengeName, 'SOFTWARE_TOKEN_MFA', 'the app alone')
      const more4 = tokensOf(await answer(asked, { SOFTWARE_TOKEN_MFA_CODE: totp() }, 'jane'))
      t.strictSame(assuranceOf(t, more4), { acr: levelName(4), amr: ['pwd', 'otp', 'mfa'] })
      t.not(more4.RefreshToken, former.RefreshToken)
      t.equal(claimsOf(more4.IdToken).auth_time, Math.floor(clock.now() / 1000), 'the time of the step-up')
      t.equal(
        (await refusal(send(new cognito.GetUserCommand({ AccessToken: ACCESS_TOKEN }))))[0],
        'nothing',
        'the former token stays what it is',
      )
    }
    clock.advance({ seconds: 100 })
    const again = await toward('4', { ACCESS_TOKEN, MAX_AGE: '200' }, 'jane')
    t.equal(again.ChallengeName, 'PASSWORD', 'too old: from scratch')
    const then = await answer(again, { PASSWORD: password }, 'jane')
    t.equal(then.ChallengeName, 'SOFTWARE_TOKEN_MFA')
    t.ok(tokensOf(await answer(then, { SOFTWARE_TOKEN_MFA_CODE: totp() }, 'jane')))
  }
})

t.test('a step-up from scratch asks for the factors that lead to the level', async t => {
  const { toward, answer, tokensOf, prefer, lastCode, totp, clock, begin } = await aReef(t)
  const mail = await toward('2')
  t.match([mail.ChallengeName, mail.AvailableChallenges], ['SELECT_CHALLENGE', ['EMAIL_OTP', 'SMS_OTP']])
  const sent = await answer(mail, { ANSWER: 'EMAIL_OTP' })
  t.strictSame(assuranceOf(t, tokensOf(await answer(sent, { EMAIL_OTP_CODE: await lastCode('marco') }))), {
    acr: levelName(2),
    amr: ['email_otp'],
  })
  t.equal((await toward('2', { PREFERRED_CHALLENGE: 'SMS_OTP' })).ChallengeName, 'SMS_OTP')

  await prefer('marco', 'SMSMfa', 'EmailMfa')
  const first = await toward('4 3', { PREFERRED_CHALLENGE: 'PASSWORD', PASSWORD: password })
  t.match(
    [first.ChallengeName, first.ChallengeParameters?.MFAS_CAN_CHOOSE],
    ['SELECT_MFA_TYPE', '["SMS_MFA","EMAIL_OTP"]'],
    'the first level that the user can reach',
  )
  const srp = await toward('4', { PREFERRED_CHALLENGE: 'PASSWORD_SRP', SRP_A }, 'jane')
  t.equal(srp.ChallengeName, 'PASSWORD_VERIFIER')
  const proof = srpAnswer(UserPoolId, password, srp.ChallengeParameters, stampAt(clock))
  const app = await answer(srp, proof, 'jane')
  t.equal(app.ChallengeName, 'SOFTWARE_TOKEN_MFA')
  t.match(await refusal(answer(app, { SOFTWARE_TOKEN_MFA_CODE: '000000' }, 'jane')), [
    'CodeMismatchException',
  ])
  t.strictSame(assuranceOf(t, tokensOf(await answer(app, { SOFTWARE_TOKEN_MFA_CODE: totp() }, 'jane'))), {
    acr: levelName(4),
    amr: ['pwd', 'otp', 'mfa'],
  })
  t.equal((await toward('nonsense 4', {}, 'jane')).ChallengeName, 'PASSWORD', 'unknown names are skipped')
  const admin = await begin('USER_AUTH', { USERNAME: 'marco' })
  t.equal(admin.ChallengeName, 'SELECT_CHALLENGE', 'without a level, as before')
})

t.test('N52 five requests that lead nowhere', async t => {
  const { begin, toward, answer, byPassword, tokensOf, totp } = await aReef(t)
  const marco = tokensOf(await byPassword()).AccessToken
  const jane = tokensOf(await answer(await byPassword('jane'), { SOFTWARE_TOKEN_MFA_CODE: totp() }, 'jane'))
  for (const level of ['4', '3', '1 4'])
    t.match(
      await refusal(toward(level, { ACCESS_TOKEN: jane.AccessToken }, 'jane')),
      [NAE, 'Access token already satisfies the requested authentication level.'],
      'at the level, or above',
    )
  t.equal(
    (await toward('4', { ACCESS_TOKEN: jane.AccessToken, MAX_AGE: '0' }, 'jane').catch(error => error)).name,
    NAE,
    'within the second of the sign-in too',
  )
  t.match(await refusal(toward('4')), [NAE, 'User has no factors for the requested authentication levels.'])
  t.match(await refusal(toward('gold silver')), [IPE])
  t.match(await refusal(begin('USER_AUTH', { USERNAME: 'marco', ACCESS_TOKEN: marco })), [
    IPE,
    'Missing required parameter TARGET_ACR_VALUES',
  ])
  t.match(await refusal(toward('2', { ACCESS_TOKEN: jane.AccessToken })), [
    NAE,
    'Access token does not belong to the user.',
  ])
  for (const MAX_AGE of ['-1', 'soon', '1.5']) t.match(await refusal(toward('1', { MAX_AGE })), [IPE])
  t.match(await refusal(toward('2', { ACCESS_TOKEN: `${marco}x` })), [NAE], 'a forged token')
})

t.test('N53 a second factor that the pool insists on is asked for, whatever the target', async t => {
  const { toward, answer, tokensOf, totp } = await aReef(t, true, {}, { MfaConfiguration: 'ON' })
  const then = await answer(await toward('1', {}, 'jane'), { PASSWORD: password }, 'jane')
  t.equal(then.ChallengeName, 'SOFTWARE_TOKEN_MFA')
  t.strictSame(assuranceOf(t, tokensOf(await answer(then, { SOFTWARE_TOKEN_MFA_CODE: totp() }, 'jane'))), {
    acr: levelName(4),
    amr: ['pwd', 'otp', 'mfa'],
  })
})

t.test('a level that was renamed is none any more, and what was proven still counts', async t => {
  const { toward, byPassword, tokensOf, send } = await aReef(t)
  const { AccessToken: ACCESS_TOKEN } = tokensOf(await byPassword())
  await send(
    new cognito.UpdateUserPoolCommand({
      UserPoolId,
      AcrConfiguration: { Level1: { AcrValue: 'bronze' } },
      Policies: pool.Policies as never,
      EmailConfiguration: pool.EmailConfiguration as never,
    }),
  )
  t.match(await refusal(toward('1', { ACCESS_TOKEN })), [IPE], 'its old name')
  t.match(await refusal(toward('bronze', { ACCESS_TOKEN })), [NAE, /already satisfies/])
  t.match((await toward('2', { ACCESS_TOKEN })).AvailableChallenges, ['EMAIL_OTP', 'SMS_OTP'])
})

import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import t, { type Test } from 'tap'
import type { TriggerEvent, TriggerHandlers } from '../src/index.js'
import { anSdk, refusal } from './support/api.js'
import { totpAt } from './support/guarded-pool.js'
import { signingKeys } from './support/keys.js'
import { aClock, aRockpool } from './support/rockpool.js'
import { type DeviceSecret, deviceAnswer, deviceVerifier, SRP_A, srpAnswer, stampOf } from './support/srp.js'
import { pass, watched } from './support/triggered-reef.js'

/** Custom sign-ins of users with second factors and devices (docs/facts/triggers.md §5.3). */

const poolId = 'us-east-1_Reef00001'
const password = 'Anemone-4-Marco!'
const SigningKeys = await signingKeys()

const seed = {
  UserPools: [
    {
      PoolName: 'reef',
      Id: poolId,
      SigningKeys,
      DeviceConfiguration: { ChallengeRequiredOnNewDevice: true, DeviceOnlyRememberedOnUserPrompt: false },
      Clients: [
        {
          ClientName: 'app',
          ClientId: 'app0id',
          ExplicitAuthFlows: ['ALLOW_CUSTOM_AUTH', 'ALLOW_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
        },
      ],
      Users: [{ Username: 'marco', Password: password, UserAttributes: { email: 'marco@reef.example' } }],
    },
  ],
}

/** Asks for the word `sesame`, after a password where one is to be proven, and again after a wrong word. */
const sesame = {
  DefineAuthChallenge: event => {
    const last = event.request.session.at(-1)
    if (last?.challengeName === 'SRP_A') event.response.challengeName = 'PASSWORD_VERIFIER'
    else if (last?.challengeName === 'CUSTOM_CHALLENGE' && last.challengeResult)
      event.response.issueTokens = true
    else event.response.challengeName = 'CUSTOM_CHALLENGE'
    return event
  },
  CreateAuthChallenge: event =>
    Object.assign(event, { response: { privateChallengeParameters: { word: 'sesame' } } }),
  VerifyAuthChallengeResponse: event => {
    const { privateChallengeParameters, challengeAnswer } = event.request
    event.response.answerCorrect = challengeAnswer === privateChallengeParameters.word
    return event
  },
  PostAuthentication: pass,
  PreTokenGeneration: pass,
} satisfies TriggerHandlers

const name = { USERNAME: 'marco' }
const bySrp = { ...name, CHALLENGE_NAME: 'SRP_A', SRP_A }

/** A Rockpool with that pool, what its triggers were given, and how marco signs in. */
async function aReef(t: Test, given: TriggerHandlers = sesame) {
  const { events, handlers } = watched(given)
  const clock = aClock()
  const rockpool = await aRockpool(t, { seed, clock, triggers: { reef: handlers } })
  const sdk = anSdk(t, rockpool)
  const initiate = (
    AuthParameters: Record<string, string>,
    AuthFlow: cognito.AuthFlowType = 'CUSTOM_AUTH',
    more: Partial<cognito.InitiateAuthCommandInput> = {},
  ) => sdk.send(new cognito.InitiateAuthCommand({ ClientId: 'app0id', AuthFlow, AuthParameters, ...more }))
  const answer = (
    { ChallengeName, Session }: cognito.InitiateAuthResponse,
    ChallengeResponses: Record<string, string>,
    more: Partial<cognito.RespondToAuthChallengeCommandInput> = {},
  ) =>
    sdk.send(
      new cognito.RespondToAuthChallengeCommand({
        ClientId: 'app0id',
        ChallengeName,
        Session,
        ChallengeResponses: { ...name, ...ChallengeResponses },
        ...more,
      }),
    )
  const signIn = () => initiate({ ...name, PASSWORD: password }, 'USER_PASSWORD_AUTH')
  /** Proves the password of a custom sign-in. */
  const prove = async (more: Record<string, string> = {}) => {
    const asked = await initiate(bySrp)
    const proof = srpAnswer(poolId, password, asked.ChallengeParameters, stampOf(clock.now()))
    return answer(asked, { ...proof, ...more })
  }
  /** Gives marco an authenticator app, whose codes are asked for from then on. */
  const withApp = async () => {
    await sdk.send(
      new cognito.SetUserPoolMfaConfigCommand({
        UserPoolId: poolId,
        MfaConfiguration: 'OPTIONAL',
        SoftwareTokenMfaConfiguration: { Enabled: true },
      }),
    )
    const AccessToken = (await signIn()).AuthenticationResult?.AccessToken
    const { SecretCode } = await sdk.send(new cognito.AssociateSoftwareTokenCommand({ AccessToken }))
    const UserCode = totpAt(SecretCode, clock.now())
    await sdk.send(new cognito.VerifySoftwareTokenCommand({ AccessToken, UserCode }))
    const SoftwareTokenMfaSettings = { Enabled: true, PreferredMfa: true }
    await sdk.send(new cognito.SetUserMFAPreferenceCommand({ AccessToken, SoftwareTokenMfaSettings }))
    events.length = 0
    return () => {
      // A code is good once.
      clock.advance({ seconds: 30 })
      return { SOFTWARE_TOKEN_MFA_CODE: totpAt(SecretCode, clock.now()) }
    }
  }
  return { sdk, clock, events, initiate, answer, signIn, prove, withApp }
}

const historyOf = (event = {} as TriggerEvent) =>
  (event.request as TriggerEvent<'DefineAuthChallenge'>['request']).session

const passed = (challengeName: string) => ({ challengeName, challengeResult: true, challengeMetadata: null })

t.test('T38 after a proven password Cognito asks for the second factor, and then the trigger', async t => {
  const { events, answer, prove, withApp } = await aReef(t)
  const code = await withApp()
  const asked = await prove()
  t.equal(asked.ChallengeName, 'SOFTWARE_TOKEN_MFA')
  t.strictSame(historyOf(events.at(-1)), [passed('SRP_A')], 'whatever the trigger would say')
  t.match(await refusal(answer(asked, { SOFTWARE_TOKEN_MFA_CODE: '000000' })), ['CodeMismatchException'])
  const custom = await answer(asked, code())
  t.equal(custom.ChallengeName, 'CUSTOM_CHALLENGE')
  t.strictSame(
    historyOf(events.at(-2)),
    ['SRP_A', 'PASSWORD_VERIFIER', 'SOFTWARE_TOKEN_MFA'].map(passed),
    'three entries',
  )
  t.match(await answer(custom, { ANSWER: 'sesame' }), { AuthenticationResult: { AccessToken: /^ey/ } })
  const ends = ['PostAuthentication_Authentication', 'TokenGeneration_Authentication']
  const sources = events.map(({ triggerSource }) => triggerSource)
  t.strictSame(sources.slice(-2), ends)
  t.equal(sources.filter(source => ends.includes(source)).length, 2, 'once each, at the end')
})

t.test('T39 without a password there is no second factor', async t => {
  const { answer, initiate, withApp } = await aReef(t)
  await withApp()
  const asked = await initiate(name)
  t.equal(asked.ChallengeName, 'CUSTOM_CHALLENGE')
  t.match(await answer(asked, { ANSWER: 'sesame' }), { AuthenticationResult: { AccessToken: /^ey/ } })
  for (const challengeName of ['SMS_MFA', 'SOFTWARE_TOKEN_MFA', 'DEVICE_SRP_AUTH']) {
    const naming = await aReef(t, {
      ...sesame,
      DefineAuthChallenge: event => Object.assign(event, { response: { challengeName } }),
    })
    t.strictSame(
      await refusal(naming.initiate(name)),
      ['InvalidParameterException', `Invalid challenge: ${challengeName}`],
      'Cognito asks for it by itself, or not at all',
    )
  }
})

t.test('T37 a wrong answer, and the trigger asks again', async t => {
  const { events, answer, initiate } = await aReef(t)
  const first = await initiate(name)
  const again = await answer(first, { ANSWER: 'barley' })
  t.match(again, { ChallengeName: 'CUSTOM_CHALLENGE', Session: /./ })
  t.not(again.Session, first.Session)
  const wrong = { challengeName: 'CUSTOM_CHALLENGE', challengeResult: false, challengeMetadata: null }
  t.strictSame(historyOf(events.at(-2)), [wrong])
  t.match(await refusal(answer(first, { ANSWER: 'sesame' })), ['NotAuthorizedException'])
  t.match(await answer(again, { ANSWER: 'sesame' }), { AuthenticationResult: { AccessToken: /^ey/ } })
})

t.test('T36 after a sign-in: once, after the second factor, with what came with the last answer', async t => {
  const { events, answer, signIn, withApp } = await aReef(t)
  const code = await withApp()
  const asked = await signIn()
  t.equal(asked.ChallengeName, 'SOFTWARE_TOKEN_MFA')
  t.strictSame(events, [])
  await answer(asked, code(), { ClientMetadata: { from: 'the app' } })
  t.match(events, [
    {
      triggerSource: 'PostAuthentication_Authentication',
      request: { newDeviceUsed: true, clientMetadata: { from: 'the app' } },
    },
    { triggerSource: 'TokenGeneration_Authentication' },
  ])
})

t.test('a remembered device proves itself in a custom sign-in, with an entry for each challenge', async t => {
  const { sdk, clock, events, answer, initiate, signIn, prove, withApp } = await aReef(t)
  const tokens = (await signIn()).AuthenticationResult
  const { DeviceKey = '', DeviceGroupKey = '' } = tokens?.NewDeviceMetadata ?? {}
  const device: DeviceSecret = { DeviceKey, DeviceGroupKey, password: 'device-secret' }
  await sdk.send(
    new cognito.ConfirmDeviceCommand({
      AccessToken: tokens?.AccessToken,
      DeviceKey,
      DeviceSecretVerifierConfig: deviceVerifier(device, '8c3a1c0b5d7e9f2a4c6b8d0e1f3a5c7d'),
    }),
  )
  await withApp()
  const asked = await prove({ DEVICE_KEY: DeviceKey })
  t.equal(asked.ChallengeName, 'DEVICE_SRP_AUTH', 'in the place of a second factor')
  const verify = await answer(asked, { SRP_A, DEVICE_KEY: DeviceKey })
  const custom = await answer(verify, deviceAnswer(device, verify.ChallengeParameters, stampOf(clock.now())))
  t.strictSame(
    historyOf(events.at(-2)),
    ['SRP_A', 'PASSWORD_VERIFIER', 'DEVICE_SRP_AUTH', 'DEVICE_PASSWORD_VERIFIER'].map(passed),
  )
  await answer(custom, { ANSWER: 'sesame' })
  t.match(events.at(-2), {
    triggerSource: 'PostAuthentication_Authentication',
    request: { newDeviceUsed: false },
  })
  t.equal(events.at(-1)?.triggerSource, 'TokenGeneration_Authentication', 'it ended with the word')
  const unknown = { ...name, DEVICE_KEY: 'us-east-1_11111111-2222-3333-4444-555555555555' }
  t.match(await refusal(initiate(unknown)), ['ResourceNotFoundException', 'Device does not exist.'])
  const shown = await initiate({ ...name, DEVICE_KEY: DeviceKey })
  t.equal(shown.ChallengeName, 'CUSTOM_CHALLENGE', 'without a password no device is asked')
  t.notOk((await answer(shown, { ANSWER: 'sesame' })).AuthenticationResult?.NewDeviceMetadata)
})

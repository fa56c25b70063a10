import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import * as amplify from 'amazon-cognito-identity-js'
import t, { type Test } from 'tap'
import type { TriggerEvent, TriggerHandlers } from '../src/index.js'
import { anSdk, refusal } from './support/api.js'
import { initiator } from './support/initiate.js'
import { signingKeys } from './support/keys.js'
import { numbersOfIdentityJs, powersInNativeCode } from './support/native-power.js'
import { aClock, aRockpool } from './support/rockpool.js'
import { SRP_A, srpAnswer } from './support/srp.js'

const IPE = 'InvalidParameterException'
const NAE = 'NotAuthorizedException'
const incorrect = [NAE, 'Incorrect username or password.']
const notConfigured = [IPE, 'Custom auth lambda trigger is not configured for the user pool.']
const poolId = 'us-east-1_Reef00001'
const password = 'Anemone-4-Marco!'
const now = 'Wed Nov 25 12:00:00 UTC 2026'
const SigningKeys = await signingKeys()

const client = (ClientName: string, more: object = {}) => ({
  ClientName,
  ClientId: `${ClientName}0id`,
  ExplicitAuthFlows: ['ALLOW_CUSTOM_AUTH', 'ALLOW_USER_SRP_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
  ...more,
})

const seed = {
  UserPools: [
    {
      PoolName: 'reef',
      Id: poolId,
      SigningKeys,
      Clients: [
        client('app'),
        { ClientName: 'unset', ClientId: 'unset0id' },
        client('legacy', { ExplicitAuthFlows: ['CUSTOM_AUTH_FLOW_ONLY'] }),
        client('other', { ExplicitAuthFlows: ['ALLOW_USER_SRP_AUTH'] }),
        client('hiding', { PreventUserExistenceErrors: 'ENABLED' }),
      ],
      Users: [
        { Username: 'marco', Password: password, UserAttributes: { email: 'marco@reef.example' } },
        { Username: 'jane', TemporaryPassword: 'Welcome-2-Rockpool!', UserAttributes: {} },
      ],
    },
  ],
}

/** A pool that asks two riddles: the sum, then the colour. After SRP it asks for the password's proof first. */
const riddles = {
  DefineAuthChallenge: event => {
    const { session } = event.request
    const last = session.at(-1)
    const asked = session.filter(({ challengeName }) => challengeName === 'CUSTOM_CHALLENGE')
    if (last?.challengeName === 'SRP_A') event.response.challengeName = 'PASSWORD_VERIFIER'
    else if (last?.challengeResult === false) event.response.failAuthentication = true
    else if (asked.length === 2) event.response.issueTokens = true
    else event.response.challengeName = 'CUSTOM_CHALLENGE'
    return event
  },
  CreateAuthChallenge: event => {
    const asked = event.request.session.filter(({ challengeName }) => challengeName === 'CUSTOM_CHALLENGE')
    const [riddle, answer] = asked.length === 0 ? ['two and two', '4'] : ['the sea', 'blue']
    event.response = {
      publicChallengeParameters: { riddle },
      privateChallengeParameters: { answer },
      challengeMetadata: `RIDDLE_${asked.length}`,
    }
    return event
  },
  VerifyAuthChallengeResponse: async event => {
    const { privateChallengeParameters, challengeAnswer } = event.request
    event.response.answerCorrect = privateChallengeParameters.answer === challengeAnswer
    return event
  },
} satisfies TriggerHandlers

/** A Rockpool with that pool, what its triggers were given, and how one signs in. */
async function aReef(t: Test, handlers: TriggerHandlers = riddles) {
  const events: TriggerEvent[] = []
  const seen = Object.fromEntries(
    Object.entries(handlers).map(([name, handler]) => [
      name,
      (event: TriggerEvent) => {
        events.push(structuredClone(event))
        return (handler as (event: TriggerEvent) => TriggerEvent)(event)
      },
    ]),
  )
  const clock = aClock()
  const rockpool = await aRockpool(t, { seed, clock, triggers: { reef: seen } })
  const sdk = anSdk(t, rockpool)
  const initiate = initiator(sdk, 'CUSTOM_AUTH')
  const respond = (
    { Session }: { Session?: string | undefined },
    ChallengeResponses: Record<string, string>,
    more: Partial<cognito.RespondToAuthChallengeCommandInput> = {},
  ) =>
    sdk.send(
      new cognito.RespondToAuthChallengeCommand({
        ClientId: 'app0id',
        ChallengeName: 'CUSTOM_CHALLENGE',
        Session,
        ChallengeResponses,
        ...more,
      }),
    )
  const admin = { UserPoolId: poolId }
  return { rockpool, clock, sdk, events, initiate, respond, admin }
}

t.test('U112 the first event: an empty session, a response to be filled in', async t => {
  const { initiate, events } = await aReef(t)
  await initiate({ USERNAME: 'marco' })
  const { sub } = events[0]?.request.userAttributes ?? {}
  t.strictSame(events[0], {
    version: '1',
    triggerSource: 'DefineAuthChallenge_Authentication',
    region: 'us-east-1',
    userPoolId: poolId,
    userName: 'marco',
    callerContext: { awsSdkVersion: 'aws-sdk-unknown-unknown', clientId: 'app0id' },
    request: {
      userAttributes: { sub, 'cognito:user_status': 'CONFIRMED', email: 'marco@reef.example' },
      session: [],
    },
    response: { challengeName: null, issueTokens: null, failAuthentication: null },
  })
  t.match(events[1], {
    triggerSource: 'CreateAuthChallenge_Authentication',
    request: { challengeName: 'CUSTOM_CHALLENGE', session: [] },
    response: {
      publicChallengeParameters: null,
      privateChallengeParameters: null,
      challengeMetadata: null,
    },
  })
})

t.test('riddle after riddle, until the triggers have heard enough', async t => {
  const { sdk, admin, initiate, respond, events } = await aReef(t)
  await sdk.send(
    new cognito.SetUserPoolMfaConfigCommand({
      ...admin,
      MfaConfiguration: 'ON',
      SoftwareTokenMfaConfiguration: { Enabled: true },
    }),
  )
  const first = await initiate({ USERNAME: 'marco' })
  t.match(first, { ChallengeName: 'CUSTOM_CHALLENGE', Session: /.{20}/ })
  t.strictSame(first.ChallengeParameters, { riddle: 'two and two', USERNAME: 'marco' }, 'nothing private')
  const second = await respond(first, { USERNAME: 'marco', ANSWER: '4' })
  t.strictSame(second.ChallengeParameters, { riddle: 'the sea', USERNAME: 'marco' })
  t.match(await refusal(respond(first, { USERNAME: 'marco', ANSWER: '4' })), [NAE, /only be used once/])
  events.length = 0
  const { AuthenticationResult } = await respond(second, { USERNAME: 'marco', ANSWER: 'blue' })
  t.match(
    AuthenticationResult,
    { AccessToken: /^ey/, IdToken: /^ey/, RefreshToken: /^ey/ },
    'MFA is not asked for',
  )
  t.match(events, [
    {
      triggerSource: 'VerifyAuthChallengeResponse_Authentication',
      request: { privateChallengeParameters: { answer: 'blue' }, challengeAnswer: 'blue' },
      response: { answerCorrect: null },
    },
    {
      triggerSource: 'DefineAuthChallenge_Authentication',
      request: {
        session: [
          { challengeName: 'CUSTOM_CHALLENGE', challengeResult: true, challengeMetadata: 'RIDDLE_0' },
          { challengeName: 'CUSTOM_CHALLENGE', challengeResult: true, challengeMetadata: 'RIDDLE_1' },
        ],
      },
    },
  ])
  t.equal(events.length, 2)
})

t.test('wrong answers, sessions, names and times', async t => {
  const { clock, initiate, respond } = await aReef(t)
  const asked = await initiate({ USERNAME: 'marco' })
  t.strictSame(await refusal(respond(asked, { USERNAME: 'jane', ANSWER: '4' })), [
    NAE,
    'Invalid session for the user.',
  ])
  t.strictSame(await refusal(respond(asked, { USERNAME: 'marco' })), [
    IPE,
    'Missing required parameter ANSWER',
  ])
  t.strictSame(await refusal(respond({}, { USERNAME: 'marco', ANSWER: '4' })), [
    IPE,
    'Missing required parameter Session',
  ])
  const other = { ChallengeName: 'SOFTWARE_TOKEN_MFA' } as const
  t.match(await refusal(respond(asked, { USERNAME: 'marco', SOFTWARE_TOKEN_MFA_CODE: '123456' }, other)), [
    NAE,
  ])
  t.strictSame(await refusal(respond(asked, { USERNAME: 'marco', ANSWER: '5' })), incorrect)
  t.match(await refusal(respond(asked, { USERNAME: 'marco', ANSWER: '4' })), [NAE, /only be used once/])
  const late = await initiate({ USERNAME: 'marco' })
  clock.advance({ seconds: 181 })
  t.match(await refusal(respond(late, { USERNAME: 'marco', ANSWER: '4' })), [NAE, /session is expired/])
})

t.test('of many answers at once, one is taken', async t => {
  const { initiate, respond } = await aReef(t)
  const asked = await initiate({ USERNAME: 'marco' })
  const outcomes = await Promise.allSettled(
    Array.from({ length: 16 }, () => respond(asked, { USERNAME: 'marco', ANSWER: '4' })),
  )
  t.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1)
})

for (const key of ['CHALLENGE_NAME', 'ChallengeName'])
  t.test(`a password by SRP first, by ${key}`, async t => {
    const { initiate, respond, events } = await aReef(t)
    const verifier = await initiate({ USERNAME: 'marco', [key]: 'SRP_A', SRP_A })
    t.match(verifier, { ChallengeName: 'PASSWORD_VERIFIER', Session: /.{20}/ })
    const proof = srpAnswer(poolId, password, verifier.ChallengeParameters, now)
    const asked = await respond(verifier, proof, { ChallengeName: 'PASSWORD_VERIFIER' })
    t.match(asked, { ChallengeName: 'CUSTOM_CHALLENGE', ChallengeParameters: { riddle: 'two and two' } })
    const histories = events.flatMap(event =>
      event.triggerSource === 'DefineAuthChallenge_Authentication' && 'session' in event.request
        ? [event.request.session]
        : [],
    )
    const passed = (challengeName: string) => ({
      challengeName,
      challengeResult: true,
      challengeMetadata: null,
    })
    t.strictSame(histories, [[passed('SRP_A')], [passed('SRP_A'), passed('PASSWORD_VERIFIER')]])
    const last = await respond(asked, { USERNAME: 'marco', ANSWER: '4' })
    const done = await respond(last, { USERNAME: 'marco', ANSWER: 'blue' })
    t.match(done.AuthenticationResult, { AccessToken: /^ey/ })
  })

t.test('a proof of a custom sign-in is good nowhere else, and a wrong one ends it', async t => {
  const { initiate, respond } = await aReef(t)
  const begin = () => initiate({ USERNAME: 'marco', CHALLENGE_NAME: 'SRP_A', SRP_A })
  const asProof = { ChallengeName: 'PASSWORD_VERIFIER' } as const
  const [mine, other] = [await begin(), await begin()]
  const proof = srpAnswer(poolId, password, mine.ChallengeParameters, now)
  t.strictSame(
    await refusal(respond({}, proof, asProof)),
    [NAE, 'Invalid session for the user.'],
    'no riddles',
  )
  const again = await begin()
  const anothers = srpAnswer(poolId, password, again.ChallengeParameters, now)
  t.match(await refusal(respond(other, anothers, asProof)), [NAE, 'Invalid session for the user.'])
  const wrong = await begin()
  const guessed = srpAnswer(poolId, 'Wrong-1-Password!', wrong.ChallengeParameters, now)
  t.strictSame(await refusal(respond(wrong, guessed, asProof)), incorrect)
  t.strictSame(await refusal(respond(wrong, guessed, asProof)), incorrect)
  t.match(await refusal(initiate({ USERNAME: 'marco', CHALLENGE_NAME: 'SRP_A' })), [
    IPE,
    'Missing required parameter SRP_A',
  ])
})

t.test('DefineAuthChallenge decides whether to ask, to let in or to refuse', async t => {
  const deciding = (response: Record<string, unknown>) =>
    aReef(t, { ...riddles, DefineAuthChallenge: event => Object.assign(event, { response }) })
  const outcome = async (response: Record<string, unknown>) => {
    const { initiate } = await deciding(response)
    return refusal(initiate({ USERNAME: 'marco' }))
  }
  const unrecognizable = ['InvalidLambdaResponseException', 'Unrecognizable lambda output']
  t.strictSame(await outcome({ issueTokens: true }), ['nothing', 'it succeeded'])
  t.strictSame(await outcome({ failAuthentication: true }), incorrect)
  t.strictSame(await outcome({ issueTokens: true, failAuthentication: true }), incorrect)
  t.strictSame(await outcome({}), unrecognizable, 'neither')
  t.strictSame(await outcome({ challengeName: 'PASSWORD_VERIFIER' }), unrecognizable, 'without SRP_A')
  t.strictSame(await outcome({ challengeName: 'MAGIC' }), unrecognizable)
  t.strictSame(await outcome({ issueTokens: 'true' }), unrecognizable, 'a text is no flag')
})

t.test('a user who does not exist is refused, or simulated where the client hides that', async t => {
  const { initiate, respond, events } = await aReef(t)
  const ClientId = 'hiding0id'
  t.strictSame(await refusal(initiate({ USERNAME: 'nobody' })), [
    'UserNotFoundException',
    'User does not exist.',
  ])
  const asked = await initiate({ USERNAME: 'nobody' }, { ClientId })
  t.strictSame(asked.ChallengeParameters, { riddle: 'two and two', USERNAME: 'nobody' })
  const second = await respond(asked, { USERNAME: 'nobody', ANSWER: '4' }, { ClientId })
  t.strictSame(
    await refusal(respond(second, { USERNAME: 'nobody', ANSWER: 'blue' }, { ClientId })),
    incorrect,
  )
  t.ok(
    events.every(
      ({ userName, request }) => userName === 'nobody' && 'userNotFound' in request && request.userNotFound,
    ),
    'the triggers are told, and let in in vain',
  )
  events.length = 0
  await initiate({ USERNAME: 'marco' }, { ClientId })
  t.match(events[0]?.request, { userNotFound: false })
  const verifier = await initiate({ USERNAME: 'nobody', CHALLENGE_NAME: 'SRP_A', SRP_A }, { ClientId })
  t.match(verifier, { ChallengeName: 'PASSWORD_VERIFIER', ChallengeParameters: { SALT: /./ } })
  const proof = srpAnswer(poolId, password, verifier.ChallengeParameters, now)
  const asProof = { ClientId, ChallengeName: 'PASSWORD_VERIFIER' } as const
  t.strictSame(await refusal(respond(verifier, proof, asProof)), incorrect)
})

t.test('N26 a challenge with nothing to compare the answer with', async t => {
  const { initiate, respond } = await aReef(t, {
    ...riddles,
    CreateAuthChallenge: event => {
      const isFirst = event.request.session.length === 0 && event.userName !== 'jane'
      event.response = {
        publicChallengeParameters: { riddle: 'none' },
        privateChallengeParameters: isFirst && event.userName === 'marco' ? { answer: '4' } : {},
        challengeMetadata: null,
      }
      return event
    },
  })
  t.strictSame(
    await refusal(initiate({ USERNAME: 'nobody' }, { ClientId: 'hiding0id' })),
    incorrect,
    'N26 for an unknown user',
  )
  t.strictSame(await refusal(initiate({ USERNAME: 'jane' })), incorrect, 'for one of the pool’s alike')
  const asked = await initiate({ USERNAME: 'marco' })
  t.match(asked, { ChallengeName: 'CUSTOM_CHALLENGE' }, 'one parameter is enough')
  t.strictSame(await refusal(respond(asked, { USERNAME: 'marco', ANSWER: '4' })), incorrect, 'each time')
})

t.test('clients and pools without', async t => {
  const { initiate } = await aReef(t)
  t.strictSame(await refusal(initiate({ USERNAME: 'marco' }, { ClientId: 'other0id' })), [
    IPE,
    'Auth flow not enabled for this client',
  ])
  for (const ClientId of ['unset0id', 'legacy0id'])
    t.match(await initiate({ USERNAME: 'marco' }, { ClientId }), { ChallengeName: 'CUSTOM_CHALLENGE' })
  const bare = await aReef(t, {})
  t.strictSame(await refusal(bare.initiate({ USERNAME: 'marco' })), notConfigured)
  const { VerifyAuthChallengeResponse: _, ...rest } = riddles
  const half = await aReef(t, rest)
  const asked = await half.initiate({ USERNAME: 'marco' })
  t.strictSame(await refusal(half.respond(asked, { USERNAME: 'marco', ANSWER: '4' })), notConfigured)
})

t.test('where users stand', async t => {
  const { sdk, admin, initiate, respond } = await aReef(t)
  const asked = await initiate({ USERNAME: 'jane' })
  const second = await respond(asked, { USERNAME: 'jane', ANSWER: '4' })
  const done = await respond(second, { USERNAME: 'jane', ANSWER: 'blue' })
  t.match(done.AuthenticationResult, { AccessToken: /^ey/ }, 'a temporary password is in nobody’s way')
  const under = await initiate({ USERNAME: 'marco' })
  await sdk.send(new cognito.AdminDisableUserCommand({ ...admin, Username: 'marco' }))
  const disabled = [NAE, 'User is disabled.']
  t.strictSame(await refusal(respond(under, { USERNAME: 'marco', ANSWER: '4' })), disabled)
  t.strictSame(await refusal(initiate({ USERNAME: 'marco' })), disabled)
  await sdk.send(
    new cognito.SignUpCommand({
      ClientId: 'app0id',
      Username: 'nemo',
      Password: password,
      UserAttributes: [],
    }),
  )
  t.strictSame(await refusal(initiate({ USERNAME: 'nemo' })), [
    'UserNotConfirmedException',
    'User is not confirmed.',
  ])
})

t.test('ClientMetadata reaches the triggers with an answer, or from an administrator', async t => {
  const { sdk, admin, initiate, respond, events } = await aReef(t)
  const ClientMetadata = { from: 'the app' }
  const asked = await initiate({ USERNAME: 'marco' }, { ClientMetadata })
  t.ok(events.every(({ request }) => !('clientMetadata' in request)))
  events.length = 0
  await respond(asked, { USERNAME: 'marco', ANSWER: '4' }, { ClientMetadata })
  t.equal(events.length, 3)
  for (const { request } of events) t.match(request, { clientMetadata: { from: 'the app' } })
  events.length = 0
  const begun = await sdk.send(
    new cognito.AdminInitiateAuthCommand({
      ...admin,
      ClientId: 'app0id',
      AuthFlow: 'CUSTOM_AUTH',
      AuthParameters: { USERNAME: 'marco' },
      ClientMetadata,
    }),
  )
  t.equal(events.length, 2)
  for (const { request } of events) t.match(request, { clientMetadata: { from: 'the app' } })
  const answered = await sdk.send(
    new cognito.AdminRespondToAuthChallengeCommand({
      ...admin,
      ClientId: 'app0id',
      ChallengeName: 'CUSTOM_CHALLENGE',
      Session: begun.Session,
      ChallengeResponses: { USERNAME: 'marco', ANSWER: '4' },
    }),
  )
  t.match(answered.ChallengeParameters, { riddle: 'the sea' })
})

t.test('amazon-cognito-identity-js, with and without a password', async t => {
  powersInNativeCode(numbersOfIdentityJs())
  // Its proof names the time, so the clock must be the system's.
  const rockpool = await aRockpool(t, { seed, triggers: { reef: riddles } })
  const pool = new amplify.CognitoUserPool({
    UserPoolId: poolId,
    ClientId: 'app0id',
    endpoint: rockpool.baseUrl,
  })
  const signIn = (way: 'authenticateUser' | 'initiateAuth', Password: string, answers: string[]) =>
    new Promise<amplify.CognitoUserSession>((signedIn, failed) => {
      const user = new amplify.CognitoUser({ Username: 'marco', Pool: pool })
      user.setAuthenticationFlowType('CUSTOM_AUTH')
      const callbacks = {
        onSuccess: signedIn,
        onFailure: failed,
        customChallenge: () => user.sendCustomChallengeAnswer(answers.shift(), callbacks),
      }
      user[way](new amplify.AuthenticationDetails({ Username: 'marco', Password }), callbacks)
    })
  for (const way of ['authenticateUser', 'initiateAuth'] as const) {
    const session = await signIn(way, password, ['4', 'blue'])
    t.equal(session.getIdToken().payload.email, 'marco@reef.example')
    await t.rejects(signIn(way, password, ['4', 'green']), { code: NAE })
  }
  await t.rejects(signIn('authenticateUser', 'Wrong-1-Password!', []), { code: NAE })
})

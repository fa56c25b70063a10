import { mock } from 'node:test'
import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import t, { type Test } from 'tap'
import type { UserPool } from '../src/core/user-pool.js'
import { startRockpool, type TriggerEvent, type TriggerHandlers } from '../src/index.js'
import { inProcessTriggers } from '../src/triggers/in-process.js'
import { anSdk, refusal } from './support/api.js'
import { aBrowser } from './support/browser.js'
import { signingKeys } from './support/keys.js'
import { claims, locationOf, aReef as pools, told } from './support/reef.js'
import { aClock, aRockpool, postForm } from './support/rockpool.js'
import { SRP_A } from './support/srp.js'

const password = 'Anemone-4-Marco!'
const poolId = 'us-east-1_Reef00001'
const SigningKeys = await signingKeys()

const seed = {
  UserPools: [
    {
      PoolName: 'reef',
      Id: poolId,
      SigningKeys,
      AliasAttributes: ['email'],
      AutoVerifiedAttributes: ['email'],
      Clients: [
        {
          ClientName: 'app',
          ClientId: 'app0id',
          ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_USER_SRP_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
        },
      ],
      Users: [
        {
          Username: 'marco',
          Password: password,
          UserAttributes: { email: 'marco@reef.example', email_verified: true },
        },
      ],
    },
  ],
}

/** The handlers, with every event that they are given. */
function watched(handlers: TriggerHandlers) {
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
  return { events, handlers: seen as TriggerHandlers }
}

/** A Rockpool with that pool, and what its triggers were given. */
async function aReef(t: Test, given: TriggerHandlers = {}) {
  const { events, handlers } = watched(given)
  const rockpool = await aRockpool(t, { seed, clock: aClock(), triggers: { reef: handlers } })
  const sdk = anSdk(t, rockpool)
  const signUp = (Username: string, more: Partial<cognito.SignUpCommandInput> = {}) =>
    sdk.send(
      new cognito.SignUpCommand({
        ClientId: 'app0id',
        Username,
        Password: password,
        UserAttributes: [{ Name: 'email', Value: `${Username}@reef.example` }],
        ...more,
      }),
    )
  const userOf = (Username: string) =>
    sdk.send(new cognito.AdminGetUserCommand({ UserPoolId: poolId, Username }))
  const codeFor = async (username: string) => {
    const answer = await fetch(`${rockpool.baseUrl}/_rockpool/messages?username=${username}`)
    const { messages } = (await answer.json()) as { messages: { secret: string }[] }
    return messages.at(-1)?.secret ?? ''
  }
  return { rockpool, sdk, events, signUp, userOf, codeFor, admin: { UserPoolId: poolId } }
}

/** The client of `reef` that people come to through `tide`. */
const through = { client_id: 'through0id' }

const pass = async <E>(event: E): Promise<E> => event

function refuse(message: string): () => never {
  return () => {
    throw new Error(message)
  }
}

const reef = { id: 'us-east-1_Reef00001', name: 'reef', settings: {} } as UserPool

const call = {
  source: 'DefineAuthChallenge_Authentication',
  userName: 'marco',
  request: { userAttributes: { sub: '1' }, session: [] },
} as const

t.test('a handler for what is never called is refused at the start', async t => {
  const starting = (handlers: object) => startRockpool({ port: 0, triggers: { reef: handlers } })
  await t.rejects(starting({ DefineAuthChalenge: () => {} }), {
    message:
      /^triggers of "reef": Rockpool calls no trigger "DefineAuthChalenge". Did you mean "DefineAuthChallenge"\?/,
  })
  await t.rejects(starting({ CustomEmailSender: () => {} }), {
    message: /calls no trigger "CustomEmailSender"/,
  })
  await t.rejects(starting({ DefineAuthChallenge: 'arn:aws:…' }), { message: /is no function/ })
})

t.test('handlers for a pool that nobody has made are told of', async t => {
  const lines: string[] = []
  const log = (line: string) => lines.push(line)
  await aRockpool(t, { seed, log, triggers: { reff: { PreSignUp: pass }, [poolId]: { PreSignUp: pass } } })
  t.strictSame(lines, ['triggers of "reff": there is no such pool so far. Did you mean "reef"?'])
})

t.test('a function has five seconds, three times', async t => {
  mock.timers.enable({ apis: ['setTimeout'] })
  t.teardown(() => mock.timers.reset())
  let calls = 0
  const triggers = inProcessTriggers({
    reef: {
      DefineAuthChallenge: async event => {
        calls += 1
        if (calls < 3) await new Promise(() => {})
        event.response.issueTokens = true
        return event
      },
    },
    slow: { DefineAuthChallenge: () => new Promise(() => {}) },
  })
  const settled = async () => {
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve()
  }
  const answer = triggers.call('DefineAuthChallenge', reef, call)
  for (const tick of [4999, 1, 5000]) {
    mock.timers.tick(tick)
    await settled()
  }
  t.match(await answer, { issueTokens: true })
  t.equal(calls, 3)
  const late = triggers.call('DefineAuthChallenge', { ...reef, name: 'slow' }, call)
  const refused = t.rejects(late, {
    code: 'UnexpectedLambdaException',
    told: /^DefineAuthChallenge invocation failed due to error Socket timeout/,
    explanation: { because: /3 times, and took longer than 5 seconds/ },
  })
  for (const tick of [5000, 5000, 5000]) {
    mock.timers.tick(tick)
    await settled()
  }
  await refused
})

t.test('what a function does to its event stays with it', async t => {
  const kept: { issueTokens?: boolean | null }[] = []
  const triggers = inProcessTriggers({
    [reef.id]: {
      DefineAuthChallenge: event => {
        Object.assign(event.request.userAttributes, { sub: 'changed' })
        event.response.issueTokens = true
        kept.push(event.response)
        return event
      },
    },
  })
  const response = await triggers.call('DefineAuthChallenge', reef, call)
  t.match(response, { issueTokens: true }, 'found by the id of the pool, too')
  Object.assign(kept[0] ?? {}, { issueTokens: false })
  t.match(response, { issueTokens: true })
  t.equal(call.request.userAttributes.sub, '1')
})

t.test('U109 a trigger that throws', async t => {
  const { signUp, userOf } = await aReef(t, { PreSignUp: refuse('nope') })
  t.strictSame(await refusal(signUp('nemo')), [
    'UserLambdaValidationException',
    'PreSignUp failed with error nope.',
  ])
  t.match(await refusal(userOf('nemo')), ['UserNotFoundException'])
  const rude = await aReef(t, { PreSignUp: () => Promise.reject('Go away!') })
  t.match(await refusal(rude.signUp('nemo')), [/./, 'PreSignUp failed with error Go away!.'])
})

t.test('U110 a function that cannot be called', async t => {
  const { sdk, admin, signUp } = await aReef(t)
  const PreSignUp = 'arn:aws:lambda:us-east-1:000000000000:function:f'
  await sdk.send(new cognito.UpdateUserPoolCommand({ ...admin, LambdaConfig: { PreSignUp } }))
  t.strictSame(await refusal(signUp('nemo')), [
    'UnexpectedLambdaException',
    'PreSignUp invocation failed due to error AccessDeniedException.',
  ])
  await sdk.send(new cognito.UpdateUserPoolCommand({ ...admin, LambdaConfig: {} }))
  t.match(await signUp('nemo'), { UserConfirmed: false })
})

t.test('U111 an answer that is no event', async t => {
  const answers = [{}, null, 'event', [], { response: null }, { response: { autoConfirmUser: 'yes' } }]
  for (const answer of answers) {
    const { signUp } = await aReef(t, { PreSignUp: () => answer as never })
    t.strictSame(
      await refusal(signUp('nemo')),
      ['InvalidLambdaResponseException', 'Unrecognizable lambda output'],
      JSON.stringify(answer),
    )
  }
})

t.test('before and after a sign-up', async t => {
  const { events, signUp, sdk, codeFor, userOf } = await aReef(t, { PreSignUp: pass, PostConfirmation: pass })
  const { UserSub, UserConfirmed } = await signUp('nemo', {
    ValidationData: [{ Name: 'captcha', Value: '7' }],
    ClientMetadata: { from: 'the app' },
  })
  t.notOk(UserConfirmed)
  t.strictSame(events, [
    {
      version: '1',
      triggerSource: 'PreSignUp_SignUp',
      region: 'us-east-1',
      userPoolId: poolId,
      userName: 'nemo',
      callerContext: { awsSdkVersion: 'aws-sdk-unknown-unknown', clientId: 'app0id' },
      request: {
        userAttributes: { email: 'nemo@reef.example' },
        validationData: { captcha: '7' },
        clientMetadata: { from: 'the app' },
      },
      response: { autoConfirmUser: false, autoVerifyEmail: false, autoVerifyPhone: false },
    },
  ])
  events.length = 0
  await sdk.send(
    new cognito.ConfirmSignUpCommand({
      ClientId: 'app0id',
      Username: 'nemo',
      ConfirmationCode: await codeFor('nemo'),
      ClientMetadata: { step: 'two' },
    }),
  )
  t.match(events, [
    {
      triggerSource: 'PostConfirmation_ConfirmSignUp',
      request: {
        userAttributes: {
          sub: UserSub,
          'cognito:user_status': 'CONFIRMED',
          email: 'nemo@reef.example',
          email_verified: 'true',
        },
        clientMetadata: { step: 'two' },
      },
      response: {},
    },
  ])
  events.length = 0
  const byName = { ClientId: 'app0id', Username: 'nemo' }
  await sdk.send(new cognito.ForgotPasswordCommand(byName))
  const ConfirmationCode = await codeFor('nemo')
  const forgotten = { ...byName, ConfirmationCode, Password: 'Kingfisher-7-Nemo!' }
  await sdk.send(new cognito.ConfirmForgotPasswordCommand(forgotten))
  t.match(events, [{ triggerSource: 'PostConfirmation_ConfirmForgotPassword', userName: 'nemo' }])
  t.match(await refusal(signUp('marco')), ['UsernameExistsException'])
  t.match(events.at(-1), { triggerSource: 'PreSignUp_SignUp', request: { validationData: null } })
  t.match(await userOf('nemo'), { UserStatus: 'CONFIRMED' })
})

t.test('a sign-up that its trigger confirms', async t => {
  const { events, signUp, sdk, userOf, rockpool } = await aReef(t, {
    PreSignUp: event => {
      event.response = { autoConfirmUser: true, autoVerifyEmail: true }
      return event
    },
    PostConfirmation: pass,
  })
  const signedUp = await signUp('nemo', { ClientMetadata: { from: 'the app' } })
  t.match(signedUp, { UserConfirmed: true, UserSub: /.{36}/ })
  t.notOk(signedUp.CodeDeliveryDetails)
  t.match(events, [
    { triggerSource: 'PreSignUp_SignUp' },
    { triggerSource: 'PostConfirmation_ConfirmSignUp', request: { clientMetadata: { from: 'the app' } } },
  ])
  const { UserStatus, UserAttributes } = await userOf('nemo@reef.example')
  t.equal(UserStatus, 'CONFIRMED', 'found by the alias that is verified')
  t.match(
    UserAttributes?.find(({ Name }) => Name === 'email_verified'),
    { Value: 'true' },
  )
  const messages = await fetch(`${rockpool.baseUrl}/_rockpool/messages?username=nemo`)
  t.strictSame(((await messages.json()) as { messages: unknown[] }).messages, [], 'no code is sent')
  const signedIn = await sdk.send(
    new cognito.InitiateAuthCommand({
      ClientId: 'app0id',
      AuthFlow: 'USER_PASSWORD_AUTH',
      AuthParameters: { USERNAME: 'nemo', PASSWORD: password },
    }),
  )
  t.match(signedIn.AuthenticationResult, { AccessToken: /^ey/ })
  const taken = [{ Name: 'email', Value: 'marco@reef.example' }]
  t.match(await refusal(signUp('dory', { UserAttributes: taken })), [
    'UsernameExistsException',
    'An account with the given email already exists.',
  ])
  t.match(await refusal(signUp('crush', { UserAttributes: [] })), ['InvalidLambdaResponseException'])
})

t.test('who was confirmed stays so, whatever the trigger says', async t => {
  const { signUp, sdk, admin, userOf, events } = await aReef(t, { PostConfirmation: refuse('too late') })
  await signUp('nemo')
  const confirm = new cognito.AdminConfirmSignUpCommand({
    ...admin,
    Username: 'nemo',
    ClientMetadata: { by: 'me' },
  })
  t.strictSame(await refusal(sdk.send(confirm)), [
    'UserLambdaValidationException',
    'PostConfirmation failed with error too late.',
  ])
  t.match(events, [
    {
      triggerSource: 'PostConfirmation_ConfirmSignUp',
      callerContext: { clientId: 'CLIENT_ID_NOT_APPLICABLE' },
      request: { clientMetadata: { by: 'me' } },
    },
  ])
  t.match(await userOf('nemo'), { UserStatus: 'CONFIRMED' })
})

t.test('administrators who create users', async t => {
  const { sdk, admin, events } = await aReef(t, {
    PreSignUp: event => {
      event.response.autoConfirmUser = true
      return event
    },
    PostConfirmation: pass,
  })
  const { User } = await sdk.send(
    new cognito.AdminCreateUserCommand({
      ...admin,
      Username: 'nemo',
      UserAttributes: [{ Name: 'email', Value: 'nemo@reef.example' }],
      ValidationData: [{ Name: 'ticket', Value: '12' }],
      ClientMetadata: { by: 'me' },
    }),
  )
  t.equal(User?.UserStatus, 'FORCE_CHANGE_PASSWORD', 'the answer counts for sign-ups only')
  t.match(events, [
    {
      triggerSource: 'PreSignUp_AdminCreateUser',
      userName: 'nemo',
      callerContext: { clientId: 'CLIENT_ID_NOT_APPLICABLE' },
      request: { validationData: { ticket: '12' }, clientMetadata: { by: 'me' } },
    },
  ])
  t.equal(events.length, 1)
})

t.test('O48 a PreSignUp that throws ends a federated sign-in at the callback', async t => {
  const { signInThroughTide } = await pools(t, { triggers: { reef: { PreSignUp: refuse('X') } } })
  const answer = await signInThroughTide(aBrowser(), through)
  t.match(told(answer), { error: 'invalid_request', error_description: 'PreSignUp failed with error X. ' })
  t.match(locationOf(answer), /^https:\/\/app\.example/)
})

t.test('O47 a link that PreSignUp makes is good from the next sign-in on', async t => {
  const linking = { link: async (_subject: string): Promise<void> => {} }
  const { signInThroughTide, administer, poolId, claimsOf } = await pools(t, {
    triggers: {
      reef: {
        PreSignUp: async event => {
          await linking.link(event.userName.slice(event.userName.indexOf('_') + 1))
          return event
        },
      },
    },
  })
  linking.link = subject =>
    administer('AdminLinkProviderForUser', {
      UserPoolId: poolId('reef'),
      DestinationUser: { ProviderName: 'Cognito', ProviderAttributeValue: 'marco' },
      SourceUser: {
        ProviderName: 'Tide',
        ProviderAttributeName: 'Cognito_Subject',
        ProviderAttributeValue: subject,
      },
    })
  const first = told(await signInThroughTide(aBrowser(), through))
  t.match(first, {
    error: 'invalid_request',
    error_description: /^Already found an entry for username tide_/i,
  })
  const { id } = await claimsOf(await signInThroughTide(aBrowser(), through), 'through0id')
  t.match(id, { 'cognito:username': 'marco', identities: [{ providerName: 'Tide' }] })
})

/** Signs marco in, or refreshes. */
const initiate = (
  sdk: cognito.CognitoIdentityProviderClient,
  AuthFlow: cognito.AuthFlowType = 'USER_PASSWORD_AUTH',
  AuthParameters: Record<string, string> = { USERNAME: 'marco', PASSWORD: password },
  more: Partial<cognito.InitiateAuthCommandInput> = {},
) => sdk.send(new cognito.InitiateAuthCommand({ ClientId: 'app0id', AuthFlow, AuthParameters, ...more }))

/** Two groups of marco, one of them with a role. */
async function withGroups({ sdk, admin }: Pick<Awaited<ReturnType<typeof aReef>>, 'sdk' | 'admin'>) {
  const RoleArn = 'arn:aws:iam::000000000000:role/diver'
  await sdk.send(new cognito.CreateGroupCommand({ ...admin, GroupName: 'divers', Precedence: 1, RoleArn }))
  await sdk.send(new cognito.CreateGroupCommand({ ...admin, GroupName: 'guests', Precedence: 2 }))
  for (const GroupName of ['guests', 'divers'])
    await sdk.send(new cognito.AdminAddUserToGroupCommand({ ...admin, GroupName, Username: 'marco' }))
  return RoleArn
}

t.test('U116 the groups of an event before tokens', async t => {
  const world = await aReef(t, { PreTokenGeneration: pass })
  const role = await withGroups(world)
  const { AuthenticationResult: tokens } = await initiate(world.sdk)
  t.match(world.events, [
    {
      version: '1',
      triggerSource: 'TokenGeneration_Authentication',
      userName: 'marco',
      callerContext: { clientId: 'app0id' },
      request: {
        userAttributes: { 'cognito:user_status': 'CONFIRMED', email: 'marco@reef.example' },
        groupConfiguration: {
          groupsToOverride: ['divers', 'guests'],
          iamRolesToOverride: [role],
          preferredRole: role,
        },
      },
      response: { claimsOverrideDetails: null },
    },
  ])
  t.match(
    claims(tokens?.IdToken),
    { 'cognito:groups': ['divers', 'guests'] },
    'an event given back changes nothing',
  )
})

t.test('claims that a trigger changes', async t => {
  const world = await aReef(t, {
    PreTokenGeneration: event => {
      const keep = event.request.groupConfiguration
      event.response.claimsOverrideDetails = {
        claimsToAddOrOverride: {
          team: 'reef',
          email: 'other@reef.example',
          sub: 'forged',
          iss: 'forged',
          both: '1',
        },
        claimsToSuppress: ['email_verified', 'both', 'token_use'],
        groupOverrideDetails: { ...keep, groupsToOverride: ['chosen'] },
      }
      return event
    },
  })
  const role = await withGroups(world)
  const { AuthenticationResult: tokens } = await initiate(world.sdk)
  const { sub } = claims(tokens?.AccessToken)
  const id = claims(tokens?.IdToken)
  t.match(id, { team: 'reef', email: 'other@reef.example', sub, token_use: 'id', iss: /Reef00001$/ })
  t.match(id, { 'cognito:groups': ['chosen'], 'cognito:roles': [role], 'cognito:preferred_role': role })
  t.notOk('email_verified' in id || 'both' in id, 'to suppress goes before to add')
  const access = claims(tokens?.AccessToken)
  t.strictSame(access['cognito:groups'], ['chosen'])
  t.notOk('team' in access)
})

t.test('groups that a trigger takes away', async t => {
  for (const claimsOverrideDetails of [
    { groupOverrideDetails: {} },
    { groupOverrideDetails: null },
    { claimsToSuppress: ['cognito:groups'] },
  ]) {
    const world = await aReef(t, {
      PreTokenGeneration: event => Object.assign(event, { response: { claimsOverrideDetails } }),
    })
    await withGroups(world)
    const { AuthenticationResult: tokens } = await initiate(world.sdk)
    const names = Object.keys(claims(tokens?.IdToken)).filter(name => /groups|role/.test(name))
    t.strictSame(names, [], JSON.stringify(claimsOverrideDetails))
  }
})

t.test('the occasions on which tokens are made', async t => {
  const { sdk, admin, events } = await aReef(t, { PreTokenGeneration: pass })
  const ClientMetadata = { from: 'the app' }
  const { AuthenticationResult: tokens } = await initiate(sdk, undefined, undefined, { ClientMetadata })
  const REFRESH_TOKEN = tokens?.RefreshToken ?? ''
  await initiate(sdk, 'REFRESH_TOKEN_AUTH', { REFRESH_TOKEN })
  await sdk.send(
    new cognito.GetTokensFromRefreshTokenCommand({
      ClientId: 'app0id',
      RefreshToken: REFRESH_TOKEN,
      ClientMetadata,
    }),
  )
  const TemporaryPassword = 'Welcome-2-Rockpool!'
  await sdk.send(new cognito.AdminCreateUserCommand({ ...admin, Username: 'jane', TemporaryPassword }))
  const asked = await initiate(sdk, undefined, { USERNAME: 'jane', PASSWORD: TemporaryPassword })
  await sdk.send(
    new cognito.RespondToAuthChallengeCommand({
      ClientId: 'app0id',
      ChallengeName: 'NEW_PASSWORD_REQUIRED',
      Session: asked.Session,
      ChallengeResponses: { USERNAME: 'jane', NEW_PASSWORD: password },
      ClientMetadata,
    }),
  )
  const told = events.map(({ triggerSource, request }) => [
    triggerSource,
    'clientMetadata' in request ? request.clientMetadata?.from : undefined,
  ])
  t.strictSame(told, [
    ['TokenGeneration_Authentication', undefined],
    ['TokenGeneration_RefreshTokens', undefined],
    ['TokenGeneration_RefreshTokens', 'the app'],
    ['TokenGeneration_NewPasswordChallenge', 'the app'],
  ])
})

t.test('a trigger before tokens that refuses, and what is not there yet', async t => {
  const { sdk } = await aReef(t, { PreTokenGeneration: refuse('nope') })
  const failed = 'PreTokenGeneration failed with error nope.'
  t.strictSame(await refusal(initiate(sdk)), ['UserLambdaValidationException', failed])
  const numbers = { claimsOverrideDetails: { claimsToAddOrOverride: { team: 1 } } }
  const wrong = await aReef(t, {
    PreTokenGeneration: event => Object.assign(event, { response: numbers }),
  })
  t.match(await refusal(initiate(wrong.sdk)), [
    'InvalidLambdaResponseException',
    'Unrecognizable lambda output',
  ])
  const LambdaArn = 'arn:aws:lambda:us-east-1:000000000000:function:f'
  const PreTokenGenerationConfig = { LambdaVersion: 'V2_0', LambdaArn } as const
  const later = await aReef(t, { PreTokenGeneration: pass })
  const LambdaConfig = { PreTokenGenerationConfig }
  await later.sdk.send(new cognito.UpdateUserPoolCommand({ ...later.admin, LambdaConfig }))
  t.match((await refusal(initiate(later.sdk)))[1], /PreTokenGeneration events of version V2_0/)
})

t.test('tokens of the hosted pages', async t => {
  const { events, handlers } = watched({
    PreTokenGeneration: event => {
      event.response.claimsOverrideDetails = { claimsToAddOrOverride: { team: 'reef' } }
      return event
    },
  })
  const { submit, exchange, domain } = await pools(t, { triggers: { reef: handlers } })
  const tokens = (await (await exchange(await submit(aBrowser(), 'marco', password))).json()) as Tokens
  t.match(claims(tokens.id_token), { team: 'reef', at_hash: /./ })
  const form = { grant_type: 'refresh_token', client_id: 'app0id', refresh_token: tokens.refresh_token }
  const again = (await (await postForm(`${domain}/oauth2/token`, form)).json()) as Tokens
  t.match(claims(again.id_token), { team: 'reef' })
  const implicit = { client_id: 'implicit0id', response_type: 'token', scope: 'openid' }
  t.match(claims(told(await submit(aBrowser(), 'marco', password, implicit)).id_token), { team: 'reef' })
  t.strictSame(
    events.map(({ triggerSource }) => triggerSource),
    ['TokenGeneration_HostedAuth', 'TokenGeneration_RefreshTokens', 'TokenGeneration_HostedAuth'],
    'once for both tokens',
  )
  const refusing = await pools(t, { triggers: { reef: { PreTokenGeneration: refuse('nope') } } })
  const answer = await refusing.exchange(await refusing.submit(aBrowser(), 'marco', password))
  t.equal(answer.status, 400)
  const error_description = 'PreTokenGeneration failed with error nope.'
  t.strictSame(await answer.json(), { error: 'invalid_request', error_description })
  t.match(told(await refusing.submit(aBrowser(), 'marco', password, implicit)), {
    error: 'invalid_request',
    error_description: `${error_description} `,
  })
})

t.test('U114 after a sign-in: no device is new where none is known', async t => {
  const { sdk, events } = await aReef(t, { PostAuthentication: pass })
  await initiate(sdk, undefined, undefined, { ClientMetadata: { from: 'the app' } })
  t.match(events, [
    {
      triggerSource: 'PostAuthentication_Authentication',
      userName: 'marco',
      callerContext: { clientId: 'app0id' },
      request: { userAttributes: { 'cognito:user_status': 'CONFIRMED' }, newDeviceUsed: false },
      response: {},
    },
  ])
  t.notOk('clientMetadata' in (events[0]?.request ?? {}), 'what came at the beginning is not for it')
})

t.test('U115 before a sign-in: validation data is what the app sends along', async t => {
  const { sdk, events, admin } = await aReef(t, { PreAuthentication: pass })
  await initiate(sdk)
  t.match(events[0], {
    triggerSource: 'PreAuthentication_Authentication',
    userName: 'marco',
    request: { userAttributes: { email: 'marco@reef.example' }, validationData: null },
    response: {},
  })
  t.notOk('userNotFound' in (events[0]?.request ?? {}))
  const more = { ClientMetadata: { from: 'the app' } }
  await initiate(sdk, 'USER_SRP_AUTH', { USERNAME: 'marco', SRP_A }, more)
  t.match(events[1]?.request, { validationData: { from: 'the app' } })
  t.match(await refusal(initiate(sdk, undefined, { USERNAME: 'marco', PASSWORD: 'Wrong-1-Password!' })), [
    'NotAuthorizedException',
  ])
  t.equal(events.length, 3, 'it is asked before the password is looked at')
  const unknown = { USERNAME: 'nobody', PASSWORD: password }
  t.match(await refusal(initiate(sdk, undefined, unknown)), ['UserNotFoundException'])
  t.equal(events.length, 3)
  await sdk.send(
    new cognito.UpdateUserPoolClientCommand({
      ...admin,
      ClientId: 'app0id',
      PreventUserExistenceErrors: 'ENABLED',
      ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH'],
    }),
  )
  t.match(await refusal(initiate(sdk, undefined, unknown)), ['NotAuthorizedException'])
  t.match(events[3], { userName: 'nobody', request: { userAttributes: {}, userNotFound: true } })
  await initiate(sdk)
  t.match(events[4]?.request, { userNotFound: false })
  t.equal(events.length, 5)
})

t.test('triggers around a sign-in that refuse', async t => {
  const before = await aReef(t, { PreAuthentication: refuse('not today'), PostAuthentication: pass })
  t.strictSame(await refusal(initiate(before.sdk)), [
    'UserLambdaValidationException',
    'PreAuthentication failed with error not today.',
  ])
  t.equal(before.events.length, 1)
  const { sdk, admin, events } = await aReef(t, {
    PreAuthentication: pass,
    PostAuthentication: event => {
      if (event.request.clientMetadata?.let !== 'in') throw new Error('no')
      return event
    },
    PreTokenGeneration: pass,
  })
  t.match(await refusal(initiate(sdk)), [/./, 'PostAuthentication failed with error no.'])
  const TemporaryPassword = 'Welcome-2-Rockpool!'
  await sdk.send(new cognito.AdminCreateUserCommand({ ...admin, Username: 'jane', TemporaryPassword }))
  events.length = 0
  const asked = await initiate(sdk, undefined, { USERNAME: 'jane', PASSWORD: TemporaryPassword })
  await sdk.send(
    new cognito.RespondToAuthChallengeCommand({
      ClientId: 'app0id',
      ChallengeName: 'NEW_PASSWORD_REQUIRED',
      Session: asked.Session,
      ChallengeResponses: { USERNAME: 'jane', NEW_PASSWORD: password },
      ClientMetadata: { let: 'in' },
    }),
  )
  t.strictSame(
    events.map(({ triggerSource }) => triggerSource),
    [
      'PreAuthentication_Authentication',
      'PostAuthentication_Authentication',
      'TokenGeneration_NewPasswordChallenge',
    ],
    'once each, with a challenge in between',
  )
})

t.test('O49 the triggers of a federated sign-in, and of one at the hosted pages', async t => {
  const { events, handlers } = watched({
    PreSignUp: pass,
    PostConfirmation: pass,
    PreAuthentication: pass,
    PostAuthentication: pass,
    PreTokenGeneration: pass,
  })
  const { signInThroughTide, submit, exchange } = await pools(t, { triggers: { reef: handlers } })
  const sources = () => events.splice(0).map(({ triggerSource }) => triggerSource)
  await exchange(await signInThroughTide(aBrowser(), through), 'through0id')
  t.match(events[0], {
    userName: /^tide_/i,
    request: {
      userAttributes: { 'cognito:email_alias': '', email_verified: 'false', email: 'marco@tide.example' },
      validationData: {},
    },
  })
  t.match(events[1]?.request.userAttributes, {
    sub: /.{36}/,
    identities: /"providerName":"Tide"/,
    'cognito:user_status': 'EXTERNAL_PROVIDER',
  })
  t.strictSame(sources(), [
    'PreSignUp_ExternalProvider',
    'PostConfirmation_ConfirmSignUp',
    'TokenGeneration_HostedAuth',
  ])
  const around = [
    'PreAuthentication_Authentication',
    'PostAuthentication_Authentication',
    'TokenGeneration_HostedAuth',
  ]
  await exchange(await signInThroughTide(aBrowser(), through), 'through0id')
  t.strictSame(sources(), around)
  await exchange(await submit(aBrowser(), 'marco', password))
  t.strictSame(sources(), around)
  const refusing = await pools(t, { triggers: { reef: { PreAuthentication: refuse('not today') } } })
  const page = await refusing.submit(aBrowser(), 'marco', password)
  t.match(await page.text(), /PreAuthentication failed with error not today\./, 'the page says so')
  await refusing.signInThroughTide(aBrowser(), through)
  t.match(told(await refusing.signInThroughTide(aBrowser(), through)), {
    error: 'invalid_request',
    error_description: 'PreAuthentication failed with error not today. ',
  })
})

interface Tokens {
  readonly id_token: string
  readonly refresh_token: string
}

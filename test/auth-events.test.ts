import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import t, { type Test } from 'tap'
import { authEvents } from '../src/core/collections.js'
import { keyOf } from '../src/core/ports/store.js'
import { systemChance } from '../src/emulator/system.js'
import { recordAuthEvent } from '../src/flows/history/auth-events.js'
import { memoryStore } from '../src/store/memory.js'
import { anSdk, refusal } from './support/api.js'
import { aClock, aRockpool } from './support/rockpool.js'

const password = 'Kingfisher-7-Jane!'

/** A pool with threat protection, an app, and a user who has signed up. */
async function aPool(t: Test, AdvancedSecurityMode: 'OFF' | 'AUDIT' | 'ENFORCED') {
  const clock = aClock()
  const rockpool = await aRockpool(t, { seed: { UserPools: [] }, clock })
  const sdk = anSdk(t, rockpool)
  const { UserPool } = await sdk.send(
    new cognito.CreateUserPoolCommand({
      PoolName: 'P',
      UserPoolAddOns: { AdvancedSecurityMode },
      AutoVerifiedAttributes: ['email'],
    }),
  )
  const UserPoolId = UserPool?.Id ?? ''
  const { UserPoolClient } = await sdk.send(
    new cognito.CreateUserPoolClientCommand({
      UserPoolId,
      ClientName: 'app',
      ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
    }),
  )
  const ClientId = UserPoolClient?.ClientId ?? ''
  const who = { UserPoolId, Username: 'jane' }
  await sdk.send(
    new cognito.SignUpCommand({
      ClientId,
      Username: 'jane',
      Password: password,
      UserAttributes: [{ Name: 'email', Value: 'jane@example.com' }],
    }),
  )
  const signIn = (PASSWORD = password) =>
    sdk.send(
      new cognito.InitiateAuthCommand({
        ClientId,
        AuthFlow: 'USER_PASSWORD_AUTH',
        AuthParameters: { USERNAME: 'jane', PASSWORD },
      }),
    )
  const list = async (more: Partial<cognito.AdminListUserAuthEventsCommandInput> = {}) =>
    sdk.send(new cognito.AdminListUserAuthEventsCommand({ ...who, ...more }))
  const told = async () =>
    ((await list()).AuthEvents ?? []).map(({ EventType, EventResponse }) => `${EventType} ${EventResponse}`)
  return { rockpool, sdk, clock, UserPoolId, ClientId, who, signIn, list, told }
}

t.test('what a user does is recorded, the newest first', async t => {
  const { sdk, who, ClientId, signIn, told, list, clock, rockpool } = await aPool(t, 'AUDIT')
  const code = async () => {
    const answer = await fetch(`${rockpool.baseUrl}/_rockpool/messages?username=jane`)
    const { messages } = (await answer.json()) as { messages: { secret: string }[] }
    return messages.at(-1)?.secret ?? ''
  }
  await sdk.send(new cognito.ResendConfirmationCodeCommand({ ClientId, Username: 'jane' }))
  await sdk.send(
    new cognito.ConfirmSignUpCommand({ ClientId, Username: 'jane', ConfirmationCode: await code() }),
  )
  await refusal(signIn('wrong'))
  clock.advance({ seconds: 60 })
  const { AuthenticationResult } = await signIn()
  const change = (PreviousPassword: string) =>
    sdk.send(
      new cognito.ChangePasswordCommand({
        AccessToken: AuthenticationResult?.AccessToken,
        PreviousPassword,
        ProposedPassword: 'Heron-8-Jane!',
      }),
    )
  await refusal(change('wrong'))
  await change(password)
  await sdk.send(new cognito.ForgotPasswordCommand({ ClientId, Username: 'jane' }))
  await sdk.send(
    new cognito.ConfirmForgotPasswordCommand({
      ClientId,
      Username: 'jane',
      ConfirmationCode: await code(),
      Password: password,
    }),
  )
  t.strictSame(await told(), [
    'ForgotPassword Pass',
    'ForgotPassword InProgress',
    'PasswordChange Pass',
    'PasswordChange Fail',
    'SignIn Pass',
    'SignIn Fail',
    'ResendCode Pass',
    'SignUp Pass',
  ])
  const events = (await list()).AuthEvents ?? []
  t.match(events[4], {
    EventId: /^[\w-]{36}$/,
    CreationDate: new Date(clock.now()),
    EventRisk: { RiskDecision: 'NoRisk', CompromisedCredentialsDetected: false },
    ChallengeResponses: [{ ChallengeName: 'Password', ChallengeResponse: 'Success' }],
  })
  t.match(events[5]?.ChallengeResponses, [{ ChallengeResponse: 'Failure' }])

  const paged: (string | undefined)[] = []
  let NextToken: string | undefined
  do {
    const page = await list({ MaxResults: 3, NextToken })
    paged.push(...(page.AuthEvents ?? []).map(({ EventId }) => EventId))
    NextToken = page.NextToken
  } while (NextToken !== undefined)
  t.strictSame(
    paged,
    events.map(({ EventId }) => EventId),
    'page by page',
  )
  await sdk.send(new cognito.AdminCreateUserCommand({ ...who, Username: 'joe', MessageAction: 'SUPPRESS' }))
  t.strictSame((await list({ Username: 'joe' })).AuthEvents, [], 'each user has their own')
  clock.advance({ seconds: 2 * 365 * 86_400 })
  t.strictSame(await told(), [], 'for two years')
})

t.test('a new password that is asked for is part of a sign-in', async t => {
  const { sdk, who, ClientId, signIn, told } = await aPool(t, 'ENFORCED')
  await sdk.send(new cognito.AdminSetUserPasswordCommand({ ...who, Password: 'Welcome-2-Rockpool!' }))
  const { Session } = await signIn('Welcome-2-Rockpool!')
  await sdk.send(
    new cognito.RespondToAuthChallengeCommand({
      ClientId,
      ChallengeName: 'NEW_PASSWORD_REQUIRED',
      Session,
      ChallengeResponses: { USERNAME: 'jane', NEW_PASSWORD: password },
    }),
  )
  t.strictSame(await told(), ['SignIn Pass', 'SignIn InProgress', 'SignUp Pass'])
})

t.test('events are listed sixty at a time', async t => {
  const { sdk, who, signIn, list } = await aPool(t, 'AUDIT')
  await sdk.send(new cognito.AdminConfirmSignUpCommand(who))
  for (let count = 0; count < 60; count += 1) await signIn()
  const { AuthEvents: first = [], NextToken } = await list()
  const { AuthEvents: second = [], NextToken: end } = await list({ NextToken })
  t.equal(end, undefined)
  t.strictSame(
    [...first, ...second].map(({ EventType }) => EventType),
    [...Array.from({ length: 60 }, () => 'SignIn'), 'SignUp'],
  )
  t.equal(first.length, 60)
})

t.test('no more than 500 events of a user are kept', async t => {
  const clock = aClock()
  const store = memoryStore(clock)
  t.teardown(() => store.close())
  const service = { store, clock, chance: systemChance, evidence: () => undefined }
  const pool = { id: 'p', settings: { UserPoolAddOns: { AdvancedSecurityMode: 'AUDIT' } } }
  const record = (type: 'SignUp' | 'SignIn') =>
    recordAuthEvent(
      service as never,
      pool as never,
      { sub: 's', username: 'jane' },
      { type, response: 'Pass' },
    )
  await record('SignUp')
  for (let count = 0; count < 499; count += 1) await record('SignIn')
  const kept = async () =>
    (await store.lookup(authEvents, 'user', keyOf('p', 's'))).map(({ record }) => record.type)
  const before = await kept()
  t.strictSame([before.length, before.at(-1)], [500, 'SignUp'], 'the first is the oldest')
  await record('SignIn')
  const after = await kept()
  t.strictSame([after.length, after.at(-1)], [500, 'SignIn'], 'which makes room')
})

t.test('whether it was the user', async t => {
  const { sdk, who, list, rockpool, clock, UserPoolId } = await aPool(t, 'AUDIT')
  const EventId = (await list()).AuthEvents?.[0]?.EventId ?? ''
  const event = async () => (await list()).AuthEvents?.[0]
  t.notOk((await event())?.EventFeedback)
  const byAdmin = (more = {}) =>
    sdk.send(
      new cognito.AdminUpdateAuthEventFeedbackCommand({ ...who, EventId, FeedbackValue: 'Invalid', ...more }),
    )
  await byAdmin()
  t.strictSame((await event())?.EventFeedback, {
    FeedbackValue: 'Invalid',
    Provider: 'Admin',
    FeedbackDate: new Date(clock.now()),
  })
  t.match(await refusal(byAdmin({ EventId: 'nothing' })), ['ResourceNotFoundException'])

  const answer = await fetch(`${rockpool.baseUrl}/_rockpool/auth-events?pool=${UserPoolId}&username=jane`)
  const { events } = (await answer.json()) as { events: { id: string; feedbackToken: string }[] }
  t.equal(events[0]?.id, EventId)
  t.equal((await fetch(`${rockpool.baseUrl}/_rockpool/auth-events?pool=x`)).status, 404)
  const byUser = (FeedbackToken: string) =>
    sdk.send(
      new cognito.UpdateAuthEventFeedbackCommand({ ...who, EventId, FeedbackToken, FeedbackValue: 'Valid' }),
    )
  t.match(await refusal(byUser('a.b.c')), ['NotAuthorizedException'])
  await byUser(events[0]?.feedbackToken ?? '')
  t.match((await event())?.EventFeedback, { FeedbackValue: 'Valid', Provider: 'User' })
})

t.test('without threat protection nothing is recorded', async t => {
  const { sdk, who, list, UserPoolId, told } = await aPool(t, 'OFF')
  const off = ['UserPoolAddOnNotEnabledException']
  const feedback = { ...who, EventId: 'x', FeedbackValue: 'Valid' as const }
  t.match(await refusal(list()), off)
  t.match(await refusal(sdk.send(new cognito.AdminUpdateAuthEventFeedbackCommand(feedback))), off)
  t.match(
    await refusal(
      sdk.send(new cognito.UpdateAuthEventFeedbackCommand({ ...feedback, FeedbackToken: 'a.b.c' })),
    ),
    off,
  )
  await sdk.send(
    new cognito.UpdateUserPoolCommand({ UserPoolId, UserPoolAddOns: { AdvancedSecurityMode: 'AUDIT' } }),
  )
  t.strictSame(await told(), [])
  t.match(await refusal(list({ Username: 'nobody' })), ['UserNotFoundException'])
})

import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import t, { type Test } from 'tap'
import type { TriggerEvent } from '../src/index.js'
import { anSdk, refusal } from './support/api.js'
import { signingKeys } from './support/keys.js'
import { aClock, aRockpool } from './support/rockpool.js'

// What a client that hides which users exist is told of users who are there, and cannot do what they ask for.

const UserPoolId = 'us-east-1_Reef00001'
const ClientId = 'hiding0id'
const password = 'Anemone-4-Marco!'
const SigningKeys = await signingKeys()

async function aReef(t: Test) {
  const events: TriggerEvent[] = []
  const rockpool = await aRockpool(t, {
    clock: aClock(),
    triggers: {
      reef: {
        DefineAuthChallenge: event => {
          events.push(structuredClone(event))
          event.response.challengeName = 'CUSTOM_CHALLENGE'
          return event
        },
        CreateAuthChallenge: event => {
          event.response = {
            publicChallengeParameters: { riddle: 'two and two' },
            privateChallengeParameters: { answer: '4' },
            challengeMetadata: null,
          }
          return event
        },
        VerifyAuthChallengeResponse: event => {
          event.response.answerCorrect = true
          return event
        },
      },
    },
    seed: {
      UserPools: [
        {
          PoolName: 'reef',
          Id: UserPoolId,
          SigningKeys,
          UsernameAttributes: ['email'],
          AutoVerifiedAttributes: ['email'],
          Clients: [
            {
              ClientName: 'hiding',
              ClientId,
              PreventUserExistenceErrors: 'ENABLED',
              ExplicitAuthFlows: [
                'ALLOW_CUSTOM_AUTH',
                'ALLOW_USER_PASSWORD_AUTH',
                'ALLOW_REFRESH_TOKEN_AUTH',
              ],
            },
          ],
          Users: [
            user('marco@reef.example', { email_verified: true }),
            user('jane@reef.example', { email_verified: true }),
            user('joan@reef.example', { email_verified: false }),
          ],
        },
      ],
    },
  })
  const sdk = anSdk(t, rockpool)
  const send = sdk.send.bind(sdk)
  const disable = (Username: string) => send(new cognito.AdminDisableUserCommand({ UserPoolId, Username }))
  await disable('jane@reef.example')
  return { rockpool, send, disable, events }
}

const user = (Username: string, attributes: object) => ({
  Username,
  Password: password,
  UserAttributes: { email: Username, ...attributes },
})

t.test('N24 a code that is not sent looks like one that is', async t => {
  const { rockpool, send, disable } = await aReef(t)
  const forgot = async (Username: string) =>
    (await send(new cognito.ForgotPasswordCommand({ ClientId, Username }))).CodeDeliveryDetails
  const details = { AttributeName: 'email', DeliveryMedium: 'EMAIL', Destination: /^.\*\*\*@.\*\*\*$/ }
  for (const name of ['marco', 'jane', 'joan', 'nobody'])
    t.match(await forgot(`${name}@reef.example`), details, `N24 ForgotPassword of ${name}`)

  await send(new cognito.SignUpCommand({ ClientId, Username: 'new@reef.example', Password: password }))
  await disable('new@reef.example')
  const again = await send(
    new cognito.ResendConfirmationCodeCommand({ ClientId, Username: 'new@reef.example' }),
  )
  t.match(again.CodeDeliveryDetails, details, 'N24 ResendConfirmationCode of a disabled user')

  const answer = await fetch(`${rockpool.baseUrl}/_rockpool/messages`)
  const { messages } = (await answer.json()) as { messages: { to: string; purpose: string }[] }
  t.strictSame(
    messages.filter(({ purpose }) => purpose === 'password reset').map(({ to }) => to),
    ['marco@reef.example'],
    'only who may have one gets one',
  )
})

t.test('N25 a custom sign-in of nobody looks like that of a user', async t => {
  const { send, events } = await aReef(t)
  const initiate = (USERNAME: string) =>
    send(new cognito.InitiateAuthCommand({ ClientId, AuthFlow: 'CUSTOM_AUTH', AuthParameters: { USERNAME } }))
  const real = await initiate('marco@reef.example')
  const made = await initiate('nobody@reef.example')
  t.strictSame(Object.keys(made.ChallengeParameters ?? {}), Object.keys(real.ChallengeParameters ?? {}))
  const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
  t.match(real.ChallengeParameters?.USERNAME, uuid)
  t.match(made.ChallengeParameters?.USERNAME, uuid)
  const USERNAME = made.ChallengeParameters?.USERNAME ?? ''
  t.equal((await initiate('nobody@reef.example')).ChallengeParameters?.USERNAME, USERNAME, 'the same twice')
  t.match(events.at(-1), { userName: USERNAME, request: { userNotFound: true } }, 'the events have it too')
  for (const name of [USERNAME, 'nobody@reef.example'])
    t.match(
      await send(
        new cognito.RespondToAuthChallengeCommand({
          ClientId,
          ChallengeName: 'CUSTOM_CHALLENGE',
          Session: (await initiate('nobody@reef.example')).Session,
          ChallengeResponses: { USERNAME: name, ANSWER: '4' },
        }),
      ),
      { ChallengeName: 'CUSTOM_CHALLENGE' },
      'and an answer may name it',
    )
})

t.test('N33 a confirmation that is refused because an alias is taken leaves the code good', async t => {
  const rockpool = await aRockpool(t, {
    clock: aClock(),
    seed: {
      UserPools: [
        {
          PoolName: 'aliases',
          Id: UserPoolId,
          SigningKeys,
          AliasAttributes: ['email'],
          AutoVerifiedAttributes: ['email'],
          Clients: [{ ClientName: 'app', ClientId }],
          Users: [
            {
              Username: 'marco',
              Password: password,
              UserAttributes: { email: 'm@reef.example', email_verified: true },
            },
          ],
        },
      ],
    },
  })
  const sdk = anSdk(t, rockpool)
  const send = sdk.send.bind(sdk)
  await send(
    new cognito.SignUpCommand({
      ClientId,
      Username: 'polo',
      Password: password,
      UserAttributes: [{ Name: 'email', Value: 'm@reef.example' }],
    }),
  )
  const answer = await fetch(`${rockpool.baseUrl}/_rockpool/messages?username=polo`)
  const { messages } = (await answer.json()) as { messages: { secret: string }[] }
  const confirm = (ForceAliasCreation: boolean) =>
    send(
      new cognito.ConfirmSignUpCommand({
        ClientId,
        Username: 'polo',
        ConfirmationCode: messages.at(-1)?.secret,
        ForceAliasCreation,
      }),
    )
  t.strictSame((await refusal(confirm(false)))[0], 'AliasExistsException')
  await confirm(true)
  t.equal(
    (await send(new cognito.AdminGetUserCommand({ UserPoolId, Username: 'polo' }))).UserStatus,
    'CONFIRMED',
    'N33 the same call with ForceAliasCreation',
  )
  t.match((await refusal(confirm(true)))[0], 'NotAuthorizedException', 'and is used up by that')
})

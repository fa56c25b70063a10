import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import t, { type Test } from 'tap'
import { anSdk, refusal } from './support/api.js'
import { signingKeys } from './support/keys.js'
import { aClock, aRockpool } from './support/rockpool.js'
import { SRP_A, srpAnswer } from './support/srp.js'

const password = 'Anemone-4-Marco!'
const UserPoolId = 'us-east-1_Reef00001'
const SigningKeys = await signingKeys()

t.test('U42 the day of an SRP timestamp has no leading zero', async t => {
  const clock = aClock(Date.parse('2024-05-07T00:10:00Z'))
  const pool = {
    PoolName: 'reef',
    Id: UserPoolId,
    SigningKeys,
    Clients: [{ ClientName: 'app', ClientId: 'app0id', ExplicitAuthFlows: ['ALLOW_USER_SRP_AUTH'] }],
    Users: [{ Username: 'marco', Password: password }],
  }
  const sdk = anSdk(t, await aRockpool(t, { seed: { UserPools: [pool] }, clock }))
  const { ChallengeName, ChallengeParameters, Session } = await sdk.send(
    new cognito.InitiateAuthCommand({
      ClientId: 'app0id',
      AuthFlow: 'USER_SRP_AUTH',
      AuthParameters: { USERNAME: 'marco', SRP_A },
    }),
  )
  t.equal(ChallengeName, 'PASSWORD_VERIFIER')
  const { AuthenticationResult } = await sdk.send(
    new cognito.RespondToAuthChallengeCommand({
      ClientId: 'app0id',
      ChallengeName: 'PASSWORD_VERIFIER',
      Session,
      ChallengeResponses: srpAnswer(UserPoolId, password, ChallengeParameters, 'Tue May 7 00:09:40 UTC 2024'),
    }),
  )
  t.ok(AuthenticationResult?.AccessToken)
})

/** A pool with the settings, a client, and what an app and an administrator do with them. */
async function aPool(
  t: Test,
  AllowedFirstAuthFactors: cognito.AuthFactorType[],
  settings: Partial<cognito.CreateUserPoolCommandInput> = {},
  clientSettings: Partial<cognito.CreateUserPoolClientCommandInput> = {},
) {
  const clock = aClock()
  const rockpool = await aRockpool(t, { seed: { UserPools: [] }, clock })
  const sdk = anSdk(t, rockpool)
  const { UserPool } = await sdk.send(
    new cognito.CreateUserPoolCommand({
      PoolName: 'P',
      Policies: { SignInPolicy: { AllowedFirstAuthFactors } },
      AutoVerifiedAttributes: ['email'],
      ...settings,
    }),
  )
  const UserPoolId = UserPool?.Id ?? ''
  const { UserPoolClient } = await sdk.send(
    new cognito.CreateUserPoolClientCommand({
      UserPoolId,
      ClientName: 'C',
      ExplicitAuthFlows: ['ALLOW_USER_AUTH', 'ALLOW_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
      ...clientSettings,
    }),
  )
  const ClientId = UserPoolClient?.ClientId ?? ''
  const list = (attributes: Record<string, string>) =>
    Object.entries(attributes).map(([Name, Value]) => ({ Name, Value }))
  return {
    rockpool,
    clock,
    sdk,
    UserPoolId,
    ClientId,
    create: (Username: string, attributes: Record<string, string>, TemporaryPassword?: string) =>
      sdk.send(
        new cognito.AdminCreateUserCommand({
          UserPoolId,
          Username,
          UserAttributes: list(attributes),
          TemporaryPassword,
        }),
      ),
    signUp: (Username: string, attributes: Record<string, string>, Password?: string) =>
      sdk.send(new cognito.SignUpCommand({ ClientId, Username, Password, UserAttributes: list(attributes) })),
    factors: async (Username: string) =>
      (await sdk.send(new cognito.AdminGetUserAuthFactorsCommand({ UserPoolId, Username })))
        .ConfiguredUserAuthFactors,
    status: async (Username: string) =>
      (await sdk.send(new cognito.AdminGetUserCommand({ UserPoolId, Username }))).UserStatus,
    /** The messages that were sent to a user, read where anybody at this machine can. */
    messages: async (username: string) => {
      const answer = await fetch(`${rockpool.baseUrl}/_rockpool/messages?username=${username}`)
      return ((await answer.json()) as { messages: { secret: string; body: string }[] }).messages
    },
  }
}

t.test('users without a password, where codes let people in', async t => {
  const { create, signUp, status, factors, messages } = await aPool(t, ['PASSWORD', 'EMAIL_OTP'])
  await create('ada', { email: 'ada@reef.example' })
  t.equal(await status('ada'), 'CONFIRMED')
  t.strictSame(await factors('ada'), ['EMAIL_OTP'])
  t.strictSame(await messages('ada'), [], 'there is no temporary password to tell')
  await create('jane', { email: 'jane@reef.example' }, 'Welcome-2-Rockpool!')
  t.equal(await status('jane'), 'FORCE_CHANGE_PASSWORD')
  t.match(await messages('jane'), [{ secret: 'Welcome-2-Rockpool!' }])
  await signUp('marco', { email: 'marco@reef.example' })
  t.equal(await status('marco'), 'UNCONFIRMED')
  t.strictSame(await factors('marco'), ['EMAIL_OTP'])
  await signUp('joan', { email: 'joan@reef.example' }, password)
  t.strictSame(await factors('joan'), ['PASSWORD', 'EMAIL_OTP'])
  t.match(await refusal(signUp('bob', {}, 'short')), ['InvalidPasswordException'])

  const strict = await aPool(t, ['PASSWORD'])
  t.strictSame(await refusal(strict.signUp('marco', {})), [
    'InvalidPasswordException',
    'Password did not conform with policy: Password not long enough',
  ])
  await strict.create('ada', { email: 'ada@reef.example' })
  t.equal(await strict.status('ada'), 'FORCE_CHANGE_PASSWORD')
  t.strictSame(await strict.factors('ada'), ['PASSWORD'])
})

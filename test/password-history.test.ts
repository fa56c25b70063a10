import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import t, { type Test } from 'tap'
import { anSdk, refusal } from './support/api.js'
import { aRockpool } from './support/rockpool.js'

/** `PasswordHistorySize`: a user cannot go back to a password of before, whichever way it is set. */

const UserPoolId = 'us-east-1_Reef0002'
const ClientId = 'app0client0of0the0reef'
const reused = ['PasswordHistoryPolicyViolationException', 'Password has previously been used']
const passwords = ['Anemone-1-Jane!', 'Anemone-2-Jane!', 'Anemone-3-Jane!', 'Anemone-4-Jane!'] as const
const [first, second, third, fourth] = passwords

async function aReef(t: Test, PasswordHistorySize: number | undefined, dataDir?: string) {
  const rockpool = await aRockpool(t, {
    ...(dataDir === undefined ? {} : { dataDir }),
    seed: {
      UserPools: [
        {
          PoolName: 'reef',
          Id: UserPoolId,
          Policies: {
            PasswordPolicy: {
              MinimumLength: 8,
              ...(PasswordHistorySize === undefined ? {} : { PasswordHistorySize }),
            },
          },
          AutoVerifiedAttributes: ['email'],
          Clients: [
            {
              ClientName: 'app',
              ClientId,
              ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
            },
          ],
          Users: [
            {
              Username: 'jane',
              Password: first,
              UserAttributes: [
                { Name: 'email', Value: 'jane@example.com' },
                { Name: 'email_verified', Value: 'true' },
              ],
            },
          ],
        },
      ],
    },
  })
  const sdk = anSdk(t, rockpool)
  const set = (Password: string, Permanent = true) =>
    sdk.send(new cognito.AdminSetUserPasswordCommand({ UserPoolId, Username: 'jane', Password, Permanent }))
  const signIn = (PASSWORD: string) =>
    sdk.send(
      new cognito.InitiateAuthCommand({
        ClientId,
        AuthFlow: 'USER_PASSWORD_AUTH',
        AuthParameters: { USERNAME: 'jane', PASSWORD },
      }),
    )
  return { rockpool, sdk, set, signIn }
}

t.test('the last passwords cannot be set again by an administrator, older ones can', async t => {
  const { set, signIn } = await aReef(t, 3, t.testdir())
  t.strictSame(await refusal(set(first)), reused, 'the present one')
  await set(second)
  t.strictSame(await refusal(set(first)), reused)
  await set(third)
  t.strictSame(await refusal(set(first)), reused, 'the last but two')
  t.strictSame(await refusal(set(second, false)), reused, 'as a temporary one, too')
  await set(fourth)
  t.ok((await signIn(fourth)).AuthenticationResult)
  await set(first)
  t.ok((await signIn(first)).AuthenticationResult, 'the fourth last is free')
})

t.test('ChangePassword, a recovery and the answer to NEW_PASSWORD_REQUIRED keep to it', async t => {
  const { sdk, set, signIn, rockpool } = await aReef(t, 2)
  const { AuthenticationResult } = await signIn(first)
  const change = (PreviousPassword: string, ProposedPassword: string) =>
    sdk.send(
      new cognito.ChangePasswordCommand({
        AccessToken: AuthenticationResult?.AccessToken,
        PreviousPassword,
        ProposedPassword,
      }),
    )
  t.strictSame(await refusal(change(first, first)), reused)
  await change(first, second)
  t.strictSame(await refusal(change(second, first)), reused)

  await sdk.send(new cognito.ForgotPasswordCommand({ ClientId, Username: 'jane' }))
  const [message] = await rockpool.operations.messages({ username: 'jane' })
  const confirm = (Password: string) =>
    sdk.send(
      new cognito.ConfirmForgotPasswordCommand({
        ClientId,
        Username: 'jane',
        ConfirmationCode: message?.secret,
        Password,
      }),
    )
  t.strictSame(await refusal(confirm(first)), reused)
  await confirm(third)
  t.match(
    await refusal(confirm(fourth)),
    ['ExpiredCodeException'],
    'the refused password left the code, the other used it up',
  )

  await set(fourth, false)
  const { Session } = await signIn(fourth)
  const answer = (NEW_PASSWORD: string) =>
    sdk.send(
      new cognito.RespondToAuthChallengeCommand({
        ClientId,
        ChallengeName: 'NEW_PASSWORD_REQUIRED',
        Session,
        ChallengeResponses: { USERNAME: 'jane', NEW_PASSWORD },
      }),
    )
  t.strictSame(await refusal(answer(fourth)), reused)
  t.strictSame(await refusal(answer(third)), reused)
  t.ok((await answer(first)).AuthenticationResult, 'the session stayed open')
})

t.test('the flight says which rule refused it, and how to mend that', async t => {
  const { rockpool, set } = await aReef(t, 1)
  await refusal(set(first))
  const [flight] = rockpool.operations.flights({ limit: 1 })
  t.match(
    rockpool.operations.flight(flight?.id ?? '')?.hops.flatMap(({ refusals }) => refusals),
    [{ because: /last 1 of jane.*PasswordHistorySize 1/, remedy: /Choose another password/ }],
  )
})

t.test('a pool without a history takes any, and LITE has none', async t => {
  for (const size of [undefined, 0]) {
    const { set, sdk } = await aReef(t, size)
    await set(first)
    const { UserPool } = await sdk.send(new cognito.DescribeUserPoolCommand({ UserPoolId }))
    t.notOk('PasswordHistorySize' in (UserPool?.Policies?.PasswordPolicy ?? {}), 'nothing to show')
  }
  const { sdk } = await aReef(t, 5)
  const { UserPool } = await sdk.send(new cognito.DescribeUserPoolCommand({ UserPoolId }))
  t.equal(UserPool?.Policies?.PasswordPolicy?.PasswordHistorySize, 5)
  const lite = new cognito.CreateUserPoolCommand({
    PoolName: 'lite',
    UserPoolTier: 'LITE',
    Policies: { PasswordPolicy: { PasswordHistorySize: 5 } },
  })
  t.match(await refusal(sdk.send(lite)), ['FeatureUnavailableInTierException', /Password History/])
})

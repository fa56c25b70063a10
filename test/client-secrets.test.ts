import { createHmac } from 'node:crypto'
import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import t, { type Test } from 'tap'
import { anSdk, refusal } from './support/api.js'
import { aClock, aRockpool } from './support/rockpool.js'
import { SRP_A, srpAnswer } from './support/srp.js'

/**
 * A client with two secrets: each of them is good wherever an app has to prove that it knows the secret
 * (docs/facts/user-pools-api.md §3.14).
 */

const Password = 'Anemone-4-Marco!'
const NAE = 'NotAuthorizedException'

async function aClient(t: Test) {
  const clock = aClock()
  const rockpool = await aRockpool(t, { seed: { UserPools: [] }, clock })
  const sdk = anSdk(t, rockpool)
  const { UserPool } = await sdk.send(
    new cognito.CreateUserPoolCommand({ PoolName: 'P', AutoVerifiedAttributes: ['email'] }),
  )
  const UserPoolId = UserPool?.Id ?? ''
  const { UserPoolClient } = await sdk.send(
    new cognito.CreateUserPoolClientCommand({
      UserPoolId,
      ClientName: 'C',
      GenerateSecret: true,
      ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_USER_SRP_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
    }),
  )
  const { ClientId = '', ClientSecret: first = '' } = UserPoolClient ?? {}
  clock.advance({ seconds: 1 })
  const { ClientSecretDescriptor } = await sdk.send(
    new cognito.AddUserPoolClientSecretCommand({ UserPoolId, ClientId }),
  )
  const second = ClientSecretDescriptor?.ClientSecretValue ?? ''
  const code = async (username: string) => {
    const answer = await fetch(`${rockpool.baseUrl}/_rockpool/messages?username=${username}`)
    return ((await answer.json()) as { messages: { secret: string }[] }).messages.at(-1)?.secret ?? ''
  }
  const hash = (secret: string, username: string) =>
    createHmac('sha256', secret).update(`${username}${ClientId}`).digest('base64')
  return { sdk, clock, UserPoolId, ClientId, first, second, code, hash }
}

type Client = Awaited<ReturnType<typeof aClient>>

/**
 * Does with one secret all that takes a `SECRET_HASH`, for a user of its own: sign-up to the new password.
 * @param refuse what is done with a wrong secret before each step
 */
async function live(
  { sdk, UserPoolId, ClientId, code, hash, clock }: Client,
  Username: string,
  secret: string,
  refuse: (operation: string, attempt: (wrongHash: string) => Promise<unknown>) => Promise<void>,
) {
  const named = { ClientId, Username }
  const email = [{ Name: 'email', Value: `${Username}@reef.example` }]
  /** Sends with a wrong hash, which is refused, then with the right one. */
  const send = async <O>(operation: string, ask: (hash: string) => Promise<O>): Promise<O> => {
    await refuse(operation, ask)
    return ask(hash(secret, Username))
  }
  await send('SignUp', SecretHash =>
    sdk.send(new cognito.SignUpCommand({ ...named, Password, UserAttributes: email, SecretHash })),
  )
  await send('ResendConfirmationCode', SecretHash =>
    sdk.send(new cognito.ResendConfirmationCodeCommand({ ...named, SecretHash })),
  )
  const confirmation = await code(Username)
  await send('ConfirmSignUp', SecretHash =>
    sdk.send(new cognito.ConfirmSignUpCommand({ ...named, ConfirmationCode: confirmation, SecretHash })),
  )
  await send('ForgotPassword', SecretHash =>
    sdk.send(new cognito.ForgotPasswordCommand({ ...named, SecretHash })),
  )
  const reset = await code(Username)
  await send('ConfirmForgotPassword', SecretHash =>
    sdk.send(
      new cognito.ConfirmForgotPasswordCommand({ ...named, ConfirmationCode: reset, Password, SecretHash }),
    ),
  )
  const { AuthenticationResult: tokens } = await send('InitiateAuth', SECRET_HASH =>
    sdk.send(
      new cognito.InitiateAuthCommand({
        ClientId,
        AuthFlow: 'USER_PASSWORD_AUTH',
        AuthParameters: { USERNAME: Username, PASSWORD: Password, SECRET_HASH },
      }),
    ),
  )
  const REFRESH_TOKEN = tokens?.RefreshToken ?? ''
  await send('InitiateAuth to refresh', SECRET_HASH =>
    sdk.send(
      new cognito.InitiateAuthCommand({
        ClientId,
        AuthFlow: 'REFRESH_TOKEN_AUTH',
        AuthParameters: { REFRESH_TOKEN, SECRET_HASH },
      }),
    ),
  )
  for (const by of ['app', 'admin'] as const) {
    const begin = { ClientId, AuthFlow: 'USER_SRP_AUTH' as const }
    const asked = await send(by === 'app' ? 'InitiateAuth by SRP' : 'AdminInitiateAuth', SECRET_HASH => {
      const AuthParameters = { USERNAME: Username, SRP_A, SECRET_HASH }
      return by === 'app'
        ? sdk.send(new cognito.InitiateAuthCommand({ ...begin, AuthParameters }))
        : sdk.send(new cognito.AdminInitiateAuthCommand({ ...begin, UserPoolId, AuthParameters }))
    })
    const at = new Date(clock.now()).toUTCString()
    const [, day, month, year, time] = /^\w+, (\d+) (\w+) (\d+) (\S+) GMT$/.exec(at) ?? []
    const timestamp = `${at.slice(0, 3)} ${month} ${Number(day)} ${time} UTC ${year}`
    const proof = srpAnswer(UserPoolId, Password, asked.ChallengeParameters, timestamp)
    const answered = await send(
      by === 'app' ? 'RespondToAuthChallenge' : 'AdminRespondToAuthChallenge',
      hash => {
        const answer = {
          ClientId,
          ChallengeName: asked.ChallengeName,
          ChallengeResponses: { ...proof, SECRET_HASH: hash },
        }
        return by === 'app'
          ? sdk.send(new cognito.RespondToAuthChallengeCommand(answer))
          : sdk.send(new cognito.AdminRespondToAuthChallengeCommand({ ...answer, UserPoolId }))
      },
    )
    if (answered.AuthenticationResult?.AccessToken === undefined) throw new Error(`${by}: no tokens by SRP`)
  }
  return REFRESH_TOKEN
}

t.test('each of two secrets is good in the SECRET_HASH of every operation', async t => {
  const client = await aClient(t)
  const { ClientId, first, second, hash } = client
  t.not(first, second)
  for (const [username, secret] of Object.entries({ ada: first, marco: second })) {
    const told: string[] = []
    const wrong = hash('neither of the two secrets', username)
    await live(client, username, secret, async (operation, attempt) => {
      t.strictSame(
        await refusal(attempt(wrong)),
        operation === 'InitiateAuth to refresh'
          ? [NAE, `SecretHash does not match for the client: ${ClientId}`]
          : [NAE, `Unable to verify secret hash for client ${ClientId}`],
        `${operation}, with another secret`,
      )
      told.push(operation)
    })
    t.equal(told.length, 11, `${username} lived with ${told.join(', ')}`)
  }
})

t.test('each of two secrets refreshes and revokes, until one is deleted', async t => {
  const client = await aClient(t)
  const { sdk, UserPoolId, ClientId, first, second } = client
  const RefreshToken = await live(client, 'ada', first, async () => {})
  const refresh = async (ClientSecret?: string) => {
    const command = new cognito.GetTokensFromRefreshTokenCommand({ ClientId, RefreshToken, ClientSecret })
    return (await sdk.send(command)).AuthenticationResult?.AccessToken !== undefined
  }
  t.equal(await refresh(first), true, 'the first')
  t.equal(await refresh(second), true, 'the second')
  const [name] = await refusal(refresh('neitherOfTheTwoSecretsOfTheClient'))
  t.equal(name, NAE)
  t.equal((await refusal(refresh()))[0], NAE, 'none')

  const { ClientSecrets = [] } = await sdk.send(
    new cognito.ListUserPoolClientSecretsCommand({ UserPoolId, ClientId }),
  )
  t.equal(ClientSecrets.length, 2)
  const oldest = ClientSecrets.toSorted(
    (one, other) => Number(one.ClientSecretCreateDate) - Number(other.ClientSecretCreateDate),
  )[0]?.ClientSecretId
  await sdk.send(
    new cognito.DeleteUserPoolClientSecretCommand({ UserPoolId, ClientId, ClientSecretId: oldest }),
  )
  t.equal((await refusal(refresh(first)))[0], NAE, 'the deleted one is good no more')
  t.equal(await refresh(second), true, 'the other one still is')
  await sdk.send(new cognito.RevokeTokenCommand({ ClientId, ClientSecret: second, Token: RefreshToken }))
  t.strictSame(await refusal(refresh(second)), [NAE, 'Refresh Token has been revoked'])
})

t.test(
  'N4 N5 a refresh takes the client secret itself, or the hash over the user name, and nothing else',
  async t => {
    const client = await aClient(t)
    const { sdk, ClientId, first, second, hash } = client
    const REFRESH_TOKEN = await live(client, 'ada', first, async () => {})
    const refresh = (SECRET_HASH: string) =>
      sdk.send(
        new cognito.InitiateAuthCommand({
          ClientId,
          AuthFlow: 'REFRESH_TOKEN_AUTH',
          AuthParameters: { REFRESH_TOKEN, SECRET_HASH },
        }),
      )
    for (const good of [first, second, hash(first, 'ada')])
      t.type((await refresh(good)).AuthenticationResult?.AccessToken, 'string', 'N4 tokens')
    t.strictSame(
      await refusal(refresh(hash(first, 'ada@reef.example'))),
      [NAE, `SecretHash does not match for the client: ${ClientId}`],
      'N5 the hash over the e-mail address',
    )
  },
)

t.test('C43 which flows an empty list and the older names enable', async t => {
  const { sdk, UserPoolId } = await aClient(t)
  const srpOf = async (ExplicitAuthFlows: cognito.ExplicitAuthFlowsType[]) => {
    const { UserPoolClient } = await sdk.send(
      new cognito.CreateUserPoolClientCommand({ UserPoolId, ClientName: 'flows', ExplicitAuthFlows }),
    )
    const AuthParameters = { USERNAME: 'nobody', SRP_A }
    const { ClientId } = UserPoolClient ?? {}
    return refusal(
      sdk.send(new cognito.InitiateAuthCommand({ ClientId, AuthFlow: 'USER_SRP_AUTH', AuthParameters })),
    )
  }
  const unknown = 'UserNotFoundException'
  t.match(await srpOf([]), [unknown], 'an empty list means as much as none')
  t.match(await srpOf(['USER_PASSWORD_AUTH']), [unknown], 'the older names leave SRP on')
  t.match(await srpOf(['ADMIN_NO_SRP_AUTH']), [unknown], 'the older names leave SRP on')
  const off = ['InvalidParameterException', 'USER_SRP_AUTH is not enabled for the client.']
  t.strictSame(await srpOf(['CUSTOM_AUTH_FLOW_ONLY']), off, 'custom only')
  t.strictSame(await srpOf(['ALLOW_USER_PASSWORD_AUTH']), off, 'the newer names say all')
})

t.test('N11 client_credentials without OAuth enabled is invalid_grant', async t => {
  const rockpool = await aRockpool(t, { seed: { UserPools: [] } })
  const sdk = anSdk(t, rockpool)
  const { UserPool } = await sdk.send(new cognito.CreateUserPoolCommand({ PoolName: 'P' }))
  const UserPoolId = UserPool?.Id ?? ''
  await sdk.send(new cognito.CreateUserPoolDomainCommand({ UserPoolId, Domain: 'reef' }))
  const { UserPoolClient } = await sdk.send(
    new cognito.CreateUserPoolClientCommand({ UserPoolId, ClientName: 'C', GenerateSecret: true }),
  )
  const { ClientId: client_id = '', ClientSecret: client_secret = '' } = UserPoolClient ?? {}
  const answer = await fetch(`${rockpool.baseUrl}/reef/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'client_credentials', client_id, client_secret }),
  })
  t.equal(answer.status, 400)
  t.match(await answer.json(), { error: 'invalid_grant' })
})

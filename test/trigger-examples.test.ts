import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import { decodeJwt } from 'jose'
import t, { type Test } from 'tap'
import { readSeeds } from '../src/config/seed/read.js'
import { startRockpool as startEmulator } from '../src/emulator.js'
import { startRockpool } from '../src/index.js'
import { anSdk, refusal } from './support/api.js'
import { shareKeys } from './support/keys.js'

/** The examples of fixtures/triggers, as their projects have them. */

/** A Rockpool with the seed of an example. */
async function example(t: Test, name: string) {
  await shareKeys()
  const seeds = await readSeeds([`fixtures/triggers/${name}/seed.yaml`])
  const rockpool = await startEmulator({ port: 0, keys: 'recycled', seeds })
  t.teardown(() => rockpool.close())
  const sdk = anSdk(t, rockpool)
  const ClientId = rockpool.pools.at(-1)?.clients[0]?.id ?? ''
  const initiate = (AuthFlow: cognito.AuthFlowType, AuthParameters: Record<string, string>) =>
    sdk.send(new cognito.InitiateAuthCommand({ ClientId, AuthFlow, AuthParameters }))
  const signIn = (USERNAME: string, PASSWORD: string) =>
    initiate('USER_PASSWORD_AUTH', { USERNAME, PASSWORD })
  return { rockpool, sdk, ClientId, initiate, signIn }
}

const password = 'Anemone-4-Lee!'

t.test('sign-in by a link in a mail', async t => {
  const { rockpool, sdk, ClientId, initiate } = await example(t, 'magic-link')
  const begin = (USERNAME: string) => initiate('CUSTOM_AUTH', { USERNAME })
  const answer = ({ Session }: cognito.InitiateAuthResponse, USERNAME: string, ANSWER: string) =>
    sdk.send(
      new cognito.RespondToAuthChallengeCommand({
        ClientId,
        ChallengeName: 'CUSTOM_CHALLENGE',
        Session,
        ChallengeResponses: { USERNAME, ANSWER },
      }),
    )
  /** The links that were mailed, the newest first. */
  const links = () => {
    const { flights, flight } = rockpool.operations
    const kept = JSON.stringify(flights().map(({ id }) => flight(id)))
    return [
      ...kept.matchAll(/Mail to lee@example\.com: http:\/\/localhost:3000\/signed-in#([\w-]{32})"/g),
    ].map(([, token = '']) => token)
  }
  const asked = await begin('lee@example.com')
  t.match(asked.ChallengeParameters, { minutes: '15', USERNAME: 'lee' })
  t.equal(links().length, 1)
  const done = await answer(asked, 'lee', links()[0] ?? '')
  t.match(done.AuthenticationResult, { AccessToken: /^ey/, RefreshToken: /./ })
  const incorrect = ['NotAuthorizedException', 'Incorrect username or password.']
  t.strictSame(await refusal(answer(await begin('lee'), 'lee', 'x'.repeat(32))), incorrect, 'one try')
  t.equal(links().length, 2)
  const nobody = await begin('nobody')
  t.match(nobody, { ChallengeName: 'CUSTOM_CHALLENGE' }, 'who does not exist is asked alike')
  t.equal(links().length, 2, 'and sent nothing')
  t.strictSame(await refusal(answer(nobody, 'nobody', 'x'.repeat(32))), incorrect)
})

t.test('users of another pool come over', async t => {
  const { rockpool, sdk, ClientId, signIn } = await example(t, 'migration')
  const users = () => rockpool.operations.exportUsers('new')
  t.match(await refusal(signIn('lee', 'Wrong-1-Password!')), ['UserNotFoundException'])
  t.match(await refusal(signIn('nobody', password)), ['UserNotFoundException'])
  t.strictSame(await users(), [])
  const { AuthenticationResult } = await signIn('lee', password)
  t.match(decodeJwt(AuthenticationResult?.IdToken ?? ''), { given_name: 'Lee', email_verified: true })
  t.match(await users(), [{ username: 'lee', status: 'CONFIRMED' }])
  const [moved] = await users()
  const [former] = await rockpool.operations.exportUsers('old')
  t.not(moved?.sub, former?.sub)
  const again = await example(t, 'migration')
  const forgot = new cognito.ForgotPasswordCommand({ ClientId, Username: 'lee' })
  t.match(await again.sdk.send(forgot), { CodeDeliveryDetails: { Destination: 'l***@e***' } })
  t.match(await again.rockpool.operations.messages(), [{ purpose: 'password reset', username: 'lee' }])
  t.match(await sdk.send(forgot), { CodeDeliveryDetails: { DeliveryMedium: 'EMAIL' } }, 'as any user')
})

t.test('an access token with the tenant, and a scope for each group', async t => {
  const { signIn } = await example(t, 'tokens')
  const { AuthenticationResult: tokens } = await signIn('lee', password)
  t.match(decodeJwt(tokens?.AccessToken ?? ''), {
    tenant: { id: 'kelp', plan: 'pro' },
    email: 'lee@example.com',
    scope: 'aws.cognito.signin.user.admin documents/editors',
  })
  t.notOk('custom:tenant' in decodeJwt(tokens?.IdToken ?? ''))
})

for (const [project, from, pool] of [
  ['a SAM template', 'fixtures/triggers/sam/template.yaml', 'kelp'],
  ['a cdk.out folder, bundled', 'fixtures/triggers/cdk/cdk.out', 'people'],
] as const)
  t.test(`the functions of ${project}, run unmodified`, async t => {
    const rockpool = await startRockpool({ port: 0, keys: 'recycled', from })
    t.teardown(() => rockpool.close())
    const sdk = anSdk(t, rockpool)
    const { id: ClientId } = rockpool.client(pool, 'app')
    const signUp = (Username: string, Value: string) => {
      const UserAttributes = [{ Name: 'email', Value }]
      return sdk.send(new cognito.SignUpCommand({ ClientId, Username, Password: password, UserAttributes }))
    }
    t.match(await signUp('nemo', 'nemo@reef.example'), { UserConfirmed: true })
    t.match(await refusal(signUp('bruce', 'bruce@shark.example')), [
      'UserLambdaValidationException',
      /^PreSignUp failed with error (Only reef.example may sign up|shark.example is none of our domains)\.$/,
    ])
  })

import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import t from 'tap'
import { startRockpool } from '../src/index.js'
import { anSdk, refusal } from './support/api.js'

t.test('the functions of a SAM template run unmodified', async t => {
  const rockpool = await startRockpool({ port: 0, from: 'fixtures/triggers/sam/template.yaml' })
  t.teardown(() => rockpool.close())
  const sdk = anSdk(t, rockpool)
  const { id: ClientId } = rockpool.client('kelp', 'app')
  const signUp = (Username: string, Value: string) =>
    sdk.send(
      new cognito.SignUpCommand({
        ClientId,
        Username,
        Password: 'Anemone-4-Marco!',
        UserAttributes: [{ Name: 'email', Value }],
      }),
    )
  t.match(await signUp('nemo', 'nemo@reef.example'), { UserConfirmed: true })
  t.strictSame(await refusal(signUp('bruce', 'bruce@shark.example')), [
    'UserLambdaValidationException',
    'PreSignUp failed with error Only reef.example may sign up.',
  ])
})

import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import t from 'tap'
import { anSdk } from './support/api.js'
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

// A back end as it is in production, for test/addresses.test.ts: it verifies access tokens and asks the user pools API, and
// knows nothing but the ids and the region.
import { argv, stdout } from 'node:process'
import { AdminGetUserCommand, CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider'
import { CognitoJwtVerifier } from 'aws-jwt-verify'

const [, , userPoolId, clientId, token] = argv
const verifier = CognitoJwtVerifier.create({ userPoolId, clientId, tokenUse: 'access' })
const { username } = await verifier.verify(token)
const cognito = new CognitoIdentityProviderClient({ region: 'us-east-1' })
const { UserStatus } = await cognito.send(
  new AdminGetUserCommand({ UserPoolId: userPoolId, Username: username }),
)
stdout.write(`${username} ${UserStatus}`)

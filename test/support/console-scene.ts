import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import type { Rockpool } from '../../src/emulator.js'

export const pool1 = 'us-east-1_OidcPool1'
export const pool2 = 'us-east-1_OidcPool2'

/** An SDK client of a Rockpool. */
export const sdkOf = ({ baseUrl }: Pick<Rockpool, 'baseUrl'>) =>
  new cognito.CognitoIdentityProviderClient({
    endpoint: baseUrl,
    region: 'us-east-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
  })

/**
 * What the console has to show of the demo: marco has signed in through both pools, a sign-in was refused, ada was invited by
 * mail, and grace has an administrator's group.
 */
export async function somethingHappened(rockpool: Rockpool): Promise<void> {
  const sdk = sdkOf(rockpool)
  await rockpool.operations.signIn({
    pool: 'oidc-pool-1',
    client: 'web-app',
    provider: 'CorporateID',
    username: 'marco',
    password: 'Anemone-4-Marco!',
  })
  await fetch(
    `${rockpool.baseUrl}/oidc-pool-1/oauth2/authorize?client_id=1webappatpool1clientid0000&response_type=code&scope=openid&redirect_uri=${encodeURIComponent('http://localhost:3000/elsewhere')}`,
    { redirect: 'manual' },
  )
  for (const [Username, email, phone_number] of [
    ['ada', 'ada@example.com'],
    ['grace', 'grace@example.com', '+14155550100'],
  ] as const)
    await sdk.send(
      new cognito.AdminCreateUserCommand({
        UserPoolId: pool2,
        Username,
        DesiredDeliveryMediums: phone_number === undefined ? ['EMAIL'] : ['SMS'],
        UserAttributes: [
          { Name: 'email', Value: email },
          { Name: 'email_verified', Value: 'true' },
          ...(phone_number === undefined ? [] : [{ Name: 'phone_number', Value: phone_number }]),
        ],
      }),
    )
  await sdk.send(
    new cognito.AdminAddUserToGroupCommand({ UserPoolId: pool2, Username: 'grace', GroupName: 'staff' }),
  )
  await sdk.send(
    new cognito.ForgotPasswordCommand({ ClientId: '2directappatpool2clientid0', Username: 'marco' }),
  )
}

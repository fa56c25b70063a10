import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import t from 'tap'
import { anSdk, refusal } from './support/api.js'
import { aBrowser } from './support/browser.js'
import { aReef } from './support/reef.js'
import { aReef as aPool, IPE, NAE, password } from './support/sign-in-reef.js'

t.test('N10 the form of a password', async t => {
  const { sdk, signIn } = await aPool(t)
  const signUp = (Username: string, Password: string) =>
    sdk.send(new cognito.SignUpCommand({ ClientId: 'app0id', Username, Password }))
  t.ok((await signUp('blanks', 'Pass word1!')).UserSub, 'N10 a blank inside')
  t.match(await refusal(signUp('outside', ' Password1!')), [IPE, /\^\[\\S\]\+\.\*\[\\S\]\+\$/])
  const { AccessToken } = await signIn()
  t.strictSame(
    await refusal(
      sdk.send(
        new cognito.ChangePasswordCommand({
          AccessToken,
          PreviousPassword: 'a',
          ProposedPassword: 'Otter-3-Jane!',
        }),
      ),
    ),
    [
      IPE,
      "1 validation error detected: Value at 'previousPassword' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[\\S]+.*[\\S]+$",
    ],
    'N10 one character',
  )
})

t.test('N23 who came through a provider has no password to change or forget', async t => {
  const { rockpool, signInThroughTide, exchange, administer, poolId } = await aReef(t)
  const sdk = anSdk(t, rockpool)
  const ClientId = 'through0id'
  const UserPoolId = poolId('reef')
  await administer('UpdateUserPoolClient', {
    UserPoolId,
    ClientId,
    ...(await sdk.send(new cognito.DescribeUserPoolClientCommand({ UserPoolId, ClientId }))).UserPoolClient,
    LastModifiedDate: undefined,
    CreationDate: undefined,
    ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
    AllowedOAuthScopes: ['openid', 'aws.cognito.signin.user.admin'],
  })
  const arrival = await signInThroughTide(aBrowser(), { client_id: ClientId })
  const tokens = (await (await exchange(arrival, ClientId)).json()) as { access_token: string }
  const { Username = '' } = await sdk.send(new cognito.GetUserCommand({ AccessToken: tokens.access_token }))
  const change = (PreviousPassword?: string) =>
    sdk.send(
      new cognito.ChangePasswordCommand({
        AccessToken: tokens.access_token,
        PreviousPassword,
        ProposedPassword: password,
      }),
    )
  const refused = [NAE, 'User is not authorized to change password.']
  t.strictSame(await refusal(change()), refused, 'N23 ChangePassword')
  t.strictSame(await refusal(change('Otter-3-Jane!')), refused)
  t.match(
    await refusal(
      sdk.send(
        new cognito.InitiateAuthCommand({
          ClientId,
          AuthFlow: 'USER_PASSWORD_AUTH',
          AuthParameters: { USERNAME: Username, PASSWORD: password },
        }),
      ),
    ),
    [NAE],
    'N23 a sign-in by password still fails',
  )
  await sdk.send(
    new cognito.AdminUpdateUserAttributesCommand({
      UserPoolId,
      Username,
      UserAttributes: [{ Name: 'email_verified', Value: 'true' }],
    }),
  )
  t.strictSame(
    await refusal(sdk.send(new cognito.ForgotPasswordCommand({ ClientId, Username }))),
    [NAE, 'User password cannot be reset in the current state.'],
    'N23 ForgotPassword, though there is an address to send a code to',
  )
  t.equal(
    (await sdk.send(new cognito.AdminGetUserCommand({ UserPoolId, Username }))).UserStatus,
    'EXTERNAL_PROVIDER',
  )
})

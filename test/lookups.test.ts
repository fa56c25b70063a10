import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import t from 'tap'
import { anApi } from './support/an-api.js'
import { refusal } from './support/api.js'

const RNF = 'ResourceNotFoundException'

t.test('terms are found, changed and deleted by their id', async t => {
  const { sdk, UserPoolId } = await anApi(t)
  const send = sdk.send.bind(sdk)
  const { UserPoolClient } = await send(
    new cognito.CreateUserPoolClientCommand({ UserPoolId, ClientName: 'app' }),
  )
  const Links = { 'cognito:default': 'https://reef.example/terms' }
  const { Terms } = await send(
    new cognito.CreateTermsCommand({
      UserPoolId,
      ClientId: UserPoolClient?.ClientId,
      TermsName: 'terms-of-use',
      TermsSource: 'LINK',
      Enforcement: 'NONE',
      Links,
    }),
  )
  const one = { UserPoolId, TermsId: Terms?.TermsId }
  t.match((await send(new cognito.DescribeTermsCommand(one))).Terms, {
    ...one,
    TermsName: 'terms-of-use',
    Links,
  })
  const newer = { 'cognito:default': 'https://reef.example/newer' }
  t.match(
    (await send(new cognito.UpdateTermsCommand({ ...one, Links: newer }))).Terms,
    { ...one, TermsName: 'terms-of-use', Links: newer },
    'what an update leaves out stays',
  )
  await send(new cognito.DeleteTermsCommand(one))
  for (const command of [
    new cognito.DescribeTermsCommand(one),
    new cognito.UpdateTermsCommand({ ...one, Links }),
    new cognito.DeleteTermsCommand(one),
  ])
    t.match(await refusal(send(command as cognito.DescribeTermsCommand)), [RNF])
})

t.test('a provider is found by each of its identifiers', async t => {
  const { sdk, UserPoolId } = await anApi(t)
  const send = sdk.send.bind(sdk)
  await send(
    new cognito.CreateIdentityProviderCommand({
      UserPoolId,
      ProviderName: 'Isle',
      ProviderType: 'OIDC',
      IdpIdentifiers: ['isle.example', 'isle.test'],
      ProviderDetails: {
        client_id: 'c',
        client_secret: 's',
        authorize_scopes: 'openid',
        attributes_request_method: 'GET',
        oidc_issuer: 'https://isle.example',
        authorize_url: 'https://isle.example/a',
        token_url: 'https://isle.example/t',
        attributes_url: 'https://isle.example/u',
        jwks_uri: 'https://isle.example/k',
      },
    }),
  )
  const find = (IdpIdentifier: string) =>
    send(new cognito.GetIdentityProviderByIdentifierCommand({ UserPoolId, IdpIdentifier }))
  for (const identifier of ['isle.example', 'isle.test'])
    t.match((await find(identifier)).IdentityProvider, { ProviderName: 'Isle', UserPoolId })
  t.match(await refusal(find('isle.invalid')), [RNF])
})

t.test('a passkey counts as a second factor for a user who has one', async t => {
  const { sdk, UserPoolId } = await anApi(t)
  await sdk.send(
    new cognito.AdminCreateUserCommand({ UserPoolId, Username: 'ada', MessageAction: 'SUPPRESS' }),
  )
  const prefer = (Enabled: boolean) =>
    sdk.send(
      new cognito.AdminSetUserMFAPreferenceCommand({
        UserPoolId,
        Username: 'ada',
        WebAuthnMfaSettings: { Enabled },
      }),
    )
  t.match(await refusal(prefer(true)), ['InvalidParameterException'])
  t.strictSame(await refusal(prefer(false)), ['nothing', 'it succeeded'])
})

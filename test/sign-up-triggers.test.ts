import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import t from 'tap'
import { refusal } from './support/api.js'
import { aBrowser } from './support/browser.js'
import { locationOf, aReef as pools, told } from './support/reef.js'
import { aReef, pass, password, poolId, refuse, through } from './support/triggered-reef.js'

t.test('T28 before and after a sign-up', async t => {
  const { events, signUp, sdk, codeFor, userOf } = await aReef(t, { PreSignUp: pass, PostConfirmation: pass })
  const { UserSub, UserConfirmed } = await signUp('nemo', {
    ValidationData: [{ Name: 'captcha', Value: '7' }],
    ClientMetadata: { from: 'the app' },
  })
  t.notOk(UserConfirmed)
  t.strictSame(events, [
    {
      version: '1',
      triggerSource: 'PreSignUp_SignUp',
      region: 'us-east-1',
      userPoolId: poolId,
      userName: 'nemo',
      callerContext: { awsSdkVersion: 'aws-sdk-unknown-unknown', clientId: 'app0id' },
      request: {
        userAttributes: { email: 'nemo@reef.example' },
        validationData: { captcha: '7' },
        clientMetadata: { from: 'the app' },
      },
      response: { autoConfirmUser: false, autoVerifyEmail: false, autoVerifyPhone: false },
    },
  ])
  events.length = 0
  await sdk.send(
    new cognito.ConfirmSignUpCommand({
      ClientId: 'app0id',
      Username: 'nemo',
      ConfirmationCode: await codeFor('nemo'),
      ClientMetadata: { step: 'two' },
    }),
  )
  t.match(events, [
    {
      triggerSource: 'PostConfirmation_ConfirmSignUp',
      request: {
        userAttributes: {
          sub: UserSub,
          'cognito:user_status': 'CONFIRMED',
          email: 'nemo@reef.example',
          email_verified: 'true',
        },
        clientMetadata: { step: 'two' },
      },
      response: {},
    },
  ])
  events.length = 0
  const byName = { ClientId: 'app0id', Username: 'nemo' }
  await sdk.send(new cognito.ForgotPasswordCommand(byName))
  const ConfirmationCode = await codeFor('nemo')
  const forgotten = { ...byName, ConfirmationCode, Password: 'Kingfisher-7-Nemo!' }
  await sdk.send(new cognito.ConfirmForgotPasswordCommand(forgotten))
  t.match(events, [{ triggerSource: 'PostConfirmation_ConfirmForgotPassword', userName: 'nemo' }])
  t.match(await refusal(signUp('marco')), ['UsernameExistsException'])
  t.match(events.at(-1), { triggerSource: 'PreSignUp_SignUp', request: { validationData: null } })
  t.match(await userOf('nemo'), { UserStatus: 'CONFIRMED' })
})

t.test('T29 a sign-up that its trigger confirms', async t => {
  const { events, signUp, sdk, userOf, rockpool } = await aReef(t, {
    PreSignUp: event => {
      event.response = { autoConfirmUser: true, autoVerifyEmail: true }
      return event
    },
    PostConfirmation: pass,
  })
  const signedUp = await signUp('nemo', { ClientMetadata: { from: 'the app' } })
  t.match(signedUp, { UserConfirmed: true, UserSub: /.{36}/ })
  t.notOk(signedUp.CodeDeliveryDetails)
  t.match(events, [
    { triggerSource: 'PreSignUp_SignUp' },
    { triggerSource: 'PostConfirmation_ConfirmSignUp', request: { clientMetadata: { from: 'the app' } } },
  ])
  const { UserStatus, UserAttributes } = await userOf('nemo@reef.example')
  t.equal(UserStatus, 'CONFIRMED', 'found by the alias that is verified')
  t.match(
    UserAttributes?.find(({ Name }) => Name === 'email_verified'),
    { Value: 'true' },
  )
  const messages = await fetch(`${rockpool.baseUrl}/_rockpool/messages?username=nemo`)
  t.strictSame(((await messages.json()) as { messages: unknown[] }).messages, [], 'no code is sent')
  const signedIn = await sdk.send(
    new cognito.InitiateAuthCommand({
      ClientId: 'app0id',
      AuthFlow: 'USER_PASSWORD_AUTH',
      AuthParameters: { USERNAME: 'nemo', PASSWORD: password },
    }),
  )
  t.match(signedIn.AuthenticationResult, { AccessToken: /^ey/ })
  const taken = [{ Name: 'email', Value: 'marco@reef.example' }]
  t.match(await signUp('dory', { UserAttributes: taken }), { UserConfirmed: true })
  t.equal((await userOf('marco@reef.example')).Username, 'dory', 'T30 the alias moves')
  t.match(
    (await userOf('marco')).UserAttributes?.find(({ Name }) => Name === 'email_verified'),
    { Value: 'false' },
    'T30 whose address is unverified',
  )
  t.match(await refusal(signUp('crush', { UserAttributes: [] })), ['InvalidLambdaResponseException'])
})

t.test('T32 who was confirmed stays so, whatever the trigger says', async t => {
  const { signUp, sdk, admin, userOf, events } = await aReef(t, { PostConfirmation: refuse('too late') })
  await signUp('nemo')
  const confirm = new cognito.AdminConfirmSignUpCommand({
    ...admin,
    Username: 'nemo',
    ClientMetadata: { by: 'me' },
  })
  t.strictSame(await refusal(sdk.send(confirm)), [
    'UserLambdaValidationException',
    'PostConfirmation failed with error too late.',
  ])
  t.match(events, [
    {
      triggerSource: 'PostConfirmation_ConfirmSignUp',
      callerContext: { clientId: 'CLIENT_ID_NOT_APPLICABLE' },
      request: { clientMetadata: { by: 'me' } },
    },
  ])
  t.match(await userOf('nemo'), { UserStatus: 'CONFIRMED' })
})

t.test('T31 administrators who create users', async t => {
  const { sdk, admin, events } = await aReef(t, {
    PreSignUp: event => {
      event.response.autoConfirmUser = true
      return event
    },
    PostConfirmation: pass,
  })
  const { User } = await sdk.send(
    new cognito.AdminCreateUserCommand({
      ...admin,
      Username: 'nemo',
      UserAttributes: [{ Name: 'email', Value: 'nemo@reef.example' }],
      ValidationData: [{ Name: 'ticket', Value: '12' }],
      ClientMetadata: { by: 'me' },
    }),
  )
  t.equal(User?.UserStatus, 'FORCE_CHANGE_PASSWORD', 'the answer counts for sign-ups only')
  t.match(events, [
    {
      triggerSource: 'PreSignUp_AdminCreateUser',
      userName: 'nemo',
      callerContext: { clientId: 'CLIENT_ID_NOT_APPLICABLE' },
      request: { validationData: { ticket: '12' }, clientMetadata: { by: 'me' } },
    },
  ])
  t.equal(events.length, 1)
})

t.test('O48 a PreSignUp that throws ends a federated sign-in at the callback', async t => {
  const { signInThroughTide } = await pools(t, { triggers: { reef: { PreSignUp: refuse('X') } } })
  const answer = await signInThroughTide(aBrowser(), through)
  t.match(told(answer), { error: 'invalid_request', error_description: 'PreSignUp failed with error X. ' })
  t.match(locationOf(answer), /^https:\/\/app\.example/)
})

t.test('O47 a link that PreSignUp makes is good from the next sign-in on', async t => {
  const linking = { link: async (_subject: string): Promise<void> => {} }
  const { signInThroughTide, administer, poolId, claimsOf } = await pools(t, {
    triggers: {
      reef: {
        PreSignUp: async event => {
          await linking.link(event.userName.slice(event.userName.indexOf('_') + 1))
          return event
        },
      },
    },
  })
  linking.link = subject =>
    administer('AdminLinkProviderForUser', {
      UserPoolId: poolId('reef'),
      DestinationUser: { ProviderName: 'Cognito', ProviderAttributeValue: 'marco' },
      SourceUser: {
        ProviderName: 'Tide',
        ProviderAttributeName: 'Cognito_Subject',
        ProviderAttributeValue: subject,
      },
    })
  const first = told(await signInThroughTide(aBrowser(), through))
  t.match(first, {
    error: 'invalid_request',
    error_description: /^Already found an entry for username tide_/i,
  })
  const { id } = await claimsOf(await signInThroughTide(aBrowser(), through), 'through0id')
  t.match(id, { 'cognito:username': 'marco', identities: [{ providerName: 'Tide' }] })
})

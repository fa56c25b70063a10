import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import t, { type Test } from 'tap'
import { anSdk, refusal } from './support/api.js'
import { signingKeys } from './support/keys.js'
import { aClock, aRockpool } from './support/rockpool.js'
import { SRP_A, srpAnswer } from './support/srp.js'

const NAE = 'NotAuthorizedException'
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

/** A pool with the settings, a client, and what an app and an administrator do with them. */
async function aPool(
  t: Test,
  AllowedFirstAuthFactors: cognito.AuthFactorType[],
  settings: Partial<cognito.CreateUserPoolCommandInput> = {},
  clientSettings: Partial<cognito.CreateUserPoolClientCommandInput> = {},
) {
  const clock = aClock()
  const rockpool = await aRockpool(t, { seed: { UserPools: [] }, clock })
  const sdk = anSdk(t, rockpool)
  const { UserPool } = await sdk.send(
    new cognito.CreateUserPoolCommand({
      PoolName: 'P',
      Policies: { SignInPolicy: { AllowedFirstAuthFactors } },
      AutoVerifiedAttributes: ['email'],
      ...settings,
    }),
  )
  const UserPoolId = UserPool?.Id ?? ''
  const { UserPoolClient } = await sdk.send(
    new cognito.CreateUserPoolClientCommand({
      UserPoolId,
      ClientName: 'C',
      ExplicitAuthFlows: ['ALLOW_USER_AUTH', 'ALLOW_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
      ...clientSettings,
    }),
  )
  const ClientId = UserPoolClient?.ClientId ?? ''
  const list = (attributes: Record<string, string>) =>
    Object.entries(attributes).map(([Name, Value]) => ({ Name, Value }))
  return {
    rockpool,
    clock,
    sdk,
    UserPoolId,
    ClientId,
    create: (Username: string, attributes: Record<string, string>, TemporaryPassword?: string) =>
      sdk.send(
        new cognito.AdminCreateUserCommand({
          UserPoolId,
          Username,
          UserAttributes: list(attributes),
          TemporaryPassword,
        }),
      ),
    signUp: (Username: string, attributes: Record<string, string>, Password?: string) =>
      sdk.send(new cognito.SignUpCommand({ ClientId, Username, Password, UserAttributes: list(attributes) })),
    initiate: (
      USERNAME: string,
      more: Record<string, string> = {},
      Session?: string,
    ): Promise<cognito.InitiateAuthResponse> =>
      sdk.send(
        new cognito.InitiateAuthCommand({
          ClientId,
          AuthFlow: 'USER_AUTH',
          AuthParameters: { USERNAME, ...more },
          Session,
        }),
      ),
    /** Answers the challenge that was asked. */
    respond: (
      { ChallengeName, Session }: cognito.InitiateAuthResponse,
      USERNAME: string,
      answer: Record<string, string>,
    ): Promise<cognito.InitiateAuthResponse> =>
      sdk.send(
        new cognito.RespondToAuthChallengeCommand({
          ClientId,
          ChallengeName,
          Session,
          ChallengeResponses: { USERNAME, ...answer },
        }),
      ),
    factors: async (Username: string) =>
      (await sdk.send(new cognito.AdminGetUserAuthFactorsCommand({ UserPoolId, Username })))
        .ConfiguredUserAuthFactors,
    status: async (Username: string) =>
      (await sdk.send(new cognito.AdminGetUserCommand({ UserPoolId, Username }))).UserStatus,
    /** The messages that were sent to a user, read where anybody at this machine can. */
    messages: async (username: string) => {
      const answer = await fetch(`${rockpool.baseUrl}/_rockpool/messages?username=${username}`)
      return ((await answer.json()) as { messages: { secret: string; body: string }[] }).messages
    },
  }
}

t.test('users without a password, where codes let people in', async t => {
  const { create, signUp, status, factors, messages } = await aPool(t, ['PASSWORD', 'EMAIL_OTP'])
  await create('ada', { email: 'ada@reef.example' })
  t.equal(await status('ada'), 'CONFIRMED')
  t.strictSame(await factors('ada'), ['EMAIL_OTP'])
  t.strictSame(await messages('ada'), [], 'there is no temporary password to tell')
  await create('jane', { email: 'jane@reef.example' }, 'Welcome-2-Rockpool!')
  t.equal(await status('jane'), 'FORCE_CHANGE_PASSWORD')
  t.match(await messages('jane'), [{ secret: 'Welcome-2-Rockpool!' }])
  await signUp('marco', { email: 'marco@reef.example' })
  t.equal(await status('marco'), 'UNCONFIRMED')
  t.strictSame(await factors('marco'), ['EMAIL_OTP'])
  await signUp('joan', { email: 'joan@reef.example' }, password)
  t.strictSame(await factors('joan'), ['PASSWORD', 'EMAIL_OTP'])
  t.match(await refusal(signUp('bob', {}, 'short')), ['InvalidPasswordException'])

  const strict = await aPool(t, ['PASSWORD'])
  t.strictSame(await refusal(strict.signUp('marco', {})), [
    'InvalidPasswordException',
    'Password did not conform with policy: Password not long enough',
  ])
  await strict.create('ada', { email: 'ada@reef.example' })
  t.equal(await strict.status('ada'), 'FORCE_CHANGE_PASSWORD')
  t.strictSame(await strict.factors('ada'), ['PASSWORD'])
})

t.test('U87 a passwordless user is sent a code of eight digits', async t => {
  const { create, initiate, respond, messages, status, sdk, UserPoolId } = await aPool(t, [
    'PASSWORD',
    'EMAIL_OTP',
  ])
  await create('jane', { email: 'jane@gmail.example' })
  const asked = await initiate('jane', { PREFERRED_CHALLENGE: 'EMAIL_OTP' })
  t.match(asked, {
    ChallengeName: 'EMAIL_OTP',
    AvailableChallenges: ['EMAIL_OTP'],
    ChallengeParameters: {
      CODE_DELIVERY_DELIVERY_MEDIUM: 'EMAIL',
      CODE_DELIVERY_DESTINATION: 'j***@g***',
    },
  })
  const code = (await messages('jane')).at(-1)?.secret ?? ''
  t.match(code, /^\d{8}$/)
  const mismatch = ['CodeMismatchException', 'Invalid code or auth state for the user.']
  t.strictSame(await refusal(respond(asked, 'jane', { EMAIL_OTP_CODE: '00000000' })), mismatch)
  const both = await Promise.all(
    Array.from({ length: 4 }, () => refusal(respond(asked, 'jane', { EMAIL_OTP_CODE: code }))),
  )
  t.equal(both.filter(([name]) => name === 'nothing').length, 1, 'a code lets somebody in once')
  t.strictSame(await refusal(respond(asked, 'jane', { EMAIL_OTP_CODE: code })), [
    NAE,
    'Invalid session for the user, session can only be used once.',
  ])
  t.equal(await status('jane'), 'CONFIRMED')
  const { UserAttributes = [] } = await sdk.send(
    new cognito.AdminGetUserCommand({ UserPoolId, Username: 'jane' }),
  )
  t.match(
    UserAttributes.find(({ Name }) => Name === 'email_verified'),
    { Value: 'true' },
    'the code has proven the address',
  )
})

t.test('U88 who has a temporary password begins with it', async t => {
  const { create, initiate, respond } = await aPool(t, ['PASSWORD', 'EMAIL_OTP'])
  await create('jane', { email: 'jane@reef.example' }, 'Welcome-2-Rockpool!')
  const asked = await initiate('jane', { PREFERRED_CHALLENGE: 'EMAIL_OTP' })
  t.match(asked, { ChallengeName: 'SELECT_CHALLENGE' })
  t.strictSame(asked.AvailableChallenges, ['PASSWORD_SRP', 'PASSWORD'])
  const next = await respond(asked, 'jane', { ANSWER: 'PASSWORD', PASSWORD: 'Welcome-2-Rockpool!' })
  t.equal(next.ChallengeName, 'NEW_PASSWORD_REQUIRED')
  const { AuthenticationResult } = await respond(next, 'jane', { NEW_PASSWORD: password })
  t.ok(AuthenticationResult?.AccessToken)
})

t.test('U89 who has just confirmed a sign-up signs in by that', async t => {
  const { sdk, ClientId, signUp, initiate, messages, clock } = await aPool(t, ['PASSWORD', 'EMAIL_OTP'])
  const confirm = async (Username: string, Session?: string) => {
    const ConfirmationCode = (await messages(Username)).at(-1)?.secret
    return sdk.send(new cognito.ConfirmSignUpCommand({ ClientId, Username, ConfirmationCode, Session }))
  }
  const { Session: begun } = await signUp('marco', { email: 'marco@reef.example' })
  t.ok(begun)
  t.match(await refusal(initiate('marco', {}, begun)), [NAE], 'not before the code')
  const { Session: confirmed } = await confirm('marco', begun)
  const { AuthenticationResult, ChallengeName } = await initiate('marco', {}, confirmed)
  t.ok(AuthenticationResult?.AccessToken)
  t.equal(ChallengeName, undefined)
  t.match(await refusal(initiate('marco', {}, confirmed)), [NAE], 'once')

  await signUp('nemo', { email: 'nemo@reef.example' })
  t.ok(
    (await initiate('nemo', {}, (await confirm('nemo')).Session)).AuthenticationResult,
    'also without the session of the sign-up: Amplify shows none',
  )

  const { Session: slow } = await signUp('ada', { email: 'ada@reef.example' }, password)
  const { Session: other } = await signUp('joan', { email: 'joan@reef.example' }, password)
  t.match(
    await refusal(confirm('joan', slow)),
    [NAE, 'Invalid session for the user.'],
    "another user's session",
  )
  t.match(await refusal(initiate('ada', {}, (await confirm('joan', other)).Session)), [NAE])
  clock.advance({ seconds: 180 })
  t.equal((await confirm('ada', slow)).Session, undefined, 'too late to go on, not to confirm')
})

t.test('every first factor, chosen or preferred', async t => {
  const settings = { SmsConfiguration: { SnsCallerArn: 'arn:aws:iam::000000000000:role/sms' } }
  const { signUp, initiate, respond, messages, status, clock, UserPoolId, sdk } = await aPool(
    t,
    ['PASSWORD', 'EMAIL_OTP', 'SMS_OTP'],
    settings,
  )
  await signUp('marco', { email: 'marco@reef.example', phone_number: '+447700909934' }, password)
  const choice = await initiate('marco')
  t.strictSame(choice.AvailableChallenges, ['PASSWORD_SRP', 'PASSWORD', 'EMAIL_OTP', 'SMS_OTP'])
  t.match(await refusal(respond(choice, 'marco', { ANSWER: 'WEB_AUTHN' })), ['InvalidParameterException'])
  t.match(await refusal(respond(choice, 'marco', {})), [
    'InvalidParameterException',
    'Missing required parameter ANSWER',
  ])
  t.strictSame(await refusal(initiate('marco', { PREFERRED_CHALLENGE: 'PASSWORD', PASSWORD: password })), [
    'UserNotConfirmedException',
    'User is not confirmed.',
  ])
  const text = await respond(choice, 'marco', { ANSWER: 'SMS_OTP' })
  t.match(text, {
    ChallengeName: 'SMS_OTP',
    ChallengeParameters: { CODE_DELIVERY_DESTINATION: '+*******9934' },
  })
  t.match(await refusal(respond(choice, 'marco', { ANSWER: 'PASSWORD' })), [NAE], 'the choice is made once')
  const code = (await messages('marco')).at(-1)?.secret ?? ''
  t.match(
    await refusal(respond({ ...text, ChallengeName: 'EMAIL_OTP' }, 'marco', { EMAIL_OTP_CODE: code })),
    [NAE, 'Invalid session for the user.'],
  )
  t.ok((await respond(text, 'marco', { SMS_OTP_CODE: code })).AuthenticationResult)
  t.equal(await status('marco'), 'CONFIRMED', 'the code has confirmed the user')

  const direct = await initiate('marco', { PREFERRED_CHALLENGE: 'PASSWORD', PASSWORD: password })
  t.ok(direct.AuthenticationResult)
  const plain = await initiate('marco', { PREFERRED_CHALLENGE: 'PASSWORD' })
  t.equal(plain.ChallengeName, 'PASSWORD')
  t.strictSame(await refusal(respond(plain, 'marco', { PASSWORD: 'wrong' })), [
    NAE,
    'Incorrect username or password.',
  ])
  const again = await initiate('marco', { PREFERRED_CHALLENGE: 'PASSWORD' })
  t.ok((await respond(again, 'marco', { PASSWORD: password })).AuthenticationResult)

  const now = () => {
    const [day, date, month, year, time] = new Date(clock.now()).toUTCString().replace(',', '').split(' ')
    return `${day} ${month} ${Number(date)} ${time} UTC ${year}`
  }
  const prove = async (verifier: cognito.InitiateAuthResponse) => {
    t.equal(verifier.ChallengeName, 'PASSWORD_VERIFIER')
    const answer = srpAnswer(UserPoolId, password, verifier.ChallengeParameters, now())
    return (await respond(verifier, 'marco', answer)).AuthenticationResult
  }
  t.ok(await prove(await initiate('marco', { PREFERRED_CHALLENGE: 'PASSWORD_SRP', SRP_A })))
  const srp = await initiate('marco', { PREFERRED_CHALLENGE: 'PASSWORD_SRP' })
  t.equal(srp.ChallengeName, 'PASSWORD_SRP')
  t.ok(await prove(await respond(srp, 'marco', { SRP_A })))
  t.ok(await prove(await respond(await initiate('marco'), 'marco', { ANSWER: 'PASSWORD_SRP', SRP_A })))

  const late = await initiate('marco', { PREFERRED_CHALLENGE: 'EMAIL_OTP' })
  const lateCode = (await messages('marco')).at(-1)?.secret ?? ''
  clock.advance({ seconds: 180 })
  t.strictSame(await refusal(respond(late, 'marco', { EMAIL_OTP_CODE: lateCode })), [
    NAE,
    'Invalid session for the user, session is expired.',
  ])
  await sdk.send(new cognito.AdminDisableUserCommand({ UserPoolId, Username: 'marco' }))
  const disabled = await initiate('marco', { PREFERRED_CHALLENGE: 'EMAIL_OTP' })
  const EMAIL_OTP_CODE = (await messages('marco')).at(-1)?.secret ?? ''
  t.strictSame(await refusal(respond(disabled, 'marco', { EMAIL_OTP_CODE })), [NAE, 'User is disabled.'])
})

t.test('who does not exist is asked like everybody else, where the client hides it', async t => {
  const hiding = await aPool(t, ['PASSWORD', 'EMAIL_OTP'], {}, { PreventUserExistenceErrors: 'ENABLED' })
  const asked = await hiding.initiate('nobody', { PREFERRED_CHALLENGE: 'EMAIL_OTP' })
  t.match(asked, {
    ChallengeName: 'EMAIL_OTP',
    ChallengeParameters: { CODE_DELIVERY_DESTINATION: /^n\*\*\*@[a-f]\*\*\*$/ },
  })
  t.strictSame(await hiding.messages('nobody'), [])
  t.strictSame(await refusal(hiding.respond(asked, 'nobody', { EMAIL_OTP_CODE: '12345678' })), [
    'CodeMismatchException',
    'Invalid code or auth state for the user.',
  ])
  const choice = await hiding.initiate('nobody')
  t.strictSame(choice.AvailableChallenges, ['PASSWORD_SRP', 'PASSWORD', 'EMAIL_OTP'])
  const incorrect = [NAE, 'Incorrect username or password.']
  t.strictSame(
    await refusal(hiding.respond(choice, 'nobody', { ANSWER: 'PASSWORD', PASSWORD: 'x' })),
    incorrect,
  )
  t.strictSame(
    await refusal(hiding.initiate('nobody', { PREFERRED_CHALLENGE: 'PASSWORD', PASSWORD: 'x' })),
    incorrect,
  )
  const srp = await hiding.initiate('nobody', { PREFERRED_CHALLENGE: 'PASSWORD_SRP', SRP_A })
  t.equal(srp.ChallengeName, 'PASSWORD_VERIFIER')

  const open = await aPool(t, ['PASSWORD', 'EMAIL_OTP'])
  t.strictSame(await refusal(open.initiate('nobody')), ['UserNotFoundException', 'User does not exist.'])
})

t.test('choosing has to be allowed, and gives no way around a second factor', async t => {
  const closed = await aPool(t, ['PASSWORD'], {}, { ExplicitAuthFlows: ['ALLOW_USER_SRP_AUTH'] })
  const notEnabled = ['InvalidParameterException', 'Auth flow not enabled for this client']
  t.strictSame(await refusal(closed.initiate('marco')), notEnabled)
  t.equal((await closed.signUp('marco', {}, password)).Session, undefined)
  const lite = await aPool(t, ['PASSWORD'], { UserPoolTier: 'LITE' })
  await lite.signUp('marco', {}, password)
  t.strictSame(await refusal(lite.initiate('marco')), notEnabled)

  const { create, signUp, initiate, sdk, UserPoolId } = await aPool(t, ['PASSWORD', 'EMAIL_OTP'])
  await create('ada', { email: 'ada@reef.example' })
  await signUp('joan', { email: 'joan@reef.example' }, password)
  await sdk.send(
    new cognito.SetUserPoolMfaConfigCommand({
      UserPoolId,
      MfaConfiguration: 'ON',
      SoftwareTokenMfaConfiguration: { Enabled: true },
    }),
  )
  t.strictSame((await initiate('joan')).AvailableChallenges, ['PASSWORD_SRP', 'PASSWORD'])
  t.match(await refusal(initiate('ada')), [NAE], 'a code alone lets nobody in here')
})

import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import t, { type Test } from 'tap'
import { anSdk, refusal } from './support/api.js'
import { often } from './support/often.js'
import { aClock, aRockpool } from './support/rockpool.js'

const IPE = 'InvalidParameterException'
const NAE = 'NotAuthorizedException'
const UNF = 'UserNotFoundException'
const Password = 'Anemone-4-Marco!'
const wrong = '000000'

/** A pool with the settings, a client, and what an app does with them. */
async function aPool(
  t: Test,
  settings: Partial<cognito.CreateUserPoolCommandInput> = {},
  clientSettings: Partial<cognito.CreateUserPoolClientCommandInput> = {},
) {
  const clock = aClock()
  const rockpool = await aRockpool(t, { seed: { UserPools: [] }, clock })
  const sdk = anSdk(t, rockpool)
  const { UserPool } = await sdk.send(new cognito.CreateUserPoolCommand({ PoolName: 'P', ...settings }))
  const UserPoolId = UserPool?.Id ?? ''
  const { UserPoolClient } = await sdk.send(
    new cognito.CreateUserPoolClientCommand({
      UserPoolId,
      ClientName: 'C',
      ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
      ...clientSettings,
    }),
  )
  const ClientId = UserPoolClient?.ClientId ?? ''
  const list = (attributes: Record<string, string>) =>
    Object.entries(attributes).map(([Name, Value]) => ({ Name, Value }))
  return {
    sdk,
    clock,
    UserPoolId,
    signUp: (Username: string, attributes: Record<string, string> = {}, password = Password) =>
      sdk.send(
        new cognito.SignUpCommand({
          ClientId,
          Username,
          Password: password,
          UserAttributes: list(attributes),
        }),
      ),
    confirm: (
      Username: string,
      ConfirmationCode: string,
      more: Partial<cognito.ConfirmSignUpCommandInput> = {},
    ) => sdk.send(new cognito.ConfirmSignUpCommand({ ClientId, Username, ConfirmationCode, ...more })),
    resend: (Username: string) => sdk.send(new cognito.ResendConfirmationCodeCommand({ ClientId, Username })),
    forgot: (Username: string) => sdk.send(new cognito.ForgotPasswordCommand({ ClientId, Username })),
    choose: (Username: string, ConfirmationCode: string, password: string) =>
      sdk.send(
        new cognito.ConfirmForgotPasswordCommand({
          ClientId,
          Username,
          ConfirmationCode,
          Password: password,
        }),
      ),
    signIn: async (USERNAME: string, PASSWORD = Password) =>
      (
        await sdk.send(
          new cognito.InitiateAuthCommand({
            ClientId,
            AuthFlow: 'USER_PASSWORD_AUTH',
            AuthParameters: { USERNAME, PASSWORD },
          }),
        )
      ).AuthenticationResult?.AccessToken,
    user: async (Username: string): Promise<Record<string, string | undefined>> => {
      const { UserAttributes = [], UserStatus } = await sdk.send(
        new cognito.AdminGetUserCommand({ UserPoolId, Username }),
      )
      return {
        UserStatus,
        ...Object.fromEntries(UserAttributes.map(({ Name = '', Value }) => [Name, Value])),
      }
    },
    update: (AccessToken = '', attributes: Record<string, string> = {}) =>
      sdk.send(new cognito.UpdateUserAttributesCommand({ AccessToken, UserAttributes: list(attributes) })),
    /** The code that was sent to a user last, read where anybody at this machine can. */
    code: async (username: string) => {
      const answer = await fetch(`${rockpool.baseUrl}/_rockpool/messages?username=${username}`)
      const { messages } = (await answer.json()) as { messages: { secret: string }[] }
      return messages.at(-1)?.secret ?? ''
    },
  }
}

t.test(
  'a sign-up at a pool that verifies nothing leaves the user unconfirmed, and refuses mistakes',
  async t => {
    const { signUp, confirm, resend, signIn, sdk, UserPoolId, user } = await aPool(t)
    const { UserConfirmed, UserSub, CodeDeliveryDetails } = await signUp('alice')
    t.match([UserConfirmed, UserSub, CodeDeliveryDetails], [false, /^[0-9a-f-]{36}$/, undefined], 'U1')
    const cases: [() => Promise<unknown>, string, string, string][] = [
      [() => signUp('alice'), 'UsernameExistsException', 'User already exists', 'U4'],
      [
        () => signUp('bob', {}, 'short'),
        'InvalidPasswordException',
        'Password did not conform with policy: Password not long enough',
        'U6',
      ],
      [
        () => signUp('bob', {}, 'Anemone-Marco!'),
        'InvalidPasswordException',
        'Password did not conform with policy: Password must have numeric characters',
        'U7',
      ],
      [
        () => signUp('bob', { 'custom:firstName': 'x' }),
        IPE,
        'Attributes did not conform to the schema: custom:firstName: Attribute does not exist in the schema.\n',
        'U8',
      ],
      [
        () => signUp('bob', { email: 'b@x.example', email_verified: 'true' }),
        NAE,
        'A client attempted to write unauthorized attribute',
        'U10',
      ],
      [() => signUp('bob', { email: 'nonsense' }), IPE, 'Invalid email address format.', 'U14'],
      [() => signUp('bob', { phone_number: '0170' }), IPE, 'Invalid phone number format.', 'U14'],
      [() => confirm('nobody', wrong), UNF, 'Username/client id combination not found.', 'U18'],
      [
        () => confirm('alice', wrong),
        'ExpiredCodeException',
        'Invalid code provided, please request a code again.',
        'none was sent',
      ],
      [() => signIn('alice'), 'UserNotConfirmedException', 'User is not confirmed.', 'U28'],
    ]
    for (const [ask, name, message, what] of cases) t.strictSame(await refusal(ask()), [name, message], what)
    await sdk.send(new cognito.AdminConfirmSignUpCommand({ UserPoolId, Username: 'alice' }))
    t.match(await user('alice'), { UserStatus: 'CONFIRMED', email_verified: undefined }, 'U22')
    t.ok(await signIn('alice'))
    t.strictSame(await refusal(resend('alice')), [IPE, 'User is already confirmed.'], 'U19')
    t.strictSame(
      await refusal(confirm('alice', wrong)),
      [NAE, 'User cannot be confirmed. Current status is CONFIRMED'],
      'U17',
    )
  },
)

t.test('signing up, with a code', async t => {
  const { signUp, confirm, resend, code, clock, user, signIn } = await aPool(t, {
    AutoVerifiedAttributes: ['email'],
    AliasAttributes: ['email'],
  })
  const { CodeDeliveryDetails } = await signUp('alice', { email: 'test@test.com' })
  t.strictSame(
    CodeDeliveryDetails,
    { AttributeName: 'email', DeliveryMedium: 'EMAIL', Destination: 't***@t***' },
    'U2',
  )
  t.strictSame(
    await refusal(confirm('alice', wrong)),
    ['CodeMismatchException', 'Invalid verification code provided, please try again.'],
    'U15',
  )
  const first = await code('alice')
  for (let twice = 0; twice < 2; twice++)
    t.match(await resend('alice'), { CodeDeliveryDetails: { Destination: 't***@t***' } }, 'U20')
  t.match(
    await refusal(confirm('alice', first)),
    ['CodeMismatchException'],
    'the newest code is the only one',
  )
  await confirm('alice', await code('alice'))
  t.match(await user('alice'), { UserStatus: 'CONFIRMED', email_verified: 'true' }, 'U21')
  t.ok(await signIn('test@test.com'), 'the verified address is an alias')

  await signUp('late', { email: 'late@test.com' })
  const lateCode = await code('late')
  clock.advance({ seconds: 86_400 })
  t.strictSame(
    await refusal(confirm('late', lateCode)),
    ['ExpiredCodeException', 'Invalid code provided, please request a code again.'],
    'U16',
  )

  await signUp('thief', { email: 'test@test.com' })
  t.match(await refusal(confirm('thief', await code('thief'))), [
    'AliasExistsException',
    'An account with the given email already exists.',
  ])
  await resend('thief')
  await confirm('thief', await code('thief'), { ForceAliasCreation: true })
  t.match(
    [(await user('alice')).UserStatus, (await user('test@test.com')).sub],
    ['CONFIRMED', (await user('thief')).sub],
    'the alias moves',
  )

  await signUp('guessed', { email: 'guessed@test.com' })
  for (let tries = 0; tries < 15; tries++) await refusal(confirm('guessed', wrong))
  t.match(await refusal(confirm('guessed', await code('guessed'))), [
    'LimitExceededException',
    'Attempt limit exceeded, please try after some time.',
  ])
})

t.test('how usernames look', async t => {
  const byEmail = await aPool(t, { UsernameAttributes: ['email'], AutoVerifiedAttributes: ['email'] })
  t.strictSame(await refusal(byEmail.signUp('alice')), [IPE, 'Username should be an email.'], 'U11')
  const { UserSub = '' } = await byEmail.signUp('alice@reef.example')
  t.strictSame(
    await refusal(byEmail.signUp('alice@reef.example')),
    ['UsernameExistsException', 'An account with the given email already exists.'],
    'U5',
  )
  await byEmail.confirm('alice@reef.example', await byEmail.code(UserSub))
  const AccessToken = await byEmail.signIn('alice@reef.example')
  const { Username, UserAttributes } = await byEmail.sdk.send(new cognito.GetUserCommand({ AccessToken }))
  t.equal(Username, UserSub, 'U23, U43')
  t.match(
    UserAttributes?.find(({ Name }) => Name === 'email'),
    { Value: 'alice@reef.example' },
  )

  const aliased = await aPool(t, { AliasAttributes: ['email'] })
  t.strictSame(
    await refusal(aliased.signUp('a@b.c')),
    [IPE, 'Username cannot be of email format, since user pool is configured for email alias.'],
    'U12',
  )
  const required = await aPool(t, { Schema: [{ Name: 'name', Required: true }] })
  t.strictSame(
    await refusal(required.signUp('alice')),
    [IPE, 'Attributes did not conform to the schema: name: The attribute is required\n'],
    'U9',
  )
  const closed = await aPool(t, { AdminCreateUserConfig: { AllowAdminCreateUserOnly: true } })
  t.strictSame(
    await refusal(closed.signUp('alice')),
    [NAE, 'SignUp is not permitted for this user pool'],
    'U13',
  )
})

const mismatch = ['CodeMismatchException', 'Invalid verification code provided, please try again.']

t.test('a forgotten password', async t => {
  const { signUp, confirm, code, forgot, choose, signIn, clock, user, sdk, UserPoolId } = await aPool(t, {
    AutoVerifiedAttributes: ['email'],
  })
  await signUp('alice', { email: 'alice@reef.example' })
  await confirm('alice', await code('alice'))
  t.strictSame(await refusal(forgot('nobody')), [UNF, 'Username/client id combination not found.'], 'U73')
  t.match(await forgot('alice'), { CodeDeliveryDetails: { Destination: 'a***@r***' } })
  t.match(await refusal(choose('alice', wrong, 'Otter-3-Alice!')), ['CodeMismatchException'], 'U76')
  t.match(
    await refusal(choose('alice', await code('alice'), 'short')),
    ['InvalidPasswordException', /^Password does not conform to policy/],
    'U76',
  )
  await choose('alice', await code('alice'), 'Otter-3-Alice!')
  t.ok(await signIn('alice', 'Otter-3-Alice!'))
  t.match(await refusal(signIn('alice')), [NAE])
  await forgot('alice')
  clock.advance({ seconds: 3600 })
  t.match(
    await refusal(choose('alice', await code('alice'), 'Otter-4-Alice!')),
    ['ExpiredCodeException'],
    'an hour',
  )

  await sdk.send(new cognito.AdminResetUserPasswordCommand({ UserPoolId, Username: 'alice' }))
  t.strictSame(
    await refusal(signIn('alice', 'Otter-3-Alice!')),
    ['PasswordResetRequiredException', 'Password reset required for the user'],
    'U30',
  )
  await choose('alice', await code('alice'), 'Otter-5-Alice!')
  t.match(await user('alice'), { UserStatus: 'CONFIRMED' })

  await signUp('bob')
  await sdk.send(new cognito.AdminConfirmSignUpCommand({ UserPoolId, Username: 'bob' }))
  t.strictSame(
    await refusal(forgot('bob')),
    [IPE, 'Cannot reset password for the user as there is no registered/verified email or phone_number'],
    'U75',
  )
  const hiding = await aPool(t, {}, { PreventUserExistenceErrors: 'ENABLED' })
  t.match(await hiding.resend('nobody'), { CodeDeliveryDetails: { Destination: /^n\*\*\*@/ } })
  t.match(await hiding.forgot('nobody'), { CodeDeliveryDetails: { Destination: /^n\*\*\*@/ } }, 'U74')
  t.match(await refusal(hiding.choose('nobody', wrong, 'Otter-3-Alice!')), mismatch)
})

t.test('5: a client that hides which users exist tells of none, by no answer', async t => {
  const hiding = await aPool(
    t,
    { AutoVerifiedAttributes: ['email'] },
    { PreventUserExistenceErrors: 'ENABLED' },
  )
  const { sdk, clock, UserPoolId, signUp, confirm, resend, forgot, choose, code } = hiding
  for (const Username of ['there', 'confirmed', 'disabled', 'turned']) {
    await signUp(Username, { email: `${Username}@reef.example` })
    if (Username !== 'there') await confirm(Username, await code(Username))
  }
  await sdk.send(new cognito.AdminDisableUserCommand({ UserPoolId, Username: 'disabled' }))
  await sdk.send(
    new cognito.AdminCreateUserCommand({ UserPoolId, Username: 'invited', MessageAction: 'SUPPRESS' }),
  )
  const silent = { UserPoolId, Username: 'silent' }
  await sdk.send(new cognito.AdminCreateUserCommand({ ...silent, MessageAction: 'SUPPRESS' }))
  await sdk.send(new cognito.AdminSetUserPasswordCommand({ ...silent, Password, Permanent: true }))
  await forgot('turned')
  const asked = await code('turned')
  await sdk.send(new cognito.AdminDisableUserCommand({ UserPoolId, Username: 'turned' }))
  t.strictSame(
    await refusal(choose('turned', asked, 'Otter-6-Turned!')),
    mismatch,
    'right, and disabled since',
  )

  /** What a stranger gets to see of a name, without what is in the address. */
  const seen = async (name: string) => {
    const told: unknown[] = [await refusal(choose(name, wrong, 'Otter-3-Alice!'))]
    told.push(await refusal(choose(name, wrong, 'short')))
    const { CodeDeliveryDetails } = await forgot(name)
    told.push(
      CodeDeliveryDetails?.DeliveryMedium,
      /^.\*\*\*@.\*\*\*$/.test(CodeDeliveryDetails?.Destination ?? ''),
    )
    told.push(await refusal(choose(name, wrong, 'Otter-3-Alice!')))
    for (let count = 0; count < 6; count++) told.push(await refusal(resend(name)))
    for (let count = 0; count < 20; count++) told.push((await refusal(forgot(name)))[0])
    return told
  }
  const ofNobody = await seen('nobody')
  t.match(ofNobody.slice(0, 5), [
    ['ExpiredCodeException'],
    ['InvalidPasswordException'],
    'EMAIL',
    true,
    mismatch,
  ])
  t.ok(ofNobody.includes('LimitExceededException'))
  for (const name of ['there', 'confirmed', 'disabled', 'invited', 'silent'])
    t.strictSame(await seen(name), ofNobody, name)
  clock.advance({ seconds: 3600 })
  await forgot('confirmed')
  t.ok(
    await choose('confirmed', await code('confirmed'), 'Otter-5-Alice!'),
    'anybody who has the code is let in',
  )
})

t.test('U78 attempts are limited, by the hour', async t => {
  const { sdk, clock, signUp, confirm, resend, forgot, choose, code, signIn } = await aPool(t, {
    AutoVerifiedAttributes: ['email'],
  })
  const exceeded = ['LimitExceededException', 'Attempt limit exceeded, please try after some time.']
  const afterTries = async (tries: number, act: () => Promise<unknown>): Promise<string[]> => {
    for (let count = 0; count < tries; count++)
      t.not((await refusal(act()))[0], 'LimitExceededException', `${count} is not too many`)
    return refusal(act())
  }
  await signUp('alice', { email: 'alice@reef.example' })
  t.strictSame(await afterTries(5, () => resend('alice')), exceeded)
  await confirm('alice', await code('alice'))
  const AccessToken = await signIn('alice')
  const change = (PreviousPassword: string) =>
    sdk.send(new cognito.ChangePasswordCommand({ AccessToken, PreviousPassword, ProposedPassword: Password }))
  t.strictSame(await afterTries(5, () => change('wrong')), exceeded)
  t.strictSame(await refusal(change(Password)), exceeded, 'though it is right')
  const verify = () =>
    sdk.send(new cognito.VerifyUserAttributeCommand({ AccessToken, AttributeName: 'email', Code: wrong }))
  const ask = () =>
    sdk.send(new cognito.GetUserAttributeVerificationCodeCommand({ AccessToken, AttributeName: 'email' }))
  t.strictSame(await afterTries(5, ask), exceeded)
  t.strictSame(await afterTries(15, verify), exceeded)
  await forgot('alice')
  t.strictSame(await afterTries(19, () => choose('alice', wrong, Password)), exceeded)
  t.strictSame(await refusal(forgot('alice')), exceeded, 'asking counts as guessing does')

  await signUp('bob', { email: 'bob@reef.example' })
  const crowd = await Promise.all(Array.from({ length: often(16, 64) }, () => refusal(resend('bob'))))
  t.equal(crowd.filter(([name]) => name === 'nothing').length, 5, 'however many come at once')

  clock.advance({ seconds: 3600 })
  t.ok(await forgot('alice'), 'an hour later the count begins anew')
  t.ok(await resend('bob'))
})

t.test('changing attributes', async t => {
  const { signUp, confirm, code, signIn, update, user, sdk } = await aPool(t, {
    AutoVerifiedAttributes: ['email'],
    UserAttributeUpdateSettings: { AttributesRequireVerificationBeforeUpdate: ['email'] },
    Schema: [{ Name: 'fixed', AttributeDataType: 'String', Mutable: false }],
  })
  await signUp('alice', { email: 'alice@reef.example' })
  await confirm('alice', await code('alice'))
  const AccessToken = await signIn('alice')
  t.strictSame(await refusal(update(AccessToken, { 'custom:fixed': 'x' })), [
    IPE,
    'user.custom:fixed: Attribute cannot be updated.\n',
  ])
  t.strictSame(await refusal(update(AccessToken, { email_verified: 'true' })), [
    NAE,
    'A client attempted to write unauthorized attribute',
  ])
  t.match(await update(AccessToken, { email: 'alice@new.example', name: 'Alice' }), {
    CodeDeliveryDetailsList: [{ Destination: 'a***@n***' }],
  })
  t.match(
    await user('alice'),
    { email: 'alice@reef.example', email_verified: 'true', name: 'Alice' },
    'the old address stays until the new one is verified',
  )
  await sdk.send(
    new cognito.VerifyUserAttributeCommand({
      AccessToken,
      AttributeName: 'email',
      Code: await code('alice'),
    }),
  )
  t.match(await user('alice'), { email: 'alice@new.example', email_verified: 'true' })
  await sdk.send(new cognito.DeleteUserAttributesCommand({ AccessToken, UserAttributeNames: ['name'] }))
  t.notOk('name' in (await user('alice')))
  t.match(
    await sdk.send(
      new cognito.GetUserAttributeVerificationCodeCommand({ AccessToken, AttributeName: 'email' }),
    ),
    { CodeDeliveryDetails: { AttributeName: 'email' } },
  )

  const phone = await aPool(t, {
    AutoVerifiedAttributes: ['phone_number'],
    SmsConfiguration: { SnsCallerArn: 'arn:aws:iam::000000000000:role/sms' },
  })
  t.match(
    await phone.signUp('bob', { phone_number: '+447700909934' }),
    { CodeDeliveryDetails: { Destination: '+*******9934', DeliveryMedium: 'SMS' } },
    'U3',
  )
})

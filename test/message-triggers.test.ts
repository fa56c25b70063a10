import { existsSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { buildClient, KmsKeyringNode } from '@aws-crypto/client-node'
import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import t, { type Test } from 'tap'
import type { TriggerEvent, TriggerHandlers } from '../src/index.js'
import { localKeyArn } from '../src/lib/local-kms.js'
import { anSdk, refusal } from './support/api.js'
import { aRockpool } from './support/rockpool.js'
import { pass, password, poolId, refuse, seed, signUpAs, watched } from './support/triggered-reef.js'

/** Messages of a pool whose triggers write or send them (docs/facts/triggers.md §5.7, §7). */

const [reef] = seed.UserPools
const emailFirst = {
  ...reef,
  Domain: 'reef',
  Policies: { SignInPolicy: { AllowedFirstAuthFactors: ['PASSWORD', 'EMAIL_OTP'] } },
  Clients: [
    {
      ClientName: 'app',
      ClientId: 'app0id',
      ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_USER_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
    },
  ],
}

/** The pool with these triggers, its outbox, and what the triggers were given. */
async function aPool(t: Test, given: TriggerHandlers, more: object = {}) {
  const { events, handlers } = watched(given)
  const pool = { ...emailFirst, ...more }
  const rockpool = await aRockpool(t, { seed: { UserPools: [pool] }, triggers: { reef: handlers } })
  const sdk = anSdk(t, rockpool)
  const outbox = () => rockpool.operations.messages()
  return { rockpool, sdk, events, outbox, signUp: signUpAs(sdk), admin: { UserPoolId: poolId } }
}

/** A function that answers with these texts. */
const writing = (texts: TriggerEvent<'CustomMessage'>['response']): TriggerHandlers => ({
  CustomMessage: event => Object.assign(event, { response: texts }),
})

const emailOtp = (sdk: cognito.CognitoIdentityProviderClient) =>
  sdk.send(
    new cognito.InitiateAuthCommand({
      ClientId: 'app0id',
      AuthFlow: 'USER_AUTH',
      AuthParameters: { USERNAME: 'marco', PREFERRED_CHALLENGE: 'EMAIL_OTP' },
    }),
  )

t.test('T46 the event of CustomMessage, and its texts in the outbox', async t => {
  const { events, signUp, outbox, sdk, admin } = await aPool(t, {
    CustomMessage: event => {
      const { codeParameter, usernameParameter } = event.request
      event.response.emailSubject = 'Ahoy'
      event.response.emailMessage = `${usernameParameter ?? 'You'}: ${codeParameter}`
      return event
    },
  })
  await signUp('nemo')
  t.match(events[0], {
    triggerSource: 'CustomMessage_SignUp',
    userName: 'nemo',
    callerContext: { clientId: 'app0id' },
    request: {
      userAttributes: { 'cognito:user_status': 'UNCONFIRMED', email: 'nemo@reef.example' },
      codeParameter: '{####}',
      linkParameter: '{##Click Here##}',
      usernameParameter: null,
    },
    response: { smsMessage: null, emailMessage: null, emailSubject: null },
  })
  const [sent] = await outbox()
  t.match(sent, { subject: 'Ahoy', body: `You: ${sent?.secret}`, madeBy: 'CustomMessage', secret: /^\d{6}$/ })
  t.equal(sent?.from, 'no-reply@verificationemail.com')
  const UserAttributes = [{ Name: 'email', Value: 'jane@reef.example' }]
  await sdk.send(
    new cognito.AdminCreateUserCommand({
      ...admin,
      Username: 'jane',
      UserAttributes,
      TemporaryPassword: password,
    }),
  )
  t.match(events[1], { request: { usernameParameter: '{username}' } })
  const invitation = (await outbox()).at(-1)
  t.equal(invitation?.body, `jane: ${invitation?.secret}`)
})

t.test('T47 a text without the code, and an empty one', async t => {
  const without = await aPool(t, writing({ emailMessage: 'Hello' }))
  const pattern = '[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}\\s*]*'
  t.strictSame(await refusal(without.signUp('nemo')), [
    'InvalidParameterException',
    `1 validation error detected: Value 'Hello' at 'emailBody' failed to satisfy constraint: Member must satisfy regular expression pattern: ${pattern}\\{####\\}${pattern}`,
  ])
  const empty = await aPool(t, writing({ emailMessage: '' }))
  t.strictSame(await refusal(empty.signUp('nemo')), ['InvalidParameterException', 'The message is empty.'])
  const other = await aPool(t, writing({ smsMessage: 'no code, and no text message either' }))
  await other.signUp('nemo')
  t.match(await other.outbox(), [{ madeBy: 'the default of Cognito', subject: 'Your verification code' }])
})

const invite = ({ sdk, admin }: Pick<Awaited<ReturnType<typeof aPool>>, 'sdk' | 'admin'>) =>
  sdk.send(
    new cognito.AdminCreateUserCommand({
      ...admin,
      Username: 'jane',
      UserAttributes: [{ Name: 'email', Value: 'jane@reef.example' }],
      TemporaryPassword: 'Abc<12345!',
      DesiredDeliveryMediums: ['EMAIL'],
    }),
  )

/** Does everything that sends a letter, once. */
async function everything({ sdk, signUp, admin }: Awaited<ReturnType<typeof aPool>>) {
  const ClientId = 'app0id'
  await signUp('nemo')
  await sdk.send(new cognito.ResendConfirmationCodeCommand({ ClientId, Username: 'nemo' }))
  await invite({ sdk, admin })
  await sdk.send(new cognito.ForgotPasswordCommand({ ClientId, Username: 'marco' }))
  const { AuthenticationResult } = await sdk.send(
    new cognito.InitiateAuthCommand({
      ClientId,
      AuthFlow: 'USER_PASSWORD_AUTH',
      AuthParameters: { USERNAME: 'marco', PASSWORD: password },
    }),
  )
  const { AccessToken } = AuthenticationResult ?? {}
  const moved = [{ Name: 'email', Value: 'polo@reef.example' }]
  await sdk.send(new cognito.UpdateUserAttributesCommand({ AccessToken, UserAttributes: moved }))
  await sdk.send(new cognito.GetUserAttributeVerificationCodeCommand({ AccessToken, AttributeName: 'email' }))
  await emailOtp(sdk)
}

const occasions = [
  'SignUp',
  'ResendCode',
  'AdminCreateUser',
  'ForgotPassword',
  'UpdateUserAttribute',
  'VerifyUserAttribute',
  'Authentication',
]

t.test('T48 U113 one source for each operation that sends a letter', async t => {
  const pool = await aPool(t, { CustomMessage: pass })
  await everything(pool)
  t.strictSame(
    pool.events.map(({ triggerSource }) => triggerSource),
    occasions.map(occasion => `CustomMessage_${occasion}`),
  )
  t.equal((await pool.outbox()).length, occasions.length)
})

t.test('T49 a link of the trigger’s own words confirms; a forgotten password has its code', async t => {
  const link = { VerificationMessageTemplate: { DefaultEmailOption: 'CONFIRM_WITH_LINK' } }
  const pool = await aPool(t, writing({ emailMessage: 'Do {##come in##}' }), link)
  await pool.signUp('nemo')
  const [mail] = await pool.outbox()
  const [, href = '', words] = /^Do <a href="([^"]+)">(.*)<\/a>$/.exec(mail?.body ?? '') ?? []
  t.equal(words, 'come in')
  t.match(href, /\/confirmUser\/?\?client_id=app0id&amp;user_name=nemo&amp;confirmation_code=\d{6}$/)
  t.equal((await fetch(href.replaceAll('&amp;', '&'))).status, 200)
  const user = await pool.sdk.send(new cognito.AdminGetUserCommand({ ...pool.admin, Username: 'nemo' }))
  t.equal(user.UserStatus, 'CONFIRMED')
  const plain = await aPool(t, {}, link)
  await plain.sdk.send(new cognito.ForgotPasswordCommand({ ClientId: 'app0id', Username: 'marco' }))
  const [reset] = await plain.outbox()
  t.match(reset?.body, new RegExp(`^Your verification code is ${reset?.secret}`))
})

t.test('T53 a custom sender needs a key and a version', async t => {
  const { sdk } = await aPool(t, {})
  const LambdaArn = 'arn:aws:lambda:us-east-1:000000000000:function:f'
  const create = (CustomEmailSender: object) =>
    refusal(
      sdk.send(
        new cognito.CreateUserPoolCommand({
          PoolName: 'p',
          LambdaConfig: { CustomEmailSender: CustomEmailSender as never },
        }),
      ),
    )
  t.strictSame(await create({ LambdaArn, LambdaVersion: 'V1_0' }), [
    'InvalidParameterException',
    'KMSKeyId parameter is required when Custom SMS/Email Lambda trigger is used.',
  ])
  t.match(await create({ LambdaArn }), [
    'InvalidParameterException',
    /Value null at 'lambdaConfig.customEmailSender.lambdaVersion' failed to satisfy constraint/,
  ])
})

t.test('T54 T57 a custom sender decrypts codes with the AWS Encryption SDK', async t => {
  const OUTBOX = join(mkdtempSync(join(tmpdir(), 'sender-')), 'outbox')
  const CustomEmailSender = {
    Function: './fixtures/triggers/custom-sender/send.mjs#handler',
    Environment: { OUTBOX, KEY_ARN: localKeyArn('us-east-1') },
  }
  const Triggers = { CustomEmailSender }
  const pool = await aPool(t, {}, { Triggers })
  await pool.signUp('nemo')
  await invite(pool)
  const lines = () => (existsSync(OUTBOX) ? readFileSync(OUTBOX, 'utf8').trim().split('\n') : [])
  while (lines().length < 2) await pause(50)
  const sent = lines().map(line => JSON.parse(line) as { source: string; code: string })
  const inOutbox = await pool.outbox()
  const codeOf = (occasion: string) =>
    sent.find(({ source }) => source === `CustomEmailSender_${occasion}`)?.code ?? ''
  t.equal(codeOf('SignUp'), inOutbox[0]?.secret, 'T54 the code')
  t.equal(codeOf('AdminCreateUser'), 'Abc&lt;12345!', 'T57 a temporary password arrives escaped')
  t.strictSame([...new Set(inOutbox.map(({ madeBy }) => madeBy))], ['CustomEmailSender'])
})

t.test('T54 the event of a custom sender, and a client that insists on commitment', async t => {
  const { events, signUp } = await aPool(t, { CustomEmailSender: async () => undefined })
  await signUp('nemo')
  t.match(events[0], {
    triggerSource: 'CustomEmailSender_SignUp',
    request: { type: 'customEmailSenderRequestV1', code: /^AYAD/, userAttributes: { email: /./ } },
  })
  const { code } = (events[0] as TriggerEvent<'CustomEmailSender'>).request
  const keyring = new KmsKeyringNode({ discovery: true })
  const plain = buildClient().decrypt(keyring, Buffer.from(code ?? '', 'base64'))
  await t.rejects(plain, /REQUIRE_ENCRYPT_REQUIRE_DECRYPT requiring only committed messages/)
})

t.test(
  'T55 T56 a sender that throws fails no request; CustomMessage is not called for its medium',
  async t => {
    const pool = await aPool(t, { CustomEmailSender: refuse('no'), CustomMessage: pass })
    t.match(await pool.signUp('nemo'), {
      UserConfirmed: false,
      CodeDeliveryDetails: { DeliveryMedium: 'EMAIL' },
    })
    t.strictSame(
      pool.events.map(({ triggerSource }) => triggerSource),
      ['CustomEmailSender_SignUp'],
      'T56 CustomMessage is not called',
    )
    const { flights, flight } = pool.rockpool.operations
    const kept = () => JSON.stringify(flights().map(({ id }) => flight(id)))
    while (!/CustomEmailSender failed, and no request with it/.test(kept())) await pause(5)
    t.pass('the flight says so')
  },
)

t.test('T58 codes of a sign-in go to the sender of their medium', async t => {
  const SmsConfiguration = { SnsCallerArn: 'arn:aws:iam::000000000000:role/sns' }
  const UserAttributes = { phone_number: '+15550001234', phone_number_verified: true }
  const more = {
    Policies: {},
    MfaConfiguration: 'ON',
    SmsConfiguration,
    SmsMfaConfiguration: { SmsConfiguration },
    Users: [{ Username: 'marco', Password: password, UserAttributes }],
  }
  const bySms = await aPool(t, { CustomSMSSender: async () => undefined }, more)
  const AuthParameters = { USERNAME: 'marco', PASSWORD: password }
  const AuthFlow = 'USER_PASSWORD_AUTH'
  const asked = await bySms.sdk.send(
    new cognito.InitiateAuthCommand({ ClientId: 'app0id', AuthFlow, AuthParameters }),
  )
  t.equal(asked.ChallengeName, 'SMS_MFA')
  t.match(bySms.events, [
    { triggerSource: 'CustomSMSSender_Authentication', request: { type: 'customSMSSenderRequestV1' } },
  ])
  const byMail = await aPool(t, { CustomEmailSender: async () => undefined })
  await emailOtp(byMail.sdk)
  t.match(byMail.events, [{ triggerSource: 'CustomEmailSender_Authentication' }])
})

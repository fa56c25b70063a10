import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import t, { type Test } from 'tap'
import { parseInvocation } from '../src/cli/options.js'
import { printInbox } from '../src/cli/seen.js'
import { plain } from '../src/cli/style.js'
import type { Medium } from '../src/core/message.js'
import type { PoolSettings } from '../src/core/user-pool.js'
import { type Enclosure, letterTo } from '../src/courier/letters.js'
import type { SentMessage } from '../src/courier/plain-text.js'
import { anSdk, refusal } from './support/api.js'
import { aRockpool } from './support/rockpool.js'

/** The letters of a pool: which template goes out for which purpose, by which medium. */

const user = { username: 'marco', attributes: { email: 'marco@reef.example', phone_number: '+15550001234' } }
const code = '123456'

/** A template of its own at each place where a pool may have one. */
const own: PoolSettings = {
  VerificationMessageTemplate: {
    EmailMessage: 'mail {####}',
    EmailSubject: 'mail subject',
    SmsMessage: 'text {####}',
    EmailMessageByLink: 'click {##here & now##}, {##there##}',
    EmailSubjectByLink: 'link subject',
  },
  SmsAuthenticationMessage: 'pool sign-in {####}',
  AdminCreateUserConfig: {
    InviteMessageTemplate: {
      EmailMessage: 'mail {username} {####}',
      EmailSubject: 'invited',
      SMSMessage: 'text {username} {####}',
    },
  },
}

const flat: PoolSettings = {
  EmailVerificationMessage: 'flat mail {####}',
  EmailVerificationSubject: 'flat subject',
  SmsVerificationMessage: 'flat text {####}',
}

const mfa = {
  SmsMfaConfiguration: { SmsAuthenticationMessage: 'mfa text {####}' },
  EmailMfaConfiguration: { Message: 'mfa mail {####}', Subject: 'mfa subject' },
}

t.test('T51 T52 each purpose and medium has its template, and a default', async t => {
  const verifies = ['sign-up', 'password reset', 'attribute verification'] as const
  const cases: [PoolSettings, Omit<Enclosure, 'secret'>, Medium, { subject?: string; body: string }][] = [
    ...verifies.flatMap((purpose): typeof cases => [
      [
        {},
        { purpose },
        'EMAIL',
        { subject: 'Your verification code', body: 'Your verification code is 123456. ' },
      ],
      [{}, { purpose }, 'SMS', { body: 'Your verification code is 123456. ' }],
      [own, { purpose }, 'EMAIL', { subject: 'mail subject', body: 'mail 123456' }],
      [own, { purpose }, 'SMS', { body: 'text 123456' }],
      [flat, { purpose }, 'EMAIL', { subject: 'flat subject', body: 'flat mail 123456' }],
      [flat, { purpose }, 'SMS', { body: 'flat text 123456' }],
      [{ ...flat, ...own }, { purpose }, 'EMAIL', { subject: 'mail subject', body: 'mail 123456' }],
      [{ ...flat, ...own }, { purpose }, 'SMS', { body: 'text 123456' }],
    ]),
    [
      {},
      { purpose: 'invitation' },
      'EMAIL',
      {
        subject: 'Your temporary password',
        body: 'Your username is marco and temporary password is 123456. ',
      },
    ],
    [
      {},
      { purpose: 'invitation' },
      'SMS',
      { body: 'Your username is marco and temporary password is 123456. ' },
    ],
    [own, { purpose: 'invitation' }, 'EMAIL', { subject: 'invited', body: 'mail marco 123456' }],
    [own, { purpose: 'invitation' }, 'SMS', { body: 'text marco 123456' }],
    [
      {},
      { purpose: 'sign-in' },
      'EMAIL',
      { subject: 'Your authentication code', body: 'Your authentication code is 123456. ' },
    ],
    [{}, { purpose: 'sign-in' }, 'SMS', { body: 'Your authentication code is 123456. ' }],
    [own, { purpose: 'sign-in' }, 'SMS', { body: 'pool sign-in 123456' }],
    [own, { purpose: 'sign-in', mfa }, 'SMS', { body: 'mfa text 123456' }],
    [own, { purpose: 'sign-in', mfa }, 'EMAIL', { subject: 'mfa subject', body: 'mfa mail 123456' }],
  ]
  for (const [settings, about, medium, letter] of cases)
    t.strictSame(
      letterTo({ settings }, user, medium, { ...about, secret: code }),
      letter,
      `${about.purpose}, ${medium}, ${Object.keys(settings)[0] ?? 'by default'}`,
    )
})

t.test('a link goes out by mail only, and carries no code', async t => {
  const link = 'https://reef.example/confirmUser?a=1&b=2'
  const letter = (settings: PoolSettings, medium: Medium) =>
    letterTo({ settings }, user, medium, { purpose: 'sign-up', secret: code, link })
  t.strictSame(letter(own, 'EMAIL'), {
    subject: 'link subject',
    body:
      'click <a href="https://reef.example/confirmUser?a=1&amp;b=2">here &amp; now</a>, ' +
      '<a href="https://reef.example/confirmUser?a=1&amp;b=2">there</a>',
  })
  t.match(letter({}, 'EMAIL'), { subject: 'Your verification link', body: />Verify Email<\/a> $/ })
  t.strictSame(letter(own, 'SMS'), { body: 'text 123456' })
})

t.test('a mail is HTML, and the outbox has it as plain text too', async t => {
  const html =
    '<h1>Reef &amp; Tide</h1>\n<p>Dear <b>{username}</b>,<br>your password is&nbsp;<code>{####}</code>.</p>' +
    '<style>p { color: red }</style><img src="https://reef.example/logo.png" alt="logo">' +
    '<p><a href="https://reef.example/in?a=1&amp;b=2">Sign in</a> or go to <a href="https://reef.example">https://reef.example</a></p>'
  const EmailMessageByLink = '<p>Welcome! {##Verify##}</p>'
  const template = { DefaultEmailOption: 'CONFIRM_WITH_LINK', EmailMessageByLink }
  const invited = { EmailMessage: html, SMSMessage: 'Hi <b>{username}</b>: {####}' }
  const rockpool = await aRockpool(t, {
    seed: {
      UserPools: [
        {
          PoolName: 'reef',
          Domain: 'reef',
          AutoVerifiedAttributes: ['email'],
          VerificationMessageTemplate: template,
          AdminCreateUserConfig: { InviteMessageTemplate: invited },
          Clients: [{ ClientName: 'app', ClientId: 'app0id' }],
        },
      ],
    },
  })
  const sdk = anSdk(t, rockpool)
  const UserPoolId = rockpool.pools[0]?.id
  const TemporaryPassword = 'Sea&Weed<1>x'
  const invite = (Username: string, UserAttributes: cognito.AttributeType[], medium: Medium) =>
    sdk.send(
      new cognito.AdminCreateUserCommand({
        UserPoolId,
        Username,
        UserAttributes,
        TemporaryPassword,
        DesiredDeliveryMediums: [medium],
      }),
    )
  await invite('ada', [{ Name: 'email', Value: 'ada@reef.example' }], 'EMAIL')
  await invite('bob', [{ Name: 'phone_number', Value: '+15550001234' }], 'SMS')
  await sdk.send(
    new cognito.SignUpCommand({
      ClientId: 'app0id',
      Username: 'cyd',
      Password: 'Kelp-1-Forest!',
      UserAttributes: [{ Name: 'email', Value: 'cyd@reef.example' }],
    }),
  )
  const answer = await fetch(`${rockpool.baseUrl}/_rockpool/messages`)
  const [mail, text, link] = ((await answer.json()) as { messages: SentMessage[] }).messages
  t.match(mail?.text, /^Reef & Tide\n+Dear ada,\nyour password is\sSea&Weed<1>x\.\n/, 'its words, in lines')
  t.match(mail?.text, '\n\nSign in [https://reef.example/in?a=1&b=2] or go to https://reef.example')
  t.notMatch(mail?.text, /<(?!1>)|logo|color/, 'no tags, pictures or style')
  t.equal(text?.text, text?.body, 'a text message is plain as it is')
  t.match(link?.text, /^Welcome! Verify \[http:\/\/\S+\/reef\/confirmUser\?\S*confirmation_code=\d{6}\S*\]$/)

  await t.test('rockpool inbox prints it', async t => {
    const said: string[] = []
    const invocation = parseInvocation(['inbox', '--base-url', rockpool.baseUrl], {})
    if (!('options' in invocation)) throw new Error('no options')
    const out = (line: string) => void said.push(line)
    await printInbox(invocation.options, { out, err: () => {}, style: plain })
    t.match(said.join(''), /Your verification link\n +Welcome! Verify \[http/)
  })

  await t.test('the console shows it beside the mail', async t => {
    const page = await fetch(`${rockpool.baseUrl}/_rockpool/inbox/${link?.id}`, {
      headers: { accept: 'text/html' },
    })
    t.match(await page.text(), /As plain text<\/summary>[\s\S]*<pre[^>]*>Welcome! Verify \[http/)
  })
})

t.test('placeholders are filled as they stand, once, and only where they mean something', async t => {
  const body = (template: string, enclosure: Enclosure, name = 'marco') =>
    letterTo(
      {
        settings: {
          SmsVerificationMessage: template,
          AdminCreateUserConfig: { InviteMessageTemplate: { SMSMessage: template } },
        },
      },
      { username: name, attributes: {} },
      'SMS',
      enclosure,
    ).body
  t.equal(body('{####} {####}', { purpose: 'sign-up', secret: '1' }), '1 1', 'as often as it is there')
  t.equal(body('{username} {####}', { purpose: 'sign-up', secret: '1' }), '{username} 1', 'no invitation')
  t.equal(body('{####}', { purpose: 'invitation', secret: 'a$&b$$' }), 'a$&b$$', 'dollars are dollars')
  t.equal(
    body('{username} {####}', { purpose: 'invitation', secret: '1' }, '{####}'),
    '{####} 1',
    'what was filled in is not filled again',
  )
  t.equal(
    body('{##Here##} {####}', { purpose: 'sign-up', secret: '1' }),
    '{##Here##} 1',
    'without a link the place of one stays',
  )
  const byAddress = { UsernameAttributes: ['phone_number', 'email'] } satisfies PoolSettings
  t.equal(
    letterTo({ settings: byAddress }, { ...user, username: 'a-sub' }, 'SMS', {
      purpose: 'invitation',
      secret: '1',
    }).body,
    'Your username is +15550001234 and temporary password is 1. ',
    'an invitation names what the user signs in with',
  )
})

interface Message {
  readonly medium: string
  readonly to: string
  readonly purpose: string
  readonly subject?: string
  readonly body: string
  readonly secret: string
}

/** A pool with a template for each letter, an app, and the newest letter to a user. */
async function aPool(t: Test, settings: Partial<cognito.CreateUserPoolCommandInput>) {
  const rockpool = await aRockpool(t, { seed: { UserPools: [] } })
  const sdk = anSdk(t, rockpool)
  const { UserPool } = await sdk.send(
    new cognito.CreateUserPoolCommand({
      PoolName: 'P',
      AutoVerifiedAttributes: ['phone_number', 'email'],
      SmsConfiguration: { SnsCallerArn: 'arn:aws:iam::000000000000:role/sms' },
      VerificationMessageTemplate: {
        EmailMessage: 'Mail {####}',
        EmailSubject: 'Mail',
        SmsMessage: 'Text {####}',
      },
      AdminCreateUserConfig: {
        InviteMessageTemplate: {
          EmailMessage: 'Mail for {username}: {####}',
          EmailSubject: 'Welcome {username}',
          SMSMessage: 'Text for {username}: {####}',
        },
      },
      ...settings,
    }),
  )
  const UserPoolId = UserPool?.Id ?? ''
  const { UserPoolClient } = await sdk.send(
    new cognito.CreateUserPoolClientCommand({
      UserPoolId,
      ClientName: 'C',
      ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_USER_AUTH'],
    }),
  )
  const letter = async (username: string) => {
    const answer = await fetch(`${rockpool.baseUrl}/_rockpool/messages?username=${username}`)
    const last = ((await answer.json()) as { messages: Message[] }).messages.at(-1)
    const { medium, purpose, subject, body = '', secret = '' } = last ?? {}
    return [medium, purpose, subject, body.replaceAll(secret, 'SECRET')]
  }
  return { rockpool, sdk, UserPoolId, ClientId: UserPoolClient?.ClientId ?? '', letter }
}

const Password = 'Anemone-4-Marco!'
const phone = { Name: 'phone_number', Value: '+15550001234' }
const email = { Name: 'email', Value: 'marco@reef.example' }
const verified = ['email_verified', 'phone_number_verified'].map(Name => ({ Name, Value: 'true' }))

t.test('text messages have the words for text messages, mails those for mails', async t => {
  const { sdk, UserPoolId, ClientId, letter } = await aPool(t, {
    AccountRecoverySetting: { RecoveryMechanisms: [{ Name: 'verified_phone_number', Priority: 1 }] },
  })
  const signUp = (Username: string, ...UserAttributes: cognito.AttributeType[]) =>
    sdk.send(new cognito.SignUpCommand({ ClientId, Username, Password, UserAttributes }))
  await signUp('texted', phone, email)
  t.strictSame(await letter('texted'), ['SMS', 'sign-up', undefined, 'Text SECRET'], 'a phone goes first')
  await signUp('mailed', email)
  t.strictSame(await letter('mailed'), ['EMAIL', 'sign-up', 'Mail', 'Mail SECRET'])
  await sdk.send(new cognito.ResendConfirmationCodeCommand({ ClientId, Username: 'texted' }))
  t.strictSame(await letter('texted'), ['SMS', 'sign-up', undefined, 'Text SECRET'], 'again')

  const create = (Username: string, more: Partial<cognito.AdminCreateUserCommandInput> = {}) =>
    sdk.send(
      new cognito.AdminCreateUserCommand({
        UserPoolId,
        Username,
        UserAttributes: [phone, email, ...verified],
        ...more,
      }),
    )
  await create('invited')
  t.strictSame(await letter('invited'), ['SMS', 'invitation', undefined, 'Text for invited: SECRET'])
  await create('invited', { MessageAction: 'RESEND', DesiredDeliveryMediums: ['EMAIL'], UserAttributes: [] })
  t.strictSame(await letter('invited'), [
    'EMAIL',
    'invitation',
    'Welcome invited',
    'Mail for invited: SECRET',
  ])

  await sdk.send(
    new cognito.AdminSetUserPasswordCommand({ UserPoolId, Username: 'invited', Password, Permanent: true }),
  )
  await sdk.send(new cognito.ForgotPasswordCommand({ ClientId, Username: 'invited' }))
  t.strictSame(await letter('invited'), ['SMS', 'password reset', undefined, 'Text SECRET'])

  const { AuthenticationResult } = await sdk.send(
    new cognito.InitiateAuthCommand({
      ClientId,
      AuthFlow: 'USER_PASSWORD_AUTH',
      AuthParameters: { USERNAME: 'invited', PASSWORD: Password },
    }),
  )
  const { AccessToken } = AuthenticationResult ?? {}
  for (const [AttributeName, expected] of [
    ['phone_number', ['SMS', 'attribute verification', undefined, 'Text SECRET']],
    ['email', ['EMAIL', 'attribute verification', 'Mail', 'Mail SECRET']],
  ] as const) {
    await sdk.send(new cognito.GetUserAttributeVerificationCodeCommand({ AccessToken, AttributeName }))
    t.strictSame(await letter('invited'), expected, AttributeName)
  }
})

t.test('T50 a template of a link without its place', async t => {
  const rockpool = await aRockpool(t, { seed: { UserPools: [] } })
  const VerificationMessageTemplate = { EmailMessageByLink: 'Click here' }
  const create = new cognito.CreateUserPoolCommand({ PoolName: 'P', VerificationMessageTemplate })
  t.match(await refusal(anSdk(t, rockpool).send(create)), [
    'InvalidParameterException',
    /^1 validation error detected: Value 'Click here' at 'verificationMessageTemplate.emailMessageByLink' failed to satisfy constraint: Member must satisfy regular expression pattern: .*\\\{##/,
  ])
})

t.test(
  'a mail comes from whom the pool names, from its identity at SES, or from Cognito; a text message from nobody',
  async t => {
    const SourceArn = 'arn:aws:ses:us-east-1:123456789012:identity/reef@reef.example'
    const developer = { EmailSendingAccount: 'DEVELOPER', SourceArn } as const
    const From = 'The reef <hello@reef.example>'
    const senders: [cognito.EmailConfigurationType | undefined, string][] = [
      [undefined, 'no-reply@verificationemail.com'],
      [developer, 'reef@reef.example'],
      [{ ...developer, From }, From],
    ]
    for (const [EmailConfiguration, sender] of senders) {
      const { rockpool, sdk, UserPoolId } = await aPool(t, {
        ...(EmailConfiguration && { EmailConfiguration }),
      })
      const create = (
        Username: string,
        UserAttributes: cognito.AttributeType[],
        medium: cognito.DeliveryMediumType,
      ) =>
        sdk.send(
          new cognito.AdminCreateUserCommand({
            UserPoolId,
            Username,
            UserAttributes,
            DesiredDeliveryMediums: [medium],
          }),
        )
      await create('marco', [email], 'EMAIL')
      await create('ada', [phone], 'SMS')
      const sent = await rockpool.operations.messages()
      t.strictSame(
        sent.map(({ medium, from }) => [medium, from]),
        [
          ['EMAIL', sender],
          ['SMS', undefined],
        ],
      )
    }
  },
)

t.test('codes of a sign-in have the words of the MFA configuration', async t => {
  const { sdk, UserPoolId, ClientId, letter } = await aPool(t, {
    SmsAuthenticationMessage: 'Pool {####}',
    Policies: { SignInPolicy: { AllowedFirstAuthFactors: ['PASSWORD', 'SMS_OTP', 'EMAIL_OTP'] } },
    // Mails of a sign-in need a sender of the pool's own.
    EmailConfiguration: {
      EmailSendingAccount: 'DEVELOPER',
      SourceArn: 'arn:aws:ses:us-east-1:123456789012:identity/reef@reef.example',
    },
  })
  await sdk.send(
    new cognito.AdminCreateUserCommand({
      UserPoolId,
      Username: 'marco',
      UserAttributes: [phone, email, ...verified],
    }),
  )
  await sdk.send(
    new cognito.AdminSetUserPasswordCommand({ UserPoolId, Username: 'marco', Password, Permanent: true }),
  )
  const choose = (PREFERRED_CHALLENGE: string) =>
    sdk.send(
      new cognito.InitiateAuthCommand({
        ClientId,
        AuthFlow: 'USER_AUTH',
        AuthParameters: { USERNAME: 'marco', PREFERRED_CHALLENGE },
      }),
    )
  await choose('SMS_OTP')
  t.strictSame(await letter('marco'), ['SMS', 'sign-in', undefined, 'Pool SECRET'], 'as the pool was created')
  await choose('EMAIL_OTP')
  t.strictSame(
    await letter('marco'),
    ['EMAIL', 'sign-in', 'Your authentication code', 'Your authentication code is SECRET. '],
    'by default',
  )
  const configure = (MfaConfiguration: 'ON' | 'OPTIONAL') =>
    sdk.send(
      new cognito.SetUserPoolMfaConfigCommand({
        UserPoolId,
        MfaConfiguration,
        EmailMfaConfiguration: { Message: 'Mail {####}', Subject: 'Sign in' },
        SmsMfaConfiguration: {
          SmsAuthenticationMessage: 'Text {####}',
          SmsConfiguration: { SnsCallerArn: 'arn:aws:iam::000000000000:role/sms' },
        },
      }),
    )
  await configure('OPTIONAL')
  await choose('SMS_OTP')
  t.strictSame(await letter('marco'), ['SMS', 'sign-in', undefined, 'Text SECRET'])
  await choose('EMAIL_OTP')
  t.strictSame(await letter('marco'), ['EMAIL', 'sign-in', 'Sign in', 'Mail SECRET'])

  for (const [settings, challenge, expected] of [
    [
      { SMSMfaSettings: { Enabled: true, PreferredMfa: true } },
      'SMS_MFA',
      ['SMS', 'sign-in', undefined, 'Text SECRET'],
    ],
    [
      { EmailMfaSettings: { Enabled: true, PreferredMfa: true } },
      'EMAIL_OTP',
      ['EMAIL', 'sign-in', 'Sign in', 'Mail SECRET'],
    ],
  ] as const) {
    await sdk.send(
      new cognito.AdminSetUserMFAPreferenceCommand({ UserPoolId, Username: 'marco', ...settings }),
    )
    const { ChallengeName } = await sdk.send(
      new cognito.InitiateAuthCommand({
        ClientId,
        AuthFlow: 'USER_PASSWORD_AUTH',
        AuthParameters: { USERNAME: 'marco', PASSWORD: Password },
      }),
    )
    t.equal(ChallengeName, challenge)
    t.strictSame(await letter('marco'), expected, challenge)
  }
})

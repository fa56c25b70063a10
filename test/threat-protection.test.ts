import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import t, { type Test } from 'tap'
import type { GivenRiskRule } from '../src/control/risk.js'
import { poolFindings } from '../src/core/rules/pool.js'
import { riskFindings } from '../src/core/rules/protection.js'
import type { TriggerEvent, TriggerHandlers } from '../src/index.js'
import { isRange, isWithin } from '../src/lib/ip-range.js'
import { anSdk, refusal } from './support/api.js'
import { aBrowser } from './support/browser.js'
import { aClock, aRockpool } from './support/rockpool.js'

/** Threat protection: rules of the test decide which risk a sign-in has, and the configuration what comes of it. */

const UserPoolId = 'us-east-1_Reef0003'
const ClientId = 'app0client0of0the0reef'
const password = 'Anemone-1-Jane!'
const callback = 'https://app.example/cb'
const blockedByRisk = ['NotAuthorizedException', 'Unable to login because of security reasons.']
const blockedByAddress = ['NotAuthorizedException', 'Request not allowed due to security reasons.']
const unsafe = ['InvalidPasswordException', 'Provided password cannot be used for security reasons.']

const action = (EventAction: cognito.AccountTakeoverEventActionType, Notify = false) => ({
  EventAction,
  Notify,
})
const takeover = {
  Actions: {
    LowAction: action('NO_ACTION', true),
    MediumAction: action('MFA_IF_CONFIGURED'),
    HighAction: action('BLOCK', true),
  },
  NotifyConfiguration: {
    SourceArn: 'arn:aws:ses:us-east-1:123456789012:identity/safety@reef.example',
    From: 'Reef Safety <safety@reef.example>',
    BlockEmail: {
      Subject: 'Blocked, {username}',
      HtmlBody:
        '<p>{login-time} {ip-address} {city} {country} {device-name} {event-id} <a href="{one-click-link-valid}">me</a> <a href="{one-click-link-invalid}">not me</a> {feedback-token}</p>',
      TextBody: 'blocked',
    },
  },
}
const compromised = (EventAction: 'BLOCK' | 'NO_ACTION', EventFilter?: cognito.EventFilterType[]) => ({
  CompromisedCredentialsRiskConfiguration: { Actions: { EventAction }, ...(EventFilter && { EventFilter }) },
})

const user = (Username: string, more: object[] = []) => ({
  Username,
  Password: password,
  UserAttributes: [
    { Name: 'email', Value: `${Username}@example.com` },
    { Name: 'email_verified', Value: 'true' },
    ...more,
  ],
})

interface Given {
  readonly mode?: 'OFF' | 'AUDIT' | 'ENFORCED'
  readonly risk?: object | undefined
  readonly rules?: readonly GivenRiskRule[]
  readonly pool?: object
  readonly triggers?: TriggerHandlers
}

async function aReef(t: Test, { mode = 'ENFORCED', risk, rules = [], pool = {}, triggers }: Given = {}) {
  const clock = aClock()
  const rockpool = await aRockpool(t, {
    clock,
    ...(triggers && { triggers: { reef: triggers } }),
    seed: {
      UserPools: [
        {
          PoolName: 'reef',
          Id: UserPoolId,
          Domain: 'reef',
          UserPoolTier: 'PLUS',
          UserPoolAddOns: { AdvancedSecurityMode: mode },
          AutoVerifiedAttributes: ['email'],
          MfaConfiguration: 'OPTIONAL',
          SmsConfiguration: { SnsCallerArn: 'arn:aws:iam::123456789012:role/sms' },
          SmsMfaConfiguration: { SmsConfiguration: { SnsCallerArn: 'arn:aws:iam::123456789012:role/sms' } },
          ...(risk && { RiskConfigurations: [risk] }),
          Clients: [
            {
              ClientName: 'app',
              ClientId,
              ExplicitAuthFlows: [
                'ALLOW_ADMIN_USER_PASSWORD_AUTH',
                'ALLOW_USER_PASSWORD_AUTH',
                'ALLOW_REFRESH_TOKEN_AUTH',
              ],
              AllowedOAuthFlowsUserPoolClient: true,
              AllowedOAuthFlows: ['code'],
              AllowedOAuthScopes: ['openid'],
              CallbackURLs: [callback],
              SupportedIdentityProviders: ['COGNITO'],
            },
          ],
          Users: [user('jane'), user('otto', [{ Name: 'phone_number', Value: '+15550001234' }])],
          ...pool,
        },
      ],
    },
  })
  const sdk = anSdk(t, rockpool)
  await rockpool.operations.setRiskRules(rules)
  const signIn = (USERNAME = 'jane', IpAddress?: string, PASSWORD = password) =>
    sdk.send(
      new cognito.AdminInitiateAuthCommand({
        UserPoolId,
        ClientId,
        AuthFlow: 'ADMIN_USER_PASSWORD_AUTH',
        AuthParameters: { USERNAME, PASSWORD },
        ...(IpAddress && {
          ContextData: { IpAddress, ServerName: 'api', ServerPath: '/', HttpHeaders: [] },
        }),
      }),
    )
  const events = async (Username = 'jane') =>
    (await sdk.send(new cognito.AdminListUserAuthEventsCommand({ UserPoolId, Username }))).AuthEvents ?? []
  const set = (configuration: object, client?: string) =>
    sdk.send(
      new cognito.SetRiskConfigurationCommand({
        UserPoolId,
        ...(client && { ClientId: client }),
        ...configuration,
      }),
    )
  const notices = async () =>
    (await rockpool.operations.messages()).filter(({ purpose }) => purpose === 'security notice')
  return { rockpool, sdk, signIn, events, set, notices, clock }
}

const risk = { AccountTakeoverRiskConfiguration: takeover }

t.test(
  'a sign-in of a high risk is blocked, recorded and told to the user, who can say who it was',
  async t => {
    const { signIn, events, notices, rockpool } = await aReef(t, {
      risk,
      rules: [
        { username: 'jane', address: '192.0.2.0/24', level: 'High', city: 'Lagos', country: 'Nigeria' },
      ],
    })
    t.ok((await signIn('jane', '198.51.100.1')).AuthenticationResult, 'from elsewhere')
    t.strictSame(await refusal(signIn('jane', '192.0.2.7')), blockedByRisk)
    const [event] = await events()
    t.match(event, {
      EventType: 'SignIn',
      EventResponse: 'Fail',
      EventRisk: { RiskDecision: 'Block', RiskLevel: 'High', CompromisedCredentialsDetected: false },
      EventContextData: { IpAddress: '192.0.2.7', City: 'Lagos', Country: 'Nigeria' },
    })
    const [flight] = rockpool.operations.flights({ limit: 1 })
    t.match(
      rockpool.operations.flight(flight?.id ?? '')?.hops.flatMap(({ refusals }) => refusals),
      [{ because: /jane has the risk High.*HighAction/, remedy: /_rockpool\/risk/ }],
    )
    const [mail, ...others] = await notices()
    t.strictSame(others, [])
    t.match(mail, {
      to: 'jane@example.com',
      from: 'Reef Safety <safety@reef.example>',
      subject: 'Blocked, jane',
      madeBy: 'NotifyConfiguration.BlockEmail',
    })
    t.match(mail?.body, `192.0.2.7 Lagos Nigeria Other, Other ${event?.EventId}`)
    const [valid = '', invalid = ''] = [...(mail?.body ?? '').matchAll(/href="([^"]+)"/g)].map(
      ([, href = '']) => href.replaceAll('&amp;', '&'),
    )
    t.equal((await fetch(valid.replace(/token=[^&]+/, 'token=forged'))).status, 400)
    t.strictSame(await refusal(signIn('jane', '192.0.2.7')), blockedByRisk)
    t.equal((await fetch(valid)).status, 200)
    t.match((await events()).find(({ EventId }) => EventId === event?.EventId)?.EventFeedback, {
      FeedbackValue: 'Valid',
      Provider: 'User',
    })
    t.ok((await signIn('jane', '192.0.2.7')).AuthenticationResult, 'her own address from now on')
    t.strictSame(await refusal(signIn('jane', '192.0.2.8')), blockedByRisk, 'and no other')
    await fetch(invalid)
    t.strictSame(await refusal(signIn('jane', '192.0.2.7')), blockedByRisk)
  },
)

t.test('a custom sender of mails is called for a sign-in at risk, in the place of a mail', async t => {
  const calls: TriggerEvent<'CustomEmailSender'>[] = []
  const { signIn, events, notices } = await aReef(t, {
    risk,
    rules: [{ level: 'High', city: 'Lagos' }],
    triggers: {
      CustomEmailSender: event => {
        calls.push(event)
      },
    },
  })
  t.strictSame(await refusal(signIn('jane', '192.0.2.7')), blockedByRisk)
  const [event] = await events()
  t.match(calls, [
    {
      triggerSource: 'CustomEmailSender_AccountTakeOverNotification',
      userName: 'jane',
      callerContext: { clientId: ClientId },
    },
  ])
  const { code, userAttributes, type } = calls[0]?.request ?? {}
  t.strictSame([type, code], ['customEmailSenderRequestV1', null])
  const { FEEDBACK_TOKEN, ONE_CLICK_LINK_VALID = '', ONE_CLICK_LINK_INVALID, ...told } = userAttributes ?? {}
  t.strictSame(told, {
    EVENT_ID: event?.EventId,
    USER_NAME: 'jane',
    IP_ADDRESS: '192.0.2.7',
    CITY: 'Lagos',
    ACCOUNT_TAKE_OVER_ACTION: 'BLOCK',
    LOGIN_TIME: 'Wed, 25 Nov 2026 12:00:00 GMT',
    DEVICE_NAME: 'Other, Other',
  })
  const [message, ...others] = await notices()
  t.strictSame(others, [])
  t.match(message, { to: 'jane@example.com', madeBy: 'CustomEmailSender', body: '', secret: FEEDBACK_TOKEN })
  t.match(ONE_CLICK_LINK_INVALID, /value=Invalid/)
  t.equal((await fetch(ONE_CLICK_LINK_VALID)).status, 200)
  t.ok((await signIn('jane', '192.0.2.7')).AuthenticationResult, 'the address is known as hers')
})

t.test('an administrator who finds an event invalid makes its address one of a high risk', async t => {
  const { signIn, events, sdk } = await aReef(t, { risk })
  await signIn('jane', '192.0.2.7')
  const [event] = await events()
  t.match(event?.EventRisk, { RiskDecision: 'NoRisk' })
  await sdk.send(
    new cognito.AdminUpdateAuthEventFeedbackCommand({
      UserPoolId,
      Username: 'jane',
      EventId: event?.EventId,
      FeedbackValue: 'Invalid',
    }),
  )
  t.strictSame(await refusal(signIn('jane', '192.0.2.7')), blockedByRisk)
  t.ok((await signIn('otto', '192.0.2.7')).AuthenticationResult, 'of her alone')
})

t.test('a medium risk asks for a second factor where the user could have one', async t => {
  const { signIn, set, events, sdk, rockpool } = await aReef(t, { risk, rules: [{ level: 'Medium' }] })
  t.ok((await signIn('jane')).AuthenticationResult, 'jane has no telephone')
  const asked = await signIn('otto')
  t.equal(asked.ChallengeName, 'SMS_MFA')
  const code = (await rockpool.operations.messages({ username: 'otto' })).at(-1)?.secret ?? ''
  const answer = await sdk.send(
    new cognito.AdminRespondToAuthChallengeCommand({
      UserPoolId,
      ClientId,
      ChallengeName: 'SMS_MFA',
      Session: asked.Session,
      ChallengeResponses: { USERNAME: 'otto', SMS_MFA_CODE: code },
    }),
  )
  t.ok(answer.AuthenticationResult)
  t.match((await events('otto'))[0], {
    EventResponse: 'Pass',
    EventRisk: { RiskDecision: 'AccountTakeover', RiskLevel: 'Medium' },
  })
  await set({
    AccountTakeoverRiskConfiguration: { Actions: { MediumAction: action('MFA_REQUIRED') } },
  })
  t.strictSame(await refusal(signIn('jane')), blockedByRisk, 'required of her, too')
  t.equal((await signIn('otto')).ChallengeName, 'SMS_MFA')
})

t.test('a low risk is told, and lets in', async t => {
  const { signIn, notices, events } = await aReef(t, { risk, rules: [{ client: 'app', level: 'Low' }] })
  t.ok((await signIn()).AuthenticationResult)
  const [mail] = await notices()
  t.match(mail, { subject: 'New sign-in attempt', madeBy: 'the default of Rockpool' })
  t.ok((await events()).some(({ EventId }) => mail?.body.includes(EventId ?? '-')))
  t.match((await events())[0]?.EventRisk, { RiskDecision: 'AccountTakeover', RiskLevel: 'Low' })
})

t.test('each action has a mail of its own, whose values cannot bring HTML along', async t => {
  const mail = (Subject: string) => ({
    Subject,
    TextBody: `${Subject} of {username} by {device-name}, {unknown}`,
  })
  const { signIn, notices, rockpool } = await aReef(t, {
    risk: {
      AccountTakeoverRiskConfiguration: {
        Actions: {
          LowAction: action('NO_ACTION', true),
          MediumAction: action('MFA_IF_CONFIGURED', true),
        },
        NotifyConfiguration: {
          SourceArn: 'arn:aws:ses:us-east-1:123456789012:identity/safety@reef.example',
          NoActionEmail: mail('let in'),
          MfaEmail: mail('asked'),
        },
      },
    },
    pool: { Users: [user('<b>jane')] },
  })
  for (const level of ['Low', 'Medium'] as const) {
    await rockpool.operations.setRiskRules([{ level }])
    await signIn('<b>jane')
  }
  t.strictSame(
    (await notices()).map(({ subject, body, madeBy }) => [subject, body, madeBy]),
    [
      ['let in', 'let in of &lt;b&gt;jane by Other, Other, {unknown}', 'NotifyConfiguration.NoActionEmail'],
      ['asked', 'asked of &lt;b&gt;jane by Other, Other, {unknown}', 'NotifyConfiguration.MfaEmail'],
    ],
  )
})

t.test('AUDIT records what ENFORCED would act upon, and OFF records nothing', async t => {
  const rules = [{ level: 'High', passwords: [password] }] as const
  const audit = await aReef(t, {
    mode: 'AUDIT',
    rules,
    risk: {
      ...risk,
      ...compromised('BLOCK'),
      RiskExceptionConfiguration: { BlockedIPRangeList: ['127.0.0.0/8'] },
    },
  })
  t.ok((await audit.signIn()).AuthenticationResult)
  t.match((await audit.events())[0]?.EventRisk, {
    RiskDecision: 'AccountTakeover',
    RiskLevel: 'High',
    CompromisedCredentialsDetected: true,
  })
  t.strictSame(await audit.notices(), [])
  const off = await aReef(t, { mode: 'OFF', rules })
  t.ok((await off.signIn()).AuthenticationResult)
})

t.test('ranges of addresses are blocked or skipped', async t => {
  const { signIn, sdk, set, events } = await aReef(t, {
    risk: {
      ...risk,
      RiskExceptionConfiguration: {
        BlockedIPRangeList: ['192.0.2.0/24', '2001:db8::/32'],
        SkippedIPRangeList: ['198.51.100.0/24'],
      },
    },
    rules: [{ level: 'High' }],
  })
  for (const address of ['192.0.2.7', '2001:db8::7'])
    t.strictSame(await refusal(signIn('jane', address)), blockedByAddress)
  t.match((await events())[0], { EventResponse: 'Fail', EventRisk: { RiskDecision: 'Block' } })
  t.ok((await signIn('jane', '198.51.100.9')).AuthenticationResult, 'skipped')
  await set({ RiskExceptionConfiguration: { BlockedIPRangeList: ['127.0.0.0/8'] } })
  t.strictSame(
    await refusal(sdk.send(new cognito.SignUpCommand({ ClientId, Username: 'new', Password: password }))),
    blockedByAddress,
  )
  t.strictSame(
    await refusal(sdk.send(new cognito.ForgotPasswordCommand({ ClientId, Username: 'jane' }))),
    blockedByAddress,
  )
})

t.test('a client has threat protection of its own', async t => {
  const { signIn, set } = await aReef(t, { risk, rules: [{ level: 'High' }] })
  t.strictSame(await refusal(signIn()), blockedByRisk)
  await set({ AccountTakeoverRiskConfiguration: { Actions: { HighAction: action('NO_ACTION') } } }, ClientId)
  t.ok((await signIn()).AuthenticationResult)
})

t.test('a password that others know is refused where it is chosen, and ends where it is used', async t => {
  const leaked = 'Password-123!'
  const { signIn, sdk, set, events, rockpool } = await aReef(t, { risk: compromised('BLOCK') })
  const signUp = (Username: string) =>
    sdk.send(new cognito.SignUpCommand({ ClientId, Username, Password: leaked }))
  const setRules = (...passwords: string[]) => rockpool.operations.setRiskRules([{ passwords }])
  await setRules(leaked)
  t.strictSame(await refusal(signUp('new')), unsafe)
  const { AuthenticationResult } = await sdk.send(
    new cognito.InitiateAuthCommand({
      ClientId,
      AuthFlow: 'USER_PASSWORD_AUTH',
      AuthParameters: { USERNAME: 'jane', PASSWORD: password },
    }),
  )
  const change = () =>
    sdk.send(
      new cognito.ChangePasswordCommand({
        AccessToken: AuthenticationResult?.AccessToken,
        PreviousPassword: password,
        ProposedPassword: leaked,
      }),
    )
  t.strictSame(await refusal(change()), unsafe)
  await set(compromised('BLOCK', ['SIGN_IN']))
  await change()
  t.ok((await signUp('new')).UserSub, 'only sign-ins are looked at')
  t.strictSame(await refusal(signIn('jane', undefined, leaked)), [
    'PasswordResetRequiredException',
    'Password reset required for user due to security reasons',
  ])
  t.match((await events())[0], {
    EventResponse: 'Fail',
    EventRisk: { RiskDecision: 'Block', CompromisedCredentialsDetected: true },
  })
  const { UserStatus } = await sdk.send(new cognito.AdminGetUserCommand({ UserPoolId, Username: 'jane' }))
  t.equal(UserStatus, 'RESET_REQUIRED')
  await set(compromised('NO_ACTION'))
  await setRules(password)
  t.ok((await signIn('otto')).AuthenticationResult)
  t.match((await events('otto'))[0]?.EventRisk, {
    RiskDecision: 'NoRisk',
    CompromisedCredentialsDetected: true,
  })
})

t.test('at the hosted pages the same rules hold', async t => {
  const { rockpool } = await aReef(t, {
    risk,
    rules: [{ username: 'jane', level: 'High' }, { level: 'Medium' }],
  })
  const page = async (username: string) => {
    const browser = aBrowser()
    const query = new URLSearchParams({
      client_id: ClientId,
      redirect_uri: callback,
      scope: 'openid',
      response_type: 'code',
    })
    const url = `${rockpool.baseUrl}/reef/login?${query}`
    const text = await (await browser.get(url)).text()
    const _csrf = /name="_csrf" value="([^"]+)"/.exec(text)?.[1] ?? ''
    return browser.post(url, { _csrf, username, password })
  }
  t.match(await (await page('jane')).text(), /Unable to login because of security reasons\./)
  t.match((await page('otto')).headers.get('location'), /mfa/i, 'otto is asked for a code')
})

t.test('rules are set over HTTP, with names, and mistakes are told', async t => {
  const { rockpool, signIn } = await aReef(t, { risk })
  const put = (rules: object[]) =>
    fetch(`${rockpool.baseUrl}/_rockpool/risk`, { method: 'PUT', body: JSON.stringify({ rules }) })
  const rule = { pool: 'reef', client: 'app', level: 'High' }
  t.strictSame(await (await put([rule])).json(), { rules: [rule] })
  t.strictSame(await refusal(signIn()), blockedByRisk)
  t.match(await (await put([{ address: '300.1.2.3' }])).json(), { message: /"300\.1\.2\.3" is no address/ })
  t.match(await (await put([{ level: 'high' }])).json(), { message: /one of Low, Medium, High/ })
  t.strictSame(await (await fetch(`${rockpool.baseUrl}/_rockpool/risk`)).json(), { rules: [rule] })
  await put([])
  t.ok((await signIn()).AuthenticationResult)
})

t.test('custom sign-ins are judged where AdvancedSecurityAdditionalFlows says so', async t => {
  for (const [CustomAuthMode, isBlocked] of [
    ['ENFORCED', true],
    ['AUDIT', false],
  ] as const) {
    const rockpool = await aRockpool(t, {
      seed: {
        UserPools: [
          {
            PoolName: 'reef',
            Id: UserPoolId,
            UserPoolAddOns: {
              AdvancedSecurityMode: 'ENFORCED',
              AdvancedSecurityAdditionalFlows: { CustomAuthMode },
            },
            RiskConfigurations: [risk],
            Clients: [{ ClientName: 'app', ClientId, ExplicitAuthFlows: ['ALLOW_CUSTOM_AUTH'] }],
            Users: [user('jane')],
          },
        ],
      },
      triggers: {
        reef: {
          DefineAuthChallenge: event => {
            event.response.issueTokens = true
            event.response.failAuthentication = false
            return event
          },
        },
      },
    })
    await rockpool.operations.setRiskRules([{ level: 'High' }])
    const sdk = anSdk(t, rockpool)
    const begin = () =>
      sdk.send(
        new cognito.InitiateAuthCommand({
          ClientId,
          AuthFlow: 'CUSTOM_AUTH',
          AuthParameters: { USERNAME: 'jane' },
        }),
      )
    if (isBlocked) t.strictSame(await refusal(begin()), blockedByRisk)
    else t.ok((await begin()).AuthenticationResult)
    const { AuthEvents } = await sdk.send(
      new cognito.AdminListUserAuthEventsCommand({ UserPoolId, Username: 'jane' }),
    )
    t.equal(AuthEvents?.[0]?.EventRisk?.RiskDecision, isBlocked ? 'Block' : 'AccountTakeover')
  }
})

t.test('what a configuration and a pool may say', async t => {
  const on = { UserPoolAddOns: { AdvancedSecurityMode: 'AUDIT' } } as const
  const { NotifyConfiguration: _none, ...untold } = takeover
  t.equal(
    [...riskFindings(on, { AccountTakeoverRiskConfiguration: untold })][0]?.told,
    'NotifyConfiguration is required when Notify is true for an action',
  )
  t.strictSame([...riskFindings(on, { AccountTakeoverRiskConfiguration: takeover })], [])
  for (const BlockedIPRangeList of [['192.0.2.7'], ['300.0.0.0/8'], ['192.0.2.0/33'], ['x/8']])
    t.equal(
      [...riskFindings(on, { RiskExceptionConfiguration: { BlockedIPRangeList } })][0]?.told,
      'Incorrect CIDR format',
      String(BlockedIPRangeList),
    )
  const surroundings = { region: 'us-east-1', hasFactor: false }
  t.match(
    [...poolFindings({ ...on, UserPoolTier: 'ESSENTIALS' }, surroundings)],
    [
      {
        code: 'FeatureUnavailableInTierException',
        told: 'The following features need to be disabled for the ESSENTIALS pricing tier configured: Threat Protection',
      },
    ],
  )
  for (const settings of [on, { ...on, UserPoolTier: 'PLUS' as const }])
    t.strictSame([...poolFindings(settings, surroundings)], [])
  t.ok(isWithin('192.0.2.7', ['10.0.0.0/8', '192.0.2.0/24']))
  t.notOk(isWithin('192.0.3.7', ['192.0.2.0/24', '2001:db8::/32']))
  t.notOk(isWithin('not an address', ['0.0.0.0/0']))
  t.ok(isWithin('2001:db8:0:0::7', ['2001:DB8::/125', '::/128']))
  t.notOk(isWithin('2001:db8::8', ['2001:db8::7', '2001:db8::/125']))
  t.ok(isWithin('::1', ['::1']) && isWithin('1:2:3:4:5:6:7:8', ['1:2:3:4::/64']))
  t.ok(isRange('192.0.2.7') && isRange('2001:db8::/32') && !isRange('192.0.2.0/24/8'))
})

import { createHmac } from 'node:crypto'
import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import t, { type Test } from 'tap'
import { parseInvocation } from '../src/cli/options.js'
import { printLogs } from '../src/cli/seen.js'
import { plain } from '../src/cli/style.js'
import { seedOf } from '../src/config/seed/read.js'
import type { DeliveredLog } from '../src/core/delivered-log.js'
import { logDeliveryFindings } from '../src/core/rules/protection.js'
import { anSdk, refusal } from './support/api.js'
import { aClock, aRockpool } from './support/rockpool.js'

/** What `SetLogDeliveryConfiguration` delivers: kept here, and shown as the destination would have it. */

const group = 'arn:aws:logs:us-east-1:123456789012:log-group:reef'
const stream = 'arn:aws:firehose:us-east-1:123456789012:deliverystream/reef'
const password = 'Kingfisher-7-Jane!'

const ofMessages = {
  EventSource: 'userNotification',
  LogLevel: 'ERROR',
  CloudWatchLogsConfiguration: { LogGroupArn: group },
} as const
const ofEvents = {
  EventSource: 'userAuthEvents',
  LogLevel: 'INFO',
  FirehoseConfiguration: { StreamArn: stream },
} as const

const seed = (more: object = {}) => ({
  UserPools: [
    {
      PoolName: 'reef',
      Id: 'us-east-1_Reef0001',
      UserPoolTier: 'PLUS',
      UserPoolAddOns: { AdvancedSecurityMode: 'AUDIT' },
      AutoVerifiedAttributes: ['email'],
      LogConfigurations: [ofMessages, ofEvents],
      Clients: [
        {
          ClientName: 'app',
          ClientId: 'app0client0of0the0reef',
          ClientSecret: 'a0secret0of0the0app0that0is0long0enough',
          EnablePropagateAdditionalUserContextData: true,
          ExplicitAuthFlows: ['ALLOW_ADMIN_USER_PASSWORD_AUTH', 'ALLOW_USER_PASSWORD_AUTH'],
        },
      ],
      Users: [
        {
          Username: 'jane',
          Password: password,
          UserAttributes: [{ Name: 'email', Value: 'jane@example.com' }],
        },
      ],
      ...more,
    },
  ],
})

const UserPoolId = 'us-east-1_Reef0001'
const ClientId = 'app0client0of0the0reef'

async function aReef(t: Test, { more = {}, ...options }: { more?: object; [name: string]: unknown } = {}) {
  const clock = aClock()
  const rockpool = await aRockpool(t, { seed: seed(more), clock, ...options })
  const sdk = anSdk(t, rockpool)
  const signIn = (PASSWORD: string, ContextData?: cognito.ContextDataType) =>
    sdk.send(
      new cognito.AdminInitiateAuthCommand({
        UserPoolId,
        ClientId,
        AuthFlow: 'ADMIN_USER_PASSWORD_AUTH',
        AuthParameters: { USERNAME: 'jane', PASSWORD, SECRET_HASH: secretHash },
        ...(ContextData && { ContextData }),
      }),
    )
  const logs = async (query = '') => {
    const answer = await fetch(`${rockpool.baseUrl}/_rockpool/logs${query}`)
    return ((await answer.json()) as { logs: DeliveredLog[] }).logs
  }
  return { rockpool, clock, sdk, signIn, logs }
}

const secretHash = createHmac('sha256', 'a0secret0of0the0app0that0is0long0enough')
  .update(`jane${ClientId}`)
  .digest('base64')

/** As the libraries of AWS encode what they collect of a browser. */
const encodedOf = (contextData: object) =>
  Buffer.from(
    JSON.stringify({
      payload: JSON.stringify({ contextData, username: 'jane' }),
      signature: 's',
      version: 'JS20171115',
    }),
  ).toString('base64')

t.test('what users do goes to the destination of userAuthEvents, in the form that AWS documents', async t => {
  const { signIn, logs, sdk } = await aReef(t)
  await signIn(password, {
    IpAddress: '192.0.2.7',
    ServerName: 'api.example.com',
    ServerPath: '/sign-in',
    HttpHeaders: [],
    EncodedData: encodedOf({
      UserAgent:
        'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36',
      ClientTimezone: '-07:00',
    }),
  })
  const [log, ...others] = await logs('?pool=reef&source=userAuthEvents')
  t.strictSame(others, [])
  t.equal(log?.destination, stream)
  if (log === undefined) return t.fail('no log')
  const { message, ...rest } = log.entry
  t.strictSame(rest, {
    eventTimestamp: String(Date.parse('2026-11-25T12:00:00Z')),
    eventSource: 'USER_ACTIVITY',
    logLevel: 'INFO',
    logSourceId: { userPoolId: UserPoolId },
  })
  const { eventId, userSub, requestId, ...told } = message
  for (const id of [eventId, userSub, requestId]) t.match(id, /^[0-9a-f-]{36}$/)
  t.strictSame(told, {
    version: '1',
    eventType: 'SignIn',
    userName: 'jane',
    userPoolId: UserPoolId,
    clientId: ClientId,
    creationDate: 'Wed Nov 25 12:00:00 UTC 2026',
    eventResponse: 'Pass',
    riskLevel: '',
    riskDecision: 'PASS',
    challenges: ['Password:Success'],
    deviceName: 'Chrome 126, Windows 10',
    ipAddress: '192.0.2.7',
    idpName: '',
    compromisedCredentialDetected: 'false',
    city: '',
    country: '',
    eventFeedbackValue: '',
    eventFeedbackDate: '',
    eventFeedbackProvider: '',
    hasContextData: 'true',
  })
  const { AuthEvents } = await sdk.send(
    new cognito.AdminListUserAuthEventsCommand({ UserPoolId, Username: 'jane' }),
  )
  t.equal(AuthEvents?.[0]?.EventId, eventId, 'the event of the API')
  t.match(AuthEvents?.[0]?.EventContextData, {
    IpAddress: '192.0.2.7',
    DeviceName: 'Chrome 126, Windows 10',
    Timezone: '-07:00',
  })
  await signIn(password, {
    IpAddress: '2001:db8::7',
    ServerName: 'api.example.com',
    ServerPath: '/sign-in',
    HttpHeaders: [
      {
        headerName: 'User-Agent',
        headerValue: 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0',
      },
    ],
    EncodedData: 'not what the library writes',
  })
  t.match((await logs()).at(-1)?.entry, {
    message: { deviceName: 'Firefox 128, Linux', ipAddress: '2001:db8::7' },
  })
  await refusal(signIn('wrong'))
  t.match((await logs()).at(-1)?.entry, {
    message: { eventResponse: 'Fail', challenges: ['Password:Failure'], hasContextData: 'false' },
  })
})

t.test('the address that a public request tells counts for a client that may propagate it', async t => {
  const { sdk, logs } = await aReef(t)
  const begin = () =>
    sdk.send(
      new cognito.InitiateAuthCommand({
        ClientId,
        AuthFlow: 'USER_PASSWORD_AUTH',
        AuthParameters: { USERNAME: 'jane', PASSWORD: password, SECRET_HASH: secretHash },
        UserContextData: { IpAddress: '198.51.100.9' },
      }),
    )
  const address = async () => (await logs()).at(-1)?.entry.message.ipAddress
  await begin()
  t.equal(await address(), '198.51.100.9')
  await sdk.send(
    new cognito.UpdateUserPoolClientCommand({
      UserPoolId,
      ClientId,
      EnablePropagateAdditionalUserContextData: false,
      ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH'],
    }),
  )
  await begin()
  t.equal(await address(), '127.0.0.1', 'that of the request')
})

t.test('a message that cannot be sent goes to the destination of userNotification', async t => {
  const { sdk, logs, rockpool } = await aReef(t, {
    triggers: {
      reef: {
        CustomMessage: () => {
          throw new Error('no words')
        },
      },
    },
  })
  const invite = (Username: string) =>
    sdk.send(
      new cognito.AdminCreateUserCommand({
        UserPoolId,
        Username,
        UserAttributes: [{ Name: 'email', Value: `${Username}@example.com` }],
      }),
    )
  t.match(await refusal(invite('otto')), ['UserLambdaValidationException', /no words/])
  const [log] = await logs('?source=userNotification')
  t.equal(log?.destination, group)
  t.match(log?.entry, {
    eventSource: 'USER_NOTIFICATION',
    logLevel: 'ERROR',
    logSourceId: { userPoolId: UserPoolId },
  })
  t.match(
    log?.entry.message.details,
    /^EMAIL message for AdminCreateUser to the user .* was not sent: CustomMessage failed with error no words/,
  )
  t.strictSame(
    (await rockpool.operations.logs({ destination: 'log-group:reef' })).map(({ source }) => source),
    ['userNotification'],
  )
})

t.test('a custom sender that throws fails no request, and is in the log', async t => {
  const { sdk, logs } = await aReef(t, {
    more: {
      LambdaConfig: {
        KMSKeyID: 'arn:aws:kms:us-east-1:123456789012:key/a1b2c3d4-5678-90ab-cdef-1234567890ab',
        CustomEmailSender: {
          LambdaArn: 'arn:aws:lambda:us-east-1:123456789012:function:send',
          LambdaVersion: 'V1_0',
        },
      },
    },
    triggers: {
      reef: {
        CustomEmailSender: () => {
          throw new Error('no mail server')
        },
      },
    },
  })
  await sdk.send(
    new cognito.AdminCreateUserCommand({
      UserPoolId,
      Username: 'otto',
      UserAttributes: [{ Name: 'email', Value: 'otto@example.com' }],
    }),
  )
  let found = await logs('?source=userNotification')
  for (; found.length === 0; found = await logs('?source=userNotification'))
    await new Promise(resolve => setImmediate(resolve))
  t.match(found[0]?.entry.message.details, /^EMAIL message .* was not sent/)
})

t.test('a pool without a destination delivers nothing, and entries are gone after a day', async t => {
  const { sdk, signIn, logs, clock } = await aReef(t)
  await signIn(password)
  t.equal((await logs()).length, 1)
  clock.advance({ seconds: 25 * 3600 })
  t.equal((await logs()).length, 0)
  await sdk.send(new cognito.SetLogDeliveryConfigurationCommand({ UserPoolId, LogConfigurations: [] }))
  await signIn(password)
  t.strictSame(await logs(), [])
})

t.test('rockpool logs and the page of the pool show the entries', async t => {
  const { signIn, rockpool } = await aReef(t)
  await signIn(password)
  const lines: string[] = []
  const output = { out: (text: string) => lines.push(text), err: () => {}, style: plain }
  const invocation = parseInvocation(['logs', '--base-url', rockpool.baseUrl, '--pool', 'reef'], {})
  if (!('options' in invocation)) return t.fail('no options')
  await printLogs(invocation.options, output)
  t.match(lines.join(''), /INFO userAuthEvents: jane: SignIn Pass\n +arn:aws:firehose/)
  const page = await (
    await fetch(`${rockpool.baseUrl}/_rockpool/pools/${UserPoolId}`, {
      headers: { accept: 'text/html' },
    })
  ).text()
  t.match(page, /Log delivery/)
  t.match(page, /&quot;eventResponse&quot;:&quot;Pass&quot;/)
})

t.test('a configuration is held to what each source can have', async t => {
  const findings = (configurations: object[], settings = {}) =>
    [...logDeliveryFindings(settings, configurations as never, 'us-east-1')].map(({ told }) => told)
  t.strictSame(findings([ofMessages, ofEvents]), [])
  const cases: [object[], string, object?][] = [
    [[ofMessages, ofMessages], 'Following event sources appear more then once in a request'],
    [
      [{ ...ofMessages, LogLevel: 'INFO' }],
      'Log level INFO is not supported for the event source userNotification',
    ],
    [
      [{ ...ofEvents, FirehoseConfiguration: undefined }],
      'Exactly one logging destination must be specified for each event source',
    ],
    [
      [{ ...ofEvents, ...ofMessages, LogLevel: 'INFO', EventSource: 'userAuthEvents' }],
      'Exactly one logging destination must be specified for each event source',
    ],
    [
      [{ ...ofEvents, EventSource: 'userNotification', LogLevel: 'ERROR' }],
      'The event source userNotification supports only CloudWatch Logs as its destination',
    ],
    [
      [{ ...ofMessages, CloudWatchLogsConfiguration: { LogGroupArn: stream } }],
      'Invalid ARN in CloudWatchLogsConfiguration',
    ],
    [
      [{ ...ofEvents, FirehoseConfiguration: { StreamArn: stream.replace('us-east-1', 'eu-west-1') } }],
      'ARN does not belong to current region',
    ],
    [
      [ofMessages],
      'The following feature is not available for the LITE pricing tier configured: Log Streaming',
      { UserPoolTier: 'LITE' },
    ],
    [
      [ofEvents],
      'The following feature is not available for the ESSENTIALS pricing tier configured: Threat Protection',
      { UserPoolTier: 'ESSENTIALS' },
    ],
  ]
  for (const [configurations, told, settings] of cases)
    t.equal(findings(configurations, settings)[0], told, told)
  const { sdk } = await aReef(t)
  const set = (more: object) =>
    sdk.send(
      new cognito.SetLogDeliveryConfigurationCommand({
        UserPoolId,
        LogConfigurations: [{ ...ofMessages, ...more }],
      }),
    )
  t.strictSame(await refusal(set({ LogLevel: 'INFO' })), [
    'InvalidParameterException',
    'Log level INFO is not supported for the event source userNotification',
  ])
  const bucket = { S3Configuration: { BucketArn: 'arn:aws:s3:::reef-logs' } }
  const replaced = [{ EventSource: 'userAuthEvents', LogLevel: 'INFO', ...bucket }] as const
  await sdk.send(
    new cognito.SetLogDeliveryConfigurationCommand({ UserPoolId, LogConfigurations: [...replaced] }),
  )
  const { LogDeliveryConfiguration } = await sdk.send(
    new cognito.GetLogDeliveryConfigurationCommand({ UserPoolId }),
  )
  t.strictSame(LogDeliveryConfiguration?.LogConfigurations, replaced)
  t.throws(() => seedOf(seed({ LogConfigurations: [{ ...ofMessages, LogLevel: 'INFO' }] })), {
    message: /LogConfigurations\[0\]\.LogLevel\n.*logged at ERROR only/,
  })
})

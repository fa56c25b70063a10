import { once } from 'node:events'
import { Agent, type IncomingMessage, request } from 'node:http'
import { Readable } from 'node:stream'
import { setTimeout as later } from 'node:timers/promises'
import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import t, { type Test } from 'tap'
import { startRockpool } from '../src/emulator.js'
import { rowsOf } from '../src/flows/administration/import-jobs/rows.js'
import { anSdk, refusal } from './support/api.js'
import { shareKeys } from './support/keys.js'
import { aClock, aRockpool } from './support/rockpool.js'

const role = 'arn:aws:iam::123456789012:role/logs'
const precondition = 'PreconditionNotMetException'

/** A pool that verifies addresses, an app, and what is done to import into it. */
async function aPool(t: Test, settings: Partial<cognito.CreateUserPoolCommandInput> = {}) {
  const clock = aClock()
  const log: string[] = []
  const rockpool = await aRockpool(t, { seed: { UserPools: [] }, clock, log: line => log.push(line) })
  const sdk = anSdk(t, rockpool)
  const { UserPool } = await sdk.send(
    new cognito.CreateUserPoolCommand({
      PoolName: 'P',
      AutoVerifiedAttributes: ['email'],
      Schema: [{ Name: 'team', AttributeDataType: 'String', Mutable: true }],
      ...settings,
    }),
  )
  const UserPoolId = UserPool?.Id ?? ''
  return { rockpool, sdk, UserPoolId, clock, log, ...importing(sdk, UserPoolId) }
}

function importing(sdk: cognito.CognitoIdentityProviderClient, UserPoolId: string) {
  const create = async (more: Partial<cognito.CreateUserImportJobCommandInput> = {}) => {
    const { UserImportJob } = await sdk.send(
      new cognito.CreateUserImportJobCommand({
        UserPoolId,
        JobName: 'j',
        CloudWatchLogsRoleArn: role,
        ...more,
      }),
    )
    return { ...UserImportJob, JobId: UserImportJob?.JobId ?? '', url: UserImportJob?.PreSignedUrl ?? '' }
  }
  const describe = async (JobId: string) =>
    (await sdk.send(new cognito.DescribeUserImportJobCommand({ UserPoolId, JobId }))).UserImportJob ?? {}
  const start = async (JobId: string) =>
    (await sdk.send(new cognito.StartUserImportJobCommand({ UserPoolId, JobId }))).UserImportJob
  const stop = async (JobId: string) =>
    (await sdk.send(new cognito.StopUserImportJobCommand({ UserPoolId, JobId }))).UserImportJob
  const ended = async (JobId: string) => {
    for (;;) {
      const job = await describe(JobId)
      if (!/^(Pending|InProgress|Stopping)$/.test(job.Status ?? '')) return job
      await later(1)
    }
  }
  const run = async (csv: string) => {
    const { JobId, url } = await create()
    const answer = await put(url, csv)
    if (answer.status !== 200) throw new Error(await answer.text())
    await start(JobId)
    return ended(JobId)
  }
  const header = async () => (await sdk.send(new cognito.GetCSVHeaderCommand({ UserPoolId }))).CSVHeader ?? []
  return { create, describe, start, stop, ended, run, header }
}

/** As AWS's guide says it: `curl -T file -H "x-amz-server-side-encryption:aws:kms" URL`. */
const put = (url: string, body: RequestInit['body']) =>
  fetch(url, {
    method: 'PUT',
    headers: { 'x-amz-server-side-encryption': 'aws:kms' },
    body,
    duplex: 'half',
  } as RequestInit)

/** A file with these columns, and rows of the values that are not empty. */
const csv = (header: readonly string[], rows: readonly Record<string, string>[]) =>
  [
    header.join(','),
    ...rows.map(row =>
      header.map(name => ({ 'cognito:mfa_enabled': 'false', ...row })[name] ?? '').join(','),
    ),
  ].join('\n')

const user = (name: string, more: Record<string, string> = {}) => ({
  'cognito:username': name,
  email: `${name}@example.com`,
  email_verified: 'TRUE',
  ...more,
})

t.test('the columns of a file, and a job that imports it', async t => {
  const { header, create, describe, start, ended, sdk, UserPoolId, clock, log } = await aPool(t)
  const columns = await header()
  t.equal(
    columns.join(),
    'name,given_name,family_name,middle_name,nickname,preferred_username,profile,picture,website,email,' +
      'email_verified,gender,birthdate,zoneinfo,locale,phone_number,phone_number_verified,address,updated_at,' +
      'custom:team,cognito:mfa_enabled,cognito:username',
  )
  const made = await create()
  t.match(made, {
    JobId: /^import-[0-9a-z]{10}$/,
    JobName: 'j',
    UserPoolId,
    Status: 'Created',
    CloudWatchLogsRoleArn: role,
    ImportedUsers: 0,
    SkippedUsers: 0,
    FailedUsers: 0,
    CreationDate: new Date(clock.now()),
  })
  t.strictSame(
    await refusal(start(made.JobId)),
    [precondition, `No csv file was uploaded for ${made.JobId}`],
    'N28 before the upload',
  )
  await sdk.send(
    new cognito.SetUserPoolMfaConfigCommand({
      UserPoolId,
      MfaConfiguration: 'OPTIONAL',
      SoftwareTokenMfaConfiguration: { Enabled: true },
    }),
  )
  await sdk.send(
    new cognito.AdminCreateUserCommand({ UserPoolId, Username: 'there', MessageAction: 'SUPPRESS' }),
  )
  const file = csv(columns, [
    user('ada', { address: 'Sea Road 1\\, Tide', birthdate: '12/10/1815', 'custom:team': '"a ""b"", c"' }),
    user('there'),
    user('unverified', { email_verified: 'false' }),
    user('born', { birthdate: '1815-12-10' }),
    user('unreachable', { email: 'nowhere' }),
    user('mfa', { 'cognito:mfa_enabled': 'true' }),
    user('x'.repeat(16_001)),
    user('grace', { 'cognito:mfa_enabled': 'true', phone_number: '+15550001234' }),
  ])
  t.equal((await put(made.url, file)).status, 200)
  const started = await start(made.JobId)
  t.match(started, { Status: 'Pending', StartDate: new Date(clock.now()) })
  t.notOk(started?.PreSignedUrl, 'the file is not changed any longer')
  t.match(await ended(made.JobId), {
    Status: 'Succeeded',
    CompletionMessage: 'Import Job Completed Successfully.',
    CompletionDate: new Date(clock.now()),
    ImportedUsers: 2,
    SkippedUsers: 1,
    FailedUsers: 5,
  })
  t.match(
    log.filter(line => line.startsWith('import-')),
    [
      `${made.JobId}: [SKIPPED] Line Number 3 - The user already exists.`,
      /\[FAILED\] Line Number 4 - The User Record does not set any of the auto verified attributes to true/,
      /\[FAILED\] Line Number 5 - .*mm\/dd\/yyyy/,
      /\[FAILED\] Line Number 6 - Invalid email address format\./,
      /\[FAILED\] Line Number 7 - .*cognito:mfa_enabled/,
      /\[FAILED\] Line Number \d - The row has more than 16000 characters\./,
    ],
  )
  const ada = await sdk.send(new cognito.AdminGetUserCommand({ UserPoolId, Username: 'ada' }))
  t.equal(ada.UserStatus, 'RESET_REQUIRED')
  const of = (name: string) => ada.UserAttributes?.find(({ Name }) => Name === name)?.Value
  t.equal(of('address'), 'Sea Road 1, Tide', 'a backslash takes a comma in')
  t.equal(of('custom:team'), 'a "b", c', 'so do quotes')
  t.equal(of('email_verified'), 'true')
  t.equal(of('birthdate'), '12/10/1815')
  t.match(
    await sdk.send(new cognito.AdminGetUserCommand({ UserPoolId, Username: 'grace' })),
    { UserMFASettingList: ['SMS_MFA'] },
    'a second factor is imported with its user',
  )
  t.match(await refusal(start(made.JobId)), [precondition, /Succeeded/])
  t.equal((await put(made.url, file)).status, 403, 'the file of a job that is over')
  t.equal((await describe(made.JobId)).PreSignedUrl, undefined)
})

t.test('N27 N28 what a row needs, and a pool', async t => {
  const { sdk, UserPoolId, header, run } = await aPool(t)
  const columns = await header()
  const outcome = async (row: Record<string, string>) => (await run(csv(columns, [row]))).ImportedUsers
  t.equal(await outcome(user('ada', { phone_number: '', phone_number_verified: 'FALSE' })), 1, 'N27 FALSE')
  t.equal(
    await outcome(user('eve', { phone_number: '', phone_number_verified: 'TRUE' })),
    0,
    'TRUE of nothing',
  )
  t.equal(await outcome(user('bob', { 'cognito:mfa_enabled': '' })), 1, 'MFA left blank')
  t.equal(
    await outcome(user('cat', { 'cognito:mfa_enabled': 'true', phone_number: '+15550001234' })),
    0,
    'MFA where the pool has it OFF',
  )
  t.equal(await outcome(user('  dan ', { email: ' dan@example.com ' })), 1, 'white space around a value')
  t.ok(await sdk.send(new cognito.AdminGetUserCommand({ UserPoolId, Username: 'dan' })))
  t.equal(await outcome(user('two words')), 0, 'a blank in a user name')

  const without = await aPool(t, { AutoVerifiedAttributes: [] })
  const { JobId, url } = await without.create()
  await put(url, csv(columns, [user('ada')]))
  t.match(
    await refusal(without.start(JobId)),
    [precondition, /auto-verified/],
    'N28 a pool that verifies nothing',
  )
  t.match(await without.describe(JobId), { Status: 'Created' })
})

t.test('an imported user chooses a password first', async t => {
  const { header, run, sdk, UserPoolId, rockpool } = await aPool(t)
  t.equal((await run(csv(await header(), [user('ada')]))).ImportedUsers, 1)
  const { UserPoolClient } = await sdk.send(
    new cognito.CreateUserPoolClientCommand({
      UserPoolId,
      ClientName: 'app',
      ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
    }),
  )
  const ClientId = UserPoolClient?.ClientId ?? ''
  const signIn = (PASSWORD: string) =>
    sdk.send(
      new cognito.InitiateAuthCommand({
        ClientId,
        AuthFlow: 'USER_PASSWORD_AUTH',
        AuthParameters: { USERNAME: 'ada', PASSWORD },
      }),
    )
  t.match(await refusal(signIn('Anything-1!')), ['PasswordResetRequiredException'])
  await sdk.send(new cognito.ForgotPasswordCommand({ ClientId, Username: 'ada' }))
  const { messages } = (await (
    await fetch(`${rockpool.baseUrl}/_rockpool/messages?username=ada`)
  ).json()) as {
    messages: { secret: string }[]
  }
  await sdk.send(
    new cognito.ConfirmForgotPasswordCommand({
      ClientId,
      Username: 'ada',
      ConfirmationCode: messages.at(-1)?.secret ?? '',
      Password: 'Lovelace-1815!',
    }),
  )
  t.ok((await signIn('Lovelace-1815!')).AuthenticationResult?.AccessToken)
})

t.test('where e-mail addresses are usernames, the column holds one', async t => {
  const { header, run, sdk, UserPoolId } = await aPool(t, { UsernameAttributes: ['email'] })
  const columns = await header()
  const row = { 'cognito:username': 'ada@example.com', email_verified: 'true' }
  t.match(await run(csv(columns, [row, { ...row, 'cognito:username': 'grace' }])), {
    Status: 'Succeeded',
    ImportedUsers: 1,
    FailedUsers: 1,
  })
  const ada = await sdk.send(new cognito.AdminGetUserCommand({ UserPoolId, Username: 'ada@example.com' }))
  t.match(ada.Username, /^[0-9a-f-]{36}$/)
})

t.test('files that cannot be imported', async t => {
  const { header, run, create } = await aPool(t)
  const columns = await header()
  const swapped = [...columns].reverse()
  t.match(await run(csv(swapped, [user('ada')])), { Status: 'Succeeded', ImportedUsers: 1 }, 'in any order')
  for (const wrong of [columns.slice(1), [...columns, 'more'], [...columns, 'email'], []])
    t.match(
      await run(csv(wrong, [user('grace')])),
      { Status: 'Failed', CompletionMessage: /header/, ImportedUsers: 0 },
      `${wrong.length} columns`,
    )
  t.match(await run(csv(columns, [user('ada')])), {
    Status: 'Failed',
    CompletionMessage: 'Too many users have failed or been skipped during the import.',
    SkippedUsers: 1,
  })
  t.match(await run(csv(columns, [])), { Status: 'Succeeded', ImportedUsers: 0 }, 'nobody')
  t.match(await run(`${columns.join()}\na,b\n"open`), { Status: 'Failed', FailedUsers: 2 })
  const { url } = await create()
  const latin = await put(url, Buffer.from([0x61, 0xe4, 0x62]))
  t.equal(latin.status, 400)
  t.match(await latin.json(), { error: 'InvalidRequest', message: /UTF-8/ })
  t.match(await refusal(create({ PasswordHashingAlgorithm: 'BCRYPT' })), [
    'InvalidParameterException',
    /cannot import password hashes/,
  ])
})

t.test('the address for the file', async t => {
  const { create, describe, clock, start, stop, rockpool } = await aPool(t)
  const { JobId, url } = await create()
  t.ok(url.startsWith(`${rockpool.baseUrl}/_rockpool/imports/${JobId}?`))
  const changed = (name: string, value: string) => {
    const other = new URL(url)
    other.searchParams.set(name, value)
    return other.href
  }
  const expires = Number(new URL(url).searchParams.get('expires'))
  for (const bad of [
    changed('expires', String(expires + 1)),
    changed('signature', ''),
    url.split('?')[0] ?? '',
    url.replace(JobId, 'import-0'),
    url.replace(JobId, (await create()).JobId),
  ]) {
    const answer = await put(bad, 'x')
    t.equal(answer.status, 403)
    t.match(await answer.json(), { error: 'AccessDenied' })
  }
  clock.advance({ seconds: 15 * 60 })
  t.equal((await put(url, 'x')).status, 403, 'for a quarter of an hour')
  const { PreSignedUrl: next = '' } = await describe(JobId)
  t.equal((await put(next, 'x')).status, 200, 'a new one is told')
  t.equal((await put(next, 'y')).status, 200, 'and the file may be put again')
  t.equal((await put(next, Buffer.alloc(101 * 1024 * 1024, 'a'))).status, 413, 'no more than 100 MB')
  // Node's own client sends all of a body, and keeps the connection for the next one.
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  t.teardown(() => agent.destroy())
  const noText = Buffer.alloc(20 * 1024 * 1024, 0xff)
  t.equal(await putBy(agent, next, noText), 400, 'refused half-way')
  t.equal(await putBy(agent, next, Buffer.from('z')), 200, 'and the connection is as good as before')
  t.match(await refusal(stop(JobId)), [precondition])
  clock.advance({ seconds: 24 * 60 * 60 })
  t.match(await describe(JobId), { Status: 'Expired', PreSignedUrl: undefined })
  t.match(await refusal(start(JobId)), [precondition, /Expired/])
})

/** The status that a PUT by this agent is answered with. */
async function putBy(agent: Agent, url: string, body: Buffer): Promise<number | undefined> {
  const sent = request(url, { method: 'PUT', agent, headers: { 'content-length': body.length } })
  sent.end(body)
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]
  answer.resume()
  await once(answer, 'end')
  return answer.statusCode
}

t.test('the jobs of a pool run one at a time, and are listed with the newest first', async t => {
  const { create, header, start, stop, ended, sdk, UserPoolId, clock, rockpool } = await aPool(t)
  const columns = await header()
  const many = csv(
    columns,
    Array.from({ length: 5000 }, (_, index) => user(`u${index}`)),
  )
  const jobs: string[] = []
  for (let count = 0; count < 3; count += 1) {
    const { JobId, url } = await create()
    jobs.push(JobId)
    await put(url, many)
    clock.advance({ seconds: 1 })
  }
  const [first = '', second = '', third = ''] = jobs
  const list = (PaginationToken?: string) =>
    sdk.send(new cognito.ListUserImportJobsCommand({ UserPoolId, MaxResults: 2, PaginationToken }))
  const page = await list()
  t.strictSame(
    page.UserImportJobs?.map(({ JobId }) => JobId),
    [third, second],
    'the newest first',
  )
  t.strictSame(
    (await list(page.PaginationToken)).UserImportJobs?.map(({ JobId }) => JobId),
    [first],
  )
  const { UserPool: other } = await sdk.send(
    new cognito.CreateUserPoolCommand({ PoolName: 'other', AutoVerifiedAttributes: ['email'] }),
  )
  const elsewhere = { UserPoolId: other?.Id ?? '', JobId: first }
  t.match(await refusal(sdk.send(new cognito.DescribeUserImportJobCommand(elsewhere))), [
    'ResourceNotFoundException',
  ])

  const [one, two] = await Promise.allSettled([start(first), start(second)])
  t.strictSame([one.status, two.status].toSorted(), ['fulfilled', 'rejected'], 'one at a time')
  const [running, waiting] = one.status === 'fulfilled' ? [first, second] : [second, first]
  t.match(await refusal(start(waiting)), [precondition, /in progress/])
  for (const ask of [
    () => sdk.send(new cognito.UpdateUserPoolCommand({ UserPoolId })),
    () => sdk.send(new cognito.DeleteUserPoolCommand({ UserPoolId })),
    () =>
      sdk.send(
        new cognito.AddCustomAttributesCommand({
          UserPoolId,
          CustomAttributes: [{ Name: 'x', AttributeDataType: 'String' }],
        }),
      ),
  ])
    t.match(await refusal(ask()), ['UserImportInProgressException'])
  t.equal((await fetch(`${rockpool.baseUrl}/_rockpool/health`)).status, 200, 'others are answered meanwhile')
  t.match(await stop(running), { Status: 'Stopping' })
  const stopped = await ended(running)
  t.match(stopped, { Status: 'Stopped', CompletionMessage: /stopped/ })
  t.ok((stopped.ImportedUsers ?? 0) < 5000)
  await start(waiting)
  const { SkippedUsers = 0, ImportedUsers = 0, Status } = await ended(waiting)
  t.strictSame(
    [Status, SkippedUsers + ImportedUsers, SkippedUsers],
    ['Succeeded', 5000, stopped.ImportedUsers],
  )
})

t.test('an import goes on after a restart', async t => {
  const dataDir = t.testdir({})
  await shareKeys()
  const options = { port: 0, keys: 'recycled', dataDir } as const
  const before = await startRockpool(options)
  const sdk = anSdk(t, before)
  const { UserPool } = await sdk.send(
    new cognito.CreateUserPoolCommand({ PoolName: 'P', AutoVerifiedAttributes: ['email'] }),
  )
  const UserPoolId = UserPool?.Id ?? ''
  const { header, create, start } = importing(sdk, UserPoolId)
  const rows = Array.from({ length: 1000 }, (_, index) => user(`u${index}`))
  const { JobId, url } = await create()
  await put(url, csv(await header(), rows))
  await start(JobId)
  await before.close()
  const after = await startRockpool(options)
  t.teardown(() => after.close())
  const job = await importing(anSdk(t, after), UserPoolId).ended(JobId)
  t.match(job, { Status: 'Succeeded', ImportedUsers: 1000, SkippedUsers: 0 })
})

t.test('rows, wherever the pieces of the file end', async t => {
  const text = '\ufeffa,b\r\n1\\, 2,"x, ""y"""\r\n\r\nzwei\\n,\\\\\n'
  const expected = [
    ['a', 'b'],
    ['1, 2', 'x, "y"'],
    ['zwei\\n', '\\\\'],
  ]
  for (const size of [1, 2, 3, 5, 100]) {
    const pieces = text.match(new RegExp(`[\\s\\S]{1,${size}}`, 'g')) ?? []
    const rows = []
    for await (const row of rowsOf(Readable.from(pieces))) rows.push('values' in row ? row.values : row)
    t.strictSame(rows, expected, `pieces of ${size}`)
  }
})

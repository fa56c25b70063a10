/**
 * The AWS CLI and boto3 as they are installed, against Rockpool: `npm run test:aws`. No part of `npm test`, which needs
 * nothing but Node; `.ci/run` installs them. Where one is missing, this fails.
 */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { aRockpool } from './support/rockpool.js'

const run = promisify(execFile)

/** As a developer sets it: any credentials, and no files of the person who runs this. */
const env = {
  ...process.env,
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_DEFAULT_REGION: 'us-east-1',
  AWS_REGION: 'us-east-1',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_PAGER: '',
}

/** The `aws` binary, told where Rockpool is. What fails comes back as what it printed. */
async function aCli(t: Test) {
  const version = await run('aws', ['--version'], { env }).catch(() => undefined)
  if (version === undefined) throw new Error('There is no aws: install awscli.')
  t.comment(version.stdout.trim() || version.stderr.trim())
  const rockpool = await aRockpool(t, { seed: { UserPools: [] } })
  const aws = async (operation: string, ...options: string[]) => {
    const { stdout } = await run(
      'aws',
      ['--endpoint-url', rockpool.baseUrl, '--output', 'json', 'cognito-idp', operation, ...options],
      { env },
    )
    return (stdout.trim() === '' ? {} : JSON.parse(stdout)) as Answer
  }
  const refused = (operation: string, ...options: string[]) =>
    aws(operation, ...options).then(
      () => 'it succeeded',
      (error: { stderr: string }) => error.stderr.trim(),
    )
  return { rockpool, aws, refused }
}

// biome-ignore lint/suspicious/noExplicitAny: answers are looked at, and differ.
type Answer = any

t.test('a pool is built and used with the AWS CLI', async t => {
  const { aws, refused, rockpool } = await aCli(t)
  const { UserPool } = await aws(
    'create-user-pool',
    '--pool-name',
    'customers',
    '--auto-verified-attributes',
    'email',
  )
  const pool = ['--user-pool-id', UserPool.Id]
  t.match(UserPool.Id, /^us-east-1_/)
  t.match((await aws('describe-user-pool', ...pool)).UserPool, {
    Name: 'customers',
    AutoVerifiedAttributes: ['email'],
  })

  await aws('create-user-pool-domain', ...pool, '--domain', 'customers')
  t.equal(
    (await aws('describe-user-pool-domain', '--domain', 'customers')).DomainDescription.UserPoolId,
    UserPool.Id,
  )
  const issuer = `${rockpool.baseUrl}/${UserPool.Id}`
  await aws(
    'create-identity-provider',
    ...pool,
    '--provider-name',
    'Corporate',
    '--provider-type',
    'OIDC',
    '--provider-details',
    JSON.stringify({
      client_id: 'x',
      client_secret: 'y',
      attributes_request_method: 'GET',
      oidc_issuer: issuer,
      authorize_scopes: 'openid',
    }),
    '--attribute-mapping',
    'email=email',
  )
  t.match((await aws('list-identity-providers', ...pool)).Providers, [{ ProviderName: 'Corporate' }])
  const { UserPoolClient } = await aws(
    'create-user-pool-client',
    ...pool,
    '--client-name',
    'shop',
    '--explicit-auth-flows',
    'ALLOW_ADMIN_USER_PASSWORD_AUTH',
    'ALLOW_REFRESH_TOKEN_AUTH',
    '--supported-identity-providers',
    'COGNITO',
    'Corporate',
  )

  for (const name of ['ada', 'grace', 'hedy'])
    await aws(
      'admin-create-user',
      ...pool,
      '--username',
      name,
      '--message-action',
      'SUPPRESS',
      '--user-attributes',
      `Name=email,Value=${name}@example.com`,
    )
  const names = ({ Users }: Answer) => Users.map(({ Username }: Answer) => Username)
  t.strictSame(
    names(await aws('list-users', ...pool, '--page-size', '1')),
    ['ada', 'grace', 'hedy'],
    'page by page',
  )
  const first = await aws('list-users', ...pool, '--max-items', '2')
  t.strictSame(names(first), ['ada', 'grace'])
  t.strictSame(
    names(await aws('list-users', ...pool, '--max-items', '2', '--starting-token', first.NextToken)),
    ['hedy'],
  )
  t.strictSame(names(await aws('list-users', ...pool, '--filter', 'email ^= "gr"')), ['grace'])

  await aws('create-group', ...pool, '--group-name', 'divers')
  await aws('admin-add-user-to-group', ...pool, '--username', 'ada', '--group-name', 'divers')
  t.strictSame(names(await aws('list-users-in-group', ...pool, '--group-name', 'divers')), ['ada'])

  const password = 'Difference-1-Engine!'
  await aws('admin-set-user-password', ...pool, '--username', 'ada', '--password', password, '--permanent')
  const signIn = [
    'admin-initiate-auth',
    ...pool,
    '--client-id',
    UserPoolClient.ClientId,
    '--auth-flow',
    'ADMIN_USER_PASSWORD_AUTH',
    '--auth-parameters',
  ] as const
  const { AuthenticationResult } = await aws(...signIn, `USERNAME=ada,PASSWORD=${password}`)
  t.match((await aws('get-user', '--access-token', AuthenticationResult.AccessToken)).Username, 'ada')
  t.match(
    await refused(...signIn, 'USERNAME=ada,PASSWORD=wrong'),
    'An error occurred (NotAuthorizedException) when calling the AdminInitiateAuth operation: Incorrect username or password.',
  )
  t.match(
    await refused('admin-get-user', ...pool, '--username', 'nobody'),
    'An error occurred (UserNotFoundException) when calling the AdminGetUser operation: User does not exist.',
  )
  await aws('delete-user-pool-domain', ...pool, '--domain', 'customers')
  await aws('delete-user-pool', ...pool)
  t.strictSame((await aws('list-user-pools', '--max-results', '10')).UserPools, [])
})

t.test('an administrator’s script with boto3', async t => {
  const rockpool = await aRockpool(t, { seed: { UserPools: [] } })
  const python = await pythonWithBoto3()
  const { stdout } = await run(python, ['test/support/administrator.py', rockpool.baseUrl], { env })
  t.strictSame(JSON.parse(stdout), {
    challenge: 'NEW_PASSWORD_REQUIRED',
    users: ['user-0', 'user-1', 'user-2', 'user-3', 'user-4'],
    groups: ['divers'],
    status: 'CONFIRMED',
    claims: { username: 'user-0', groups: ['divers'] },
    codes: ['UserNotFoundException', 'NotAuthorizedException', 'InvalidPasswordException'],
  })
})

/** Debian's own Python has Debian's boto3, whatever other Python comes first. */
async function pythonWithBoto3(): Promise<string> {
  for (const python of ['/usr/bin/python3', 'python3'])
    if (
      await run(python, ['-c', 'import boto3'], { env }).then(
        () => true,
        () => false,
      )
    )
      return python
  throw new Error('No Python has boto3: install python3-boto3.')
}

import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import fastify from 'fastify'
import t, { type Test } from 'tap'
import { built } from '../src/api/built.js'
import { userPoolsApi } from '../src/api/index.js'
import { inputs } from '../src/api/operations.js'
import type { Service } from '../src/flows/service.js'
import { anSdk, refusal } from './support/api.js'
import { aBrowser } from './support/browser.js'
import { aClock, aRockpool, postForm } from './support/rockpool.js'

const IPE = 'InvalidParameterException'
const RNF = 'ResourceNotFoundException'

/** A Rockpool without pools, an SDK, and a pool made with it. */
async function anApi(t: Test, settings: Partial<cognito.CreateUserPoolCommandInput> = {}) {
  const clock = aClock()
  const rockpool = await aRockpool(t, { seed: { UserPools: [] }, clock })
  const sdk = anSdk(t, rockpool)
  const { UserPool: pool } = await sdk.send(new cognito.CreateUserPoolCommand({ PoolName: 'P', ...settings }))
  const UserPoolId = pool?.Id ?? ''
  return { rockpool, sdk, pool, UserPoolId, clock }
}

t.test('the wire', async t => {
  const { rockpool, UserPoolId } = await anApi(t)
  const signed = {
    authorization:
      'AWS4-HMAC-SHA256 Credential=AKID/20261125/us-east-1/cognito-idp/aws4_request, SignedHeaders=host, Signature=00ff',
  }
  const ask = (operation: string, body: string, headers: Record<string, string> = signed) =>
    fetch(rockpool.baseUrl, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': `AWSCognitoIdentityProviderService.${operation}`,
        ...headers,
      },
      body,
    })

  const answer = await ask('DescribeUserPool', JSON.stringify({ UserPoolId }))
  t.equal(answer.status, 200)
  t.match(Object.fromEntries(answer.headers), {
    'content-type': /^application\/x-amz-json-1\.1$/,
    'x-amzn-requestid': /^[0-9a-f-]{36}$/,
    'access-control-allow-origin': '*',
  })
  const { UserPool } = (await answer.json()) as { UserPool: { CreationDate: number } }
  t.equal(UserPool.CreationDate, Date.parse('2026-11-25T12:00:00Z') / 1000, 'times are seconds')

  const refused = await ask('DescribeUserPool', '{"UserPoolId":"us-east-1_ZZZZZZZZZ"}')
  t.equal(refused.status, 400)
  t.equal(refused.headers.get('x-amzn-errortype'), `${RNF}:`, 'U117 the header has a colon')
  t.strictSame(await refused.json(), {
    __type: RNF,
    message: 'User pool us-east-1_ZZZZZZZZZ does not exist.',
  })

  const cases: [name: string, answer: Promise<Response>, body: object][] = [
    ['no JSON', ask('ListUserPools', '{'), { __type: 'SerializationException' }],
    ['a list', ask('ListUserPools', '[]'), { __type: 'SerializationException' }],
    [
      'U118 an object for a text',
      ask('DescribeUserPool', '{"UserPoolId":{}}'),
      { __type: 'SerializationException', message: 'Start of structure or map found where not expected.' },
    ],
    [
      'U119 a boolean for a text',
      ask(
        'AdminCreateUser',
        '{"UserPoolId":"a","Username":"b","UserAttributes":[{"Name":"n","Value":true}]}',
      ),
      { __type: 'SerializationException', message: 'TRUE_VALUE can not be converted to a String' },
    ],
    ['an unknown operation', ask('DropUserPool', '{}'), { __type: 'UnknownOperationException' }],
    ['a small letter', ask('listUserPools', '{}'), { __type: 'UnknownOperationException' }],
    [
      'no signature',
      ask('ListUserPools', '{"MaxResults":1}', {}),
      { __type: 'MissingAuthenticationTokenException', message: 'Missing Authentication Token' },
    ],
    [
      'another signature',
      ask('ListUserPools', '{}', { authorization: 'Bearer x' }),
      { __type: 'IncompleteSignatureException' },
    ],
    ...Object.keys(inputs)
      .map(name => name.charAt(0).toUpperCase() + name.slice(1))
      .filter(name => !built.has(name))
      .map((name): [string, Promise<Response>, object] => [
        `${name} is not built`,
        ask(name, '{}'),
        { __type: 'NotImplementedException', message: new RegExp(name) },
      ]),
  ]
  for (const [name, answer, body] of cases) {
    const response = await answer
    t.equal(response.status, 400, name)
    t.match(await response.json(), body, name)
  }
  for (const target of ['ListUserPools', 'AWSOtherService.ListUserPools']) {
    const headers = { 'x-amz-target': target, ...signed }
    const other = await fetch(rockpool.baseUrl, { method: 'POST', headers, body: '{"MaxResults":1}' })
    t.strictSame(await other.json(), { __type: 'UnknownOperationException' }, `the target ${target}`)
  }
  const unknown = await ask(
    'DescribeUserPool',
    JSON.stringify({ UserPoolId, Colour: 'blue', Extra: { deep: [1] } }),
  )
  t.equal(unknown.status, 200, 'members that are not known are ignored')

  const preflight = await fetch(rockpool.baseUrl, {
    method: 'OPTIONS',
    headers: { origin: 'https://app.example', 'access-control-request-headers': 'content-type,x-amz-target' },
  })
  t.match(
    [preflight.status, Object.fromEntries(preflight.headers)],
    [
      200,
      {
        'access-control-allow-origin': '*',
        'access-control-allow-headers': 'content-type,x-amz-target',
        'access-control-expose-headers': /x-amzn-ErrorType/,
      },
    ],
    'U120',
  )
})

t.test('validation', async t => {
  const { sdk } = await anApi(t)
  const of = (asked: Promise<unknown>) => refusal(asked)
  t.strictSame(
    await of(sdk.send(new cognito.DescribeUserPoolCommand({ UserPoolId: 'bad' }))),
    [
      IPE,
      "1 validation error detected: Value 'bad' at 'userPoolId' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w-]+_[0-9a-zA-Z]+",
    ],
    'U93',
  )
  t.match(
    await of(sdk.send(new cognito.AdminGetUserCommand({ UserPoolId: 'us-east-1_x', Username: 'two words' }))),
    [IPE, /^1 validation error detected: Value at 'username' failed to satisfy constraint: Member must/],
    'U94 a sensitive value is not repeated',
  )
  t.strictSame(
    await of(
      sdk.send(
        new cognito.CreateUserPoolCommand({
          PoolName: '',
          MfaConfiguration: 'false' as 'OFF',
          Schema: [{ Name: '' }],
        }),
      ),
    ),
    [
      IPE,
      "4 validation errors detected: Value '' at 'poolName' failed to satisfy constraint: Member must have length greater than or equal to 1; Value '' at 'poolName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w\\s+=,.@-]+; Value 'false' at 'mfaConfiguration' failed to satisfy constraint: Member must satisfy enum value set: [OPTIONAL, OFF, ON]; Value '' at 'schema.1.member.name' failed to satisfy constraint: Member must have length greater than or equal to 1; Value '' at 'schema.1.member.name' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}]+".replace(
        '4 ',
        '5 ',
      ),
    ],
    'several errors are counted and joined',
  )
  t.match(
    await of(
      sdk.send(
        new cognito.CreateUserPoolClientCommand({
          UserPoolId: 'us-east-1_x',
          ClientName: 'c',
          AllowedOAuthFlows: ['token' as 'code'],
        }),
      ),
    ),
    [
      IPE,
      "Value '[token]' at 'allowedOAuthFlows' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: [implicit, client_credentials, code]]",
    ],
  )
  t.match(await of(sdk.send(new cognito.ListUserPoolsCommand({} as { MaxResults: number }))), [
    IPE,
    "Value null at 'maxResults' failed to satisfy constraint: Member must not be null",
  ])
})

t.test('whatever is sent, the answer is an exception, never a failure', async t => {
  const { rockpool, UserPoolId } = await anApi(t)
  const headers = {
    'x-amz-target': 'AWSCognitoIdentityProviderService.CreateUserPool',
    authorization:
      'AWS4-HMAC-SHA256 Credential=A/20261125/us-east-1/cognito-idp/aws4_request, SignedHeaders=host, Signature=00',
  }
  const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`
  const looks = (settings: string) => `{"UserPoolId":"${UserPoolId}","ClientId":"c","Settings":${settings}}`
  const branding = 'AWSCognitoIdentityProviderService.CreateManagedLoginBranding'
  const odd: [name: string, code: string, body: string | Uint8Array, headers?: Record<string, string>][] = [
    ['deep nesting', 'SerializationException', `{"PoolName":${deep(200_000)}}`],
    [
      'a deep document',
      'SerializationException',
      looks(`{"a":${deep(200_000)}}`),
      { 'x-amz-target': branding },
    ],
    ['a document that is not', 'ResourceNotFound', looks(`{"a":${deep(50)}}`), { 'x-amz-target': branding }],
    ['a big text', 'InvalidParameterException', JSON.stringify({ PoolName: 'x'.repeat(2_000_000) })],
    ['bytes that are no UTF-8', 'SerializationException', new Uint8Array([0x7b, 0xff, 0xfe, 0x7d])],
    ['UTF-16', 'SerializationException', new Uint8Array(Buffer.from('{"PoolName":"x"}', 'utf16le'))],
    ['half of a pair', 'InvalidParameterException', '{"PoolName":"\\ud800"}'],
    ['a line break', 'InvalidParameterException', '{"PoolName":"a\\r\\nSet-Cookie: x=1;\u20ac"}'],
    ['a prototype', 'InvalidParameterException', '{"__proto__":{"PoolName":"x"},"constructor":1}'],
    ['numbers beyond', 'SerializationException', '{"PoolName":1e999}'],
    ['a null', 'SerializationException', 'null'],
    ['no content type', 'SerializationException', '{"PoolName":"x"}', { 'content-type': 'nonsense' }],
    ['too much', 'RequestEntityTooLargeException', 'x'.repeat(4_000_000)],
  ]
  for (const [name, code, body, more] of odd) {
    const answer = await fetch(rockpool.baseUrl, {
      method: 'POST',
      headers: { ...headers, ...more },
      body: body as string,
    })
    t.equal(answer.status, code.startsWith('RequestEntity') ? 413 : 400, name)
    t.equal(answer.headers.get('access-control-allow-origin'), '*', `${name}: browsers may read it`)
    t.equal(answer.headers.get('set-cookie'), null, name)
    t.match(await answer.json(), { __type: code }, name)
  }
})

t.test('a mistake of ours is told as the service tells its own, and logged', async t => {
  const app = fastify()
  t.teardown(() => app.close())
  const log: string[] = []
  const broken = {
    chance: { uuid: () => '00000000-0000-4000-8000-000000000000' },
    recorder: { refused: () => {} },
    store: { get: () => Promise.reject(new Error('the disk is gone')) },
  } as unknown as Service
  userPoolsApi(app, broken, {
    accountId: '000000000000',
    discover: () => Promise.resolve(),
    trusted: () => ({ base: 'http://localhost', hostNames: [], allowOrigins: [] }),
    log: line => log.push(line),
  })
  const answer = await app.inject({
    method: 'POST',
    url: '/',
    headers: { 'x-amz-target': 'AWSCognitoIdentityProviderService.InitiateAuth' },
    payload: '{"ClientId":"c","AuthFlow":"USER_PASSWORD_AUTH","AuthParameters":{"PASSWORD":"secret"}}',
  })
  t.equal(answer.statusCode, 500)
  t.strictSame(answer.json(), { __type: 'InternalErrorException', message: 'An internal error occurred.' })
  t.equal(answer.headers['x-amzn-errortype'], 'InternalErrorException:')
  t.match(log, [/^Rockpool failed at POST \/: Error: the disk is gone/])
})

t.test('pools', async t => {
  const { sdk, pool, UserPoolId, rockpool } = await anApi(t)
  t.match(pool, {
    Id: /^us-east-1_[0-9A-Za-z]{9}$/,
    Arn: `arn:aws:cognito-idp:us-east-1:000000000000:userpool/${UserPoolId}`,
    Policies: {
      PasswordPolicy: { MinimumLength: 8, RequireSymbols: true, TemporaryPasswordValidityDays: 7 },
      SignInPolicy: { AllowedFirstAuthFactors: ['PASSWORD'] },
    },
    DeletionProtection: 'INACTIVE',
    MfaConfiguration: 'OFF',
    EstimatedNumberOfUsers: 0,
    EmailConfiguration: { EmailSendingAccount: 'COGNITO_DEFAULT' },
    AdminCreateUserConfig: { AllowAdminCreateUserOnly: false, UnusedAccountValidityDays: 7 },
    UserPoolTier: 'ESSENTIALS',
    VerificationMessageTemplate: { DefaultEmailOption: 'CONFIRM_WITH_CODE' },
  })
  t.equal(pool?.SchemaAttributes?.length, 20)
  t.match(pool?.SchemaAttributes?.[0], { Name: 'sub', Mutable: false, Required: true })
  for (const absent of ['AliasAttributes', 'UsernameAttributes', 'Domain', 'AccountRecoverySetting'] as const)
    t.equal(pool?.[absent], undefined, absent)

  const send = sdk.send.bind(sdk)
  const missing = { UserPoolId: 'us-east-1_ZZZZZZZZZ' }
  for (const command of [
    new cognito.DescribeUserPoolCommand(missing),
    new cognito.ListUsersCommand(missing),
    new cognito.ListGroupsCommand(missing),
    new cognito.DescribeIdentityProviderCommand({ ...missing, ProviderName: 'xyz' }),
  ])
    t.strictSame(
      await refusal(send(command as cognito.ListUsersCommand)),
      [RNF, 'User pool us-east-1_ZZZZZZZZZ does not exist.'],
      'U91',
    )
  const elsewhere = anSdk(t, rockpool, 'eu-west-1')
  t.match(
    await refusal(elsewhere.send(new cognito.DescribeUserPoolCommand({ UserPoolId }))),
    [RNF],
    'regions are kept apart',
  )

  const both = { PoolName: 'x', AliasAttributes: ['email'], UsernameAttributes: ['email'] } as const
  t.match(
    await refusal(
      send(
        new cognito.CreateUserPoolCommand({
          ...both,
          AliasAttributes: ['email'],
          UsernameAttributes: ['email'],
        }),
      ),
    ),
    [IPE, 'Only one of the aliasAttributes or usernameAttributes can be set in a User pool.'],
    'U105',
  )

  await send(
    new cognito.UpdateUserPoolCommand({
      UserPoolId,
      DeletionProtection: 'ACTIVE',
      Policies: { PasswordPolicy: { MinimumLength: 20 } },
    }),
  )
  t.match(
    await refusal(send(new cognito.DeleteUserPoolCommand({ UserPoolId }))),
    [IPE, /deletion protection is activated/],
    'U95',
  )
  await send(new cognito.UpdateUserPoolCommand({ UserPoolId }))
  const { UserPool: reset } = await send(new cognito.DescribeUserPoolCommand({ UserPoolId }))
  t.match(
    [reset?.DeletionProtection, reset?.Policies?.PasswordPolicy?.MinimumLength],
    ['INACTIVE', 8],
    'U106',
  )

  t.match(
    await refusal(
      send(
        new cognito.SetUserPoolMfaConfigCommand({
          UserPoolId,
          MfaConfiguration: 'OFF',
          SoftwareTokenMfaConfiguration: { Enabled: true },
        }),
      ),
    ),
    [IPE, "Invalid MFA configuration given, can't turn off MFA and configure an MFA together."],
    'U86',
  )
  await send(
    new cognito.SetUserPoolMfaConfigCommand({
      UserPoolId,
      MfaConfiguration: 'OPTIONAL',
      SoftwareTokenMfaConfiguration: { Enabled: true },
    }),
  )
  t.match(await send(new cognito.GetUserPoolMfaConfigCommand({ UserPoolId })), {
    MfaConfiguration: 'OPTIONAL',
    SoftwareTokenMfaConfiguration: { Enabled: true },
  })
  for (const MfaConfiguration of [undefined, 'ON', 'OFF'] as const) {
    await send(new cognito.UpdateUserPoolCommand({ UserPoolId, MfaConfiguration }))
    const { $metadata: _metadata, ...configuration } = await send(
      new cognito.GetUserPoolMfaConfigCommand({ UserPoolId }),
    )
    t.strictSame(
      configuration,
      MfaConfiguration === 'OFF'
        ? { MfaConfiguration: 'OFF' }
        : {
            MfaConfiguration: MfaConfiguration ?? 'OPTIONAL',
            SoftwareTokenMfaConfiguration: { Enabled: true },
          },
      `UpdateUserPool with the mode ${MfaConfiguration}`,
    )
    const { UserPool } = await send(new cognito.DescribeUserPoolCommand({ UserPoolId }))
    t.equal(UserPool?.MfaConfiguration, configuration.MfaConfiguration)
  }
  t.match(
    await refusal(send(new cognito.UpdateUserPoolCommand({ UserPoolId, MfaConfiguration: 'ON' }))),
    [
      IPE,
      'SMS configuration and Auto verification for phone_number are required when MFA is required/optional',
    ],
    'a second factor has to be there',
  )
  t.match(
    await refusal(
      send(
        new cognito.CreateUserPoolCommand({
          PoolName: 'x',
          UserPoolTier: 'LITE',
          Policies: { SignInPolicy: { AllowedFirstAuthFactors: ['PASSWORD', 'EMAIL_OTP'] } },
        }),
      ),
    ),
    ['FeatureUnavailableInTierException', /LITE pricing tier configured: Passwordless Sign-In/],
    'U90',
  )

  await send(
    new cognito.AddCustomAttributesCommand({
      UserPoolId,
      CustomAttributes: [{ Name: 'team', AttributeDataType: 'String' }],
    }),
  )
  t.match(
    await refusal(
      send(
        new cognito.AddCustomAttributesCommand({
          UserPoolId,
          CustomAttributes: [{ Name: 'team', AttributeDataType: 'Number' }],
        }),
      ),
    ),
    [IPE, 'custom:team: Existing attribute already has name custom:team.'],
  )

  const domain = (Domain: string) => send(new cognito.CreateUserPoolDomainCommand({ Domain, UserPoolId }))
  t.match(await refusal(domain('Bad_name')), [IPE])
  t.match(await refusal(domain('my-aws-pool')), [IPE, /reserved/])
  await domain('tide')
  t.match(await refusal(domain('tide2')), [IPE, 'User pool already has a domain configured.'], 'U103')
  const { UserPool: other } = await send(new cognito.CreateUserPoolCommand({ PoolName: 'other' }))
  t.match(
    await refusal(send(new cognito.CreateUserPoolDomainCommand({ Domain: 'tide', UserPoolId: other?.Id }))),
    [IPE, 'Domain already associated with another user pool.'],
    'U103',
  )
  t.match(await send(new cognito.DescribeUserPoolDomainCommand({ Domain: 'tide' })), {
    DomainDescription: { UserPoolId, Status: 'ACTIVE', Version: /^\d{14}$/ },
  })
  t.strictSame(
    (await send(new cognito.DescribeUserPoolDomainCommand({ Domain: 'none' }))).DomainDescription,
    {},
    'U102',
  )
  t.strictSame(
    (await elsewhere.send(new cognito.DescribeUserPoolDomainCommand({ Domain: 'tide' }))).DomainDescription,
    {},
    'a domain is known in its region',
  )
  t.match(
    await refusal(send(new cognito.DeleteUserPoolCommand({ UserPoolId }))),
    [IPE, /has a domain configured/],
    'U95',
  )

  const ResourceArn = pool?.Arn ?? ''
  await send(new cognito.TagResourceCommand({ ResourceArn, Tags: { a: '1', b: '2' } }))
  await send(new cognito.UntagResourceCommand({ ResourceArn, TagKeys: ['a'] }))
  t.strictSame((await send(new cognito.ListTagsForResourceCommand({ ResourceArn }))).Tags, { b: '2' })

  for (let index = 0; index < 3; index++)
    await send(new cognito.CreateUserPoolCommand({ PoolName: `p${index}` }))
  const names: string[] = []
  let NextToken: string | undefined
  do {
    const page = await send(new cognito.ListUserPoolsCommand({ MaxResults: 2, NextToken }))
    names.push(...(page.UserPools ?? []).map(({ Name = '' }) => Name))
    ;({ NextToken } = page)
  } while (NextToken !== undefined)
  t.strictSame(names.toSorted(), ['P', 'other', 'p0', 'p1', 'p2'])
  await send(new cognito.DeleteUserPoolDomainCommand({ Domain: 'tide', UserPoolId }))
  await send(new cognito.DeleteUserPoolCommand({ UserPoolId }))
  t.match(await refusal(send(new cognito.DescribeUserPoolCommand({ UserPoolId }))), [RNF])
})

t.test('what members of a pool say of each other', async t => {
  const { sdk, UserPoolId } = await anApi(t)
  const arn = (region: string) => `arn:aws:lambda:${region}:000000000000:function:f`
  const text = (Name: string, MinLength: string, MaxLength: string) => ({
    Name,
    AttributeDataType: 'String' as const,
    StringAttributeConstraints: { MinLength, MaxLength },
  })
  const mail = {
    EmailSendingAccount: 'DEVELOPER' as const,
    SourceArn: 'arn:aws:ses:us-east-1:000000000000:identity/a',
  }
  const tier = 'FeatureUnavailableInTierException'
  const lite = 'The following features need to be disabled for the LITE pricing tier configured: '
  const cases: [settings: Partial<cognito.CreateUserPoolCommandInput>, code: string, told: string][] = [
    [
      { LambdaConfig: { PreSignUp: arn('eu-west-1') } },
      IPE,
      'Cross-region lambda functions are not supported',
    ],
    [
      {
        UserPoolTier: 'LITE',
        LambdaConfig: { PreTokenGenerationConfig: { LambdaVersion: 'V2_0', LambdaArn: arn('us-east-1') } },
      },
      tier,
      `${lite}Token Customization with Pre-Token Generation Lambda V2_0`,
    ],
    [{ EmailConfiguration: { ...mail, From: 'nobody' } }, IPE, 'Provided From email address is invalid'],
    [{ Schema: [text('email', '5', '2')] }, IPE, 'user.email: Max length cannot be less than min length.'],
    [
      { Schema: [text('team', '5', '2')] },
      IPE,
      "Attribute custom:team cannot have a max length shorter than it's min length",
    ],
    [
      { Schema: [{ Name: 'email', AttributeDataType: 'Number' }] },
      IPE,
      'You can not change AttributeDataType or set developerOnlyAttribute for standard schema attribute email',
    ],
    [{ Schema: [{ AttributeDataType: 'String' }] }, IPE, 'A custom attribute of the schema has no Name.'],
  ]
  for (const [settings, code, told] of cases)
    t.strictSame(
      await refusal(sdk.send(new cognito.CreateUserPoolCommand({ PoolName: 'x', ...settings }))),
      [code, told],
      told,
    )
  t.match(
    await sdk.send(
      new cognito.CreateUserPoolCommand({
        PoolName: 'x',
        LambdaConfig: { PreSignUp: arn('us-east-1'), KMSKeyID: 'arn:aws:kms:eu-west-1:000000000000:key/k' },
        EmailConfiguration: { ...mail, From: 'Divers <dive@example.com>' },
      }),
    ),
    { UserPool: { EmailConfiguration: { From: 'Divers <dive@example.com>' } } },
  )

  const more = (prefix: string) =>
    sdk.send(
      new cognito.AddCustomAttributesCommand({
        UserPoolId,
        CustomAttributes: Array.from({ length: 25 }, (_, index) => ({
          Name: `${prefix}${index}`,
          AttributeDataType: 'String',
        })),
      }),
    )
  await more('a')
  await more('b')
  t.match(await refusal(more('c')), [IPE, /50 custom attributes/], 'quota')
})

t.test('the token of a page', async t => {
  const { sdk, UserPoolId } = await anApi(t)
  for (const GroupName of ['a', 'b'])
    await sdk.send(new cognito.CreateGroupCommand({ UserPoolId, GroupName }))
  const list = (NextToken: string | undefined) =>
    sdk.send(new cognito.ListGroupsCommand({ UserPoolId, Limit: 1, NextToken }))
  const { NextToken = '' } = await list(undefined)
  t.match(await list(NextToken), { Groups: [{ GroupName: 'b' }], NextToken: undefined })
  const turned = NextToken.startsWith('A') ? `B${NextToken.slice(1)}` : `A${NextToken.slice(1)}`
  const mismatch = [IPE, 'Paging Marker is Invalid for Request']
  t.strictSame(await refusal(list(turned)), mismatch, 'is refused when it was altered')
  t.strictSame(
    await refusal(sdk.send(new cognito.ListIdentityProvidersCommand({ UserPoolId, NextToken }))),
    mismatch,
    'or comes with another listing',
  )
  t.strictSame(await refusal(list('garbage')), [IPE, 'Invalid pagination token.'], 'or was none')
})

t.test('clients', async t => {
  const { sdk, UserPoolId } = await anApi(t)
  const send = sdk.send.bind(sdk)
  const create = async (more: Partial<cognito.CreateUserPoolClientCommandInput> = {}) =>
    (await send(new cognito.CreateUserPoolClientCommand({ UserPoolId, ClientName: 'C', ...more })))
      .UserPoolClient ?? {}
  const plain = await create()
  t.match(plain, {
    ClientId: /^[0-9a-v]{26}$/,
    RefreshTokenValidity: 30,
    TokenValidityUnits: {},
    AllowedOAuthFlowsUserPoolClient: false,
    EnableTokenRevocation: true,
    EnablePropagateAdditionalUserContextData: false,
    AuthSessionValidity: 3,
  })
  for (const absent of ['ClientSecret', 'ExplicitAuthFlows', 'CallbackURLs', 'AccessTokenValidity'] as const)
    t.equal(plain[absent], undefined, absent)
  const { ClientSecret = '', ClientId = '' } = await create({ GenerateSecret: true })
  t.match(ClientSecret, /^[0-9a-v]{49,52}$/, 'U97')
  t.match(
    await refusal(send(new cognito.DescribeUserPoolClientCommand({ UserPoolId, ClientId: 'nobody' }))),
    [RNF, 'User pool client nobody does not exist.'],
    'U92',
  )
  const listed = await send(new cognito.ListUserPoolClientsCommand({ UserPoolId, MaxResults: 10 }))
  t.strictSame(
    Object.keys(listed.UserPoolClients?.[0] ?? {}).toSorted(),
    ['ClientId', 'ClientName', 'UserPoolId'],
    'U96',
  )

  const oauth = {
    AllowedOAuthFlowsUserPoolClient: true,
    AllowedOAuthFlows: ['code'],
    AllowedOAuthScopes: ['openid'],
    CallbackURLs: ['https://app.example/cb'],
  } satisfies Partial<cognito.CreateUserPoolClientCommandInput>
  const refusals: [Partial<cognito.CreateUserPoolClientCommandInput>, string, string][] = [
    [
      { ...oauth, AllowedOAuthFlows: [] },
      IPE,
      'AllowedOAuthFlows and AllowedOAuthScopes are required if user pool client is allowed to use OAuth flows.',
    ],
    [
      { ...oauth, CallbackURLs: [] },
      IPE,
      'CallbackUrls can not be empty when code flow or implicit flow is selected',
    ],
    [
      { ...oauth, CallbackURLs: ['http://app.example'] },
      IPE,
      'http://app.example cannot use the HTTP protocol.',
    ],
    [
      { ...oauth, CallbackURLs: ['https://app.example/#x'] },
      IPE,
      'https://app.example/#x cannot use fragment',
    ],
    [
      { ...oauth, DefaultRedirectURI: 'https://x.example' },
      IPE,
      'The default redirect URI https://x.example is not in the callback URIs list.',
    ],
    [
      { ...oauth, AllowedOAuthFlows: ['client_credentials'] },
      'InvalidOAuthFlowException',
      'client_credentials flow can not be selected if client does not have a client secret.',
    ],
    [
      { ...oauth, AllowedOAuthScopes: ['api/read'] },
      'ScopeDoesNotExistException',
      'Invalid scope requested: api/read',
    ],
    [
      { SupportedIdentityProviders: ['Nobody'] },
      IPE,
      `The provider Nobody does not exist for User Pool ${UserPoolId}`,
    ],
    [
      { ExplicitAuthFlows: ['ALLOW_USER_SRP_AUTH', 'ADMIN_NO_SRP_AUTH'] },
      IPE,
      "Auth flow name with prefix 'ALLOW' cannot be used with legacy auth flow names.",
    ],
    [
      { AccessTokenValidity: 2, TokenValidityUnits: { AccessToken: 'days' } },
      IPE,
      'Invalid range for token validity.',
    ],
    [
      { WriteAttributes: ['email_verified'] },
      IPE,
      'Invalid write attributes specified while creating a client',
    ],
    [{ ReadAttributes: ['custom:nope'] }, IPE, 'Invalid read attributes specified while creating a client'],
  ]
  for (const [more, name, message] of refusals) t.strictSame(await refusal(create(more)), [name, message])

  const { ClientId: flows } = await create({ ExplicitAuthFlows: ['ALLOW_USER_SRP_AUTH'], ...oauth })
  const { UserPoolClient: replaced } = await send(
    new cognito.UpdateUserPoolClientCommand({ UserPoolId, ClientId: flows }),
  )
  t.match(
    [replaced?.ExplicitAuthFlows, replaced?.AllowedOAuthFlowsUserPoolClient, replaced?.ClientName],
    [undefined, false, 'C'],
    'U107',
  )

  const second = await send(new cognito.AddUserPoolClientSecretCommand({ UserPoolId, ClientId }))
  t.match(second.ClientSecretDescriptor, {
    ClientSecretId: new RegExp(`^${ClientId}--\\d+`),
    ClientSecretValue: /^[0-9a-v]{51}$/,
  })
  t.strictSame(
    await refusal(send(new cognito.AddUserPoolClientSecretCommand({ UserPoolId, ClientId }))),
    ['LimitExceededException', 'Client secrets cannot exceed limit of 2 secrets.'],
    'U108',
  )
  const { ClientSecrets = [] } = await send(
    new cognito.ListUserPoolClientSecretsCommand({ UserPoolId, ClientId }),
  )
  t.equal(ClientSecrets.length, 2)
  t.notOk('ClientSecretValue' in (ClientSecrets[0] ?? {}))
  t.equal(
    ClientSecrets[1]?.ClientSecretId,
    second.ClientSecretDescriptor?.ClientSecretId,
    'the id that was told, also of secrets made in the same millisecond',
  )
  const [first, other] = ClientSecrets
  await send(
    new cognito.DeleteUserPoolClientSecretCommand({
      UserPoolId,
      ClientId,
      ClientSecretId: first?.ClientSecretId,
    }),
  )
  t.match(
    await refusal(
      send(
        new cognito.DeleteUserPoolClientSecretCommand({
          UserPoolId,
          ClientId,
          ClientSecretId: other?.ClientSecretId,
        }),
      ),
    ),
    [IPE],
    'the last secret stays',
  )
  await send(new cognito.DeleteUserPoolClientCommand({ UserPoolId, ClientId }))
  t.match(await refusal(send(new cognito.DescribeUserPoolClientCommand({ UserPoolId, ClientId }))), [RNF])
})

t.test('users', async t => {
  const { sdk, UserPoolId, rockpool } = await anApi(t, {
    UsernameConfiguration: { CaseSensitive: false },
    AliasAttributes: ['email'],
    Schema: [{ Name: 'fixed', AttributeDataType: 'String', Mutable: false }],
  })
  const send = sdk.send.bind(sdk)
  const create = (
    Username: string,
    attributes: Record<string, string> = {},
    more: Partial<cognito.AdminCreateUserCommandInput> = {},
  ) =>
    send(
      new cognito.AdminCreateUserCommand({
        UserPoolId,
        Username,
        UserAttributes: Object.entries(attributes).map(([Name, Value]) => ({ Name, Value })),
        ...more,
      }),
    )
  const user = async (Username: string) => {
    const { UserAttributes = [], ...rest } = await send(
      new cognito.AdminGetUserCommand({ UserPoolId, Username }),
    )
    return {
      ...rest,
      attributes: Object.fromEntries(UserAttributes.map(({ Name = '', Value }) => [Name, Value])),
    }
  }
  const { User } = await create('alice', { email: 'alice@reef.example', email_verified: 'True' })
  t.match(
    User,
    {
      Username: 'alice',
      Enabled: true,
      UserStatus: 'FORCE_CHANGE_PASSWORD',
      Attributes: [{ Name: 'sub', Value: /^[0-9a-f-]{36}$/ }],
    },
    'U58',
  )
  const alice = await user('ALICE')
  t.match(alice.attributes, { email: 'alice@reef.example', email_verified: 'true' }, 'U71')
  t.notOk('UserMFASettingList' in alice || 'PreferredMfaSetting' in alice, 'U61')
  t.equal((await user(alice.attributes.sub ?? '')).Username, 'alice', 'by sub')
  t.equal((await user('alice@reef.example')).Username, 'alice', 'by alias')

  const { messages } = (await (
    await fetch(`${rockpool.baseUrl}/_rockpool/messages?username=alice`)
  ).json()) as {
    messages: Record<string, string>[]
  }
  t.match(messages, [
    {
      medium: 'EMAIL',
      to: 'alice@reef.example',
      purpose: 'invitation',
      body: /^Your username is alice and temporary password is \S{8,}\.$/,
    },
  ])

  const refusals: [() => Promise<unknown>, string, string | RegExp, string][] = [
    [() => create('alice'), 'UsernameExistsException', 'User account already exists', 'U59'],
    [() => user('nobody'), 'UserNotFoundException', 'User does not exist.', 'U60'],
    [
      () => create('alice', {}, { MessageAction: 'RESEND', TemporaryPassword: 'short' }),
      'InvalidPasswordException',
      'Password does not conform to policy: Password not long enough',
      'policy',
    ],
    [
      () => create('nobody', {}, { MessageAction: 'RESEND' }),
      'UserNotFoundException',
      'User does not exist.',
      'U69',
    ],
    [
      () => create('a@b.example'),
      IPE,
      'Username cannot be of email format, since user pool is configured for email alias.',
      'U12 for administrators',
    ],
    [
      () => create('bob', { email: 'alice@reef.example', email_verified: 'true' }),
      'AliasExistsException',
      'An account with the given email already exists.',
      'alias',
    ],
    [
      () => create('bob', { 'custom:nope': 'x' }),
      IPE,
      'Attributes did not conform to the schema: custom:nope: Attribute does not exist in the schema.\n',
      'U8 for administrators',
    ],
    [() => create('bob', { email: 'nonsense' }), IPE, 'Invalid email address format.', 'U14'],
    [() => create('bob', { phone_number: '0170' }), IPE, 'Invalid phone number format.', 'U14'],
    [
      () => create('bob', { email_verified: 'true' }),
      IPE,
      'Email is required to verify/un-verify an email',
      'flag',
    ],
  ]
  for (const [ask, name, message, what] of refusals) t.match(await refusal(ask()), [name, message], what)

  await create('carol', { 'custom:fixed': 'once', email: 'carol@reef.example', name: 'Carol' })
  const update = (attributes: Record<string, string>) =>
    send(
      new cognito.AdminUpdateUserAttributesCommand({
        UserPoolId,
        Username: 'carol',
        UserAttributes: Object.entries(attributes).map(([Name, Value]) => ({ Name, Value })),
      }),
    )
  t.strictSame(
    await refusal(update({ 'custom:fixed': 'twice' })),
    [IPE, 'user.custom:fixed: Attribute cannot be updated.\n'],
    'U70',
  )
  t.match(await refusal(update({ 'custom:foo': 'x' })), [
    IPE,
    'Invalid user attributes: user.custom:foo: Attribute does not exist in the schema.\n',
  ])
  await update({ email_verified: 'true' })
  await update({ email: 'carol@new.example', name: '' })
  t.match((await user('carol')).attributes, {
    email: 'carol@new.example',
    email_verified: 'false',
    name: undefined,
  })
  await send(
    new cognito.AdminDeleteUserAttributesCommand({
      UserPoolId,
      Username: 'carol',
      UserAttributeNames: ['email_verified'],
    }),
  )
  t.notOk('email_verified' in (await user('carol')).attributes)

  await send(
    new cognito.AdminSetUserPasswordCommand({
      UserPoolId,
      Username: 'carol',
      Password: 'Otter-3-Carol!',
      Permanent: true,
    }),
  )
  t.equal((await user('carol')).UserStatus, 'CONFIRMED', 'U67')
  t.match(
    await refusal(send(new cognito.AdminResetUserPasswordCommand({ UserPoolId, Username: 'alice' }))),
    ['NotAuthorizedException', 'User password cannot be reset in the current state.'],
    'U68',
  )
  t.match(
    await refusal(send(new cognito.AdminResetUserPasswordCommand({ UserPoolId, Username: 'carol' }))),
    [IPE, 'Cannot reset password for the user as there is no registered/verified email or phone_number'],
    'U75 for administrators',
  )
  await update({ email_verified: 'true' })
  await send(new cognito.AdminResetUserPasswordCommand({ UserPoolId, Username: 'carol' }))
  t.equal((await user('carol')).UserStatus, 'RESET_REQUIRED')
  t.match(
    await refusal(send(new cognito.AdminConfirmSignUpCommand({ UserPoolId, Username: 'carol' }))),
    ['NotAuthorizedException', 'User cannot be confirmed. Current status is RESET_REQUIRED'],
    'U17 for administrators',
  )
  await send(new cognito.AdminDisableUserCommand({ UserPoolId, Username: 'carol' }))
  t.equal((await user('carol')).Enabled, false)
  await send(new cognito.AdminEnableUserCommand({ UserPoolId, Username: 'carol' }))
  t.match(await send(new cognito.AdminGetUserAuthFactorsCommand({ UserPoolId, Username: 'carol' })), {
    ConfiguredUserAuthFactors: ['PASSWORD'],
  })

  await t.test('groups', async t => {
    const group = { UserPoolId, GroupName: 'divers' }
    await send(new cognito.CreateGroupCommand({ ...group, Precedence: 3 }))
    t.strictSame(
      await refusal(send(new cognito.CreateGroupCommand(group))),
      ['GroupExistsException', 'A group with the name already exists.'],
      'U98',
    )
    t.strictSame(
      await refusal(send(new cognito.GetGroupCommand({ ...group, GroupName: 'x' }))),
      [RNF, 'Group not found.'],
      'U98',
    )
    for (let twice = 0; twice < 2; twice++)
      await send(new cognito.AdminAddUserToGroupCommand({ ...group, Username: 'carol' }))
    t.match(
      await send(new cognito.AdminListGroupsForUserCommand({ UserPoolId, Username: 'carol' })),
      { Groups: [{ GroupName: 'divers', Precedence: 3 }] },
      'U99',
    )
    t.match(await send(new cognito.ListUsersInGroupCommand(group)), { Users: [{ Username: 'carol' }] })
    await send(new cognito.UpdateGroupCommand({ ...group, Description: 'deep' }))
    t.match(await send(new cognito.GetGroupCommand(group)), { Group: { Description: 'deep', Precedence: 3 } })
    await send(new cognito.AdminRemoveUserFromGroupCommand({ ...group, Username: 'carol' }))
    t.strictSame((await send(new cognito.ListUsersInGroupCommand(group))).Users, [])
    await send(new cognito.DeleteGroupCommand(group))
    t.strictSame((await send(new cognito.ListGroupsCommand({ UserPoolId }))).Groups, [])
  })

  await t.test('ListUsers', async t => {
    for (let index = 0; index < 5; index++)
      await create(
        `u${index}`,
        { given_name: `Given${index % 2}`, email: `u${index}@reef.example` },
        { MessageAction: 'SUPPRESS' },
      )
    const list = async (Filter: string, more: Partial<cognito.ListUsersCommandInput> = {}) =>
      ((await send(new cognito.ListUsersCommand({ UserPoolId, Filter, ...more }))).Users ?? []).map(
        ({ Username = '' }) => Username,
      )
    t.strictSame(await list('email ^= "u"'), ['u0', 'u1', 'u2', 'u3', 'u4'], 'U100')
    t.strictSame(await list('"email"="u3@REEF.example"'), ['u3'])
    t.strictSame(await list('given_name = "given1"'), ['u1', 'u3'])
    t.strictSame(await list('username = "u2"'), ['u2'])
    t.strictSame(await list('status = "Disabled"'), [])
    t.strictSame(await list('cognito:user_status = "RESET_REQUIRED"'), ['carol'])
    t.strictSame(
      await refusal(list('custom:foo = "x"')),
      [IPE, 'Invalid search attribute: custom:foo'],
      'U100',
    )
    t.strictSame(await refusal(list('email')), [IPE, 'Error while parsing filter'], 'U100')
    t.strictSame(
      await refusal(list('', { AttributesToGet: ['nope'] })),
      [IPE, 'One or more requested attributes do not exist.'],
      'U101',
    )
    for (const [filter, names] of [
      ['username ^= "u"', ['u0', 'u1', 'u2', 'u3', 'u4']],
      ['username ^= "u4"', ['u4']],
      ['username ^= "U"', []],
      ['given_name ^= "GIVEN"', ['u0', 'u2', 'u4', 'u1', 'u3']],
      ['email ^= "u3@"', ['u3']],
      ['email ^= "%"', []],
      ['status ^= "Ena"', ['alice', 'carol', 'u0', 'u1', 'u2', 'u3', 'u4']],
      ['status = "enabled"', []],
      ['cognito:user_status ^= "force"', ['u0', 'u1', 'u2', 'u3', 'u4']],
    ] as const) {
      const paged: string[] = []
      let PaginationToken: string | undefined
      do {
        const page = await send(
          new cognito.ListUsersCommand({ UserPoolId, Filter: filter, Limit: 2, PaginationToken }),
        )
        paged.push(...(page.Users ?? []).map(({ Username = '' }) => Username))
        PaginationToken = page.PaginationToken
      } while (PaginationToken !== undefined)
      t.strictSame(
        paged.filter(name => names.some(wanted => wanted === name)),
        names,
        `${filter}, by two`,
      )
      t.strictSame(await list(filter), paged, filter)
    }
    const [{ sub = '' } = {}] = (
      (await send(new cognito.ListUsersCommand({ UserPoolId, Filter: 'username = "u1"' }))).Users ?? []
    ).map(({ Attributes = [] }) => ({ sub: Attributes.find(({ Name }) => Name === 'sub')?.Value }))
    t.strictSame(await list(`sub ^= "${sub.slice(0, 13)}"`), ['u1'])
    const first = await send(new cognito.ListUsersCommand({ UserPoolId, Limit: 3 }))
    t.equal(first.Users?.length, 3)
    const rest = await send(
      new cognito.ListUsersCommand({ UserPoolId, Limit: 3, PaginationToken: first.PaginationToken }),
    )
    t.strictSame(
      [...(first.Users ?? []), ...(rest.Users ?? [])].map(({ Username }) => Username),
      ['alice', 'carol', 'u0', 'u1', 'u2', 'u3'],
    )
    t.strictSame(
      await refusal(
        send(
          new cognito.ListUsersCommand({
            UserPoolId,
            Filter: 'email ^= "u"',
            PaginationToken: first.PaginationToken,
          }),
        ),
      ),
      [IPE, 'Paging Marker is Invalid for Request'],
      'a token is bound to its request',
    )
    t.match(await refusal(send(new cognito.ListUsersCommand({ UserPoolId, PaginationToken: 'made-up' }))), [
      IPE,
    ])
  })

  await send(new cognito.AdminDeleteUserCommand({ UserPoolId, Username: 'carol' }))
  t.match(await refusal(user('carol')), ['UserNotFoundException'])
})

t.test('the story, built by API alone', async t => {
  const { rockpool, sdk } = await anApi(t)
  const send = sdk.send.bind(sdk)
  const origin = rockpool.baseUrl
  const [one, two] = await Promise.all(
    ['one', 'two'].map(async name => {
      const { UserPool } = await send(
        new cognito.CreateUserPoolCommand({
          PoolName: name,
          UsernameConfiguration: { CaseSensitive: false },
        }),
      )
      await send(new cognito.CreateUserPoolDomainCommand({ Domain: name, UserPoolId: UserPool?.Id }))
      return UserPool?.Id ?? ''
    }),
  )
  const oauth = {
    AllowedOAuthFlowsUserPoolClient: true,
    AllowedOAuthFlows: ['code'] as cognito.OAuthFlowType[],
    AllowedOAuthScopes: ['openid', 'email'],
  }
  const { UserPoolClient: upstream } = await send(
    new cognito.CreateUserPoolClientCommand({
      UserPoolId: two,
      ClientName: 'pool one',
      GenerateSecret: true,
      CallbackURLs: [`${origin}/one/oauth2/idpresponse`],
      SupportedIdentityProviders: ['COGNITO'],
      ...oauth,
    }),
  )
  await send(
    new cognito.AdminCreateUserCommand({
      UserPoolId: two,
      Username: 'jane',
      TemporaryPassword: 'Welcome-2-Rockpool!',
      UserAttributes: [
        { Name: 'email', Value: 'jane@example.com' },
        { Name: 'email_verified', Value: 'true' },
      ],
    }),
  )
  const provider = (oidc_issuer: string, ProviderName = 'Corporate') =>
    send(
      new cognito.CreateIdentityProviderCommand({
        UserPoolId: one,
        ProviderName,
        ProviderType: 'OIDC',
        ProviderDetails: {
          client_id: upstream?.ClientId ?? '',
          client_secret: upstream?.ClientSecret ?? '',
          oidc_issuer,
          authorize_scopes: 'openid email',
          attributes_request_method: 'GET',
        },
        AttributeMapping: { email: 'email' },
      }),
    )
  t.strictSame(await refusal(provider(`${origin}/nowhere`, 'Nowhere')), [
    IPE,
    'Unable to contact well-known endpoint',
  ])
  t.match(await provider(`${origin}/${two}`), {
    IdentityProvider: {
      ProviderDetails: { token_url: `${origin}/two/oauth2/token`, attributes_url_add_attributes: 'false' },
      AttributeMapping: { username: 'sub', email: 'email' },
    },
  })
  t.match(await refusal(provider(`${origin}/${two}`)), ['DuplicateProviderException'])
  t.match(
    await refusal(
      send(new cognito.DescribeIdentityProviderCommand({ UserPoolId: one, ProviderName: 'Nowhere' })),
    ),
    [RNF],
    'what was refused left nothing',
  )
  const { UserPoolClient: app } = await send(
    new cognito.CreateUserPoolClientCommand({
      UserPoolId: one,
      ClientName: 'app',
      CallbackURLs: ['https://app.example/cb'],
      SupportedIdentityProviders: ['COGNITO', 'Corporate'],
      ...oauth,
    }),
  )

  const browser = aBrowser()
  const start = `${origin}/one/oauth2/authorize?${new URLSearchParams({
    client_id: app?.ClientId ?? '',
    response_type: 'code',
    redirect_uri: 'https://app.example/cb',
    identity_provider: 'Corporate',
  })}`
  const field = (page: string, name: string) =>
    new RegExp(`name="${name}" value="([^"]+)"`).exec(page)?.[1] ?? ''
  const action = (page: string) => (/action="([^"]+)"/.exec(page)?.[1] ?? '').replaceAll('&amp;', '&')
  const signInPage = (await browser.follow(start, 'https://app.example')).page?.text ?? ''
  const entered = await browser.post(new URL(action(signInPage), origin).href, {
    _csrf: field(signInPage, '_csrf'),
    username: 'jane',
    password: 'Welcome-2-Rockpool!',
  })
  const newPassword = await (
    await browser.get(new URL(entered.headers.get('location') ?? '', origin).href)
  ).text()
  const done = await browser.post(new URL(action(newPassword), origin).href, {
    _csrf: field(newPassword, '_csrf'),
    challenge: field(newPassword, 'challenge'),
    new_password: 'Otter-3-Jane!',
    confirm_password: 'Otter-3-Jane!',
  })
  const { url } = await browser.follow(done.headers.get('location') ?? '', 'https://app.example')
  const tokens = (await (
    await postForm(`${origin}/one/oauth2/token`, {
      grant_type: 'authorization_code',
      client_id: app?.ClientId ?? '',
      code: url.searchParams.get('code') ?? '',
      redirect_uri: 'https://app.example/cb',
    })
  ).json()) as Record<string, string>
  t.ok(tokens.id_token)
  t.match(await send(new cognito.AdminGetUserCommand({ UserPoolId: two, Username: 'jane' })), {
    UserStatus: 'CONFIRMED',
  })
  const { Users = [] } = await send(new cognito.ListUsersCommand({ UserPoolId: one }))
  const { Username = '', UserStatus, Attributes = [] } = Users[0] ?? {}
  t.match([Users.length, Username, UserStatus], [1, /^corporate_/, 'EXTERNAL_PROVIDER'])
  const identities = JSON.parse(Attributes.find(({ Name }) => Name === 'identities')?.Value ?? '[]')
  t.match(
    identities,
    [{ providerName: 'Corporate', primary: true, dateCreated: Number }],
    'O18 native types in a JSON text',
  )
  t.match(await send(new cognito.AdminListGroupsForUserCommand({ UserPoolId: one, Username })), {
    Groups: [{ GroupName: `${one}_Corporate` }],
  })

  await send(
    new cognito.SetUserPoolMfaConfigCommand({
      UserPoolId: one,
      MfaConfiguration: 'ON',
      SoftwareTokenMfaConfiguration: { Enabled: true },
    }),
  )
  await browser.get(`${origin}/one/logout?client_id=${app?.ClientId}&logout_uri=x`)
  browser.cookies.forEach((cookie, key) => {
    if (cookie.path === '/one' && cookie.name.startsWith('cognito')) browser.cookies.delete(key)
  })
  const again = await browser.follow(start, 'https://app.example')
  t.ok(again.url.searchParams.get('code'), 'O63 a federated user is not asked for a second factor')
  await send(new cognito.SetUserPoolMfaConfigCommand({ UserPoolId: one, MfaConfiguration: 'OFF' }))

  const userInfo = () =>
    fetch(`${origin}/one/oauth2/userInfo`, { headers: { authorization: `Bearer ${tokens.access_token}` } })
  t.equal((await userInfo()).status, 200)
  await send(new cognito.AdminUserGlobalSignOutCommand({ UserPoolId: one, Username }))
  t.equal((await userInfo()).status, 401, 'a global sign-out takes effect at once')

  const link = (value: string) =>
    send(
      new cognito.AdminLinkProviderForUserCommand({
        UserPoolId: one,
        DestinationUser: { ProviderName: 'Cognito', ProviderAttributeValue: 'local' },
        SourceUser: {
          ProviderName: 'Corporate',
          ProviderAttributeName: 'Cognito_Subject',
          ProviderAttributeValue: value,
        },
      }),
    )
  await send(new cognito.AdminCreateUserCommand({ UserPoolId: one, Username: 'local' }))
  t.match(await refusal(link(identities[0].userId)), [IPE, /^Merging is not currently supported/])
  await link('another')
  t.strictSame(
    await refusal(link('another')),
    [IPE, 'SourceUser is already linked to DestinationUser'],
    'U72',
  )
  await send(
    new cognito.AdminDisableProviderForUserCommand({
      UserPoolId: one,
      User: {
        ProviderName: 'Corporate',
        ProviderAttributeName: 'Cognito_Subject',
        ProviderAttributeValue: 'another',
      },
    }),
  )
  await link('another')
  await send(new cognito.DeleteIdentityProviderCommand({ UserPoolId: one, ProviderName: 'Corporate' }))
  t.match(
    (await send(new cognito.DescribeUserPoolClientCommand({ UserPoolId: one, ClientId: app?.ClientId })))
      .UserPoolClient?.SupportedIdentityProviders,
    ['COGNITO'],
  )
  t.match(await (await browser.get(start)).text(), 'Login option is not available')
})

t.test('resource servers, looks, terms, protection', async t => {
  const { sdk, UserPoolId } = await anApi(t, { UserPoolAddOns: { AdvancedSecurityMode: 'AUDIT' } })
  const send = sdk.send.bind(sdk)
  const server = { UserPoolId, Identifier: 'api' }
  t.strictSame(
    await refusal(send(new cognito.DescribeResourceServerCommand(server))),
    [RNF, 'Resource server api does not exist.'],
    'U104',
  )
  await send(
    new cognito.CreateResourceServerCommand({
      ...server,
      Name: 'Api',
      Scopes: [{ ScopeName: 'read', ScopeDescription: 'r' }],
    }),
  )
  t.match(await refusal(send(new cognito.CreateResourceServerCommand({ ...server, Name: 'Api' }))), [
    IPE,
    `api already exists in user pool ${UserPoolId}.`,
  ])
  await send(new cognito.UpdateResourceServerCommand({ ...server, Name: 'Other' }))
  t.match(await send(new cognito.ListResourceServersCommand({ UserPoolId })), {
    ResourceServers: [{ Name: 'Other', Scopes: [] }],
  })
  await send(new cognito.DeleteResourceServerCommand(server))

  t.match(await refusal(send(new cognito.SetUICustomizationCommand({ UserPoolId, CSS: '' }))), [
    IPE,
    'A domain must be associated with this user pool.',
  ])
  await send(new cognito.CreateUserPoolDomainCommand({ UserPoolId, Domain: 'looks' }))
  t.match(
    await refusal(send(new cognito.SetUICustomizationCommand({ UserPoolId, CSS: '.nav { color: red }' }))),
    [IPE, 'The CSS class nav is not in the list of allowed classes.'],
  )
  await send(
    new cognito.SetUICustomizationCommand({ UserPoolId, CSS: '.banner-customizable { color: red }' }),
  )
  t.match(await send(new cognito.GetUICustomizationCommand({ UserPoolId })), {
    UICustomization: { CSS: /red/, ClientId: 'ALL' },
  })

  const { UserPoolClient } = await send(
    new cognito.CreateUserPoolClientCommand({ UserPoolId, ClientName: 'c' }),
  )
  const client = { UserPoolId, ClientId: UserPoolClient?.ClientId }
  const style = { ...client, UseCognitoProvidedValues: true }
  const { ManagedLoginBranding: branding } = await send(new cognito.CreateManagedLoginBrandingCommand(style))
  t.match(await refusal(send(new cognito.CreateManagedLoginBrandingCommand(style))), [
    'ManagedLoginBrandingExistsException',
  ])
  t.match(
    await refusal(
      send(
        new cognito.UpdateManagedLoginBrandingCommand({
          UserPoolId,
          ManagedLoginBrandingId: branding?.ManagedLoginBrandingId,
          UseCognitoProvidedValues: true,
          Settings: { a: 1 },
        }),
      ),
    ),
    [IPE, /but not both/],
  )
  t.match(await send(new cognito.DescribeManagedLoginBrandingByClientCommand(client)), {
    ManagedLoginBranding: { UseCognitoProvidedValues: true, Assets: [] },
  })
  await send(
    new cognito.DeleteManagedLoginBrandingCommand({
      UserPoolId,
      ManagedLoginBrandingId: branding?.ManagedLoginBrandingId,
    }),
  )
  t.match(await refusal(send(new cognito.DescribeManagedLoginBrandingByClientCommand(client))), [RNF])

  const terms = {
    ...client,
    TermsName: 'terms-of-use',
    TermsSource: 'LINK',
    Enforcement: 'NONE',
    Links: { 'cognito:default': 'https://app.example/terms' },
  } as const
  await send(new cognito.CreateTermsCommand(terms))
  t.match(await refusal(send(new cognito.CreateTermsCommand(terms))), ['TermsExistsException'])
  t.match(await send(new cognito.ListTermsCommand({ UserPoolId })), {
    Terms: [{ TermsName: 'terms-of-use' }],
  })

  t.match(
    await refusal(
      send(
        new cognito.SetRiskConfigurationCommand({
          UserPoolId,
          RiskExceptionConfiguration: { BlockedIPRangeList: ['nonsense'] },
        }),
      ),
    ),
    [IPE, 'Incorrect CIDR format'],
  )
  await send(
    new cognito.SetRiskConfigurationCommand({
      UserPoolId,
      RiskExceptionConfiguration: { BlockedIPRangeList: ['10.0.0.0/8'] },
    }),
  )
  t.match(await send(new cognito.DescribeRiskConfigurationCommand({ UserPoolId })), {
    RiskConfiguration: { RiskExceptionConfiguration: { BlockedIPRangeList: ['10.0.0.0/8'] } },
  })
  t.match(await send(new cognito.GetLogDeliveryConfigurationCommand({ UserPoolId })), {
    LogDeliveryConfiguration: { LogConfigurations: [] },
  })
})

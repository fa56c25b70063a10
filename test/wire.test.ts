import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import fastify from 'fastify'
import t from 'tap'
import { built } from '../src/api/built.js'
import { userPoolsApi } from '../src/api/index.js'
import { inputs } from '../src/api/operations.js'
import type { Service } from '../src/flows/service.js'
import { anApi } from './support/an-api.js'
import { refusal } from './support/api.js'

const IPE = 'InvalidParameterException'
const RNF = 'ResourceNotFoundException'

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

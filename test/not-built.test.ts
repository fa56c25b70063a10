import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import t from 'tap'
import { built } from '../src/api/built.js'
import { inputs } from '../src/api/operations.js'
import { anSdk, refusal } from './support/api.js'
import { aRockpool } from './support/rockpool.js'

// What AWS's newest SDK sends and Rockpool does not have yet is refused by its name; what nobody has is left out, as on AWS.

const UserPoolId = 'us-east-1_Reef00001'
const ClientId = 'app0id'
const pool = {
  PoolName: 'reef',
  Id: UserPoolId,
  Clients: [
    {
      ClientName: 'app',
      ClientId,
      ClientSecret: 'asecretofthirtycharactersormore',
      ExplicitAuthFlows: ['ALLOW_USER_AUTH', 'ALLOW_USER_PASSWORD_AUTH'],
    },
  ],
}

async function aReef(t: Parameters<typeof anSdk>[0]) {
  const lines: string[] = []
  const rockpool = await aRockpool(t, { seed: { UserPools: [pool] }, log: line => lines.push(line) })
  const sdk = anSdk(t, rockpool)
  return { rockpool, lines, send: sdk.send.bind(sdk) }
}

t.test('every operation is built; one that nobody has is refused as on AWS', async t => {
  t.strictSame(
    Object.keys(inputs)
      .map(name => name.charAt(0).toUpperCase() + name.slice(1))
      .filter(name => !built.has(name)),
    [],
  )
  const { rockpool } = await aReef(t)
  const invented = await fetch(rockpool.baseUrl, {
    method: 'POST',
    headers: { 'x-amz-target': 'AWSCognitoIdentityProviderService.DropUserPool' },
    body: '{}',
  })
  t.strictSame(await invented.json(), { __type: 'UnknownOperationException' })
})

t.test('members that are newer are refused by name, and nothing is done', async t => {
  const { send } = await aReef(t)
  const cases: [operation: string, member: string, () => Promise<unknown>][] = [
    [
      'UpdateUserPool',
      'DcrConfiguration',
      () => send(new cognito.UpdateUserPoolCommand({ UserPoolId, DcrConfiguration: {} })),
    ],
    [
      'ListUserPoolClients',
      'ClientType',
      () => send(new cognito.ListUserPoolClientsCommand({ UserPoolId, ClientType: 'DCR' })),
    ],
  ]
  for (const [operation, member, ask] of cases)
    t.strictSame(
      await refusal(ask()),
      ['NotImplementedException', `Rockpool does not have ${member} of ${operation} yet.`],
      `${operation}.${member}`,
    )
  const { UserPools } = await send(new cognito.ListUserPoolsCommand({ MaxResults: 10 }))
  t.match(UserPools, [{ Name: 'reef' }], 'no pool was made')
  t.equal(UserPools?.length, 1)
})

t.test('a member that nobody has is left out, as on AWS, and the log says so', async t => {
  const { rockpool, lines } = await aReef(t)
  const describe = (more: object) =>
    fetch(rockpool.baseUrl, {
      method: 'POST',
      headers: {
        'x-amz-target': 'AWSCognitoIdentityProviderService.UpdateUserPool',
        authorization:
          'AWS4-HMAC-SHA256 Credential=a/20261125/us-east-1/cognito-idp/aws4_request, SignedHeaders=host, Signature=00',
      },
      body: JSON.stringify({ UserPoolId, ...more }),
    })
  const warnings = () => lines.filter(line => line.startsWith('Warning'))
  t.equal((await describe({ Policies: { PasswordPolicy: { MinimumLength: 8 } } })).status, 200)
  t.strictSame(warnings(), [])
  const wrong = {
    DeletionProtecton: 'ACTIVE',
    Policies: { PasswordPolicy: { RequireLower: true } },
    UserPoolTags: { Colour: 'blue' },
  }
  for (let times = 0; times < 2; times++) t.equal((await describe(wrong)).status, 200)
  t.strictSame(warnings().length, 1, 'once')
  t.match(
    warnings()[0],
    /UpdateUserPool has no DeletionProtecton, Policies\.PasswordPolicy\.RequireLower: that was left out, as on AWS\. .* Did you mean "DeletionProtection"\?/,
    'the keys of a map are nobody’s members',
  )
})

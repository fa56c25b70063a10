import t, { type Test } from 'tap'
import { built } from '../src/api/built.js'
import { inputs } from '../src/api/operations.js'
import { aRockpool } from './support/rockpool.js'

// What nobody has, AWS neither: an operation is refused, a member is left out.

const UserPoolId = 'us-east-1_Reef00001'
const pool = { PoolName: 'reef', Id: UserPoolId }

async function aReef(t: Test) {
  const lines: string[] = []
  const rockpool = await aRockpool(t, { seed: { UserPools: [pool] }, log: line => lines.push(line) })
  return { rockpool, lines }
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

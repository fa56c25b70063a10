import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import t from 'tap'
import { anApi } from './support/an-api.js'
import { refusal } from './support/api.js'

const IPE = 'InvalidParameterException'
const RNF = 'ResourceNotFoundException'

t.test('resource servers', async t => {
  const { sdk, UserPoolId } = await anApi(t)
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
})

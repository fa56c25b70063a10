import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import { decodeJwt } from 'jose'
import t from 'tap'
import { anApi } from './support/an-api.js'
import { anSdk, refusal } from './support/api.js'
import { aBrowser } from './support/browser.js'
import { client, password } from './support/oauth-client.js'
import { aRockpool, authorizeQuery, postForm, signInAt } from './support/rockpool.js'

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

t.test(
  'C22 a scope that the client does not have fails; one whose resource server was deleted is dropped',
  async t => {
    const UserPoolId = 'us-east-1_Scopes001'
    const Scopes = [{ ScopeName: 'read', ScopeDescription: 'read' }]
    const seed = {
      UserPools: [
        {
          PoolName: 'scopes',
          Id: UserPoolId,
          Domain: 'scopes',
          ResourceServers: ['kept', 'gone'].map(Identifier => ({ Identifier, Name: Identifier, Scopes })),
          Clients: [client('app', { AllowedOAuthScopes: ['openid', 'kept/read', 'gone/read'] })],
          Users: [{ Username: 'marco', Password: password, UserAttributes: {} }],
        },
      ],
    }
    const rockpool = await aRockpool(t, { seed })
    const domain = `${rockpool.baseUrl}/scopes`
    const app = { id: 'app0id', callbackUrls: ['https://app.example/cb'] }
    const scopeOf = async (scope: string) => {
      const query = authorizeQuery(app, { scope })
      const arrival = await signInAt(aBrowser(), domain, query, { username: 'marco', password })
      const form = {
        grant_type: 'authorization_code',
        client_id: app.id,
        redirect_uri: app.callbackUrls[0] ?? '',
        code: arrival.searchParams.get('code') ?? '',
      }
      const tokens = (await (await postForm(`${domain}/oauth2/token`, form)).json()) as {
        access_token: string
      }
      return String(decodeJwt(tokens.access_token).scope).split(' ').sort()
    }
    t.strictSame(await scopeOf('openid kept/read gone/read'), ['gone/read', 'kept/read', 'openid'])
    const sdk = anSdk(t, rockpool)
    await sdk.send(new cognito.DeleteResourceServerCommand({ UserPoolId, Identifier: 'gone' }))
    t.strictSame(await scopeOf('openid kept/read gone/read'), ['kept/read', 'openid'], 'dropped')
    const refused = await fetch(
      `${domain}/oauth2/authorize?${authorizeQuery(app, { scope: 'openid phone' })}`,
      {
        redirect: 'manual',
      },
    )
    t.match(refused.headers.get('location'), /error_description=invalid_scope/)
  },
)

import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import t from 'tap'
import { anSdk } from './support/api.js'
import { client, password } from './support/oauth-client.js'
import { aRockpool } from './support/rockpool.js'

// The paginators of the SDK, all there are: page by page, everything once and in one order.

const UserPoolId = 'us-east-1_Pages0001'
const names = ['a', 'b', 'c', 'd', 'e']
const issuer = 'https://up.example'
const details = {
  client_id: 'id',
  client_secret: 'secret',
  attributes_request_method: 'GET',
  authorize_scopes: 'openid',
  oidc_issuer: issuer,
  authorize_url: `${issuer}/authorize`,
  token_url: `${issuer}/token`,
  attributes_url: `${issuer}/userInfo`,
  jwks_uri: `${issuer}/keys`,
}
const flows = { ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH'] }
const seed = {
  UserPools: [
    {
      PoolName: 'pages',
      Id: UserPoolId,
      UserPoolTier: 'PLUS',
      UserPoolAddOns: { AdvancedSecurityMode: 'AUDIT' },
      Clients: [
        client('app', { ...flows, AllowedOAuthScopes: ['openid'] }),
        ...['b', 'c', 'd', 'e'].map(name => ({
          ClientName: name,
          ClientId: `client${name}`,
          ...(name > 'c' && { ClientType: 'DCR' }),
        })),
      ],
      Groups: names.map(GroupName => ({ GroupName })),
      IdentityProviders: names.map(name => ({
        ProviderName: `Up-${name}`,
        ProviderType: 'OIDC',
        ProviderDetails: details,
        AttributeMapping: {},
      })),
      ResourceServers: names.map(name => ({ Identifier: name, Name: name, Scopes: [] })),
      Users: names.map(Username => ({ Username, Password: password, Groups: names, UserAttributes: {} })),
    },
    ...['b', 'c', 'd', 'e'].map(name => ({ PoolName: name, Id: `us-east-1_Pages000${name}` })),
  ],
}

t.test('every paginator of the SDK finds everything, two at a time', async t => {
  const rockpool = await aRockpool(t, { seed })
  const sdk = anSdk(t, rockpool)
  for (let n = 0; n < 5; n++)
    await sdk.send(
      new cognito.InitiateAuthCommand({
        ClientId: 'app0id',
        AuthFlow: 'USER_PASSWORD_AUTH',
        AuthParameters: { USERNAME: 'a', PASSWORD: password },
      }),
    )
  const by = { client: sdk, pageSize: 2 }
  // A paginator writes its token into the input that it is given: each has its own.
  const own = { UserPoolId }
  // What the groups of the providers add.
  const all = [...names, ...names.map(name => `${UserPoolId}_Up-${name}`)]
  const cases: Record<
    string,
    [pages: AsyncIterable<object>, list: string, name: string, expected: string[] | number]
  > = {
    paginateAdminListGroupsForUser: [
      cognito.paginateAdminListGroupsForUser(by, { ...own, Username: 'a' }),
      ...(['Groups', 'GroupName'] as const),
      names,
    ],
    paginateAdminListUserAuthEvents: [
      cognito.paginateAdminListUserAuthEvents(by, { ...own, Username: 'a' }),
      ...(['AuthEvents', 'EventId'] as const),
      5,
    ],
    paginateListGroups: [cognito.paginateListGroups(by, { ...own }), 'Groups', 'GroupName', all],
    paginateListIdentityProviders: [
      cognito.paginateListIdentityProviders(by, { ...own }),
      ...(['Providers', 'ProviderName'] as const),
      names.map(name => `Up-${name}`),
    ],
    paginateListResourceServers: [
      cognito.paginateListResourceServers(by, { ...own }),
      ...(['ResourceServers', 'Identifier'] as const),
      names,
    ],
    paginateListUserPoolClients: [
      cognito.paginateListUserPoolClients(by, { ...own, ClientType: 'REGULAR' }),
      ...(['UserPoolClients', 'ClientName'] as const),
      ['app', 'b', 'c'],
    ],
    paginateListUserPools: [
      cognito.paginateListUserPools(by, { MaxResults: undefined }),
      ...(['UserPools', 'Name'] as const),
      ['b', 'c', 'd', 'e', 'pages'],
    ],
    paginateListUsers: [cognito.paginateListUsers(by, { ...own }), 'Users', 'Username', names],
    paginateListUsersInGroup: [
      cognito.paginateListUsersInGroup(by, { ...own, GroupName: 'a' }),
      ...(['Users', 'Username'] as const),
      names,
    ],
  }
  const ofSdk = Object.keys(cognito).filter(name => name.startsWith('paginate'))
  t.strictSame(ofSdk.sort(), Object.keys(cases).sort(), 'those of the SDK')
  t.strictSame(
    Object.keys(cognito).filter(name => /^wait(For|Until)/.test(name)),
    [],
    'which has no waiters; and lists of replicas and of sessions have no paginator',
  )
  for (const [paginator, [pages, list, name, expected]] of Object.entries(cases)) {
    const found: string[] = []
    let count = 0
    for await (const page of pages) {
      const entries = (page as Record<string, Record<string, string>[] | undefined>)[list] ?? []
      t.ok(entries.length <= 2, `${paginator}: a page of ${entries.length}`)
      found.push(...entries.map(entry => entry[name] ?? ''))
      count++
    }
    t.ok(count > 1, `${paginator}: ${count} pages`)
    t.equal(new Set(found).size, found.length, `${paginator}: nothing twice`)
    if (typeof expected === 'number') t.equal(found.length, expected, paginator)
    else t.strictSame(found.toSorted(), expected.toSorted(), paginator)
  }
})

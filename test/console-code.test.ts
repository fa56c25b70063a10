import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import t from 'tap'
import { parse } from 'yaml'
import { parseSeed } from '../src/config/seed/parse.js'
import { anSdk } from './support/api.js'
import { aBrowser } from './support/browser.js'
import { pool1, pool2 } from './support/console-scene.js'
import { aRockpool } from './support/rockpool.js'

/** What the console’s pages are worth elsewhere: calls, and lines of a seed, that do the same. */

const plain = (markup: string): string =>
  markup.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => characters[name] ?? '')
const characters: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }

/** The forms of a page’s code, by their names; of a name that comes more than once, in order. */
function codeOf(page: string): Record<string, string[]> {
  const code: Record<string, string[]> = {}
  for (const [, name = '', text = ''] of page.matchAll(
    /<details><summary>([^<]*)<\/summary><div class="codeBlock"><pre[^>]*>([\s\S]*?)<\/pre>/g,
  ))
    code[name] = [...(code[name] ?? []), plain(text)]
  return code
}

/** Sends what a script for the AWS CLI calls, as the SDK does. */
async function sendScript(sdk: cognito.CognitoIdentityProviderClient, script: string) {
  const [, UserPoolId] = /^USER_POOL_ID=(\S+)/.exec(script) ?? []
  const [, operation = ''] = /aws cognito-idp ([\w-]+)/.exec(script) ?? []
  const [, json = '{}'] = /--cli-input-json '([\s\S]*?)'(?: \\\n|\)|\n|$)/.exec(script) ?? []
  const name = operation.replaceAll(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase())
  const Command = Reflect.get(cognito, `${name}Command`) as new (input: object) => cognito.ListUsersCommand
  const isOfPool = /--user-pool-id "\$USER_POOL_ID"/.test(script)
  return {
    name,
    answer: await sdk.send(new Command({ ...JSON.parse(json), ...(isOfPool ? { UserPoolId } : {}) })),
  }
}

t.test('lists are calls that read the same', async t => {
  const rockpool = await aRockpool(t)
  const sdk = anSdk(t, rockpool)
  const browser = aBrowser()
  const cases: [path: string, operation: string, answer: object][] = [
    ['/pools', 'ListUserPools', { UserPools: [{ Name: /oidc-pool/ }, { Name: /oidc-pool/ }] }],
    [`/pools/${pool1}/clients`, 'ListUserPoolClients', { UserPoolClients: [{}, {}] }],
    [
      `/pools/${pool1}/resource-servers`,
      'ListResourceServers',
      { ResourceServers: [{ Identifier: 'orders-api' }] },
    ],
    [`/pools/${pool1}/providers`, 'ListIdentityProviders', { Providers: [{ ProviderName: 'CorporateID' }] }],
    [`/pools/${pool2}/users?by=username&begins=mar`, 'ListUsers', { Users: [{ Username: 'marco' }] }],
    [`/pools/${pool2}/groups`, 'ListGroups', { Groups: [{ GroupName: 'staff' }] }],
    [`/pools/${pool2}/group?name=staff`, 'ListUsersInGroup', { Users: [{}] }],
  ]
  for (const [path, operation, answer] of cases) {
    const page = await browser.get(`${rockpool.baseUrl}/_rockpool${path}`, { accept: 'text/html' })
    const { 'AWS CLI': scripts = [], 'AWS SDK for JavaScript': modules = [] } = codeOf(await page.text())
    const sent = await Promise.all(
      scripts.filter(text => /idp list-/.test(text)).map(text => sendScript(sdk, text)),
    )
    t.match(sent, [{ name: operation, answer }], path)
    t.ok(
      modules.some(text => text.includes(`const answer = await cognito.send(new ${operation}Command(`)),
      operation,
    )
  }
})

t.test('forms show what they would make, and make nothing; their code makes it', async t => {
  const rockpool = await aRockpool(t)
  const sdk = anSdk(t, rockpool)
  const browser = aBrowser()
  const { UserPool } = await sdk.send(new cognito.CreateUserPoolCommand({ PoolName: 'harbour' }))
  const UserPoolId = UserPool?.Id ?? ''
  const at = (path: string) => `${rockpool.baseUrl}/_rockpool/pools/${UserPoolId}${path}`
  const asPage = { accept: 'text/html' }
  const shown = async (page: string, action: string, fields: Record<string, string>) => {
    const before = await (await browser.get(at(page), asPage)).text()
    const _csrf = /name="_csrf" value="([^"]+)"/.exec(before)?.[1] ?? ''
    const answer = await browser.post(at(action), { _csrf, show: 'code', ...fields }, asPage)
    t.equal(answer.status, 200, page)
    return codeOf(await answer.text())
  }
  const cases: [
    page: string,
    action: string,
    fields: Record<string, string>,
    made: () => Promise<object>,
    as: object,
  ][] = [
    [
      '/clients',
      '/clients',
      { ClientName: 'ferry', secret: 'on' },
      () => sdk.send(new cognito.ListUserPoolClientsCommand({ UserPoolId })),
      { UserPoolClients: [{ ClientName: 'ferry' }] },
    ],
    [
      '/domain',
      '/domain',
      { Domain: 'harbour-pages', version: '2' },
      async () => (await sdk.send(new cognito.DescribeUserPoolCommand({ UserPoolId }))).UserPool ?? {},
      { Domain: 'harbour-pages' },
    ],
    [
      '/domain',
      '/domain',
      {
        kind: 'custom',
        CustomDomain: 'auth.harbour.example',
        CertificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/1',
      },
      async () => (await sdk.send(new cognito.DescribeUserPoolCommand({ UserPoolId }))).UserPool ?? {},
      { CustomDomain: 'auth.harbour.example' },
    ],
    [
      '/resource-servers',
      '/resource-servers',
      { Identifier: 'berths', Name: 'Berths', Scopes: 'book Book a berth' },
      () => sdk.send(new cognito.ListResourceServersCommand({ UserPoolId, MaxResults: 50 })),
      { ResourceServers: [{ Identifier: 'berths', Scopes: [{ ScopeName: 'book' }] }] },
    ],
    [
      '/providers/new?type=OIDC',
      '/providers/new?type=OIDC',
      {
        ProviderName: 'Pilot',
        client_id: 'c',
        client_secret: 'never-to-be-shown',
        oidc_issuer: `${rockpool.baseUrl}/${pool2}`,
        authorize_scopes: 'openid email',
        attributes_request_method: 'GET',
      },
      () => sdk.send(new cognito.ListIdentityProvidersCommand({ UserPoolId })),
      { Providers: [{ ProviderName: 'Pilot' }] },
    ],
    [
      '/providers/new?type=Google',
      '/providers/new?type=Google',
      {
        ProviderName: 'Google',
        client_id: 'c',
        client_secret: 'never-to-be-shown',
        authorize_scopes: 'openid email',
      },
      () => sdk.send(new cognito.ListIdentityProvidersCommand({ UserPoolId })),
      { Providers: [{ ProviderName: 'Google' }] },
    ],
    [
      '/users/new',
      '/users',
      { username: 'nemo', 'attribute:email': 'nemo@example.com', 'verified:email': 'on' },
      () => sdk.send(new cognito.ListUsersCommand({ UserPoolId })),
      { Users: [{ Username: 'nemo' }] },
    ],
    [
      '/groups',
      '/groups',
      { name: 'crew', description: 'On board', precedence: '3' },
      () => sdk.send(new cognito.ListGroupsCommand({ UserPoolId })),
      { Groups: [{ GroupName: 'crew', Description: 'On board', Precedence: 3 }] },
    ],
  ]
  for (const [page, action, fields, made, as] of cases) {
    const code = await shown(page, action, fields)
    t.notMatch(JSON.stringify(code), 'never-to-be-shown')
    t.notMatch(await made(), as, `${page}: nothing is made by looking`)
    const [script = ''] = (code['AWS CLI'] ?? []).filter(text => !/idp list-/.test(text))
    await sendScript(sdk, script)
    t.match(await made(), as, `${page}: the AWS CLI makes it`)
    const piece = (code.Seed ?? [])[0] ?? ''
    const lines = piece.replaceAll(/^/gm, '    ')
    t.doesNotThrow(() => parseSeed(`UserPools:\n  - PoolName: harbour\n${lines}`, 'pools.yaml'), piece)
    t.match(code.Terraform, [/^resource "aws_cognito_/])
    t.match(code.CloudFormation, [/Type: AWS::Cognito::/])
  }
})

t.test('what is there already is changed, not made', async t => {
  const rockpool = await aRockpool(t)
  const sdk = anSdk(t, rockpool)
  const browser = aBrowser()
  const client = '1webappatpool1clientid0000'
  const described = async () => [
    (await sdk.send(new cognito.DescribeUserPoolClientCommand({ UserPoolId: pool1, ClientId: client })))
      .UserPoolClient,
    (await sdk.send(new cognito.GetGroupCommand({ UserPoolId: pool2, GroupName: 'staff' }))).Group,
    (await sdk.send(new cognito.DescribeUserPoolDomainCommand({ Domain: 'oidc-pool-1' }))).DomainDescription,
  ]
  const undated = (value: unknown) =>
    JSON.parse(JSON.stringify(value).replace(/"LastModifiedDate":"[^"]*",?/g, ''))
  const before = undated(await described())
  const cases: [path: string, operation: string][] = [
    [`/pools/${pool1}/clients/${client}`, 'UpdateUserPoolClient'],
    [`/pools/${pool2}/group?name=staff`, 'UpdateGroup'],
    [`/pools/${pool1}/domain`, 'UpdateUserPoolDomain'],
    [`/pools/${pool1}/resource-server?identifier=orders-api`, 'UpdateResourceServer'],
    [`/pools/${pool1}/providers/CorporateID`, 'UpdateIdentityProvider'],
  ]
  for (const [path, operation] of cases) {
    const page = await browser.get(`${rockpool.baseUrl}/_rockpool${path}`, { accept: 'text/html' })
    const { 'AWS CLI': scripts = [], 'AWS SDK for JavaScript': modules = [] } = codeOf(await page.text())
    const script = scripts.find(text => !/idp list-/.test(text)) ?? ''
    t.equal((await sendScript(sdk, script)).name, operation, path)
    t.match(modules.at(-1), `await cognito.send(new ${operation}Command({`)
    t.notMatch(modules.at(-1), 'Create')
  }
  t.strictSame(undated(await described()), before, 'and the calls leave it as it is')
})

t.test('the settings of a pool are two calls, which leave it as it is', async t => {
  const rockpool = await aRockpool(t)
  const sdk = anSdk(t, rockpool)
  const described = async () => {
    const { UserPool } = await sdk.send(new cognito.DescribeUserPoolCommand({ UserPoolId: pool1 }))
    const tracking = new cognito.GetUserPoolSessionConfigurationCommand({ UserPoolId: pool1 })
    const { $metadata: _metadata, ...sessions } = await sdk.send(tracking)
    return { ...UserPool, LastModifiedDate: undefined, sessions }
  }
  const before = await described()
  const url = `${rockpool.baseUrl}/_rockpool/pools/${pool1}/settings`
  const page = await aBrowser().get(url, { accept: 'text/html' })
  const { 'AWS CLI': scripts = [] } = codeOf(await page.text())
  const sent: string[] = []
  for (const script of scripts) sent.push((await sendScript(sdk, script)).name)
  t.same(sent, ['SetUserPoolSessionConfiguration', 'UpdateUserPool'])
  t.strictSame(await described(), before)
})

t.test('what the page of a user lists and does are calls that work as they stand', async t => {
  const rockpool = await aRockpool(t)
  const sdk = anSdk(t, rockpool)
  await sdk.send(
    new cognito.SetUserPoolSessionConfigurationCommand({
      UserPoolId: pool2,
      UserSessionTracking: 'ENABLED',
      TokenSession: { MaxPerUser: 5 },
    }),
  )
  const password = 'Anemone-4-Marco!'
  await rockpool.operations.signIn({ pool: 'oidc-pool-2', client: 'direct-app', username: 'marco', password })
  const url = `${rockpool.baseUrl}/_rockpool/pools/${pool2}/users/5b1f6a52-1c0e-4d0b-9a57-2f1d7c3e8a02`
  const text = await (await aBrowser().get(url, { accept: 'text/html' })).text()
  t.match(text, `export AWS_ENDPOINT_URL=${rockpool.baseUrl}`)
  const scripts = [...text.matchAll(/<pre tabindex="0">(USER_POOL_ID=[\s\S]*?)<\/pre>/g)].map(([, code]) =>
    plain(code ?? ''),
  )
  const sent: string[] = []
  for (const script of scripts) sent.push((await sendScript(sdk, script)).name)
  t.strictSame(sent, [
    'AdminGetUser',
    'AdminListGroupsForUser',
    'AdminListUserSessions',
    'AdminResetUserPassword',
    'AdminSetUserPassword',
    'AdminUpdateUserAttributes',
    'AdminAddUserToGroup',
    'AdminRevokeUserSession',
    'AdminDisableUser',
    'AdminUserGlobalSignOut',
    'AdminDeleteUser',
  ])
})

t.test('“Save as seed” is a file that gives the same pool again', async t => {
  const rockpool = await aRockpool(t)
  const browser = aBrowser()
  const asPage = { accept: 'text/html' }
  for (const [UserPoolId, name] of [
    [pool1, 'oidc-pool-1'],
    [pool2, 'oidc-pool-2'],
  ] as const) {
    const page = `${rockpool.baseUrl}/_rockpool/pools/${UserPoolId}/code`
    const links = [...(await (await browser.get(page, asPage)).text()).matchAll(/href="([^"]+)" download/g)]
    t.equal(links.length, 2)
    const [plain = '', withSecrets = ''] = await Promise.all(
      links.map(async ([, href = '']) => {
        const answer = await browser.get(new URL(href.replaceAll('&amp;', '&'), page).href, asPage)
        t.match(answer.headers.get('content-disposition'), /attachment; filename="rockpool\.yaml"/)
        return answer.text()
      }),
    )
    const secret = /ClientSecret: (\S+)/.exec(withSecrets)?.[1] ?? ''
    t.ok(secret)
    t.notMatch(plain, secret, 'secrets are in the file that was asked for with them')
    const again = await aRockpool(t, { seed: parse(withSecrets) as object })
    const of = async ({ operations }: typeof rockpool) =>
      (await operations.exportPools('seed', { pool: name, secrets: true })).replaceAll(
        /localhost:\d+/g,
        'HERE',
      )
    t.equal(await of(again), await of(rockpool), `${name} is as it was`)
    t.match(
      (await again.operations.exportUsers(name)).map(({ username }) => username).toSorted(),
      (await rockpool.operations.exportUsers(name)).map(({ username }) => username).toSorted(),
      'with its users',
    )
  }
})

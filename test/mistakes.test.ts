import { join } from 'node:path'
import t from 'tap'
import { parseInvocation, UsageError } from '../src/cli/options.js'
import { type Mistake, SeedError } from '../src/config/seed/mistakes.js'
import { parseSeed } from '../src/config/seed/parse.js'
import { readSeeds } from '../src/config/seed/read.js'

/** What a newcomer gets wrong, and is told: the line, the thing, and what to do. */

function mistakesIn(text: string): readonly Mistake[] {
  try {
    parseSeed(text, 'pools.yaml')
    return []
  } catch (error) {
    if (error instanceof SeedError) return error.mistakes
    throw error
  }
}

const reference = (name: string) => `\${${name}}`
const aClient = (...lines: string[]) =>
  [
    'UserPools:',
    '  - PoolName: a',
    '    Clients:',
    '      - ClientName: c',
    ...lines.map(line => `        ${line}`),
  ].join('\n')
const withDepartment = (...lines: string[]) =>
  [
    'UserPools:',
    '  - PoolName: a',
    '    Schema: [{ Name: department, AttributeDataType: String, Mutable: true }]',
    ...lines.map(line => `    ${line}`),
  ].join('\n')

const aProvider = (detail: string) =>
  [
    'UserPools:',
    '  - PoolName: a',
    '    IdentityProviders:',
    '      - ProviderName: Upstream',
    '        ProviderType: OIDC',
    `        ProviderDetails: { client_id: c, authorize_scopes: openid, attributes_request_method: GET, ${detail} }`,
  ].join('\n')

/** A seed, the line of its one mistake, and what is said of the thing and of the remedy. */
const seeds: readonly (readonly [name: string, seed: string, line: number, thing: RegExp, remedy: RegExp])[] =
  [
    ['an empty file', '', 1, /file is empty/, /needs a list "UserPools"/],
    ['no UserPools', 'Pools: []', 1, /"Pools" is not known here/, /"UserPools"/],
    ['a list at the top', '- PoolName: a', 1, /must be a map, not a list/, /"UserPools:" above/],
    [
      'a misspelt member',
      'UserPools:\n  - PoolName: a\n    Domian: a',
      3,
      /"Domian" is not known/,
      /"Domain"/,
    ],
    [
      'a member like none',
      'UserPools:\n  - PoolName: a\n    Qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq: 1',
      3,
      /Qqqq/,
      /Leave it out. Valid here: .*/,
    ],
    [
      'a name that the API has elsewhere',
      'UserPools:\n  - PoolName: a\n    UserPoolClients: []',
      3,
      /UserPoolClients/,
      /"Clients"/,
    ],
    [
      'the grant for the flow',
      aClient('AllowedOAuthFlows: [authorization_code]'),
      5,
      /"authorization_code" is not one of/,
      /"code"/,
    ],
    ["OAuth's name of the callbacks", aClient('redirect_uris: []'), 5, /redirect_uris/, /"CallbackURLs"/],
    [
      'a reference without quotes',
      aClient(`CallbackURLs: [${reference('base')}/callback]`),
      5,
      /reads the braces of a reference/,
      /in quotes/,
    ],
    [
      'a reference to nothing',
      aClient('CallbackURLs:', `  - ${reference('pools.b.domain')}/x`),
      6,
      /refers to nothing/,
      /"\$\{pools\.a\.\w+\}"/,
    ],
    [
      'a mapping to an attribute of one’s own',
      withDepartment(
        'IdentityProviders:',
        '  - ProviderName: Upstream',
        '    ProviderType: OIDC',
        '    ProviderDetails: { client_id: c, authorize_scopes: openid, attributes_request_method: GET, oidc_issuer: https://a.example }',
        '    AttributeMapping: { department: department }',
      ),
      8,
      /no attribute "department"/,
      /"custom:department"/,
    ],
    [
      'a user with such an attribute',
      withDepartment('Users:', '  - Username: u', '    UserAttributes: { department: d }'),
      6,
      /no attribute "department"/,
      /"custom:department"/,
    ],
    [
      'a client that may write such an attribute',
      withDepartment('Clients:', '  - ClientName: c', '    WriteAttributes: [department]'),
      6,
      /no attribute "department"/,
      /"custom:department"/,
    ],
    [
      'a CloudFormation template',
      'AWSTemplateFormatVersion: 2010-09-09\nResources: {}',
      1,
      /CloudFormation template, not a seed/,
      /--from pools\.yaml/,
    ],
    ['a serverless.yml', 'service: s\nprovider: { name: aws }', 1, /serverless\.yml, not a seed/, /--from/],
    [
      'a wrong indent',
      'UserPools:\n  - PoolName: a\n     Domain: b\n    Clients: []\n   Users: []',
      3,
      /indented unlike its neighbours/,
      /Begin it in the column of the line/,
    ],
    ['a tab', 'UserPools:\n\t- PoolName: a', 2, /tabs/, /two blanks/],
    [
      'a name twice',
      'UserPools:\n  - PoolName: a\n    Domain: b\n    Domain: c',
      4,
      /second time/,
      /Keep one/,
    ],
    ['a number for a text', 'UserPools:\n  - PoolName: 1', 2, /must be a text, not a number/, /quotes/],
    [
      'a callback without https',
      aClient(
        'CallbackURLs: [http://app.example/cb]',
        'AllowedOAuthFlowsUserPoolClient: true',
        'AllowedOAuthFlows: [code]',
        'AllowedOAuthScopes: [openid]',
      ),
      5,
      /http:\/\/app\.example\/cb/,
      /https/,
    ],
    [
      'a domain with capitals',
      'UserPools:\n  - PoolName: a\n    Domain: My_Pool',
      3,
      /My_Pool/,
      /lower|letters|a-z/,
    ],
    [
      'a domain twice',
      'UserPools:\n  - PoolName: a\n    Domain: d\n  - PoolName: b\n    Domain: d',
      5,
      /domain is already used at UserPools\[0\]\.Domain \(pools\.yaml:3\)/,
      /Give one of the two another/,
    ],
    ['nothing but comments', '# later\n', 1, /file is empty/, /needs a list "UserPools"/],
    [
      'lines that end as on Windows',
      'UserPools:\r\n  - PoolName: a\r\n    Domian: b\r\n',
      3,
      /"Domian"/,
      /"Domain"/,
    ],
    ['a tab behind blanks', 'UserPools:\n  - PoolName: a\n\t  Domain: b', 3, /tabs/, /two blanks/],
    [
      'JSON with comments',
      '{\n  // mine\n  "UserPools": []\n}',
      2,
      /JSON has no comments/,
      /Begin the comment with #/,
    ],
    [
      'JSON that is cut off',
      '{\n  "UserPools": [{ "PoolName": "a" }\n',
      2,
      /The \[ of this line is never closed/,
      /Add the \]/,
    ],
    [
      'a name twice in JSON',
      '{ "UserPools": [{ "PoolName": "a",\n "PoolName": "b" }] }',
      2,
      /"PoolName" appears a second time/,
      /Keep one/,
    ],
    [
      'an alias of nothing',
      'UserPools:\n  - PoolName: a\n    Domain: *b',
      3,
      /alias \(\*name\) has no anchor/,
      /in quotes/,
    ],
    [
      'two documents',
      'UserPools: []\n---\nUserPools: []',
      2,
      /one document only/,
      /leave out the "---" line/,
    ],
    [
      'a state of Terraform',
      '{ "version": 4, "terraform_version": "1.9.0" }',
      1,
      /a state of Terraform, not a seed/,
      /--from pools\.yaml/,
    ],
    ['a text at the top', 'hello', 1, /must be a map, not a text/, /"Name: value"/],
    [
      'a pool that is a text',
      'UserPools:\n  - customers',
      2,
      /UserPools\[0\] .*must be a map, not a text/,
      /"Name: value"/,
    ],
    [
      'yes for true',
      aClient('GenerateSecret: yes'),
      5,
      /GenerateSecret .*true or false, not a text/,
      /Write true or false/,
    ],
    [
      'a number in quotes',
      aClient('AccessTokenValidity: "60"'),
      5,
      /AccessTokenValidity .*whole number/,
      /take them off/,
    ],
    [
      'a text for a number',
      'UserPools:\n  - PoolName: a\n    Policies: { PasswordPolicy: { MinimumLength: eight } }',
      3,
      /MinimumLength .*whole number/,
      /in digits/,
    ],
    [
      'a number that is too small',
      'UserPools:\n  - PoolName: a\n    Policies: { PasswordPolicy: { MinimumLength: 3 } }',
      3,
      /MinimumLength .*is 3/,
      /at least 6/,
    ],
    [
      'an attribute beside the attributes',
      'UserPools:\n  - PoolName: a\n    Users:\n      - Username: u\n        phone_number: "+12025550123"',
      5,
      /"phone_number" is not known/,
      /Write it inside UserAttributes/,
    ],
    [
      'a member of a part beside it',
      'UserPools:\n  - PoolName: a\n    MinimumLength: 8',
      3,
      /"MinimumLength" is not known/,
      /Write it inside Policies\.PasswordPolicy/,
    ],
    [
      'a client id with a blank',
      aClient('ClientId: my app'),
      5,
      /"my app" does not have the form/,
      /letters, digits, _ and \+/,
    ],
    [
      'a pool id without a region',
      'UserPools:\n  - PoolName: a\n    Id: pool-1',
      3,
      /"pool-1"/,
      /such as us-east-1_Customers/,
    ],
    [
      'a function that is no ARN',
      'UserPools:\n  - PoolName: a\n    LambdaConfig: { PreSignUp: f }',
      3,
      /PreSignUp .*at least 20, and is 1/,
      /Write an ARN, such as arn:aws:lambda/,
    ],
    [
      'MFA without a factor',
      'UserPools:\n  - PoolName: a\n    MfaConfiguration: ON',
      3,
      /MfaConfiguration .*second factor/,
      /add SoftwareTokenMfaConfiguration/,
    ],
    [
      'a user twice',
      'UserPools:\n  - PoolName: a\n    Users:\n      - { Username: u }\n      - { Username: u }',
      5,
      /username is already used at .*pools\.yaml:4/,
      /Give one of the two another/,
    ],
    [
      'a client id twice',
      `${aClient('ClientId: one')}\n      - ClientName: d\n        ClientId: one`,
      7,
      /client id is already used/,
      /another ClientId/,
    ],
    [
      'a group that is not there',
      'UserPools:\n  - PoolName: a\n    Groups: [{ GroupName: admins }]\n    Users: [{ Username: u, Groups: [admns] }]',
      4,
      /no group "admns"/,
      /"admins"/,
    ],
    [
      'a member of OAuth for one of Cognito',
      aProvider('issuer: https://a.example'),
      6,
      /"issuer" is not a detail/,
      /"oidc_issuer"/,
    ],
    [
      'a misspelt detail, which is not missing besides',
      aProvider('oidc_isuer: https://a.example'),
      6,
      /"oidc_isuer"/,
      /"oidc_issuer"/,
    ],
    [
      'a weak password',
      'UserPools:\n  - PoolName: a\n    Users: [{ Username: u, Password: short }]',
      3,
      /Password .*breaks the pool's policy/,
      /relax Policies\.PasswordPolicy/,
    ],
    [
      'no callback',
      aClient('AllowedOAuthFlows: [code]', 'AllowedOAuthScopes: [openid]'),
      5,
      /need CallbackURLs/,
      /such as http:\/\/localhost:3000\/callback/,
    ],
  ]

for (const [name, seed, line, thing, remedy] of seeds)
  t.test(`a wrong seed: ${name}`, async t => {
    const mistakes = mistakesIn(seed)
    t.equal(mistakes.length, 1, mistakes.map(({ sentence }) => sentence).join(' | '))
    const [mistake] = mistakes
    t.match(mistake, { file: 'pools.yaml', line })
    const told = [
      mistake?.path,
      mistake?.sentence,
      mistake?.suggestion && `"${mistake.suggestion}"`,
      mistake?.remedy,
    ]
    t.match(told.join(' '), thing)
    t.match(told.join(' '), remedy)
    t.match(new SeedError(mistakes).message, `pools.yaml:${line}`)
  })

t.test('files that cannot be read', async t => {
  const folder = t.testdir({
    'pools.yaml': 'UserPools: []',
    'bom.json': '\uFEFF{ "UserPools": [{ "PoolName": "a", "Domian": "b" }] }',
    'wide.yaml': Buffer.from('UserPools: []\n', 'utf16le'),
    seeds: { 'one.yaml': 'UserPools: []' },
  })
  const cases: readonly (readonly [file: string, thing: RegExp, remedy: RegExp])[] = [
    ['pool.yaml', /pool\.yaml\n +There is no such file/, /Did you mean ".*\/pools\.yaml"\?/],
    ['nowhere-at-all.json', /There is no such file/, /by its path from this folder/],
    ['pools.yaml/x.yaml', /There is no such file/, /by its whole path/],
    ['seeds', /This is a directory/, /--seed .*seeds\/one\.yaml/],
    ['wide.yaml', /wide\.yaml:1\n +The file is not in UTF-8/, /Save it as UTF-8/],
    ['bom.json', /bom\.json:1 .*"Domian"/s, /"Domain"/],
  ]
  for (const [file, thing, remedy] of cases) {
    const error = await readSeeds([join(folder, file)]).then(
      () => new Error(`${file} is taken`),
      error => error,
    )
    t.match(error.message, thing)
    t.match(error.message, remedy)
  }
})

/** Arguments, what is said of them, and of what to do. */
const flags: readonly (readonly [args: string, thing: RegExp, remedy: RegExp])[] = [
  ['--prot 1', /no option "--prot"/, /Did you mean "--port"\?/],
  ['strat', /no command "strat"/, /Did you mean "start"\?/],
  ['stop', /no command "stop"/, /There are: start, ca, env/],
  ['pools.yaml', /"pools\.yaml" is no command/, /A seed file has --seed before it/],
  ['--port 99999', /--port: "99999"/, /is not a port \(0 to 65535\)/],
  ['--port http', /--port: "http"/, /is not a port \(0 to 65535\)/],
  ['--port', /--port needs a value/, /PORT/],
  ['--seed=', /--seed needs a value/, /FILE/],
  ['start --seed a.yaml b.yaml', /"b\.yaml" is one word too many/, /has its own --seed/],
  ['env shop', /"shop" is one word too many for rockpool env/, /name the option/],
  ['--base-url localhost:7665', /--base-url: "localhost:7665"/, /is not an http or https URL/],
  [
    '--base-url http://a.test/path',
    /--base-url: "http:\/\/a\.test\/path"/,
    /a scheme, a host and a port, nothing else/,
  ],
  ['--host [::1]', /--host: "\[::1\]"/, /write it without them, such as ::1/],
  ['--host-name https://a.test', /--host-name: "https:\/\/a\.test"/, /without scheme and port/],
  [
    '--allow-origin localhost:3000',
    /--allow-origin: "localhost:3000"/,
    /such as https:\/\/admin\.example:8443/,
  ],
  ['--region europe', /--region: "europe"/, /such as eu-central-1/],
  ['--account 12', /--account: "12"/, /12 digits/],
  ['--data mysql://a/b', /--data: "mysql:\/\/a\/b"/, /neither a directory nor postgres/],
  ['--real-provider google', /--real-provider: "google"/, /Google, Facebook/],
  ['--control token', /--control token needs the token/, /ROCKPOOL_CONTROL_TOKEN/],
  ['--control remote', /--control: "remote"/, /is none of local, token, off/],
  ['--parameter Stage --from a.yaml', /--parameter: "Stage"/, /a name, an equals sign and a value/],
  [
    '--parameter Stage=dev',
    /--parameter has an effect together with --from only/,
    /give that too, or leave it out/,
  ],
  ['--watch', /--watch has an effect together with --seed or --from only/, /give that too/],
  ['import --users 5 a.yaml', /--users has an effect together with --from-aws only/, /give that too/],
  ['drift', /needs the id of one pool on AWS/, /rockpool drift POOL_ID/],
  ['drift shop', /rockpool drift: "shop"/, /is not the id of a pool, such as/],
  ['--json=yes', /--json takes no value/, /write --json alone/],
  ['env --data d', /--data means nothing to rockpool env/, /leave it out/],
]

const usageMistake = (args: readonly string[], environment: Record<string, string>): string => {
  try {
    parseInvocation(args, environment)
    return 'nothing'
  } catch (error) {
    if (error instanceof UsageError) return error.message
    throw error
  }
}

for (const [args, thing, remedy] of flags)
  t.test(`wrong arguments: ${args}`, async t => {
    const told = usageMistake(args.split(' '), {})
    t.match(told, thing)
    t.match(told, remedy)
  })

/** Variables, what is said of them, and of what to do. */
const variables: readonly (readonly [name: string, value: string, thing: RegExp, remedy: RegExp])[] = [
  ['ROCKPOOL_PRT', '1', /no variable "ROCKPOOL_PRT"/, /Did you mean "ROCKPOOL_PORT"\?/],
  ['ROCKPOOL_PORT', 'http', /ROCKPOOL_PORT: "http"/, /0 to 65535/],
  ['ROCKPOOL_WATCH', 'yes', /ROCKPOOL_WATCH/, /either true or false/],
  ['ROCKPOOL_SEED', 'a.yaml,,b.yaml', /ROCKPOOL_SEED needs a value/, /FILE/],
  ['ROCKPOOL_BASE_URL', 'localhost', /ROCKPOOL_BASE_URL: "localhost"/, /an http or https URL/],
  ['ROCKPOOL_CLIENT', 'web-app', /ROCKPOOL_CLIENT sets nothing: --client has no variable/, /Give the option/],
]
for (const [name, value, thing, remedy] of variables)
  t.test(`a wrong variable: ${name}=${value}`, async t => {
    const told = usageMistake([], { [name]: value })
    t.match(told, thing)
    t.match(told, remedy)
  })

t.test('a wrong secret is not repeated', async t => {
  for (const args of [
    ['--control-token', 'hunter2'],
    ['--from', 'a.yaml', '--secret', 'hunter2'],
  ]) {
    t.match(usageMistake(args, {}), /the value is not/)
    t.notMatch(usageMistake(args, {}), /hunter2/)
  }
})

t.test('"help" and "version" are words for the options', async t => {
  t.strictSame(parseInvocation(['help'], {}), { action: 'help', command: 'start' })
  t.strictSame(parseInvocation(['help', 'env'], {}), { action: 'help', command: 'env' })
  t.strictSame(parseInvocation(['version'], {}), { action: 'version' })
})

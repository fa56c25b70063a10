import t from 'tap'
import { parseInvocation, UsageError } from '../src/cli/options.js'
import { type Mistake, SeedError } from '../src/config/seed/mistakes.js'
import { parseSeed } from '../src/config/seed/parse.js'

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
      /./,
      /column|indent/,
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
      /d/,
      /./,
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

/** Arguments, and what is said of them. */
const flags: readonly (readonly [args: string, told: RegExp])[] = [
  ['--prot 1', /no option "--prot"\. Did you mean "--port"\?/],
  ['strat', /no command "strat"\. Did you mean "start"\?/],
  ['--port 99999', /--port: "99999" is not a port \(0 to 65535\)/],
  ['--port', /--port needs a value: PORT/],
  ['start --seed a.yaml b.yaml', /"b\.yaml" is one word too many.*own --seed/],
  ['--base-url localhost:7665', /--base-url: "localhost:7665" is not an http or https URL/],
  ['--base-url http://a.test/path', /--base-url: .* must be a scheme, a host and a port/],
  ['--host-name https://a.test', /--host-name: "https:\/\/a\.test" is not a host name/],
  ['--control token', /--control token needs the token: --control-token/],
  ['--control remote', /--control: "remote" is none of local, token, off/],
  ['--json=yes', /--json takes no value/],
  ['env --data d', /--data means nothing to rockpool env/],
]

t.test('ten wrong flags, and two', async t => {
  for (const [args, told] of flags) {
    try {
      parseInvocation(args.split(' '), {})
      t.fail(`${args} is taken`)
    } catch (error) {
      if (!(error instanceof UsageError)) throw error
      t.match(error.message, told, args)
    }
  }
})

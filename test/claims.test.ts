import { createHash } from 'node:crypto'
import t from 'tap'
import {
  type AppClient,
  type ClientSettings,
  mayRead,
  mayWrite,
  tokenLifetimes,
} from '../src/core/app-client.js'
import { type AttributeMapping, type Claims, mapClaims } from '../src/core/attribute-mapping.js'
import {
  accessTokenClaims,
  type Issue,
  idTokenClaims,
  machineTokenClaims,
  type Person,
  userInfoClaims,
} from '../src/core/claims.js'
import { byPrecedence, type Group, rolesOf } from '../src/core/group.js'
import type { Identity } from '../src/core/identity.js'
import {
  isPassword,
  passwordVerifier,
  policyViolation,
  srpVerifier,
  temporaryPassword,
} from '../src/core/password.js'
import type { Chance } from '../src/core/ports/chance.js'
import { parseScopes, releases, unreadableAttribute } from '../src/core/scopes.js'
import { power } from '../src/core/srp-group.js'
import type { User } from '../src/core/user.js'
import type { PoolSettings, UserPool } from '../src/core/user-pool.js'

// What tokens say, what a scope releases, what a mapping writes, what a password must look like: rules as tables.

const client = (settings: Partial<ClientSettings> = {}): AppClient => ({
  id: 'c',
  poolId: 'p',
  name: 'c',
  secrets: [],
  settings: settings as ClientSettings,
  createdAt: 0,
  modifiedAt: 0,
})

const group = (name: string, more: Partial<Group> = {}): Group => ({
  poolId: 'p',
  name,
  createdAt: 0,
  modifiedAt: 0,
  ...more,
})

const identity: Identity = {
  userId: 'U-1',
  providerName: 'Up',
  providerType: 'OIDC',
  issuer: null,
  primary: true,
  dateCreated: 1_705_991_781_374,
}

const user = (attributes: User['attributes'] = {}, identities: Identity[] = []): User => ({
  poolId: 'p',
  username: 'marco',
  sub: 's',
  status: 'CONFIRMED',
  enabled: true,
  attributes,
  identities,
  createdAt: 0,
  modifiedAt: 0,
})
const person = (attributes: User['attributes'] = {}, groups: Group[] = []): Person => ({
  user: user(attributes),
  groups,
})

const issue = (more: Partial<Issue> = {}): Issue => ({
  issuer: 'https://issuer.example',
  client: client(),
  scopes: ['openid'],
  authTime: 100,
  issuedAt: 200,
  lifetime: 3600,
  jti: 'j',
  originJti: 'o',
  eventId: 'e',
  ...more,
})

t.test('O12 the ID token is for the client', async t => {
  t.strictSame(
    Object.entries(idTokenClaims(issue(), person({ email: 'm@x.example' }), { atHash: 'h', nonce: 'n' })),
    [
      ['at_hash', 'h'],
      ['sub', 's'],
      ['iss', 'https://issuer.example'],
      ['cognito:username', 'marco'],
      ['nonce', 'n'],
      ['origin_jti', 'o'],
      ['aud', 'c'],
      ['event_id', 'e'],
      ['token_use', 'id'],
      ['auth_time', 100],
      ['exp', 3800],
      ['iat', 200],
      ['jti', 'j'],
      ['email', 'm@x.example'],
    ],
  )
})

t.test('O12 the access token names the client, and nothing personal', async t => {
  const groups = [group('g')]
  t.strictSame(Object.entries(accessTokenClaims(issue(), person({ email: 'm@x.example' }, groups))), [
    ['sub', 's'],
    ['cognito:groups', ['g']],
    ['iss', 'https://issuer.example'],
    ['version', 2],
    ['client_id', 'c'],
    ['origin_jti', 'o'],
    ['event_id', 'e'],
    ['token_use', 'access'],
    ['scope', 'openid'],
    ['auth_time', 100],
    ['exp', 3800],
    ['iat', 200],
    ['jti', 'j'],
    ['username', 'marco'],
  ])
})

t.test('O57 a resource is the audience', async t => {
  t.equal(accessTokenClaims(issue(), person(), 'https://api.example').aud, 'https://api.example')
})

t.test('O62 by the API: no version', async t => {
  t.notOk('version' in accessTokenClaims(issue({ viaApi: true }), person()))
})

t.test('without revocation', async t => {
  const { originJti: _origin, ...rest } = issue()
  const id = idTokenClaims(rest, person(), {})
  t.notOk('origin_jti' in id || 'jti' in id)
  const access = accessTokenClaims(rest, person())
  t.notOk('origin_jti' in access)
  t.equal(access.jti, 'j')
})

t.test('O33 a machine speaks for itself', async t => {
  const claims = machineTokenClaims({ ...issue(), scopes: ['api/read', 'api/write'] })
  t.match(claims, { sub: 'c', client_id: 'c', scope: 'api/read api/write', version: 2, token_use: 'access' })
  t.notOk('username' in claims || 'origin_jti' in claims || 'event_id' in claims)
})

t.test('attributes in the ID token and in userInfo', async t => {
  for (const [name, value, inToken, what] of [
    ['email_verified', 'true', true, 'O13 a boolean in the token, a text in userInfo'],
    ['email_verified', 'false', false, 'O13'],
    ['phone_number_verified', 'True', true, 'however it is written'],
    ['custom:level', '7', '7', 'O55 a number stays a text'],
    ['custom:flag', 'true', 'true', 'O55 and so does a boolean of one’s own'],
    ['address', '1 Pier', { formatted: '1 Pier' }, 'an object'],
    ['name', 'Marco', 'Marco', 'a text'],
    ['name', '', undefined, 'nothing is no claim'],
  ] as const) {
    t.strictSame(idTokenClaims(issue(), person({ [name]: value }), {})[name], inToken, what)
    t.equal(userInfoClaims(client(), ['openid'], user({ [name]: value }))[name], value || undefined, what)
  }
})

t.test('O16 O18 identities: texts in the token, native types in the attribute', async t => {
  const federated = { user: user({}, [identity, { ...identity, primary: false }]), groups: [] }
  const { identities } = idTokenClaims(issue({ scopes: ['openid', 'email'] }), federated, {})
  const first = {
    userId: 'U-1',
    providerName: 'Up',
    providerType: 'OIDC',
    issuer: null,
    primary: 'true',
    dateCreated: '1705991781374',
  }
  t.strictSame(identities, [first, { ...first, primary: 'false' }])
  const told = userInfoClaims(client(), ['openid'], federated.user).identities ?? ''
  t.strictSame(JSON.parse(told), [identity, { ...identity, primary: false }])
  t.notOk('identities' in idTokenClaims(issue(), person(), {}))
})

t.test('groups, and the roles they bring', async t => {
  const [a, b, c, d] = [
    group('a', { precedence: 5, roleArn: 'role/a' }),
    group('b', { precedence: 1, roleArn: 'role/b' }),
    group('c', { roleArn: 'role/a' }),
    group('d', { precedence: 1 }),
  ]
  t.strictSame(
    byPrecedence([c, a, d, b]).map(({ name }) => name),
    ['b', 'd', 'a', 'c'],
    'by precedence, then by name; without one last',
  )
  for (const [groups, roles, preferred, what] of [
    [[a, b, c], ['role/b', 'role/a'], 'role/b', 'the lowest value is preferred, each role once'],
    [[d, a], ['role/a'], 'role/a', 'a group without a role prefers nothing'],
    [
      [b, group('e', { precedence: 1, roleArn: 'role/e' })],
      ['role/b', 'role/e'],
      undefined,
      'a tie leaves it open',
    ],
    [
      [b, group('e', { precedence: 1, roleArn: 'role/b' })],
      ['role/b'],
      'role/b',
      'a tie of the same role does not',
    ],
    [[d], [], undefined, 'no role at all'],
  ] as const) {
    const found = rolesOf(byPrecedence(groups))
    t.strictSame([found.roles, found.preferred], [roles, preferred], what)
    const claims = idTokenClaims(issue(), person({}, [...groups]), {})
    t.strictSame(claims['cognito:roles'], roles.length === 0 ? undefined : roles, what)
    t.strictSame(claims['cognito:preferred_role'], preferred, what)
  }
})

t.test('what a scope releases', async t => {
  const of = {
    email: ['email', 'email_verified'],
    phone: ['phone_number', 'phone_number_verified'],
    profile: [
      ...['name', 'given_name', 'family_name', 'middle_name', 'nickname', 'preferred_username', 'profile'],
      ...['picture', 'website', 'gender', 'birthdate', 'zoneinfo', 'locale', 'address', 'updated_at'],
      ...['custom:level', 'dev:custom:level'],
    ],
  }
  const all = Object.values(of).flat()
  for (const [scopes, released] of [
    [['openid'], all],
    [['openid', 'aws.cognito.signin.user.admin'], all],
    [['openid', 'api/read'], all],
    [['openid', 'email'], of.email],
    [['openid', 'phone'], of.phone],
    [['openid', 'profile'], of.profile],
    [
      ['openid', 'phone', 'email'],
      [...of.email, ...of.phone],
    ],
    [['openid', 'email', 'phone', 'profile', 'api/read'], all],
  ] as const)
    t.strictSame(
      all.filter(attribute => releases(scopes, attribute)),
      released,
      scopes.join(' '),
    )
})

t.test('what a client may read and write', async t => {
  const lists = { ReadAttributes: ['email', 'custom:a'], WriteAttributes: ['email', 'custom:a'] }
  for (const [settings, attribute, reads, writes] of [
    [{}, 'email', true, true],
    [{}, 'email_verified', true, true],
    [{}, 'custom:a', true, true],
    [{}, 'dev:custom:a', false, false],
    [lists, 'email', true, true],
    [lists, 'email_verified', false, true],
    [lists, 'name', false, false],
    [lists, 'phone_number_verified', false, false],
    [lists, 'custom:a', true, true],
    [lists, 'custom:b', false, false],
  ] as const)
    t.strictSame(
      [
        mayRead(client(settings as ClientSettings), attribute),
        mayWrite(client(settings as ClientSettings), attribute),
      ],
      [reads, writes],
      `${attribute} ${settings === lists ? 'with' : 'without'} lists`,
    )
  for (const [read, scopes, unreadable] of [
    [undefined, ['openid', 'email', 'phone', 'profile'], undefined],
    [['email'], ['openid', 'email'], 'email_verified'],
    [['email', 'email_verified'], ['openid', 'email', 'profile'], undefined],
    [['email', 'email_verified'], ['openid', 'phone'], 'phone_number'],
    [['email'], ['openid', 'profile', 'api/read'], undefined],
  ] as const) {
    const settings = read === undefined ? {} : { ReadAttributes: [...read] }
    t.equal(unreadableAttribute(client(settings), scopes), unreadable, `${read} for ${scopes.join(' ')}`)
  }
})

t.test('scopes as a parameter', async t => {
  t.strictSame(parseScopes(undefined), undefined)
  t.strictSame(parseScopes('  '), undefined)
  t.strictSame(parseScopes(' openid  email openid '), ['openid', 'email'])
})

t.test('how long tokens last, in seconds', async t => {
  for (const [settings, expected] of [
    [{}, { id: 3600, access: 3600, refresh: 30 * 86400 }],
    [{ RefreshTokenValidity: 0 }, { id: 3600, access: 3600, refresh: 30 * 86400 }],
    [
      { AccessTokenValidity: 2, IdTokenValidity: 3, RefreshTokenValidity: 4 },
      { access: 7200, id: 10800, refresh: 4 * 86400 },
    ],
    [
      {
        AccessTokenValidity: 300,
        IdTokenValidity: 5,
        RefreshTokenValidity: 60,
        TokenValidityUnits: { AccessToken: 'seconds', IdToken: 'minutes', RefreshToken: 'minutes' },
      },
      { access: 300, id: 300, refresh: 3600 },
    ],
    [
      {
        AccessTokenValidity: 1,
        IdTokenValidity: 24,
        RefreshTokenValidity: 3650,
        TokenValidityUnits: { AccessToken: 'days', IdToken: 'hours', RefreshToken: 'days' },
      },
      { access: 86400, id: 86400, refresh: 3650 * 86400 },
    ],
    [
      { TokenValidityUnits: { AccessToken: 'minutes', IdToken: 'days', RefreshToken: 'minutes' } },
      { access: 3600, id: 3600, refresh: 30 * 86400 },
    ],
  ] as const)
    t.strictSame(tokenLifetimes(client(settings as ClientSettings)), expected, JSON.stringify(settings))
})

t.test('attribute mapping', async t => {
  const mapped = (claim: unknown, mapping: AttributeMapping = { a: 'c' }) =>
    mapClaims(mapping, { c: claim } as Claims).map(({ value }) => value)
  for (const [claim, value, what] of [
    ['text', 'text', 'a text'],
    ['', '', 'an empty one'],
    [7, '7', 'a number'],
    [0, '0', 'zero'],
    [true, 'true', 'a boolean'],
    [false, 'false', 'false'],
    [undefined, undefined, 'a claim that was not sent'],
    [null, undefined, 'null'],
    [{ formatted: '1 Pier' }, '{"formatted":"1 Pier"}', 'an object'],
    [['one'], '[one]', 'a list of one'],
    [['one & only'], '[one & only]', 'which is not encoded'],
    [['RIDY-RUMESH', 'RIDY-JOSE', 'RUMESH'], '[RIDY-RUMESH, RIDY-JOSE, RUMESH]', 'a list'],
    [['a b', 'c,d', 'e.f-g*h_i', 'ü'], '[a+b, c%2Cd, e.f-g*h_i, ü]', 'encoded where it has to be'],
    [[1, true], '[1, true]', 'a list of others'],
    [[], '[]', 'an empty list'],
  ] as const)
    t.strictSame(mapped(claim), [value], what)
  t.strictSame(mapped('x', { username: 'c', email: 'c' }), ['x'], 'the username is not mapped')
  t.strictSame(
    mapClaims({ email: 'mail', 'custom:dept': 'department' }, { mail: 'm@x.example', other: 'x' }),
    [
      { attribute: 'email', claim: 'mail', value: 'm@x.example' },
      { attribute: 'custom:dept', claim: 'department', value: undefined },
    ],
    'what is not mapped is dropped',
  )
  t.strictSame(mapClaims({ a: 'toString' }, {} as Claims)[0]?.value, undefined, 'no claim of every object')
})

t.test('passwords', async t => {
  const pool = (policy?: object) =>
    ({ id: 'us-east-1_Pool', settings: { Policies: { PasswordPolicy: policy } } as PoolSettings }) as UserPool
  const lax = {
    MinimumLength: 6,
    RequireUppercase: false,
    RequireLowercase: false,
    RequireNumbers: false,
    RequireSymbols: false,
  }
  const must = (kind: string) => `Password must have ${kind} characters`
  for (const [policy, password, violation] of [
    [undefined, 'Aa1!aaa', 'Password not long enough'],
    [undefined, '', 'Password not long enough'],
    [undefined, 'aaaaaaaa', must('uppercase')],
    [undefined, 'AAAAAAAA', must('lowercase')],
    [undefined, 'Aaaaaaaa', must('numeric')],
    [undefined, 'Aaaaaaa1', must('symbol')],
    [undefined, 'Aaaaaa1!', undefined],
    [undefined, ' Aaaaaa1', must('symbol')],
    [undefined, 'Aaaaaa1 ', must('symbol')],
    [undefined, 'Aaaa aa1', undefined],
    [undefined, 'Aäaaaaa1', must('symbol')],
    [undefined, 'Üaaaaa1!', must('uppercase')],
    [{ MinimumLength: 12 }, 'Aaaaaaaaa1!', 'Password not long enough'],
    [{ RequireSymbols: false }, 'aaaaaaaa', undefined],
    [{ MinimumLength: 8 }, 'aaaaaaaa', undefined],
    [{ RequireSymbols: true }, 'aaaaaaaa', must('symbol')],
    [lax, 'aaaaa', 'Password not long enough'],
    [lax, 'aaaaaa', undefined],
  ] as const)
    t.equal(policyViolation(pool(policy), password), violation, `${JSON.stringify(policy)} ${password}`)
  for (const symbol of '^$*.[]{}()?"!@#%&/\\,><\':;|_~`=+-')
    t.equal(policyViolation(pool(), `Aaaaaa1${symbol}`), undefined, symbol)
  for (const none of '€§£°´') t.equal(policyViolation(pool(), `Aaaaaa1${none}`), must('symbol'), none)

  let byte = 0
  const next = () => {
    byte = (byte + 7) % 256
    return byte
  }
  const chance: Chance = {
    bytes: count => Buffer.from(Array.from({ length: count }, next)),
    uuid: () => '',
  }
  for (const policy of [undefined, lax, { MinimumLength: 99 }])
    for (let times = 0; times < 50; times++)
      t.equal(policyViolation(pool(policy), temporaryPassword(pool(policy), chance)), undefined)

  const verifier = passwordVerifier(pool(), 'marco', 'Anemone-4!', Buffer.alloc(16, 0xff))
  t.ok(isPassword(pool(), 'marco', 'Anemone-4!', verifier))
  t.notOk(isPassword(pool(), 'marco', 'Anemone-4', verifier))
  t.notOk(isPassword(pool(), 'jane', 'Anemone-4!', verifier), 'another user')
  const { salt, x } = verifier as { salt: string; x: string }
  t.notMatch(JSON.stringify(verifier), /srp/, 'the verifier of SRP is made when it is needed')
  const srp = srpVerifier(verifier)
  t.equal(srp, power(2n, Buffer.from(x, 'hex')).toString(16))
  const earlier = { salt, srp, check: createHash('sha256').update(Buffer.from(x, 'hex')).digest('hex') }
  t.ok(isPassword(pool(), 'marco', 'Anemone-4!', earlier), 'as an earlier version kept it')
  t.notOk(isPassword(pool(), 'marco', 'Anemone-4', earlier))
  t.equal(srpVerifier(earlier), srp)
})

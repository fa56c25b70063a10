import t from 'tap'
import { parametersOf, redirectTo } from '../src/recorder/clues.js'
import { cleaned, isSecret, maskedText } from '../src/recorder/mask.js'

const jwt = 'eyJwbGFudGVkIjoiand0In0.eyJwbGFudGVkIjoiand0In0.planted-signature'

t.test('masking', t => {
  const plain = (value: unknown) => cleaned(value, { characters: 100_000 })
  for (const name of [
    'password',
    'newPassword',
    'NEW_PASSWORD',
    'client_secret',
    'ClientSecret',
    'SecretHash',
    'code',
  ]) {
    t.ok(isSecret(name), name)
  }
  for (const name of [
    'refresh_token',
    'code_verifier',
    '_csrf',
    'csrf',
    'Cookie',
    'set-cookie',
    'authorization',
    'ProofKey',
  ]) {
    t.ok(isSecret(name), name)
  }
  for (const name of [
    'state',
    'code_challenge',
    'token_type',
    'token_use',
    'username',
    'response_type',
    'nonce',
  ]) {
    t.notOk(isSecret(name), name)
  }
  t.strictSame(
    plain({
      password: ['one', 'two'],
      secrets: { old: { value: 'deep', n: 12345 }, none: null, on: true },
      tokens: { id_token: { 'cognito:username': 'jo', refresh_token: 'r' } },
      empty: { password: '' },
      when: new Date(0),
      at: new URL('https://jo:pw@idp.example/cb#access_token=a.b&state=s'),
      failed: new TypeError('at https://x.example/?code=c'),
      pairs: new Map([['client_secret', 's']]),
      gone: undefined,
      act: () => 1,
    }),
    {
      password: ['‹masked 3 characters›', '‹masked 3 characters›'],
      secrets: { old: { value: '‹masked 4 characters›', n: '‹masked 5 characters›' }, none: null, on: true },
      tokens: { id_token: { 'cognito:username': 'jo', refresh_token: '‹masked 1 characters›' } },
      empty: { password: '' },
      when: '1970-01-01T00:00:00.000Z',
      at: 'https://jo:‹masked›@idp.example/cb#access_token=‹masked 3 characters›&state=s',
      failed: 'TypeError: at https://x.example/?code=‹masked 1 characters›',
      pairs: { client_secret: '‹masked 1 characters›' },
      gone: undefined,
      act: undefined,
    },
  )
  const inner = encodeURIComponent(
    `https://a.example/?next=${encodeURIComponent('https://b.example/?code=deep')}`,
  )
  t.equal(
    maskedText(`/error?to=${inner}&c%6Fde=x`),
    '/error?to=https://a.example/?next=https://b.example/?code=‹masked 4 characters›&c%6Fde=‹masked 1 characters›',
  )
  t.equal(
    maskedText('{"access_token": "opaque", "n": "1"}'),
    '{"access_token": "‹masked 6 characters›", "n": "1"}',
  )
  t.equal(maskedText(`Bearer ${jwt}.`), `Bearer ‹masked token of ${jwt.length + 1} characters›`)
  t.match(maskedText('x'.repeat(5000)), /^x{2000}‹and 3000 characters more›$/)
  t.end()
})

t.test('what a redirect delivers', t => {
  t.strictSame(
    parametersOf('a=1&b=2&a=3&a=&__proto__=x'),
    JSON.parse('{"a":["1","3",""],"b":"2","__proto__":"x"}'),
  )
  const code = { is: 'code delivered' }
  const error = { is: 'error delivered', error: 'access_denied' }
  for (const [location, delivers] of [
    ['https://app.example/cb?code=c&state=s', code],
    ['myapp://cb?code=c', code],
    ['https://app.example/login?code=c', code],
    ['https://app.example/cb#access_token=a', { is: 'tokens issued' }],
    ['https://app.example/cb?error=access_denied&error_description=x', error],
    ['https://pool.example/oauth2/idpresponse?code=c&state=s', undefined],
    ['https://pool.example/error?error=access_denied', undefined],
    ['/login?error=access_denied&code=c', undefined],
    ['', undefined],
    ['http://[', undefined],
  ] as const) {
    t.strictSame(redirectTo(location).delivers, delivers, location)
  }
  t.end()
})

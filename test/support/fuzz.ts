import { inputs, isSigned } from '../../src/api/operations.js'
import { routes } from '../../src/control/routes.js'
import { type Shape, shapeOf } from '../../src/lib/shape.js'
import { signature } from './strangers.js'

/** A request as it goes over the wire. */
export interface FuzzedRequest {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Chance that is the same for the same seed (mulberry32). */
export function seededChance(seed: number) {
  let state = seed
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
  return {
    below: (limit: number): number => Math.floor(next() * limit),
    oneIn: (count: number): boolean => next() < 1 / count,
    pick: <T>(choices: readonly T[]): T => choices[Math.floor(next() * choices.length)] as T,
  }
}
export type SeededChance = ReturnType<typeof seededChance>

/** What breaks parsers, headers, pages and stores. */
const odd: readonly unknown[] = [
  '',
  ' ',
  '\u0000',
  'a\r\nX-Evil: 1\r\n\r\n<script>',
  '\ud800',
  '\u202e',
  '"><script>alert(1)</script>',
  "' OR 1=1 --",
  '../../etc/passwd',
  '%00%0d%0a',
  '%',
  '__proto__',
  'constructor',
  'toString',
  'x'.repeat(3000),
  'é'.repeat(200),
  '💥',
  '-1',
  '1e309',
  '9'.repeat(40),
  'null',
  null,
  true,
  0,
  -1,
  1.5,
  1e21,
  [],
  {},
  [[[[]]]],
  { a: { b: { c: null } } },
  JSON.parse(`${'['.repeat(2000)}${']'.repeat(2000)}`),
]

/** Makes requests that are valid, or nearly. What was answered earlier comes back in later ones. */
export function fuzzer(chance: SeededChance, known: readonly string[], paths: readonly string[]) {
  const { below, oneIn, pick } = chance
  const heard: string[] = []
  const word = (): string => (heard.length > 0 && oneIn(3) ? pick(heard) : pick(known))
  const oddText = (): string => String(pick(odd.filter(value => typeof value === 'string')))

  function anyOf(shape: Shape): unknown {
    switch (shape.type) {
      case 'string':
        return shape.enum !== undefined && !oneIn(10) ? pick(shape.enum) : word()
      case 'blob':
        return Buffer.from(word()).toString('base64')
      case 'integer':
        return pick([shape.min ?? 0, shape.max ?? 60, 1, 5, 60])
      case 'boolean':
        return oneIn(2)
      case 'document':
        return { [word()]: word() }
      case 'list':
        return Array.from({ length: below(3) }, () => anyOf(shape.member))
      case 'map':
        return Object.fromEntries(Array.from({ length: below(3) }, () => [word(), anyOf(shape.value)]))
      case 'structure':
        return Object.fromEntries(
          Object.entries(shape.members)
            .filter(([, member]) => 'required' in member || oneIn(3))
            .map(([name, member]) => [name, anyOf(shapeOf(member))]),
        )
      case 'either':
        return anyOf(pick(shape.options))
    }
  }

  /** The same value with something in it put in another's place, or nothing. */
  function mutated(value: unknown): unknown {
    if (oneIn(3) || typeof value !== 'object' || value === null) return oneIn(2) ? value : pick(odd)
    const entries = Object.entries(value)
    if (entries.length === 0) return pick(odd)
    const [name] = pick(entries)
    const changed = entries.flatMap(([key, member]) =>
      key !== name ? [[key, member]] : oneIn(4) ? [] : [[oneIn(8) ? oddText() : key, mutated(member)]],
    )
    return Array.isArray(value) ? changed.map(([, member]) => member) : Object.fromEntries(changed)
  }

  const json = (value: unknown): string => {
    const text = JSON.stringify(value) ?? ''
    return oneIn(30) ? text.slice(0, below(text.length + 1)) : text
  }

  const operation = (): FuzzedRequest => {
    const key = pick(Object.keys(inputs)) as keyof typeof inputs
    const name = key.charAt(0).toUpperCase() + key.slice(1)
    const input = anyOf(inputs[key])
    return {
      method: 'POST',
      path: '/',
      headers: {
        'x-amz-target': `AWSCognitoIdentityProviderService.${name}`,
        'content-type': 'application/x-amz-json-1.1',
        ...(isSigned(name) && !oneIn(20) ? { authorization: signature } : {}),
      },
      body: json(oneIn(2) ? input : mutated(input)),
    }
  }

  const control = (): FuzzedRequest => {
    const { method, path, query, body } = pick(routes)
    const given = body === undefined ? undefined : anyOf(body as Shape)
    const asked = Object.entries(anyOf(query) as object).map(([name, value]) => [name, String(value)])
    return {
      method,
      path: `/_rockpool${path.replace(/\{\w+\}/g, () => encodeURIComponent(oneIn(3) ? word().slice(0, 20) : pick(['one', 'two'])))}?${new URLSearchParams(asked)}`,
      headers: { 'content-type': 'application/json' },
      body: given === undefined ? '' : json(oneIn(2) ? given : mutated(given)),
    }
  }

  const parameters = () =>
    Object.fromEntries(
      parameterNames
        .filter(() => oneIn(3))
        .map((name): [string, string] => {
          const usual = usualValues[name]
          return [name, oneIn(6) ? oddText() : usual !== undefined && !oneIn(4) ? pick(usual) : word()]
        }),
    )

  const endpoint = (): FuzzedRequest => {
    const path = pick(paths)
    const method = pick(['GET', 'GET', 'POST', 'POST', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'])
    const query = new URLSearchParams(parameters())
    return {
      method,
      path: `${path}${oneIn(3) ? '' : `?${query}`}`,
      headers: {
        ...(method === 'POST'
          ? { 'content-type': oneIn(8) ? 'application/json' : 'application/x-www-form-urlencoded' }
          : {}),
        ...(oneIn(3)
          ? {
              authorization: pick([
                `Bearer ${word().replace(/[^\x20-\x7e]/g, '')}`,
                `Basic ${btoa('a:b')}`,
                'Basic ====',
                'x',
              ]),
            }
          : {}),
        ...(oneIn(3)
          ? {
              cookie: `XSRF-TOKEN=${'x'.repeat(32)}; cognito.us-east-1_OidcPool1=${encodeURIComponent(word())}`,
            }
          : {}),
        ...(oneIn(3) ? { accept: 'text/html' } : {}),
      },
      body:
        method === 'POST' ? new URLSearchParams({ _csrf: 'x'.repeat(32), ...parameters() }).toString() : '',
    }
  }

  return {
    next(): FuzzedRequest {
      const request = pick([operation, operation, operation, control, endpoint, endpoint])()
      return oneIn(12) ? { ...request, headers: { ...request.headers, ...strangeHeaders() } } : request
    },
    /** Texts of an answer: sessions, tokens, ids, names. */
    hear(text: string): void {
      for (const [, found = ''] of text.matchAll(/"([^"\\]{4,2500})"|[?&;](?:code|state)=([^&"]+)/g)) {
        if (found === '') continue
        if (heard.length < 400) heard.push(found)
        else heard[below(heard.length)] = found
      }
    },
  }

  function strangeHeaders(): Record<string, string> {
    return pick([
      {
        host: pick(['evil.example', 'a b', '[::1', 'x:99999', 'oidc-pool-1.localhost', '"', 'x'.repeat(300)]),
      },
      { origin: pick(['null', 'https://evil.example', 'x', 'http://localhost:3000']) },
      { 'content-type': pick(['', 'x', 'text/plain; charset=nonsense', 'multipart/form-data; boundary=x']) },
      {
        'x-rockpool-flight': word().replace(/[^\x20-\x7e]/g, ''),
        'x-rockpool-part': '1',
        'x-rockpool-call': 'x',
      },
      {
        'x-amz-target': pick([
          '',
          'x',
          'AWSCognitoIdentityProviderService.',
          'AWSCognitoIdentityProviderService.__proto__',
        ]),
      },
      { forwarded: 'host="x";proto=y', 'x-forwarded-host': 'a b', 'x-forwarded-proto': 'gopher' },
    ])
  }
}

const usualValues: Readonly<Record<string, readonly string[]>> = {
  response_type: ['code', 'token'],
  redirect_uri: ['http://localhost:3000/callback'],
  scope: ['openid', 'openid email', 'aws.cognito.signin.user.admin'],
  grant_type: ['authorization_code', 'refresh_token', 'client_credentials'],
  code_challenge_method: ['S256', 'plain'],
  identity_provider: ['COGNITO', 'CorporateID'],
  prompt: ['none', 'login', 'select_account'],
  lang: ['en', 'de', 'ja'],
}
const parameterNames = [
  ...Object.keys(usualValues),
  ...[
    'client_id',
    'client_secret',
    'state',
    'nonce',
    'code',
    'code_challenge',
    'code_verifier',
    'refresh_token',
  ],
  ...[
    'token',
    'username',
    'password',
    'new_password',
    'confirm_password',
    'logout_uri',
    'login_hint',
    'error',
  ],
  ...['idp_identifier', 'max_age', 'resource', 'access_token', 'RelayState', 'credential', 'challenge'],
]

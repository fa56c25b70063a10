import { createHash, randomBytes } from 'node:crypto'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { aBrowser } from './support/browser.js'
import { signingKeys } from './support/keys.js'
import { basic, client, machine, password, type Tokens } from './support/oauth-client.js'
import { anOracle } from './support/oracle.js'
import { aClock, aRockpool, authorizeQuery, poolAndClient, signInAt } from './support/rockpool.js'

// Our grants beside those of a certified provider that is set up alike: the same request, sound or tampered with, is
// accepted by both or refused by both. Where Cognito differs, the case says why.

const redirectUri = 'https://app.example/cb'
const secretOf = (name: string) => `${name}secret`.padEnd(30, '0')
const scopes = ['openid', 'email', 'api/read']
const forUsers = (name: string, more: object = {}) => client(name, { AllowedOAuthScopes: scopes, ...more })
const rotation = (RetryGracePeriodSeconds: number) => ({
  RefreshTokenRotation: { Feature: 'ENABLED', RetryGracePeriodSeconds },
})
const seed = {
  UserPools: [
    {
      PoolName: 'one',
      Domain: 'one',
      SigningKeys: await signingKeys(),
      ResourceServers: [
        {
          Identifier: 'api',
          Name: 'Api',
          Scopes: ['read', 'write'].map(ScopeName => ({ ScopeName, ScopeDescription: ScopeName })),
        },
      ],
      Clients: [
        forUsers('public'),
        forUsers('neighbour'),
        forUsers('secret', { ClientSecret: secretOf('secret') }),
        forUsers('plus', { ClientSecret: `${secretOf('plus')}+1` }),
        forUsers('rotating', rotation(10)),
        forUsers('strict', rotation(0)),
        machine('machine', ['api/read']),
      ],
      Users: [{ Username: 'marco', Password: password, UserAttributes: {} }],
    },
  ],
}

type Form = Record<string, string>

/** One of the two that are compared, as a client sees it. */
interface Side {
  code(name: string, challenge?: string): Promise<string>
  post(form: Form | string, headers?: Form, path?: 'token' | 'revoke'): Promise<Response>
  /** Lets what was given out expire. */
  expire(): void
}

async function ours(t: Test): Promise<Side> {
  const clock = aClock()
  const rockpool = await aRockpool(t, { seed, clock })
  const browser = aBrowser()
  const query = (name: string, more: Form) =>
    authorizeQuery(poolAndClient(rockpool, 'one', name).client, { scope: scopes.join(' '), ...more })
  const signIn = () =>
    signInAt(browser, `${rockpool.baseUrl}/one`, query('public', {}), { username: 'marco', password })
  await signIn()
  return {
    async code(name, challenge) {
      const pkce = challenge === undefined ? {} : { code_challenge: challenge, code_challenge_method: 'S256' }
      const authorize = `${rockpool.baseUrl}/one/oauth2/authorize?${query(name, pkce)}`
      const location = async () => (await browser.get(authorize)).headers.get('location') ?? ''
      const sought = async () => new URL(await location()).searchParams.get('code')
      const code = await sought()
      if (code !== null) return code
      // The session has ended with the time that was let pass.
      await signIn()
      return (await sought()) ?? ''
    },
    post: (form, headers = {}, path = 'token') =>
      fetch(`${rockpool.baseUrl}/one/oauth2/${path}`, { method: 'POST', body: bodyOf(form), headers }),
    expire: () => clock.advance({ seconds: 31 * 86_400 }),
  }
}

async function theirs(t: Test): Promise<Side> {
  const grants = ['authorization_code', 'refresh_token']
  const scope = scopes.join(' ')
  const oracle = await anOracle(t, {
    redirectUri,
    clients: [
      { id: 'public0id', grants, scope },
      { id: 'neighbour0id', grants, scope },
      { id: 'secret0id', grants, scope, secret: secretOf('secret') },
      { id: 'plus0id', grants, scope, secret: `${secretOf('plus')}+1` },
      { id: 'rotating0id', grants, scope, rotates: true },
      { id: 'strict0id', grants, scope, rotates: true },
      {
        id: 'machine0id',
        grants: ['client_credentials'],
        scope: 'api/read',
        secret: secretOf('machine'),
      },
    ],
  })
  return {
    code: (name, codeChallenge) =>
      oracle.code(`${name}0id`, { scope, ...(codeChallenge === undefined ? {} : { codeChallenge }) }),
    post: (form, headers = {}, path = 'token') =>
      fetch(`${oracle.base}/${path === 'token' ? 'token' : 'token/revocation'}`, {
        method: 'POST',
        body: bodyOf(form),
        headers,
      }),
    expire: oracle.expire,
  }
}

const bodyOf = (form: Form | string) =>
  typeof form === 'string' ? new Blob([form], { type: formType }) : new URLSearchParams(form)
const formType = 'application/x-www-form-urlencoded'

const verifier = randomBytes(32).toString('base64url')
const challenge = createHash('sha256').update(verifier).digest('base64url')

const exchange = (name: string, code: string, more: Form = {}): Form => ({
  grant_type: 'authorization_code',
  client_id: `${name}0id`,
  code,
  redirect_uri: redirectUri,
  ...more,
})
const refreshing = (name: string, refresh_token = '', more: Form = {}): Form => ({
  grant_type: 'refresh_token',
  client_id: `${name}0id`,
  refresh_token,
  ...more,
})
const without = (form: Form, name: string): Form =>
  Object.fromEntries(Object.entries(form).filter(([key]) => key !== name))

/** Exchanges a code that nothing is wrong with. */
async function signedIn(side: Side, name: string): Promise<Tokens> {
  const secret = name === 'secret' ? { client_secret: secretOf(name) } : {}
  const answer = await side.post(exchange(name, await side.code(name), secret))
  if (answer.status !== 200) throw new Error(`${name}: ${answer.status} ${await answer.text()}`)
  return (await answer.json()) as Tokens
}
async function refreshTokenOf(side: Side, name: string): Promise<string> {
  return (await signedIn(side, name)).refresh_token ?? ''
}

/** A request and whether it is accepted. Where Cognito differs from the oracle, `cognito` says why. */
interface Case {
  readonly is: 'accepted' | 'refused'
  readonly send: (side: Side) => Promise<Response>
  readonly cognito?: string
}

const secretBasic = basic('secret0id', secretOf('secret'))
const codeCases: Record<string, Case> = {
  'a code': {
    is: 'accepted',
    send: async side => side.post(exchange('public', await side.code('public'))),
  },
  'a code and its verifier': {
    is: 'accepted',
    send: async side =>
      side.post(exchange('public', await side.code('public', challenge), { code_verifier: verifier })),
  },
  'without its verifier': {
    is: 'refused',
    send: async side => side.post(exchange('public', await side.code('public', challenge))),
  },
  'with another verifier': {
    is: 'refused',
    send: async side =>
      side.post(
        exchange('public', await side.code('public', challenge), { code_verifier: verifier.toUpperCase() }),
      ),
  },
  'with the challenge as the verifier': {
    is: 'refused',
    send: async side =>
      side.post(exchange('public', await side.code('public', challenge), { code_verifier: challenge })),
  },
  'with a verifier too short': {
    is: 'refused',
    send: async side =>
      side.post(
        exchange('public', await side.code('public', challenge), { code_verifier: verifier.slice(1) }),
      ),
  },
  'with a verifier where there was no challenge': {
    is: 'refused',
    send: async side => side.post(exchange('public', await side.code('public'), { code_verifier: verifier })),
  },
  'with another redirect_uri': {
    is: 'refused',
    send: async side =>
      side.post(exchange('public', await side.code('public'), { redirect_uri: `${redirectUri}/` })),
  },
  'with the right redirect_uri after another': {
    is: 'accepted',
    send: async side => {
      const form = exchange('public', await side.code('public'))
      await side.post({ ...form, redirect_uri: `${redirectUri}?x` })
      return side.post(form)
    },
  },
  'a code for the second time': {
    is: 'refused',
    send: async side => {
      const form = exchange('public', await side.code('public'))
      await side.post(form)
      return side.post(form)
    },
  },
  'what a code gave that came twice': {
    is: 'accepted',
    cognito: 'the reuse of a code revokes nothing (fact O4; RFC 6749 §4.1.2 only recommends it)',
    send: async side => {
      const form = exchange('public', await side.code('public'))
      const { refresh_token } = (await (await side.post(form)).json()) as Tokens
      await side.post(form)
      return side.post(refreshing('public', refresh_token))
    },
  },
  'a code that is too old': {
    is: 'refused',
    send: async side => {
      const form = exchange('public', await side.code('public'))
      side.expire()
      return side.post(form)
    },
  },
  'a code of another client': {
    is: 'refused',
    send: async side => side.post(exchange('neighbour', await side.code('public'))),
  },
  'a code that was altered': {
    is: 'refused',
    send: async side => {
      const code = await side.code('public')
      return side.post(exchange('public', `${code.slice(0, -1)}${code.endsWith('0') ? '1' : '0'}`))
    },
  },
  ...Object.fromEntries(
    ['grant_type', 'client_id', 'code', 'redirect_uri'].map((name): [string, Case] => [
      `without ${name}`,
      {
        is: 'refused',
        send: async side => side.post(without(exchange('public', await side.code('public')), name)),
      },
    ]),
  ),
  'with two redirect_uri': {
    is: 'accepted',
    cognito: 'of a parameter that is repeated the first counts',
    send: async side => {
      const form = new URLSearchParams(exchange('public', await side.code('public'))).toString()
      return side.post(`${form}&redirect_uri=${encodeURIComponent('https://evil.example/')}`)
    },
  },
  'an unknown grant': {
    is: 'refused',
    send: async side =>
      side.post({ ...exchange('public', await side.code('public')), grant_type: 'password' }),
  },
  'a grant named like a member of every object': {
    is: 'refused',
    send: async side =>
      side.post({ ...exchange('public', await side.code('public')), grant_type: 'constructor' }),
  },
  'a code for a machine': {
    is: 'refused',
    send: side => side.post(exchange('machine', 'any', { client_secret: secretOf('machine') })),
  },
  'as JSON': {
    is: 'refused',
    send: async side => {
      const form = exchange('public', await side.code('public'))
      return side.post(JSON.stringify(form), { 'content-type': 'application/json' })
    },
  },
}

const clientCases: Record<string, Case> = {
  'the secret in the form': {
    is: 'accepted',
    send: async side =>
      side.post(exchange('secret', await side.code('secret'), { client_secret: secretOf('secret') })),
  },
  'the secret in a header': {
    is: 'accepted',
    send: async side => side.post(exchange('secret', await side.code('secret')), secretBasic),
  },
  'the secret in a header, the client nowhere else': {
    is: 'accepted',
    send: async side =>
      side.post(without(exchange('secret', await side.code('secret')), 'client_id'), secretBasic),
  },
  'no secret': {
    is: 'refused',
    send: async side => side.post(exchange('secret', await side.code('secret'))),
  },
  'a wrong secret': {
    is: 'refused',
    send: async side =>
      side.post(exchange('secret', await side.code('secret'), { client_secret: secretOf('plus') })),
  },
  'a wrong secret in a header': {
    is: 'refused',
    send: async side => side.post(exchange('secret', await side.code('secret')), basic('secret0id', 'no')),
  },
  'the right secret after a wrong one': {
    is: 'accepted',
    send: async side => {
      const form = exchange('secret', await side.code('secret'))
      await side.post({ ...form, client_secret: 'no' })
      return side.post({ ...form, client_secret: secretOf('secret') })
    },
  },
  'a secret of a public client': {
    is: 'refused',
    send: async side =>
      side.post(exchange('public', await side.code('public'), { client_secret: 'anything' })),
  },
  'another client in the header than in the form': {
    is: 'refused',
    send: async side => side.post(exchange('public', await side.code('public')), secretBasic),
  },
  'an unknown client': {
    is: 'refused',
    send: async side => side.post({ ...exchange('public', await side.code('public')), client_id: 'nobody' }),
  },
  'a header that is none': {
    is: 'refused',
    send: async side =>
      side.post(exchange('secret', await side.code('secret')), { authorization: 'Basic !' }),
  },
  'a header with a token': {
    is: 'refused',
    send: async side =>
      side.post(exchange('secret', await side.code('secret')), { authorization: 'Bearer x' }),
  },
  'a header without a colon': {
    is: 'refused',
    send: async side =>
      side.post(exchange('secret', await side.code('secret')), {
        authorization: `Basic ${Buffer.from('secret0id').toString('base64')}`,
      }),
  },
  'a secret in the header and one in the form': {
    is: 'accepted',
    cognito: 'the header counts before the form',
    send: async side =>
      side.post(exchange('secret', await side.code('secret'), { client_secret: 'no' }), secretBasic),
  },
  'a plus in the header, as it is': {
    is: 'accepted',
    cognito: 'a plus in a Basic header is a plus (§4.1); forms would read a blank (RFC 6749 §2.3.1)',
    send: async side =>
      side.post(exchange('plus', await side.code('plus')), basic('plus0id', `${secretOf('plus')}+1`)),
  },
  'a plus in the header, percent-encoded': {
    is: 'accepted',
    send: async side =>
      side.post(exchange('plus', await side.code('plus')), basic('plus0id', `${secretOf('plus')}%2B1`)),
  },
  'an empty secret of a public client in the header': {
    is: 'accepted',
    cognito: 'an empty secret is none (fact O24)',
    send: async side => side.post(exchange('public', await side.code('public')), basic('public0id', '')),
  },
}

const refreshCases: Record<string, Case> = {
  'a refresh token': {
    is: 'accepted',
    send: async side => side.post(refreshing('public', await refreshTokenOf(side, 'public'))),
  },
  'a refresh token twice, without rotation': {
    is: 'accepted',
    send: async side => {
      const form = refreshing('public', await refreshTokenOf(side, 'public'))
      await side.post(form)
      return side.post(form)
    },
  },
  'the token that rotation gave': {
    is: 'accepted',
    send: async side => {
      const first = await side.post(refreshing('strict', await refreshTokenOf(side, 'strict')))
      return side.post(refreshing('strict', ((await first.json()) as Tokens).refresh_token))
    },
  },
  'a token that rotation replaced': {
    is: 'refused',
    send: async side => {
      const form = refreshing('strict', await refreshTokenOf(side, 'strict'))
      await side.post(form)
      return side.post(form)
    },
  },
  'a token that rotation replaced, in its grace period': {
    is: 'accepted',
    cognito: 'a replaced token works on for the grace period (fact O56)',
    send: async side => {
      const form = refreshing('rotating', await refreshTokenOf(side, 'rotating'))
      await side.post(form)
      return side.post(form)
    },
  },
  'the newest token after the replaced one was refused': {
    is: 'accepted',
    cognito: 'a replaced token that comes again takes nothing along (fact O56)',
    send: async side => {
      const form = refreshing('strict', await refreshTokenOf(side, 'strict'))
      const { refresh_token } = (await (await side.post(form)).json()) as Tokens
      await side.post(form)
      return side.post(refreshing('strict', refresh_token))
    },
  },
  'a refresh token of another client': {
    is: 'refused',
    send: async side => side.post(refreshing('neighbour', await refreshTokenOf(side, 'public'))),
  },
  'a refresh token that was altered': {
    is: 'refused',
    send: async side => side.post(refreshing('public', `${await refreshTokenOf(side, 'public')}x`)),
  },
  'an access token as a refresh token': {
    is: 'refused',
    send: async side => side.post(refreshing('public', (await signedIn(side, 'public')).access_token)),
  },
  'a refresh token that is too old': {
    is: 'refused',
    send: async side => {
      const form = refreshing('public', await refreshTokenOf(side, 'public'))
      side.expire()
      return side.post(form)
    },
  },
  'without a refresh token': {
    is: 'refused',
    send: side => side.post(without(refreshing('public'), 'refresh_token')),
  },
  'without the secret': {
    is: 'refused',
    send: async side => side.post(refreshing('secret', await refreshTokenOf(side, 'secret'))),
  },
  'for fewer scopes': {
    is: 'accepted',
    send: async side =>
      side.post(refreshing('public', await refreshTokenOf(side, 'public'), { scope: 'openid' })),
  },
  'for more scopes': {
    is: 'accepted',
    cognito: 'a refresh takes no scope (§4.1): it is not looked at',
    send: async side =>
      side.post(refreshing('public', await refreshTokenOf(side, 'public'), { scope: 'openid api/write' })),
  },
  'a machine that refreshes': {
    is: 'refused',
    send: side => side.post(refreshing('machine', 'any', { client_secret: secretOf('machine') })),
  },
}

const asMachine = (more: Form = {}): Form => ({
  grant_type: 'client_credentials',
  client_id: 'machine0id',
  client_secret: secretOf('machine'),
  ...more,
})
const machineCases: Record<string, Case> = {
  'a machine': { is: 'accepted', send: side => side.post(asMachine()) },
  'a machine with a scope': { is: 'accepted', send: side => side.post(asMachine({ scope: 'api/read' })) },
  'a machine with a scope of others': {
    is: 'refused',
    send: side => side.post(asMachine({ scope: 'api/write' })),
  },
  'a machine with one scope of its own and one of others': {
    is: 'accepted',
    cognito: 'a scope that the client may not have is dropped (fact O34)',
    send: side => side.post(asMachine({ scope: 'api/read api/write' })),
  },
  'a machine without its secret': {
    is: 'refused',
    send: side => side.post(without(asMachine(), 'client_secret')),
  },
  'a client for users': {
    is: 'refused',
    send: side => side.post(asMachine({ client_id: 'secret0id', client_secret: secretOf('secret') })),
  },
}

const revocationCases: Record<string, Case> = {
  'revoking a refresh token': {
    is: 'accepted',
    send: async side =>
      side.post({ client_id: 'public0id', token: await refreshTokenOf(side, 'public') }, {}, 'revoke'),
  },
  'refreshing after that': {
    is: 'refused',
    send: async side => {
      const token = await refreshTokenOf(side, 'public')
      await side.post({ client_id: 'public0id', token }, {}, 'revoke')
      return side.post(refreshing('public', token))
    },
  },
  'revoking what nobody has': {
    is: 'accepted',
    send: side => side.post({ client_id: 'public0id', token: 'garbage' }, {}, 'revoke'),
  },
  'revoking without a token': {
    is: 'refused',
    send: side => side.post({ client_id: 'public0id' }, {}, 'revoke'),
  },
  'refreshing after another client revoked': {
    is: 'accepted',
    send: async side => {
      const token = await refreshTokenOf(side, 'public')
      await side.post({ client_id: 'neighbour0id', token }, {}, 'revoke')
      return side.post(refreshing('public', token))
    },
  },
  'refreshing after a revocation with a wrong secret': {
    is: 'accepted',
    send: async side => {
      const token = await refreshTokenOf(side, 'secret')
      await side.post({ client_id: 'secret0id', client_secret: 'no', token }, {}, 'revoke')
      return side.post(refreshing('secret', token, { client_secret: secretOf('secret') }))
    },
  },
  'the newest token after a replaced one was revoked': {
    is: 'refused',
    send: async side => {
      const token = await refreshTokenOf(side, 'strict')
      const next = (await (await side.post(refreshing('strict', token))).json()) as Tokens
      await side.post({ client_id: 'strict0id', token }, {}, 'revoke')
      return side.post(refreshing('strict', next.refresh_token))
    },
  },
  'revoking an access token': {
    is: 'refused',
    cognito: 'only refresh tokens can be revoked (fact O36)',
    send: async side => {
      const { access_token } = await signedIn(side, 'public')
      return side.post({ client_id: 'public0id', token: access_token }, {}, 'revoke')
    },
  },
}

const verdict = async (answer: Promise<Response>): Promise<Case['is'] | string> => {
  const { status } = await answer
  return status === 200 ? 'accepted' : status < 500 ? 'refused' : `a failure (${status})`
}
const opposite = { accepted: 'refused', refused: 'accepted' } as const

for (const [about, cases] of Object.entries({
  codes: codeCases,
  clients: clientCases,
  'refresh tokens': refreshCases,
  machines: machineCases,
  revocation: revocationCases,
})) {
  t.test(`${about}: what the oracle accepts we accept, what it refuses we refuse`, async t => {
    const sides = await Promise.all([ours(t), theirs(t)])
    for (const [what, { is, send, cognito }] of Object.entries(cases)) {
      const verdicts = await Promise.all(sides.map(side => verdict(send(side))))
      const expected = cognito === undefined ? [is, is] : [is, opposite[is]]
      t.strictSame(verdicts, expected, cognito === undefined ? what : `${what}: ${cognito}`)
    }
  })
}

t.test('tampering at random: both accept an exchange, or both refuse it', async t => {
  const [here, there] = await Promise.all([ours(t), theirs(t)])
  /** What becomes of a field. Each is as it should be more often than not, so that some requests are right. */
  const field = (...wrong: string[]) =>
    fc.oneof({ weight: 4, arbitrary: fc.constant('right') }, fc.constantFrom('left out', ...wrong))
  const tampering = fc.record({
    grant_type: field('refresh_token', 'AUTHORIZATION_CODE', ' '),
    client_id: field('secret0id', 'neighbour0id', 'Public0id'),
    code: field('x', '%00', 'é'),
    redirect_uri: field('HTTPS://app.example/cb', 'https://app.example/cb#', ' '),
    code_verifier: field(verifier.toLowerCase(), `${verifier}=`, 'x'.repeat(129)),
    challenged: fc.boolean(),
  })
  const accepted = { right: 0, wrong: 0 }
  await fc.assert(
    fc.asyncProperty(tampering, async ({ challenged, ...fields }) => {
      const send = async (side: Side) => {
        const code = await side.code('public', challenged ? challenge : undefined)
        const right = exchange('public', code, challenged ? { code_verifier: verifier } : {})
        const form = { ...right }
        for (const [name, change] of Object.entries(fields)) {
          if (change === 'left out') delete form[name]
          else if (change !== 'right') form[name] = change
        }
        return verdict(side.post(form))
      }
      const [our, their] = await Promise.all([send(here), send(there)])
      accepted[our === 'accepted' ? 'right' : 'wrong']++
      return our === their
    }),
    { numRuns: 60, seed: 10 },
  )
  t.ok(accepted.right > 5 && accepted.wrong > 5, 'some were right, and some were wrong')
})

import t, { type Test } from 'tap'
import { aReef, provider, reef, signIn, upstreamClient } from './support/federated-reef.js'
import { answering, type Behaviour, deadEnd, hmac, hostileUpstream, unsigned } from './support/upstream.js'

/** A case in which the provider does something wrong. */
interface Wrong {
  readonly why: string
  readonly behaviour: Partial<Behaviour>
  /** `error_description` at the callback. */
  readonly told: string | RegExp
  readonly because: RegExp
  readonly remedy: RegExp
}

/**
 * Time-outs that no clock decides: they stand still until the provider has been asked, and then run out.
 * @returns runs out every time-out that stands
 */
function patience(t: Test): () => void {
  const { timeout } = AbortSignal
  const waiting = new Set<AbortController>()
  AbortSignal.timeout = () => {
    const controller = new AbortController()
    waiting.add(controller)
    return controller.signal
  }
  t.teardown(() => {
    AbortSignal.timeout = timeout
  })
  return () => {
    for (const controller of waiting) controller.abort(new DOMException('moved on', 'TimeoutError'))
    waiting.clear()
  }
}

t.test(
  'what is wrong with an answer of the provider is said at the callback, and nobody is made',
  async t => {
    const upstream = await hostileUpstream(t, { ...upstreamClient, now: () => Date.now() })
    const { issuer } = upstream
    const nowhere = await deadEnd()
    const runOut = patience(t)
    const rockpool = await aReef(
      t,
      reef(
        [
          provider('Upstream', { oidc_issuer: issuer, ...upstream.endpoints }),
          provider('BadSecret', { oidc_issuer: issuer, ...upstream.endpoints, client_secret: 'a-wrong-one' }),
          provider('Away', { oidc_issuer: nowhere }),
          provider('HalfAway', { oidc_issuer: issuer, ...upstream.endpoints, token_url: `${nowhere}/token` }),
        ],
        [{ Name: 'email', Required: true, Mutable: true }],
      ),
    )

    const wrongs: Wrong[] = [
      {
        why: 'O51 another audience',
        behaviour: { claims: right => ({ ...right, aud: ['someone', 'else'] }) },
        told: 'Bad id_token audience someone, else',
        because: /meant for someone, else, but our client_id there is "our-client"/,
        remedy: /client_id of Upstream/,
      },
      {
        why: 'O51 another issuer',
        behaviour: { claims: right => ({ ...right, iss: `${issuer}/` }) },
        told: `Bad id_token issuer ${issuer}/`,
        because: new RegExp(`issued by "${issuer}/", but oidc_issuer is "${issuer}"`),
        remedy: /Set oidc_issuer of Upstream/,
      },
      {
        why: 'O51 expired in this very second',
        behaviour: { claims: right => ({ ...right, exp: Math.floor(Date.now() / 1000) }) },
        told: 'Bad id_token expired',
        because: /good until .*; it is now .*, and no tolerance/,
        remedy: /clocks/,
      },
      {
        why: 'without an expiry',
        behaviour: { claims: ({ exp: _, ...right }) => right },
        told: 'Bad id_token exp',
        because: /no valid exp/,
        remedy: /exp/,
      },
      {
        why: 'O51 an unknown key',
        behaviour: { header: right => ({ ...right, kid: 'other' }) },
        told: 'Bad id_token kid other',
        because: /key "other", but .*\/jwks has only good, curve/,
        remedy: /jwks_uri/,
      },
      {
        why: 'no key named',
        behaviour: { header: () => ({ alg: 'RS256' }) },
        told: 'Bad id_token kid',
        because: /has no kid/,
        remedy: /kid/,
      },
      {
        why: 'a key of another type',
        behaviour: { header: () => ({ alg: 'RS256', kid: 'curve' }) },
        told: 'Bad id_token kid curve',
        because: /its kty is EC/,
        remedy: /kid/,
      },
      {
        why: 'alg none',
        behaviour: { sign: signing => `${unsigned({ alg: 'none', kid: 'good' }, signing)}.` },
        told: 'Bad id_token algorithm none',
        because: /algorithm "none"/,
        remedy: /RS256/,
      },
      {
        why: 'HS256 with the public key',
        behaviour: {
          sign: signing => {
            const input = unsigned({ alg: 'HS256', kid: 'good' }, signing)
            return `${input}.${hmac(signing.publicPem, input)}`
          },
        },
        told: 'Bad id_token signature',
        because: /\(HS256\).*does not match our client_secret/,
        remedy: /client_secret/,
      },
      {
        why: 'a signature over something else',
        behaviour: {
          sign: signing =>
            `${unsigned({ alg: 'RS256', kid: 'good' }, signing)}.${Buffer.alloc(256, 1).toString('base64url')}`,
        },
        told: 'Bad id_token signature',
        because: /\(RS256\).*does not match the key "good"/,
        remedy: /jwks_uri/,
      },
      {
        why: 'no JWT at all',
        behaviour: { sign: () => 'opaque' },
        told: 'Bad id_token',
        because: /not a signed JWT/,
        remedy: /compact/,
      },
      {
        why: 'an error at the token endpoint',
        behaviour: { instead: { '/token': answering(500, 'oops') } },
        told: 'Upstream Error - 500 error getting token',
        because: /\/token, answered 500/,
        remedy: /log of Upstream/,
      },
      {
        why: 'a page for a token',
        behaviour: { instead: { '/token': answering(200, '<html>') } },
        told: 'Bad token response: no JSON object',
        because: /answered 200, but/,
        remedy: /token_url/,
      },
      {
        why: 'no ID token',
        behaviour: { instead: { '/token': answering(200, '{"access_token":"x"}') } },
        told: 'Bad token response: no id_token',
        because: /no id_token/,
        remedy: /openid/,
      },
      {
        why: 'silence at the token endpoint',
        behaviour: { instead: { '/token': runOut } },
        told: 'Timeout occurred in calling IdP token endpoint',
        because: /did not answer within 30000 ms/,
        remedy: /token_url/,
      },
      {
        why: 'a connection closed',
        behaviour: { instead: { '/token': request => request.socket.destroy() } },
        told: 'Connection reset',
        because: /closed the connection/,
        remedy: /token_url/,
      },
      {
        why: 'an answer without end',
        behaviour: { instead: { '/token': answering(200, ' '.repeat(2_000_000)) } },
        told: 'Response too large',
        because: /larger than/,
        remedy: /token_url/,
      },
      {
        why: 'silence at the keys',
        behaviour: { instead: { '/jwks': runOut } },
        told: 'error_description=Timeout in calling jwks uri',
        because: /keys of Upstream/,
        remedy: /jwks_uri/,
      },
      {
        why: 'no keys',
        behaviour: { instead: { '/jwks': answering(200, '{"keys":"none"}') } },
        told: 'Upstream Error - error getting keys',
        because: /not a key set/,
        remedy: /jwks_uri/,
      },
      {
        why: 'userInfo of somebody else',
        behaviour: { userInfo: { sub: 'Bob-2', email: 'bob@example.com' } },
        told: 'Bad userInfo subject',
        because: /speaks of "Bob-2", the ID token of "Ada-1"/,
        remedy: /attributes_url/,
      },
      {
        why: 'nobody named',
        behaviour: { claims: ({ sub: _, ...right }) => right, userInfo: { email: 'ada@example.com' } },
        told: 'username attribute mapping required',
        because: /has a usable "sub"/,
        remedy: /userinfo/i,
      },
      {
        why: 'O19 a required attribute missing, because userInfo refuses',
        behaviour: { instead: { '/userinfo': answering(403, '{}') } },
        told: 'attributes required: [email]',
        because: /requires email/,
        remedy: /AttributeMapping of Upstream/,
      },
      {
        why: 'the user says no',
        behaviour: { authorized: { error: 'access_denied', error_description: 'Not today' } },
        told: 'Not today; error=access_denied',
        because: /Upstream refused the sign-in: access_denied \(Not today\)/,
        remedy: /account that may/,
      },
      {
        why: 'neither code nor error',
        behaviour: { authorized: {} },
        told: 'code is missing',
        because: /neither a code nor an error/,
        remedy: /response_type/,
      },
    ]
    const isTold = async (
      t: Test,
      name: string,
      { told, because, remedy }: Omit<Wrong, 'why' | 'behaviour'>,
    ) => {
      const { outcome } = await signIn(rockpool, name)
      t.match(outcome, { error: 'invalid_request', error_description: told, state: 'the-state-of-the-app' })
      t.notOk(outcome.code)
      const flight = await rockpool.flight()
      t.match(flight.hops.at(-1)?.refusals, [{ because, remedy }])
      t.match(flight.outcome, { is: 'error delivered' })
      t.notMatch(JSON.stringify(flight), upstreamClient.clientSecret)
      t.strictSame(await rockpool.users(), [])
    }
    for (const { why, behaviour, ...expected } of wrongs) {
      await t.test(why, async t => {
        upstream.behave(behaviour)
        await isTold(t, 'Upstream', expected)
      })
    }
    upstream.behave()

    await t.test('O50 a wrong secret, which went in the body', async t => {
      await isTold(t, 'BadSecret', {
        told: 'BadSecret Error - 401 error getting token',
        because: /answered 401: invalid_client/,
        remedy: /client_id and client_secret of BadSecret .*never Basic/,
      })
      const call = upstream.seen.find(({ path }) => path === '/token')
      t.match(call?.headers, { 'user-agent': 'Amazon/Cognito' })
      t.notOk(call?.headers.authorization)
      t.strictSame(Object.fromEntries(call?.body ?? []), {
        grant_type: 'authorization_code',
        code: 'a-code',
        redirect_uri: `${rockpool.base}/reef/oauth2/idpresponse`,
        client_id: 'our-client',
        client_secret: 'a-wrong-one',
      })
    })

    await t.test('nobody at home', async t => {
      await isTold(t, 'HalfAway', {
        told: 'Connection refused',
        because: /nothing listens there \(ECONNREFUSED\)/,
        remedy: /token_url of HalfAway/,
      })
      await rockpool.upstream.discoverAll()
      t.strictSame(rockpool.warnings.length, 1)
      t.match(rockpool.warnings[0], /^The endpoints of Away could not be discovered at .*It is tried again/)
      await isTold(t, 'Away', {
        told: 'Unable to contact well-known endpoint',
        because: /nothing listens there/,
        remedy: /oidc_issuer of Away/,
      })
    })
  },
)

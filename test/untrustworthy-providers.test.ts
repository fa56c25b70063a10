import t, { type Test } from 'tap'
import { aReef, provider, reef, signIn, upstreamClient } from './support/federated-reef.js'
import { answering, type Behaviour, deadEnd, hmac, hostileUpstream, unsigned } from './support/upstream.js'

/** A case in which the provider does something wrong. */
interface Wrong {
  readonly why: string
  readonly behaviour: Partial<Behaviour>
  /** `error_description` at the callback. */
  readonly told: string
  /** In full; a pattern where a time or Node's own words are part of it. */
  readonly because: string | RegExp
  readonly remedy: string
}

/** What an endpoint does that never answers. */
const silence = (): void => {}

t.test(
  'what is wrong with an answer of the provider is said at the callback, and nobody is made',
  async t => {
    const upstream = await hostileUpstream(t, { ...upstreamClient, now: () => Date.now() })
    const { issuer } = upstream
    const nowhere = await deadEnd()
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
        because:
          'The ID token of Upstream is meant for someone, else, but our client_id there is "our-client".',
        remedy: 'Set client_id of Upstream to the client that the provider issues the tokens for.',
      },
      {
        why: 'O51 another issuer',
        behaviour: { claims: right => ({ ...right, iss: `${issuer}/other` }) },
        told: `Bad id_token issuer ${issuer}/other`,
        because: `The ID token of Upstream was issued by "${issuer}/other", but oidc_issuer is "${issuer}"; they are compared as text, but for a slash at the end.`,
        remedy:
          'Set oidc_issuer of Upstream to what the provider writes into iss: scheme, host, port and path.',
      },
      {
        why: 'O51 expired in this very second',
        behaviour: { claims: right => ({ ...right, exp: Math.floor(Date.now() / 1000) }) },
        told: 'Bad id_token expired',
        because:
          /^The ID token of Upstream was good until \S+Z; it is now \S+Z, and no tolerance is given\.$/,
        remedy:
          'Set the clocks of Rockpool (GET /_rockpool/clock) and of Upstream alike, or let Upstream issue ID tokens that live longer.',
      },
      {
        why: 'without an expiry',
        behaviour: { claims: ({ exp: _, ...right }) => right },
        told: 'Bad id_token exp',
        because: 'The ID token of Upstream has no valid exp: missing required "exp" claim.',
        remedy: 'Let Upstream send exp as OpenID Connect Core §2 wants it.',
      },
      {
        why: 'O51 an unknown key',
        behaviour: { header: right => ({ ...right, kid: 'other' }) },
        told: 'Bad id_token kid other',
        because: `The ID token of Upstream is signed with the key "other", but ${issuer}/jwks has only good, curve.`,
        remedy:
          'Set jwks_uri of Upstream to the jwks_uri of its discovery document, and let Upstream publish each key with the kid that its tokens name.',
      },
      {
        why: 'no key named',
        behaviour: { header: () => ({ alg: 'RS256' }) },
        told: 'Bad id_token kid',
        because: 'The ID token of Upstream does not say with which key it is signed: its header has no kid.',
        remedy:
          'Set jwks_uri of Upstream to the jwks_uri of its discovery document, and let Upstream publish each key with the kid that its tokens name.',
      },
      {
        why: 'a key of another type',
        behaviour: { header: () => ({ alg: 'RS256', kid: 'curve' }) },
        told: 'Bad id_token kid curve',
        because:
          'The ID token of Upstream is signed with RS256, but its key "curve" is not for that: its kty is EC.',
        remedy:
          'Let Upstream publish the key that it signs with (RS256) under the kid "curve", with a matching kty, use and alg.',
      },
      {
        why: 'alg none',
        behaviour: { sign: signing => `${unsigned({ alg: 'none', kid: 'good' }, signing)}.` },
        told: 'Bad id_token algorithm none',
        because:
          'The ID token of Upstream has the algorithm "none"; those of the RSA, HMAC and EC families are accepted: RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, HS256, HS384, HS512.',
        remedy: 'Let Upstream sign the ID tokens of our client with RS256 (id_token_signed_response_alg).',
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
        because: 'The signature (HS256) of the ID token of Upstream does not match our client_secret.',
        remedy: 'Set client_secret of Upstream to the secret that Upstream has for our client.',
      },
      {
        why: 'a signature over something else',
        behaviour: {
          sign: signing =>
            `${unsigned({ alg: 'RS256', kid: 'good' }, signing)}.${Buffer.alloc(256, 1).toString('base64url')}`,
        },
        told: 'Bad id_token signature',
        because: 'The signature (RS256) of the ID token of Upstream does not match the key "good".',
        remedy:
          'Set jwks_uri of Upstream to the jwks_uri of its discovery document: the keys there are not those of the issuer.',
      },
      {
        why: 'no JWT at all',
        behaviour: { sign: () => 'opaque' },
        told: 'Bad id_token',
        because: 'The ID token of Upstream cannot be read: it is not a signed JWT.',
        remedy:
          'Let Upstream issue ID tokens of our client as signed JWTs in compact form, neither encrypted nor opaque: switch encryption of ID tokens off there.',
      },
      {
        why: 'an error at the token endpoint',
        behaviour: { instead: { '/token': answering(500, 'oops') } },
        told: 'Upstream Error - 500 error getting token',
        because: `The token endpoint of Upstream, ${issuer}/token, answered 500.`,
        remedy:
          'Search the log of Upstream for the request, and set token_url of Upstream to its token endpoint if another one is set.',
      },
      {
        why: 'a page for a token',
        behaviour: { instead: { '/token': answering(200, '<html>') } },
        told: 'Bad token response: no JSON object',
        because: `The token endpoint of Upstream, ${issuer}/token, answered 200, but the answer has no JSON object.`,
        remedy:
          'Set token_url of Upstream to its token endpoint, and put openid among authorize_scopes: without it, Upstream issues no ID token.',
      },
      {
        why: 'no ID token',
        behaviour: { instead: { '/token': answering(200, '{"access_token":"x"}') } },
        told: 'Bad token response: no id_token',
        because: `The token endpoint of Upstream, ${issuer}/token, answered 200, but the answer has no id_token.`,
        remedy:
          'Set token_url of Upstream to its token endpoint, and put openid among authorize_scopes: without it, Upstream issues no ID token.',
      },
      {
        why: 'silence at the token endpoint',
        behaviour: { instead: { '/token': silence } },
        told: 'Timeout occurred in calling IdP token endpoint',
        because: `The token endpoint of Upstream, ${issuer}/token, could not be asked: it did not answer within 30000 ms.`,
        remedy:
          'Start Upstream, or set token_url of Upstream to an address that leads to it from where Rockpool runs (inside a container, localhost is the container).',
      },
      {
        why: 'a connection closed',
        behaviour: { instead: { '/token': request => request.socket.destroy() } },
        told: 'Connection reset',
        because: `The token endpoint of Upstream, ${issuer}/token, could not be asked: it closed the connection without a whole answer (UND_ERR_SOCKET).`,
        remedy:
          'Start Upstream, or set token_url of Upstream to an address that leads to it from where Rockpool runs (inside a container, localhost is the container).',
      },
      {
        why: 'an answer without end',
        behaviour: { instead: { '/token': answering(200, ' '.repeat(2_000_000)) } },
        told: 'Response too large',
        because: `The token endpoint of Upstream, ${issuer}/token, could not be asked: its answer is larger than 1048576 bytes.`,
        remedy:
          'Start Upstream, or set token_url of Upstream to an address that leads to it from where Rockpool runs (inside a container, localhost is the container).',
      },
      {
        why: 'silence at the keys',
        behaviour: { instead: { '/jwks': silence } },
        told: 'error_description=Timeout in calling jwks uri',
        because: `The keys of Upstream could not be fetched from ${issuer}/jwks: it did not answer within 30000 ms.`,
        remedy:
          'Start Upstream, or set jwks_uri of Upstream to an address that leads to it from where Rockpool runs (inside a container, localhost is the container).',
      },
      {
        why: 'no keys',
        behaviour: { instead: { '/jwks': answering(200, '{"keys":"none"}') } },
        told: 'Upstream Error - error getting keys',
        because: `The keys of Upstream could not be fetched from ${issuer}/jwks: the answer is not a key set.`,
        remedy: 'Set jwks_uri of Upstream to the address of its JSON Web Key Set.',
      },
      {
        why: 'userInfo of somebody else',
        behaviour: { userInfo: { sub: 'Bob-2', email: 'bob@example.com' } },
        told: 'Bad userInfo subject',
        because:
          'userInfo of Upstream speaks of "Bob-2", the ID token of "Ada-1": they must be one and the same (OpenID Connect Core §5.3.2).',
        remedy:
          'Set attributes_url of Upstream to the userinfo_endpoint of its discovery document, which must answer for the account of the ID token.',
      },
      {
        why: 'nobody named',
        behaviour: { claims: ({ sub: _, ...right }) => right, userInfo: { email: 'ada@example.com' } },
        told: 'username attribute mapping required',
        because:
          'Neither the ID token nor userInfo of Upstream has a usable "sub" (claims: email, iss, aud, iat, exp).',
        remedy:
          'Let Upstream send "sub" as a text, in the ID token or from its userInfo endpoint, which the flight shows if it was asked.',
      },
      {
        why: 'O19 a required attribute missing, because userInfo refuses',
        behaviour: { instead: { '/userinfo': answering(403, '{}') } },
        told: 'attributes required: [email]',
        because:
          'The pool requires email, and Upstream delivered no value for it, as the mapping of this flight shows.',
        remedy:
          'Map it in AttributeMapping of Upstream, and let Upstream send the claim: often a scope is missing in authorize_scopes.',
      },
      {
        why: 'the user says no',
        behaviour: { authorized: { error: 'access_denied', error_description: 'Not today' } },
        told: 'Not today; error=access_denied',
        because: 'Upstream refused the sign-in: access_denied (Not today).',
        remedy:
          'The user cancelled at Upstream, or a rule of Upstream excludes the account: sign in there with an account that may use our client.',
      },
      {
        why: 'neither code nor error',
        behaviour: { authorized: {} },
        told: 'code is missing',
        because: 'Upstream came back with neither a code nor an error.',
        remedy:
          'Let Upstream answer response_type=code, with the code in the query of the callback: a fragment (response_mode=fragment) does not reach the server.',
      },
    ]
    const isTold = async (
      t: Test,
      name: string,
      { told, because, remedy }: Omit<Wrong, 'why' | 'behaviour'>,
    ) => {
      const { outcome } = await signIn(rockpool, name)
      t.strictSame(outcome, {
        error_description: told,
        state: 'the-state-of-the-app',
        error: 'invalid_request',
      })
      const flight = await rockpool.flight()
      const [refusal, ...others] = flight.hops.at(-1)?.refusals ?? []
      t.strictSame(others, [])
      if (typeof because === 'string') t.equal(refusal?.because, because)
      else t.match(refusal?.because, because)
      t.equal(refusal?.remedy, remedy)
      t.match(flight.outcome, { is: 'error delivered' })
      t.notMatch(JSON.stringify(flight), upstreamClient.clientSecret)
      t.strictSame(await rockpool.users(), [])
    }
    for (const { why, behaviour, ...expected } of wrongs) {
      await t.test(why, async t => {
        upstream.behave(behaviour)
        const silentAt = Object.entries(behaviour.instead ?? {}).find(([, does]) => does === silence)?.[0]
        Object.assign(rockpool.time, { silentAt })
        await isTold(t, 'Upstream', expected)
      })
    }
    upstream.behave()

    await t.test('O50 a wrong secret, which went in the body', async t => {
      await isTold(t, 'BadSecret', {
        told: 'BadSecret Error - 401 error getting token',
        because: `The token endpoint of BadSecret, ${issuer}/token, answered 401: invalid_client.`,
        remedy:
          'Compare client_id and client_secret of BadSecret with what the provider knows as "our-client". The secret is sent in the body (client_secret_post, never Basic): the provider must allow that.',
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
        because: `The token endpoint of HalfAway, ${nowhere}/token, could not be asked: nothing listens there (ECONNREFUSED).`,
        remedy:
          'Start HalfAway, or set token_url of HalfAway to an address that leads to it from where Rockpool runs (inside a container, localhost is the container).',
      })
      await rockpool.upstream.prepareAll(() => true)
      t.strictSame(rockpool.warnings, [], 'nothing is said of what fails because we end')
      await rockpool.upstream.prepareAll()
      t.strictSame(rockpool.warnings.length, 1)
      t.match(rockpool.warnings[0], /^The endpoints of Away could not be discovered at .*It is tried again/)
      await isTold(t, 'Away', {
        told: 'Unable to contact well-known endpoint',
        because: `The endpoints of Away could not be discovered at ${nowhere}/.well-known/openid-configuration: nothing listens there (ECONNREFUSED).`,
        remedy:
          'Start the provider or correct oidc_issuer of Away (the address is oidc_issuer plus /.well-known/openid-configuration), or give all of authorize_url, token_url, attributes_url and jwks_uri.',
      })
    })
  },
)

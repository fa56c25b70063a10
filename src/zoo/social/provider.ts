import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { epochSeconds } from '../../core/ports/clock.js'
import { ensure } from '../../core/refusal.js'
import { type UpstreamProvider, type UpstreamUser, zooPath } from '../../core/upstream-provider.js'
import { peopleOf } from '../../flows/federation/upstream-people.js'
import type { Service } from '../../flows/service.js'
import { withScript } from '../../http/page-headers.js'
import { formOf, queryOf } from '../../http/parameters.js'
import { isWebUrl, withQuery } from '../../lib/url.js'
import { signJwt } from '../../tokens/jwt.js'
import { answerPage, signInPage } from '../pages.js'
import { chosenQuirks, offeredQuirks } from '../quirks.js'
import { chosenUser, type PickForm, signedInAtOnce } from '../users.js'
import { type Animal, type Asked, animals, isSocialKind, type SocialKind } from './animals.js'
import { codesOf } from './codes.js'
import * as refusals from './refusals.js'

export interface SocialOptions {
  readonly service: Service
  /** The provider of a name. @throws Refusal if no provider has it */
  readonly described: (name: string) => UpstreamProvider
  /** Answers with a page, also what is refused. */
  readonly onPage: (reply: FastifyReply, answer: () => Promise<FastifyReply>) => Promise<FastifyReply>
}

/** What a handler knows of the request's provider. */
interface At {
  readonly provider: UpstreamProvider
  readonly animal: Animal
}

/**
 * The social providers that are built in. Each is found below its own name by the host and the path that the real one has:
 * `/_rockpool/zoo/google/accounts.google.com/o/oauth2/v2/auth`.
 */
export function socialProviders(app: FastifyInstance, options: SocialOptions): void {
  const { onPage } = options
  const page = pagesOf(options)
  const calls = callsOf(options)
  for (const kind of Object.keys(animals) as SocialKind[]) {
    const { authorize, token, profile, keys } = animals[kind]
    const at = (path: string) => ({ url: `${zooPath}/:name/${path}`, config: { isPublic: true } as const })
    const show = (request: FastifyRequest, reply: FastifyReply) =>
      onPage(reply, () => page.show(atOf(options, request, kind), request, reply))
    app.route({ ...at(authorize), method: 'GET', handler: show })
    app.route({
      ...at(`${kind}/pick`),
      method: 'POST',
      handler: (request, reply) =>
        onPage(reply, () => page.enter(atOf(options, request, kind), request, reply)),
    })
    for (const { method, path } of token)
      app.route({
        ...at(path),
        method,
        handler: (request, reply) => calls.token(atOf(options, request, kind), request, reply),
      })
    if (profile !== undefined)
      app.route({
        ...at(profile),
        method: 'GET',
        handler: (request, reply) => calls.profile(atOf(options, request, kind), request, reply),
      })
    if (keys !== undefined)
      app.route({ ...at(keys), method: 'GET', handler: request => calls.keys(atOf(options, request, kind)) })
  }
}

function atOf({ described }: SocialOptions, { params }: FastifyRequest, kind: SocialKind): At {
  const provider = described((params as { name: string }).name)
  ensure(isSocialKind(provider.kind) && provider.kind === kind, () => refusals.otherKind(provider, kind))
  return { provider, animal: animals[kind] }
}

/** The pages: the choice of a user, and the redirect that follows. */
function pagesOf({ service }: SocialOptions) {
  return { show, enter }

  async function show(at: At, request: FastifyRequest, reply: FastifyReply) {
    const { provider, animal } = at
    const asked = askedIn(provider, queryOf(request))
    const user = await signedInAtOnce(service, provider)
    if (user !== undefined) return goBack(at, asked, { username: user.username }, reply)
    return reply.send(
      signInPage({
        title: animal.title,
        name: provider.name,
        users: await peopleOf(service, provider),
        clientId: asked.clientId,
        action: `${zooPath}/${provider.name}/${provider.kind}/pick`,
        quirks: offeredQuirks(provider),
        carried: {
          client_id: asked.clientId,
          redirect_uri: asked.redirectUri,
          scope: asked.scope,
          ...(asked.state === undefined ? {} : { state: asked.state }),
        },
      }),
    )
  }

  async function enter({ provider: given, animal }: At, request: FastifyRequest, reply: FastifyReply) {
    const { 'sec-fetch-site': site } = request.headers
    ensure(site === undefined || site === 'same-origin', refusals.postedFromElsewhere)
    const form = formOf(request)
    const provider = { ...given, quirks: chosenQuirks(given, request.body) }
    return goBack({ provider, animal }, askedIn(provider, form), form, reply)
  }

  /** Takes the browser back to where it came from, with what the form comes to. */
  async function goBack({ provider, animal }: At, asked: Asked, form: PickForm, reply: FastifyReply) {
    const isCancelled = form.cancel !== undefined || provider.quirks.includes('refuses')
    const outcome = isCancelled ? animal.cancelled : await vouched({ provider, animal }, asked, form)
    const fields = { ...outcome, ...(asked.state === undefined ? {} : { state: asked.state }) }
    if (animal.posts) return reply.headers(withScript).send(answerPage(asked.redirectUri, fields))
    return reply.redirect(withQuery(asked.redirectUri, fields), 303)
  }

  async function vouched(
    { provider, animal }: At,
    asked: Asked,
    form: PickForm,
  ): Promise<Record<string, string>> {
    const { claims } = socialUser(provider, animal, await chosenUser(service, provider, form))
    // Made here, where a person waits: a pool gives up on a token endpoint after five seconds.
    if (animal.issuer !== undefined) await service.keys.of(`zoo:${provider.name}`)
    const codes = codesOf(service, provider.name)
    const { clientId, redirectUri } = asked
    const code = await codes.issue('code', { clientId, redirectUri, claims, quirks: provider.quirks }, '4/0A')
    const isFirst = animal.posts && (await codes.consents(clientId, claims.sub))
    const tellsName = isFirst && !provider.quirks.includes('no-name')
    return { code, ...animal.back(asked), ...(tellsName ? { user: firstConsent(claims) } : {}) }
  }
}

/** What Apple tells once. */
const firstConsent = ({
  given_name: firstName,
  family_name: lastName,
  email,
}: UpstreamUser['claims']): string =>
  JSON.stringify({ name: { firstName, lastName }, ...(email === undefined ? {} : { email }) })

/** A user as this kind of provider knows them: with a subject of its form, unless the seed gives one. */
function socialUser(
  { quirks }: UpstreamProvider,
  animal: Animal,
  { username, claims }: UpstreamUser,
): UpstreamUser {
  const isGiven = claims.sub !== username && claims.sub !== `${username}@example.com`
  const { email, email_verified: isVerified, ...others } = claims
  const isOwner = isVerified ?? (email === undefined ? undefined : true)
  const verified = quirks.includes('email-verified-as-text') ? String(isOwner) : isOwner
  return {
    username,
    claims: {
      ...others,
      ...(email === undefined || quirks.includes('no-email') ? {} : { email }),
      ...(verified === undefined || quirks.includes('no-email-verified') ? {} : { email_verified: verified }),
      ...(quirks.includes('emoji') ? { name: 'Ann 🐙' } : {}),
      sub: isGiven ? claims.sub : animal.subject(username),
    },
  }
}

/** A request for a user's sign-in. Clients are compared only where the provider has some. */
function askedIn(
  provider: UpstreamProvider,
  {
    client_id: clientId,
    redirect_uri: redirectUri,
    scope = '',
    state,
  }: Readonly<Record<string, string | undefined>>,
): Asked {
  ensure(clientId !== undefined && redirectUri !== undefined && isWebUrl(redirectUri), () =>
    refusals.requestIncomplete(provider),
  )
  const { clients } = provider
  const client = clients.find(({ id }) => id === clientId)
  ensure(clients.length === 0 || client?.redirectUris.includes(redirectUri), () =>
    refusals.clientUnknown(provider, clientId, redirectUri),
  )
  return { clientId, redirectUri, scope, state }
}

/** What servers call. */
function callsOf({ service }: SocialOptions) {
  const { clock, keys: signingKeys } = service
  return { token, profile, keys }

  async function token({ provider, animal }: At, request: FastifyRequest, reply: FastifyReply) {
    const given = request.method === 'GET' ? queryOf(request) : formOf(request)
    const refuse = (error: 'invalid_client' | 'invalid_grant') => {
      const { status, body } = animal.refusal(error)
      return reply.code(status).send(body)
    }
    const client = provider.clients.find(({ id }) => id === given.client_id)
    if (
      provider.clients.length > 0 &&
      (client === undefined || !isSecret(client.secret, given.client_secret))
    )
      return refuse('invalid_client')
    const codes = codesOf(service, provider.name)
    const granted = await codes.redeem(given.code ?? '')
    if (granted?.quirks.includes('invalid-client')) return refuse('invalid_client')
    if (
      granted === undefined ||
      granted.clientId !== given.client_id ||
      granted.redirectUri !== given.redirect_uri
    )
      return refuse('invalid_grant')
    const padding = granted.quirks.includes('long-access-token') ? 'x'.repeat(2048) : ''
    return reply.header('cache-control', 'no-store').send({
      access_token: await codes.issue('token', granted, animal.accessToken + padding),
      ...animal.tokenAnswer,
      ...(animal.issuer === undefined ? {} : { id_token: await idToken(provider, animal, granted) }),
    })
  }

  async function idToken(
    { name }: UpstreamProvider,
    { idToken: claimsOf, issuer }: Animal,
    { clientId, claims }: { clientId: string; claims: UpstreamUser['claims'] },
  ): Promise<string> {
    const { idToken: key } = await signingKeys.of(`zoo:${name}`)
    const iat = epochSeconds(clock)
    return signJwt(key, {
      iss: issuer,
      azp: clientId,
      aud: clientId,
      ...claimsOf(claims),
      iat,
      exp: iat + 3600,
    })
  }

  async function profile({ provider, animal }: At, request: FastifyRequest, reply: FastifyReply) {
    const { personFields, fields = personFields ?? '', access_token: inQuery } = queryOf(request)
    const bearer = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1]
    const granted = await codesOf(service, provider.name).find('token', bearer ?? inQuery ?? '')
    if (granted === undefined) return reply.code(401).send({ error: 'invalid_token' })
    const asked = fields.split(',').filter(field => field !== '')
    const isKnown = !granted.quirks.includes('unknown-field')
    const told = isKnown ? animal.profileOf(granted.claims, asked) : undefined
    if (told !== undefined) return reply.send(told)
    const message = `(#100) Tried accessing nonexisting field (${fields}) on node type (User)`
    return reply.code(400).send({ error: { message, type: 'OAuthException', code: 100 } })
  }

  async function keys({ provider }: At) {
    const { idToken: key } = await signingKeys.of(`zoo:${provider.name}`)
    return { keys: [key.jwk] }
  }
}

/** Apple's client secret is a JWT that the client signs; only its form is looked at here. */
const isSecret = (known: string | undefined, given: string | undefined): boolean =>
  known === undefined || given === known || given?.split('.').length === 3

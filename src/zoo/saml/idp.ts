import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { domainUrl, samlSignOutPath } from '../../core/addresses.js'
import { zooRecords } from '../../core/collections.js'
import { keyOf, put } from '../../core/ports/store.js'
import { ensure } from '../../core/refusal.js'
import {
  type UpstreamProvider,
  upstreamIssuer,
  upstreamMetadata,
  zooPath,
} from '../../core/upstream-provider.js'
import { speechOf } from '../../core/upstream-quirks.js'
import { poolById } from '../../flows/directory/directory.js'
import { peopleOf } from '../../flows/federation/upstream-people.js'
import type { Service } from '../../flows/service.js'
import { withScript } from '../../http/page-headers.js'
import { formOf, queryOf } from '../../http/parameters.js'
import { samlSigningOf } from '../../tokens/saml-signing.js'
import { answerPage, signInPage } from '../pages.js'
import { chosenQuirks, ensureAdmitted, offeredQuirks } from '../quirks.js'
import { chosenUser, type PickForm, signedInAtOnce } from '../users.js'
import type { Asked } from './answer.js'
import type { SigningPair } from './keys.js'
import * as refusals from './refusals.js'

export interface SamlIdpOptions {
  readonly service: Service
  /** The provider of a name. @throws Refusal if no provider has it */
  readonly described: (name: string) => UpstreamProvider
  /** Answers with a page, also what is refused. */
  readonly onPage: (reply: FastifyReply, answer: () => Promise<FastifyReply>) => Promise<FastifyReply>
}

/** A SAML identity provider: metadata, sign-on, log-out, and pages where a user is picked (docs/facts/saml-and-social.md §8). */
export function samlIdp(app: FastifyInstance, { service, described, onPage }: SamlIdpOptions): void {
  const providerOf = ({ params }: FastifyRequest) => {
    const provider = described((params as { name: string }).name)
    ensure(speechOf(provider.kind).includes('SAML'), () => refusals.speaksNoSaml(provider))
    return provider
  }
  signOn(app, { service, providerOf, onPage })
  app.route({
    ...at('metadata'),
    method: 'GET',
    handler: async (request, reply) =>
      reply.type('application/samlmetadata+xml').send(await metadataXml(service, providerOf(request))),
  })
  app.route({
    ...at('slo'),
    method: 'GET',
    handler: (request, reply) => onPage(reply, () => leave(request, reply)),
  })

  /** Answers a pool's request to log out. It has to be signed by the pool, whose certificate counts as uploaded. */
  async function leave(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const provider = providerOf(request)
    const { SAMLRequest, RelayState } = queryOf(request)
    const { inflated, isSignedQuery, redirectUrl } = await import('../../saml/redirect.js')
    const { messageIn } = await import('./request.js')
    const { id, issuer } = messageIn(inflated(SAMLRequest ?? ''), 'LogoutRequest')
    const pool = await poolById(service, issuer.slice(issuer.lastIndexOf(':') + 1))
    const url = pool && domainUrl(service, pool)
    ensure(pool !== undefined && url !== undefined, () => refusals.unknownServiceProvider(issuer))
    const { certificate } = await samlSigningOf(service, pool.id)
    const query = request.url.slice(request.url.indexOf('?') + 1)
    ensure(!provider.quirks.includes('logout-without-certificate'), () =>
      refusals.certificateUnknown(provider.name, pool),
    )
    ensure(isSignedQuery(query, 'SAMLRequest', certificate), () => refusals.logoutUnsigned(provider.name))
    const { logoutXml } = await import('./assertion.js')
    const to = `${url}${samlSignOutPath}`
    const xml = logoutXml({
      responseId: `_${service.chance.uuid()}`,
      now: service.clock.now(),
      issuer: upstreamMetadata(service.base, provider.name),
      acs: to,
      inResponseTo: id,
    })
    if (provider.quirks.includes('logout-by-redirect'))
      return reply.redirect(redirectUrl(to, 'SAMLResponse', { xml, relayState: RelayState ?? '' }), 302)
    const SAMLResponse = Buffer.from(xml).toString('base64')
    return reply
      .headers(withScript)
      .send(answerPage(to, { SAMLResponse, ...(RelayState === undefined ? {} : { RelayState }) }))
  }
}

const at = (path: string) => ({ url: `${zooPath}/:name/saml/${path}`, config: { isPublic: true } as const })

/** Signing users in: for a request of a service provider, or, at `start`, without one. */
function signOn(
  app: FastifyInstance,
  {
    service,
    providerOf,
    onPage,
  }: Pick<SamlIdpOptions, 'service' | 'onPage'> & {
    providerOf: (request: FastifyRequest) => UpstreamProvider
  },
): void {
  app.route({
    ...at('sso'),
    method: 'GET',
    handler: (request, reply) =>
      onPage(reply, async () => {
        const provider = providerOf(request)
        const { SAMLRequest, RelayState } = queryOf(request)
        const asked = await requestIn(SAMLRequest, RelayState)
        ensureAdmitted(provider, { client: asked.audience, answersTo: asked.acs })
        if (provider.quirks.includes('wants-signed-requests')) await ensureSigned(service, request, asked)
        return greet(provider, asked, { SAMLRequest, RelayState }, reply)
      }),
  })
  app.route({
    ...at('start'),
    method: 'GET',
    handler: (request, reply) =>
      onPage(reply, async () => {
        const { acs = '', audience = '', RelayState } = queryOf(request)
        ensure(/^https?:\/\//.test(acs) && audience !== '', refusals.startIncomplete)
        const asked = { id: undefined, acs, audience, relayState: RelayState }
        return greet(providerOf(request), asked, { acs, audience, RelayState }, reply)
      }),
  })
  app.route({
    ...at('sso'),
    method: 'POST',
    handler: (request, reply) => onPage(reply, () => enter(request, reply)),
  })

  /** Shows the users to choose from; or signs in the one that needs no page. */
  async function greet(
    provider: UpstreamProvider,
    asked: Asked,
    carried: Record<string, string | undefined>,
    reply: FastifyReply,
  ): Promise<FastifyReply> {
    const user = await signedInAtOnce(service, provider)
    return user === undefined
      ? reply.send(await view(service, provider, asked, carried))
      : goBack(service, provider, asked, { username: user.username }, reply)
  }

  /** Answers the form: its user is one of the list, or a typed one. */
  async function enter(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { 'sec-fetch-site': site } = request.headers
    ensure(site === undefined || site === 'same-origin', refusals.postedFromElsewhere)
    const given = providerOf(request)
    const form = formOf(request)
    const provider = { ...given, quirks: chosenQuirks(given, request.body) }
    const { SAMLRequest, acs = '', audience = '', RelayState } = form
    const asked =
      SAMLRequest === undefined
        ? { id: undefined, acs, audience, relayState: RelayState }
        : await requestIn(SAMLRequest, RelayState)
    ensureAdmitted(provider, { client: asked.audience, answersTo: asked.acs })
    return goBack(service, provider, asked, form, reply)
  }
}

/** The page on which a user is picked. */
async function view(
  service: Service,
  provider: UpstreamProvider,
  asked: Asked,
  carried: Record<string, string | undefined>,
): Promise<string> {
  const { name, kind } = provider
  return signInPage({
    title: kind === 'saml' ? 'SAML identity provider' : `SAML at ${kind}`,
    name,
    users: await peopleOf(service, provider),
    clientId: asked.audience,
    action: `${zooPath}/${name}/saml/sso`,
    quirks: offeredQuirks(provider, 'SAML'),
    carried: Object.fromEntries(
      Object.entries(carried).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    ),
  })
}

/** Takes the browser back to the service provider, with what the form comes to. */
async function goBack(
  service: Service,
  provider: UpstreamProvider,
  asked: Asked,
  form: PickForm,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { answerTo, refusalOf } = await import('./answer.js')
  const answer =
    form.cancel === undefined
      ? await answerTo(service, provider, asked, await chosenUser(service, provider, form))
      : await refusalOf(service, provider, asked)
  return reply.headers(withScript).send(answerPage(asked.acs, answer))
}

/** As Keycloak does unless it is told otherwise: a request has to be signed by the pool, whose certificate counts as uploaded. */
async function ensureSigned(service: Service, request: FastifyRequest, { audience }: Asked): Promise<void> {
  const { isSignedQuery } = await import('../../saml/redirect.js')
  const { certificate } = await samlSigningOf(service, audience.slice(audience.lastIndexOf(':') + 1))
  const query = request.url.slice(request.url.indexOf('?') + 1)
  ensure(isSignedQuery(query, 'SAMLRequest', certificate), () => refusals.requestUnsigned(audience))
}

async function metadataXml(service: Service, provider: UpstreamProvider): Promise<string> {
  const { name } = provider
  const { idpMetadata } = await import('../../saml/metadata.js')
  const { signingPairOf } = await import('./keys.js')
  const issuer = upstreamIssuer(service.base, name)
  return idpMetadata({
    entityId: upstreamMetadata(service.base, name),
    ssoUrl: `${issuer}/saml/sso`,
    sloUrl: `${issuer}/saml/slo`,
    certificates: [(await signingPairOf(service, name, await publishedPair(service, provider))).certificate],
    wantsSignedRequests: provider.quirks.includes('wants-signed-requests'),
  })
}

/** Milliseconds after which the metadata of a provider that rotates its certificate have the new one. */
const rotation = 60_000

/** Which certificate the metadata have: of a provider that rotates it, the old one at first, so that pools know that. */
async function publishedPair(
  { store, clock }: Service,
  { name, quirks }: UpstreamProvider,
): Promise<SigningPair> {
  if (quirks.includes('expired-certificate')) return 'expired'
  if (!quirks.includes('rotated-certificate')) return 'published'
  const key = keyOf(name, 'metadata')
  const first = (await store.get(zooRecords, key))?.record.payload as { readonly at: number } | undefined
  if (first !== undefined) return clock.now() - first.at > rotation ? 'rotated' : 'published'
  const payload: object = { at: clock.now() }
  await store.commit(put(zooRecords, key, { provider: name, payload }))
  return 'published'
}

/** The request that a browser brings. */
async function requestIn(parameter: string | undefined, relayState: string | undefined): Promise<Asked> {
  const { inflated } = await import('../../saml/redirect.js')
  const { messageIn } = await import('./request.js')
  const { id, issuer, acs } = messageIn(inflated(parameter ?? ''), 'AuthnRequest')
  ensure(acs !== undefined && /^https?:\/\//.test(acs), () => refusals.noAnswerAddress(issuer))
  return { id, acs, audience: issuer, relayState }
}

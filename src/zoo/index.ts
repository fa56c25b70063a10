import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { ensure, Refusal, refusal } from '../core/refusal.js'
import { type UpstreamProvider, type UpstreamUser, zooPath } from '../core/upstream-provider.js'
import type { UpstreamQuirk } from '../core/upstream-quirks.js'
import { peopleOf } from '../flows/federation/upstream-people.js'
import type { Service } from '../flows/service.js'
import { pageHeaders } from '../http/page-headers.js'
import { formOf } from '../http/parameters.js'
import { isOidcKind } from './oidc/kinds.js'
import type { AskedAt, OidcProvider, Outcome } from './oidc/provider.js'
import { answerScript, answerScriptPath, problemPage, signInPage } from './pages.js'
import { chosenQuirks, ensureAdmitted, offeredQuirks } from './quirks.js'
import { samlIdp } from './saml/idp.js'
import { socialProviders } from './social/provider.js'
import { stylesheet, stylesheetPath } from './stylesheet.js'
import { chosenUser, signedInAtOnce } from './users.js'

export interface ZooOptions {
  readonly service: Service
  /** What the providers are: known at the latest when the first request comes. */
  readonly providers: () => readonly UpstreamProvider[]
  /** Takes a sentence for the operator. */
  readonly log: (line: string) => void
}

export interface Zoo {
  /** Starts all providers, so that nobody waits for the first answer of one. */
  startAll(): Promise<void>
}

/**
 * The upstream zoo: identity providers that are built in, so that a federation can be rehearsed without a network. Each is a
 * stranger to the pools: it is reached over HTTP, at its own issuer below `/_rockpool/zoo`, and shares nothing with them
 * but the store and the process. oidc-provider is its engine, and is loaded when a provider starts.
 */
export function zoo(app: FastifyInstance, options: ZooOptions): Zoo {
  const { service } = options
  const described = describedBy(options.providers)
  const running = runningProviders(options, described)

  engineRoutes(app, running)

  const { show, enter } = pagesOf(service, running)
  const page = { url: `${zooPath}/:name/sign-in/:uid`, config: { isPublic: true } } as const
  app.route({
    ...page,
    method: 'GET',
    handler: (request, reply) => onPage(reply, () => show(request, reply)),
  })
  app.route({
    ...page,
    method: 'POST',
    handler: (request, reply) => onPage(reply, () => enter(request, reply)),
  })

  samlIdp(app, { service, described, onPage })
  socialProviders(app, { service, described, onPage })
  assets(app)

  return {
    async startAll() {
      await Promise.all(
        options
          .providers()
          .filter(isOidc)
          .map(({ name }) => running(name)),
      )
    },
  }

  async function onPage(reply: FastifyReply, answer: () => Promise<FastifyReply>): Promise<FastifyReply> {
    reply.headers(pageHeaders).type('text/html; charset=utf-8')
    try {
      return await answer()
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      service.recorder.refused(error)
      return reply.code(400).send(problemPage(error))
    }
  }
}

/** The pages of OpenID Providers. */
function pagesOf(service: Service, running: (name: string) => Promise<OidcProvider>) {
  return { show, enter }

  /** Shows the users to choose from; or signs in the one that needs no page. */
  async function show(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const provider = await running(nameIn(request))
    const { described, title } = provider
    const asked = await provider.requestOf(request.raw, reply.raw)
    ensureAdmitted(described, { client: asked.clientId, answersTo: asked.redirectUri })
    const demand = demandUnmet(described.quirks, asked)
    const user = await signedInAtOnce(service, described)
    if (demand === undefined && user === undefined)
      return reply.send(
        signInPage({
          title,
          name: described.name,
          users: await peopleOf(service, described),
          clientId: asked.clientId,
          action: request.url,
          quirks: offeredQuirks(described, 'OIDC'),
        }),
      )
    const outcome = demand ?? outcomeOf(described.quirks, user)
    return reply.redirect(await provider.signIn(request.raw, reply.raw, outcome), 303)
  }

  /** Signs in the user that was picked or typed, and returns to where the sign-in came from. */
  async function enter(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const provider = await running(nameIn(request))
    const asked = await provider.requestOf(request.raw, reply.raw)
    const form = formOf(request)
    const quirks = chosenQuirks(provider.described, request.body)
    const { clientId: client, redirectUri: answersTo } = asked
    ensureAdmitted({ ...provider.described, quirks }, { client, answersTo })
    const user = form.cancel === undefined ? await chosenUser(service, provider.described, form) : undefined
    const outcome = demandUnmet(quirks, asked) ?? outcomeOf(quirks, user)
    return reply.redirect(await provider.signIn(request.raw, reply.raw, outcome), 303)
  }
}

/** What the pages load. */
function assets(app: FastifyInstance): void {
  const files = [
    [answerScriptPath, 'text/javascript; charset=utf-8', answerScript],
    [stylesheetPath, 'text/css; charset=utf-8', stylesheet],
  ] as const
  for (const [url, type, text] of files)
    app.route({
      url,
      method: 'GET',
      config: { isPublic: true },
      handler: (_request, reply) => reply.type(type).send(text),
    })
}

/** Without a user, or where the provider refuses, the sign-in ends as one that the user cancels. */
const outcomeOf = (quirks: readonly UpstreamQuirk[], user: UpstreamUser | undefined): Outcome =>
  user === undefined || quirks.includes('refuses')
    ? { error: 'access_denied', description: 'The user cancelled the sign-in' }
    : { user, quirks }

/** What a request lacks that the provider demands; pools never send it (docs/facts/oauth-and-federation.md §8.2). */
function demandUnmet(quirks: readonly UpstreamQuirk[], asked: AskedAt): Outcome | undefined {
  const refused = (description: string) => ({ error: 'invalid_request', description })
  if (quirks.includes('demands-nonce') && !asked.hasNonce) return refused('The parameter nonce is required')
  return quirks.includes('demands-pkce') && !asked.hasChallenge
    ? refused('The parameter code_challenge is required')
    : undefined
}

/** What the engine of OpenID Providers answers itself. */
function engineRoutes(app: FastifyInstance, running: (name: string) => Promise<OidcProvider>): void {
  app.register(async app => {
    // The engine reads the body itself.
    app.removeAllContentTypeParsers()
    app.addContentTypeParser('*', (_request, _body, parsed) => parsed(null))
    app.route({
      method: ['GET', 'POST', 'OPTIONS'],
      url: `${zooPath}/:name/*`,
      config: { isPublic: true },
      async handler(request, reply) {
        const provider = await running(nameIn(request))
        reply.hijack()
        await provider.handle(request.raw, reply.raw, { protocol: request.protocol, host: request.host })
      },
    })
  })
}

/** The engines of OpenID Providers by name; each is started when it is first asked for. */
function runningProviders(
  { service, log }: ZooOptions,
  described: Described,
): (name: string) => Promise<OidcProvider> {
  const started = new Map<string, Promise<OidcProvider>>()
  return async name => {
    const provider = described(name)
    ensure(isOidc(provider), () => notOidc(provider))
    const running = started.get(name) ?? start(service, provider, log)
    started.set(name, running)
    running.catch(() => started.delete(name))
    return running
  }
}

type Described = (name: string) => UpstreamProvider

/** The provider of a name. @throws Refusal where there is none */
function describedBy(providers: ZooOptions['providers']): Described {
  return name => {
    const known = providers()
    const described = known.find(provider => provider.name === name)
    ensure(described, () =>
      unknownProvider(
        name,
        known.map(provider => provider.name),
      ),
    )
    return described
  }
}

const isOidc = ({ kind }: UpstreamProvider): boolean => isOidcKind(kind)

const nameIn = ({ params }: FastifyRequest): string => (params as { name: string }).name

async function start(
  service: Service,
  described: UpstreamProvider,
  log: ZooOptions['log'],
): Promise<OidcProvider> {
  const { startOidcProvider } = await import('./oidc/provider.js')
  return startOidcProvider(service, described, log)
}

const unknownProvider = refusal('not_found', (name: string, known: readonly string[]) => ({
  told: 'There is no such identity provider.',
  because: `The seed has no upstream provider "${name}".`,
  remedy: `Use one that exists (${known.join(', ')}), or add it to UpstreamProviders of the seed.`,
}))

const notOidc = refusal('not_found', ({ name, kind }: UpstreamProvider) => ({
  told: 'There is no such identity provider.',
  because: `The provider ${name} is of the kind "${kind}", and speaks no OpenID Connect.`,
  remedy: `Take ${name} as a provider of its own type, or set its Kind to "oidc".`,
}))

import type { FastifyReply, FastifyRequest } from 'fastify'
import { domainBelow, domainNameOf, domainUrl } from '../core/addresses.js'
import { ensure } from '../core/refusal.js'
import type { UserPool } from '../core/user-pool.js'
import { clientById, poolById, poolOfCustomDomain, poolOfDomain } from '../flows/directory/directory.js'
import { domainMeant } from '../flows/directory/meant.js'
import type { Service } from '../flows/service.js'
import { baseOf } from '../lib/url.js'
import { domainNotNamed, domainUnknown, replicaDormant } from './address-refusals.js'
import { explainCredentials } from './credentials-across-origins.js'
import { isHostForm } from './host-form.js'
import type { HostedAnswer } from './hosted-answers.js'
import { answerOnPage, type Hosting } from './hosted-refusals.js'
import { pageHeaders } from './page-headers.js'
import { formOf, queryOf } from './parameters.js'

/**
 * The user pool domain that a request came to, in each of its forms: by path (`B/{domain}/login`), by host name
 * (`{domain}.localhost/login`, or a custom domain), or by none (`B/login`), where the pool follows from the request.
 */
export interface Hosted {
  readonly pool: UserPool
  /** The name of the domain, as it stands in paths: see `domainNameOf`. */
  readonly domain: string
  /** What links on the domain's pages begin with; no slash at the end. */
  readonly url: string
  /** The path that cookies of the domain are limited to. */
  readonly cookiePath: string
}

/** The domain's path on its host: what addresses that stay on the host begin with. */
export const pathOf = ({ cookiePath }: Hosted): string => (cookiePath === '/' ? '' : cookiePath)

/**
 * The canonical address of the domain, where the browser is elsewhere: at one of its host names.
 */
export function canonicalElsewhere(service: Service, { pool, url }: Hosted): string | undefined {
  const canonical = domainUrl(service, pool)
  return canonical === url ? undefined : canonical
}

/** The query of a request as it came, with its question mark. */
export const queryStringOf = ({ url }: FastifyRequest): string =>
  url.includes('?') ? url.slice(url.indexOf('?')) : ''

/** A route of the domain. */
export interface HostedRoute {
  readonly method: 'GET' | 'POST'
  /** Below the domain, such as `/oauth2/token`. */
  readonly path: string
  /** Other paths at which the same is found. */
  readonly aliases?: readonly string[]
  /** Who calls it. A browser is sent to the address with the domain, where its cookies are; a server is answered. */
  readonly caller: 'browser' | 'server'
  /** Finds the pool where the address names no domain; by `client_id` if absent. */
  readonly poolOf?: (request: FastifyRequest) => Promise<UserPool | undefined>
  readonly handler: (hosted: Hosted, request: FastifyRequest, reply: FastifyReply) => unknown
  /** Answers for errors of a server's request. */
  readonly onError?: NonNullable<HostedAnswer['onError']>
}

/** What a route, and its aliases, answer under every form of the domain's address. */
export const hostedRoute = (hosting: Hosting, route: HostedRoute): HostedAnswer[] =>
  [route.path, ...(route.aliases ?? [])].map(path => routeAt(hosting, route, path))

function routeAt(hosting: Hosting, route: HostedRoute, path: string): HostedAnswer {
  const { method, caller, onError } = route
  const { service } = hosting
  return {
    methods: [method],
    path,
    ...(onError && { onError }),
    named: async (request, reply) => answer(await hostedByName(service, request), request, reply),
    async unnamed(request, reply) {
      const own = await hostedByCustomDomain(service, request)
      if (own !== undefined) return answer(own, request, reply)
      const pool = await (route.poolOf ?? poolOfClient(service))(request)
      const url = pool && domainUrl(service, pool)
      if (pool === undefined || url === undefined) throw domainNotNamed(path, pool)
      if (caller === 'server')
        return answer(
          byPath(service, pool, domainNameOf(pool) ?? '', domainBelow(service.base, pool) ?? url),
          request,
          reply,
        )
      // 307 keeps the method, and with it a form that was posted.
      return reply.redirect(`${url}${path}${queryStringOf(request)}`, method === 'GET' ? 302 : 307)
    },
  }

  async function answer(hosted: Hosted, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    service.recorder.concerns({ pool: hosted.pool })
    if (caller === 'server') {
      explainCredentials(service.recorder, request)
      return route.handler(hosted, request, reply)
    }
    reply.headers(pageHeaders)
    try {
      return await route.handler(hosted, request, reply)
    } catch (error) {
      return await answerOnPage(hosting, { hosted, request, reply }, error)
    }
  }
}

async function hostedByName(service: Service, request: FastifyRequest): Promise<Hosted> {
  const { domain } = request.params as { domain: string }
  const pool = await poolOfDomain(service, domain)
  if (pool === undefined) throw domainUnknown(domain, await domainMeant(service, domain))
  const { servedBy } = pool
  ensure(servedBy === undefined || servedBy.status === 'ACTIVE', () => replicaDormant(pool))
  return isHostForm(request)
    ? byHost(pool, domain, request)
    : byPath(service, pool, domain, `${service.base}/${domain}`)
}

/** The pool whose custom domain is the host that was asked. Only the store knows these names, so no rewriting finds them. */
async function hostedByCustomDomain(service: Service, request: FastifyRequest): Promise<Hosted | undefined> {
  const name = request.hostname.toLowerCase()
  const pool = name.includes('.') ? await poolOfCustomDomain(service, name) : undefined
  return pool && byHost(pool, name, request)
}

const byHost = (pool: UserPool, domain: string, { protocol, host }: FastifyRequest): Hosted => ({
  pool,
  domain,
  url: `${protocol}://${host}`,
  cookiePath: '/',
})

const byPath = ({ base }: Service, pool: UserPool, domain: string, url: string): Hosted => ({
  pool,
  domain,
  url,
  cookiePath: url.slice(baseOf(base).origin.length),
})

/** The pool of the client that a query, a form or a Basic header names. */
const poolOfClient = (service: Service) => async (request: FastifyRequest) => {
  const clientId = queryOf(request).client_id ?? formOf(request).client_id ?? basicUser(request)
  const client = clientId === undefined ? undefined : await clientById(service, clientId)
  return client && poolById(service, client.poolId)
}

function basicUser({ headers }: FastifyRequest): string | undefined {
  const credentials = /^Basic ([\w+/=-]+)$/i.exec(headers.authorization ?? '')?.[1]
  return credentials === undefined ? undefined : Buffer.from(credentials, 'base64').toString().split(':')[0]
}

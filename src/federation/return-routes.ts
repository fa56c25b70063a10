import type { FastifyReply, FastifyRequest } from 'fastify'
import type { AuthorizationServer } from '../flows/authorization/ports.js'
import { clientById, poolById } from '../flows/directory/directory.js'
import type { FederatedSignIns } from '../flows/federation/federated-sign-ins.js'
import type { ProviderType, ReturnAddress } from '../flows/federation/provider-type.js'
import { signOutsOf } from '../flows/federation/sign-outs.js'
import { readBinding } from '../http/browser-binding.js'
import { endSignIn } from '../http/end-sign-in.js'
import { type Hosted, hostedRoute, queryStringOf } from '../http/hosted.js'
import type { HostedAnswer } from '../http/hosted-answers.js'
import type { Hosting } from '../http/hosted-refusals.js'
import { formOf, queryOf } from '../http/parameters.js'
import { withQuery } from '../lib/url.js'

/** The addresses at which browsers come back from providers. */

interface Returning {
  readonly server: AuthorizationServer
  readonly signIns: FederatedSignIns
}

/**
 * Takes browsers back from providers at one address.
 *
 * A provider that posts its answer does so from its own site, and cookies that are `SameSite=Lax` do not come along with such a
 * POST. So an answer that brings no cookie is parked with the sign-in that it belongs to, and the browser sent to the same address by
 * a redirect: that is a GET of the whole window, which brings the cookie. Without it, or with that of another browser, nobody is
 * signed in, so that a stranger's page cannot sign a user in as somebody else (docs/facts/saml-and-social.md §2.4).
 */
export function returnRoute(
  hosting: Hosting,
  { server, signIns, address, method }: Returning & { address: ReturnAddress; method: 'GET' | 'POST' },
): HostedAnswer[] {
  const { service } = hosting
  const { path, stateParameter } = address
  const isPosted = method === 'POST'
  return hostedRoute(hosting, {
    method,
    path,
    caller: 'browser',
    async poolOf(request) {
      const state = stateOf(request)
      const left = await signIns.leftFrom(state)
      if (left !== undefined) return poolById(service, left.poolId)
      const { client_id: clientId } = signIns.requestOf(address, state)
      const client = clientId === undefined ? undefined : await clientById(service, clientId)
      return client && poolById(service, client.poolId)
    },
    async handler(hosted, request, reply) {
      const state = stateOf(request)
      const home = await elsewhere(hosted, state)
      // 307 keeps the method, and with it a form that was posted.
      if (home !== undefined)
        return reply.redirect(`${home}${path}${queryStringOf(request)}`, isPosted ? 307 : 302)
      const browser = readBinding(request, hosted)
      const answer = isPosted ? formOf(request) : queryOf(request)
      if (isPosted && browser === undefined && (await signIns.park(hosted.pool, state, answer)))
        return reply.redirect(withQuery(`${hosted.url}${path}`, { [stateParameter]: state }), 303)
      const arrival = { address, answer, state, isPosted, browser }
      const { asked, ...proven } = await signIns.comeBack(hosted.pool, arrival)
      return endSignIn({ service, server, hosted, request, reply, asked }, proven)
    },
  })

  /** What stands for the state. A field that is there and empty is another thing than none. */
  function stateOf(request: FastifyRequest): string | undefined {
    const given = isPosted ? formOf(request) : queryOf(request)
    const sent = (isPosted ? request.body : request.query) as object | null
    return given[stateParameter] ?? (sent !== null && stateParameter in (sent ?? {}) ? '' : undefined)
  }

  /**
   * The address of the domain that the browser left from, where it is another: by host name, for instance. Providers know
   * one callback; the cookies, and the session that now begins, are where the app asked.
   */
  async function elsewhere({ pool, url }: Hosted, state: string | undefined): Promise<string | undefined> {
    const left = await signIns.leftFrom(state)
    return left?.poolId === pool.id && left.at !== url ? left.at : undefined
  }
}

/** Takes browsers back that a provider has signed out (fact S39). They are signed out here already. */
export function signOutRoute(
  hosting: Hosting,
  signOut: NonNullable<ProviderType['signOut']>,
): HostedAnswer[] {
  const { service } = hosting
  const signOuts = signOutsOf(service, () => ({ signOut }))
  return hostedRoute(hosting, {
    method: 'POST',
    path: signOut.path,
    caller: 'browser',
    async handler(_hosted, request, reply): Promise<FastifyReply> {
      const answer = formOf(request)
      const { provider, next } = await signOuts.comeBack(answer[signOut.stateParameter])
      signOut.finish(provider, answer)
      return reply.redirect(withQuery(next, {}), 302)
    },
  })
}

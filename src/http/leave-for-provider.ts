import type { FastifyReply } from 'fastify'
import type { IdentityProvider } from '../core/identity-provider.js'
import type { UpstreamProviders } from '../flows/authorization/ports.js'
import { withQuery } from '../lib/url.js'
import { browserBinding } from './browser-binding.js'
import type { SignInUnderWay } from './end-sign-in.js'
import { canonicalDetour, withScript } from './hosted.js'
import type { Hosting } from './hosted-refusals.js'

/** A sign-in for which another provider has to vouch. */
export interface SignInElsewhere extends Omit<SignInUnderWay, 'server' | 'service'> {
  readonly hosting: Hosting
  readonly upstream: UpstreamProviders
  /** The page that the browser is at, such as `/login`. */
  readonly path: string
}

/**
 * Sends a browser to another provider. A browser that is not at the pool's canonical address goes there first, to the
 * same page: providers send it back to the canonical address only.
 */
export async function leaveForProvider(
  { hosting, upstream, path, hosted, request, reply, asked }: SignInElsewhere,
  provider: IdentityProvider,
): Promise<FastifyReply> {
  const { service, postPage } = hosting
  const detour = canonicalDetour(service, hosted, path)
  if (detour !== undefined) return reply.redirect(withQuery(detour, asked.parameters), 302)
  const browser = browserBinding(service, hosted, request, reply)
  const onward = await upstream.begin(asked, provider, { browser })
  if ('redirectTo' in onward) return reply.redirect(onward.redirectTo, 302)
  const page = postPage({ ...onward, poolName: hosted.pool.name, providerName: provider.name })
  return reply.headers(withScript).type('text/html; charset=utf-8').send(page)
}

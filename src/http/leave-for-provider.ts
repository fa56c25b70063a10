import type { FastifyReply } from 'fastify'
import type { IdentityProvider } from '../core/identity-provider.js'
import type { UpstreamProviders } from '../flows/authorization/ports.js'
import { browserBinding } from './browser-binding.js'
import type { SignInUnderWay } from './end-sign-in.js'
import type { Hosting } from './hosted-refusals.js'
import { withScript } from './page-headers.js'

/** A sign-in for which another provider has to vouch. */
export interface SignInElsewhere extends Omit<SignInUnderWay, 'server' | 'service'> {
  readonly hosting: Hosting
  readonly upstream: UpstreamProviders
}

/** Sends a browser to another provider. It comes back to the address of the domain that it is at, whichever that is. */
export async function leaveForProvider(
  { hosting, upstream, hosted, request, reply, asked }: SignInElsewhere,
  provider: IdentityProvider,
): Promise<FastifyReply> {
  const { service, postPage } = hosting
  const browser = browserBinding(service, hosted, request, reply)
  const onward = await upstream.begin(asked, provider, { browser, at: hosted.url })
  if ('redirectTo' in onward) return reply.redirect(onward.redirectTo, 302)
  const page = postPage({ ...onward, poolName: hosted.pool.name, providerName: provider.name })
  return reply.headers(withScript).type('text/html; charset=utf-8').send(page)
}

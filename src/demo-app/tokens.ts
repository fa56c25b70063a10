import { ensure } from '../core/refusal.js'
import { nothingToExchange, notSignedIn } from './app-refusals.js'
import type { RelyingPartyClient } from './client.js'
import { decoded } from './decoded.js'
import type { Oidc } from './oidc.js'
import { problemOf } from './problems.js'
import type { SignedIn, SignIn, Stage } from './sign-in.js'

/**
 * How a sign-in of the app gets its tokens, and newer ones: the stage that it comes to. What goes wrong stays with the sign-in, for
 * its page.
 */

/** Exchanges the code with which the browser came back. A second exchange finds the tokens of the first. */
export async function exchange(oidc: Oidc, signIn: SignIn): Promise<Stage> {
  const { stage, client } = signIn
  if (stage.at === 'app') return stage
  const query = new URLSearchParams(stage.at === 'callback' ? stage.query : '')
  ensure(query.has('code'), nothingToExchange)
  try {
    const tokens = await oidc.redeem(signIn, query)
    const userInfo = await oidc.userInfo(client, tokens.accessToken, subjectOf(tokens.idToken))
    return { at: 'app', tokens, userInfo, refreshes: 0 }
  } catch (error) {
    return { at: 'callback', query: String(query), problem: problemOf('exchange', client, error) }
  }
}

/** Replaces the tokens by newer ones; a failure leaves them as they are. */
export async function refresh(oidc: Oidc, signIn: SignIn): Promise<Stage> {
  const { stage, client } = signIn
  const refreshToken = stage.at === 'app' ? stage.tokens.refreshToken : undefined
  ensure(stage.at === 'app' && refreshToken, notSignedIn)
  return refreshed(oidc, client, stage, refreshToken)
}

async function refreshed(
  oidc: Oidc,
  client: RelyingPartyClient,
  stage: SignedIn,
  refreshToken: string,
): Promise<SignedIn> {
  try {
    const tokens = await oidc.refresh(client, refreshToken)
    const userInfo = await oidc.userInfo(client, tokens.accessToken, subjectOf(tokens.idToken))
    return { at: 'app', tokens, userInfo, refreshes: stage.refreshes + 1 }
  } catch (error) {
    return { ...stage, problem: problemOf('refresh', client, error) }
  }
}

const subjectOf = (idToken: string | undefined): string | undefined => {
  const sub = idToken === undefined ? undefined : decoded(idToken)?.claims.sub
  return typeof sub === 'string' ? sub : undefined
}

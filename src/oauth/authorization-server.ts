import { tokenLifetimes } from '../core/app-client.js'
import { assurance } from '../core/assurance.js'
import type { Grant } from '../core/grant.js'
import type { HostedSession } from '../core/hosted-session.js'
import { ensure } from '../core/refusal.js'
import type { TokenChanges } from '../core/token-changes.js'
import { trackingOf } from '../core/user-session.js'
import { userDisabled } from '../flows/account/account-refusals.js'
import type { AuthorizationRequest } from '../flows/authorization/authorization-request.js'
import { answeringTo, callbackUrl } from '../flows/authorization/callback.js'
import type { AuthorizationServer } from '../flows/authorization/ports.js'
import { personBySub } from '../flows/directory/directory.js'
import { newGrant } from '../flows/grants/grants.js'
import { signInTokens } from '../flows/grants/sign-in-tokens.js'
import { tokenChanges } from '../flows/grants/token-trigger.js'
import type { Service } from '../flows/service.js'
import { atHostedPages } from '../flows/triggers.js'
import type { SignInRecords } from '../tokens/token-service.js'
import { codeLifetime, newAuthorizationCode } from './authorization-code.js'

/** Answers requests for authorization once it is known who the user is. */
export const authorizationServer = (service: Service): AuthorizationServer => ({
  grant: (request, session, nonce) =>
    request.responseType === 'code'
      ? grantCode(service, request, session, request.nonce ?? nonce)
      : grantTokens(service, request, session, request.nonce ?? nonce),
})

/** Calls the trigger now, not at the exchange: its refusal reaches the app at the callback (fact N3). */
async function grantCode(
  service: Service,
  request: AuthorizationRequest,
  session: HostedSession,
  nonce: string | undefined,
): Promise<string> {
  const { grant, write: grantWrite } = preparedGrant(service, request, session, codeLifetime)
  const { changes } = await trigger(service, request, session, grant)
  const { code, write: codeWrite } = newAuthorizationCode(service, request, grant, { nonce, changes })
  await service.store.commit(grantWrite, codeWrite)
  service.recorder.expect(`grant:${grant.id}`)
  return callbackUrl(request.callback, { code })
}

/**
 * The implicit grant: tokens at once, in the fragment; never a refresh token (docs/facts/oauth-and-federation.md §3.2,
 * fact O39).
 */
async function grantTokens(
  service: Service,
  request: AuthorizationRequest,
  session: HostedSession,
  nonce: string | undefined,
): Promise<string> {
  const { client, callback } = request
  const lifetimes = tokenLifetimes(client)
  const lifetime = Math.max(lifetimes.access, lifetimes.id)
  const { grant, write } = preparedGrant(service, request, session, lifetime)
  const { signIn, changes } = await trigger(service, request, session, grant)
  await service.store.commit(write)
  const { access, id } = await signInTokens(service, signIn, {
    changes,
    nonce,
    by: 'oauth',
    grant: 'implicit',
  })
  return callbackUrl(callback, {
    id_token: id?.token,
    access_token: access.token,
    expires_in: String(access.expiresIn),
    token_type: 'Bearer',
  })
}

/** Asks the pool's trigger what it wants changed about the tokens of a sign-in, and answers whose tokens they are. */
async function trigger(
  service: Service,
  { pool, client, callback }: AuthorizationRequest,
  { sub }: HostedSession,
  grant: Grant,
): Promise<{ readonly signIn: SignInRecords; readonly changes: TokenChanges | undefined }> {
  const person = await personBySub(service, pool, sub)
  ensure(person, () => userDisabled(sub))
  const signIn = { pool, client, person, grant }
  const changes = await answeringTo(callback, () =>
    atHostedPages(() => tokenChanges(service, signIn, { source: 'TokenGeneration_HostedAuth' }), ''),
  )
  return { signIn, changes }
}

function preparedGrant(
  service: Service,
  { pool, client, scopes, resource, levels }: AuthorizationRequest,
  { sub, authTime, sso, methods = [], level }: HostedSession,
  lifetime: number,
) {
  const granted = {
    sub,
    scopes,
    authTime,
    assurance: assurance(pool, { methods, level }, levels.length > 0),
    ...(resource === undefined ? {} : { resource }),
    ...(sso === undefined || sso.era !== trackingOf(pool)?.era ? {} : { ssoSession: sso.id }),
  }
  return newGrant(service, pool, client, granted, lifetime)
}

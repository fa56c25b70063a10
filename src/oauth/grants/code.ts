import { createHash } from 'node:crypto'
import { allowsFlow, tokenLifetimes } from '../../core/app-client.js'
import type { AuthorizationCode } from '../../core/authorization-code.js'
import type { Person } from '../../core/claims.js'
import { authorizationCodes } from '../../core/collections.js'
import type { Grant as SignInGrant } from '../../core/grant.js'
import { replace, type Stored } from '../../core/ports/store.js'
import { ensure } from '../../core/refusal.js'
import { groupsOf, userBySub } from '../../flows/directory/directory.js'
import { newRefreshToken, prolongGrant, storedGrant } from '../../flows/grants/grants.js'
import { beginTokenSession } from '../../flows/grants/user-sessions.js'
import type { Service } from '../../flows/service.js'
import { sameSecret } from '../../lib/secrets.js'
import { findCode, remembered } from '../authorization-code.js'
import * as refusals from '../token-refusals.js'
import { answerWith, ensureReadable, needed, type TokenRequest, type TokenResponse } from './grant.js'

/**
 * `grant_type=authorization_code`: exchanges a code for the tokens of the sign-in that ended in it
 * (docs/facts/oauth-and-federation.md §4).
 */
export async function exchangeCode(service: Service, request: TokenRequest): Promise<TokenResponse> {
  const { pool, client } = request
  ensure(allowsFlow(client, 'code'), () => refusals.flowNotAllowed(client, 'code'))
  const asked = {
    code: needed(request, 'code'),
    redirectUri: needed(request, 'redirect_uri'),
    verifier: request.form.code_verifier,
  }
  for (;;) {
    const code = await findCode(service, asked.code)
    ensure(code, refusals.unknownCode)
    ensure(code.record.clientId === client.id, () => refusals.otherClient(client))
    ensureFresh(service, code.record)
    const grant = await storedGrant(service, code.record.grantId)
    ensure(grant, refusals.signInRevoked)
    ensureReadable({ pool, client, grant: grant.record })
    ensureVerified(code.record, asked.verifier)
    ensureSameCallback(code.record, asked.redirectUri)
    const person = await personOf(service, request, grant.record)
    const refreshToken = await redeem(service, request, code, grant)
    // Somebody else redeemed the code, or revoked the sign-in, at the same moment: the records now say which.
    if (refreshToken === undefined) continue
    const signIn = { pool, client, person, grant: grant.record }
    const { nonce, changes } = code.record
    return answerWith(service, signIn, { nonce, changes, refreshToken, grant: 'authorization_code' })
  }
}

/**
 * A code works once, for five minutes (facts O4, O60). Its reuse does not revoke what it gave
 * (docs/facts/oauth-and-federation.md §4.3).
 */
function ensureFresh({ clock }: Service, { usedAt, expiresAt }: AuthorizationCode): void {
  ensure(usedAt === undefined, refusals.usedCode)
  ensure(clock.now() < expiresAt, refusals.expiredCode)
}

/** PKCE: a challenge wants its verifier, and a verifier wants a challenge (RFC 7636 §4.6, fact O25). */
function ensureVerified({ codeChallenge }: AuthorizationCode, verifier: string | undefined): void {
  if (codeChallenge === undefined) {
    ensure(verifier === undefined, refusals.verifierUnexpected)
    return
  }
  ensure(verifier, refusals.verifierMissing)
  ensure(/^[\w.~-]{43,128}$/.test(verifier), () => refusals.verifierMalformed(verifier))
  const transformed = createHash('sha256').update(verifier, 'ascii').digest('base64url')
  ensure(sameSecret(transformed, codeChallenge), refusals.verifierWrong)
}

/** The callback is that of the authorize request, to the letter (fact O37). */
const ensureSameCallback = ({ redirectUri }: AuthorizationCode, sent: string): void =>
  ensure(sent === redirectUri, () => refusals.redirectMismatch(sent, redirectUri))

async function personOf(service: Service, { pool }: TokenRequest, { sub }: SignInGrant): Promise<Person> {
  const user = (await userBySub(service, pool, sub))?.record
  ensure(user, () => refusals.userDeleted(sub))
  ensure(user.enabled, () => refusals.userDisabled(user.username))
  return { user, groups: await groupsOf(service, pool, sub) }
}

/** Marks the code as used and keeps the refresh token, both or neither: of many exchanges at once, one succeeds. */
async function redeem(
  service: Service,
  { pool, client, sender }: TokenRequest,
  code: Stored<AuthorizationCode>,
  grant: Stored<SignInGrant>,
): Promise<string | undefined> {
  const { clock, store } = service
  const expiresAt = clock.now() + tokenLifetimes(client).refresh * 1000
  const { refreshToken, write } = newRefreshToken(service, grant.record, expiresAt)
  const { session, writes } = await beginTokenSession(service, pool, grant.record, { sender, expiresAt })
  const tracked = session === undefined ? grant.record : { ...grant.record, session }
  const redeemed = await store.commit(
    replace(
      authorizationCodes,
      code,
      { ...code.record, usedAt: clock.now() },
      { expiresAt: clock.now() + remembered.used * 1000 },
    ),
    write,
    prolongGrant(grant, client, expiresAt, tracked),
    ...writes,
  )
  return redeemed ? refreshToken : undefined
}

import type { AuthorizationCode } from '../core/authorization-code.js'
import { authorizationCodes } from '../core/collections.js'
import type { Grant } from '../core/grant.js'
import { insert, type Stored, type Write } from '../core/ports/store.js'
import type { AuthorizationRequest } from '../flows/authorization/authorization-request.js'
import type { Service } from '../flows/service.js'
import { fingerprint } from '../lib/secrets.js'
import type { Minting } from '../tokens/token-service.js'

/** Seconds in which a code has to be exchanged (fact O60). */
export const codeLifetime = 300

/** How many seconds a code that is over is still recognised, so that a refusal can say that it was used or came too late. */
export const remembered = { used: 300, expired: 600 }

/** Prepares a new code, a lower-case UUID (docs/facts/oauth-and-federation.md §3.2); the write is still to be committed. */
export function newAuthorizationCode(
  { chance, clock }: Service,
  request: AuthorizationRequest,
  grant: Grant,
  { nonce, changes }: Pick<Minting, 'nonce' | 'changes'>,
): { code: string; write: Write } {
  const code = chance.uuid()
  const expiresAt = clock.now() + codeLifetime * 1000
  const record: AuthorizationCode = {
    clientId: request.client.id,
    grantId: grant.id,
    sub: grant.sub,
    redirectUri: request.callback.redirectUri,
    ...(request.codeChallenge === undefined ? {} : { codeChallenge: request.codeChallenge }),
    ...(nonce === undefined ? {} : { nonce }),
    ...(changes === undefined ? {} : { changes }),
    expiresAt,
  }
  return {
    code,
    write: insert(authorizationCodes, fingerprint(code), record, {
      expiresAt: expiresAt + remembered.expired * 1000,
    }),
  }
}

/** Finds a code, also for a while after it was used or expired. */
export const findCode = (
  { store }: Pick<Service, 'store'>,
  code: string,
): Promise<Stored<AuthorizationCode> | undefined> => store.get(authorizationCodes, fingerprint(code))

import { createHmac } from 'node:crypto'
import type { AppClient } from '../../core/app-client.js'
import { ensure, refusal } from '../../core/refusal.js'
import { sameSecret } from '../../lib/secrets.js'

/** How requests to the API prove that the app knows the client's secret (docs/facts/user-pools-api.md §3.14). */

/**
 * Refuses a request whose SECRET_HASH does not prove that the app knows the client's secret
 * (docs/facts/user-pools-api.md §3.14): any of two live secrets is good.
 */
export function ensureSecretHash(
  { id, secrets }: AppClient,
  username: string,
  hash: string | undefined,
): void {
  if (secrets.length === 0) return
  ensure(hash, () => secretHashMissing(id))
  const right = secrets.map(({ value }) => sameSecret(hash, hashOf(value, username, id)))
  ensure(right.includes(true), () => secretHashWrong(id, username))
}

/**
 * Refuses a refresh whose SECRET_HASH is neither that of the username nor the client's secret itself, which AWS's SDK
 * for Android sends (correction C30, facts N4 and N5).
 */
export function ensureSecretHashOfRefresh(
  client: AppClient,
  username: string,
  hash: string | undefined,
): void {
  const { id, secrets } = client
  if (secrets.length === 0) return
  ensure(hash, () => secretHashMissing(id))
  const right = secrets.flatMap(({ value }) => [
    sameSecret(hash, hashOf(value, username, id)),
    sameSecret(hash, value),
  ])
  ensure(right.includes(true), () => refreshHashWrong(id, username))
}

const hashOf = (secret: string, username: string, clientId: string) =>
  createHmac('sha256', secret).update(`${username}${clientId}`).digest('base64')

/**
 * Refuses a request that does not carry the client's secret as it is: any of two live secrets is good.
 * @param code the exception: operations differ in it
 */
export function ensureClientSecret(
  { id, secrets }: AppClient,
  given: string | undefined,
  code: 'NotAuthorizedException' | 'UnauthorizedException',
): void {
  if (secrets.length === 0) return
  const right = secrets.map(({ value }) => sameSecret(given ?? '', value))
  ensure(right.includes(true), () => clientSecretWrong(code)(id))
}

const clientSecretWrong = (code: string) =>
  refusal(code, (id: string) => ({
    told: 'Invalid client secret',
    because: `ClientSecret is missing, or is no secret of the client ${id}.`,
    remedy:
      'Send one of the secrets that ListUserPoolClientSecrets describes, or use a client without a secret.',
  }))

const recipe = 'base64(HMAC-SHA256(client secret, username + client id))'

const secretHashMissing = refusal('NotAuthorizedException', (id: string) => ({
  told: `Client ${id} is configured with secret but SECRET_HASH was not received`,
  because: `The client ${id} has a secret, and the request does not prove to know it.`,
  remedy: `Send SECRET_HASH: ${recipe}. Browser apps need a client without a secret.`,
}))

const secretHashWrong = refusal('NotAuthorizedException', (id: string, username: string) => ({
  told: `Unable to verify secret hash for client ${id}`,
  because: `SECRET_HASH is not that of the username "${username}" by any secret of the client ${id}.`,
  remedy: `Compute it anew, over the username exactly as this request sends it: ${recipe}.`,
}))

const refreshHashWrong = refusal('NotAuthorizedException', (id: string, username: string) => ({
  told: `SecretHash does not match for the client: ${id}`,
  because: `SECRET_HASH is neither that of the username "${username}" nor a secret of the client ${id} itself.`,
  remedy: `At a refresh the username is the user's own, not an e-mail address that stands for it: ${recipe}.`,
}))

import { type AppClient, isClientOf, isConfidential } from '../core/app-client.js'
import { ensure } from '../core/refusal.js'
import type { UserPool } from '../core/user-pool.js'
import type { Parameters } from '../flows/authorization/authorization-request.js'
import { clientById } from '../flows/directory/directory.js'
import { clientMeant } from '../flows/directory/meant.js'
import type { Service } from '../flows/service.js'
import { sameSecret } from '../lib/secrets.js'
import * as refusals from './token-refusals.js'

/**
 * Finds the client that calls, and makes it prove itself: by a Basic header or by the fields `client_id` and
 * `client_secret`; a public client by its id alone (docs/facts/oauth-and-federation.md §4.1). A header counts before
 * the fields.
 * @throws Refusal `invalid_request` if the request names no client, `invalid_client` if the client does not prove itself
 */
export async function authenticatedClient(
  service: Pick<Service, 'store' | 'recorder'>,
  pool: UserPool,
  authorization: string | undefined,
  form: Parameters,
): Promise<AppClient> {
  const { id, secrets } = authorization === undefined ? inForm(form) : inHeader(authorization, form)
  ensure(id, refusals.clientNotNamed)
  const client = await clientById(service, id)
  if (!isClientOf(pool, client)) throw refusals.unknownClient(id, pool, await clientMeant(service, pool, id))
  service.recorder.concerns({ client })
  ensureProven(client, secrets)
  return client
}

/** What a request shows of its client: the secrets that it may mean, of which one has to be right; none if it sent none. */
interface Credentials {
  readonly id: string | undefined
  readonly secrets: readonly string[]
}

const inForm = ({ client_id: id, client_secret: secret }: Parameters): Credentials => ({
  id,
  secrets: secret === undefined ? [] : [secret],
})

/**
 * Both halves of a Basic header may be percent-encoded or not, and `+` never stands for a blank: secrets may hold one
 * (§4.1). A header that is no Basic, or names another client than the form, names none.
 */
function inHeader(authorization: string, form: Parameters): Credentials {
  const encoded = /^Basic +([\w+/]+={0,2})$/i.exec(authorization.trim())?.[1]
  const text = encoded === undefined ? '' : Buffer.from(encoded, 'base64').toString()
  const colon = text.indexOf(':')
  const id = colon < 0 ? undefined : decoded(text.slice(0, colon))
  if (form.client_id !== undefined && form.client_id !== id) return { id: undefined, secrets: [] }
  const secret = text.slice(colon + 1)
  return { id, secrets: secret === '' ? [] : [...new Set([secret, decoded(secret)])] }
}

/** Both of two live secrets are compared with all that was sent, whichever matches: the time tells nothing. */
function ensureProven(client: AppClient, sent: readonly string[]): void {
  if (!isConfidential(client)) {
    ensure(sent.length === 0, () => refusals.secretNotExpected(client))
    return
  }
  ensure(sent.length > 0, () => refusals.secretMissing(client))
  const matches = client.secrets.flatMap(({ value }) => sent.map(secret => sameSecret(secret, value)))
  ensure(matches.includes(true), () => refusals.secretWrong(client))
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

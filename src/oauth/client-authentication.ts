import type { AppClient } from '../core/app-client.js'
import { clientById } from '../flows/directory/directory.js'
import type { Service } from '../flows/service.js'
import { sameSecret } from '../lib/secrets.js'
import type { EngineForm } from './engine/engine.js'

/**
 * Moves the credentials of a Basic header into the form, which the engine authenticates. Both halves may be
 * percent-encoded or not, and `+` never stands for a blank: secrets may hold one (oauth-and-federation.md §4.1). A header
 * that is no Basic, or says something else than the form, is left to be refused.
 */
export async function authenticatedForm(
  service: Service,
  authorization: string | undefined,
  form: EngineForm,
): Promise<EngineForm> {
  if (authorization === undefined) return form
  const credentials = basicCredentials(authorization)
  if (credentials === undefined) return { ...form, client_id: undefined, client_secret: undefined }
  const id = decoded(credentials.id)
  const differs = form.client_id !== undefined && form.client_id !== id
  if (differs) return { ...form, client_id: undefined, client_secret: undefined }
  const client = await clientById(service, id)
  return { ...form, client_id: id, client_secret: spelledOut(client, credentials.secret) }
}

function basicCredentials(authorization: string): { id: string; secret: string } | undefined {
  const encoded = /^Basic +([\w+/]+={0,2})$/i.exec(authorization.trim())?.[1]
  if (encoded === undefined) return undefined
  const text = Buffer.from(encoded, 'base64').toString()
  const colon = text.indexOf(':')
  return colon < 0 ? undefined : { id: text.slice(0, colon), secret: text.slice(colon + 1) }
}

/** The secret as it was sent, or percent-decoded where only that is the client's. */
function spelledOut(client: AppClient | undefined, sent: string): string {
  const plain = decoded(sent)
  if (plain === sent) return sent
  const isSecret = (candidate: string) =>
    (client?.secrets ?? []).map(({ value }) => sameSecret(candidate, value)).includes(true)
  return !isSecret(sent) && isSecret(plain) ? plain : sent
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

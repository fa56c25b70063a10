import type { AppClient, ClientSettings } from '../../core/app-client.js'
import { localProvider } from '../../core/app-client.js'
import { clients } from '../../core/collections.js'
import { base32Hex, randomText } from '../../core/ports/chance.js'
import { insert } from '../../core/ports/store.js'
import { ensure, refusal } from '../../core/refusal.js'
import type { ClientMetadata, RegistrationKind, RegistrationPolicy } from '../../core/registration.js'
import { ensureSound, type Finding } from '../../core/rules/finding.js'
import {
  grantedScopes,
  isForMachine,
  metadataOf,
  metadataTypeFindings,
  registrationFindings,
} from '../../core/rules/registration.js'
import type { UserPool } from '../../core/user-pool.js'
import { conflict } from '../conflict.js'
import { clientsOf, providersOf } from '../directory/directory.js'
import type { Service } from '../service.js'
import { clientRecord, findingsOf, newClientSecret } from './clients.js'
import { hasRoom } from './quotas.js'

/** What came of a registration: the client, and the metadata that it has now. */
export interface Registration {
  readonly client: AppClient
  readonly metadata: ClientMetadata & { readonly scopes: readonly string[] }
}

/**
 * Registers a client that describes itself (RFC 7591), as the policy of the pool allows.
 * @param body the JSON object that was sent
 * @throws Refusal `invalid_redirect_uri` or `invalid_client_metadata`
 */
export async function registerClient(
  service: Service,
  pool: UserPool,
  { kind, policy }: { readonly kind: RegistrationKind; readonly policy: RegistrationPolicy },
  body: Readonly<Record<string, unknown>>,
): Promise<Registration> {
  ensureSound(metadataTypeFindings(body))
  const asked = metadataOf(body)
  ensureSound(registrationFindings(asked, kind, policy))
  const metadata = { ...asked, scopes: grantedScopes(asked, policy) }
  const client = await recordOf(service, pool, metadata)
  ensure(hasRoom('app clients in a user pool', (await clientsOf(service, pool)).length), () => poolFull(pool))
  ensureSound(inWordsOfRegistration(await findingsOf(service, pool, client)))
  ensure(await service.store.commit(insert(clients, client.id, client)), conflict)
  return { client, metadata }
}

const poolFull = refusal('invalid_client_metadata', (pool: UserPool) => ({
  // The service's words are not known.
  told: 'The user pool has too many clients.',
  because: `${pool.name} has as many app clients as AWS's quota allows; those that registered themselves count.`,
  remedy: 'Make room with DeleteUserPoolClient.',
}))

async function recordOf(
  service: Service,
  pool: UserPool,
  metadata: Registration['metadata'],
): Promise<AppClient> {
  const secret = metadata.token_endpoint_auth_method === 'none' ? undefined : newClientSecret(service)
  const given = { name: metadata.client_name, settings: await settingsOf(service, pool, metadata), secret }
  const id = randomText(service.chance, 26, base32Hex)
  return { ...clientRecord(pool, id, given, service.clock.now()), type: 'DCR' }
}

/** A client for users may send them to every provider of the pool: it does not know which there are. */
async function settingsOf(
  service: Service,
  pool: UserPool,
  metadata: Registration['metadata'],
): Promise<ClientSettings> {
  const oauth = { AllowedOAuthFlowsUserPoolClient: true, AllowedOAuthScopes: metadata.scopes }
  if (isForMachine(metadata))
    return {
      ...oauth,
      // With "authorization_code" beside it, the rules for clients refuse it.
      AllowedOAuthFlows: metadata.grant_types.includes('authorization_code')
        ? ['client_credentials', 'code']
        : ['client_credentials'],
      CallbackURLs: metadata.redirect_uris,
    }
  const providers = await providersOf(service, pool)
  return {
    ...oauth,
    AllowedOAuthFlows: ['code'],
    CallbackURLs: metadata.redirect_uris,
    ExplicitAuthFlows: ['ALLOW_REFRESH_TOKEN_AUTH'],
    SupportedIdentityProviders: [localProvider, ...providers.map(({ name }) => name)],
  }
}

/** What the rules for clients find, under the codes of RFC 7591 §3.2.2. */
function* inWordsOfRegistration(findings: Iterable<Finding>): Generator<Finding> {
  for (const finding of findings) {
    const isAboutUrls = finding.path[0] === 'CallbackURLs'
    yield { ...finding, code: isAboutUrls ? 'invalid_redirect_uri' : 'invalid_client_metadata' }
  }
}

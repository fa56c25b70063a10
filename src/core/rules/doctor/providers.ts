import { type Addresses, domainUrl, idpResponsePath, isIssuerOf, issuerOf } from '../../addresses.js'
import { type AppClient, allowsFlow, providersOf } from '../../app-client.js'
import type { IdentityProvider } from '../../identity-provider.js'
import type { UserPool } from '../../user-pool.js'
import { type Diagnosis, listed, type Patient } from './diagnosis.js'
import { claimDiagnoses } from './mappings.js'

/**
 * What is wrong with the providers of a pool, and, where a provider is another pool that lives here, with what that pool
 * knows of this one.
 */
export function* providerDiagnoses(
  patient: Patient,
  neighbours: readonly Patient[],
  addresses: Addresses,
): Generator<Diagnosis> {
  for (const provider of patient.providers) {
    yield* enabling(patient, provider)
    const upstream = neighbours.find(({ pool }) => isIssuerOf(addresses, pool, provider.details.oidc_issuer))
    if (provider.type !== 'OIDC') continue
    if (upstream === undefined) {
      yield* claimDiagnoses(patient.pool, provider)
      yield* awsIssuer(patient, provider, { neighbours, addresses })
    } else {
      const client = upstream.clients.find(({ id }) => id === provider.details.client_id)
      yield* claimDiagnoses(patient.pool, provider, { pool: upstream.pool, client })
      yield* knownThere(patient, provider, { upstream, client, addresses })
    }
  }
}

function* enabling({ pool, clients }: Patient, { name }: IdentityProvider): Generator<Diagnosis> {
  const path = ['IdentityProviders', name]
  if (clients.some(client => providersOf(client).includes(name))) return
  const has = clients.map(client => `${client.name}: ${listed(providersOf(client))}`)
  yield {
    rule: 'provider-not-enabled',
    severity: 'error',
    pool: pool.name,
    path,
    because: `No client lists ${name} in SupportedIdentityProviders (${has.join('; ') || 'there are no clients'}): a user whose app asks for it reads “Login option is not available. Please try another one”.`,
    remedy: `Add ${name} to SupportedIdentityProviders of the clients whose users may sign in through it.`,
  }
}

/** A finding if the issuer is that of AWS, for a pool that lives here under another address. */
function* awsIssuer(
  { pool }: Patient,
  { name, details }: IdentityProvider,
  { neighbours, addresses }: { readonly neighbours: readonly Patient[]; readonly addresses: Addresses },
): Generator<Diagnosis> {
  const id = /^https:\/\/(?:issuer-)?cognito-idp\.[\w-]+\.amazonaws\.com\/([\w-]+)$/.exec(
    details.oidc_issuer ?? '',
  )?.[1]
  const meant = neighbours.find(candidate => candidate.pool.id === id)?.pool
  if (meant === undefined) return
  yield {
    rule: 'issuer-on-aws',
    severity: 'error',
    pool: pool.name,
    path: ['IdentityProviders', name, 'ProviderDetails', 'oidc_issuer'],
    because: `oidc_issuer of ${name} is the address that the pool ${meant.name} has on AWS; the one that lives here is ${issuerOf(addresses, meant)}.`,
    remedy: `Set oidc_issuer to ${issuerOf(addresses, meant)} (in a seed: \${pools.${meant.name}.issuer}), or start with --aws-addresses.`,
  }
}

interface Relation {
  readonly upstream: Patient
  readonly client: AppClient | undefined
  readonly addresses: Addresses
}

/** What is wrong with the client that this pool is at another pool here. */
function* knownThere(
  { pool }: Patient,
  provider: IdentityProvider,
  { upstream, client, addresses }: Relation,
): Generator<Diagnosis> {
  const detail = (name: string) => ({
    pool: pool.name,
    severity: 'error' as const,
    path: ['IdentityProviders', provider.name, 'ProviderDetails', name],
  })
  const there = upstream.pool.name
  if (client === undefined) {
    yield {
      ...detail('client_id'),
      rule: 'client-unknown',
      because: `client_id of ${provider.name} is "${provider.details.client_id}", and ${there} has no such client.`,
      remedy: `Set client_id to that of a client of ${there} (${listed(upstream.clients.map(({ name, id }) => `${name}: ${id}`))}).`,
    }
    return
  }
  const secret = provider.details.client_secret
  if (client.secrets.length > 0 && !client.secrets.some(({ value }) => value === secret))
    yield {
      ...detail('client_secret'),
      rule: 'secret-unlike',
      because: `client_secret of ${provider.name} is ${secret ? 'not the secret' : 'missing, and there is one'} of the client ${client.name} of ${there}: the token endpoint answers invalid_client.`,
      remedy: `Set client_secret to the secret of ${client.name} (in a seed: \${pools.${there}.clients.${client.name}.secret}).`,
    }
  if (!allowsFlow(client, 'code'))
    yield {
      ...detail('client_id'),
      rule: 'client-cannot-sign-in',
      because: `The client ${client.name} of ${there} does not allow the code flow, by which ${provider.name} signs in.`,
      remedy: `Set AllowedOAuthFlowsUserPoolClient of ${client.name} in ${there} to true, and AllowedOAuthFlows to code.`,
    }
  yield* callbackThere(pool, provider, { client, there, addresses })
  const asked = (provider.details.authorize_scopes ?? '').split(' ').filter(scope => scope !== '')
  const refused = asked.filter(scope => !client.settings.AllowedOAuthScopes?.includes(scope))
  if (refused.length > 0)
    yield {
      ...detail('authorize_scopes'),
      rule: 'scope-not-allowed',
      because: `${provider.name} asks ${there} for ${listed(refused)}, and the client ${client.name} may ask for ${listed(client.settings.AllowedOAuthScopes)} only: the answer is invalid_scope.`,
      remedy: `Add ${listed(refused)} to AllowedOAuthScopes of ${client.name} in ${there}, or take ${refused.length === 1 ? 'it' : 'them'} out of authorize_scopes.`,
    }
}

function* callbackThere(
  pool: UserPool,
  provider: IdentityProvider,
  { client, there, addresses }: { client: AppClient; there: string; addresses: Addresses },
): Generator<Diagnosis> {
  const domain = domainUrl(addresses, pool)
  const callback = `${domain}${idpResponsePath}`
  const known = client.settings.CallbackURLs ?? []
  if (domain === undefined || known.includes(callback)) return
  yield {
    rule: 'callback-unknown',
    severity: 'error',
    pool: pool.name,
    path: ['IdentityProviders', provider.name, 'ProviderDetails', 'client_id'],
    because: `${there} sends users back to the callbacks of its client ${client.name} only (${listed(known)}), and ${provider.name} comes back at ${callback}: the answer is redirect_mismatch.`,
    remedy: `Add ${callback} to CallbackURLs of the client ${client.name} of ${there}.`,
  }
}

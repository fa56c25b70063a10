import { clientFindings, samlAmong, secretFindings } from '../../core/rules/client.js'
import { customDomainFindings, pageVersionFindings, prefixFindings } from '../../core/rules/domain.js'
import { type Draft, entriesOf } from '../../core/rules/finding.js'
import { hasSecondFactor, mfaFindings, poolFindings } from '../../core/rules/pool.js'
import { providerFindings } from '../../core/rules/provider.js'
import { resourceServerFindings } from '../../core/rules/resource-server.js'
import { schemaFindings } from '../../core/rules/schema.js'
import { type PoolSettings, regionOf } from '../../core/user-pool.js'
import { parseUrl } from '../../lib/url.js'
import { checkDocuments } from './document-checks.js'
import { draftOf, type Located, type PoolDraft, report } from './draft.js'
import { clientIdOf, clientSecretOf, poolIdOf } from './identifiers.js'
import { each, unique } from './lists.js'
import type { Place } from './mistakes.js'
import { checkPrefixes } from './prefixes.js'
import type { PoolSeed } from './shape.js'
import { privateKeyPem } from './signing-keys.js'
import { checkUsers } from './user-checks.js'

/**
 * Checks what shapes cannot say: the rules of the domain, which the API has too, and what only a seed can get wrong,
 * because it names everything at once: names that collide, and members of Rockpool's own.
 */
export function checkPools(pools: readonly Located[]): void {
  unique(
    'pool name',
    pools.map(({ seed, place }) => [seed.PoolName, place.at('PoolName')]),
  )
  unique(
    'pool id',
    pools
      .filter(({ seed }, index) => seed.Id ?? isFirstOfName(pools, index))
      .map(({ seed, place }) => [poolIdOf(seed), place.at('Id')]),
  )
  checkPrefixes(pools)
  unique(
    'client id',
    pools.flatMap(({ seed, place }) =>
      each(seed.Clients, place.at('Clients')).map(
        ([client, at]) => [clientIdOf(seed, client), at.at('ClientId')] as const,
      ),
    ),
    'Give one of the two another ClientId. Without one it follows from the names of pool and client: those must differ then.',
  )
  for (const located of pools) checkPool(draftOf(located))
}

/** Ids that a seed leaves open follow from names: where those collide, or are missing, that alone is reported. */
const isFirstOfName = (pools: readonly Located[], index: number): boolean =>
  pools[index]?.seed.PoolName !== undefined &&
  pools.findIndex(({ seed }) => seed.PoolName === pools[index]?.seed.PoolName) === index

function checkPool(draft: PoolDraft): void {
  const { seed, place, pool } = draft
  const { Domain, CustomDomain, ManagedLoginVersion, Issuer } = seed
  const hasFactor = hasSecondFactor(seed)
  const tracksSessions = seed.SessionConfiguration?.UserSessionTracking === 'ENABLED'
  report(poolFindings(seed, { region: regionOf(pool.id), hasFactor, tracksSessions }), place)
  if (hasFactor) report(mfaFindings(seed, seed), place)
  if (Domain !== undefined) report(prefixFindings(Domain), place)
  const settings = seed as PoolSettings
  report(pageVersionFindings({ settings }, ManagedLoginVersion), place)
  if (CustomDomain?.Domain !== undefined) {
    report(customDomainFindings(CustomDomain.Domain), place.at('CustomDomain'))
    report(pageVersionFindings({ settings }, CustomDomain.ManagedLoginVersion), place.at('CustomDomain'))
  }
  if (Issuer !== undefined && !issuerModes.includes(Issuer)) checkIssuer(Issuer, place.at('Issuer'))
  report(schemaFindings(seed.Schema), place.at('Schema'))
  checkSigningKeys(seed, place.at('SigningKeys'))
  checkNames(draft)
  for (const [server, at] of each(seed.ResourceServers, place.at('ResourceServers')))
    report(resourceServerFindings(server), at)
  for (const [provider, at] of each(seed.IdentityProviders, place.at('IdentityProviders')))
    report(providerFindings(provider, pool.schema), at)
  checkClients(draft)
  checkDocuments(draft)
  checkUsers(draft)
}

/** Names that are given twice. */
function checkNames({ seed, place }: PoolDraft): void {
  const providers = each(seed.IdentityProviders, place.at('IdentityProviders'))
  unique(
    'identifier',
    each(seed.ResourceServers, place.at('ResourceServers')).map(([{ Identifier }, at]) => [
      Identifier,
      at.at('Identifier'),
    ]),
  )
  unique(
    'group name',
    each(seed.Groups, place.at('Groups')).map(([{ GroupName }, at]) => [GroupName, at.at('GroupName')]),
  )
  unique(
    'provider name',
    providers.map(([{ ProviderName }, at]) => [ProviderName, at.at('ProviderName')]),
  )
  unique(
    'identifier',
    providers.flatMap(([{ IdpIdentifiers }, at]) => each(IdpIdentifiers, at.at('IdpIdentifiers'))),
  )
}

function checkClients({ seed, place, pool }: PoolDraft): void {
  const surroundings = {
    ...pool,
    providers: entriesOf(seed.IdentityProviders).map(([{ ProviderName = '' }]) => ProviderName),
    saml: samlAmong(
      entriesOf(seed.IdentityProviders).map(([{ ProviderName, ProviderType, ProviderDetails }]) => ({
        name: ProviderName,
        type: ProviderType,
        details: ProviderDetails,
      })),
    ),
    customScopes: entriesOf(seed.ResourceServers).flatMap(([{ Identifier, Scopes }]) =>
      entriesOf(Scopes).map(([{ ScopeName }]) => `${Identifier}/${ScopeName}`),
    ),
  }
  for (const [client, at] of each(seed.Clients, place.at('Clients'))) {
    report(secretFindings(client), at)
    report(clientFindings(client, clientSecretOf(seed, client) !== undefined, surroundings), at)
  }
}

const issuerModes = ['local', 'aws', 'request']

function checkIssuer(issuer: string, place: Place): void {
  const url = parseUrl(issuer)
  if (url === undefined || !/^https?:$/.test(url.protocol))
    place.wrong(`"${issuer}" is neither "local", "aws" or "request" nor a URL.`, {
      meant: { given: issuer, valid: issuerModes },
    })
  else if (issuer.endsWith('/') || url.search !== '' || url.hash !== '')
    place.wrong('An issuer has no slash at the end, no query and no fragment.')
}

function checkSigningKeys({ SigningKeys }: Draft<PoolSeed>, place: Place): void {
  const pems = (['IdToken', 'AccessToken'] as const).map(name => {
    const key = SigningKeys?.[name]
    if (key === undefined) return undefined
    const pem = privateKeyPem(key)
    if (pem === undefined)
      place.at(name).wrong('This is not a private RSA key of 2048 bits or more, as PEM or JWK.')
    return pem
  })
  if (pems[0] !== undefined && pems[0] === pems[1])
    place
      .at('AccessToken')
      .wrong('The two keys must differ: verifiers tell ID and access tokens apart by them.')
}

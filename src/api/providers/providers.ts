import { identityProviders } from '../../core/collections.js'
import type { IdentityProvider } from '../../core/identity-provider.js'
import { ensure } from '../../core/refusal.js'
import { derivedDetails, secretDetails } from '../../core/social-provider.js'
import { providerNotFound } from '../../flows/administration/administration-refusals.js'
import {
  createProvider,
  deleteProvider,
  describedDetails,
  storedProvider,
  updateProvider,
} from '../../flows/administration/providers.js'
import { asConfigured } from '../../flows/directory/belongings.js'
import { providerIdentifiedBy } from '../../flows/directory/directory.js'
import { operation } from '../operations.js'
import { page } from '../pagination.js'
import { defined } from '../pools/describe.js'
import { poolOf, type Scope, timestamp } from '../scope.js'

/**
 * A provider as it was configured. What discovery found is not shown: a tool that compares what it sent with what it reads
 * would find a difference for ever (docs/facts/infrastructure.md, fact I30). SAML metadata are (fact S20).
 */
async function identityProviderType({ service }: Scope, provider: IdentityProvider): Promise<object> {
  const { poolId, name, type, mapping, acrMapping, identifiers, createdAt, modifiedAt } = provider
  const details = await describedDetails(service, await asConfigured(service, provider))
  return {
    UserPoolId: poolId,
    ProviderName: name,
    ProviderType: type,
    ProviderDetails: Object.fromEntries(
      Object.entries({ ...details, ...derivedDetails(type, details) }).filter(
        ([key]) => !secretDetails.includes(key),
      ),
    ),
    AttributeMapping: mapping,
    ...defined({ AcrMapping: acrMapping }),
    IdpIdentifiers: identifiers,
    LastModifiedDate: timestamp(modifiedAt),
    CreationDate: timestamp(createdAt),
  }
}

/** What the writer of providers needs. */
const portsOf = ({ service: { store, clock }, discover }: Scope) => ({ store, clock, discover })

export const CreateIdentityProvider = operation('CreateIdentityProvider', async (scope, input) => {
  const pool = await poolOf(scope, input.UserPoolId)
  const provider = await createProvider(portsOf(scope), pool, {
    name: input.ProviderName,
    type: input.ProviderType,
    details: input.ProviderDetails,
    mapping: input.AttributeMapping,
    acrMapping: input.AcrMapping,
    identifiers: input.IdpIdentifiers ?? [],
  })
  return { IdentityProvider: await identityProviderType(scope, provider) }
})

export const DescribeIdentityProvider = operation('DescribeIdentityProvider', async (scope, input) => {
  const pool = await poolOf(scope, input.UserPoolId)
  return {
    IdentityProvider: await identityProviderType(
      scope,
      (await storedProvider(scope.service, pool, input.ProviderName)).record,
    ),
  }
})

export const GetIdentityProviderByIdentifier = operation(
  'GetIdentityProviderByIdentifier',
  async (scope, { UserPoolId, IdpIdentifier }) => {
    const provider = await providerIdentifiedBy(scope.service, await poolOf(scope, UserPoolId), IdpIdentifier)
    ensure(provider, () => providerNotFound(IdpIdentifier))
    return { IdentityProvider: await identityProviderType(scope, provider) }
  },
)

export const UpdateIdentityProvider = operation('UpdateIdentityProvider', async (scope, input) => {
  const pool = await poolOf(scope, input.UserPoolId)
  const { ProviderName, ProviderDetails, AttributeMapping, AcrMapping, IdpIdentifiers } = input
  const change = defined({
    details: ProviderDetails,
    mapping: AttributeMapping,
    acrMapping: AcrMapping,
    identifiers: IdpIdentifiers,
  })
  const provider = await updateProvider(portsOf(scope), pool, ProviderName, change)
  return { IdentityProvider: await identityProviderType(scope, provider) }
})

export const DeleteIdentityProvider = operation('DeleteIdentityProvider', async (scope, input) => {
  await deleteProvider(scope.service, await poolOf(scope, input.UserPoolId), input.ProviderName)
  return undefined
})

export const ListIdentityProviders = operation('ListIdentityProviders', async (scope, input) => {
  const pool = await poolOf(scope, input.UserPoolId)
  const { items, next } = await page(
    'ListIdentityProviders',
    input,
    input.NextToken,
    input.MaxResults || 60,
    pageOf => scope.service.store.lookup(identityProviders, 'pool', pool.id, pageOf),
  )
  return {
    Providers: items.map(({ record: { name, type, createdAt, modifiedAt } }) => ({
      ProviderName: name,
      ProviderType: type,
      LastModifiedDate: timestamp(modifiedAt),
      CreationDate: timestamp(createdAt),
    })),
    ...defined({ NextToken: next }),
  }
})

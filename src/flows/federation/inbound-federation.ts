import type { Claims } from '../../core/attribute-mapping.js'
import { subjectClaims } from '../../core/identity-provider.js'
import type { Service } from '../service.js'
import { atHostedPages, callTrigger } from '../triggers.js'
import type { Vouched } from './mapped-attributes.js'
import type { Vouching } from './provider-type.js'

/**
 * Asks the pool's trigger what a provider's answer shall count as, before the user is looked for
 * (docs/facts/triggers.md §5.5).
 * @returns what the provider vouches for: as it came, unless the trigger names attributes. Those replace everything; a name
 *   that no mapping asks for is that of the pool's attribute
 */
export async function afterInboundFederation(
  service: Service,
  vouched: Vouched,
  sources: Vouching['sources'],
): Promise<Vouched> {
  const { pool, client, provider, claims } = vouched
  const subject = claims[subjectClaims[provider.type]]
  const response = await atHostedPages(() =>
    callTrigger(service, pool, 'InboundFederation', {
      source: 'InboundFederation_ExternalProvider',
      userName: `${provider.name}_${String(subject ?? '')}`,
      clientId: client.id,
      request: {
        providerName: provider.name,
        providerType: provider.type,
        attributes: Object.fromEntries(
          Object.entries(sources ?? { samlResponse: claims }).map(([name, values]) => [name, texts(values)]),
        ),
      },
    }),
  )
  const given = response?.userAttributesToMap ?? {}
  if (Object.keys(given).length === 0) return vouched
  const asked = Object.values(provider.mapping)
  const own = pool.schema
    .map(({ name }) => name)
    .filter(name => name in given && name !== 'sub' && !asked.includes(name) && !(name in provider.mapping))
  const mapping = { ...provider.mapping, ...Object.fromEntries(own.map(name => [name, name])) }
  // SAML names the user beside the attributes, so no mapping can leave the name out.
  const named = provider.type === 'SAML' ? { [subjectClaims.SAML]: subject } : {}
  return { ...vouched, claims: { ...given, ...named }, provider: { ...provider, mapping } }
}

/** Values as events have them: texts, lists joined by commas. */
const texts = (values: Claims): Record<string, string> =>
  Object.fromEntries(
    Object.entries(values)
      .filter(([, value]) => value !== undefined && value !== null)
      .map(([name, value]) => [name, textOf(value)]),
  )

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(textOf).join(',')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

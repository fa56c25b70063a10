import { text } from './intrinsics.js'
import type { Declared } from './properties.js'
import { entriesOf, isJsonMap, type Json, lineOf } from './source.js'
import type { World } from './stack.js'

/** What belongs to one pool. */
interface Belongings {
  readonly pool: Declared
  readonly clients: readonly Declared[]
  readonly providers: readonly Declared[]
  readonly servers: readonly Declared[]
}

/** Warns of what AWS would accept or refuse in a surprising way. No warning stops the import. */
export function lint(world: World, belongings: Belongings): void {
  immutableAttributes(world, belongings)
  for (const client of belongings.clients) creationOrder(world, client, belongings)
}

/** A standard attribute that is declared without `Mutable` can never be changed; a mapped one then breaks sign-ins. */
function immutableAttributes({ messages }: World, { pool, providers }: Belongings): void {
  const { resource, properties } = pool
  const { Schema } = properties
  if (!Array.isArray(Schema)) return
  const mapped = new Set(
    providers.flatMap(({ properties: { AttributeMapping } }) =>
      entriesOf(AttributeMapping).map(([name]) => name),
    ),
  )
  Schema.forEach((declared: Json, index) => {
    if (!isJsonMap(declared) || declared.Mutable !== undefined) return
    const name = text(declared.Name ?? '')
    const isMapped = mapped.has(name) || mapped.has(`custom:${name}`)
    if (declared.Required === undefined && !isMapped) return
    const { line } = lineOf(resource.stack.source, resource.properties.Schema, index)
    messages.warn({
      file: resource.stack.source.file,
      ...(line === undefined ? {} : { line }),
      path: `${resource.id}.Schema[${index}]`,
      text: `The attribute ${name} is declared without Mutable, so it is immutable${isMapped ? ': the second sign-in through a provider that maps it fails' : ''}.`,
      remedy: 'Add Mutable: true, unless that is meant.',
    })
  })
}

/** A client that names a provider or a scope by a literal may be made before it, and then the deployment fails. */
function creationOrder({ messages }: World, client: Declared, { providers, servers }: Belongings): void {
  const { resource, properties } = client
  const named = (member: string): string[] =>
    Array.isArray(resource.properties[member])
      ? (resource.properties[member] as readonly Json[]).filter(
          (item): item is string => typeof item === 'string',
        )
      : []
  const waitsFor = (other: Declared) => resource.dependsOn.includes(other.resource.id)
  for (const name of named('SupportedIdentityProviders')) {
    const provider = providers.find(candidate => candidate.properties.ProviderName === name)
    if (provider !== undefined && !waitsFor(provider))
      warn('SupportedIdentityProviders', name, provider.resource.id)
  }
  for (const scope of named('AllowedOAuthScopes')) {
    const server = servers.find(candidate =>
      scope.startsWith(`${text(candidate.properties.Identifier ?? '')}/`),
    )
    if (server !== undefined && !waitsFor(server)) warn('AllowedOAuthScopes', scope, server.resource.id)
  }

  function warn(member: string, name: string, id: string): void {
    messages.warn({
      file: resource.stack.source.file,
      ...lineOf(resource.stack.source, resource.properties, member),
      path: `${resource.id}.${member}`,
      text: `The client ${text(properties.ClientName ?? resource.id)} (${resource.id}) names ${name} without a reference: AWS may make it before ${id} is there, and fail.`,
      remedy: `Write !Ref ${id} in its place, or add DependsOn: ${id}.`,
    })
  }
}

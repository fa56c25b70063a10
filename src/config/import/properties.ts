import { nearest } from '../../lib/nearest.js'
import type { Members } from '../../lib/shape.js'
import { knownMembers } from './members.js'
import { type Json, type JsonMap, lineOf } from './source.js'
import type { Resource, World } from './stack.js'

/** A resource with its properties evaluated. */
export interface Declared {
  readonly resource: Resource
  readonly properties: JsonMap
}

/** Members that the API knows, coerced; others are named: CloudFormation refuses them. */
export function plain(
  world: World,
  { resource, properties }: Declared,
  members: Members,
  handled: readonly string[] = [],
): JsonMap {
  const { known, unknown } = knownMembers(properties, members)
  const { UserPoolId: _pool, ...rest } = known
  for (const name of unknown.filter(
    candidate => candidate !== 'UserPoolId' && !handled.includes(candidate),
  )) {
    const meant = nearest(name, Object.keys(members))
    world.messages.warn({
      file: resource.stack.source.file,
      ...lineOf(resource.stack.source, resource.properties, name),
      path: `${resource.id}.${name}`,
      text: `${resource.type} has no property ${name}: CloudFormation refuses it as an extraneous key.`,
      remedy: meant === undefined ? 'Leave it out.' : `Did you mean ${meant}? If not, leave it out.`,
    })
  }
  return rest
}

/** The members that have a value. */
export const present = (members: { readonly [name: string]: Json | undefined }): JsonMap =>
  Object.fromEntries(
    Object.entries(members).filter((entry): entry is [string, Json] => entry[1] !== undefined),
  )

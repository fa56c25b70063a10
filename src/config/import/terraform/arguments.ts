import { type Members, type Shape, shapeOf } from '../../../lib/shape.js'
import { isJsonMap, type Json, type JsonMap } from '../source.js'

/** Arguments whose names in the API are others. Everything else is found by its letters. */
const renamed: Readonly<Record<string, string>> = {
  tagsall: 'userpooltags',
  fromemailaddress: 'from',
  recoverymechanism: 'recoverymechanisms',
  scope: 'scopes',
  asset: 'assets',
}

/** Tools spell alike names differently (`callback_urls`, `callback_ur_ls`): only letters and digits count. */
const letters = (name: string): string => {
  const plain = name.replaceAll('_', '').toLowerCase()
  return renamed[plain] ?? plain
}

/**
 * Arguments of a Terraform resource as members of the API. Null, an empty text, and an empty list are absent; false stays.
 * @param isPlan whether null booleans of a block that is given are false
 */
export function apiMembers(values: JsonMap, members: Members, isPlan: boolean): JsonMap {
  const given = new Map(Object.entries(values).map(([name, value]) => [letters(name), value]))
  return Object.fromEntries(
    Object.entries(members).flatMap(([name, member]): [string, Json][] => {
      const value = given.get(name.toLowerCase())
      const shape = shapeOf(member)
      if (value === null && isPlan && shape.type === 'boolean') return [[name, false]]
      const converted = value === undefined ? undefined : apiValue(value, shape, isPlan)
      if (converted === 0 && name.endsWith('Validity')) return []
      return converted === undefined ? [] : [[name, converted]]
    }),
  )
}

function apiValue(value: Json, shape: Shape, isPlan: boolean): Json | undefined {
  if (value === null || value === '') return undefined
  switch (shape.type) {
    case 'structure': {
      const block = Array.isArray(value) ? (value[0] as Json | undefined) : value
      if (!isJsonMap(block)) return undefined
      const members = apiMembers(block, shape.members, isPlan)
      return Object.keys(members).length === 0 ? undefined : members
    }
    case 'list': {
      const items = (Array.isArray(value) ? value : [value]).flatMap(
        (item: Json) => apiValue(item, shape.member, isPlan) ?? [],
      )
      return items.length === 0 ? undefined : items
    }
    case 'string':
      return typeof value === 'object' ? undefined : String(value)
    case 'integer':
      return Number(value)
    default:
      return value
  }
}

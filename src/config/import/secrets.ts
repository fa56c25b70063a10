import { evaluate, text, Unresolved } from './intrinsics.js'
import { isJsonMap, type Json } from './source.js'
import type { Resource, World } from './stack.js'

/**
 * The value of a dynamic reference: `ssm:NAME[:version]`, `ssm-secure:…`, `secretsmanager:ID:SecretString:key:stage:version`.
 * It comes from the options, else from a parameter or secret that an imported template makes.
 * @throws Unresolved naming the option that gives it
 */
export function secretOf(world: World, reference: string): string {
  const [kind = '', ...parts] = reference.split(':')
  const { name, key, option } =
    kind === 'secretsmanager'
      ? secretsManagerName(parts)
      : { name: parts[0] ?? '', key: '', option: parts[0] ?? '' }
  const given = world.options.secrets?.[option] ?? world.options.secrets?.[name]
  if (given !== undefined) return given
  const resource = world.stacks
    .flatMap(stack => stack.resources())
    .find(candidate => isNamed(candidate, kind, name))
  const value = resource && valueIn(resource, key)
  if (value !== undefined) return value
  throw new Unresolved(
    `The value of {{resolve:${reference}}} is not known here.`,
    `Give --secret ${option}=….`,
  )
}

/** An id may be an ARN, which holds colons itself, and ends in a dash and six letters. */
function secretsManagerName(parts: readonly string[]): { name: string; key: string; option: string } {
  const isArn = parts[0] === 'arn'
  const id = isArn ? parts.slice(0, 7) : parts.slice(0, 1)
  const [, key = ''] = parts.slice(id.length)
  const name = isArn ? (id[6] ?? '').replace(/-\w{6}$/, '') : (id[0] ?? '')
  return { name, key, option: key === '' ? name : `${name}:SecretString:${key}` }
}

function isNamed(resource: Resource, kind: string, name: string): boolean {
  const type = kind === 'secretsmanager' ? 'AWS::SecretsManager::Secret' : 'AWS::SSM::Parameter'
  if (resource.type !== type) return false
  const given = resource.properties.Name
  return (
    resource.id === name ||
    (given !== undefined && quietly(() => evaluate(given, resource.stack.scope)) === name)
  )
}

function valueIn({ properties, stack }: Resource, key: string): string | undefined {
  const expression = properties.SecretString ?? properties.Value
  const value = expression === undefined ? undefined : quietly(() => text(evaluate(expression, stack.scope)))
  if (value === undefined || key === '') return value
  try {
    const parsed: Json = JSON.parse(value)
    const found = isJsonMap(parsed) ? parsed[key] : undefined
    return found === undefined ? undefined : text(found)
  } catch {
    return undefined
  }
}

function quietly<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch (error) {
    if (error instanceof Unresolved) return undefined
    throw error
  }
}

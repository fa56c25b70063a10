import { text } from '../intrinsics.js'
import { entriesOf, isJsonMap, type Json, type JsonMap } from '../source.js'

/** One instance of a resource, whichever form of input it came from. */
export interface TfResource {
  /** `module.a["x"].type.name[index]`. */
  readonly address: string
  /** The address of its module; empty for the root. */
  readonly module: string
  readonly type: string
  readonly name: string
  readonly isData: boolean
  readonly values: JsonMap
  /** Members that are only known after the plan is applied. */
  readonly unknown: JsonMap
}

const none: JsonMap = {}
const mapOf = (value: Json | undefined): JsonMap => (isJsonMap(value) ? value : none)
const listOf = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : [])

/** The resources of a state, a plan, a raw state, or a stack of Pulumi's. */
export function tfResources(input: JsonMap): TfResource[] {
  if (isJsonMap(input.deployment)) return pulumiResources(listOf(input.deployment.resources))
  if (Array.isArray(input.steps)) {
    return pulumiResources(input.steps.map(step => mapOf(mapOf(step).newState)))
  }
  if (input.version === 4) return rawResources(input)
  const unknown = new Map(
    listOf(input.resource_changes).map(change => [
      text(mapOf(change).address ?? ''),
      mapOf(mapOf(mapOf(change).change).after_unknown),
    ]),
  )
  const root = mapOf(mapOf(input.planned_values ?? input.values).root_module)
  return moduleResources(root, '', unknown)
}

function moduleResources(module: JsonMap, at: string, unknown: ReadonlyMap<string, JsonMap>): TfResource[] {
  const own = listOf(module.resources).map(given => {
    const { address = '', type = '', name = '', mode, values } = mapOf(given)
    return {
      address: text(address),
      module: at,
      type: text(type),
      name: text(name),
      isData: mode === 'data',
      values: mapOf(values),
      unknown: unknown.get(text(address)) ?? none,
    }
  })
  const inner = listOf(module.child_modules).flatMap(child =>
    moduleResources(mapOf(child), text(mapOf(child).address ?? ''), unknown),
  )
  return [...own, ...inner]
}

/** `terraform state pull`: instances below each resource. */
function rawResources(input: JsonMap): TfResource[] {
  return listOf(input.resources).flatMap(given => {
    const { module = '', mode, type = '', name = '', instances } = mapOf(given)
    const base = [text(module), `${mode === 'data' ? 'data.' : ''}${text(type)}.${text(name)}`]
    return listOf(instances).map(instance => {
      const { index_key, attributes } = mapOf(instance)
      const index = index_key === undefined ? '' : `[${JSON.stringify(index_key)}]`
      return {
        address: `${base.filter(part => part !== '').join('.')}${index}`,
        module: text(module),
        type: text(type),
        name: text(name),
        isData: mode === 'data',
        values: mapOf(attributes),
        unknown: none,
      }
    })
  })
}

/** Pulumi's secrets are maps with this member. */
const secretMark = '4dabf18193072939515e22adb298388d'
/** What Pulumi writes for a value that is not known yet. */
const pulumiUnknown = '04da6b54-80e4-46f7-96ec-b56ff0331ba9'

function pulumiResources(resources: readonly Json[]): TfResource[] {
  return resources.flatMap((given): TfResource[] => {
    const { urn = '', type = '', outputs, inputs, external, delete: deleted, id } = mapOf(given)
    const [, kind = ''] = /^aws:(?:cognito|lambda)\/\w+:(\w+)$/.exec(text(type)) ?? []
    if (kind === '' || external === true || deleted === true) return []
    const family = text(type).startsWith('aws:lambda') ? 'lambda' : 'cognito'
    const name = text(urn).split('::').at(-1) ?? ''
    const values = snakeCased({ ...mapOf(inputs), ...mapOf(outputs) })
    const tf = pulumiTypes[kind] ?? `aws_${family}_${snake(kind)}`
    return [
      {
        address: `${tf}.${name}`,
        module: '',
        type: tf,
        name,
        isData: false,
        values: { ...(id === undefined ? {} : { id }), ...mapOf(values) },
        unknown: none,
      },
    ]
  })
}

/** Kinds whose names in Terraform are not Pulumi's. */
const pulumiTypes: Readonly<Record<string, string>> = {
  Function: 'aws_lambda_function',
  UserPoolUICustomization: 'aws_cognito_user_pool_ui_customization',
}

const snake = (name: string): string => name.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase()

/** Maps whose keys are the user's own. */
const free = new Set([
  'providerDetails',
  'attributeMapping',
  'attributes',
  'tags',
  'tagsAll',
  'variables',
  'settings',
])

function snakeCased(value: Json, isFree = false): Json {
  if (Array.isArray(value)) return value.map((item: Json) => snakeCased(item))
  if (!isJsonMap(value)) return value === pulumiUnknown ? null : value
  if (value[secretMark] !== undefined) {
    return typeof value.plaintext === 'string' ? snakeCased(JSON.parse(value.plaintext) as Json) : null
  }
  return Object.fromEntries(
    entriesOf(value).map(([name, member]) => [
      isFree ? name : snake(name),
      snakeCased(member, free.has(name)),
    ]),
  )
}

import { posix } from 'node:path'
import { evaluate, text, Unresolved } from './intrinsics.js'
import { nameOf, property, refTo, textProperty } from './return-values.js'
import { entriesOf, isJsonMap, type Json, type JsonMap, lineOf } from './source.js'
import type { Resource, World } from './stack.js'

/** The function of a trigger, as the input describes it. */
export interface ImportedTrigger {
  readonly name: string
  /** `V1_0`, `V2_0`, … where the configuration names one. */
  readonly version?: string
  /** Logical id, or address, of the function. */
  readonly function: string
  /** A folder or file, relative to the input's folder; absent where the code is inline or somewhere else. */
  readonly code?: string
  readonly inline?: string
  readonly handler: string
  readonly runtime: string
  readonly environment: Readonly<Record<string, string>>
  readonly layers: readonly string[]
  /** Whether Rockpool can run it by itself: JavaScript whose code is at hand. */
  readonly runs: boolean
  /** Whether AWS would let the pool call it (a Lambda permission). */
  readonly permitted: boolean
}

/** Members of LambdaConfig that name a function, with the trigger each is. */
const memberNames: Readonly<Record<string, string>> = {
  PreTokenGenerationConfig: 'PreTokenGeneration',
}

/** The triggers that a pool's LambdaConfig names. Whatever cannot run is said. */
export function triggersOf(world: World, pool: Resource, config: JsonMap): ImportedTrigger[] {
  const found = new Map<string, ImportedTrigger>()
  for (const [member, value] of entriesOf(config)) {
    if (member === 'KMSKeyID') continue
    const arn = isJsonMap(value) ? text(value.LambdaArn ?? '') : text(value)
    const resource = functionOf(world, arn)
    if (resource === undefined) {
      world.messages.warn({
        file: pool.stack.source.file,
        ...lineOf(pool.stack.source, pool.properties.LambdaConfig, member),
        path: `${pool.id}.LambdaConfig.${member}`,
        text: `The trigger ${member} calls ${arn}, whose code is in none of the imported stacks.`,
        remedy: 'Import its stack too, or start with --lambda-endpoint where it can be called.',
      })
      continue
    }
    const name = memberNames[member] ?? member
    const version = isJsonMap(value) ? { version: text(value.LambdaVersion ?? '') } : {}
    if (found.has(name) && version.version === undefined) continue
    found.set(name, { name, ...version, ...described(world, resource, name) })
  }
  return [...found.values()]
}

/** The function that an ARN names, also by a version or an alias of it. */
function functionOf(world: World, arn: string): Resource | undefined {
  const [name = ''] = arn.replace(/^arn:aws[\w-]*:lambda:[\w-]*:\d*:function:/, '').split(':')
  return functions(world).find(resource => nameOf(resource, 'FunctionName') === name)
}

const functions = (world: World): Resource[] =>
  world.stacks.flatMap(stack => stack.resources()).filter(({ type }) => type === 'AWS::Lambda::Function')

function described(
  world: World,
  resource: Resource,
  trigger: string,
): Omit<ImportedTrigger, 'name' | 'version'> {
  const runtime = textProperty(resource, 'Runtime') ?? ''
  const place = { file: resource.stack.source.file, path: resource.id }
  const code = codeOf(resource)
  const runs = /^nodejs/.test(runtime === '' ? 'nodejs' : runtime) && Object.keys(code).length > 0
  if (!runs) {
    world.messages.warn({
      ...place,
      text: `The trigger ${trigger} is the function ${resource.id}, which Rockpool cannot run by itself (${runtime === '' ? 'its code is not at hand' : runtime}).`,
      remedy: 'Run it with SAM local or another Lambda endpoint, and start with --lambda-endpoint.',
    })
  }
  const permitted = isPermitted(world, resource)
  if (!permitted) {
    world.messages.warn({
      ...place,
      text: `No permission of the stack lets Cognito call ${resource.id} for ${trigger}: AWS would refuse the call. Rockpool makes it all the same.`,
      remedy: 'Add an AWS::Lambda::Permission with the principal cognito-idp.amazonaws.com.',
    })
  }
  return {
    function: resource.id,
    ...code,
    handler: textProperty(resource, 'Handler') ?? 'index.handler',
    runtime,
    environment: environmentOf(world, resource),
    layers: layersOf(resource),
    runs,
    permitted,
  }
}

/** Where the code is: inline, a local path, or an asset of the CDK. */
function codeOf({
  stack,
  properties,
  metadata,
}: Resource): { code: string } | { inline: string } | Record<never, never> {
  const { Code } = properties
  if (typeof Code === 'string') return Code.startsWith('s3://') ? {} : { code: Code }
  if (!isJsonMap(Code)) return {}
  if (Code.ZipFile !== undefined) return { inline: text(evaluate(Code.ZipFile, stack.scope)) }
  const key = typeof Code.S3Key === 'string' ? Code.S3Key : ''
  const asset = stack.assets?.get(posix.basename(key).replace(/\.\w+$/, '')) ?? metadata['aws:asset:path']
  return typeof asset === 'string' ? { code: posix.join(stack.folder, asset) } : {}
}

/** Variables with a value. One without is left out: the function may never ask for it. */
function environmentOf(world: World, resource: Resource): Record<string, string> {
  const { stack, properties } = resource
  const { Environment } = properties
  const variables = isJsonMap(Environment) ? Environment.Variables : undefined
  return Object.fromEntries(
    entriesOf(variables).flatMap(([name, value]): [string, string][] => {
      try {
        return [[name, text(evaluate(value, stack.scope))]]
      } catch (error) {
        if (!(error instanceof Unresolved)) throw error
        world.messages.warn({
          file: stack.source.file,
          ...lineOf(stack.source, variables, name),
          path: `${resource.id}.Environment.${name}`,
          text: `The function ${resource.id} is started without the variable ${name}. ${error.message}`,
          remedy: error.remedy,
        })
        return []
      }
    }),
  )
}

/** Folders of the layers that the same stack makes. */
function layersOf(resource: Resource): string[] {
  const { stack } = resource
  const wanted = property(resource, 'Layers')
  return (Array.isArray(wanted) ? wanted : []).flatMap((arn: Json) => {
    const layer = stack
      .resources()
      .find(({ type, id }) => type === 'AWS::Lambda::LayerVersion' && refTo(stack, id) === arn)
    return typeof layer?.properties.Content === 'string' ? [layer.properties.Content] : []
  })
}

function isPermitted({ stacks }: World, resource: Resource): boolean {
  const names = [nameOf(resource, 'FunctionName'), resource.id]
  return stacks
    .flatMap(stack => stack.resources())
    .filter(({ type }) => type === 'AWS::Lambda::Permission')
    .some(permission => {
      const name = textProperty(permission, 'FunctionName') ?? ''
      return (
        textProperty(permission, 'Principal') === 'cognito-idp.amazonaws.com' &&
        names.some(candidate => name === candidate || name.split(':').includes(candidate))
      )
    })
}

import { derivedUuid } from './derived.js'
import { evaluate, noValue, type Scope, text, Unresolved, type Value } from './intrinsics.js'
import { hasLoops, withoutLoops } from './loops.js'
import type { Messages } from './messages.js'
import type { ImportOptions } from './options.js'
import { checkParameters, parameterValue } from './parameters.js'
import { attributeOf, refTo } from './return-values.js'
import { secretOf } from './secrets.js'
import { entriesOf, isJsonMap, type Json, type JsonMap, lineOf, type Source } from './source.js'

/** A template, and what its stack would be called. */
export interface StackInput {
  readonly source: Source
  /** Where relative paths of code begin. */
  readonly folder: string
  readonly name: string
  readonly region: string
  readonly account: string
  /** Values of parameters, which a parent stack gives a nested one. They go before the options'. */
  readonly parameters?: Readonly<Record<string, () => Json>>
  /** Files of the CDK assembly by hash: a path relative to `folder`. */
  readonly assets?: ReadonlyMap<string, string>
}

/** A resource that exists: it has no condition, or one that is true. */
export interface Resource {
  readonly stack: Stack
  readonly id: string
  readonly type: string
  readonly properties: JsonMap
  readonly metadata: JsonMap
  readonly dependsOn: readonly string[]
}

/** A stack as CloudFormation would make it, evaluated as it is asked. */
export interface Stack extends StackInput {
  readonly world: World
  readonly scope: Scope
  /** `arn:aws:cloudformation:…`: templates cut names out of it. */
  readonly id: string
  resources(): readonly Resource[]
  resource(id: string): Resource | undefined
  outputs(): readonly Output[]
  output(name: string): Json
  nested(id: string): Stack | undefined
}

export interface Output {
  readonly name: string
  readonly exportName?: string
  value(): Json
}

/** All stacks of one import, which may name each other's exports. */
export interface World {
  readonly options: ImportOptions
  readonly messages: Messages
  readonly stacks: Stack[]
  /** Reads a nested template, given the resource that names it. */
  readonly open: (resource: Resource) => Stack | undefined
}

/** Makes a stack of a template and adds it to the world. Parameters that are wrong are reported at once. */
export function openStack(input: StackInput, world: World): Stack {
  let template = isJsonMap(input.source.value) ? input.source.value : {}
  const condition = remembered(name => conditionHolds(stack, template, name))
  const resource = remembered(id => declaredResource(stack, template, id))
  const nested = remembered(id => {
    const found = resource(id)
    return found && world.open(found)
  })
  let listed: readonly Resource[] | undefined

  const stack: Stack = {
    ...input,
    world,
    id: stackId(input),
    scope: {
      ref: name => reference(stack, template, name),
      attribute: (id, attribute) => attributeOf(stack, id, attribute),
      condition,
      mapping: (...names) =>
        names.reduce<Json | undefined>(
          (value, name) => (isJsonMap(value) ? value[name] : undefined),
          template.Mappings,
        ),
      exported: name => exportedBy(world, name),
      stackOutput: (name, output) => outputOf(world, name, output),
      dynamic: name => secretOf(world, name),
    },
    resources() {
      listed ??= entriesOf(template.Resources).flatMap(([id]) => resource(id) ?? [])
      return listed
    },
    resource,
    outputs: () => declaredOutputs(stack, template),
    output(name) {
      const found = stack.outputs().find(output => output.name === name)
      if (found !== undefined) return found.value()
      throw new Unresolved(`The stack ${input.name} has no output ${name}.`, 'Correct the name.')
    },
    nested,
  }
  template = unrolled(stack, template)
  world.stacks.push(stack)
  checkParameters(stack, template)
  return stack
}

/** The template with its loops written out. What a loop goes through has to be known: parameters, mappings, lists. */
function unrolled(stack: Stack, template: JsonMap): JsonMap {
  if (!hasLoops(template)) return template
  const { source, scope, world } = stack
  const listOf = (list: Json): readonly Json[] => {
    try {
      const value = evaluate(list, scope)
      return Array.isArray(value) ? value : value === noValue ? [] : [value as Json]
    } catch (error) {
      if (!(error instanceof Unresolved)) throw error
      world.messages.fail({
        file: source.file,
        path: 'Fn::ForEach',
        text: `What a loop goes through has no value. ${error.message}`,
        remedy: error.remedy,
      })
      return []
    }
  }
  return withoutLoops(template, source, listOf) as JsonMap
}

/** A function of a name that is worked out once a name. */
function remembered<T>(make: (name: string) => T): (name: string) => T {
  const known = new Map<string, T>()
  return name => {
    if (!known.has(name)) known.set(name, make(name))
    return known.get(name) as T
  }
}

function conditionHolds({ scope }: Stack, template: JsonMap, name: string): boolean {
  const expression = isJsonMap(template.Conditions) ? template.Conditions[name] : undefined
  if (expression === undefined)
    throw new Unresolved(`There is no condition ${name}.`, 'Define it under Conditions, or correct its name.')
  const value = evaluate(expression, scope)
  return value === true || value === 'true'
}

/** Whether what names this condition, or none, exists. */
const holds = ({ scope }: Stack, condition: Json | undefined): boolean =>
  condition === undefined || scope.condition(text(condition))

function declaredResource(stack: Stack, template: JsonMap, id: string): Resource | undefined {
  const declared = isJsonMap(template.Resources) ? template.Resources[id] : undefined
  if (!isJsonMap(declared) || !exists(stack, template, id, declared)) return undefined
  const { Type = '', Properties, Metadata, DependsOn = [] } = declared
  return {
    stack,
    id,
    type: text(Type),
    properties: isJsonMap(Properties) ? Properties : {},
    metadata: isJsonMap(Metadata) ? Metadata : {},
    dependsOn: [DependsOn].flat().map(item => text(item)),
  }
}

/** Whether the condition of a resource is true. If that cannot be known, a resource of Cognito's is reported. */
function exists(stack: Stack, template: JsonMap, id: string, declared: JsonMap): boolean {
  try {
    return holds(stack, declared.Condition)
  } catch (error) {
    if (!(error instanceof Unresolved)) throw error
    if (!text(declared.Type ?? '').startsWith('AWS::Cognito::')) return false
    stack.world.messages.fail({
      file: stack.source.file,
      ...lineOf(stack.source, template.Resources, id),
      path: id,
      text: `Whether ${id} exists depends on the condition ${text(declared.Condition ?? '')}. ${error.message}`,
      remedy: error.remedy,
    })
    return false
  }
}

const declaredOutputs = (stack: Stack, template: JsonMap): Output[] =>
  entriesOf(template.Outputs)
    .filter(([, output]) => isJsonMap(output) && holds(stack, output.Condition))
    .map(([name, output]) => {
      const { Value = null, Export } = output as JsonMap
      return {
        name,
        ...(isJsonMap(Export) ? { exportName: exportName(stack, Export.Name ?? '') } : {}),
        value: () => present(evaluate(Value, stack.scope)),
      }
    })

function exportName({ scope }: Stack, name: Json): string {
  try {
    return text(evaluate(name, scope))
  } catch (error) {
    if (error instanceof Unresolved) return ''
    throw error
  }
}

function reference(stack: Stack, template: JsonMap, name: string): Value {
  const pseudo = pseudoParameter(stack, name)
  if (pseudo !== undefined) return pseudo
  const declared = isJsonMap(template.Parameters) ? template.Parameters[name] : undefined
  return isJsonMap(declared) ? parameterValue(stack, name, declared) : refTo(stack, name)
}

function outputOf({ stacks }: World, name: string, output: string): Json {
  const other = stacks.find(candidate => candidate.name === name)
  if (other !== undefined) return other.output(output)
  throw new Unresolved(
    `The stack ${name} is not imported, and its output ${output} is needed.`,
    'Import both in one call.',
  )
}

const present = (value: Value): Json => (value === noValue ? null : value)

function pseudoParameter(stack: Stack, name: string): Value | undefined {
  switch (name) {
    case 'AWS::Region':
      return stack.region
    case 'AWS::AccountId':
      return stack.account
    case 'AWS::Partition':
      return 'aws'
    case 'AWS::URLSuffix':
      return 'amazonaws.com'
    case 'AWS::StackName':
      return stack.name
    case 'AWS::StackId':
      return stack.id
    case 'AWS::NotificationARNs':
      return []
    case 'AWS::NoValue':
      return noValue
    default:
      return undefined
  }
}

function exportedBy({ stacks, options }: World, name: string): Json {
  const given = options.exports?.[name]
  if (given !== undefined) return given
  for (const stack of stacks) {
    const found = stack.outputs().find(({ exportName }) => exportName === name)
    if (found !== undefined) return found.value()
  }
  throw new Unresolved(
    `No imported stack exports ${name}.`,
    `Import the stack that does in the same call, or give --export ${name}=….`,
  )
}

const stackId = ({ name, region, account }: StackInput): string =>
  `arn:aws:cloudformation:${region}:${account}:stack/${name}/${derivedUuid('stack', name)}`

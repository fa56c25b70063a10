import { derivedUuid } from './derived.js'
import { evaluate, noValue, type Scope, text, Unresolved, type Value } from './intrinsics.js'
import type { Messages } from './messages.js'
import type { ImportOptions } from './options.js'
import { attributeOf, refTo } from './return-values.js'
import { secretOf } from './secrets.js'
import { entriesOf, isJsonMap, type Json, type JsonMap, type Source } from './source.js'

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
  const template = isJsonMap(input.source.value) ? input.source.value : {}
  const resources = new Map<string, Resource>()
  const conditions = new Map<string, boolean>()
  const nested = new Map<string, Stack | undefined>()
  let listed: readonly Resource[] | undefined

  const stack: Stack = {
    ...input,
    world,
    id: stackId(input),
    scope: {
      ref: name => ref(name),
      attribute: (id, attribute) => attributeOf(stack, id, attribute),
      condition,
      mapping(map, first, second) {
        const found = [map, first, second].reduce<Json | undefined>(
          (value, step) => (isJsonMap(value) ? value[step] : undefined),
          template.Mappings,
        )
        return found
      },
      exported: name => exportedBy(world, name),
      stackOutput(name, output) {
        const other = world.stacks.find(candidate => candidate.name === name)
        if (other !== undefined) return other.output(output)
        throw new Unresolved(
          `The stack ${name} is not imported, and its output ${output} is needed.`,
          'Import both in one call.',
        )
      },
      dynamic: reference => secretOf(world, reference),
    },
    resources() {
      listed ??= entriesOf(template.Resources).flatMap(([id]) => stack.resource(id) ?? [])
      return listed
    },
    resource(id) {
      const known = resources.get(id)
      if (known !== undefined) return known
      const declared = isJsonMap(template.Resources) ? template.Resources[id] : undefined
      if (!isJsonMap(declared) || !exists(id, declared)) return undefined
      const { Type = '', Properties, Metadata, DependsOn = [] } = declared
      const found: Resource = {
        stack,
        id,
        type: text(Type),
        properties: isJsonMap(Properties) ? Properties : {},
        metadata: isJsonMap(Metadata) ? Metadata : {},
        dependsOn: (Array.isArray(DependsOn) ? DependsOn : [DependsOn]).map(item => text(item)),
      }
      resources.set(id, found)
      return found
    },
    outputs: () =>
      entriesOf(template.Outputs)
        .filter(([, output]) => isJsonMap(output) && holds(output.Condition))
        .map(([name, output]) => {
          const { Value = null, Export } = output as JsonMap
          return {
            name,
            ...(isJsonMap(Export) ? { exportName: exportName(Export.Name ?? '') } : {}),
            value: () => present(evaluate(Value, stack.scope)),
          }
        }),
    output(name) {
      const found = stack.outputs().find(output => output.name === name)
      if (found !== undefined) return found.value()
      throw new Unresolved(`The stack ${input.name} has no output ${name}.`, 'Correct the name.')
    },
    nested(id) {
      if (!nested.has(id)) {
        const resource = stack.resource(id)
        nested.set(id, resource && world.open(resource))
      }
      return nested.get(id)
    },
  }

  function exists(id: string, declared: JsonMap): boolean {
    try {
      return holds(declared.Condition)
    } catch (error) {
      if (!(error instanceof Unresolved)) throw error
      if (!text(declared.Type ?? '').startsWith('AWS::Cognito::')) return false
      world.messages.fail({
        file: input.source.file,
        ...lineOf(input.source, template.Resources, id),
        path: id,
        text: `Whether ${id} exists depends on the condition ${text(declared.Condition ?? '')}. ${error.message}`,
        remedy: error.remedy,
      })
      return false
    }
  }

  const holds = (name: Json | undefined): boolean => name === undefined || condition(text(name))

  function condition(name: string): boolean {
    const known = conditions.get(name)
    if (known !== undefined) return known
    const expression = isJsonMap(template.Conditions) ? template.Conditions[name] : undefined
    if (expression === undefined) throw new Unresolved(`There is no condition ${name}.`, 'Correct its name.')
    const value = evaluate(expression, stack.scope)
    const isTrue = value === true || value === 'true'
    conditions.set(name, isTrue)
    return isTrue
  }

  function exportName(name: Json): string {
    try {
      return text(evaluate(name, stack.scope))
    } catch (error) {
      if (error instanceof Unresolved) return ''
      throw error
    }
  }

  function ref(name: string): Value {
    const pseudo = pseudoParameter(stack, name)
    if (pseudo !== undefined) return pseudo
    const parameters = isJsonMap(template.Parameters) ? template.Parameters : {}
    const declared = parameters[name]
    if (isJsonMap(declared)) return parameterValue(stack, name, declared)
    return refTo(stack, name)
  }

  world.stacks.push(stack)
  checkParameters(stack, template)
  return stack
}

const present = (value: Value): Json => (value === noValue ? null : value)

/** The line of a member, as a message takes it. */
export function lineOf(source: Source, container: unknown, member: string | number): { line?: number } {
  const line = source.lineOf(container, member)
  return line === undefined ? {} : { line }
}

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

/** A parameter's value: a parent's, the command line's, its default. Lists are split at commas. */
function parameterValue(stack: Stack, name: string, declared: JsonMap): Json {
  const fromParent = stack.parameters?.[name]
  if (fromParent !== undefined) return fromParent()
  const { Type = 'String', Default } = declared
  const type = text(Type)
  const isName = type.startsWith('AWS::SSM::Parameter::Value')
  const value = stack.world.options.parameters?.[name] ?? (isName ? undefined : Default)
  if (value === undefined) {
    throw new Unresolved(
      isName
        ? `The parameter ${name} is the name of an SSM parameter (${text(Default ?? '')}), whose value is not known here.`
        : `The parameter ${name} has no value.`,
      `Give --param ${name}=….`,
    )
  }
  const isList = /^(List<|CommaDelimitedList|AWS::SSM::Parameter::Value<(List|CommaDelimited))/.test(type)
  if (!isList || Array.isArray(value)) return value
  return text(value) === ''
    ? []
    : text(value)
        .split(',')
        .map(item => item.trim())
}

/** Parameters that are given: the template has them, and they keep to what it allows. */
function checkParameters({ source, world, parameters }: Stack, template: JsonMap): void {
  if (parameters !== undefined) return
  const declared = isJsonMap(template.Parameters) ? template.Parameters : {}
  for (const [name, value] of Object.entries(world.options.parameters ?? {})) {
    const place = { file: source.file, ...lineOf(source, template.Parameters, name), path: name }
    const parameter = declared[name]
    if (!isJsonMap(parameter)) {
      const names = Object.keys(declared)
      world.messages.warn({
        ...place,
        text: `A value is given for the parameter ${name}, which the template does not have.`,
        remedy: names.length === 0 ? 'Leave it out.' : `Its parameters are ${names.join(', ')}.`,
      })
      continue
    }
    const { AllowedValues, AllowedPattern } = parameter
    const allowed = Array.isArray(AllowedValues) ? AllowedValues.map(item => text(item)) : undefined
    if (allowed !== undefined && !allowed.includes(value)) {
      world.messages.fail({
        ...place,
        text: `The parameter ${name} is "${value}", which its AllowedValues do not have.`,
        remedy: `Give one of ${allowed.join(', ')}.`,
      })
    } else if (typeof AllowedPattern === 'string' && !matchesWhole(AllowedPattern, value)) {
      world.messages.fail({
        ...place,
        text: `The value of the parameter ${name} does not have the form of its AllowedPattern.`,
        remedy: `Give one that matches ${AllowedPattern}.`,
      })
    }
  }
}

function matchesWhole(pattern: string, value: string): boolean {
  try {
    return new RegExp(`^(?:${pattern})$`).test(value)
  } catch {
    // A pattern of Java's that JavaScript does not know says nothing about the value.
    return true
  }
}

const stackId = ({ name, region, account }: StackInput): string =>
  `arn:aws:cloudformation:${region}:${account}:stack/${name}/${derivedUuid('stack', name)}`

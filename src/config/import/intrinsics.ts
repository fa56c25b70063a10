import { isJsonMap, type Json, type JsonMap } from './source.js'

/** What `Ref: AWS::NoValue` is: the member or entry is absent. */
export const noValue = Symbol('AWS::NoValue')
export type Value = Json | typeof noValue

/** That something has no value here. The message names it; the remedy is what to add to the command line. */
export class Unresolved extends Error {
  override readonly name = 'Unresolved'
  readonly remedy: string

  constructor(message: string, remedy: string) {
    super(message)
    this.remedy = remedy
  }
}

/** What the functions of a template ask of the stack they stand in. Each throws `Unresolved` where there is no value. */
export interface Scope {
  ref(name: string): Value
  attribute(resource: string, attribute: string): Json
  condition(name: string): boolean
  mapping(map: string, first: string, second: string): Json | undefined
  exported(name: string): Json
  stackOutput(stack: string, output: string): Json
  /** The value of `{{resolve:…}}`, given what stands between the braces after `resolve:`. */
  dynamic(reference: string): string
}

/**
 * The value of an expression of a template (CloudFormation's intrinsic functions). Lazy: the branch of `Fn::If` that is
 * not taken may have no value.
 * @throws Unresolved at the first part that has no value
 */
export function evaluate(value: Json, scope: Scope): Value {
  if (typeof value === 'string') return withDynamic(value, scope)
  if (Array.isArray(value)) return presentOf(value.map(item => evaluate(item, scope)))
  if (!isJsonMap(value)) return value
  const call = callOf(value)
  if (call !== undefined) return call.run(call.argument, scope)
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, member]) => [name, evaluate(member, scope)] as const)
      .filter((entry): entry is readonly [string, Json] => entry[1] !== noValue),
  )
}

/** Whether a value is the call of a function. */
export const isCall = (value: Json): boolean => isJsonMap(value) && callOf(value) !== undefined

type Run = (argument: Json, scope: Scope) => Value

function callOf(value: JsonMap): { argument: Json; run: Run } | undefined {
  const [entry, ...others] = Object.entries(value)
  if (entry === undefined || others.length > 0) return undefined
  const [name, argument] = entry
  if (Object.hasOwn(functions, name)) return { argument, run: functions[name] as Run }
  if (!name.startsWith('Fn::')) return undefined
  return {
    argument,
    run: () => {
      throw new Unresolved(
        `${name} is a macro or a function that is not known here.`,
        'Import the processed template: aws cloudformation get-template --template-stage Processed.',
      )
    },
  }
}

const functions: Readonly<Record<string, Run>> = {
  Ref: (argument, scope) => scope.ref(text(evaluate(argument, scope))),
  Condition: (argument, scope) => scope.condition(text(argument)),
  'Fn::GetAtt': (argument, scope) => {
    const [resource = '', attribute = ''] =
      typeof argument === 'string' ? splitOnce(argument, '.') : listOf(argument, scope).map(text)
    return scope.attribute(resource, attribute)
  },
  'Fn::Sub': (argument, scope) => substituted(argument, scope),
  'Fn::Join': (argument, scope) => {
    const [separator = '', parts = []] = argumentsOf(argument)
    return listOf(parts, scope)
      .map(text)
      .join(text(evaluate(separator, scope)))
  },
  'Fn::Split': (argument, scope) => {
    const [separator = '', source = ''] = argumentsOf(argument)
    return text(evaluate(source, scope)).split(text(evaluate(separator, scope)))
  },
  'Fn::Select': (argument, scope) => {
    const [index = 0, list = []] = argumentsOf(argument)
    const at = Number(text(evaluate(index, scope)))
    const items = listOf(list, scope)
    const item = items[at]
    if (item === undefined)
      throw new Unresolved(
        `Fn::Select asks for entry ${at} of a list of ${items.length}.`,
        'Give the list more entries, or choose another one.',
      )
    return item
  },
  'Fn::If': (argument, scope) => {
    const [condition = '', then = null, otherwise = null] = argumentsOf(argument)
    return evaluate(scope.condition(text(condition)) ? then : otherwise, scope)
  },
  'Fn::Equals': (argument, scope) => {
    const [one = '', other = ''] = argumentsOf(argument).map(item => evaluate(item, scope))
    return sameText(one, other)
  },
  'Fn::And': (argument, scope) => argumentsOf(argument).every(item => isTrue(item, scope)),
  'Fn::Or': (argument, scope) => argumentsOf(argument).some(item => isTrue(item, scope)),
  'Fn::Not': (argument, scope) => !isTrue(argumentsOf(argument)[0] ?? false, scope),
  'Fn::FindInMap': (argument, scope) => {
    const [map = '', first = '', second = '', options] = argumentsOf(argument)
    const names = [map, first, second].map(name => text(evaluate(name, scope)))
    const [mapName = '', firstName = '', secondName = ''] = names
    const found = scope.mapping(mapName, firstName, secondName)
    if (found !== undefined) return evaluate(found, scope)
    if (isJsonMap(options) && 'DefaultValue' in options) return evaluate(options.DefaultValue ?? null, scope)
    throw new Unresolved(`Mappings has no ${names.join('.')}.`, 'Add it, or choose a key that is there.')
  },
  'Fn::ImportValue': (argument, scope) => scope.exported(text(evaluate(argument, scope))),
  'Fn::GetStackOutput': (argument, scope) => {
    const given = evaluate(argument, scope)
    const { StackName = '', OutputName = '' } = isJsonMap(given) ? given : {}
    return scope.stackOutput(text(StackName), text(OutputName))
  },
  'Fn::Base64': (argument, scope) => Buffer.from(text(evaluate(argument, scope))).toString('base64'),
  'Fn::Length': (argument, scope) => listOf(argument, scope).length,
  'Fn::ToJsonString': (argument, scope) => JSON.stringify(evaluate(argument, scope)),
  'Fn::GetAZs': (_argument, scope) => ['a', 'b', 'c'].map(zone => `${text(scope.ref('AWS::Region'))}${zone}`),
}

/** `${Name}`, `${Resource.Attribute}`, and `${!Literal}`, which stays `${Literal}`. */
function substituted(argument: Json, scope: Scope): string {
  const [template, own] = Array.isArray(argument) ? argument : [argument]
  return withDynamic(text(template ?? ''), scope).replaceAll(
    /\$\{([^}]*)\}/g,
    (_whole, name: string): string => {
      if (name.startsWith('!')) return `\${${name.slice(1)}}`
      const wanted = name.trim()
      if (isJsonMap(own) && own[wanted] !== undefined) return text(evaluate(own[wanted], scope))
      const [resource = '', attribute] = splitOnce(wanted, '.')
      return text(attribute === undefined ? scope.ref(resource) : scope.attribute(resource, attribute))
    },
  )
}

const withDynamic = (given: string, scope: Scope): string =>
  given.replaceAll(/\{\{resolve:([^}]+)\}\}/g, (_whole, reference: string) => scope.dynamic(reference))

const argumentsOf = (argument: Json): readonly Json[] => (Array.isArray(argument) ? argument : [argument])

/** A list, or the entries of what `Ref` of a list parameter or `Fn::Split` gives. */
function listOf(argument: Json, scope: Scope): Json[] {
  const list = evaluate(argument, scope)
  if (Array.isArray(list)) return [...list]
  return list === noValue ? [] : [list as Json]
}

const presentOf = (values: readonly Value[]): Json[] =>
  values.filter((value): value is Json => value !== noValue)

const isTrue = (condition: Json, scope: Scope): boolean => {
  const value = evaluate(condition, scope)
  return value === true || value === 'true'
}

/** CloudFormation compares as texts: `true` is `"true"`. */
const sameText = (one: Value, other: Value): boolean =>
  typeof one === 'object' || typeof other === 'object'
    ? JSON.stringify(one) === JSON.stringify(other)
    : String(one) === String(other)

/** A value as a text, as CloudFormation writes numbers and booleans. */
export const text = (value: Value): string =>
  value === noValue || value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value)

const splitOnce = (whole: string, separator: string): [string, string | undefined] => {
  const at = whole.indexOf(separator)
  return at === -1 ? [whole, undefined] : [whole.slice(0, at), whole.slice(at + 1)]
}

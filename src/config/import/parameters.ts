import { text, Unresolved } from './intrinsics.js'
import { isJsonMap, type Json, type JsonMap, lineOf } from './source.js'
import type { Stack } from './stack.js'

/** A parameter's value: a parent's, the command line's, its default. Lists are split at commas. */
export function parameterValue(stack: Stack, name: string, declared: JsonMap): Json {
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
      `Give --parameter ${name}=….`,
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
export function checkParameters({ source, world, parameters }: Stack, template: JsonMap): void {
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

import { ensure, refusal } from '../core/refusal.js'
import { type IntegerShape, matches, type StringShape } from '../lib/shape.js'

/**
 * What a field of a form says, held to the shape that the API's tables have for it: the operations check names there, before
 * a flow is asked.
 * @throws Refusal when the text is too short, too long, or has characters that the shape does not
 */
export function textOf({ min = 0, max, pattern }: StringShape, label: string, text = ''): string {
  ensure(text.length >= min, () =>
    invalidText(label, text === '' ? 'is missing' : `is shorter than ${min} characters`),
  )
  ensure(max === undefined || text.length <= max, () =>
    invalidText(label, `has ${text.length} characters, and ${max} are the most`),
  )
  ensure(pattern === undefined || matches(pattern, text), () =>
    invalidText(label, 'has a character that it cannot have, such as a blank'),
  )
  return text
}

/**
 * A whole number from zero on; undefined where nothing was typed.
 * @throws Refusal when it is none
 */
export function countOf(label: string, text: string | undefined): number | undefined {
  if (text === undefined || text.trim() === '') return undefined
  ensure(/^\d{1,9}$/.test(text.trim()), () => invalidText(label, 'is no whole number from 0 on'))
  return Number(text)
}

/**
 * A whole number within the bounds that the API's tables have for it.
 * @throws Refusal when it is none, or out of bounds
 */
export function numberOf({ min = 0, max }: IntegerShape, label: string, text: string | undefined): number {
  const number = countOf(label, text)
  ensure(number !== undefined, () => invalidText(label, 'is missing'))
  ensure(number >= min && (max === undefined || number <= max), () =>
    invalidText(label, `is not between ${min} and ${max}`),
  )
  return number
}

const invalidText = refusal('InvalidParameterException', (label: string, what: string) => ({
  told: `${label} ${what}.`,
  because: `What was typed for “${label}” ${what}.`,
  remedy: 'Change it and send the form again.',
}))

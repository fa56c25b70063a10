import { formRemedy } from '../../core/forms.js'
import type { Finding } from '../../core/rules/finding.js'
import { matches, type StringShape } from '../../lib/shape.js'

/** What is wrong with the fields of a form, by the member that each field is for. */
export type Mistakes = Readonly<Record<string, string>>

/**
 * Findings of the rules as mistakes of fields. A finding about a member of a member is told at the innermost that has a name;
 * of several about one field, the first.
 */
export function mistakesOf(findings: Iterable<Finding>): Mistakes {
  const mistakes: Record<string, string> = {}
  for (const { path, because, remedy } of findings) {
    const field = path.findLast(part => typeof part === 'string' && part !== '') ?? ''
    mistakes[String(field)] ??= `${because} ${remedy}`
  }
  return mistakes
}

/** What is wrong with a text by its shape: its length, or the characters in it. */
export function misshapen(name: string, shape: StringShape, value = ''): Mistakes {
  const { min = 0, max = Number.POSITIVE_INFINITY, pattern } = shape
  if (value.length < min) return { [name]: value === '' ? 'This is needed.' : `At least ${min} characters.` }
  if (value.length > max) return { [name]: `At most ${max} characters; this has ${value.length}.` }
  if (pattern !== undefined && !matches(pattern, value))
    return { [name]: `"${value}" does not have the form ${pattern}. ${formRemedy(pattern)}` }
  return {}
}

export const hasMistakes = (mistakes: Mistakes): boolean => Object.keys(mistakes).length > 0

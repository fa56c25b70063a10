/**
 * A refusal is thrown as a phrase of the domain and carries two texts: what the client is told, in Cognito's exact
 * words, and what the operator is told, which Cognito never says. Only the edge renders the first; the second
 * goes to the recorder.
 */

/** For the operator: which rule was broken by which value, and how to mend it. Whole sentences. */
export interface Explanation {
  readonly because: string
  readonly remedy: string
  /** Values that `because` lists, joined by commas (`listed`): pages show them below one another. */
  readonly values?: readonly string[] | undefined
  /** What to write into a seed, where one line mends it. */
  readonly line?: SeedLine | undefined
}

/** A line of YAML, and the member of a seed below which it belongs. */
export interface SeedLine {
  readonly below: string
  readonly yaml: string
}

/** An entry of a list, as a line of YAML. */
export const entryLine = (below: string, value: string): SeedLine => ({ below, yaml: `- ${scalar(value)}` })

/** A member with its value, as a line of YAML. */
export const memberLine = (below: string, name: string, value: string | true): SeedLine => ({
  below,
  yaml: `${scalar(name)}: ${value === true ? 'true' : scalar(value)}`,
})

/** A text as YAML reads it back: plain where that is certain, else in quotes. */
const scalar = (text: string): string =>
  /^[A-Za-z/](?:[\w./@?=&%+-]|:(?=\S))*$/.test(text) && !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(text)
    ? text
    : JSON.stringify(text)

/** Values in a sentence. */
export const listed = (values: readonly string[] = []): string =>
  values.length === 0 ? 'none' : values.join(', ')

export class Refusal extends Error {
  override readonly name = 'Refusal'
  /** The error's name on the wire: an OAuth error code or the name of an exception. */
  readonly code: string
  /** The words that go with the code; empty when Cognito sends the bare code. */
  readonly told: string
  readonly explanation: Explanation

  constructor(code: string, told: string, explanation: Explanation, options?: ErrorOptions) {
    super(told === '' ? code : `${code}: ${told}`, options)
    this.code = code
    this.told = told
    this.explanation = explanation
  }
}

/** A refusal in words: what the client reads beside the code (nothing, if absent), and what the operator reads. */
export interface Wording extends Explanation {
  readonly told?: string
}

/**
 * Declares a refusal of the catalogue.
 * @param code the error's name on the wire
 * @param word puts the details of a case into words
 */
export const refusal =
  <A extends readonly unknown[]>(
    code: string,
    word: (...details: A) => Wording,
  ): ((...details: A) => Refusal) =>
  (...details) => {
    const { told = '', ...explanation } = word(...details)
    return new Refusal(code, told, explanation)
  }

/** Throws the refusal unless the condition holds. */
export function ensure(condition: unknown, refuse: () => Refusal): asserts condition {
  if (!condition) throw refuse()
}

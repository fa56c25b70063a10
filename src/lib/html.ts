/**
 * HTML that is escaped by construction: every value put into an `html` template is escaped, unless it is itself
 * the outcome of `html`. There is no way to put a plain string in unescaped, so there is nothing to forget.
 */

/** Markup that is safe to send. Only `html` makes one. */
export class Html {
  readonly #markup: string
  private constructor(markup: string) {
    this.#markup = markup
  }
  static of(strings: TemplateStringsArray, values: readonly Embeddable[]): Html {
    let markup = strings[0] ?? ''
    values.forEach((value, index) => {
      markup += render(value) + (strings[index + 1] ?? '')
    })
    return new Html(markup)
  }
  toString(): string {
    return this.#markup
  }
}

/** What may stand in a template: text (escaped), markup, lists of either; `false`, `null` and `undefined` vanish. */
export type Embeddable = Html | string | number | false | null | undefined | readonly Embeddable[]

/** Builds markup. Attribute values must be written in double quotes. */
export const html = (strings: TemplateStringsArray, ...values: Embeddable[]): Html => Html.of(strings, values)

/**
 * A sentence of plain text with markup in the place of its parameters, so that a text that is only text can be
 * translated: `within(words.title, html`<b>${name}</b>`)`.
 */
export function within<P extends readonly string[]>(
  sentence: (...parts: P) => string,
  ...parts: { [index in keyof P]: Embeddable }
): Html {
  // Characters for private use stand for the parameters until the sentence is made.
  const stands = parts.map((_, index) => `\uE000${index}\uE001`) as unknown as P
  const pieces = sentence(...stands).split(/\uE000(\d+)\uE001/)
  return html`${pieces.map((piece, index) => (index % 2 === 0 ? piece : parts[Number(piece)]))}`
}

function render(value: Embeddable): string {
  if (value === false || value === null || value === undefined) return ''
  if (value instanceof Html) return value.toString()
  if (typeof value === 'object') return value.map(render).join('')
  return escapeText(String(value))
}

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
const escapeText = (text: string): string => text.replace(/[&<>"']/g, character => entities[character] ?? '')

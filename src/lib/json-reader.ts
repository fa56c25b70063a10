import { deepestDocument } from './depth.js'

/**
 * Reads JSON text that comes in pieces, without ever holding all of it: the caller goes into large objects and lists member by
 * member, and takes every other value as a whole.
 */
export interface JsonReader {
  /** The first character of the value that comes next; nothing at the end of the text. */
  next(): Promise<string>
  /** The value that comes next, as a whole. */
  value(): Promise<unknown>
  /** The names of the members of the object that comes next. After each its value has to be read. */
  members(): AsyncGenerator<string>
  /** Yields before each item of the list that comes next, which then has to be read. */
  items(): AsyncGenerator<void>
}

/** The longest value that is taken as a whole, in characters. Records are a hundred times shorter. */
const longestValue = 2 ** 26

/** @throws SyntaxError from any of the reader's functions where the text is no JSON */
export function jsonReader(pieces: AsyncIterable<string>): JsonReader {
  const source = pieces[Symbol.asyncIterator]()
  let text = ''
  let at = 0

  async function more(): Promise<boolean> {
    const { done, value } = await source.next()
    if (done) return false
    text = text.slice(at) + value
    at = 0
    return true
  }

  async function next(): Promise<string> {
    for (;;) {
      while (isBlank(text.charCodeAt(at))) at += 1
      if (at < text.length) return text.charAt(at)
      if (!(await more())) return ''
    }
  }

  async function take(wanted: string): Promise<void> {
    const found = await next()
    if (found !== wanted) throw unexpected(found)
    at += 1
  }

  async function value(): Promise<unknown> {
    if ((await next()) === '') throw unexpected('')
    const scan = valueScan()
    // Each piece is looked at once: a value that comes in many would otherwise be copied with every one of them.
    const parts: string[] = []
    let length = 0
    for (;;) {
      const end = scan(text, at)
      parts.push(text.slice(at, end))
      at = end ?? text.length
      length += parts.at(-1)?.length ?? 0
      if (length > longestValue)
        throw new SyntaxError(`a value in it is longer than ${longestValue} characters`)
      // A number at the end of the text ends with it; anything else that was begun is cut off.
      if (end !== undefined || !(await more())) return JSON.parse(parts.join(''))
    }
  }

  async function* between(open: string, close: string): AsyncGenerator<void> {
    await take(open)
    if ((await next()) !== close)
      for (;;) {
        yield
        if ((await next()) !== ',') break
        at += 1
      }
    await take(close)
  }

  return {
    next,
    value,
    items: () => between('[', ']'),
    async *members() {
      for await (const _ of between('{', '}')) {
        if ((await next()) !== '"') throw unexpected(text.charAt(at))
        const name = (await value()) as string
        await take(':')
        yield name
      }
    },
  }
}

/** Looks for the end of one value, however many pieces it comes in; undefined as long as there is none. */
function valueScan(): (text: string, from: number) => number | undefined {
  let depth = 0
  let isInText = false
  let isEscaped = false
  return (text, from) => {
    for (let at = from; at < text.length; at += 1) {
      const code = text.charCodeAt(at)
      if (isInText) {
        if (isEscaped) isEscaped = false
        else if (code === backslash) isEscaped = true
        else if (code === quote) {
          isInText = false
          if (depth === 0) return at + 1
        }
      } else if (code === quote) isInText = true
      else if (code === openBrace || code === openBracket) {
        depth += 1
        if (depth > deepestDocument)
          throw new SyntaxError(`it is nested more than ${deepestDocument} levels deep`)
      } else if (code === closeBrace || code === closeBracket) {
        // One more than was opened ends what the value is part of.
        if (depth === 0) return at
        depth -= 1
        if (depth === 0) return at + 1
      } else if (depth === 0 && (code === comma || isBlank(code))) return at
    }
    return undefined
  }
}

const codeOf = (character: string): number => character.charCodeAt(0)
const [quote, backslash, comma] = [codeOf('"'), codeOf('\\'), codeOf(',')]
const [openBrace, closeBrace, openBracket, closeBracket] = [
  codeOf('{'),
  codeOf('}'),
  codeOf('['),
  codeOf(']'),
]
const blanks = new Set([' ', '\n', '\r', '\t'].map(codeOf))
const isBlank = (code: number): boolean => blanks.has(code)

const unexpected = (found: string): SyntaxError =>
  new SyntaxError(found === '' ? 'it ends before its end' : `${JSON.stringify(found)} is unexpected`)

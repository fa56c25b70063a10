import { Readable } from 'node:stream'
import type { CsvError } from 'csv-parse'

/** Characters that a row may have (docs/facts/user-pools-api.md §7). The parser's own limit loses the rows that follow. */
const longestRow = 16_000

/** One row of a CSV file, with the number of the line that it ends in. */
export type Row =
  | { readonly line: number; readonly values: readonly string[] }
  | { readonly line: number; readonly mistake: string }

/**
 * The rows of a CSV file, the header first. Quoted values are those of RFC 4180; besides, a backslash takes a comma into
 * the value, as the service wants it.
 */
export async function* rowsOf(pieces: AsyncIterable<string>): AsyncGenerator<Row> {
  const { parse } = await import('csv-parse')
  const mistakes: Row[] = []
  const parser = parse({
    bom: true,
    info: true,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    on_skip: (error: CsvError | undefined) => {
      mistakes.push({ line: Number(error?.lines ?? 0), mistake: 'The row is no CSV: see its quotes.' })
      return undefined
    },
  })
  const source = Readable.from(withCommasHidden(pieces))
  source.on('error', error => parser.destroy(error))
  for await (const { record, info } of source.pipe(parser) as AsyncIterable<Parsed>) {
    // The parser reads ahead of the rows that it hands out.
    while (mistakes[0] !== undefined && mistakes[0].line <= info.lines) yield* mistakes.splice(0, 1)
    yield record.join().length > longestRow
      ? { line: info.lines, mistake: `The row has more than ${longestRow} characters.` }
      : { line: info.lines, values: record.map(value => value.replaceAll(hidden, ',')) }
  }
  yield* mistakes.splice(0)
}

interface Parsed {
  readonly record: readonly string[]
  readonly info: { readonly lines: number }
}

/** Stands for a comma that separates nothing: a noncharacter, which no text that is interchanged has. */
const hidden = '\ufdd0'

/** A backslash at the end of a piece waits for what the next begins with. */
async function* withCommasHidden(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  let kept = ''
  for await (const piece of pieces) {
    const text = kept + piece
    kept = text.endsWith('\\') ? '\\' : ''
    yield text.slice(0, text.length - kept.length).replaceAll('\\,', hidden)
  }
  if (kept !== '') yield kept
}

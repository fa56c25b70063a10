import type { Path } from '../../core/rules/finding.js'
import { likelyMeant } from './neighbours.js'

/** One thing that is wrong with a seed, said to the person who wrote it. It never repeats a secret. */
export interface Mistake {
  readonly file?: string
  /** Counted from 1. */
  readonly line?: number
  /** Where in the structure: `UserPools[0].Clients[1].CallbackURLs`; empty for the whole file. */
  readonly path: string
  readonly sentence: string
  /** The valid name that was most likely meant. */
  readonly suggestion?: string
  /** What to change, where the sentence does not say it. */
  readonly remedy?: string
}

/** All that is wrong with one or several seeds. The message is a list for people to read. */
export class SeedError extends Error {
  override readonly name = 'SeedError'
  readonly mistakes: readonly Mistake[]

  constructor(mistakes: readonly Mistake[]) {
    super(listed(mistakes))
    this.mistakes = mistakes
  }
}

function listed(mistakes: readonly Mistake[]): string {
  const count = mistakes.length === 1 ? 'There is a mistake' : `There are ${mistakes.length} mistakes`
  return [
    `${count} in the seed:`,
    ...mistakes.map(({ file, line, path, sentence, suggestion, remedy }) => {
      const place = [[file, line].filter(part => part !== undefined).join(':'), path].filter(
        part => part !== '',
      )
      const hint = suggestion === undefined ? '' : ` Did you mean "${suggestion}"?`
      const advice = remedy === undefined ? '' : `\n    ${remedy}`
      return `\n  ${place.join('  ')}\n    ${sentence}${hint}${advice}`
    }),
  ].join('\n')
}

/** The line of a value, or of the name of a member, in the text of a seed. */
export type Locate = (path: Path, of: 'value' | 'name') => number | undefined

/** A place in a seed, to which mistakes can be attached. */
export interface Place {
  /** As a person reads it, with the file and line. */
  readonly label: string
  at(...steps: Path): Place
  /** Reports a mistake here. */
  wrong(sentence: string, help?: Help): void
}

interface Help {
  /** What to change. */
  readonly remedy?: string
  /** The nearest of the valid names is offered. */
  readonly meant?: Meant
}

interface Meant {
  readonly given: string
  readonly valid: Iterable<string>
  /** The mistake is the name of the member, not its value. */
  readonly isName?: boolean
}

/** The place at the top of one source, whose mistakes are added to the list. */
export const topOf = (file: string | undefined, locate: Locate, mistakes: Mistake[]): Place =>
  new PlaceIn({ file, locate, mistakes }, undefined, [])

interface Source {
  readonly file: string | undefined
  readonly locate: Locate
  readonly mistakes: Mistake[]
}

/** A class, because a large seed has a hundred thousand of them: the name of a place is made when a mistake has it. */
class PlaceIn implements Place {
  readonly #source: Source
  readonly #above: PlaceIn | undefined
  readonly #steps: Path

  constructor(source: Source, above: PlaceIn | undefined, steps: Path) {
    this.#source = source
    this.#above = above
    this.#steps = steps
  }

  get #path(): Path {
    return this.#above === undefined ? this.#steps : [...this.#above.#path, ...this.#steps]
  }

  get label(): string {
    const { file, locate } = this.#source
    const path = this.#path
    const line = locate(path, 'value')
    return `${formatPath(path)}${line === undefined ? '' : ` (${file === undefined ? '' : `${file}:`}${line})`}`
  }

  at(...steps: Path): Place {
    return new PlaceIn(this.#source, this, steps)
  }

  wrong(sentence: string, { remedy, meant }: Help = {}): void {
    const { file, locate, mistakes } = this.#source
    const path = this.#path
    const line = locate(path, meant?.isName ? 'name' : 'value')
    const suggestion = meant && likelyMeant(meant.given, meant.valid)
    mistakes.push({
      ...(file === undefined ? {} : { file }),
      ...(line === undefined ? {} : { line }),
      path: formatPath(path),
      sentence,
      ...(suggestion === undefined ? {} : { suggestion }),
      ...(remedy === undefined ? {} : { remedy }),
    })
  }
}

const formatPath = (path: Path): string =>
  path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`
    if (!/^[\w-]+$/.test(step)) return `${text}["${step}"]`
    return text === '' ? step : `${text}.${step}`
  }, '')

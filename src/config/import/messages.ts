/** One thing to say about an input, to the person who wrote it. It never repeats a secret. */
export interface ImportMessage {
  readonly level: 'warning' | 'error'
  readonly file: string
  /** Counted from 1. */
  readonly line?: number
  /** The place in the input's own terms: `Web.CallbackURLs[3]`; empty for the whole input. */
  readonly path: string
  readonly text: string
  /** What to do about it. Errors that one option mends are one error: the first place tells of it. */
  readonly remedy: string
}

/** All that keeps inputs from being imported. Nothing was imported. */
export class ImportError extends Error {
  override readonly name = 'ImportError'
  readonly messages: readonly ImportMessage[]

  constructor(messages: readonly ImportMessage[]) {
    const errors = messages.filter(({ level }) => level === 'error')
    const count = errors.length === 1 ? 'One thing keeps' : `${errors.length} things keep`
    super([`${count} this from being imported:`, ...errors.map(sentenceOf)].join('\n\n'))
    this.messages = messages
  }
}

/** A message as a person reads it: place, what is wrong, what to do. */
export function sentenceOf({ file, line, path, text, remedy }: ImportMessage): string {
  const place = [[file, line].filter(part => part !== undefined).join(':'), path].filter(part => part !== '')
  return `  ${place.join('  ')}\n    ${text} ${remedy}`
}

/** Takes what there is to say while an input is read. */
export interface Messages {
  warn(message: Omit<ImportMessage, 'level'>): void
  fail(message: Omit<ImportMessage, 'level'>): void
  readonly all: readonly ImportMessage[]
}

/** An empty list of messages. What was said once is not said again. */
export function collectMessages(): Messages {
  const all: ImportMessage[] = []
  const add = (message: ImportMessage) => {
    const isKnown = all.some(
      ({ level, file, path, text, remedy }) =>
        level === message.level &&
        file === message.file &&
        (level === 'error' && remedy.includes('--')
          ? remedy === message.remedy
          : path === message.path && text === message.text),
    )
    if (!isKnown) all.push(message)
  }
  return {
    all,
    warn: message => add({ level: 'warning', ...message }),
    fail: message => add({ level: 'error', ...message }),
  }
}

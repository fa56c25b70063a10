import { stat } from 'node:fs/promises'

/** Milliseconds between two looks at the files. */
const interval = 300

/**
 * Looks at files again and again, because editors and tools put others in their place. What has changed, and then stays so
 * from one look to the next, is read anew.
 * @param changed answers the files to look at from now on, or nothing where they stay
 * @returns ends it
 */
export function watchFiles(
  files: readonly string[],
  changed: () => Promise<readonly string[] | undefined>,
): () => void {
  let watched = files
  let known: string | undefined
  let last: string | undefined
  let isOver = false
  const look = async () => {
    const seen = await stateOf(watched)
    known ??= seen
    if (seen !== known && seen === last) {
      watched = (await changed()) ?? watched
      known = await stateOf(watched)
    }
    last = seen
    if (!isOver) timer = setTimeout(look, interval).unref()
  }
  let timer = setTimeout(look, 0)
  return () => {
    isOver = true
    clearTimeout(timer)
  }
}

/** When each file was written last, and how long it is; a file that is gone is so, too. */
async function stateOf(files: readonly string[]): Promise<string> {
  const states = await Promise.all(
    files.map(file =>
      stat(file).then(
        ({ mtimeMs, size }) => `${file} ${mtimeMs} ${size}`,
        () => `${file} is gone`,
      ),
    ),
  )
  return states.join('\n')
}

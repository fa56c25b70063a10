import { mkdirSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

/**
 * Makes a folder, and those above it that are missing, one by one from the top. Node's own `mkdir` with `recursive` is not
 * taken: where a file system accepts no folders, such as /proc on Linux, it tries for ever.
 * @param mode the rights of each folder that is made
 * @throws the error of the system, such as EACCES or ENOENT
 */
export function makeFolderSync(path: string, mode = 0o777): void {
  const goal = resolve(path)
  const missing: string[] = []
  for (let at = goal; !isThere(at, at === goal); at = dirname(at)) missing.unshift(at)
  for (const folder of missing)
    try {
      mkdirSync(folder, mode)
    } catch (error) {
      // Another process may have made it meanwhile.
      if (!isThere(folder, true)) throw error
    }
}

/** The same, for callers that handle a failure as a rejected promise. It takes a few system calls. */
export const makeFolder = async (path: string, mode?: number): Promise<void> => makeFolderSync(path, mode)

/** Whether anything is there, or if `asFolder`, a folder. Below a file, making a folder says what is wrong. */
function isThere(path: string, asFolder: boolean): boolean {
  try {
    const stats = statSync(path)
    return !asFolder || stats.isDirectory()
  } catch {
    return dirname(path) === path
  }
}

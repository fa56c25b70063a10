import { mkdirSync, statSync } from 'node:fs'
import { mkdir, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'

/**
 * Makes a folder, and those above it that are missing, one by one from the top. Node's own `mkdir` with `recursive` is not
 * taken: where a file system accepts no folders, such as /proc on Linux, it tries for ever.
 * @param mode the rights of each folder that is made
 * @throws the error of the system, such as EACCES or ENOENT
 */
export async function makeFolder(path: string, mode = 0o777): Promise<void> {
  const goal = resolve(path)
  const missing: string[] = []
  for (let at = goal; !(await isThere(at, at === goal)); at = dirname(at)) missing.unshift(at)
  for (const folder of missing)
    await mkdir(folder, mode).catch(async error => {
      // Another process may have made it meanwhile.
      if (!(await isThere(folder, true))) throw error
    })
}

/** The same, at once. */
export function makeFolderSync(path: string, mode = 0o777): void {
  const goal = resolve(path)
  const missing: string[] = []
  for (let at = goal; !isThereSync(at, at === goal); at = dirname(at)) missing.unshift(at)
  for (const folder of missing)
    try {
      mkdirSync(folder, mode)
    } catch (error) {
      if (!isThereSync(folder, true)) throw error
    }
}

/** Whether anything is there, or if `asFolder`, a folder. Below a file, making a folder says what is wrong. */
const isThere = (path: string, asFolder: boolean): Promise<boolean> =>
  stat(path).then(
    stats => !asFolder || stats.isDirectory(),
    () => dirname(path) === path,
  )

function isThereSync(path: string, asFolder: boolean): boolean {
  try {
    const stats = statSync(path)
    return !asFolder || stats.isDirectory()
  } catch {
    return dirname(path) === path
  }
}

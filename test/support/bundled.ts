import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, symlink } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { pid } from 'node:process'
import { bundle } from '../../scripts/build.js'

/** What decides what a bundle holds. */
const ingredients = ['package.json', 'package-lock.json', 'scripts/build.ts']

/**
 * The bundle that is published, for tests that start it: processes of it begin five times as fast as from the sources. It is made
 * once for a state of the sources, and shared by the files of a run.
 * @returns the folder `dist`, in a folder that is laid out as the package is
 */
export async function bundled(): Promise<string> {
  const hash = createHash('sha256')
  for (const file of [...ingredients, ...(await sources())]) hash.update(file).update(await readFile(file))
  const bundles = resolve('node_modules/.cache/bundles')
  const folder = join(bundles, hash.digest('hex').slice(0, 24))
  if (existsSync(folder)) return join(folder, 'dist')
  const beside = `${folder}.${pid}`
  await mkdir(beside, { recursive: true })
  await bundle(join(beside, 'dist'))
  for (const name of ['package.json', 'fixtures']) await symlink(resolve(name), join(beside, name))
  // Where another process was faster, its bundle is as good.
  await rename(beside, folder).catch(() => rm(beside, { recursive: true }))
  return join(folder, 'dist')
}

const sources = async (): Promise<string[]> =>
  (await readdir('src', { recursive: true, withFileTypes: true }))
    .filter(entry => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort()

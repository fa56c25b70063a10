import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { pid } from 'node:process'
import type { Metafile } from 'esbuild'
import { bundle } from '../../scripts/build.js'
import { bundleTypes } from '../../scripts/types.js'

/** What decides what a bundle holds. */
const ingredients = ['package.json', 'package-lock.json', 'scripts/build.ts', 'scripts/types.ts']

/**
 * The bundle that is published, for tests that start it: processes of it begin five times as fast as from the sources. It is made
 * once for a state of the sources, and shared by the files of a run.
 * @returns the folder `dist`, in a folder that is laid out as the package is
 */
export const bundled = async (): Promise<string> => join(await code(), 'dist')

/** esbuild's own account of what went where in that bundle, whose paths name another folder. */
export const accountOfBundle = async (): Promise<Metafile> =>
  JSON.parse(await readFile(join(await code(), 'metafile.json'), 'utf8'))

const code = (): Promise<string> =>
  cached('code and account', async beside => {
    const metafile = await bundle(join(beside, 'dist'))
    await writeFile(join(beside, 'metafile.json'), JSON.stringify(metafile))
    for (const name of ['package.json', 'fixtures']) await symlink(resolve(name), join(beside, name))
  })

/** The types that are published: the folder with `index.d.ts`, which is made once for a state of the sources as well. */
export const bundledTypes = (): Promise<string> => cached('types', bundleTypes)

/** A folder with what is made of the sources as they are. `kind` is changed with what is put there. */
async function cached(kind: string, make: (folder: string) => Promise<unknown>): Promise<string> {
  const hash = createHash('sha256').update(kind)
  for (const file of [...ingredients, ...(await sources())]) hash.update(file).update(await readFile(file))
  const folder = resolve('node_modules/.cache/bundles', hash.digest('hex').slice(0, 24))
  if (existsSync(folder)) return folder
  const beside = `${folder}.${pid}`
  await mkdir(beside, { recursive: true })
  await make(beside)
  // Where another process was faster, what it made is as good.
  await rename(beside, folder).catch(() => rm(beside, { recursive: true }))
  return folder
}

const sources = async (): Promise<string[]> =>
  (await readdir('src', { recursive: true, withFileTypes: true }))
    .filter(entry => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort()

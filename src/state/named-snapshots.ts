import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { orStorageFull } from '../store/storage-full.js'
import type { Snapshot } from './state.js'

/** Snapshots that were given a name. */
export interface NamedSnapshots {
  names(): Promise<string[]>
  /** One of the same name makes room. */
  keep(name: string, snapshot: Snapshot): Promise<void>
  /** What was kept, to be restored; undefined when there is none of this name. */
  find(name: string): Promise<Snapshot | string | undefined>
  /** Answers whether there was one. */
  forget(name: string): Promise<boolean>
}

/** What a name may look like: it becomes that of a file. */
export const snapshotName = '[A-Za-z0-9][A-Za-z0-9._-]{0,63}'

/** Kept in memory, gone with the process. */
export function snapshotsInMemory(): NamedSnapshots {
  const kept = new Map<string, Snapshot>()
  return {
    names: async () => [...kept.keys()].sort(),
    keep: async (name, snapshot) => void kept.set(name, snapshot),
    find: async name => kept.get(name),
    forget: async name => kept.delete(name),
  }
}

/** Kept with the state, below the data directory: a file each, secrets included, readable by their owner alone. */
export function snapshotsInDirectory(dataDir: string): NamedSnapshots {
  const directory = join(dataDir, 'snapshots')
  const fileOf = (name: string) => join(directory, `${name}.json`)
  return {
    async names() {
      const files = await orIfMissing(readdir(directory), [])
      return files.flatMap(file => (file.endsWith('.json') ? [file.slice(0, -5)] : [])).sort()
    },
    async keep(name, snapshot) {
      await mkdir(directory, { recursive: true, mode: 0o700 }).catch(error => {
        throw orStorageFull(error, directory)
      })
      // Under another name first: whoever reads meanwhile reads the former one as a whole.
      const unfinished = join(directory, `.${name}.unfinished`)
      try {
        await writeFile(unfinished, JSON.stringify(snapshot.document({ secrets: true })), { mode: 0o600 })
        await rename(unfinished, fileOf(name))
      } catch (error) {
        await rm(unfinished, { force: true })
        throw orStorageFull(error, directory)
      }
    },
    find: name => orIfMissing(readFile(fileOf(name), 'utf8'), undefined),
    forget: name =>
      orIfMissing(
        rm(fileOf(name)).then(() => true),
        false,
      ),
  }
}

async function orIfMissing<T, O>(asked: Promise<T>, otherwise: O): Promise<T | O> {
  try {
    return await asked
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return otherwise
    throw error
  }
}

import { createWriteStream } from 'node:fs'
import { type FileHandle, open, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import { makeFolder } from '../disk/folder.js'
import type { SharedFiles } from '../store/postgres-files.js'
import { orStorageFull } from '../store/storage-full.js'
import type { Snapshot } from './state.js'

/** Snapshots that were given a name. */
export interface NamedSnapshots {
  names(): Promise<string[]>
  /** One of the same name makes room. */
  keep(name: string, snapshot: Snapshot): Promise<void>
  /** What was kept, to be restored; undefined when there is none of this name. */
  find(name: string): Promise<Snapshot | AsyncIterable<Uint8Array> | undefined>
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

/**
 * Kept with the state, below the data directory: a compressed file each, secrets included, readable by their owner alone.
 * Earlier versions did not compress them.
 */
export function snapshotsInDirectory(dataDir: string): NamedSnapshots {
  const directory = join(dataDir, 'snapshots')
  const compressed = (name: string) => join(directory, `${name}.json.gz`)
  const plain = (name: string) => join(directory, `${name}.json`)
  const isGone = (file: string) =>
    orIfMissing(
      rm(file).then(() => true),
      false,
    )
  return {
    async names() {
      const files = await orIfMissing(readdir(directory), [])
      return [...new Set(files.flatMap(file => /^([^.].*)\.json(?:\.gz)?$/.exec(file)?.[1] ?? []))].sort()
    },
    async keep(name, snapshot) {
      await makeFolder(directory, 0o700).catch(error => {
        throw orStorageFull(error, directory)
      })
      // Under another name first: a reader meanwhile gets the former one as a whole.
      const unfinished = join(directory, `.${name}.unfinished`)
      try {
        const target = createWriteStream(unfinished, { mode: 0o600 })
        await pipeline(Readable.from(snapshot.text({ secrets: true })), createGzip({ level: 1 }), target)
        await rename(unfinished, compressed(name))
        await isGone(plain(name))
      } catch (error) {
        await rm(unfinished, { force: true })
        throw orStorageFull(error, directory)
      }
    },
    async find(name) {
      const file = await orIfMissing(open(compressed(name)), undefined)
      if (file !== undefined) return unzipped(file)
      return (await orIfMissing(open(plain(name)), undefined))?.createReadStream()
    },
    async forget(name) {
      const were = [await isGone(compressed(name)), await isGone(plain(name))]
      return were.includes(true)
    },
  }
}

/** A failure to read the file is thrown to the reader of the text. */
function unzipped(file: FileHandle): AsyncIterable<Uint8Array> {
  const text = createGunzip()
  file
    .createReadStream()
    .on('error', error => text.destroy(error))
    .pipe(text)
  return text
}

/** Kept in the database, apart from the records, for all processes that share it: compressed, secrets included. */
export const snapshotsInDatabase = (files: SharedFiles): NamedSnapshots => ({
  names: () => files.names(),
  async keep(name, snapshot) {
    const packed = createGzip({ level: 1, chunkSize: pieceOfFile })
    const text = Readable.from(snapshot.text({ secrets: true }))
    // A text that fails destroys what packs it, and so rejects the writing.
    text.on('error', error => packed.destroy(error)).pipe(packed)
    await files.write(name, packed)
  },
  async find(name) {
    const pieces = await files.read(name)
    if (pieces === undefined) return undefined
    const unpacked = createGunzip()
    Readable.from(pieces)
      .on('error', error => unpacked.destroy(error))
      .pipe(unpacked)
    return unpacked
  },
  forget: name => files.remove(name),
})

/** Bytes of a piece in the database. */
const pieceOfFile = 256 * 1024

async function orIfMissing<T, O>(asked: Promise<T>, otherwise: O): Promise<T | O> {
  try {
    return await asked
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return otherwise
    throw error
  }
}

import { createPrivateKey } from 'node:crypto'
import { readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { getuid } from 'node:process'
import type { StoredKeys } from '../core/pool-keys.js'
import type { Chance } from '../core/ports/chance.js'
import { makeFolder } from '../disk/folder.js'

/** Where the keys of new pools come from. Each pair is handed out once, so no two pools have the same at the same time. */
export interface KeySource {
  /** The keys of one pool. */
  take(): Promise<StoredKeys>
  /**
   * Makes pairs that will be wanted soon, one after another, so that a request for keys waits for one pair at most.
   * @param isWanted asked before each pair
   */
  prepare(isWanted: () => boolean): Promise<void>
  /** Nobody takes any more: what was made and never taken goes back to where it lasts. */
  close(): Promise<void>
}

/** Keys that are made when they are taken. */
export const freshKeys = (make: () => Promise<StoredKeys>): KeySource => ({
  take: make,
  prepare: async () => {},
  close: async () => {},
})

/** One pair ahead: the next pool that wants keys does not wait for them, however many pools there are. */
export function oneAhead(source: KeySource, putBack: (keys: StoredKeys) => Promise<void>): KeySource {
  let ahead: Promise<StoredKeys> | undefined
  let isClosed = false
  const begin = () => {
    if (isClosed || ahead !== undefined) return
    ahead = source.take()
    // `take` rethrows the failure; if no pool takes the pair, nothing is lost.
    ahead.catch(() => {})
  }
  let isPrepared = false
  return {
    async take() {
      const next = ahead ?? source.take()
      ahead = undefined
      const keys = await next
      if (isPrepared) begin()
      return keys
    },
    async prepare(isWanted) {
      isPrepared = true
      begin()
      await ahead?.catch(() => {})
      await source.prepare(isWanted)
    },
    async close() {
      isClosed = true
      const left = await ahead?.catch(() => undefined)
      ahead = undefined
      if (left !== undefined) await putBack(left)
      await source.close()
    },
  }
}

/** What was given back in this process. */
const givenBack: StoredKeys[] = []

/** Adds keys to those that pools of this process had before: to begin with, where several processes may have the same. */
export const recycle = (keys: readonly StoredKeys[]): void => {
  givenBack.push(...keys)
}

/**
 * Keys that pools of this process had before, where there are any, and which are closed by now: making them takes longer
 * than all else of a start.
 */
export function recycledKeys(source: KeySource): KeySource {
  const taken: StoredKeys[] = []
  return {
    async take() {
      const keys = givenBack.pop() ?? (await source.take())
      taken.push(keys)
      return keys
    },
    prepare: source.prepare,
    async close() {
      givenBack.push(...taken.splice(0))
      await source.close()
    },
  }
}

/** Pairs that a stock holds when it is full. */
const stockSize = 4

/** A stock of keys in a directory. */
export interface KeyStock extends KeySource {
  /** Keeps keys that nobody has used; where the stock is full, or cannot be written, they are forgotten. */
  putBack(keys: StoredKeys): Promise<void>
}

/**
 * Keys that earlier runs made ahead, a file a pair; the file is deleted once the pair is taken. A directory that
 * cannot be read or written is no failure: then keys are made. One that others may write to is not used, for they would
 * know the keys.
 */
export function keyStock(
  directory: string,
  make: () => Promise<StoredKeys>,
  { uuid }: Pick<Chance, 'uuid'>,
): KeyStock {
  async function files(): Promise<string[]> {
    if (!(await isOurs(directory))) return []
    return (await readdir(directory)).filter(name => /^[\w-]+\.keys$/.test(name))
  }

  async function found(): Promise<StoredKeys | undefined> {
    for (const name of await files().catch(() => [])) {
      const mine = join(directory, `${name}.${uuid()}`)
      try {
        // Of several who want it one has it.
        await rename(join(directory, name), mine)
        const keys = keysIn(await readFile(mine, 'utf8'))
        await rm(mine)
        if (keys !== undefined) return keys
      } catch {
        // Somebody was faster, or it cannot be read: the next will do.
      }
    }
    return undefined
  }

  async function putBack(keys: StoredKeys): Promise<void> {
    try {
      await makeFolder(directory, 0o700)
      if ((await files()).length >= stockSize || !(await isOurs(directory))) return
      const file = join(directory, uuid())
      await writeFile(file, JSON.stringify(keys), { mode: 0o600, flag: 'wx' })
      await rename(file, `${file}.keys`)
    } catch {
      // A directory that cannot be written has no stock.
    }
  }

  return {
    take: async () => (await found()) ?? make(),
    async prepare(isWanted) {
      await makeFolder(directory, 0o700).catch(() => {})
      if (!(await isOurs(directory).catch(() => false))) return
      // Counted down, too: a directory that nothing can be kept in is never full.
      for (let left = stockSize; left > 0 && isWanted(); left--) {
        if ((await files().catch(() => [])).length >= stockSize) return
        await putBack(await make())
      }
    },
    putBack,
    close: async () => {},
  }
}

/** Whether the directory is this user's, and nobody else may write to it. Where the system has no users, it is. */
async function isOurs(directory: string): Promise<boolean> {
  const { uid, mode } = await stat(directory)
  return getuid === undefined || (uid === getuid() && (mode & 0o022) === 0)
}

/** A pair as a file holds it; undefined for anything else. */
function keysIn(text: string): StoredKeys | undefined {
  try {
    const { idToken, accessToken } = JSON.parse(text) as StoredKeys
    const areSound = [idToken, accessToken].every(pem => {
      const { asymmetricKeyType, asymmetricKeyDetails } = createPrivateKey(pem)
      return asymmetricKeyType === 'rsa' && asymmetricKeyDetails?.modulusLength === 2048
    })
    return areSound && idToken !== accessToken ? { idToken, accessToken } : undefined
  } catch {
    return undefined
  }
}

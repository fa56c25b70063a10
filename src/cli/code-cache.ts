import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { constants, Script } from 'node:vm'
import { crc32 } from 'node:zlib'
import { makeFolderSync } from '../disk/folder.js'

/**
 * Runs a CommonJS file with the code that V8 made of it in an earlier run: most of a start is parsing and compiling. The code
 * is kept in a folder that nobody else may write to, by the version of Node and by what is known of the file; V8 refuses what it
 * cannot use. (Node 22 has the like, `module.enableCompileCache`; this does for Node 20, too.)
 */
export interface Compiled {
  /** Whether the code of an earlier run is used. */
  readonly isFromCache: boolean
  /** Answers what the file exports. */
  run(): unknown
  /** Keeps the code, with all functions that were compiled so far, for later runs. A folder that cannot be written keeps none. */
  keep(): void
}

/** Files whose code is kept: Rockpools of several projects and Nodes. One has some megabytes. */
const most = 12
/** Milliseconds after which a file that is not finished is finished by nobody. */
const abandonedAfter = 3_600_000

/** @param folder none: nothing is read or kept */
export function compiled(file: string, folder: string | undefined): Compiled {
  const bytes = readFileSync(file)
  const name = `${kindOf(file)}${crc32(bytes).toString(16).padStart(8, '0')}.code`
  // Latin-1 takes no decoding: the build writes nothing else than ASCII.
  const source = `(function (exports, require, module, __filename, __dirname) { ${bytes.toString('latin1')}\n})`
  const known = folder === undefined || !isOurs(folder) ? undefined : readIfSound(join(folder, name))
  const script = new Script(source, {
    filename: file,
    ...(known === undefined ? {} : { cachedData: known }),
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  })
  return {
    isFromCache: known !== undefined && script.cachedDataRejected !== true,
    run() {
      const module = { exports: {} }
      script.runInThisContext()(module.exports, createRequire(file), module, file, dirname(file))
      return module.exports
    },
    keep() {
      if (folder !== undefined) write(folder, name, () => sealed(script.createCachedData()))
    },
  }
}

/**
 * How the names of a file's caches begin, for one Node: what is older makes room. They end with a checksum of the file, for V8
 * compares nothing but its length, and npm gives the files of all versions of a package the same date.
 */
const kindOf = (file: string): string => `${process.version}-${process.arch}-${digest(file)}-`
const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 12)

function write(folder: string, name: string, data: () => Buffer): void {
  try {
    makeFolderSync(folder, 0o700)
    if (!isOurs(folder)) return
    const unfinished = join(folder, `${name}.${process.pid}`)
    writeFileSync(unfinished, data(), { mode: 0o600, flag: 'wx' })
    renameSync(unfinished, join(folder, name))
    makeRoom(folder, name)
  } catch {
    // A folder that cannot be written has no cache.
  }
}

/** Removes what a file was compiled to before, the oldest of many files, and what processes that ended have left unfinished. */
function makeRoom(folder: string, name: string): void {
  const kind = name.slice(0, -'12345678.code'.length)
  const others = readdirSync(folder)
    .filter(other => /\.code(\.\d+)?$/.test(other) && other !== name)
    .map(other => ({ other, at: statSync(join(folder, other)).mtimeMs }))
    .toSorted((one, another) => another.at - one.at)
  const now = statSync(join(folder, name)).mtimeMs
  let kept = 1
  for (const { other, at } of others) {
    const isWanted = other.endsWith('.code')
      ? !other.startsWith(kind) && ++kept <= most
      : at > now - abandonedAfter
    if (!isWanted) rmSync(join(folder, other), { force: true })
  }
}

/** Whether the folder is this user's alone to write to: its files are run. Where the system has no users, it is. */
function isOurs(folder: string): boolean {
  try {
    const { uid, mode } = statSync(folder)
    return process.getuid === undefined || (uid === process.getuid() && (mode & 0o022) === 0)
  } catch {
    return false
  }
}

/** With a checksum at the end: V8 itself looks at little more than the version and the length. */
function sealed(code: Buffer): Buffer {
  const sum = Buffer.alloc(4)
  sum.writeUInt32LE(crc32(code))
  return Buffer.concat([code, sum])
}

function readIfSound(file: string): Buffer | undefined {
  try {
    const bytes = readFileSync(file)
    const code = bytes.subarray(0, -4)
    return bytes.readUInt32LE(code.length) === crc32(code) ? code : undefined
  } catch {
    return undefined
  }
}

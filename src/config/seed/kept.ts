import { createCipheriv, createDecipheriv, createHash } from 'node:crypto'
import { readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { makeFolder } from '../../disk/folder.js'
import { packageVersion } from '../package.js'
import type { SeedText } from './parse.js'
import type { Seed } from './shape.js'

/**
 * Checked seeds, kept for later starts: to read YAML and to check it is a sixth of a start. They are found by the text that
 * they come from, and by the program that checked it. As seeds have passwords and secrets, what is kept is encrypted with the
 * text as the key: without the seed nobody can read it, and a file that was changed counts as none.
 */
export interface KeptSeeds {
  /** What these texts were read as before, or nothing. */
  find(texts: readonly SeedText[]): Promise<Seed[] | undefined>
  /** Keeps what the texts were read as. A folder that cannot be written keeps none. */
  keep(texts: readonly SeedText[], seeds: readonly Seed[]): Promise<void> | void
}

const program = fileURLToPath(import.meta.url)

/** How many are kept: those of the projects that a person works on. */
const most = 50

export function keptSeeds(folder: string): KeptSeeds {
  return {
    async find(texts) {
      const { name, lock } = await lockOf(texts)
      try {
        const seeds = JSON.parse(opened(await readFile(join(folder, name)), lock)) as Seed[]
        return seeds.map((seed, at) => ({ file: texts[at]?.file ?? '', ...seed }))
      } catch {
        return undefined
      }
    },
    async keep(texts, seeds) {
      const { name, lock } = await lockOf(texts)
      const text = asJson(seeds.map(({ file: _file, ...seed }) => seed))
      if (text === undefined) return
      const unfinished = join(folder, `${name}.${process.pid}`)
      try {
        await makeFolder(folder, 0o700)
        await writeFile(unfinished, closed(text, lock), { mode: 0o600, flag: 'wx' })
        await rename(unfinished, join(folder, name))
        await makeRoom(folder)
      } catch {
        await rm(unfinished, { force: true }).catch(() => {})
      }
    },
  }
}

/** Checked seeds, kept as long as the process: a process of tests starts many Rockpools with the same. */
export function seedsInMemory(): KeptSeeds {
  const known = new Map<string, Seed[]>()
  return {
    find: async texts => known.get(JSON.stringify(texts)),
    keep(texts, seeds) {
      if (known.size === most) known.clear()
      known.set(JSON.stringify(texts), [...seeds])
    },
  }
}

interface Lock {
  readonly key: Buffer
  readonly nonce: Buffer
}

/** The name of the file for these texts, and the key to it; neither follows from the other. */
async function lockOf(texts: readonly SeedText[]): Promise<{ readonly name: string; readonly lock: Lock }> {
  // The file of this very program: while Rockpool is worked on, a version has many.
  const { size, mtimeMs } = await stat(program)
  const read = texts.map(({ text }) => text)
  const whole = JSON.stringify([packageVersion(), program, size, mtimeMs, read])
  const digest = (purpose: string) => createHash('sha256').update(purpose).update(whole).digest()
  return {
    name: `${digest('name ').toString('hex').slice(0, 40)}.seed`,
    // A key closes one text alone, so its nonce may follow from the same.
    lock: { key: digest('key '), nonce: digest('nonce ').subarray(0, 12) },
  }
}

/** As text; undefined where YAML said what JSON cannot. */
function asJson(value: unknown): string | undefined {
  let isJson = true
  const text = JSON.stringify(value, (_name, member: unknown) => {
    if (member === undefined || (typeof member === 'number' && !Number.isFinite(member))) isJson = false
    return member
  })
  return isJson ? text : undefined
}

const cipher = 'aes-256-gcm'
const tagLength = 16

function closed(text: string, { key, nonce }: Lock): Buffer {
  const encryption = createCipheriv(cipher, key, nonce)
  const body = Buffer.concat([encryption.update(text, 'utf8'), encryption.final()])
  return Buffer.concat([encryption.getAuthTag(), body])
}

/** @throws Error when it is not what was closed with this key */
function opened(bytes: Buffer, { key, nonce }: Lock): string {
  const decryption = createDecipheriv(cipher, key, nonce, { authTagLength: tagLength })
  decryption.setAuthTag(bytes.subarray(0, tagLength))
  return Buffer.concat([decryption.update(bytes.subarray(tagLength)), decryption.final()]).toString('utf8')
}

async function makeRoom(folder: string): Promise<void> {
  const names = await readdir(folder)
  if (names.length <= most) return
  const dated = await Promise.all(
    names.map(async name => ({ name, at: (await stat(join(folder, name))).mtimeMs })),
  )
  const oldest = dated.sort((one, other) => other.at - one.at).slice(most)
  await Promise.all(oldest.map(({ name }) => rm(join(folder, name), { force: true })))
}

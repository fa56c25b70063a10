import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isDeepStrictEqual } from 'node:util'
import { packageVersion } from '../package.js'
import type { SeedText } from './parse.js'
import type { Seed } from './shape.js'

/**
 * Checked seeds, kept for later starts: to read YAML and to check it is a sixth of a start. They are found by the text that
 * they come from, and by the program that checked it. As seeds have passwords and secrets, what is kept is encrypted with the
 * text as the key: who has not the seed cannot read it, and what anybody changed is taken for none.
 */
export interface KeptSeeds {
  /** What these texts were read as before, or nothing. */
  find(texts: readonly SeedText[]): Promise<Seed[] | undefined>
  /** Keeps what the texts were read as. A folder that cannot be written keeps none. */
  keep(texts: readonly SeedText[], seeds: readonly Seed[]): Promise<void>
}

const program = fileURLToPath(import.meta.url)

/** How many are kept: those of the projects that a person works on. */
const most = 50

export function keptSeeds(folder: string): KeptSeeds {
  return {
    async find(texts) {
      const { name, key } = await lockOf(texts)
      try {
        return JSON.parse(opened(await readFile(join(folder, name)), key)) as Seed[]
      } catch {
        return undefined
      }
    },
    async keep(texts, seeds) {
      const { name, key } = await lockOf(texts)
      const text = JSON.stringify(seeds)
      // YAML can say what JSON cannot.
      if (!isDeepStrictEqual(JSON.parse(text), seeds)) return
      const unfinished = join(folder, `${name}.${process.pid}`)
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 })
        await writeFile(unfinished, closed(text, key), { mode: 0o600, flag: 'wx' })
        await rename(unfinished, join(folder, name))
        await makeRoom(folder)
      } catch {
        await rm(unfinished, { force: true }).catch(() => {})
      }
    },
  }
}

/** The name of the file for these texts, and the key to it; neither follows from the other. */
async function lockOf(texts: readonly SeedText[]): Promise<{ readonly name: string; readonly key: Buffer }> {
  // The file of this very program: while Rockpool is worked on, a version has many.
  const { size, mtimeMs } = await stat(program)
  const read = texts.map(({ file, text }) => [file, text])
  const whole = JSON.stringify([packageVersion(), program, size, mtimeMs, read])
  const digest = (purpose: string) => createHash('sha256').update(purpose).update(whole).digest()
  return { name: `${digest('name ').toString('hex').slice(0, 40)}.seed`, key: digest('key ') }
}

const cipher = 'aes-256-gcm'
const nonceLength = 12
const tagLength = 16

function closed(text: string, key: Buffer): Buffer {
  const nonce = randomBytes(nonceLength)
  const encryption = createCipheriv(cipher, key, nonce)
  const body = Buffer.concat([encryption.update(text, 'utf8'), encryption.final()])
  return Buffer.concat([nonce, encryption.getAuthTag(), body])
}

/** @throws Error when it is not what was closed with this key */
function opened(bytes: Buffer, key: Buffer): string {
  const tagEnd = nonceLength + tagLength
  const decryption = createDecipheriv(cipher, key, bytes.subarray(0, nonceLength), {
    authTagLength: tagLength,
  })
  decryption.setAuthTag(bytes.subarray(nonceLength, tagEnd))
  return Buffer.concat([decryption.update(bytes.subarray(tagEnd)), decryption.final()]).toString('utf8')
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

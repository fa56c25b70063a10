import { generateKeyPair } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pid } from 'node:process'
import { promisify } from 'node:util'
import type { StoredKeys } from '../../src/core/pool-keys.js'
import { recycle } from '../../src/tokens/key-stock.js'
import { makeKeys } from '../../src/tokens/signing-keys.js'

/** A private RSA key as a seed takes it. Making one takes a fifth of a second: make it once for a file. */
const privateKey = async (): Promise<string> =>
  (await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })).privateKey
    .export({ type: 'pkcs8', format: 'pem' })
    .toString()

/** The two keys of a pool. */
export const signingKeys = async () => {
  const [IdToken, AccessToken] = await Promise.all([privateKey(), privateKey()])
  return { IdToken, AccessToken }
}

/** Pairs that are made once for every process of tests; a process with more pools at a time makes further ones. */
const sharedPairs = 12

let sharing: Promise<void> | undefined

/**
 * Gives the pools of this process keys that those of other processes of tests have too: making them takes longer than most tests.
 * Within the process no two pools that are open have the same.
 */
export function shareKeys(): Promise<void> {
  sharing ??= sharedKeys().then(recycle)
  return sharing
}

async function sharedKeys(): Promise<StoredKeys[]> {
  const folder = 'node_modules/.cache'
  const file = join(folder, 'keys-for-tests.json')
  try {
    return JSON.parse(await readFile(file, 'utf8'))
  } catch {
    const pairs = await Promise.all(Array.from({ length: sharedPairs }, makeKeys))
    await mkdir(folder, { recursive: true })
    await writeFile(`${file}.${pid}`, JSON.stringify(pairs))
    await rename(`${file}.${pid}`, file)
    return pairs
  }
}

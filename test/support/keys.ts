import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pid } from 'node:process'
import type { StoredKeys } from '../../src/core/pool-keys.js'
import { recycle } from '../../src/tokens/key-stock.js'
import { makeKeys } from '../../src/tokens/signing-keys.js'

/**
 * Pairs that are made once for every process of tests: making them takes longer than most tests. Within a process no two pools
 * that are open have the same; one that has use for more makes further ones.
 */
const forPools = 12
const forSeeds = 8

let keeping: Promise<StoredKeys[]> | undefined
let inSeeds = 0

/** The two keys of a pool, as a seed takes them; others at every call. */
export async function signingKeys() {
  keeping ??= keptKeys()
  const pairs = (await keeping).slice(forPools)
  const { idToken, accessToken } = pairs[inSeeds++] ?? (await makeKeys())
  return { IdToken: idToken, AccessToken: accessToken }
}

let sharing: Promise<void> | undefined

/** Gives the pools of this process, whose seeds name no keys, those that other processes of tests have too. */
export function shareKeys(): Promise<void> {
  keeping ??= keptKeys()
  sharing ??= keeping.then(pairs => recycle(pairs.slice(0, forPools)))
  return sharing
}

async function keptKeys(): Promise<StoredKeys[]> {
  const folder = 'node_modules/.cache'
  const file = join(folder, `keys-for-tests-${forPools + forSeeds}.json`)
  try {
    return JSON.parse(await readFile(file, 'utf8'))
  } catch {
    const pairs = await Promise.all(Array.from({ length: forPools + forSeeds }, makeKeys))
    await mkdir(folder, { recursive: true })
    await writeFile(`${file}.${pid}`, JSON.stringify(pairs))
    await rename(`${file}.${pid}`, file)
    return pairs
  }
}

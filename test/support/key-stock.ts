import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { signingKeys } from './keys.js'

/** More than a stock holds when it is full: so many are taken before one is made. */
const pairs = 8

/**
 * Fills a folder with keys that were made before, for `--key-stock`: a Rockpool that is started with it makes none, which takes
 * longer than all else of a start.
 */
export async function stockKeys(folder: string): Promise<string> {
  keys ??= Promise.all(Array.from({ length: pairs }, signingKeys))
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await Promise.all(
    (await keys).map(({ IdToken: idToken, AccessToken: accessToken }, index) =>
      writeFile(join(folder, `${index}.keys`), JSON.stringify({ idToken, accessToken }), { mode: 0o600 }),
    ),
  )
  return folder
}
let keys: Promise<Awaited<ReturnType<typeof signingKeys>>[]> | undefined

import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Test } from 'tap'
import type { TriggerFunction } from '../../src/triggers/target.js'
import { anSdk } from './api.js'
import { aRockpool } from './rockpool.js'
import { seed, signUpAs } from './triggered-reef.js'

/** Triggers that are functions in files, or behind HTTP. */

export type SeedTriggers = Record<string, string | TriggerFunction>

/** A Rockpool whose pool names these functions in its seed. */
export async function aPool(t: Test, Triggers: SeedTriggers, options: { lambdaEndpoint?: string } = {}) {
  const [reef] = seed.UserPools
  const rockpool = await aRockpool(t, { seed: { UserPools: [{ ...reef, Triggers }] }, ...options })
  const sdk = anSdk(t, rockpool)
  return { rockpool, sdk, signUp: signUpAs(sdk) }
}

/** A folder with these files, whose names may have folders in them. */
export function aFolder(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'triggers-'))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return folder
}

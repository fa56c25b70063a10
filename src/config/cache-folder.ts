import { homedir } from 'node:os'
import { join } from 'node:path'
import { dataDirectory } from './data-place.js'

/** The folder that a system has for what programs can make anew, and ours in it. */
function cacheFolder(
  environment: Readonly<Record<string, string | undefined>> = process.env,
  platform: string = process.platform,
): string {
  if (platform === 'win32')
    return join(environment.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'), 'rockpool', 'cache')
  if (platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'rockpool')
  return join(environment.XDG_CACHE_HOME || join(homedir(), '.cache'), 'rockpool')
}

/**
 * Where keys for later starts are kept: where it was told to be (`off`: nowhere), else with the state, else in the person's
 * own cache.
 */
export function keyStockFolder(
  { keyStock, dataDir }: { readonly keyStock?: string; readonly dataDir?: string },
  environment?: Readonly<Record<string, string | undefined>>,
): string | undefined {
  if (keyStock === 'off') return undefined
  return keyStock ?? join(dataDirectory(dataDir) ?? cacheFolder(environment), 'key-stock')
}

/** Where what was compiled or read at one start is kept for the next; nowhere where Node keeps nothing either. */
export function compileCache(
  of: 'code' | 'seeds',
  environment: Readonly<Record<string, string | undefined>>,
): string | undefined {
  // Node's own variable for its own cache.
  return environment.NODE_DISABLE_COMPILE_CACHE === '1' ? undefined : join(cacheFolder(environment), of)
}

/**
 * Module hooks that strip types with esbuild. What was stripped once is kept in node_modules/.cache by the hash of the source: the
 * processes of a run of tests read the same few hundred files, one after another.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

/** What decides, besides the source, what comes out; a name without sources of another version or place. */
const options = {
  loader: 'ts',
  format: 'esm',
  target: 'node20.19',
  sourcemap: 'inline',
  sourcesContent: false,
}
const root = new URL('..', import.meta.url)
const { version } = JSON.parse(readFileSync(new URL('node_modules/esbuild/package.json', root), 'utf8'))
const folder = fileURLToPath(new URL('node_modules/.cache/typescript/', root))
mkdirSync(folder, { recursive: true })

/** Sources import each other as `./name.js`, the name they have once compiled. */
export function resolve(specifier, context, nextResolve) {
  const compiled =
    specifier.startsWith('.') && specifier.endsWith('.js') && /\.ts(\?|$)/.test(context.parentURL ?? '')
  return nextResolve(compiled ? `${specifier.slice(0, -'.js'.length)}.ts` : specifier, context)
}

export async function load(url, context, nextLoad) {
  if (!/^file:.*\.ts(\?|$)/.test(url)) return nextLoad(url, context)
  const path = fileURLToPath(url)
  return { format: 'module', source: await stripped(path, await readFile(path, 'utf8')), shortCircuit: true }
}

async function stripped(path, source) {
  const hash = createHash('sha256')
    .update(JSON.stringify([version, options, path, source]))
    .digest('hex')
  const kept = `${folder}${hash.slice(0, 32)}.js`
  try {
    return readFileSync(kept, 'utf8')
  } catch {
    const { transform } = await import('esbuild')
    const { code } = await transform(source, { ...options, sourcefile: path })
    // Written beside and renamed: another process never reads half a file.
    const beside = `${kept}.${process.pid}`
    writeFileSync(beside, code)
    renameSync(beside, kept)
    return code
  }
}

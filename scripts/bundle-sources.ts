import { readdir, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { argv } from 'node:process'
import { build } from 'esbuild'
import { asCommonJs, escapeNonAscii } from './build.js'

const root = asCommonJs.absWorkingDir

/**
 * Bundles all sources for the tests, as the command is bundled: `sources.cjs` exports a function for each source, by its path, that
 * runs the source, unless it has run, and answers what it exports. `exports.json` has the names that each exports.
 */
async function bundleSources(folder: string): Promise<void> {
  const entries = await readdir(join(root, 'src'), { recursive: true, withFileTypes: true })
  const sources = entries
    .filter(entry => entry.isFile() && /(?<!\.d)\.ts$/.test(entry.name))
    .map(({ parentPath, name }) => relative(root, join(parentPath, name)).replaceAll('\\', '/'))
  const file = join(folder, 'sources.cjs')
  const bundle = build({
    ...asCommonJs,
    stdin: {
      contents: sources.map(path => `exports['${path}'] = () => require('./${path}')`).join('\n'),
      resolveDir: root,
    },
    outfile: file,
    // tap shows the lines around a failure.
    minifyWhitespace: false,
    sourcemap: 'external',
    sourcesContent: false,
  })
  // One by one, only to be told what they export.
  const each = build({
    absWorkingDir: root,
    entryPoints: sources,
    format: 'esm',
    metafile: true,
    outdir: folder,
    write: false,
  })
  const [{ metafile }] = await Promise.all([each, bundle])
  await escapeNonAscii(file)
  const names = Object.values(metafile.outputs).map(({ entryPoint = '', exports }) => [entryPoint, exports])
  await writeFile(join(folder, 'exports.json'), JSON.stringify(Object.fromEntries(names)))
}

await bundleSources(argv[2] ?? '')

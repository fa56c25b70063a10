import { chmod, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { argv } from 'node:process'
import { fileURLToPath } from 'node:url'
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))

/** What a package contains beside its licence that names the licence's holders. */
const licenceFile = /^(licen[cs]e|copying|notice)/i

/**
 * Who imports a CommonJS package on demand is given its names by Node, but by a bundle only its default export. So the
 * bundle is given a module that passes on the names that Node sees.
 */
const commonJsOnDemand: Plugin = {
  name: 'commonjs-on-demand',
  setup(builder) {
    const namespace = 'on-demand'
    builder.onResolve({ filter: /^[^.]/ }, async ({ path, kind, resolveDir }) => {
      if (kind !== 'dynamic-import') return undefined
      const resolved = await builder.resolve(path, { kind: 'import-statement', resolveDir })
      if (resolved.external || (await isEsModule(resolved.path))) return undefined
      return { path, namespace, pluginData: resolveDir }
    })
    builder.onLoad({ filter: /./, namespace }, async ({ path, pluginData }) => {
      const names = Object.keys(await import(path)).filter(name => /^[\w$]+$/.test(name))
      return { contents: `export { ${names} } from '${path}'`, resolveDir: pluginData }
    })
  },
}

/**
 * What is not bundled is required by the command, not imported: `import()` in what V8 has cached goes by a part of Node that
 * warns of being experimental.
 */
const requiredOnDemand: Plugin = {
  name: 'required-on-demand',
  setup(builder) {
    const namespace = 'required'
    builder.onResolve({ filter: /^(?:libsql$|node:)/ }, ({ path, kind, importer }) =>
      // The program of a worker is the text of its functions, which nothing may be put into.
      kind === 'dynamic-import' && !importer.endsWith('runners/worker.ts')
        ? { path, namespace }
        : { path, external: true },
    )
    builder.onLoad({ filter: /./, namespace }, ({ path }) => ({
      contents: `module.exports = require('${path}')`,
    }))
  },
}

async function isEsModule(file: string): Promise<boolean> {
  if (/\.[cm]js$/.test(file)) return file.endsWith('.mjs')
  const folder = packageFolder.exec(file)?.[0]
  return (
    folder === undefined || JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')).type === 'module'
  )
}

/** The start of a path that is a package's folder. */
const packageFolder = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/

/** What all forms have in common. */
const common = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  // Binary, and only needed with `--data`.
  external: ['libsql'],
  plugins: [commonJsOnDemand],
  // Names are not minified: the zoo's engine calls its kinds of token by the names of their classes. `keepNames` would keep
  // them too, at a cost to every function that is made (test/distribution.test.ts sees that none is renamed).
  legalComments: 'none',
  metafile: true as const,
  logLevel: 'warning',
} satisfies BuildOptions

/** What makes a file of which V8 can keep the code. */
export const asCommonJs = {
  ...common,
  plugins: [requiredOnDemand, commonJsOnDemand],
  format: 'cjs',
  // Read without decoding, and less of it.
  charset: 'ascii',
  minifyWhitespace: true,
  define: { 'import.meta.url': '__moduleUrl' },
  banner: { js: "const __moduleUrl = require('node:url').pathToFileURL(__filename).href;" },
} satisfies BuildOptions

/**
 * Bundles Rockpool and what it depends on into `outdir`. For programs: ES modules, split where the sources import on demand, so
 * what is not asked for at start is not read at start. The command: one CommonJS file, of which V8 can keep the code
 * (`src/cli/code-cache.ts`). Answers esbuild's own account of what went where in the modules.
 */
export async function bundle(outdir: string): Promise<Metafile> {
  await rm(outdir, { recursive: true, force: true })
  const { metafile } = await build({
    ...common,
    entryPoints: { index: 'src/index.ts' },
    outdir,
    splitting: true,
    // One folder deep, as the sources are: a path relative to a module means the same from either.
    chunkNames: 'chunks/[name]-[hash]',
    format: 'esm',
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url)",
    },
  })
  const command = await buildCommand(outdir)
  const packages = new Set([...packagesIn(metafile), ...packagesIn(command)])
  await writeFile(join(outdir, 'THIRD-PARTY-LICENSES.txt'), await licences([...packages].sort()))
  return metafile
}

async function buildCommand(outdir: string): Promise<Metafile> {
  const { metafile } = await build({
    ...asCommonJs,
    entryPoints: { 'cli/main': 'src/cli/launch.ts', 'cli/rockpool': 'src/cli/main.ts' },
    outdir,
    outExtension: { '.js': '.cjs' },
  })
  for (const name of ['cli/main.cjs', 'cli/rockpool.cjs']) await escapeNonAscii(join(outdir, name))
  await chmod(join(outdir, 'cli/main.cjs'), 0o755)
  return metafile
}

/**
 * Writes the other characters of a file as escapes. `charset: 'ascii'` leaves them in tagged templates, as escapes would change
 * what the tag sees in `raw`, and in regular expressions; ours read no `raw`.
 */
export async function escapeNonAscii(file: string): Promise<void> {
  const text = await readFile(file, 'utf8')
  const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  await writeFile(file, text.replaceAll(/[\u0080-\uffff]/g, escaped))
}

/** The folders of the packages that ended up in the bundle, in alphabetical order. */
function packagesIn(metafile: Metafile): string[] {
  const folders = Object.keys(metafile.inputs).flatMap(input => packageFolder.exec(input)?.[0] ?? [])
  return [...new Set(folders)].sort()
}

async function licences(folders: readonly string[]): Promise<string> {
  const texts = await Promise.all(folders.map(licence))
  return `Rockpool's files contain the following packages.\n\n${texts.join(`\n${'-'.repeat(80)}\n\n`)}`
}

async function licence(folder: string): Promise<string> {
  const path = join(root, folder)
  const { name, version, license } = JSON.parse(await readFile(join(path, 'package.json'), 'utf8'))
  const files = (await readdir(path)).filter(file => licenceFile.test(file))
  const texts = await Promise.all(files.map(file => readFile(join(path, file), 'utf8')))
  return [`${name} ${version} (${license})`, ...texts.map(text => text.trim())].join('\n\n').concat('\n')
}

if (argv[1] === fileURLToPath(import.meta.url)) await bundle(resolve(root, 'dist'))

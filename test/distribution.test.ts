import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Metafile } from 'esbuild'
import t from 'tap'
import { bundle } from '../scripts/build.js'

// Inside the checkout, so that what the bundle leaves out is found from there.
const outdir = await mkdtemp(join(process.cwd(), 'node_modules/.cache-dist-'))
t.teardown(() => rm(outdir, { recursive: true }))
const metafile = await bundle(outdir)

t.test('what is not needed at start is not read at start', async t => {
  const packages = packagesReadWith(metafile, entry(metafile, 'src/index.ts'))
  t.ok(packages.has('fastify'), 'the server is read')
  for (const name of ['oidc-provider', 'openid-client', 'libsql', '@peculiar/x509']) {
    t.notOk(packages.has(name), `${name} is not`)
  }
})

t.test('no CommonJS package is imported on demand as it is, for it would lose its names', async t => {
  const imported = Object.entries(metafile.inputs).flatMap(([path, { imports }]) =>
    imports
      .filter(
        ({ kind, path: target }) => kind === 'dynamic-import' && metafile.inputs[target]?.format === 'cjs',
      )
      .map(({ path: target }) => `${path} imports ${target}`),
  )
  t.strictSame(imported, [])
})

t.test('the engine’s classes keep their names, by which it knows its kinds of token', async t => {
  const outputs = Object.keys(metafile.outputs).filter(path => path.endsWith('.js'))
  const code = (await Promise.all(outputs.map(path => readFile(path, 'utf8')))).join('\n')
  for (const name of [
    'AccessToken',
    'AuthorizationCode',
    'ClientCredentials',
    'Grant',
    'IdToken',
    'RefreshToken',
  ]) {
    t.match(code, new RegExp(`class ${name} extends|class ${name} \\{`), name)
    t.notMatch(code, new RegExp(`class ${name}\\d`), `no ${name} was renamed`)
  }
})

t.test('a program can import it', async t => {
  const { startRockpool } = await import(join(outdir, 'index.js'))
  t.type(startRockpool, 'function')
})

function entry(metafile: Metafile, source: string): string {
  const found = Object.keys(metafile.outputs).find(path => metafile.outputs[path]?.entryPoint === source)
  if (found === undefined) throw new Error(`${source} is no entry point`)
  return found
}

/** The packages with a part in an output or in those that it imports before anything runs. */
function packagesReadWith(metafile: Metafile, output: string, seen = new Set<string>()): Set<string> {
  if (seen.has(output)) return new Set()
  seen.add(output)
  const { inputs = {}, imports = [] } = metafile.outputs[output] ?? {}
  const here = Object.keys(inputs).map(path => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? '')
  const before = imports.filter(({ kind }) => kind === 'import-statement')
  return new Set([
    ...here,
    ...before.flatMap(({ path, external }) =>
      external ? [path] : [...packagesReadWith(metafile, path, seen)],
    ),
  ])
}

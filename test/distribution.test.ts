import { isAscii } from 'node:buffer'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import type { Metafile } from 'esbuild'
import t, { type Test } from 'tap'
import { accountOfBundle, bundled } from './support/bundled.js'

const run = promisify(execFile)

// Inside the checkout, so that what the bundle leaves out is found from there.
const outdir = await bundled()
const metafile = await accountOfBundle()

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
  const outputs = (await readdir(outdir, { recursive: true })).filter(path => path.endsWith('.js'))
  const code = (await Promise.all(outputs.map(path => readFile(join(outdir, path), 'utf8')))).join('\n')
  for (const name of [
    'AccessToken',
    'AuthorizationCode',
    'ClientCredentials',
    'Grant',
    'IdToken',
    'RefreshToken',
  ]) {
    // tap's own matching takes seconds for so long a text.
    t.ok(new RegExp(`class ${name} extends|class ${name} \\{`).test(code), name)
    t.notOk(new RegExp(`class ${name}\\d`).test(code), `no ${name} was renamed`)
  }
})

t.test(
  'the command is ASCII alone, as its launcher reads it, and its pages have every other character',
  async t => {
    for (const name of ['main.cjs', 'rockpool.cjs'])
      t.ok(isAscii(await readFile(join(outdir, 'cli', name))), name)
    const { baseUrl } = await started(t, [join(outdir, 'cli/main.cjs'), '--port', '0', '--json'])
    const page = await (await fetch(`${baseUrl}/_rockpool/app`)).text()
    t.match(page, 'missing from the client’s')
    t.notMatch(page, /[ÂÃâ]/)
  },
)

t.test('a program can import it', async t => {
  const { startRockpool } = await import(join(outdir, 'index.js'))
  t.type(startRockpool, 'function')
})

t.test('what npm packs runs anywhere, the threads of triggers in files included', async t => {
  const folder = await mkdtemp(join(tmpdir(), 'packed-'))
  t.teardown(() => rm(folder, { recursive: true }))
  await mkdir(join(folder, 'source'))
  await cp('package.json', join(folder, 'source/package.json'))
  await cp(outdir, join(folder, 'source/dist'), { recursive: true })
  const inSource = { cwd: join(folder, 'source') }
  const packed = await run(
    'npm',
    ['pack', '--ignore-scripts', '--json', '--pack-destination', folder],
    inSource,
  )
  const [{ filename }] = JSON.parse(packed.stdout) as [{ filename: string }]
  await run('tar', ['-xf', filename], { cwd: folder })
  await rm(inSource.cwd, { recursive: true })
  const InlineCode =
    "import { strict } from 'node:assert'\nexport const handler = async event => { strict.ok(event.request); return event }"
  const seed = {
    UserPools: [
      {
        PoolName: 'reef',
        Triggers: {
          PreSignUp: './sign-up.mjs#handler',
          PostConfirmation: './confirmed.cjs#handler',
          CustomMessage: { Function: 'index.handler', InlineCode },
        },
      },
    ],
  }
  await writeFile(join(folder, 'seed.json'), JSON.stringify(seed))
  await writeFile(
    join(folder, 'sign-up.mjs'),
    'export const handler = async event => { console.log("hello"); event.response.autoConfirmUser = true; return event }',
  )
  await writeFile(
    join(folder, 'confirmed.cjs'),
    'exports.handler = (event, context, callback) => callback("no")',
  )
  const commands: Readonly<Record<string, readonly string[]>> = {
    'the command': ['package/dist/cli/main.cjs', '--port', '0', '--seed', 'seed.json', '--json'],
    'a program': ['program.mjs'],
  }
  await writeFile(
    join(folder, 'program.mjs'),
    `import { readFile } from 'node:fs/promises'
    import { startRockpool } from './package/dist/index.js'
    const { UserPools: [{ Triggers, ...pool }] } = JSON.parse(await readFile('seed.json', 'utf8'))
    const { baseUrl } = await startRockpool({ port: 0, seeds: [{ UserPools: [pool] }], triggers: { reef: Triggers } })
    console.log(JSON.stringify({ baseUrl }))`,
  )
  for (const [what, words] of Object.entries(commands)) {
    const { baseUrl, rockpool } = await started(t, words, folder)
    const call = async (trigger: string) => {
      const answer = await fetch(`${baseUrl}/_rockpool/triggers/${trigger}`, { method: 'POST', body: '{}' })
      return answer.json()
    }
    t.match(await call('PreSignUp'), { changed: { autoConfirmUser: true }, console: ['hello'] }, what)
    t.match(await call('PostConfirmation'), { failure: 'PostConfirmation failed with error no.' }, what)
    const written = await call('CustomMessage')
    t.match(written, { function: 'inline code, handler', answer: {} }, what)
    t.notOk('failure' in written, what)
    const ended = once(rockpool, 'exit')
    rockpool.kill()
    await ended
  }
})

/** Starts a program that prints where it is as a line of JSON. */
async function started(t: Test, words: readonly string[], cwd = process.cwd()) {
  const rockpool = spawn(process.execPath, [...words], { cwd, stdio: ['ignore', 'pipe', 'inherit'] })
  t.teardown(() => rockpool.kill())
  const [line] = await once(createInterface(rockpool.stdout), 'line')
  const { baseUrl } = JSON.parse(line) as { baseUrl: string }
  return { baseUrl, rockpool }
}

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

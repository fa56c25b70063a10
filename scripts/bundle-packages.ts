import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { argv } from 'node:process'
import { fileURLToPath } from 'node:url'
import { build, type Plugin } from 'esbuild'
import { asCommonJs, escapeNonAscii } from './build.js'

/** What most tests import: to find, read, link and compile it all takes a process most of a second. */
const packages = [
  'tap',
  '@aws-sdk/client-cognito-identity-provider',
  '@fastify/formbody',
  'aws-jwt-verify',
  'fastify',
  'jose',
  'openid-client',
  'yaml',
]

/** tap looks for the test that an error belongs to among ours that run, not among all acts of the process: see there. */
const scopesOfTests: Plugin = {
  name: 'scopes-of-tests',
  setup(builder) {
    builder.onResolve({ filter: /^(node:)?async_hooks$/ }, ({ importer }) =>
      /\/node_modules\/(@tapjs|async-hook-domain)\//.test(importer)
        ? { path: fileURLToPath(new URL('test-scopes.js', import.meta.url)) }
        : undefined,
    )
  },
}

/**
 * Bundles the packages for the tests. `packages.cjs` exports a function for each, by its name, that runs the package, unless it has run,
 * and answers what it exports; `exports.json` has the names that each exports.
 */
async function bundlePackages(folder: string): Promise<void> {
  // tap leaves out of the traces it shows what lies in a folder of this name.
  const file = join(folder, 'node_modules/@tapjs/packages.cjs')
  await build({
    ...asCommonJs,
    plugins: [scopesOfTests],
    stdin: {
      contents: packages.map(name => `exports['${name}'] = () => require('${name}')`).join('\n'),
      resolveDir: asCommonJs.absWorkingDir,
    },
    outfile: file,
  })
  await escapeNonAscii(file)
  const names: Record<string, string[]> = {}
  for (const name of packages) names[name] = Object.keys(await import(name))
  await writeFile(join(folder, 'exports.json'), JSON.stringify(names))
}

await bundlePackages(argv[2] ?? '')

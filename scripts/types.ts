import { execFile } from 'node:child_process'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { argv, env, execPath, pid } from 'node:process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { generateDtsBundle } from 'dts-bundle-generator'

const root = fileURLToPath(new URL('..', import.meta.url))
const compiler = join(root, 'node_modules/typescript-7/bin/tsc')

/**
 * What the package says of its types: one file with all that its exports are made of, and nothing else, so that it is right
 * whatever `lib` and `types` a project has, without the types of Node or of a package. `await using` is the one thing that a
 * project's `lib` may lack.
 */
export async function bundleTypes(outdir: string): Promise<void> {
  // Below a folder of that name, files would be taken for those of a package.
  const draft = join(root, `.build/types-${pid}`)
  try {
    await promisify(execFile)(execPath, [compiler, '-p', 'tsconfig.build.json', '--outDir', draft], {
      cwd: root,
      // The hooks that a runner of tests puts into every process are none for a compiler.
      env: { ...env, NODE_OPTIONS: '' },
    })
    const [types] = generateDtsBundle(
      [{ filePath: join(draft, 'index.d.ts'), output: { exportReferencedTypes: false, noBanner: true } }],
      { preferredConfigPath: join(root, 'tsconfig.build.json') },
    )
    await mkdir(outdir, { recursive: true })
    await writeFile(join(outdir, 'index.d.ts'), `/// <reference lib="esnext.disposable" />\n${types}`)
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}

if (argv[1] === fileURLToPath(import.meta.url)) await bundleTypes(resolve(root, 'dist'))

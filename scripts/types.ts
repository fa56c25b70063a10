import { execFile } from 'node:child_process'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { argv, pid } from 'node:process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { generateDtsBundle } from 'dts-bundle-generator'

const root = fileURLToPath(new URL('..', import.meta.url))

/** The program that TypeScript 7 is. Its script `bin/tsc` stumbles over the hooks that a runner of tests puts into every Node. */
export async function compiler(): Promise<string> {
  const where = new URL('../node_modules/typescript-7/lib/getExePath.js', import.meta.url)
  const { default: getExePath } = (await import(where.href)) as { default: () => string }
  return getExePath()
}

/**
 * What the package says of its types: one file with all that its exports are made of, and nothing else, so that it is right
 * whatever `lib` and `types` a project has, without the types of Node or of a package. `await using` is the one thing that a
 * project's `lib` may lack.
 */
export async function bundleTypes(outdir: string): Promise<void> {
  // Below a folder of that name, files would be taken for those of a package.
  const draft = join(root, `.build/types-${pid}`)
  try {
    await promisify(execFile)(await compiler(), ['-p', 'tsconfig.build.json', '--outDir', draft], {
      cwd: root,
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

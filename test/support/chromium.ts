import { execFile } from 'node:child_process'
import { createHash, X509Certificate } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type Browser, chromium } from 'playwright-core'

/** Where systems keep a Chromium; `CHROMIUM_PATH` names another, and nothing there means the unpacked one. */
const installed = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/** Nothing here may look outward: the tests run without a network, and say so only by a delay. */
const args = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-default-apps',
  '--disable-domain-reliability',
  '--disable-sync',
  '--no-default-browser-check',
  '--no-first-run',
  '--no-pings',
]

/** Starts a headless Chromium: the installed one, else the one that `@sparticuz/chromium` carries. `more` are arguments of it. */
export async function launchChromium(...more: string[]): Promise<Browser> {
  const found = [process.env.CHROMIUM_PATH, ...installed].find(path => path !== undefined && existsSync(path))
  const { executablePath, env } = found ? { executablePath: found, env: {} } : await unpacked()
  return chromium.launch({
    executablePath,
    headless: true,
    // Chromium refuses to run as root with its sandbox, which is what a container often is.
    chromiumSandbox: process.getuid?.() !== 0,
    args: [...args, ...more],
    env: { ...process.env, ...env },
  })
}

/**
 * The argument by which Chromium trusts an authority by its key: a chain that this key has signed, and no other. (A person
 * installs the certificate, with a tool that is on few machines.)
 */
export const trusting = (certificate: string): string =>
  `--ignore-certificate-errors-spki-list=${createHash('sha256')
    .update(new X509Certificate(certificate).publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64')}`

const unpack = fileURLToPath(new URL('unpack-chromium.js', import.meta.url))
const unpackedTo = 'node_modules/.cache/chromium'

/** Unpacks once, elsewhere first: two test files may come here at the same time. */
async function unpacked() {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error('No Chromium was found. Install one, or name it in CHROMIUM_PATH.')
  }
  const folder = join(process.cwd(), unpackedTo)
  if (!existsSync(folder)) {
    await mkdir(join(folder, '..'), { recursive: true })
    const scratch = await mkdtemp(`${folder}-`)
    await promisify(execFile)(process.execPath, [unpack], {
      // With the libraries that a bare machine lacks: the package adds them where it takes itself to be in Lambda.
      env: { ...process.env, TMPDIR: scratch, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs22.x' },
    })
    await writeFile(join(scratch, 'fonts/fonts.conf'), fontConfiguration)
    await rename(scratch, folder).catch(error => {
      if (!existsSync(folder)) throw error
      return rm(scratch, { recursive: true })
    })
  }
  return {
    executablePath: join(folder, 'chromium'),
    env: { LD_LIBRARY_PATH: join(folder, 'al2023/lib'), FONTCONFIG_PATH: join(folder, 'fonts') },
  }
}

/** The machine's fonts, and the package's own for a machine without any. */
const fontConfiguration = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>/usr/share/fonts</dir>
  <dir prefix="relative">fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
`

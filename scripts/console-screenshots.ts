/**
 * Takes a picture of each page of the console, wide and narrow, light and dark, into the folder `screenshots/console` (not kept):
 * `npm run screenshots:console`. Parts of names, given as arguments, take those pages only.
 */
import { mkdir } from 'node:fs/promises'
import { argv } from 'node:process'
import { readSeeds } from '../src/config/seed/read.js'
import { startRockpool } from '../src/emulator.js'
import { launchChromium } from '../test/support/chromium.js'
import { consolePages } from '../test/support/console-pages.js'
import { somethingHappened } from '../test/support/console-scene.js'

const folder = 'screenshots/console'
const wanted = argv.slice(2)
await mkdir(folder, { recursive: true })
const rockpool = await startRockpool({ port: 0, seeds: await readSeeds(['fixtures/two-pools.yaml']) })
const chromium = await launchChromium()
try {
  await somethingHappened(rockpool)
  const pages = (await consolePages(rockpool)).filter(
    ({ name }) => wanted.length === 0 || wanted.some(part => name.includes(part)),
  )
  for (const [look, width, colorScheme] of [
    ['wide', 1280, 'light'],
    ['wide-dark', 1280, 'dark'],
    ['narrow', 390, 'light'],
    ['narrow-dark', 390, 'dark'],
  ] as const) {
    const context = await chromium.newContext({ viewport: { width, height: 900 }, colorScheme })
    const page = await context.newPage()
    for (const { name, path } of pages) {
      await page.goto(`${rockpool.baseUrl}${path}`)
      await page.screenshot({ path: `${folder}/${name}-${look}.png`, fullPage: true })
    }
    await context.close()
  }
} finally {
  await chromium.close()
  await rockpool.close()
}

/**
 * Takes a picture of each page of the console, wide and narrow, light and dark, into the folder `screenshots/console` (not kept),
 * and those of the documentation into `fixtures/screenshots`: `npm run screenshots:console`. Parts of names, given as arguments,
 * take those pages only; `documentation` takes the pictures of the documentation only.
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
/** Pictures of the documentation, by the page that they show. */
const documented: Readonly<Record<string, string>> = {
  home: 'console',
  flight: 'flight',
  'providers-CorporateID': 'mapping',
  inbox: 'inbox',
}
const rockpool = await startRockpool({
  seeds: await readSeeds(['fixtures/two-pools.yaml']),
  keys: 'recycled',
})
const chromium = await launchChromium()
try {
  await somethingHappened(rockpool)
  const everyPage = await consolePages(rockpool)
  const pages = everyPage.filter(
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
  const page = await chromium.newPage({ viewport: { width: 1280, height: 800 } })
  for (const { name, path } of everyPage) {
    const picture = documented[name]
    if (picture === undefined) continue
    await page.goto(`${rockpool.baseUrl}${path}`)
    await page.screenshot({ path: `fixtures/screenshots/${picture}.png`, fullPage: name === 'flight' })
  }
} finally {
  await chromium.close()
  await rockpool.close()
}

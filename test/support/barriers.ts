import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'

const axe = await readFile('node_modules/axe-core/axe.min.js', 'utf8')

/** How a page is looked at. */
interface Look {
  readonly width: number
  readonly colorScheme: 'light' | 'dark'
}

/** Both widths and both schemes: no rule of our styles goes by a width and a scheme together. */
const lightAndDark: readonly Look[] = [
  { width: 1280, colorScheme: 'light' },
  { width: 390, colorScheme: 'dark' },
]
const darkAndLight: readonly Look[] = [
  { width: 1280, colorScheme: 'dark' },
  { width: 390, colorScheme: 'light' },
]
let seen = 0

/**
 * What axe calls serious or worse on the page, wide and narrow, light and dark. A page is wide and light and then narrow and dark,
 * and the next the other way round. Whether it scrolls sideways is seen at the same time.
 */
export async function barriers(page: Page): Promise<string[]> {
  const looks = seen++ % 2 === 0 ? lightAndDark : darkAndLight
  const found: string[] = []
  for (const [index, { width, colorScheme }] of looks.entries()) {
    await page.setViewportSize({ width, height: 850 })
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    if (index === 0) await page.evaluate(axe)
    const here = await page.evaluate<string[]>(run)
    found.push(...here.map(finding => `${width} ${colorScheme}: ${finding}`))
  }
  return found
}

/** In the page. Rules that find nothing serious are left out, as are frames, which are pages of their own. */
const run = `(async () => {
  const severe = ['serious', 'critical']
  const lesser = axe._audit.rules.filter(({ impact }) => !severe.includes(impact))
  const { violations } = await axe.run(document, {
    rules: Object.fromEntries(lesser.map(({ id }) => [id, { enabled: false }])),
    resultTypes: ['violations'],
    iframes: false,
  })
  const { scrollWidth } = document.documentElement
  return [
    ...(scrollWidth > innerWidth ? ['the page is ' + scrollWidth + ' wide'] : []),
    ...violations
      .filter(({ impact }) => severe.includes(impact))
      .map(({ id, nodes }) => id + ': ' + nodes.map(({ html, any }) => html.slice(0, 160) + ' ' + (any[0]?.message ?? '')).join(' | ')),
  ]
})()`

/** Takes the pictures of the README from a running demo: `npm run screenshots`. */
import { mkdir } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { readSeeds } from '../src/config/seed/read.js'
import { startRockpool } from '../src/emulator.js'
import { launchChromium } from '../test/support/chromium.js'

const folder = 'fixtures/screenshots'
await mkdir(folder, { recursive: true })
const rockpool = await startRockpool({ seeds: await readSeeds(['fixtures/two-pools.yaml']) })
const chromium = await launchChromium()
const page = await chromium.newPage({ viewport: { width: 1280, height: 800 } })
const take = (name: string) => page.screenshot({ path: `${folder}/${name}.png` })

await page.goto(`${rockpool.baseUrl}/_rockpool/app`)
await take('app')
const { domainUrl, clients } = rockpool.pools.find(({ name }) => name === 'oidc-pool-1') ?? {}
const client = clients?.find(({ name }) => name === 'web-app')
await startAt(page)
await take('sign-in')
await page.getByRole('link', { name: 'Sign in with your corporate ID' }).click()
await page.locator('#signInFormUsername').fill('jane')
await page.locator('#signInFormPassword').fill('Welcome-2-Rockpool!')
await take('corporate-sign-in')
await page.locator('[name=signInSubmitButton]').click()
await page.locator('[name=new_password]').fill('kingfisher')
await page.locator('[name=confirm_password]').fill('kingfisher')
await page.locator('[name=newPasswordSubmitButton]').click()
await take('new-password')
await page.locator('[name=new_password]').fill('Kingfisher-7-Jane!')
await page.locator('[name=confirm_password]').fill('Kingfisher-7-Jane!')
await page.locator('[name=newPasswordSubmitButton]').click()
await page.waitForURL(/callback/)
await take('callback')
await page.getByRole('button', { name: /exchange/i }).click()
await page.waitForLoadState()
await take('tokens')
await page.goto(
  `${domainUrl}/login?client_id=${client?.id}&response_type=code&redirect_uri=https://app.example/callback`,
)
await take('error')
await chromium.close()
await rockpool.close()

/** Begins where a newcomer does: at the built-in app. */
async function startAt(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Sign in' }).first().click()
  await page.waitForURL(/login/)
}

/**
 * Signs in through both pools of a demo that runs elsewhere, in its container for one, and fails unless that ends in
 * tokens: `node --import ./scripts/typescript.js scripts/sign-in-at.ts http://localhost:7665`.
 */
import { argv, stdout } from 'node:process'
import { launchChromium } from '../test/support/chromium.js'

const base = argv[2] ?? 'http://localhost:7665'
const chromium = await launchChromium()
try {
  const page = await chromium.newPage({ baseURL: base })
  await page.goto('/_rockpool/app')
  await page.getByRole('button', { name: 'Sign in' }).first().click()
  await page.getByRole('link', { name: 'Sign in with your corporate ID' }).click()
  await page.locator('#signInFormUsername').fill('jane')
  await page.locator('#signInFormPassword').fill('Welcome-2-Rockpool!')
  await page.locator('[name=signInSubmitButton]').click()
  await page.locator('[name=new_password]').fill('Kingfisher-7-Jane!')
  await page.locator('[name=confirm_password]').fill('Kingfisher-7-Jane!')
  await page.locator('[name=newPasswordSubmitButton]').click()
  await page.waitForURL(`${base}/_rockpool/app/callback?*`)
  await page.getByRole('button', { name: /exchange/i }).click()
  await page.getByText('corporateid_').first().waitFor()
  stdout.write(`signed in at ${base}\n`)
} finally {
  await chromium.close()
}

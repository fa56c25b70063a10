/**
 * Signs in at an app that runs elsewhere, through both pools of the demo behind it, and fails unless the app says in the end
 * who signed in and which issuer said so (the compose examples in `fixtures/compose`):
 *
 *   node --import ./scripts/typescript.js scripts/sign-in-through.ts APP ISSUER [ROCKPOOL]
 *
 * With ROCKPOOL, `127.0.0.1:PORT`, the names of AWS lead there, and its authority is trusted.
 */
import { argv, stdout } from 'node:process'
import { launchChromium, trusting } from '../test/support/chromium.js'

const [, , app = 'http://localhost:3000', issuer = '', rockpool] = argv
const chromium = await launchChromium(...(rockpool === undefined ? [] : await surroundings(rockpool)))
try {
  const page = await chromium.newPage()
  await page.goto(app)
  await page.getByRole('link', { name: 'Sign in with your corporate ID' }).click()
  await page.locator('#signInFormUsername').fill('jane')
  await page.locator('#signInFormPassword').fill('Welcome-2-Rockpool!')
  await page.locator('[name=signInSubmitButton]').click()
  await page.locator('[name=new_password]').fill('Kingfisher-7-Jane!')
  await page.locator('[name=confirm_password]').fill('Kingfisher-7-Jane!')
  await page.locator('[name=newPasswordSubmitButton]').click()
  await page.waitForURL(`${app}/callback?*`)
  const text = (await page.locator('body').textContent()) ?? ''
  const said = JSON.parse(text)
  if (said.iss !== issuer || said.user?.email !== 'jane@example.com') throw new Error(text)
  stdout.write(`signed in at ${app}, by ${said.iss}\n`)
} finally {
  await chromium.close()
}

/** What a person would do by a hosts file and a trust store. */
async function surroundings(address: string): Promise<string[]> {
  const certificate = await (await fetch(`http://${address}/_rockpool/ca.pem`)).text()
  return [
    `--host-resolver-rules=MAP *.amazoncognito.com:443 ${address}, MAP *.amazonaws.com:443 ${address}`,
    trusting(certificate),
  ]
}

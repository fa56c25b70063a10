import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { readSeeds } from '../src/config/seed/read.js'
import { startRockpool } from '../src/emulator.js'
import { launchChromium } from './support/chromium.js'
import { messages } from './support/hosted.js'
import { freePort } from './support/https.js'

/** The example apps of docs/own-front-end.md, run as it says. */

const chromium = await launchChromium()
t.teardown(() => chromium.close())
const port = await freePort()
const [seed] = await readSeeds(['fixtures/own-front-end/seed.yaml'])
if (seed === undefined) throw new Error('the seed was not read')
const rockpool = await startRockpool({
  port: 0,
  seeds: [JSON.parse(JSON.stringify(seed).replaceAll('http://localhost:3000', `http://localhost:${port}`))],
})
t.teardown(() => rockpool.close())

/** Serves an app as a person does, and opens it. */
async function open(t: Test, app: string): Promise<Page> {
  const served = spawn(process.execPath, ['fixtures/own-front-end/serve.mjs', app, String(port)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.teardown(() => served.kill())
  for await (const line of createInterface(served.stdout)) if (line.startsWith(`${app}: http`)) break
  const context = await chromium.newContext()
  t.teardown(() => context.close())
  const page = await context.newPage()
  await page.goto(`http://localhost:${port}/?rockpool=${rockpool.baseUrl}`)
  return page
}

const lastCode = async (username: string) => (await messages(rockpool.baseUrl, username)).at(-1)?.secret ?? ''

const password = 'Anemone-4-Lee!'

for (const app of ['sdk', 'amplify'])
  t.test(`an app with sign-in screens of its own: ${app}`, async t => {
    const page = await open(t, app)
    const title = (name: string | RegExp) => page.getByRole('heading', { name }).waitFor()
    const go = (name: string) => page.getByRole('button', { name, exact: true }).click()
    const fill = async (fields: Record<string, string>) => {
      for (const [label, value] of Object.entries(fields))
        await page.getByLabel(label, { exact: true }).fill(value)
    }
    const username = `lee-${app}`

    await title('Sign in')
    await go('Create an account')
    await fill({ Username: username, 'E-mail address': 'lee@tides.example', Password: 'weak' })
    await go('Continue: Create an account')
    await page.getByText('Password did not conform with policy').waitFor()
    await fill({ Password: password })
    await go('Continue: Create an account')
    await title('Confirm your account')
    await fill({ Code: await lastCode(username) })
    await go('Continue: Confirm your account')

    await title('Sign in')
    await go('Forgot your password?')
    await fill({ Username: username })
    await go('Continue: Forgotten password')
    await title('Choose a new password')
    await fill({ Code: await lastCode(username), 'New password': `${password}!` })
    await go('Continue: Choose a new password')
    await title('Sign in')
    await fill({ Username: username, Password: password })
    await go('Continue: Sign in')
    await page.getByText('Incorrect username or password.').waitFor()
    await fill({ Password: `${password}!` })
    await go('Continue: Sign in')
    await title(`Welcome, ${username}`)

    if (app === 'sdk') {
      await go('Sign in as somebody else')
      await fill({ Username: 'jane', Password: 'Welcome-2-Rockpool!' })
      await go('Continue: Sign in')
      await title('One more step')
      await fill({ 'New password': password })
      await go('Continue: One more step')
      await title('Welcome, jane')
    }
    t.equal(await page.getByRole('alert').textContent(), '')
  })

t.test('an app that goes straight to a provider', async t => {
  const page = await open(t, 'straight')
  const visited: string[] = []
  page.on('framenavigated', frame => visited.push(new URL(frame.url()).pathname))
  await page.getByRole('button', { name: 'Sign in with your company' }).click()
  await page.waitForURL(/\/company\/login\?/)
  await page.locator('#signInFormUsername').fill('ada')
  await page.locator('#signInFormPassword').fill('Anemone-4-Ada!')
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.getByRole('heading', { name: 'Welcome, ada@company.example' }).waitFor()
  t.notOk(visited.includes('/own-front-end/login'), 'the sign-in page of the pool was passed by')
  t.ok(visited.includes('/company/login'))
})

import type { Page } from 'playwright-core'
import t from 'tap'
import { barriers } from './support/barriers.js'
import { launchChromium } from './support/chromium.js'
import { consolePages } from './support/console-pages.js'
import { pool1, pool2, somethingHappened } from './support/console-scene.js'
import { aRockpool } from './support/rockpool.js'

const chromium = await launchChromium()
t.teardown(() => chromium.close())

/** Pages that answer a form: mistakes at their fields, refusals, what was found, what was tried, and a question. */
const answered: Record<string, (page: Page, baseUrl: string) => Promise<void>> = {
  async 'a mistake at its field'(page, baseUrl) {
    await page.goto(`${baseUrl}/_rockpool/pools/${pool1}/providers/new?type=SAML`)
    await page.getByLabel('Provider name').fill('Google')
    await page.getByRole('button', { name: 'Create provider' }).click()
    await page.locator('#ProviderName-mistake').waitFor()
  },
  async 'a discovery that failed'(page, baseUrl) {
    await page.goto(`${baseUrl}/_rockpool/pools/${pool1}/providers/new?type=OIDC`)
    await page.getByLabel('Issuer').fill('http://127.0.0.1:9')
    await page.getByRole('button', { name: 'Run discovery' }).click()
    await page.locator('#found-out').waitFor()
  },
  async 'a mapping that was tried'(page, baseUrl) {
    await page.goto(`${baseUrl}/_rockpool/pools/${pool1}/providers/CorporateID`)
    await page.getByLabel('ID token, or userInfo as JSON').fill('{"sub": "abc", "email": "pat@example.com"}')
    await page.getByRole('button', { name: 'Try it' }).click()
    await page.getByText('A new user').waitFor()
  },
  async 'a refusal, and a question'(page, baseUrl) {
    await page.goto(`${baseUrl}/_rockpool/pools/${pool1}`)
    await page.getByText('Delete pool…').click()
    await page.getByRole('button', { name: 'Delete pool' }).click()
    await page.locator('.problem').waitFor()
    await page.getByText('Delete pool…').click()
  },
  async 'a page that is not there'(page, baseUrl) {
    await page.goto(`${baseUrl}/_rockpool/flights/none`)
  },
}

t.test('every page, wide and narrow, light and dark', async t => {
  const rockpool = await aRockpool(t)
  await somethingHappened(rockpool)
  const context = await chromium.newContext()
  t.teardown(() => context.close())
  const page = await context.newPage()
  const outside: string[] = []
  page.on('request', request => {
    if (!request.url().startsWith(rockpool.baseUrl) && !request.url().startsWith('data:'))
      outside.push(request.url())
  })
  const complaints: string[] = []
  page.on('console', message => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  page.on('pageerror', error => complaints.push(String(error)))
  for (const { name, path } of await consolePages(rockpool)) {
    const answer = await page.goto(`${rockpool.baseUrl}${path}`)
    t.equal(answer?.status(), 200, `${name} is there`)
    t.strictSame(await barriers(page), [], `${name} fits, and axe finds nothing serious`)
  }
  t.strictSame(complaints, [], 'the policy lets everything in that the console needs')
  for (const [name, fill] of Object.entries(answered)) {
    await fill(page, rockpool.baseUrl)
    t.strictSame(await barriers(page), [], `${name} fits, and axe finds nothing serious`)
  }
  t.strictSame(outside, [], 'no request goes elsewhere')
})

t.test('lists renew themselves, and a filter is kept', async t => {
  const rockpool = await aRockpool(t)
  const page = await (await chromium.newContext()).newPage()
  await page.goto(`${rockpool.baseUrl}/_rockpool/flights`)
  await page.getByText('No flight yet.').waitFor()
  await somethingHappened(rockpool)
  await page.getByRole('link', { name: /Sign-in at oidc-pool-1 through oidc-pool-2/ }).waitFor()
  await page.getByLabel('Refused only').check()
  await page.waitForURL(/refused=on/)
  t.equal(await page.locator('tbody tr').count(), 1)
  await page.context().close()
})

t.test('everything works by keyboard, and without a script', async t => {
  const rockpool = await aRockpool(t)
  const page = await (await chromium.newContext({ javaScriptEnabled: false })).newPage()

  await t.test('the first stop skips the navigation', async t => {
    await page.goto(`${rockpool.baseUrl}/_rockpool/`)
    await page.keyboard.press('Tab')
    t.equal(await page.locator(':focus').textContent(), 'Skip to content')
    await page.keyboard.press('Enter')
    t.match(page.url(), /#main$/)
  })

  await t.test('a user is created and deleted with the keyboard alone', async t => {
    await page.goto(`${rockpool.baseUrl}/_rockpool/pools/${pool1}/users/new`)
    await page.getByLabel('Username').focus()
    await page.keyboard.type('nemo')
    await page.keyboard.press('Tab')
    await page.keyboard.type('nemo@example.com')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Space')
    await page.keyboard.press('Enter')
    await page.getByText('nemo was created.').waitFor()
    t.match(await page.locator('main').textContent(), /email_verified\s*true/)
    await page.getByText('Delete user…').focus()
    await page.keyboard.press('Enter')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.getByText('nemo was deleted.').waitFor()
  })
  await page.context().close()
})

t.test('each stop of the keyboard shows, and Escape takes a question back', async t => {
  const rockpool = await aRockpool(t)
  const page = await (await chromium.newContext()).newPage()

  await t.test('what has the focus has an outline, from the first stop to the last', async t => {
    await page.goto(`${rockpool.baseUrl}/_rockpool/pools/${pool1}/settings`)
    const stops = new Set<string>()
    for (;;) {
      await page.keyboard.press('Tab')
      const stop = (await page.evaluate(
        `(e => e === document.body ? undefined : { what: [...document.querySelectorAll('*')].indexOf(e) + ' ' + (e.textContent || e.name).slice(0, 40), width: parseFloat(getComputedStyle(e).outlineWidth), style: getComputedStyle(e).outlineStyle, inside: e.getBoundingClientRect().width > 0 })(document.activeElement)`,
      )) as { what: string; width: number; style: string; inside: boolean } | undefined
      if (stop === undefined || stops.has(stop.what)) break
      stops.add(stop.what)
      t.ok(
        stop.inside && stop.width >= 2 && stop.style !== 'none',
        `${stop.what} shows that it has the focus`,
      )
    }
    t.match([...stops][0], 'Skip to content')
    t.ok(stops.size > 40, `there were ${stops.size} stops`)
  })

  await t.test('Escape closes a question, and the focus is where it was', async t => {
    await page.goto(`${rockpool.baseUrl}/_rockpool/pools/${pool1}`)
    const question = page.locator('details.confirm')
    await page.getByText('Delete pool…').focus()
    await page.keyboard.press('Enter')
    t.equal(await question.getAttribute('open'), '')
    await page.keyboard.press('Tab')
    t.equal(await page.locator(':focus').textContent(), 'Delete pool')
    await page.keyboard.press('Escape')
    t.equal(await question.getAttribute('open'), null)
    t.equal(await page.locator(':focus').textContent(), 'Delete pool…')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1 }).click()
    t.equal(await question.getAttribute('open'), null, 'so does a click beside it')
  })

  await t.test('narrow, every section can be seen and tabs show that there are more', async t => {
    await page.setViewportSize({ width: 390, height: 844 })
    await page.goto(`${rockpool.baseUrl}/_rockpool/pools/${pool1}`)
    const links = page.getByRole('navigation', { name: 'Console' }).getByRole('link')
    for (const link of await links.all()) {
      const box = await link.boundingBox()
      t.ok(box && box.x >= 0 && box.x + box.width <= 390, `${await link.textContent()} is on the screen`)
    }
    t.equal(await links.count(), 7)
  })
  await page.context().close()
})

t.test('Launch Hosted UI signs in, and the flight tells of it', async t => {
  const rockpool = await aRockpool(t)
  const page = await (await chromium.newContext()).newPage()
  await page.goto(`${rockpool.baseUrl}/_rockpool/pools/${pool2}`)
  const [hosted] = await Promise.all([
    page.context().waitForEvent('page'),
    page.getByRole('link', { name: 'Launch Hosted UI of direct-app' }).click(),
  ])
  await hosted.locator('#signInFormUsername').fill('marco')
  await hosted.locator('#signInFormPassword').fill('Anemone-4-Marco!')
  await hosted.locator('[name=signInSubmitButton]').click()
  await hosted.waitForURL(/_rockpool\/app\/callback/)
  await page.goto(`${rockpool.baseUrl}/_rockpool/`)
  await page.getByRole('link', { name: /Sign-in at oidc-pool-2 for direct-app as marco/ }).click()
  await page.getByRole('heading', { level: 1, name: /Sign-in at oidc-pool-2/ }).waitFor()
  t.match(await page.locator('main').textContent(), /marco proved who they are/)
  await page.context().close()
})

t.test('a code is copied', async t => {
  const rockpool = await aRockpool(t)
  await somethingHappened(rockpool)
  const context = await chromium.newContext({ permissions: ['clipboard-read', 'clipboard-write'] })
  const page = await context.newPage()
  await page.goto(`${rockpool.baseUrl}/_rockpool/inbox?pool=${pool2}`)
  await page.getByRole('button', { name: 'Copy code' }).click()
  await page.getByRole('button', { name: 'Copied' }).waitFor()
  const [message] = await rockpool.operations.messages({ username: 'marco' })
  t.equal(await page.evaluate('navigator.clipboard.readText()'), message?.secret)
  await context.close()
})

import t from 'tap'
import { launchChromium } from './support/chromium.js'
import { aRockpool } from './support/rockpool.js'
import { aServedApp } from './support/served-app.js'

// A real browser between an app and the endpoints. That of a test is Chromium.

t.test('why a browser keeps an answer from a page that sends cookies along', async t => {
  const lines: string[] = []
  const rockpool = await aRockpool(t, {
    seed: { UserPools: [{ PoolName: 'reef', Id: 'us-east-1_Reef00001', Domain: 'reef' }] },
    log: line => lines.push(line),
  })
  const app = await aServedApp(t)
  const chromium = await launchChromium()
  t.teardown(() => chromium.close())
  const context = await chromium.newContext()
  const base = rockpool.baseUrl.replace('127.0.0.1', 'localhost')
  // Cookies know no ports: an app at localhost has those of everything at localhost.
  await context.addCookies([{ name: 'of-the-app', value: '1', url: app.origin }])
  const page = await context.newPage()
  await page.goto(app.origin)
  const ask = (path: string, credentials: 'include' | 'omit', method = 'POST') =>
    page.evaluate(
      `fetch('${base}${path}', {
        method: '${method}',
        credentials: '${credentials}',
        ${method === 'POST' ? "body: new URLSearchParams({ grant_type: 'refresh_token' })," : ''}
      }).then(({ status }) => status, error => error.name)`,
    )
  const explained = () => lines.filter(line => /credentials: "include"/.test(line))

  t.equal(await ask('/reef/oauth2/token', 'omit'), 400, 'without cookies the page reads what it is told')
  t.strictSame(explained(), [])
  t.equal(await ask('/reef/oauth2/token', 'include'), 'TypeError', 'with them it reads nothing')
  t.match(explained(), [
    new RegExp(
      `^Warning \\(POST /reef/oauth2/token\\): A page of ${app.origin} sent cookies along .* Leave credentials out of fetch`,
    ),
  ])
  lines.length = 0
  t.equal(await ask('/us-east-1_Reef00001/.well-known/jwks.json', 'include', 'GET'), 'TypeError')
  t.strictSame(explained(), [], 'the same is said once')
})

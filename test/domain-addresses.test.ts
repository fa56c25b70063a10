import { get as httpGet } from 'node:http'
import t from 'tap'
import { aReef, locationOf, query } from './support/reef.js'

t.test('every form of a domain’s address', async t => {
  const { rockpool, domain } = await aReef(t)
  const { port } = rockpool.address
  const ask = asker(port)

  for (const host of [
    `reef.localhost:${port}`,
    `REEF.localhost:${port}`,
    `reef.auth.us-east-1.localhost:${port}`,
    'reef.auth.us-east-1.amazoncognito.com',
  ])
    await t.test(host, async t => {
      const answer = await ask(host, `/oauth2/authorize?${query()}`)
      t.equal(answer.location.toLowerCase(), `http://${host}/login?${query()}`.toLowerCase())
      const page = await ask(host, `/login?${query()}`)
      t.equal(page.status, 200)
      t.match(page.text, 'action="/login?', 'the page stays on its host')
      t.match(page.cookies.join(), 'Path=/;')
      t.match((await ask(host, '/oauth2/authorize?client_id=x')).location, '/error?error=invalid_client')
      const through = query({ identity_provider: 'Upstream' })
      const leaving = new URL((await ask(host, `/oauth2/authorize?${through}`)).location)
      t.equal(leaving.origin, 'https://up.example')
      t.equal(
        leaving.searchParams.get('redirect_uri'),
        `${domain}/oauth2/idpresponse`,
        'a federated sign-in comes back to the address that the provider knows',
      )
    })

  await t.test('a host that is no domain of ours', async t => {
    for (const host of [
      'nobody.auth.us-east-1.amazoncognito.com',
      `nobody.localhost:${port}`,
      `dry.localhost:${port}`,
    ])
      t.equal((await ask(host, `/login?${query()}`)).status, 404, host)
    for (const host of ['reef.auth.us-east-1.amazoncognito.com.evil.example', 'evil.example'])
      t.notMatch((await ask(host, `/oauth2/authorize?${query()}`)).location, 'evil', host)
  })

  await t.test('without a domain the client tells which', async t => {
    for (const path of ['/oauth2/authorize', '/login', '/logout'])
      t.equal((await ask(`localhost:${port}`, `${path}?${query()}`)).location, `${domain}${path}?${query()}`)
    for (const path of ['/login', '/oauth2/authorize?client_id=nobody', '/nowhere/login', '/nowhere/at/all'])
      t.equal((await ask(`localhost:${port}`, path)).status, 404, path)
  })

  await t.test('a form posted there is sent on as it is', async t => {
    const answer = await fetch(`${rockpool.baseUrl}/login?${query()}`, {
      method: 'POST',
      body: new URLSearchParams({ username: 'marco' }),
      redirect: 'manual',
    })
    t.match([answer.status, locationOf(answer)], [307, `${domain}/login?${query()}`])
  })
})

/** Asks with a Host header of one's own, which `fetch` does not let one choose. */
const asker = (port: number) => (host: string, path: string) =>
  new Promise<{ status: number; location: string; cookies: string[]; text: string }>((answered, failed) => {
    httpGet({ host: '127.0.0.1', port, path, headers: { host }, agent: false }, response => {
      let text = ''
      response.on('data', chunk => {
        text += chunk
      })
      response.on('end', () =>
        answered({
          status: response.statusCode ?? 0,
          location: response.headers.location ?? '',
          cookies: response.headers['set-cookie'] ?? [],
          text,
        }),
      )
    }).on('error', failed)
  })

import { X509Certificate } from 'node:crypto'
import { lookup } from 'node:dns/promises'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ConnectionOptions, connect as connectSecurely, type TLSSocket } from 'node:tls'
import t, { type Test } from 'tap'
import { startRockpool } from '../src/emulator.js'
import { createAuthority } from '../src/tls/authority.js'
import { launchChromium, trusting } from './support/chromium.js'
import { askSecurely, authorityOf, freePort } from './support/https.js'
import { aClock, aRockpool, poolAndClient } from './support/rockpool.js'

const health = '/_rockpool/health'

async function aFolder(t: Test): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'https-'))
  t.teardown(() => rm(folder, { recursive: true }))
  return folder
}

t.test('one port answers http and https, under each of our names with a certificate for it', async t => {
  const told: string[] = []
  // Clients go by the system's time, wherever ours stands.
  const clock = aClock(Date.parse('2001-01-01'))
  const rockpool = await aRockpool(t, {
    clock,
    baseUrl: 'https://cognito.example',
    hostNames: ['id.corp.example'],
    log: line => told.push(line),
  })
  const { port } = rockpool.address
  t.equal((await fetch(`http://127.0.0.1:${port}${health}`)).status, 200)
  const ca = await authorityOf(rockpool)
  for (const name of [
    'localhost',
    'oidc-pool-1.localhost',
    'cognito.example',
    'id.corp.example',
    'rockpool',
    'id.test',
    'oidc-pool-1.auth.us-east-1.amazoncognito.com',
    'cognito-idp.eu-central-1.amazonaws.com',
  ]) {
    const { status, certificate } = await askSecurely(`https://${name}${health}`, { port, ca })
    t.equal(status, 200, name)
    if (name !== 'localhost') t.equal(certificate.subjectaltname, `DNS:${name}`, 'exactly this name')
  }
  const { status, certificate } = await askSecurely(`https://127.0.0.1:${port}${health}`, { ca })
  t.equal(status, 200, 'an address')
  t.match(certificate.subjectaltname, /DNS:localhost, IP Address:127\.0\.0\.1, IP Address:0:0:0:0:0:0:0:1/)
  t.strictSame(told, [])
  t.equal(
    (await askSecurely(`https://localhost/_rockpool/ca.pem`, { port, ca, headers: { host: 'x.example' } }))
      .text,
    ca,
    'the certificate is no secret',
  )

  await t.rejects(askSecurely(`https://bank.example${health}`, { port, ca }), 'nobody vouches for strangers')
  t.match(told.pop(), /"bank\.example", which is none of our names.*--host-name/)
  await t.rejects(askSecurely(`https://localhost:${port}${health}`, { ca: await strangersAuthority() }))

  const browser = await launchChromium()
  t.teardown(() => browser.close())
  await t.rejects((await browser.newPage()).goto(`https://localhost:${port}`), /ERR_CERT_AUTHORITY_INVALID/)
  t.match(told.pop(), /does not trust this Rockpool.*rockpool ca --help/, 'and the operator knows why')
})

const strangersAuthority = () => createAuthority({ now: Date.now, isOurs: () => true }).certificate()

t.test('a custom domain that a pool has', async t => {
  const rockpool = await aRockpool(t)
  const { port } = rockpool.address
  const ca = await authorityOf(rockpool)
  const ask = () => askSecurely('https://login.shop.example/login', { port, ca })
  await t.rejects(ask())
  const made = await fetch(`http://127.0.0.1:${port}`, {
    method: 'POST',
    headers: {
      'x-amz-target': 'AWSCognitoIdentityProviderService.CreateUserPoolDomain',
      authorization:
        'AWS4-HMAC-SHA256 Credential=A/20261125/us-east-1/cognito-idp/aws4_request, SignedHeaders=host, Signature=00',
    },
    body: JSON.stringify({
      UserPoolId: 'us-east-1_OidcPool1',
      Domain: 'login.shop.example',
      CustomDomainConfig: { CertificateArn: 'arn:aws:acm:us-east-1:000000000000:certificate/any' },
    }),
  })
  t.equal(made.status, 200, await made.text())
  t.equal((await ask()).certificate.subjectaltname, 'DNS:login.shop.example')
})

t.test('on localhost, which may be two addresses', async t => {
  const rockpool = await aRockpool(t, { host: 'localhost' })
  const { port } = rockpool.address
  const ca = await authorityOf(rockpool)
  for (const { address } of await lookup('localhost', { all: true })) {
    const socket = connectSecurely({ host: address, port, ca, servername: 'localhost' })
    await once(socket, 'secureConnect')
    t.ok(socket.authorized, address)
    socket.destroy()
  }
})

t.test('the authority is what clients expect of one', async t => {
  const authority = new X509Certificate(await authorityOf(await aRockpool(t)))
  t.ok(authority.ca)
  t.ok(authority.checkIssued(authority) && authority.verify(authority.publicKey), 'signed by itself')
  t.match(authority.subject, /^O=Rockpool\nCN=Rockpool development CA [0-9a-f]{8}$/)
  const years = (Date.parse(authority.validTo) - Date.now()) / (365 * 24 * 3600 * 1000)
  t.ok(years > 9 && years < 11, 'to be trusted once')
})

t.test('the authority is kept where it was told to be, else with the state, else by nobody', async t => {
  const [folder, data] = [await aFolder(t), await aFolder(t)]
  const certificateWith = async (options: object) => {
    const rockpool = await startRockpool({ port: 0, ...options })
    const certificate = await authorityOf(rockpool)
    await rockpool.close()
    return certificate
  }
  const first = await certificateWith({ caDir: folder })
  t.equal(await certificateWith({ caDir: folder }), first)
  t.equal(await readFile(join(folder, 'rockpool-ca.pem'), 'utf8'), first)
  t.equal(
    (await stat(join(folder, 'rockpool-ca-key.pem'))).mode & 0o777,
    0o600,
    'the key is its owner’s alone',
  )
  t.not(await certificateWith({ dataDir: data }), first)
  t.equal(await certificateWith({ dataDir: data }), await certificateWith({ dataDir: data }))
  t.equal(await certificateWith({ dataDir: data, caDir: folder }), first)
  t.not(await certificateWith({}), await certificateWith({}))
})

t.test('several that begin in one folder agree on one authority', async t => {
  const directory = await aFolder(t)
  const one = () => createAuthority({ directory, now: Date.now, isOurs: () => true }).certificate()
  const certificates = await Promise.all([one(), one(), one(), one()])
  t.equal(new Set(certificates).size, 1)
  t.equal(await one(), certificates[0])
})

t.test('certificates are made once, for as many names as there is room for', async t => {
  const authority = createAuthority({ now: Date.now, isOurs: () => true, namesKept: 2 })
  const { SNICallback } = await authority.serverOptions()
  const contextFor = (name: string) =>
    new Promise((made, failed) =>
      SNICallback?.(name, (error, context) => (error ? failed(error) : made(context))),
    )
  const first = await contextFor('a.test')
  t.equal(await contextFor('A.test'), first)
  await contextFor('b.test')
  t.equal(await contextFor('a.test'), first)
  await contextFor('c.test')
  t.not(await contextFor('a.test'), first, 'it had to make room')
})

t.test('a folder that cannot be used is reported, and http goes on', async t => {
  const file = join(await aFolder(t), 'a-file')
  await writeFile(file, '')
  const told: string[] = []
  const rockpool = await aRockpool(t, { caDir: file, log: line => told.push(line) })
  const { port } = rockpool.address
  await t.rejects(askSecurely(`https://localhost:${port}${health}`, { ca: await strangersAuthority() }))
  t.match(told, [/certificate authority cannot be kept in .*a-file.*--ca-dir/])
  t.equal((await fetch(`http://127.0.0.1:${port}${health}`)).status, 200)
})

t.test('with an https base URL', async t => {
  const port = await freePort()
  const rockpool = await aRockpool(t, { port, baseUrl: `https://localhost:${port}` })
  const { pool, client } = poolAndClient(rockpool, 'oidc-pool-1', 'web-app')
  const ca = await authorityOf(rockpool)
  const query = new URLSearchParams({
    client_id: client.id,
    response_type: 'code',
    redirect_uri: client.callbackUrls[0] ?? '',
    identity_provider: 'CorporateID',
  })
  t.equal(pool.issuer, `https://localhost:${port}/us-east-1_OidcPool1`)

  const discovery = JSON.parse((await askSecurely(pool.discoveryUrl, { ca })).text)
  for (const [name, value] of Object.entries(discovery))
    if (typeof value === 'string') t.match(value, rockpool.baseUrl, name)
  const elsewhere = pool.discoveryUrl.replace('localhost', 'rockpool')
  t.match(JSON.parse((await askSecurely(elsewhere, { ca })).text), {
    issuer: pool.issuer,
    jwks_uri: `https://rockpool:${port}/us-east-1_OidcPool1/.well-known/jwks.json`,
    authorization_endpoint: `${pool.domainUrl}/oauth2/authorize`,
  })

  const begun = await askSecurely(`${pool.domainUrl}/oauth2/authorize?${query}`, { ca })
  t.equal(begun.status, 302)
  t.match(begun.headers.location, `https://localhost:${port}/oidc-pool-2/oauth2/authorize?`)
  t.match(String(begun.headers['set-cookie']), /csrf-state.*; Secure/)
})

t.test('cookies are Secure where the browser came by https, and only there', async t => {
  const rockpool = await aRockpool(t)
  const { pool, client } = poolAndClient(rockpool, 'oidc-pool-2', 'direct-app')
  const query = new URLSearchParams({
    client_id: client.id,
    response_type: 'code',
    redirect_uri: client.callbackUrls[0] ?? '',
  })
  const url = `${pool.domainUrl}/login?${query}`
  t.notMatch((await fetch(url)).headers.get('set-cookie'), /Secure/)
  const secure = await askSecurely(url.replace('http:', 'https:'), { ca: await authorityOf(rockpool) })
  t.match(String(secure.headers['set-cookie']), /^XSRF-TOKEN=.*; Secure/)
})

t.test('on the wire', async t => {
  const rockpool = await aRockpool(t)
  const { port } = rockpool.address
  const ca = await authorityOf(rockpool)
  const dial = async (): Promise<Socket> => {
    const socket = connect(port, '127.0.0.1')
    t.teardown(() => socket.destroy())
    await once(socket, 'connect')
    return socket
  }
  const dialSecurely = async (options: ConnectionOptions = {}): Promise<TLSSocket> => {
    const socket = connectSecurely({ port, host: '127.0.0.1', ca, ...options })
    t.teardown(() => socket.destroy())
    await once(socket, 'secureConnect')
    return socket
  }
  const all = async (socket: Socket): Promise<string> => {
    let text = ''
    for await (const chunk of socket.setEncoding('latin1')) text += chunk
    return text
  }
  const asking = `GET ${health} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`

  await t.test('byte by byte', async t => {
    for (const socket of [await dial(), await dialSecurely()]) {
      socket.setNoDelay(true)
      for (const byte of asking) await new Promise(written => socket.write(byte, written))
      t.match(await all(socket), /^HTTP\/1\.1 200/)
    }
  })
  await t.test('a client that has said all it wants to say', async t => {
    for (const socket of [await dial(), await dialSecurely()]) {
      socket.end(asking)
      t.match(await all(socket), /^HTTP\/1\.1 200/)
    }
  })
  await t.test('several requests at once', async t => {
    const twice = asking.replace('Connection: close\r\n', '') + asking
    for (const socket of [await dial(), await dialSecurely()]) {
      socket.write(twice)
      t.equal((await all(socket)).match(/HTTP\/1\.1 200/g)?.length, 2)
    }
  })
  await t.test('a client that prefers HTTP/2 is answered in HTTP/1.1', async t => {
    const socket = await dialSecurely({ ALPNProtocols: ['h2', 'http/1.1'] })
    t.equal(socket.alpnProtocol, 'http/1.1')
  })
  await t.test('what is neither is turned away', async t => {
    const garbage = await dial()
    garbage.write(Buffer.from([0, 1, 2, 3]))
    t.match(await all(garbage), /^HTTP\/1\.1 400/)
    const broken = await dial()
    broken.write(Buffer.from([22, 3, 1, 0, 5, 9, 9, 9, 9, 9]))
    // A TLS alert, and the end of it.
    t.equal((await all(broken)).charCodeAt(0), 21)
  })
  await t.test('who leaves in the middle disturbs nobody', async t => {
    for (const begun of ['', 'GET', '\x16', '\x16\x03\x01\x02\x00\x01']) {
      const socket = await dial()
      if (begun !== '') socket.write(begun, 'latin1')
      socket.resetAndDestroy()
    }
    t.equal((await askSecurely(`https://localhost:${port}${health}`, { ca })).status, 200)
  })
  await t.test('closing waits for no connection, silent, idle, half open or under TLS', async t => {
    const sockets = [await dial(), await dial(), await dial(), await dialSecurely(), await dialSecurely()]
    sockets[1]?.write('GET')
    sockets[2]?.write('\x16\x03\x01', 'latin1')
    sockets[4]?.write(asking.replace('Connection: close\r\n', ''))
    await once(sockets[4] as Socket, 'data')
    // Whoever connects later is accepted later: all those above are by then.
    await fetch(`http://127.0.0.1:${port}${health}`, { headers: { connection: 'close' } })
    const ended = Promise.all(
      sockets.map(socket => new Promise(done => socket.on('error', () => {}).on('close', done))),
    )
    await rockpool.close()
    await ended
    t.pass('all were ended')
  })
})

/** `spokes` federates to `hub`, which is found under its name on AWS, at the default port. */
const federatedSeed = {
  UserPools: [
    {
      PoolName: 'spokes',
      Domain: 'spokes',
      Clients: [
        {
          ClientName: 'app',
          CallbackURLs: ['https://app.example/cb'],
          AllowedOAuthFlowsUserPoolClient: true,
          AllowedOAuthFlows: ['code'],
          AllowedOAuthScopes: ['openid'],
          SupportedIdentityProviders: ['Hub'],
        },
      ],
      IdentityProviders: [
        {
          ProviderName: 'Hub',
          ProviderType: 'OIDC',
          ProviderDetails: {
            client_id: 'spokesathub0id',
            client_secret: `\${pools.hub.clients.spokes.secret}`,
            authorize_scopes: 'openid',
            attributes_request_method: 'GET',
            oidc_issuer: `\${pools.hub.issuer}`,
          },
        },
      ],
    },
    {
      PoolName: 'hub',
      Domain: 'hub',
      Issuer: 'aws',
      Clients: [
        {
          ClientName: 'spokes',
          ClientId: 'spokesathub0id',
          GenerateSecret: true,
          CallbackURLs: [`\${pools.spokes.domain}/oauth2/idpresponse`],
          AllowedOAuthFlowsUserPoolClient: true,
          AllowedOAuthFlows: ['code'],
          AllowedOAuthScopes: ['openid'],
          SupportedIdentityProviders: ['COGNITO'],
        },
      ],
      Users: [
        { Username: 'ada', Password: 'Difference-1-Engine!', UserAttributes: { email: 'ada@example.com' } },
      ],
    },
  ],
}

t.test(
  'pools reach one another over https, under the names of AWS as well, and trust nobody else for it',
  async t => {
    const { UserPools } = federatedSeed
    const port = await freePort()
    const rockpool = await aRockpool(t, { port, baseUrl: `https://localhost:${port}`, seed: { UserPools } })
    const { pool, client } = poolAndClient(rockpool, 'spokes', 'app')
    const ca = await authorityOf(rockpool)
    const jar: Record<string, string> = {}
    const ask = async (url: string, form?: Record<string, string>) => {
      const cookie = Object.entries(jar)
        .map(pair => pair.join('='))
        .join('; ')
      const answer = await askSecurely(url, { ca, port, headers: { cookie }, ...(form && { form }) })
      for (const set of [answer.headers['set-cookie'] ?? []].flat()) {
        const [name = '', value = ''] = set.split(';', 1)[0]?.split('=') ?? []
        jar[name] = value
      }
      return { ...answer, location: String(answer.headers.location) }
    }
    const query = new URLSearchParams({
      client_id: client.id,
      response_type: 'code',
      redirect_uri: 'https://app.example/cb',
      scope: 'openid',
      identity_provider: 'Hub',
    })
    const begun = await ask(`${pool.domainUrl}/oauth2/authorize?${query}`)
    const asked = await ask(begun.location)
    const page = await ask(asked.location)
    const _csrf = /name="_csrf" value="([^"]+)"/.exec(page.text)?.[1] ?? ''
    const signedIn = await ask(asked.location, { _csrf, username: 'ada', password: 'Difference-1-Engine!' })
    const back = await ask(signedIn.location)
    t.match(back.location, /^https:\/\/app\.example\/cb\?code=/)
    const tokens = await ask(`${pool.domainUrl}/oauth2/token`, {
      grant_type: 'authorization_code',
      client_id: client.id,
      redirect_uri: 'https://app.example/cb',
      code: new URL(back.location).searchParams.get('code') ?? '',
    })
    t.match(JSON.parse(tokens.text), { id_token: String, token_type: 'Bearer' })
  },
)

t.test('the built-in app, over https', async t => {
  const port = await freePort()
  const base = `https://localhost:${port}`
  const rockpool = await aRockpool(t, { port, baseUrl: base })
  const chromium = await launchChromium(trusting(await authorityOf(rockpool)))
  t.teardown(() => chromium.close())
  const context = await chromium.newContext({ baseURL: base })
  const page = await context.newPage()
  const insecure: string[] = []
  page.on('request', request => {
    if (!request.url().startsWith('https:')) insecure.push(request.url())
  })
  await page.goto('/_rockpool/app')
  await page.getByRole('button', { name: 'Sign in to web-app' }).click()
  await page.getByRole('link', { name: 'Sign in with your corporate ID' }).click()
  await page.locator('#signInFormUsername').fill('marco')
  await page.locator('#signInFormPassword').fill('Anemone-4-Marco!')
  await page.locator('[name=signInSubmitButton]').click()
  await page.getByRole('button', { name: 'Exchange the code for tokens' }).click()
  t.equal(await page.getByRole('heading', { level: 1 }).textContent(), 'Signed in as Marco Stone')
  t.strictSame(insecure, [])
  const cookies = await context.cookies()
  t.ok(cookies.length > 3)
  for (const { name, secure } of cookies) t.ok(secure, `${name} is for https alone`)
})

import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import Fastify from 'fastify'
import t, { type Test } from 'tap'
import { connections } from '../src/http/connections.js'
import { serverFactory } from '../src/http/server.js'
import { answerUnreadable } from '../src/http/unreadable-requests.js'
import { aRockpool } from './support/rockpool.js'

/** What comes too long, too slow, too deep or broken. */

/** A connection that is written to byte by byte; `said` is all that came back so far. */
async function aConnection(t: Test, port: number) {
  const socket: Socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  t.teardown(() => socket.destroy())
  const told = { said: '' }
  socket.on('data', text => {
    told.said += text
  })
  socket.on('error', () => {})
  return { socket, told, ended: once(socket, 'close') }
}

t.test('7: a body beyond the limit of its route is refused as too large, and said to be', async t => {
  const { baseUrl } = await aRockpool(t)
  const send = async (path: string, bytes: number, type = 'application/json', headers = {}) => {
    const answer = await fetch(`${baseUrl}${path}`, {
      method: 'POST',
      headers: { 'content-type': type, ...headers },
      body: type.endsWith('json') ? JSON.stringify({ a: 'x'.repeat(bytes) }) : `a=${'x'.repeat(bytes)}`,
    })
    return [answer.status, await answer.text()] as const
  }
  const tooLarge = async (path: string, bytes: number, said: RegExp, type?: string, headers?: object) => {
    const [status, text] = await send(path, bytes, type, headers)
    t.equal(status, 413, `${path} ${bytes}`)
    t.match(text, said, path)
  }
  await tooLarge('/_rockpool/clock/advance', 70_000, /too_large.*65536 bytes/)
  await tooLarge('/_rockpool/users', 70_000, /too_large/)
  t.equal((await send('/_rockpool/users/import', 70_000))[0], 400, 'users come in numbers')
  const [status, text] = await send('/_rockpool/restore', 70_000_000)
  t.equal(status, 400, 'a document is as long as the state, but none of its values is')
  t.match(text, /a value in it is longer than 67108864 characters/)
  const form = 'application/x-www-form-urlencoded'
  for (const path of [
    '/oauth2/token',
    '/oidc-pool-1/oauth2/token',
    '/oidc-pool-1/login',
    '/_rockpool/app/sign-in',
  ])
    await tooLarge(path, 300_000, /too large/i, form)
  await tooLarge('/', 3_100_000, /RequestEntityTooLargeException/, 'application/x-amz-json-1.1', {
    'x-amz-target': 'AWSCognitoIdentityProviderService.InitiateAuth',
  })
})

t.test(
  '7: a body that is refused half-way is read over, and the next request on its connection is answered',
  async t => {
    const { baseUrl } = await aRockpool(t)
    const port = Number(new URL(baseUrl).port)
    const { socket, told } = await aConnection(t, port)
    const head = `POST /_rockpool/restore HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Length: 3000000\r\n\r\n`
    socket.write(`${head}${']'.repeat(1_000_000)}`)
    await once(socket, 'data')
    t.match(told.said, /^HTTP\/1.1 400 /)
    told.said = ''
    socket.write(`${'x'.repeat(2_000_000)}GET /_rockpool/clock HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`)
    await once(socket, 'data')
    t.match(told.said, /^HTTP\/1.1 200 /)
  },
)

t.test('7: a body that is nested without end is refused, and no mistake of ours', async t => {
  const log: string[] = []
  const { baseUrl } = await aRockpool(t, { log: line => log.push(line) })
  const deep = `${'{"a":'.repeat(9000)}1${'}'.repeat(9000)}`
  for (const path of ['/restore', '/users', '/tokens', '/sign-in', '/clock/set', '/users/import']) {
    const answer = await fetch(`${baseUrl}/_rockpool${path}`, { method: 'POST', body: deep })
    t.equal(answer.status, 400, path)
    t.match(await answer.json(), { message: /nested more than 100 levels/ })
  }
  t.strictSame(
    log.filter(line => line.startsWith('Rockpool failed')),
    [],
  )
})

t.test('7: a request that does not come to its end in time is ended, and so is what is none', async t => {
  const authority = { serverOptions: async () => ({}), certificate: async () => '' }
  const app = Fastify({
    serverFactory: serverFactory(authority, {
      trustProxy: false,
      log: () => {},
      connections: connections(),
      requestTimeout: 200,
    }),
    clientErrorHandler: answerUnreadable,
  })
  t.teardown(() => app.close())
  app.post('/', () => 'done')
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo

  const slow = await aConnection(t, port)
  slow.socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 9\r\n\r\nab')
  await slow.ended
  t.match(slow.told.said, /^HTTP\/1\.1 408 .*Connection: close/s)

  const idle = await aConnection(t, port)
  idle.socket.write('POST / HTTP/1.1\r\nHo')
  await idle.ended
  t.match(idle.told.said, /^HTTP\/1\.1 408 /)

  const strange = await aConnection(t, port)
  strange.socket.write('NONSENSE\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n')
  await strange.ended
  t.match(strange.told.said, /^HTTP\/1\.1 400 .*Connection: close.*invalid_request/s)
  t.equal(strange.told.said.split('HTTP/1.1').length, 2, 'one answer')

  const long = await aConnection(t, port)
  long.socket.write(`GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(40_000)}\r\n\r\n`)
  await long.ended
  t.match(long.told.said, /^HTTP\/1\.1 431 .*Connection: close/s)
})

t.test('8: who closes with patience lets requests come to their end, but not for ever', async t => {
  const rockpool = await aRockpool(t)
  const { port } = rockpool.address
  const head = 'POST /_rockpool/clock/freeze HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{'
  const [finishing, hanging, idle] = [
    await aConnection(t, port),
    await aConnection(t, port),
    await aConnection(t, port),
  ]
  finishing.socket.write(head)
  hanging.socket.write(head)
  idle.socket.write('GET /_rockpool/health HTTP/1.1\r\nHost: localhost\r\n\r\n')
  await once(idle.socket, 'data')
  const closed = rockpool.close({ patience: 1500 })
  await idle.ended
  t.notOk(hanging.socket.destroyed, 'an idle connection ends first')
  await t.rejects(fetch(`http://127.0.0.1:${port}/_rockpool/health`), 'nobody new is let in')
  finishing.socket.write('}')
  await finishing.ended
  t.match(finishing.told.said, /^HTTP\/1\.1 200 .*connection: close.*frozen/is)
  await closed
  await hanging.ended
  t.equal(hanging.told.said, '')
})

t.test('once it is being closed, it warns of no provider that it looks for at the start', async t => {
  const lines: string[] = []
  const provider = createServer().listen(0, '127.0.0.1')
  await once(provider, 'listening')
  t.teardown(() => provider.close())
  const asked = once(provider, 'request')
  const rockpool = await aRockpool(t, {
    log: line => lines.push(line),
    seed: {
      UserPools: [
        {
          PoolName: 'reef',
          IdentityProviders: [
            {
              ProviderName: 'Away',
              ProviderType: 'OIDC',
              ProviderDetails: {
                client_id: 'reef',
                client_secret: 'a-secret-of-the-reef',
                attributes_request_method: 'GET',
                authorize_scopes: 'openid',
                oidc_issuer: `http://127.0.0.1:${(provider.address() as AddressInfo).port}`,
              },
            },
          ],
        },
      ],
    },
  })
  const [, answer] = (await asked) as [IncomingMessage, ServerResponse]
  const hanging = await aConnection(t, rockpool.address.port)
  hanging.socket.write('POST /_rockpool/reset HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{')
  const closed = rockpool.close({ patience: 500 })
  answer.destroy()
  await closed
  t.strictSame(
    lines.filter(line => line.includes('could not be discovered')),
    [],
  )
})

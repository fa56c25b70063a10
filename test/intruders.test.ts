import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { inputs, isSigned } from '../src/api/operations.js'
import { launchChromium } from './support/chromium.js'
import { aRockpool } from './support/rockpool.js'

/** Pages of strangers, other machines and malicious providers: what they may not do here. */

const operations = Object.keys(inputs).map(key => key.charAt(0).toUpperCase() + key.slice(1))
const signature =
  'AWS4-HMAC-SHA256 Credential=A/20261125/us-east-1/cognito-idp/aws4_request, SignedHeaders=host, Signature=00'

/** Sends a request with any headers, Host among them, which `fetch` does not let one do. */
async function send(
  port: number,
  { method = 'GET', path = '/', headers = {}, body = '' }: Partial<Sent>,
): Promise<{ status: number; headers: IncomingHttpHeaders; text: string }> {
  const asked = request({ port, host: '127.0.0.1', method, path, headers: { ...headers } }).end(body)
  const [answer] = await once(asked, 'response')
  let text = ''
  for await (const chunk of answer) text += chunk
  return { status: answer.statusCode, headers: answer.headers, text }
}
interface Sent {
  readonly method: string
  readonly path: string
  readonly headers: Record<string, string>
  readonly body: string
}

const call = (port: number, operation: string, headers: Record<string, string>, body: object = {}) =>
  send(port, {
    method: 'POST',
    headers: {
      'x-amz-target': `AWSCognitoIdentityProviderService.${operation}`,
      'content-type': 'application/x-amz-json-1.1',
      ...(isSigned(operation) ? { authorization: signature } : {}),
      ...headers,
    },
    body: JSON.stringify(body),
  })

t.test('1: signed operations are refused to pages of other origins, and to names of others', async t => {
  const log: string[] = []
  const { address, baseUrl } = await aRockpool(t, {
    hostNames: ['pools.corp'],
    allowOrigins: ['https://admin.example', 'null'],
    log: line => log.push(line),
  })
  const { port } = address
  const list = (headers: Record<string, string>) => call(port, 'ListUserPools', headers, { MaxResults: 1 })

  for (const headers of [
    {},
    { origin: 'http://localhost:3000', 'sec-fetch-site': 'same-site' },
    { origin: 'http://app.localhost:3000', 'sec-fetch-site': 'cross-site' },
    { origin: 'http://127.0.0.1:5173' },
    { origin: 'http://127.8.8.8' },
    { origin: 'http://[::1]:5173' },
    { origin: 'https://pools.corp', host: 'pools.corp' },
    { origin: 'https://ADMIN.example', 'sec-fetch-site': 'cross-site' },
    { origin: 'null' },
    { origin: baseUrl },
    { origin: `http://192.168.1.7:${port}`, host: `192.168.1.7:${port}` },
    { host: 'cognito-idp.us-east-1.amazonaws.com' },
    { host: 'rockpool:7665' },
  ] as Record<string, string>[])
    t.equal((await list(headers)).status, 200, `allowed: ${JSON.stringify(headers)}`)

  for (const headers of [
    { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
    { origin: 'http://localhost.evil.example' },
    { origin: 'http://127.0.0.1.evil.example' },
    { origin: 'http://192.168.1.7:3000' },
    { origin: 'https://admin.example:8443' },
    { origin: 'nonsense' },
    { 'sec-fetch-site': 'cross-site' },
    { host: 'evil.example:7665' },
    { origin: `http://evil.example:${port}`, host: `evil.example:${port}`, 'sec-fetch-site': 'same-origin' },
  ] as Record<string, string>[]) {
    const { status, text, headers: told } = await list(headers)
    t.equal(status, 400, `refused: ${JSON.stringify(headers)}`)
    t.match(JSON.parse(text), { __type: 'AccessDeniedException', message: /--(allow-origin|host-name)/ })
    t.equal(told['x-amzn-errortype'], 'AccessDeniedException:')
  }
  t.match(log.filter(line => line.includes('AccessDeniedException')).join('\n'), /evil\.example/)

  const stranger = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }
  for (const operation of operations) {
    const { text } = await call(port, operation, stranger)
    t.equal(text.includes('AccessDeniedException'), isSigned(operation), operation)
  }
  const preflight = (origin: string) =>
    send(port, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type,x-amz-target',
      },
    })
  t.equal(
    (await preflight('https://evil.example')).headers['access-control-allow-headers'],
    'content-type,x-amz-target',
  )
  t.equal(
    (await preflight('http://localhost:3000')).headers['access-control-allow-headers'],
    'authorization,content-type,x-amz-target',
  )
})

/** A page of a stranger's, in a browser that finds his name at this machine. */
async function aStrangersPage(t: Test) {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>win a prize</title>')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const browser = await launchChromium('--host-resolver-rules=MAP evil.example 127.0.0.1')
  t.teardown(() => browser.close())
  // A page of a stranger's has no policy of ours, also where this test lets us serve it.
  const page = await browser.newPage({ bypassCSP: true })
  return { page, url: `http://evil.example:${(server.address() as AddressInfo).port}/` }
}

t.test('in a browser, a page of another origin can do no signed operation', { timeout: 120_000 }, async t => {
  const { address, baseUrl } = await aRockpool(t)
  const { page, url } = await aStrangersPage(t)
  const signed = operations.filter(isSigned)
  /** What a script gets to see of each attempt. */
  const attempts = (endpoint: string) =>
    page.evaluate(
      async ({ endpoint, signed, signature }) => {
        const seen: string[] = []
        for (const operation of signed) {
          const target = { 'x-amz-target': `AWSCognitoIdentityProviderService.${operation}` }
          for (const headers of [target, { ...target, authorization: signature }] as Record<string, string>[])
            try {
              const answer = await fetch(endpoint, { method: 'POST', headers, body: '{"MaxResults":1}' })
              seen.push(`${operation} ${answer.status} ${await answer.text()}`)
            } catch {
              seen.push(`${operation} blocked`)
            }
        }
        return seen
      },
      { endpoint, signed, signature },
    )
  await page.goto(url)
  const across = await attempts(`${baseUrl}/`)
  t.strictSame(
    across.filter(line => !/ blocked$| 400 .*AccessDeniedException/.test(line)),
    [],
    'from its own server',
  )
  // Its name leads to us by now: to the browser, we are the server of its page.
  await page.goto(`http://evil.example:${address.port}/prize`)
  const within = await attempts('/')
  t.equal(within.length, 2 * signed.length)
  t.strictSame(
    within.filter(line => !/ 400 .*AccessDeniedException/.test(line)),
    [],
    'and by rebinding',
  )
})

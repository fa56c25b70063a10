import { once } from 'node:events'
import type { OutgoingHttpHeaders } from 'node:http'
import { request } from 'node:https'
import { type AddressInfo, createServer } from 'node:net'
import type { PeerCertificate, TLSSocket } from 'node:tls'
import type { Rockpool } from '../../src/emulator.js'

/** A port that nobody listens on: for who must know it before Rockpool has it. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** The certificate to trust, as anybody gets it. */
export const authorityOf = async ({ address: { port } }: Pick<Rockpool, 'address'>): Promise<string> =>
  (await fetch(`http://127.0.0.1:${port}/_rockpool/ca.pem`)).text()

/** What came back over https. */
export interface SecureAnswer {
  readonly status: number
  readonly headers: Record<string, string | string[] | undefined>
  readonly text: string
  readonly certificate: PeerCertificate
}

/** Asks for a URL over https whose host, wherever it might lead, leads to this port here. The certificate is checked. */
export async function askSecurely(
  url: string,
  {
    port = Number(new URL(url).port),
    ca,
    headers = {},
    form,
  }: { port?: number; ca: string; headers?: OutgoingHttpHeaders; form?: Record<string, string> },
): Promise<SecureAnswer> {
  const { host, hostname, pathname, search } = new URL(url)
  const asked = request({
    host: '127.0.0.1',
    port,
    path: `${pathname}${search}`,
    method: form === undefined ? 'GET' : 'POST',
    headers: {
      host,
      ...(form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
      ...headers,
    },
    // An address is not asked for in a handshake, but stands in the certificate.
    ...(/^[\d.]+$/.test(hostname) ? {} : { servername: hostname }),
    ca,
    agent: false,
  })
  asked.end(form === undefined ? undefined : new URLSearchParams(form).toString())
  const [response] = await once(asked, 'response')
  const certificate = (response.socket as TLSSocket).getPeerCertificate()
  let text = ''
  for await (const chunk of response.setEncoding('utf8')) text += chunk
  return { status: response.statusCode, headers: response.headers, text, certificate }
}

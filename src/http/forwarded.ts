import type { IncomingMessage } from 'node:http'

/**
 * Makes a request look as it did to the proxy that passed it on: the Host that the client asked for, and in
 * `X-Forwarded-Proto`, which Fastify goes by, the scheme. Read from `Forwarded` (RFC 7239), else from
 * `X-Forwarded-Proto`, `-Host` and `-Port`. Of several proxies the one that the client met counts. For those only who
 * know that every request comes through a proxy: any client can send these headers.
 */
export function adoptForwarded({ headers }: IncomingMessage): void {
  const { proto, host } = forwarded(headers.forwarded) ?? {
    proto: first(headers['x-forwarded-proto']),
    host: withPort(first(headers['x-forwarded-host']) ?? headers.host, first(headers['x-forwarded-port'])),
  }
  delete headers['x-forwarded-host']
  delete headers['x-forwarded-proto']
  if (proto !== undefined && /^https?$/i.test(proto)) headers['x-forwarded-proto'] = proto.toLowerCase()
  if (host !== undefined) headers.host = withoutDefaultPort(host, proto)
}

/** The first element of `Forwarded`, as far as it concerns us. */
function forwarded(
  header: string | undefined,
): { proto?: string | undefined; host?: string | undefined } | undefined {
  if (header === undefined) return undefined
  const pairs = [...header.matchAll(/\s*([\w-]+)=(?:"([^"]*)"|([^;,"]*))\s*([;,]|$)/g)]
  const end = pairs.findIndex(([, , , , mark]) => mark !== ';')
  const values = new Map(
    pairs.slice(0, end + 1).map(([, name = '', quoted, token]) => [name.toLowerCase(), quoted ?? token]),
  )
  return { proto: values.get('proto'), host: values.get('host') }
}

const first = (header: string | string[] | undefined): string | undefined =>
  [header].flat()[0]?.split(',', 1)[0]?.trim() || undefined

const withPort = (host: string | undefined, port: string | undefined): string | undefined =>
  host === undefined || port === undefined || !/^\d{1,5}$/.test(port) || /:\d+$/.test(host)
    ? host
    : `${host}:${port}`

const withoutDefaultPort = (host: string, proto = 'http'): string =>
  host.replace(proto.toLowerCase() === 'https' ? /:443$/ : /:80$/, '')

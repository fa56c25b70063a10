import { request } from 'node:http'

/** `fetch` for names below `localhost`, which browsers find on this machine and the resolver of a system may not. */
export const fetchBelowLocalhost = (async (
  url: string,
  { method = 'GET', body, headers }: RequestInit = {},
) => {
  const { hostname, host, port, pathname, search } = new URL(url)
  if (!hostname.endsWith('.localhost'))
    return fetch(url, { method, headers: headers ?? {}, body: body ?? null, redirect: 'manual' })
  const form = body instanceof URLSearchParams
  const sent = {
    ...Object.fromEntries(new Headers(headers)),
    ...(form && { 'content-type': 'application/x-www-form-urlencoded' }),
    host,
  }
  return new Promise<Response>((answered, failed) => {
    const asked = request({
      host: '127.0.0.1',
      port,
      method,
      path: pathname + search,
      headers: sent,
      agent: false,
    })
    asked.on('error', failed).on('response', response => {
      const chunks: Buffer[] = []
      response.on('data', chunk => chunks.push(chunk))
      response.on('end', () => {
        const received = new Headers()
        for (const [name, values] of Object.entries(response.headersDistinct))
          for (const value of values ?? []) received.append(name, value)
        const status = response.statusCode ?? 0
        const hasBody = chunks.length > 0 && status !== 304
        answered(new Response(hasBody ? Buffer.concat(chunks) : null, { status, headers: received }))
      })
    })
    asked.end(body instanceof Uint8Array ? body : form || typeof body === 'string' ? String(body) : undefined)
  })
}) as typeof fetch

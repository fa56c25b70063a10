import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { build } from 'esbuild'
import type { Test } from 'tap'

/**
 * An app of one empty page, on a port of its own. Its script is bundled when it is known what goes into it, which may
 * be where the app is.
 */
export async function aServedApp(t: Test) {
  let script = ''
  const server = createServer((request, response) => {
    const [type, text] =
      request.url === '/app.js'
        ? ['text/javascript', script]
        : ['text/html', '<!doctype html><title>loading</title><body><script src="/app.js"></script>']
    response.writeHead(200, { 'content-type': type }).end(text)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return {
    origin: `http://localhost:${(server.address() as AddressInfo).port}`,
    /** Serves this module, with all that it imports. */
    serve: async (contents: string) => {
      const { outputFiles } = await build({
        stdin: { contents, resolveDir: 'test/support' },
        bundle: true,
        format: 'iife',
        write: false,
      })
      script = outputFiles[0]?.text ?? ''
    },
  }
}

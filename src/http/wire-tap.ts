import type { IncomingMessage, ServerResponse } from 'node:http'

/**
 * Reading along with an HTTP exchange without taking part in it. Some requests are handled past Fastify, on the raw
 * messages, so its hooks alone would see neither what was posted nor why it failed.
 */

/** Bytes of a body beyond which it is not read along. */
const limit = 65_536

/** Calls back once the whole body has come in, before listeners for its end run. */
export function tapRequest(request: IncomingMessage, found: (body: string) => void): void {
  const push = request.push
  let chunks: Buffer[] | undefined = []
  let size = 0
  request.push = (chunk, encoding) => {
    if (chunk === null) {
      if (chunks !== undefined && size > 0) found(joined(chunks).toString('utf8'))
      chunks = undefined
    } else if (chunks !== undefined) {
      const bytes = asBuffer(chunk, encoding)
      size += bytes.length
      if (size > limit) chunks = undefined
      else chunks.push(bytes)
    }
    return push.call(request, chunk, encoding)
  }
}

/** Calls back with the body of a failure (a status of 400 or more), if it is sent in one piece, as small ones are. */
export function tapFailure(response: ServerResponse, found: (body: string) => void): void {
  const end = response.end
  response.end = (...given: unknown[]) => {
    const [body] = given
    if (
      response.statusCode >= 400 &&
      (typeof body === 'string' || Buffer.isBuffer(body)) &&
      body.length <= limit
    ) {
      found(body.toString())
    }
    return Reflect.apply(end, response, given)
  }
}

/** Bytes are not copied: the parser gives each piece away. */
const asBuffer = (chunk: unknown, encoding: BufferEncoding | undefined): Buffer => {
  if (Buffer.isBuffer(chunk)) return chunk
  return typeof chunk === 'string' ? Buffer.from(chunk, encoding) : Buffer.from(chunk as Uint8Array)
}

/** Most bodies come in one piece. */
const joined = (chunks: readonly Buffer[]): Buffer =>
  chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)

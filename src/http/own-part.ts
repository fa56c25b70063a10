import type { IncomingMessage, RequestListener } from 'node:http'
import type { FastifyInstance } from 'fastify'

/**
 * What is Rockpool's own: everything below `/_rockpool`, and the front page. It is a Fastify beside the one of the pools, with the
 * same guards, and is made when it is first asked for: its hundred and more routes, with all that their pages import, would be
 * half of a start, and most tests and apps never ask for any.
 */
export interface OwnPart {
  /** The part, made if it was not yet. */
  opened(): Promise<FastifyInstance>
  /** Answers a request that `isOwn`. */
  readonly listener: RequestListener
  /** Closes what was made. */
  close(): Promise<void>
}

/**
 * @param made answers the part, ready; called once, unless it fails
 * @param log takes a line about a mistake of ours
 */
export function ownPart(made: () => Promise<FastifyInstance>, log: (line: string) => void): OwnPart {
  let app: FastifyInstance | undefined
  let making: Promise<FastifyInstance> | undefined

  async function make(): Promise<FastifyInstance> {
    try {
      app = await made()
      return app
    } catch (error) {
      making = undefined
      throw error
    }
  }

  function opened(): Promise<FastifyInstance> {
    making ??= make()
    return making
  }

  return {
    opened,
    listener(request, response) {
      if (app !== undefined) return app.routing(request, response)
      opened().then(
        own => own.routing(request, response),
        (error: Error) => {
          log(`Rockpool failed at ${request.method} ${request.url?.split('?')[0]}: ${error.stack}`)
          response.writeHead(500, { 'content-type': 'application/json' })
          response.end(JSON.stringify({ error: 'server_error', message: 'Rockpool made a mistake here.' }))
        },
      )
    },
    async close() {
      await (await making?.catch(() => undefined))?.close()
    },
  }
}

/** Whether a request is for Rockpool's own part. The address is read as Fastify's router reads it. */
export function isOwn({ method, url = '/' }: IncomingMessage): boolean {
  const path = url.replace(/^https?:\/\/[^/?#]*/i, '')
  const [, name = ''] = /^\/([^/?#]*)/.exec(path) ?? []
  if (name === '') return method === 'GET' && /^\/?(?:[?#]|$)/.test(path)
  return name === '_rockpool' || (name.includes('%') && decoded(name) === '_rockpool')
}

/** As in RFC 3986 §2.1; what is malformed is itself. */
function decoded(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}

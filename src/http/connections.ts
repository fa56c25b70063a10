import type { Server, ServerResponse } from 'node:http'
import { Server as NetServer } from 'node:net'

/** The connections of servers, and the requests under way on them. */
export interface Connections {
  /** To be called for each server, before it listens. */
  watch(server: Server): void
  /**
   * Stops taking connections and waits until every request is answered, for `patience` milliseconds at most. Then all
   * connections are closed, idle ones after `linger` milliseconds: until then a request that a client sent meanwhile is
   * answered, and told that no other will be.
   */
  drain(how: { readonly patience: number; readonly linger: number }): Promise<void>
}

export function connections(): Connections {
  const servers = new Set<Server>()
  const running = new Set<ServerResponse>()
  let draining = false
  /** While requests come to their end, no other server closes their connections: on `localhost`, servers close one another. */
  let holding = false
  let emptied: (() => void) | undefined

  return {
    watch(server) {
      servers.add(server)
      const closeAll = server.closeAllConnections.bind(server)
      server.closeAllConnections = () => {
        if (!holding) closeAll()
      }
      server.prependListener('request', (_request, response: ServerResponse) => {
        running.add(response)
        if (draining) lastOfItsConnection(response)
        response.once('close', () => {
          running.delete(response)
          if (running.size === 0) emptied?.()
        })
      })
    },
    async drain({ patience, linger }) {
      draining = true
      holding = true
      // Not the close of an HTTP server, which closes idle connections in the same breath.
      for (const server of servers) NetServer.prototype.close.call(server)
      for (const response of running) lastOfItsConnection(response)
      const lastMoment = sleep(patience)
      await Promise.race([sleep(linger).done, lastMoment.done])
      for (const server of servers) server.closeIdleConnections()
      if (running.size > 0)
        await Promise.race([
          new Promise<void>(resolve => {
            emptied = resolve
          }),
          lastMoment.done,
        ])
      lastMoment.cancel()
      holding = false
      for (const server of servers) server.closeAllConnections()
    },
  }
}

function lastOfItsConnection(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('connection', 'close')
}

function sleep(milliseconds: number): { readonly done: Promise<void>; cancel(): void } {
  let timer: NodeJS.Timeout | undefined
  const done = new Promise<void>(resolve => {
    timer = setTimeout(resolve, milliseconds)
  })
  return { done, cancel: () => clearTimeout(timer) }
}

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

/** What answers a request. */
type Answering = (request: FastifyRequest, reply: FastifyReply) => unknown

/** What a path below the domains of user pools answers to some methods. */
export interface HostedAnswer {
  readonly methods: readonly HostedMethod[]
  /** Below the domain, such as `/oauth2/token`. Its last name is of letters. */
  readonly path: string
  /** For `/{domain}{path}`. */
  readonly named: Answering
  /** For the bare path, which names no domain. */
  readonly unnamed: Answering
  /** Answers for errors; what it throws is answered as everywhere. */
  readonly onError?: (
    error: Error & { statusCode?: number },
    request: FastifyRequest,
    reply: FastifyReply,
  ) => unknown
}

export type HostedMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Of a route for several paths of a domain: the folder that they share. The parameter `place` is the name below it. */
    readonly hostedFolder?: string
  }
}

/**
 * Serves paths below the domains of user pools, in both forms of their address.
 *
 * Some thirty paths, in two forms and with five methods each, would be three hundred routes, and to register them a quarter of a
 * start. So Fastify gets one route for all paths that share a folder and their methods, and a table here has what answers.
 */
export function serveHosted(app: FastifyInstance, answers: readonly HostedAnswer[]): void {
  const known = new Map<string, HostedAnswer>()
  for (const answer of answers)
    for (const method of answer.methods) {
      const key = `${method} ${answer.path}`
      if (known.has(key)) throw new Error(`${key} has two answers.`)
      known.set(key, answer)
    }
  for (const { folder, names, methods } of groupsOf(answers)) {
    const isAlone = names.length === 1
    const answerTo = ({ method, params }: FastifyRequest): HostedAnswer =>
      known.get(`${method} ${folder}/${isAlone ? names[0] : (params as Place).place}`) as HostedAnswer
    for (const form of ['named', 'unnamed'] as const)
      app.route({
        method: [...methods],
        url: `${form === 'named' ? '/:domain' : ''}${folder}/${isAlone ? names[0] : `:place(${names.join('|')})`}`,
        config: { hostedFolder: folder },
        handler: (request, reply) => answerTo(request)[form](request, reply),
        errorHandler(error, request, reply) {
          const { onError } = answerTo(request)
          if (onError === undefined) throw error
          return onError(error, request, reply)
        },
      })
  }
}

interface Place {
  readonly place: string
}

/** The path below its domain that a request came to, where it is one of those served here. */
export function hostedPathOf({ routeOptions, params }: FastifyRequest): string | undefined {
  const { hostedFolder: folder } = routeOptions.config
  if (folder === undefined) return undefined
  const { place } = params as Partial<Place>
  return place === undefined ? routeOptions.url?.replace(/^\/:domain(?=\/)/, '') : `${folder}/${place}`
}

interface Group {
  readonly folder: string
  readonly names: readonly string[]
  readonly methods: readonly HostedMethod[]
}

/** The names below each folder, with the methods that all of them have. */
function groupsOf(answers: readonly HostedAnswer[]): Group[] {
  const folders = new Map<string, Map<HostedMethod, string[]>>()
  for (const { path, methods } of answers) {
    const end = path.lastIndexOf('/')
    const byMethod = folders.get(path.slice(0, end)) ?? new Map<HostedMethod, string[]>()
    folders.set(path.slice(0, end), byMethod)
    for (const method of methods) byMethod.set(method, [...(byMethod.get(method) ?? []), path.slice(end + 1)])
  }
  return [...folders].flatMap(([folder, byMethod]) => {
    const groups = new Map<string, Group & { readonly methods: HostedMethod[] }>()
    for (const [method, names] of byMethod) {
      const key = names.sort().join()
      const group = groups.get(key) ?? { folder, names, methods: [] }
      group.methods.push(method)
      groups.set(key, group)
    }
    return [...groups.values()]
  })
}

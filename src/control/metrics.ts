import type { FastifyInstance } from 'fastify'
import type { Metric, Registry } from 'prom-client'
import { ownSiteOnly } from '../http/own-site-only.js'
import { type Answers, type Counts, latencyBounds } from '../recorder/counts.js'

/**
 * `GET /_rockpool/metrics`: what was counted, in the text format of Prometheus, with the metrics of Node and the process under
 * their usual names. Guarded as the control API is. The library is loaded by the first request for it, from which on the delay of
 * the event loop is watched as well.
 */
export function metrics(
  app: FastifyInstance,
  { counts, baseUrl }: { readonly counts: Counts; readonly baseUrl: () => string },
): void {
  let opened: Promise<Registry> | undefined
  app.get(
    '/_rockpool/metrics',
    { onRequest: ownSiteOnly(baseUrl), config: { outside: true } },
    async (_request, reply) => {
      opened ??= openRegistry(counts)
      const registry = await opened
      return reply
        .type(registry.contentType)
        .header('cache-control', 'no-store')
        .send(await registry.metrics())
    },
  )
}

async function openRegistry(counts: Counts): Promise<Registry> {
  const { collectDefaultMetrics, Counter, Registry } = (await import('prom-client')).default
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  for (const { name, help, label, read } of counters) {
    new Counter({
      name,
      help,
      labelNames: label,
      registers: [registry],
      collect() {
        this.reset()
        for (const [labels, number] of read(counts)) this.inc(labels, number)
      },
    })
  }
  registry.registerMetric(latencies(counts))
  return registry
}

type Sample = readonly [labels: Record<string, string>, number: number]

const byKind = (numbers: ReadonlyMap<string, number>, label: string): Sample[] =>
  [...numbers].map(([kind, number]) => [{ [label]: kind }, number])

interface CounterOfOurs {
  readonly name: string
  readonly help: string
  readonly label: string[]
  readonly read: (counts: Counts) => Sample[]
}

const counters: readonly CounterOfOurs[] = [
  {
    name: 'rockpool_sign_ins_total',
    help: 'Users who proved their identity, by the type of the identity provider.',
    label: ['provider'],
    read: ({ counted }) => byKind(counted.signIns, 'provider'),
  },
  {
    name: 'rockpool_tokens_total',
    help: 'Times that tokens were handed out, by what for.',
    label: ['grant'],
    read: ({ counted }) => byKind(counted.tokens, 'grant'),
  },
  {
    name: 'rockpool_refusals_total',
    help: 'Requests that were refused, by the error that the client got.',
    label: ['error'],
    read: ({ counted }) => byKind(counted.refusals, 'error'),
  },
  {
    name: 'rockpool_requests_total',
    help: 'Requests that were answered, by route or operation and class of status.',
    label: ['route', 'status'],
    read: ({ routes }) =>
      [...routes].flatMap(([route, { statuses }]) =>
        statuses.flatMap((number, digit): Sample[] =>
          number === 0 ? [] : [[{ route, status: `${digit}xx` }, number]],
        ),
      ),
  },
]

/** The library's own histogram would have to be fed with each request: this one is made of what was counted. */
function latencies(counts: Counts): Metric {
  const name = 'rockpool_request_duration_seconds'
  const histogram = {
    name,
    help: 'Seconds from the arrival of a request to the end of its answer, by route or operation.',
    type: 'histogram',
    aggregator: 'sum',
    get: async () => ({ ...histogram, values: [...counts.routes].flatMap(valuesOf) }),
  }
  const valuesOf = ([route, answers]: [string, Answers]) => {
    const { classes, count } = cumulative(answers)
    return [
      ...classes.map(({ le, value }) => ({ metricName: `${name}_bucket`, labels: { le, route }, value })),
      { metricName: `${name}_sum`, labels: { route }, value: answers.seconds },
      { metricName: `${name}_count`, labels: { route }, value: count },
    ]
  }
  return histogram as unknown as Metric
}

/** In the text each class counts those below it as well. */
function cumulative({ latencies }: Answers) {
  let count = 0
  const classes = latencies.map((number, at) => {
    count += number
    return { le: String(latencyBounds[at] ?? '+Inf'), value: count }
  })
  return { classes, count }
}

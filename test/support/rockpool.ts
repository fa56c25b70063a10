import type { Test } from 'tap'
import { readSeeds, seedOf } from '../../src/config/seed/read.js'
import { type Rockpool, type RockpoolOptions, startRockpool } from '../../src/emulator.js'
import type { Browser } from './browser.js'
import { shareKeys } from './keys.js'

/** The demo seed, as `npm start` takes it. */
const demoSeeds = () => readSeeds(['fixtures/two-pools.yaml'])

/** A Rockpool of its own for a test, on a free port; it closes when the test ends. */
export async function aRockpool(
  t: Test,
  { seed, ...options }: Omit<RockpoolOptions, 'seeds'> & { seed?: object } = {},
): Promise<Rockpool> {
  const seeds = seed === undefined ? await demoSeeds() : [seedOf(seed)]
  await shareKeys()
  const rockpool = await startRockpool({ port: 0, keys: 'recycled', ...options, seeds })
  t.teardown(() => rockpool.close())
  return rockpool
}

/** A clock that stands still until it is moved. */
export function aClock(start = Date.parse('2026-11-25T12:00:00Z')) {
  let now = start
  return {
    now: () => now,
    advance: ({ seconds }: { seconds: number }) => {
      now += seconds * 1000
    },
  }
}

/** What is told of a pool and a client, by their names. */
export function poolAndClient({ pools }: Rockpool, poolName: string, clientName: string) {
  const pool = pools.find(({ name }) => name === poolName)
  const client = pool?.clients.find(({ name }) => name === clientName)
  if (pool?.domainUrl === undefined || client === undefined)
    throw new Error(`no pool ${poolName} with a domain and a client ${clientName}`)
  return { pool: { ...pool, domainUrl: pool.domainUrl }, client }
}

/** A form, posted as an app does. */
export const postForm = (
  url: string,
  form: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<Response> =>
  fetch(url, { method: 'POST', body: new URLSearchParams(form), headers, redirect: 'manual' })

/** The query of an authorize or login request for a client of `poolAndClient`. */
export const authorizeQuery = (
  client: { id: string; callbackUrls: readonly string[] },
  more: Record<string, string> = {},
): string =>
  new URLSearchParams({
    client_id: client.id,
    response_type: 'code',
    redirect_uri: client.callbackUrls[0] ?? '',
    ...more,
  }).toString()

/**
 * Signs in at the sign-in page, as a browser does that shows no pages.
 * @returns where the app is called back
 */
export async function signInAt(
  browser: Browser,
  domainUrl: string,
  query: string,
  { username, password }: { username: string; password: string },
): Promise<URL> {
  const page = await browser.get(`${domainUrl}/login?${query}`)
  const _csrf = /name="_csrf" value="([^"]+)"/.exec(await page.text())?.[1] ?? ''
  const answer = await browser.post(`${domainUrl}/login?${query}`, { _csrf, username, password })
  const location = answer.headers.get('location')
  if (location === null) throw new Error(`no redirect but ${answer.status}: ${await answer.text()}`)
  return new URL(location)
}

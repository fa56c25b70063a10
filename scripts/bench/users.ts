import { aPool } from './clients.js'
import { aServer, inFlight, quick, type Row, rate } from './measure.js'

/** What users cost where there are many, as a ratio to what they cost where there are few. */
export async function benchUsers(store: 'memory' | 'sqlite', ...args: string[]): Promise<Row[]> {
  const server = await aServer(...args)
  const many = quick ? 5000 : 100_000
  const { UserPoolId, call, create, confirm, signIn } = await aPool(server.baseUrl)
  const api = (operation: string, input: object) => call(operation, { UserPoolId, ...input })
  let made = 0
  /** Users who may sign in, spread among all. */
  const confirmed: number[] = []
  const grow = async (to: number) => {
    await Promise.all(
      Array.from({ length: inFlight }, async () => {
        while (made < to) {
          const number = made++
          await create(number)
          if (number % (to / 50) < 1) {
            await confirm(number)
            confirmed.push(number)
          }
        }
      }),
    )
  }
  const any = () => Math.floor((performance.now() * 7919) % made)
  const acts = {
    AdminCreateUser: () => create(made++),
    AdminGetUser: () => api('AdminGetUser', { Username: `user${any()}` }),
    'sign-in by alias': () => signIn(`user${confirmed[any() % confirmed.length]}@reef.example`),
    'ListUsers, a page': () => api('ListUsers', { Limit: 10 }),
    'ListUsers, by e-mail': () => api('ListUsers', { Filter: `email = "user${any()}@reef.example"` }),
  }
  const measure = async () => {
    const rates = new Map<string, number>()
    for (const [name, act] of Object.entries(acts)) rates.set(name, await rate(act))
    return rates
  }
  await grow(100)
  await measure()
  const few = await measure()
  await grow(many)
  const lots = await measure()
  server.close()
  return [...few].map(([name, before]) => ({
    what: `${name} at ${many} (${store})`,
    value: `${(lots.get(name) ?? 0).toFixed(0)}/s`,
    ratio: before / (lots.get(name) ?? 1),
    aim: '≤ 1.5',
  }))
}

import { aPool } from './clients.js'
import { aServer, inFlight, median, milliseconds, quick, type Row, send } from './measure.js'

/** What a page of the console takes, as a ratio to the calls of the API that tell the same, one after another. */
export async function benchConsole(): Promise<Row[]> {
  const server = await aServer()
  const many = quick ? 1000 : 100_000
  const { UserPoolId, call, create } = await aPool(server.baseUrl)
  let made = 0
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      while (made < many) await create(made++)
    }),
  )
  const api = (operation: string, input: object = {}) => call(operation, { UserPoolId, ...input })
  const User = await call<AdminGetUser>('AdminGetUser', { UserPoolId, Username: 'user7' })
  const sub = User.UserAttributes.find(({ Name }) => Name === 'sub')?.Value
  const pool = `/_rockpool/pools/${UserPoolId}`
  const pages: [name: string, path: string, calls: (() => Promise<unknown>)[]][] = [
    ['User pools', '/_rockpool/pools', [() => call('ListUserPools', { MaxResults: 60 })]],
    ['App clients', `${pool}/clients`, [() => api('ListUserPoolClients', { MaxResults: 60 })]],
    ['Groups', `${pool}/groups`, [() => api('ListGroups', { Limit: 60 })]],
    [`Users, 60 of ${many}`, `${pool}/users`, [() => api('ListUsers', { Limit: 60 })]],
    [
      'Users, by name',
      `${pool}/users?by=username&begins=user7`,
      [() => api('ListUsers', { Limit: 60, Filter: 'username ^= "user7"' })],
    ],
    [
      'A user',
      `${pool}/users/${sub}`,
      [
        () => api('AdminGetUser', { Username: 'user7' }),
        () => api('AdminListGroupsForUser', { Username: 'user7' }),
      ],
    ],
  ]
  const rows: Row[] = []
  for (const [name, path, calls] of pages) {
    const page = () => send(`${server.baseUrl}${path}`, undefined, { accept: 'text/html' })
    const asked = async () => {
      for (const one of calls) await one()
    }
    const times: { page: number; calls: number }[] = []
    for (let round = 0; round < (quick ? 30 : 100); round += 1)
      times.push({ page: await milliseconds(page), calls: await milliseconds(asked) })
    // The first are those of code that is not warm yet.
    const warm = times.slice(times.length / 3)
    const [took, calling] = [median(warm.map(time => time.page)), median(warm.map(time => time.calls))]
    rows.push({ what: `console: ${name}`, value: `${took.toFixed(2)} ms`, ratio: took / calling, aim: '≤ 2' })
  }
  server.close()
  return rows
}

interface AdminGetUser {
  readonly UserAttributes: readonly { readonly Name: string; readonly Value: string }[]
}

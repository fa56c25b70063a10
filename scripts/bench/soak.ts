import { argv, stdout } from 'node:process'
import { aPool, federation, signedIn } from './clients.js'
import { aCollectedServer, median, milliseconds, type Row, send } from './measure.js'

/** Connections, each with one request under way. */
const connections = 8

type Act = () => Promise<unknown>
type Server = Awaited<ReturnType<typeof aCollectedServer>>

/**
 * Mixed load for as many seconds as `--seconds=N` says (120 unless it does), by users who sign out of what they have signed in to: the
 * state stays as large as it is, and so must what is in use. Then, for a tenth of the time, they do not sign out: what a refresh token
 * takes. Codes are kept for five minutes after their exchange, so a soak of less than ten is not flat.
 */
export async function benchSoak(): Promise<Row[]> {
  const seconds = Number(argv.find(word => word.startsWith('--seconds='))?.slice('--seconds='.length) ?? 120)
  const server = await aCollectedServer()
  const { bounded, growing } = await actsOf(server.baseUrl)
  // What is done once, as the keys of a pool are made, is no part of a soak.
  for (const acts of [...bounded, growing]) for (const act of acts) await act()
  const took = names.map((): number[] => [])
  const held: Held[] = []
  for (let tenth = 1; tenth <= 10; tenth++) {
    await load(bounded, seconds / 10, took)
    const now = await heldBy(server)
    held.push(now)
    stdout.write(
      `after ${(tenth * seconds) / 10} s: ${megabytes(now.inUse)} in use, ${megabytes(now.resident)} resident, ${now.files} open files\n`,
    )
  }
  const signIns: number[][] = [[]]
  const [half, end] = [held[4], held[9]] as [Held, Held]
  await load(
    bounded.map(() => growing),
    seconds / 10,
    signIns,
  )
  const added = (await heldBy(server)).inUse - end.inUse
  const count = signIns[0]?.length ?? 0
  server.close()
  return [
    grown('memory in use, the end to the half', megabytes(end.inUse), end.inUse / half.inUse),
    grown('resident memory, the end to the half', megabytes(end.resident), end.resident / half.resident),
    grown('open files, the end to the half', String(end.files), end.files / half.files),
    {
      what: 'a sign-in that is not signed out',
      value: `${Math.round(added / count)} bytes, ${count} times`,
      aim: '≤ 2000 bytes',
    },
    ...names.map((what, kind) => lateness(what, took[kind] ?? [])),
  ]
}

const names = [
  'refresh',
  'code exchange, revocation',
  'password, revocation',
  'AdminGetUser',
  'federated, sign-out',
]

/** What users do on each connection, which have users of their own for what ends all sign-ins of one; and sign-ins without an end. */
async function actsOf(
  baseUrl: string,
): Promise<{ readonly bounded: readonly Act[][]; readonly growing: Act[] }> {
  const { code, exchange, token, revoke } = await signedIn(baseUrl)
  const { refresh_token } = await exchange(await code())
  const pool = await aPool(baseUrl)
  await pool.create(0)
  await pool.confirm(0)
  const bounded: Act[][] = []
  for (let connection = 0; connection < connections; connection++)
    bounded.push([
      () => token({ grant_type: 'refresh_token', refresh_token }),
      async () => revoke((await exchange(await code())).refresh_token),
      async () => pool.revoke((await pool.signIn('user0')).AuthenticationResult.RefreshToken),
      () => pool.call('AdminGetUser', { UserPoolId: pool.UserPoolId, Username: 'user0' }),
      await federatedInAndOut(baseUrl, pool.call, `soak${connection}`),
    ])
  return { bounded, growing: [() => pool.signIn('user0')] }
}

/** A federated sign-in that ends at both pools. Pool 1 is a client of pool 2 there, and never signs anybody out. */
async function federatedInAndOut(
  baseUrl: string,
  call: Awaited<ReturnType<typeof aPool>>['call'],
  Username: string,
): Promise<Act> {
  const user = { UserPoolId: 'us-east-1_OidcPool2', Username }
  const password = 'Anemone-4-Soak!'
  const UserAttributes = Object.entries({
    email: `${Username}@example.com`,
    email_verified: 'true',
    given_name: 'Ada',
    family_name: 'Soak',
  }).map(([Name, Value]) => ({ Name, Value }))
  await call('AdminCreateUser', { ...user, MessageAction: 'SUPPRESS', UserAttributes })
  await call('AdminSetUserPassword', { ...user, Password: password, Permanent: true })
  const federated = await federation(baseUrl, { username: Username, password })
  const client_id = '1webappatpool1clientid0000'
  const query = new URLSearchParams({ client_id, logout_uri: `${baseUrl}/_rockpool/app` })
  const post = async (path: string, form: Record<string, string>) => {
    const { status, body } = await send(`${baseUrl}/oidc-pool-1/oauth2/${path}`, { client_id, ...form })
    if (status !== 200) throw new Error(`${path}: ${status} ${body}`)
    return body
  }
  return async () => {
    const { cookie, code } = await federated()
    const redirect_uri = `${baseUrl}/_rockpool/app/callback`
    const tokens = JSON.parse(await post('token', { grant_type: 'authorization_code', code, redirect_uri }))
    await post('revoke', { token: tokens.refresh_token })
    await send(`${baseUrl}/oidc-pool-1/logout?${query}`, undefined, { cookie })
    await call('AdminUserGlobalSignOut', user)
  }
}

/** Does what there is to do on each connection in turn, and notes how long each kind took. */
async function load(acts: readonly (readonly Act[])[], seconds: number, took: number[][]): Promise<void> {
  const end = performance.now() + seconds * 1000
  await Promise.all(
    acts.map(async (own, connection) => {
      for (let turn = connection; performance.now() < end; turn++) {
        const kind = turn % own.length
        took[kind]?.push(await milliseconds(own[kind] as Act))
      }
    }),
  )
}

interface Held {
  /** Bytes when V8 has collected all garbage; and those that the process has of the system. */
  readonly inUse: number
  readonly resident: number
  readonly files: number
}

const heldBy = async (server: Server): Promise<Held> => {
  const { now: resident } = await server.memory()
  return { inUse: await server.inUse(), resident, files: await server.files() }
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`

const grown = (what: string, value: string, ratio: number): Row => ({ what, value, ratio, aim: '≤ 1.1' })

function lateness(what: string, times: readonly number[]): Row {
  const p50 = median(times)
  const p99 = times.toSorted((one, other) => one - other)[Math.floor(times.length * 0.99)] ?? 0
  return {
    what: `${what}, p99 to p50`,
    value: `p50 ${p50.toFixed(1)}, p99 ${p99.toFixed(1)} ms, ${times.length} times`,
    ratio: p99 / p50,
    aim: '≤ 4',
  }
}

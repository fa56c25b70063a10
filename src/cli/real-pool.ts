import { setTimeout } from 'node:timers/promises'
import type { JsonMap } from '../config/import/source.js'
import { type Ask, patiently, readPolicy } from '../config/real-pool/calls.js'
import { differences, sentencesOf } from '../config/real-pool/difference.js'
import { noPseudonyms, type Pseudonyms, pseudonymsBy } from '../config/real-pool/pseudonyms.js'
import { type PoolAnswers, readPool, readUsers } from '../config/real-pool/read.js'
import { askRockpool } from '../config/real-pool/rockpool.js'
import { askAws, RealPoolError } from '../config/real-pool/sdk.js'
import { seedOfAnswers } from '../config/real-pool/seed.js'
import { derivedPassword, seedUsers } from '../config/real-pool/users.js'
import type { PoolSummary } from '../flows/directory/pool-summary.js'
import { type Environment, UsageError } from './options.js'
import { askRunning } from './running.js'
import type { Output } from './start.js'
import type { RealPoolOptions, StartOptions } from './start-options.js'

/** Pools of an AWS account, read with the person's own credentials: imported as a seed, or compared with what is here. */

/** Prints pools of an AWS account as a seed, or the policy that lets somebody read them. */
export async function printRealPools(
  options: StartOptions & { readonly realPools: RealPoolOptions },
  { out, err }: Pick<Output, 'out' | 'err'>,
): Promise<void> {
  const { realPools, withSecrets = false } = options
  if (realPools.printPolicy) {
    out(`${JSON.stringify(readPolicy(realPools.ids, { users: realPools.users > 0 }), null, 2)}\n`)
    return
  }
  const { systemChance } = await import('../emulator/system.js')
  const pseudonyms = realPools.pseudonyms
    ? pseudonymsBy(systemChance.bytes(32), realPools.kept)
    : noPseudonyms
  const warn = (line: string) => err(`${line}\n`)
  const pools: JsonMap[] = []
  for (const id of realPools.ids)
    pools.push(
      await withAws(id, ask => realSeed(ask, id, { ...realPools, secrets: withSecrets, pseudonyms, warn })),
    )
  const { withOwnAddresses } = await import('../config/import/own-addresses.js')
  const addressed = pools.map(seed => ({ id: String(seed.Id), seed }))
  const seed = { UserPools: pools.map(pool => withOwnAddresses(pool, addressed)) }
  const { seedOf } = await import('../config/seed/read.js')
  // Whatever is printed here has to start.
  seedOf(seed)
  const { stringify } = await import('../export/yaml.js')
  out(`# yaml-language-server: $schema=./node_modules/rockpool/fixtures/seed.schema.json\n${stringify(seed)}`)
  if (withSecrets || realPools.users > 0)
    warn(
      'What was printed is not for everybody: keep it out of version control (.gitignore), readable by you alone.',
    )
}

async function withAws<T>(id: string, act: (ask: Ask) => Promise<T>): Promise<T> {
  const region = id.split('_')[0] ?? ''
  const { ask, close } = askAws(region, process.cwd())
  try {
    return await act(patiently(ask, setTimeout))
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException')
      throw new RealPoolError(
        `There is no pool ${id} in ${region} for these credentials: ${error.message} List them: aws cognito-idp list-user-pools --max-results 60 --region ${region}`,
      )
    throw error
  } finally {
    close()
  }
}

interface Reading extends Omit<RealPoolOptions, 'pseudonyms'> {
  readonly secrets: boolean
  readonly pseudonyms: Pseudonyms
  readonly warn: (line: string) => void
}

/**
 * Reads one pool as an entry of a seed, and says what could not come along.
 * @throws what asking throws
 */
export async function realSeed(ask: Ask, id: string, reading: Reading): Promise<JsonMap> {
  const answers = await readPool(ask, id)
  const seed = seedOfAnswers(answers, reading)
  warnOfConfiguration(answers, reading)
  if (reading.users === 0) return seed
  const read = await readUsers(ask, id, answers.groups, reading.users)
  const { users, ofProviders, disabled } = seedUsers(read, answers.pool, reading)
  const { warn, password = derivedPassword(id) } = reading
  warn(`${users.length} users of ${id} have the password ${password} here: AWS shows no passwords.`)
  if (ofProviders > 0)
    warn(
      `${ofProviders} users of ${id} came through a provider: they are made by their first sign-in through it.`,
    )
  if (disabled > 0) warn(`${disabled} users of ${id} are disabled on AWS, and enabled here.`)
  if (seed.MfaConfiguration === 'ON')
    warn(`${id} demands a second factor: authenticator apps are set up anew at the first sign-in.`)
  return users.length === 0 ? seed : { ...seed, Users: users }
}

function warnOfConfiguration({ pool, clients, providers }: PoolAnswers, { secrets, warn }: Reading): void {
  const confidential = clients.filter(({ ClientSecret }) => ClientSecret !== undefined).length
  if (!secrets && confidential + providers.length > 0)
    warn(`Secrets of clients and providers of ${String(pool.Id)} are left out: --with-secrets writes them.`)
  const triggers = Object.keys((pool.LambdaConfig as object | undefined) ?? {}).filter(
    name => name !== 'KMSKeyID',
  )
  if (triggers.length > 0)
    warn(
      `${String(pool.Id)} calls functions (${triggers.join(', ')}): start with --lambda-endpoint where they can be called, name files under Triggers, or take them out of LambdaConfig.`,
    )
}

/**
 * Compares a pool on AWS with the one that runs here, or with the one that seeds and infrastructure code make.
 * @returns the exit status: 0 where they are alike, 1 where they are not
 */
export async function printDrift(
  options: StartOptions & { readonly realPools: RealPoolOptions },
  { out }: Pick<Output, 'out'>,
  environment: Environment,
): Promise<0 | 1> {
  const [id = ''] = options.realPools.ids
  const there = await withAws(id, ask => comparable(ask, id))
  const here = await withLocal(options, environment, async (baseUrl, pools) => {
    const local = poolLike(pools, { id, name: String(there.PoolName), chosen: options.pool })
    return comparable(askRockpool(baseUrl, local.id.split('_')[0] ?? ''), local.id)
  })
  const found = differences(here, there)
  if (options.json) out(`${JSON.stringify({ pool: id, differences: found })}\n`)
  else if (found.length === 0) out(`${id} is configured alike here and on AWS.\n`)
  else
    out(
      `${found.length === 1 ? 'One difference' : `${found.length} differences`} between here and ${id} on AWS:\n\n${sentencesOf(found, ['here', 'AWS'])}`,
    )
  return found.length === 0 ? 0 : 1
}

const comparable = async (ask: Ask, id: string): Promise<JsonMap> =>
  seedOfAnswers(await readPool(ask, id), { secrets: true })

/** With the Rockpool that runs; or with one that is started for this, if the command names what its pools are made of. */
async function withLocal<T>(
  options: StartOptions,
  environment: Environment,
  act: (baseUrl: string, pools: readonly PoolSummary[]) => Promise<T>,
): Promise<T> {
  const { seeds, from, port, baseUrl = `http://localhost:${port}` } = options
  if (seeds.length === 0 && from === undefined) {
    const { pools } = JSON.parse(await askRunning(options, '/pools')) as { pools: PoolSummary[] }
    return act(baseUrl, pools)
  }
  const { readSeeds } = await import('../config/seed/read.js')
  const { seedsFrom } = await import('./infrastructure.js')
  const { startRockpool } = await import('../emulator.js')
  const rockpool = await startRockpool({
    port: 0,
    seeds: [...(await readSeeds(seeds)), ...(await seedsFrom(options, environment, () => {}))],
  })
  try {
    return await act(rockpool.baseUrl, rockpool.pools)
  } finally {
    await rockpool.close()
  }
}

/** The pool here that stands for one on AWS: the one that is named, of the same id, of the same name, or the only one. */
function poolLike(
  pools: readonly PoolSummary[],
  { id, name, chosen }: { readonly id: string; readonly name: string; readonly chosen: string | undefined },
): PoolSummary {
  const found =
    chosen === undefined
      ? (pools.find(pool => pool.id === id) ??
        pools.find(pool => pool.name === name) ??
        (pools.length === 1 ? pools[0] : undefined))
      : pools.find(pool => [pool.id, pool.name].includes(chosen))
  if (found !== undefined) return found
  throw new UsageError(
    `No pool here is called ${chosen ?? `${name}, or has the id ${id}`}. Say which one to compare: --pool NAME. There are: ${pools.map(pool => pool.name).join(', ')}.`,
  )
}

import { dirname, resolve } from 'node:path'
import { resolveSeeds } from '../config/seed/check.js'
import type { Seed } from '../config/seed/shape.js'
import type { Service } from '../flows/service.js'
import type { FlightRecorder } from '../recorder/flight-recorder.js'
import { type PoolTriggersPort, poolTriggers, type TriggerSource } from '../triggers/pool-triggers.js'
import type { RockpoolOptions } from './options.js'
import { systemChance, systemClock } from './system.js'

/** The triggers that the options have, with paths below the working directory. */
export const givenTriggers = ({ triggers = {}, functions }: RockpoolOptions): TriggerSource => ({
  pools: triggers,
  functions,
  folder: process.cwd(),
})

/** The triggers that seeds name. A pool is meant by its id, else by its name. */
export const triggersOfSeeds = (seeds: readonly Seed[], service: Service): TriggerSource[] =>
  seeds.flatMap((seed, index) => {
    const { Functions: functions } = seed
    if (functions === undefined && seed.UserPools.every(({ Triggers }) => Triggers === undefined)) return []
    const others = seeds.filter((_, other) => other !== index)
    const { pools } = resolveSeeds([seed, ...others], service)
    const named = pools
      .slice(0, seed.UserPools.length)
      .map(({ Id, PoolName, Triggers = {} }): [string, object] => [Id ?? PoolName, Triggers])
    return [
      {
        pools: Object.fromEntries(named),
        functions,
        folder: seed.file === undefined ? process.cwd() : dirname(resolve(seed.file)),
      },
    ]
  })

interface Surroundings {
  readonly recorder: FlightRecorder
  /** Where we listen; the port is known once we do. */
  readonly address: { readonly port: number }
  readonly seeded: () => readonly TriggerSource[]
}

/** The triggers of pools: those given in code, then those of seeds. */
export function triggersOf(
  options: RockpoolOptions,
  { recorder, address, seeded }: Surroundings,
): PoolTriggersPort {
  return poolTriggers(givenTriggers(options), {
    chance: systemChance,
    now: systemClock.now,
    seeded,
    ...(options.lambdaEndpoint === undefined ? {} : { lambdaEndpoint: options.lambdaEndpoint }),
    // A function's own SDK client comes back to us. Its credentials are good for nothing else.
    environment: () => ({
      AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: `http://localhost:${address.port}`,
      AWS_ENDPOINT_URL_KMS: `http://localhost:${address.port}`,
      AWS_ACCESS_KEY_ID: 'rockpool',
      AWS_SECRET_ACCESS_KEY: 'rockpool',
    }),
    told: report => recorder.note('trigger', { ...report }),
  })
}

import type { PoolSeed } from './shape.js'

/** Settings that AWS acts on and Rockpool keeps without effect so far. */
const withoutEffect: readonly {
  readonly path: readonly [string, ...string[]]
  readonly applies: (value: unknown) => boolean
  readonly sentence: string
}[] = [
  {
    path: ['Policies', 'SignInPolicy', 'AllowedFirstAuthFactors'],
    applies: value => Array.isArray(value) && value.includes('SOFTWARE_TOKEN'),
    sentence:
      'an authenticator app is a second factor only, never a first one: SOFTWARE_TOKEN is not offered',
  },
]

/** Sentences about settings of seeds that are valid, and have no effect here: for the log at the start. */
export const seedWarnings = (pools: readonly Partial<PoolSeed>[]): string[] =>
  pools.flatMap(pool =>
    withoutEffect
      .filter(({ path, applies }) =>
        applies(path.reduce<unknown>((from, member) => Reflect.get(Object(from), member), pool)),
      )
      .map(({ path, sentence }) => `${pool.PoolName}: ${path.join('.')}: ${sentence}.`),
  )

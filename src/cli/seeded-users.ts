import type { Seed } from '../config/seed/shape.js'

/** A user whose password a seed gives, to be shown to the developer who tries the pools. */
export interface SeededUser {
  readonly poolName: string
  readonly username: string
  readonly password: string
  /** It has to be changed at the first sign-in. */
  readonly temporary: boolean
}

export const usersWithPasswords = (seeds: readonly Seed[]): SeededUser[] =>
  seeds
    .flatMap(({ UserPools }) => UserPools)
    .flatMap(({ PoolName: poolName, Users = [] }) =>
      Users.flatMap(({ Username: username, Password, TemporaryPassword }) => {
        const password = Password ?? TemporaryPassword
        return password === undefined
          ? []
          : [{ poolName, username, password, temporary: Password === undefined }]
      }),
    )

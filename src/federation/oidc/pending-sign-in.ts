import { epochSeconds } from '../../core/ports/clock.js'
import { type Collection, put, remove } from '../../core/ports/store.js'
import { ensure } from '../../core/refusal.js'
import type { UserPool } from '../../core/user-pool.js'
import type { Parameters } from '../../flows/authorization/authorization-request.js'
import type { Service } from '../../flows/service.js'
import { fingerprint, sameSecret } from '../../lib/secrets.js'
import * as refusals from './refusals.js'
import { isSealed, sealState, stateKey } from './state.js'

/** A sign-in that has left for another provider and is awaited back. */
export interface PendingSignIn {
  readonly poolId: string
  readonly provider: string
  /** The app's request as it came: it is validated anew at the return. */
  readonly parameters: Parameters
  /** The fingerprint of the secret of the browser that left. */
  readonly browser: string
  /** Milliseconds since the epoch. */
  readonly createdAt: number
}

/** Key: the fingerprint of the state. */
const pendingSignIns: Collection<PendingSignIn> = { name: 'federated-sign-ins', indexes: {} }

/** Milliseconds that a provider has to send the browser back (§1.4). */
const patience = 300_000

/** For so long a late return can be told from a forged one. */
const remembered = 3 * patience

/** Leaves and returns, matched by their state. */
export interface PendingSignIns {
  /** Notes that somebody leaves; the state to send along. */
  leave(
    pool: UserPool,
    sign: Pick<PendingSignIn, 'provider' | 'parameters'> & { clientId: string; browser: string },
  ): Promise<string>
  /** What a state stands for, in the same browser, in time, and once. Else refused. */
  comeBack(
    pool: UserPool,
    given: { state: string | undefined; browser: string | undefined },
  ): Promise<PendingSignIn>
  /** The pool that a state belongs to. */
  poolIdOf(state: string | undefined): Promise<string | undefined>
}

export function pendingSignInsOf(service: Service): PendingSignIns {
  const { store, clock, chance } = service
  const key = stateKey(service)

  const find = async (state: string) => store.get(pendingSignIns, fingerprint(state))

  return {
    async leave(pool, { provider, parameters, clientId, browser }) {
      const state = sealState(await key(), {
        userPoolId: pool.id,
        providerName: provider,
        clientId,
        creationTimeSeconds: epochSeconds(clock),
        session: chance.bytes(32).toString('base64url'),
      })
      const createdAt = clock.now()
      const pending = { poolId: pool.id, provider, parameters, browser: fingerprint(browser), createdAt }
      const expiresAt = createdAt + remembered
      await store.commit(put(pendingSignIns, fingerprint(state), pending, { expiresAt }))
      return state
    },

    async comeBack(pool, { state, browser }) {
      ensure(state, refusals.stateMissing)
      ensure(isSealed(await key(), state), refusals.stateForged)
      const found = await find(state)
      ensure(found, refusals.stateUsed)
      const { record } = found
      ensure(record.poolId === pool.id, () => refusals.stateOfOtherPool(record.poolId, pool))
      ensure(browser, refusals.bindingMissing)
      ensure(sameSecret(fingerprint(browser), record.browser), refusals.otherBrowser)
      ensure(await store.commit(remove(pendingSignIns, found)), refusals.stateUsed)
      const age = clock.now() - record.createdAt
      ensure(age <= patience, () => refusals.tooLate(record.provider, age, patience))
      return record
    },

    async poolIdOf(state) {
      if (state === undefined || !isSealed(await key(), state)) return undefined
      return (await find(state))?.record.poolId
    },
  }
}

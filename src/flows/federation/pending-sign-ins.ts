import { pendingSignIns } from '../../core/collections.js'
import type { IdentityProvider } from '../../core/identity-provider.js'
import type { PendingSignIn } from '../../core/pending-sign-in.js'
import { epochSeconds } from '../../core/ports/clock.js'
import { put, remove, replace } from '../../core/ports/store.js'
import { ensure } from '../../core/refusal.js'
import type { UserPool } from '../../core/user-pool.js'
import { fingerprint, sameSecret } from '../../lib/secrets.js'
import type { AuthorizationRequest, Parameters } from '../authorization/authorization-request.js'
import type { Binding } from '../authorization/ports.js'
import type { Service } from '../service.js'
import * as refusals from './federation-refusals.js'
import type { ReturnAddress } from './provider-type.js'
import { isSealed, sealState, stateKey } from './state.js'

/** Milliseconds that a provider has to send the browser back (docs/facts/oauth-and-federation.md §1.4). */
const patience = 300_000

/** Milliseconds for which a late return can be told from a forged one. */
const kept = 3 * patience

/** Leaves and returns, matched by their state. */
export interface PendingSignIns {
  /** A new state, to send along. */
  newState(request: AuthorizationRequest, provider: IdentityProvider): Promise<string>
  /** Notes that a browser leaves with a state. */
  leave(
    state: string,
    request: AuthorizationRequest,
    pending: Pick<PendingSignIn, 'provider' | 'remembered'> & Binding,
  ): Promise<void>
  /**
   * Takes a browser back: in the pool it left, in the same browser, in time, and once.
   * @throws Refusal for the page
   */
  comeBack(
    pool: UserPool,
    address: ReturnAddress,
    given: { readonly state: string | undefined; readonly browser: string | undefined },
  ): Promise<PendingSignIn>
  /**
   * Keeps what a provider posted until the browser comes for it with its cookies. Answers whether there was such a sign-in.
   */
  park(pool: UserPool, state: string | undefined, answer: Parameters): Promise<boolean>
  /** Whether a state was made here, whatever became of it. */
  isOurs(state: string): Promise<boolean>
  /** The pool that a state belongs to, and the address of its domain that the browser left from. */
  leftFrom(
    state: string | undefined,
  ): Promise<{ readonly poolId: string; readonly at: string | undefined } | undefined>
}

export function pendingSignInsOf(service: Service): PendingSignIns {
  const { store, clock, chance } = service
  const key = stateKey(service)

  const find = async (state: string) => store.get(pendingSignIns, fingerprint(state))

  return {
    async newState({ pool, client }, { name }) {
      return sealState(await key(), {
        userPoolId: pool.id,
        providerName: name,
        clientId: client.id,
        creationTimeSeconds: epochSeconds(clock),
        session: chance.bytes(32).toString('base64url'),
      })
    },

    async leave(state, { pool, parameters }, { provider, remembered, browser, at }) {
      const createdAt = clock.now()
      const pending: PendingSignIn = {
        poolId: pool.id,
        provider,
        parameters,
        browser: fingerprint(browser),
        at,
        remembered,
        createdAt,
      }
      await store.commit(put(pendingSignIns, fingerprint(state), pending, { expiresAt: createdAt + kept }))
    },

    async comeBack(pool, { told }, { state, browser }) {
      ensure(state !== undefined, () => refusals.stateMissing(told.missing))
      ensure(isSealed(await key(), state), () => refusals.stateForged(told.invalid))
      const found = await find(state)
      ensure(found, () => refusals.stateUsed(told.invalid))
      const { record } = found
      ensure(record.poolId === pool.id, () => refusals.stateOfOtherPool(told.invalid, record.poolId, pool))
      ensure(browser, () => refusals.bindingMissing(told.invalid))
      ensure(sameSecret(fingerprint(browser), record.browser), () => refusals.otherBrowser(told.invalid))
      ensure(await store.commit(remove(pendingSignIns, found)), () => refusals.stateUsed(told.invalid))
      const age = clock.now() - record.createdAt
      ensure(age <= patience, () => refusals.tooLate(record.provider, age, patience))
      return record
    },

    async park(pool, state, answer) {
      if (state === undefined || !isSealed(await key(), state)) return false
      const found = await find(state)
      if (found?.record.poolId !== pool.id) return false
      return store.commit(replace(pendingSignIns, found, { ...found.record, answer }))
    },

    isOurs: async state => isSealed(await key(), state),

    async leftFrom(state) {
      if (state === undefined || !isSealed(await key(), state)) return undefined
      const left = (await find(state))?.record
      return left && { poolId: left.poolId, at: left.at }
    },
  }
}

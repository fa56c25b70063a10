import type { Adapter, AdapterPayload } from 'oidc-provider'
import { epochSeconds } from '../../core/ports/clock.js'
import { type Collection, keyOf, put, remove, replace, type Stored } from '../../core/ports/store.js'
import type { Service } from '../../flows/service.js'

/** What the engine of a built-in provider keeps: sessions, codes, tokens. Key: provider, model and id. */
interface EngineRecord {
  readonly provider: string
  readonly payload: AdapterPayload
}

const engineRecords: Collection<EngineRecord> = {
  name: 'zoo-records',
  indexes: {
    uid: ({ provider, payload: { uid } }) => (uid === undefined ? [] : [keyOf(provider, uid)]),
    grant: ({ provider, payload: { grantId } }) => (grantId === undefined ? [] : [keyOf(provider, grantId)]),
  },
}

/** The engine's records in our store, so that they are gone after a reset, and shared by all who share the store. */
export const engineAdapter =
  ({ store, clock }: Pick<Service, 'store' | 'clock'>, provider: string) =>
  (model: string): Adapter => {
    const key = (id: string) => keyOf(provider, model, id)
    // The engine changes what it is given; records are frozen.
    const payloadOf = (stored: Stored<EngineRecord> | undefined) =>
      stored && structuredClone(stored.record.payload)
    return {
      find: async id => payloadOf(await store.get(engineRecords, key(id))),
      async findByUid(uid) {
        const filed = await store.lookup(engineRecords, 'uid', keyOf(provider, uid))
        return payloadOf(filed.find(stored => stored.key.startsWith(keyOf(provider, model, ''))))
      },
      // The device flow is off.
      findByUserCode: async () => undefined,
      async upsert(id, payload, expiresIn) {
        const expiresAt = expiresIn === undefined ? undefined : clock.now() + expiresIn * 1000
        await store.commit(put(engineRecords, key(id), { provider, payload }, { expiresAt }))
      },
      async consume(id) {
        for (;;) {
          const found = await store.get(engineRecords, key(id))
          if (found === undefined) return
          const payload = { ...found.record.payload, consumed: epochSeconds(clock) }
          if (await store.commit(replace(engineRecords, found, { provider, payload }))) return
        }
      },
      destroy: async id => void (await store.commit(remove(engineRecords, key(id)))),
      async revokeByGrantId(grantId) {
        const family = await store.lookup(engineRecords, 'grant', keyOf(provider, grantId))
        await store.commit(...family.map(({ key }) => remove(engineRecords, key)))
      },
    }
  }

import type { Adapter, AdapterPayload } from 'oidc-provider'
import { type ZooRecord, zooRecords } from '../../core/collections.js'
import { epochSeconds } from '../../core/ports/clock.js'
import { keyOf, put, remove, replace, type Stored } from '../../core/ports/store.js'
import type { Service } from '../../flows/service.js'

/** The engine's records in our store, so that a reset deletes them, and all processes on one store share them. */
export const engineAdapter =
  ({ store, clock }: Pick<Service, 'store' | 'clock'>, provider: string) =>
  (model: string): Adapter => {
    const key = (id: string) => keyOf(provider, model, id)
    // The engine changes what it is given; records are frozen.
    const payloadOf = (stored: Stored<ZooRecord> | undefined): AdapterPayload | undefined =>
      stored && structuredClone(stored.record.payload)
    return {
      find: async id => payloadOf(await store.get(zooRecords, key(id))),
      async findByUid(uid) {
        const filed = await store.lookup(zooRecords, 'uid', keyOf(provider, uid))
        return payloadOf(filed.find(stored => stored.key.startsWith(keyOf(provider, model, ''))))
      },
      // The device flow is off.
      findByUserCode: async () => undefined,
      async upsert(id, payload, expiresIn) {
        const expiresAt = expiresIn === undefined ? undefined : clock.now() + expiresIn * 1000
        await store.commit(put(zooRecords, key(id), { provider, payload }, { expiresAt }))
      },
      async consume(id) {
        for (;;) {
          const found = await store.get(zooRecords, key(id))
          if (found === undefined) return
          const payload = { ...found.record.payload, consumed: epochSeconds(clock) }
          if (await store.commit(replace(zooRecords, found, { provider, payload }))) return
        }
      },
      destroy: async id => void (await store.commit(remove(zooRecords, key(id)))),
      async revokeByGrantId(grantId) {
        const family = await store.lookup(zooRecords, 'grant', keyOf(provider, grantId))
        await store.commit(...family.map(({ key }) => remove(zooRecords, key)))
      },
    }
  }

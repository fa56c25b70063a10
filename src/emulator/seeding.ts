import { applySeeds } from '../config/seed/apply.js'
import type { Seed } from '../config/seed/shape.js'
import type { Store, StoreImage } from '../core/ports/store.js'
import type { Service } from '../flows/service.js'
import { memoryStore } from '../store/memory.js'
import type { RockpoolOptions } from './options.js'

/** The store, and the state that the seeds make of nothing. */
export interface Seeding {
  readonly store: Store
  seeded: () => Promise<StoreImage>
}

/** A store that was empty before holds what the seeds make; what was kept from an earlier start is no part of that. */
export async function rememberSeeded(seeding: Seeding, { dataDir }: RockpoolOptions): Promise<void> {
  if (dataDir !== undefined) return
  const image = await seeding.store.image()
  seeding.seeded = async () => image
}

/** What seeds make of nothing. */
export async function seededImage(service: Service, seeds: readonly Seed[]): Promise<StoreImage> {
  const { clock, chance } = service
  const store = memoryStore(clock)
  await applySeeds({ clock, chance, store }, seeds, service)
  return store.image()
}

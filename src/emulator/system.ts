import { randomBytes, randomUUID } from 'node:crypto'
import type { Chance } from '../core/ports/chance.js'
import type { Clock } from '../core/ports/clock.js'

export const systemClock: Clock = { now: () => Date.now() }

export const systemChance: Chance = { bytes: randomBytes, uuid: randomUUID }

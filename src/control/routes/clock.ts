import type { MovableClock } from '../../core/movable-clock.js'
import { boolean, documented, either, integer, required, structure } from '../../lib/shape.js'
import { type Route, route } from '../route.js'
import { Unmet } from '../unmet.js'
import { text } from './fields.js'

const time = documented(
  'A text like "2030-01-31T12:00:00Z", or milliseconds since 1970.',
  either(text, integer()),
)

/** The clock, as answers have it. */
export const clockAnswer = structure({
  now: required(documented('ISO 8601.', text)),
  frozen: required(boolean()),
  aheadSeconds: required(documented('Compared with the system.', integer())),
})

/** The clock as it stands. */
export const describeClock = ({ state, now, aheadSeconds }: MovableClock) => ({
  now: new Date(now()).toISOString(),
  frozen: state.frozenAt !== undefined,
  aheadSeconds,
})

/** Described once all that share it follow: the next request may go to any of them. */
async function settled(clock: MovableClock) {
  await clock.settled()
  return describeClock(clock)
}

/** The clock that codes, sessions, tokens and passwords are measured by. */
export const clock: readonly Route[] = [
  route({
    method: 'GET',
    path: '/clock',
    summary: 'Tells the time that codes, sessions, tokens and passwords are measured by.',
    answer: clockAnswer,
    handle: ({ operations }) => describeClock(operations.clock),
  }),
  route({
    method: 'POST',
    path: '/clock/advance',
    summary: 'Moves the clock on by the sum of the given units; negative numbers move it back.',
    body: {
      days: integer(),
      hours: integer(),
      minutes: integer(),
      seconds: integer(),
      milliseconds: integer(),
    },
    answer: clockAnswer,
    async handle({ operations }, by) {
      if (Object.keys(by).length === 0) throw new Unmet('Say by how much: {"minutes": 61}.')
      operations.clock.advance(by)
      return settled(operations.clock)
    },
  }),
  route({
    method: 'POST',
    path: '/clock/freeze',
    summary: 'Makes the clock stand, now or at the time given.',
    body: { at: time },
    answer: clockAnswer,
    async handle({ operations }, { at }) {
      operations.clock.freeze(at)
      return settled(operations.clock)
    },
  }),
  route({
    method: 'POST',
    path: '/clock/resume',
    summary: 'Lets the clock go on from where it stands.',
    answer: clockAnswer,
    async handle({ operations }) {
      operations.clock.resume()
      return settled(operations.clock)
    },
  }),
  route({
    method: 'POST',
    path: '/clock/set',
    summary: 'Moves the clock to a time.',
    body: { to: required(time) },
    answer: clockAnswer,
    async handle({ operations }, { to }) {
      operations.clock.set(to)
      return settled(operations.clock)
    },
  }),
  route({
    method: 'POST',
    path: '/clock/reset',
    summary: 'Lets the clock go with the system again.',
    answer: clockAnswer,
    async handle({ operations }) {
      operations.clock.reset()
      return settled(operations.clock)
    },
  }),
]

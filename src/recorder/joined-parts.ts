import type { Outcome } from './flight.js'
import type { FlightPart } from './flight-part.js'
import type { FlightOutline } from './summary.js'

/** Which parts, of all processes, are one flight, and what the flight is as a whole. Rules only. */

/** Milliseconds by which the clocks of machines may differ. */
const skew = 5000

/** Milliseconds of silence after which another request for the sign-in page begins a new journey, as within one process. */
const silence = 10 * 60 * 1000

/**
 * A part continues the flight that last expected a clue which the part showed.
 * @returns flights as the parts that they are made of, the earliest part first; those begun last come first
 */
export function joinedParts(parts: readonly FlightPart[]): FlightPart[][] {
  const inOrder = parts.toSorted((one, other) => beganAt(one) - beganAt(other))
  const whole = new Map<FlightPart, FlightPart[]>(inOrder.map(part => [part, [part]]))
  const expecting = byExpectedClue(inOrder)
  for (const part of inOrder) {
    for (const shown of part.shows) {
      const before = expectedBefore(expecting, part, shown)
      if (before !== undefined) join(whole, before, part)
    }
  }
  return [...new Set(whole.values())]
    .filter(flight => flight.some(({ isStray }) => !isStray))
    .map(flight => flight.toSorted((one, other) => beganAt(one) - beganAt(other)))
    .toSorted(([one], [other]) => beganAt(other) - beganAt(one))
}

type Expecting = ReadonlyMap<string, readonly { readonly part: FlightPart; readonly at: number }[]>

function byExpectedClue(parts: readonly FlightPart[]): Expecting {
  const expecting = new Map<string, { part: FlightPart; at: number }[]>()
  for (const part of parts)
    for (const [clue, at] of part.expects) {
      const known = expecting.get(clue)
      if (known === undefined) expecting.set(clue, [{ part, at }])
      else known.push({ part, at })
    }
  return expecting
}

/** The part that expected the clue last when another one showed it. */
function expectedBefore(
  expecting: Expecting,
  part: FlightPart,
  [clue, at]: FlightPart['shows'][number],
): FlightPart | undefined {
  const found = (expecting.get(clue) ?? []).filter(
    other => other.part !== part && other.at <= at + skew && !beginsAnew(part, other.part, at),
  )
  return found.toSorted((one, other) => other.at - one.at)[0]?.part
}

/** As within one process: a request for the sign-in page after the end, or after a long silence, begins another flight. */
const beginsAnew = (part: FlightPart, other: FlightPart, at: number): boolean =>
  part.opens &&
  // Of two that opened at the same time each would continue the other: the earlier is the beginning.
  (beganAt(other) > beganAt(part) ||
    (other.deliveredAt !== undefined && other.deliveredAt < at) ||
    at - (other.hops.findLast(({ systemAt }) => systemAt <= at)?.systemAt ?? at) > silence)

function join(whole: Map<FlightPart, FlightPart[]>, one: FlightPart, other: FlightPart): void {
  const into = whole.get(one) ?? [one]
  const from = whole.get(other) ?? [other]
  if (into === from) return
  into.push(...from)
  for (const part of from) whole.set(part, into)
}

const beganAt = (part: FlightPart | undefined): number => part?.hops[0]?.systemAt ?? 0

/** The flight that parts are, with its hops in the order in which they happened. */
export function outlineOf(parts: readonly FlightPart[]): FlightOutline {
  const [first] = parts as readonly [FlightPart]
  return {
    id: first.id,
    startedAt: first.startedAt,
    lastAt: Math.max(...parts.map(({ lastAt }) => lastAt)),
    outcome: outcomeOf(parts),
    hops: parts.flatMap(({ hops }) => hops).toSorted((one, other) => one.systemAt - other.systemAt),
    hopsLeftOut: parts.reduce((sum, { hopsLeftOut }) => sum + hopsLeftOut, 0),
  }
}

/** What the flight came to last, at whichever process. */
function outcomeOf(parts: readonly FlightPart[]): Outcome {
  const told = parts.filter(({ outcome }) => outcome.is !== 'under way')
  const last = told.toSorted((one, other) => other.outcomeAt - one.outcomeAt)[0]
  return last?.outcome ?? { is: 'under way' }
}

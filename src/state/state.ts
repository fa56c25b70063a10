import { pools, signingKeys } from '../core/collections.js'
import type { MovableClock } from '../core/movable-clock.js'
import type { Chance } from '../core/ports/chance.js'
import { type ImageEntry, put, type Store, type StoreImage } from '../core/ports/store.js'
import type { Turn } from '../lib/pieces.js'
import { packedImage } from '../store/packed-image.js'
import type { Turnstile } from '../store/turnstile.js'
import { type AboutDocument, type SnapshotDocument, writeDocument, writeText } from './document.js'
import { leftOutSentences, withoutSecrets, withSecretsKnownHere } from './left-out.js'
import { type GivenDocument, type ReadDocument, readDocument } from './read-document.js'
import { SnapshotError } from './snapshot-error.js'

/**
 * The state as a whole: snapshots, restore and reset, in pieces that let requests go on. Single records are no business of
 * this folder.
 */

/**
 * All that a Rockpool knew at one moment. Taking one in memory costs next to nothing; as a document it can be kept in
 * a file, or sent to another Rockpool.
 */
export interface Snapshot {
  /** By the clock of the Rockpool. */
  readonly takenAt: string
  /** As JSON. Without secrets unless they are asked for; the document says what is left out. */
  document(options?: { readonly secrets?: boolean }): SnapshotDocument
  /** The same document as text, in pieces between which others have their turn. */
  text(options?: { readonly secrets?: boolean }): AsyncIterable<string>
  /** The document without secrets, so that nothing that is written down by chance tells any. */
  toJSON(): SnapshotDocument
}

/** The state as a whole: to keep, to put back, and to begin anew. */
export interface State {
  snapshot(): Promise<Snapshot>
  /**
   * Puts a snapshot in the place of the state, at one stroke; the clock goes as it went then.
   * @throws SnapshotError when it is damaged, or newer than this Rockpool; the state stays as it was
   */
  restore(snapshot: Snapshot | GivenDocument): Promise<void>
  /** Begins anew: the seeds, and the clock as at the start. Pools of the seeds keep their signing keys. */
  reset(): Promise<void>
}

export interface StateOptions {
  /** The store itself, open to everybody. */
  readonly store: Store
  readonly turnstile: Turnstile
  readonly clock: MovableClock
  readonly chance: Chance
  readonly version: string
  readonly baseUrl: () => string
  /** The state that the seeds make. */
  readonly seeded: () => Promise<StoreImage>
  /** Called after another state took the place of the former one, to forget what was remembered of that. */
  readonly replaced: () => void | Promise<void>
  /** What is done in pieces waits for it after each. */
  readonly turn?: Turn
}

export function createState(options: StateOptions): State {
  const { store, turnstile, clock, version, replaced, turn } = options
  /** What the snapshots hold that were taken here and are still in memory. */
  const held = new WeakMap<object, { readonly image: StoreImage; readonly clock: MovableClock['state'] }>()

  return {
    snapshot: () =>
      turnstile.alone(
        async () => {
          const taken = { image: await store.image(), clock: clock.state, at: clock.now() }
          const snapshot = snapshotOf(taken, options)
          held.set(snapshot, taken)
          return snapshot
        },
        { displacing: false },
      ),

    async restore(snapshot) {
      const own = typeof snapshot === 'object' && snapshot !== null ? held.get(snapshot) : undefined
      const document = own === undefined ? await readDocument(documentIn(snapshot), version, turn) : undefined
      const then = (own ?? (document as ReadDocument)).clock
      ensureClock(clock, then)
      await turnstile.alone(
        async () => {
          await store.replaceAll(own?.image ?? (await imageOf(document as ReadDocument, options)))
          clock.restore(then)
          await replaced()
          await clock.settled()
        },
        { displacing: true },
      )
    },

    reset: () =>
      turnstile.alone(
        async () => {
          clock.reset()
          const seeded = await options.seeded()
          await store.replaceAll(seeded, ...(await keptKeys(store, seeded)))
          await replaced()
          await clock.settled()
        },
        { displacing: true },
      ),
  }
}

/** @throws SnapshotError unless the clock can go as it went then */
function ensureClock(clock: MovableClock, state: unknown): void {
  try {
    clock.momentIn(state)
  } catch (error) {
    throw new SnapshotError(
      `The snapshot cannot be restored: ${(error as Error).message} Restore a snapshot as Rockpool wrote it, or move the clock of this machine.`,
      { cause: error },
    )
  }
}

/** A snapshot of another Rockpool in this process is taken for its document, secrets included. */
const documentIn = (snapshot: Snapshot | GivenDocument): unknown =>
  typeof snapshot === 'object' && snapshot !== null && 'document' in snapshot
    ? snapshot.text({ secrets: true })
    : snapshot

function snapshotOf(
  taken: { readonly image: StoreImage; readonly clock: MovableClock['state']; readonly at: number },
  { version, baseUrl, chance, turn }: StateOptions,
): Snapshot {
  const takenAt = new Date(taken.at).toISOString()
  const given = { writtenBy: version, takenAt, baseUrl: baseUrl(), clock: taken.clock }
  const parts = (secrets: boolean): [AboutDocument, Iterable<ImageEntry>] =>
    secrets
      ? [{ ...given, secrets, leftOut: [] }, alive(taken)]
      : [{ ...given, secrets, leftOut: leftOutSentences }, withoutSecrets(alive(taken), chance.bytes(32))]
  const document: Snapshot['document'] = ({ secrets = false } = {}) => writeDocument(...parts(secrets))
  return {
    takenAt,
    document,
    text: ({ secrets = false } = {}) => writeText(...parts(secrets), turn),
    toJSON: () => document(),
  }
}

function* alive({ image, at }: { readonly image: StoreImage; readonly at: number }): Iterable<ImageEntry> {
  for (const entry of image.entries()) if (entry.expiresAt === undefined || entry.expiresAt > at) yield entry
}

async function imageOf(document: ReadDocument, { store, baseUrl, turn }: StateOptions): Promise<StoreImage> {
  const entries = () => document.entries(baseUrl())
  return document.secrets
    ? { entries, isSeen: true }
    : packedImage(withSecretsKnownHere(entries(), store), turn)
}

/** Keys that were made for pools of the seeds since the start: apps that verify tokens may have fetched them already. */
async function keptKeys(store: Store, seeded: StoreImage) {
  const fixed = new Set<string>()
  const seededPools = new Set<string>()
  for (const { collection, key } of seeded.entries()) {
    if (collection === pools.name) seededPools.add(key)
    if (collection === signingKeys.name) fixed.add(key)
  }
  const made = await store.list(signingKeys, { limit: Number.MAX_SAFE_INTEGER })
  return made
    .filter(({ key }) => seededPools.has(key) && !fixed.has(key))
    .map(({ key, record }) => put(signingKeys, key, record))
}

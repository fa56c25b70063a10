import { createHmac } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { federationStateKeys } from '../../core/collections.js'
import type { Chance } from '../../core/ports/chance.js'
import { insert, type Store } from '../../core/ports/store.js'
import { sameSecret } from '../../lib/secrets.js'

/**
 * The `state` that goes to another provider. Outwardly it is Cognito's, three parts of which the first two are zipped
 * (docs/facts/oauth-and-federation.md §8.2), because some providers choke on its length; what it stands for stays with us.
 */

/** What a state says in the open. It tells two states apart; nothing is ever read from it. */
export interface StateContent {
  readonly userPoolId: string
  readonly providerName: string
  readonly clientId: string
  /** Seconds since the epoch. */
  readonly creationTimeSeconds: number
  /** Unpredictable. */
  readonly session: string
}

export function sealState(key: Buffer, content: StateContent): string {
  const payload = gzipSync(JSON.stringify(content)).toString('base64url')
  return `${payload}.${mac(key, payload)}.4`
}

/** Whether a state was sealed with this key. */
export const isSealed = (key: Buffer, state: string): boolean => {
  const payload = state.slice(0, state.indexOf('.'))
  return sameSecret(state, `${payload}.${mac(key, payload)}.4`)
}

const mac = (key: Buffer, payload: string): string =>
  gzipSync(createHmac('sha256', key).update(payload).digest()).toString('base64url')

/** The key of all states: made once, and shared by every process that has the store. Never remembered beside it. */
export function stateKey({ store, chance }: { store: Store; chance: Chance }): () => Promise<Buffer> {
  return async () => Buffer.from(await load(), 'base64url')

  async function load(): Promise<string> {
    const kept = await store.get(federationStateKeys, 'key')
    if (kept !== undefined) return kept.record.key
    const key = chance.bytes(32).toString('base64url')
    return (await store.commit(insert(federationStateKeys, 'key', { key }))) ? key : load()
  }
}

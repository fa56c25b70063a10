import type { Addresses } from '../core/addresses.js'
import type { Ports } from '../core/ports/ports.js'
import type { SigningKeys } from '../tokens/signing-keys.js'

/** What every flow and every surface has at hand. */
export interface Service extends Ports, Addresses {
  readonly keys: SigningKeys
  /** The public base URL, without a slash at the end. It is known once the server listens. */
  readonly base: string
}
